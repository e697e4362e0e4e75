//! Meta's error inside an error response of 360dialog.

use serde_json::{Deserializer, Value};

use super::json::{integer, text};

/// An error from Meta's Graph API that 360dialog's error response includes; see
/// [`Error::meta_error`](crate::Error::meta_error).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetaError {
    /// Graph's `code`.
    pub code: Option<i64>,
    /// Graph's `error_subcode`.
    pub subcode: Option<i64>,
    /// Graph's `message`.
    pub message: Option<String>,
    /// Graph's `fbtrace_id`. Meta's support needs it to find the call.
    pub trace_id: Option<String>,
    /// Graph's `is_transient`: Meta expects the call to succeed later.
    pub is_transient: bool,
}

/// Returns Meta's error from `meta`, the object of that name in a response of 360dialog: JSON in
/// its `error`, or inside the text of its `developer_message`.
pub(crate) fn find(meta: &Value) -> Option<MetaError> {
    let texts = [&meta["error"], &meta["developer_message"]];
    graph_error(&meta["error"])
        .or_else(|| texts.into_iter().filter_map(Value::as_str).find_map(within))
}

/// Returns the first Graph error that is contained as JSON in `text`.
fn within(text: &str) -> Option<MetaError> {
    // The error begins at the first brace. The bound keeps hostile texts cheap.
    const BRACES: usize = 16;
    text.match_indices('{').take(BRACES).find_map(|(at, _)| {
        let mut values = Deserializer::from_str(&text[at..]).into_iter::<Value>();
        graph_error(&values.next()?.ok()?)
    })
}

/// Parses `value` as a Graph error, either the object itself or `{"error": …}`.
fn graph_error(value: &Value) -> Option<MetaError> {
    let error = match &value["error"] {
        Value::Null => value,
        error => error,
    };
    let found = MetaError {
        code: integer(&error["code"]),
        subcode: integer(&error["error_subcode"]),
        message: text(&error["message"]).or_else(|| text(&error["error_user_msg"])),
        trace_id: text(&error["fbtrace_id"]),
        is_transient: error["is_transient"] == true,
    };
    let is_error = found.trace_id.is_some() || (found.code.is_some() && found.message.is_some());
    is_error.then_some(found)
}
