//! Meta's error, where 360dialog passes it on inside its own.

use serde_json::{Deserializer, Value};

use crate::error::classify::{number, text};

/// What Meta said, where 360dialog passed it on; see [`Error::upstream`](crate::Error::upstream).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Upstream {
    /// Graph's `code`.
    pub code: Option<i64>,
    /// Graph's `error_subcode`.
    pub subcode: Option<i64>,
    /// Graph's `message`.
    pub message: Option<String>,
    /// Graph's `fbtrace_id`, by which Meta's support finds the call.
    pub trace_id: Option<String>,
    /// Graph's `is_transient`: whether Meta expects the fault to pass.
    pub is_transient: bool,
}

/// Meta's error within `meta` of an answer of 360dialog's: as JSON in its `error`, or somewhere in
/// its `developer_message`.
pub(crate) fn find(meta: &Value) -> Option<Upstream> {
    let texts = [&meta["error"], &meta["developer_message"]];
    graph_error(&meta["error"])
        .or_else(|| texts.into_iter().filter_map(Value::as_str).find_map(within))
}

/// The first of Graph's errors that stands as JSON in `text`.
fn within(text: &str) -> Option<Upstream> {
    // An error is found at its first brace; more are text that would be read again and again.
    const BRACES: usize = 16;
    text.match_indices('{').take(BRACES).find_map(|(at, _)| {
        let mut values = Deserializer::from_str(&text[at..]).into_iter::<Value>();
        graph_error(&values.next()?.ok()?)
    })
}

/// `value` as Graph's error, with or without the object around it.
fn graph_error(value: &Value) -> Option<Upstream> {
    let error = match &value["error"] {
        Value::Null => value,
        error => error,
    };
    let upstream = Upstream {
        code: number(&error["code"]),
        subcode: number(&error["error_subcode"]),
        message: text(&error["message"]).or_else(|| text(&error["error_user_msg"])),
        trace_id: text(&error["fbtrace_id"]),
        is_transient: error["is_transient"] == true,
    };
    let said =
        upstream.trace_id.is_some() || (upstream.code.is_some() && upstream.message.is_some());
    said.then_some(upstream)
}
