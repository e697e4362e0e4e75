//! What an answer says when it is no success.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use serde::Deserialize;
use serde_json::{Deserializer, Map, Value};

use crate::{
    error::{
        ErrorKind,
        failure::Failure,
        meta_error::{self, Upstream},
    },
    http::time,
    types::usage::{Usage, served_version},
};

/// The failure that an answer amounts to; `None` for a success.
///
/// A success by its status that carries an error in its body is a failure.
pub(crate) fn failure(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<Failure> {
    let refusal = if status.is_success() {
        refusal_in_success(body)?
    } else {
        read(body).as_ref().map(refusal).unwrap_or_default()
    };
    let (kind, retryable) = refusal.judge(status);
    let quota = refusal.graph_code().is_some_and(is_hourly);
    let usage = Usage::from_headers(headers);
    let regain_access = usage.as_ref().and_then(Usage::regain_access);
    Some(Failure {
        kind: Some(kind),
        status: Some(status),
        code: refusal.code,
        subcode: refusal.subcode,
        details: refusal.details,
        excerpt: if refusal.message.is_none() {
            excerpt(body)
        } else {
            None
        },
        message: refusal.message,
        trace_id: refusal
            .trace_id
            .or_else(|| text_header(headers, "x-fb-trace-id")),
        retryable,
        quota,
        upstream: refusal.upstream,
        retry_after: retry_after(headers, time::now())
            .max(regain_access.filter(|_| kind == ErrorKind::RateLimited)),
        usage,
        served_version: served_version(headers).map(str::to_owned),
        ..Failure::default()
    })
}

/// `body` as JSON, by as much as can be made of it: an error is worth more than its form.
fn read(body: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}');
    Value::deserialize(&mut Deserializer::from_str(text)).ok()
}

/// `body` as text, if there is any.
pub(crate) fn excerpt(body: &[u8]) -> Option<String> {
    (!body.is_empty()).then(|| String::from_utf8_lossy(body).into_owned())
}

/// What either API says of a refusal.
#[derive(Default)]
struct Refusal {
    code: Option<i64>,
    subcode: Option<i64>,
    graph: bool,
    transient: bool,
    details: Option<Value>,
    message: Option<String>,
    trace_id: Option<String>,
    upstream: Option<Upstream>,
}

/// What `body` says, in the form of either API; every part has been seen missing.
fn refusal(body: &Value) -> Refusal {
    let (error, meta) = (&body["error"], &body["meta"]);
    if error.is_object() {
        return Refusal {
            code: number(&error["code"]),
            subcode: number(&error["error_subcode"]),
            graph: true,
            transient: error["is_transient"] == true,
            details: something(&error["error_data"]),
            message: text(&error["message"]).or_else(|| text(&error["error_user_msg"])),
            trace_id: text(&error["fbtrace_id"]),
            upstream: None,
        };
    }
    if meta.is_object() {
        return Refusal {
            code: number(&meta["http_code"]),
            details: something(&meta["details"]),
            message: text(&meta["developer_message"]),
            trace_id: text(&meta["360dialog_trace_id"]),
            upstream: meta_error::find(meta),
            ..Refusal::default()
        };
    }
    // 360dialog's login errs in the manner of OAuth, and a bare string has been seen as well.
    let places = [
        &body["error_description"],
        error,
        &body["message"],
        &body["detail"],
        body,
    ];
    let message = places.into_iter().find_map(text);
    Refusal {
        message,
        ..Refusal::default()
    }
}

/// The refusal in the body of an answer whose status says success.
fn refusal_in_success(body: &[u8]) -> Option<Refusal> {
    // Nearly every success is told from a refusal by this search alone, which costs far less
    // than reading the body twice.
    let mentions = |key: &[u8]| body.windows(key.len()).any(|window| window == key);
    if !mentions(b"\"error\"") && !mentions(b"\"success\"") {
        return None;
    }
    let body: Value = serde_json::from_slice(body).ok()?;
    let refused =
        body["error"].is_object() || body["success"] == false || body["meta"]["success"] == false;
    refused.then(|| {
        let mut refusal = refusal(&body);
        refusal
            .message
            .get_or_insert_with(|| "the answer carries an error".to_owned());
        refusal
    })
}

impl Refusal {
    /// Meta's own code, whoever passed it on.
    fn graph_code(&self) -> Option<i64> {
        match &self.upstream {
            Some(upstream) => upstream.code,
            None => self.code.filter(|_| self.graph),
        }
    }

    /// The kind of the refusal, and whether it passes.
    fn judge(&self, status: StatusCode) -> (ErrorKind, bool) {
        let by_code = match self.code {
            Some(code) if self.graph => graph_code(code, self.subcode),
            // 360dialog's code is the status, kept where a proxy changed the real one.
            Some(code) => u16::try_from(code)
                .ok()
                .and_then(|code| StatusCode::from_u16(code).ok())
                .filter(|code| code.is_client_error() || code.is_server_error())
                .map(by_status),
            None => None,
        };
        // What the code says of the credential or the request is so the next time, too.
        let passes = |kind| matches!(kind, ErrorKind::RateLimited | ErrorKind::Server);
        let transient = self.transient && by_code.is_none_or(|(kind, _)| passes(kind));
        // Meta's refusal of 360dialog's credential is none of the caller's, but its limits and
        // failures are.
        let upstream = self.upstream.as_ref();
        let by_upstream = upstream
            .and_then(|meta| graph_code(meta.code?, meta.subcode))
            .filter(|(kind, _)| passes(*kind));
        let transient = transient || upstream.is_some_and(|meta| meta.is_transient);
        let (kind, retryable) = by_upstream.or(by_code).unwrap_or_else(|| by_status(status));
        (kind, retryable || transient)
    }
}

/// What Graph's code says: its kind, and whether the fault passes.
fn graph_code(code: i64, subcode: Option<i64>) -> Option<(ErrorKind, bool)> {
    Some(match (code, subcode) {
        (0 | 102 | 104 | 190, _) => (ErrorKind::Authentication, false),
        (3 | 10 | 200..=299 | 368 | 131_005 | 131_031, _) => (ErrorKind::Permission, false),
        (803, _) | (100, Some(33)) => (ErrorKind::NotFound, false),
        (33 | 100 | 131_008 | 131_009, _) => (ErrorKind::InvalidRequest, false),
        (4 | 17 | 32 | 341 | 613 | 80_000..=80_014 | 130_429, _) => (ErrorKind::RateLimited, true),
        (1 | 2 | 131_016 | 131_057, _) => (ErrorKind::Server, true),
        (131_000, _) => (ErrorKind::Server, false),
        _ => return None,
    })
}

/// Whether a limit of Graph's is counted by the hour or longer.
fn is_hourly(code: i64) -> bool {
    matches!(code, 4 | 17 | 32 | 341 | 613 | 80_000..=80_014)
}

/// What the HTTP status says: its kind, and whether the fault passes.
fn by_status(status: StatusCode) -> (ErrorKind, bool) {
    match status.as_u16() {
        400 | 422 => (ErrorKind::InvalidRequest, false),
        401 => (ErrorKind::Authentication, false),
        403 => (ErrorKind::Permission, false),
        404 => (ErrorKind::NotFound, false),
        408 => (ErrorKind::Timeout, true),
        425 => (ErrorKind::Api, true),
        429 => (ErrorKind::RateLimited, true),
        502..=504 => (ErrorKind::Server, true),
        500..=599 => (ErrorKind::Server, false),
        _ => (ErrorKind::Api, false),
    }
}

pub(crate) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.parse().ok(),
        // `4.0` is a number that is no integer to serde_json.
        value => value
            .as_i64()
            .or_else(|| value.as_f64()?.to_string().parse().ok()),
    }
}

/// `value`, unless it says nothing.
fn something(value: &Value) -> Option<Value> {
    let nothing = value.is_null() || value == "" || value.as_object().is_some_and(Map::is_empty);
    (!nothing).then(|| value.clone())
}

pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn text_header(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// The wait that `Retry-After` asks for, in either of its forms, at most a year.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let wait = if digits {
        // More digits than fit are a long wait, not none.
        value.parse().map_or(YEAR, Duration::from_secs)
    } else {
        let date = httpdate::parse_http_date(value).ok()?;
        date.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(YEAR))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, StatusCode};
    use proptest::{collection::vec, prelude::*};
    use serde_json::Value;

    use super::failure;
    use crate::error::Error;

    /// Reads the answer and all that its error says, which is one line of readable length.
    fn check(status: u16, headers: &[(&'static str, Vec<u8>)], body: &[u8]) {
        let status = StatusCode::from_u16(status).expect("a status");
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                map.insert(*name, value);
            }
        }
        let Some(failure) = failure(status, &map, body) else {
            assert!(status.is_success(), "{status} is a failure");
            return;
        };
        let error = Error::from(failure);
        let text = error.to_string();
        assert!(
            text.chars().count() < 3000 && !text.contains('\n'),
            "{text}"
        );
        let _ = format!("{error:?}");
        assert_eq!(error.status(), Some(status));
    }

    const HEADERS: [&str; 5] = [
        "retry-after",
        "x-app-usage",
        "x-business-use-case-usage",
        "facebook-api-version",
        "x-fb-trace-id",
    ];

    /// JSON with the members that the parsers look for, of any kind.
    fn json() -> impl Strategy<Value = Value> {
        let key = prop::sample::select(vec![
            "error",
            "meta",
            "code",
            "error_subcode",
            "http_code",
            "message",
            "success",
            "developer_message",
            "fbtrace_id",
            "360dialog_trace_id",
            "is_transient",
            "details",
            "call_count",
            "estimated_time_to_regain_access",
        ]);
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            Just(Value::from(
                r#"no ({"error":{"code":4,"message":"x","fbtrace_id":7}})"#
            )),
        ];
        scalar.prop_recursive(4, 64, 6, move |inner| {
            prop_oneof![
                vec(inner.clone(), 0..4).prop_map(Value::from),
                vec((key.clone(), inner), 0..6).prop_map(|members| {
                    members
                        .into_iter()
                        .map(|(key, value)| (key.to_owned(), value))
                        .collect::<serde_json::Map<_, _>>()
                        .into()
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_bytes_of_an_answer_are_too_odd_to_be_read(
            status in 100..1000_u16,
            headers in vec((prop::sample::select(&HEADERS[..]), any::<Vec<u8>>()), 0..4),
            body in any::<Vec<u8>>(),
        ) {
            check(status, &headers, &body);
        }

        #[test]
        fn no_json_of_an_answer_is_too_odd_to_be_read(
            status in 200..600_u16,
            in_header in json(),
            body in json(),
            cut in any::<prop::sample::Index>(),
        ) {
            let headers = HEADERS.map(|name| (name, in_header.to_string().into_bytes()));
            let body = body.to_string();
            check(status, &headers, body.as_bytes());
            check(status, &headers, &body.as_bytes()[..cut.index(body.len() + 1)]);
        }
    }
}
