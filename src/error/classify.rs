//! Classifies responses: success, or which kind of failure.

use std::{
    sync::LazyLock,
    time::{Duration, SystemTime},
};

use http::{
    HeaderMap, StatusCode,
    header::{DATE, RETRY_AFTER},
};
use memchr::memmem::Finder;
use serde::Deserialize;
use serde_json::{Deserializer, Value};

use super::{
    failure::Failure,
    hints,
    json::{integer, non_empty, text},
    kind::ErrorKind,
    meta_error::{self, MetaError},
};
use crate::types::{
    repair,
    usage::{Usage, served_version},
};

/// Returns the failure that a response stands for, or `None` for a success.
///
/// A response with a success status and an error in its body is a failure. `now` is the time that a
/// date in `Retry-After` is compared with, if the response does not say when it was sent.
pub(crate) fn failure(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    now: SystemTime,
) -> Option<Failure> {
    let error = if status.is_success() {
        error_in_success(body)?
    } else {
        parse(body).as_ref().map(api_error).unwrap_or_default()
    };
    let (kind, retryable) = error.classify(status);
    let advice = error.advice();
    let usage = Usage::from_headers(headers);
    let regain_access = usage.as_ref().and_then(Usage::time_to_regain_access);
    let unexpected = unexpected(status);
    Some(Failure {
        kind: Some(kind),
        status: Some(status),
        retryable,
        hourly_limit: error.graph_code().is_some_and(is_hourly_limit),
        body_excerpt: match error.message {
            Some(_) => None,
            None => excerpt(body),
        },
        code: error.code,
        subcode: error.subcode,
        details: error.details,
        message: error
            .message
            .or_else(|| Some(unexpected.as_ref()?.0.to_owned())),
        trace_id: error
            .trace_id
            .or_else(|| text_header(headers, "x-fb-trace-id")),
        meta_error: error.meta_error,
        retry_after: retry_after(headers, now)
            .max(regain_access.filter(|_| kind == ErrorKind::RateLimited)),
        usage,
        served_version: served_version(headers).map(str::to_owned),
        advice: advice.or(unexpected.map(|(_, advice)| advice)),
        ..Failure::default()
    })
}

/// Returns the message and the advice for a status that the client never asks for.
fn unexpected(status: StatusCode) -> Option<(&'static str, &'static str)> {
    match status {
        StatusCode::NOT_MODIFIED => Some((
            "the server returned 304 to an unconditional request",
            "check the caches between this client and the API",
        )),
        status => status.is_redirection().then_some((
            "the server returned a redirect, and redirects are not followed",
            "check the base URL",
        )),
    }
}

/// Parses `body` as JSON, tolerating invalid Unicode and text after the JSON: a malformed error
/// response still contains useful fields.
fn parse(body: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(body);
    let value = |text: &[u8]| Value::deserialize(&mut Deserializer::from_slice(text)).ok();
    value(text.as_bytes()).or_else(|| value(&repair::repaired(text.as_bytes())?))
}

/// Returns `body` as text unless it is empty.
pub(crate) fn excerpt(body: &[u8]) -> Option<String> {
    (!body.is_empty()).then(|| String::from_utf8_lossy(body).into_owned())
}

/// The fields of an error response of either API.
#[derive(Default)]
struct ApiError {
    code: Option<i64>,
    subcode: Option<i64>,
    /// The response has the form of Graph's errors.
    is_graph: bool,
    /// The code repeats the status, which a proxy may have changed.
    code_is_status: bool,
    is_transient: bool,
    details: Option<Value>,
    message: Option<String>,
    trace_id: Option<String>,
    meta_error: Option<MetaError>,
}

/// Parses an error response of either API. Servers omit any of the fields.
fn api_error(body: &Value) -> ApiError {
    let (error, meta) = (&body["error"], &body["meta"]);
    if error.is_object() {
        return ApiError {
            code: integer(&error["code"]),
            subcode: integer(&error["error_subcode"]),
            is_graph: true,
            code_is_status: false,
            is_transient: error["is_transient"] == true,
            details: non_empty(&error["error_data"]),
            message: text(&error["message"]).or_else(|| text(&error["error_user_msg"])),
            trace_id: text(&error["fbtrace_id"]),
            meta_error: None,
        };
    }
    if meta.is_object() {
        return ApiError {
            code: integer(&meta["http_code"]),
            code_is_status: true,
            details: non_empty(&meta["details"]),
            message: text(&meta["developer_message"]),
            trace_id: text(&meta["360dialog_trace_id"]),
            meta_error: meta_error::find(meta),
            ..ApiError::default()
        };
    }
    // 360dialog's messaging hosts return a list. Its codes are not statuses.
    let first = &body["errors"][0];
    if first.is_object() {
        return ApiError {
            code: integer(&first["code"]),
            details: non_empty(&first["details"]),
            message: text(&first["title"]).or_else(|| text(&first["details"])),
            ..ApiError::default()
        };
    }
    // 360dialog's login returns OAuth errors, and sometimes a bare string.
    let places = [
        &body["error_description"],
        error,
        &body["message"],
        &body["detail"],
        body,
    ];
    ApiError {
        message: places.into_iter().find_map(text),
        ..ApiError::default()
    }
}

/// Returns the error in the body of a response with a success status.
fn error_in_success(body: &[u8]) -> Option<ApiError> {
    // This search avoids parsing most successful bodies twice.
    static KEYS: LazyLock<[Finder<'_>; 2]> =
        LazyLock::new(|| ["\"error\"", "\"success\""].map(Finder::new));
    if KEYS.iter().all(|key| key.find(body).is_none()) {
        return None;
    }
    let body = repair::parse(body).ok()?;
    let success = [&body["success"], &body["meta"]["success"]];
    let failed = success.into_iter().find(|value| means_false(value));
    if failed.is_none() && !body["error"].is_object() {
        return None;
    }
    let mut error = api_error(&body);
    error.message.get_or_insert_with(|| match failed {
        Some(value) => format!("the server returned success={value}"),
        None => "the body contains an error without a message".to_owned(),
    });
    Some(error)
}

/// Returns whether a server means `false`, in one of the spellings that servers use.
fn means_false(value: &Value) -> bool {
    match value {
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.eq_ignore_ascii_case("false") || text == "0",
        _ => false,
    }
}

impl ApiError {
    /// Returns Graph's code, whether Meta or 360dialog sent it.
    fn graph_code(&self) -> Option<i64> {
        match &self.meta_error {
            Some(meta) => meta.code,
            None => self.code.filter(|_| self.is_graph),
        }
    }

    /// Returns the advice for one of Graph's errors, whether Meta or 360dialog sent it.
    fn advice(&self) -> Option<&'static str> {
        let (subcode, message) = match &self.meta_error {
            Some(meta) => (meta.subcode, meta.message.as_deref()),
            None => (self.subcode, self.message.as_deref()),
        };
        hints::advice(self.graph_code(), subcode, message)
    }

    /// Returns whether the secret of an app was wrong: Meta returns the code of a temporary error.
    fn rejects_app(&self) -> bool {
        let message = self.message.as_deref().unwrap_or_default();
        message.contains("validating client secret")
    }

    /// Returns the kind of the error, and whether the call can be retried.
    fn classify(&self, status: StatusCode) -> (ErrorKind, bool) {
        let by_code = match self.code {
            Some(1) if self.is_graph && self.rejects_app() => {
                Some((ErrorKind::Authentication, false))
            }
            Some(code) if self.is_graph => by_graph_code(code, self.subcode),
            Some(code) if self.code_is_status => u16::try_from(code)
                .ok()
                .and_then(|code| StatusCode::from_u16(code).ok())
                .filter(|code| code.is_client_error() || code.is_server_error())
                .map(by_status),
            _ => None,
        };
        // A problem of the credential or the request does not go away, whatever `is_transient` says.
        let may_pass = |kind| matches!(kind, ErrorKind::RateLimited | ErrorKind::Server);
        let is_transient = self.is_transient && by_code.is_none_or(|(kind, _)| may_pass(kind));
        // Callers can act on Meta's limits and failures. A rejected credential of 360dialog is not
        // the caller's.
        let meta = self.meta_error.as_ref();
        let by_meta_error = meta
            .and_then(|meta| by_graph_code(meta.code?, meta.subcode))
            .filter(|(kind, _)| may_pass(*kind));
        let is_transient = is_transient || meta.is_some_and(|meta| meta.is_transient);
        let (kind, retryable) = by_meta_error
            .or(by_code)
            .unwrap_or_else(|| by_status(status));
        (kind, retryable || is_transient)
    }
}

/// Returns the kind of one of Graph's codes, and whether the call can be retried.
fn by_graph_code(code: i64, subcode: Option<i64>) -> Option<(ErrorKind, bool)> {
    Some(match (code, subcode) {
        (0 | 101 | 102 | 104 | 190, _) => (ErrorKind::Authentication, false),
        (3 | 10 | 200..=299 | 368 | 131_005 | 131_031, _) => (ErrorKind::Permission, false),
        (803, _) | (100, Some(33)) => (ErrorKind::NotFound, false),
        (33 | 100 | 131_008 | 131_009, _) => (ErrorKind::InvalidRequest, false),
        (130_429, _) => (ErrorKind::RateLimited, true),
        (code, _) if is_hourly_limit(code) => (ErrorKind::RateLimited, true),
        (1 | 2 | 131_016 | 131_057, _) => (ErrorKind::Server, true),
        (131_000, _) => (ErrorKind::Server, false),
        _ => return None,
    })
}

/// Returns whether one of Graph's codes stands for a limit that is counted by the hour or longer.
fn is_hourly_limit(code: i64) -> bool {
    // Too many attempts to register a number, or to guess its PIN.
    let of_registration = matches!(code, 133_008 | 133_009 | 133_015 | 133_016);
    of_registration || matches!(code, 4 | 17 | 32 | 341 | 613 | 80_000..=80_014)
}

/// Returns the kind of an HTTP status, and whether the call can be retried.
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

fn text_header(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// Returns the longest valid `Retry-After`, at most a year. It is a number of seconds or a date.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    // The server counts from its own clock, which can differ from ours.
    let date = headers.get(DATE).and_then(|date| date.to_str().ok());
    let now = date
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or(now);
    let values = headers.get_all(RETRY_AFTER).iter();
    let values = values.filter_map(|value| parse_retry_after(value.to_str().ok()?.trim(), now));
    Some(values.max()?.min(YEAR))
}

fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let is_seconds = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    if is_seconds {
        // A number that overflows is a long wait.
        return Some(value.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use http::{HeaderMap, HeaderValue, StatusCode};
    use proptest::{collection::vec, prelude::*};
    use serde_json::Value;

    use super::failure;
    use crate::error::Error;

    /// Classifies the response and checks that its error is one line of readable length.
    fn check(status: u16, headers: &[(&'static str, Vec<u8>)], body: &[u8]) {
        let status = StatusCode::from_u16(status).expect("a status");
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                map.insert(*name, value);
            }
        }
        let Some(failure) = failure(status, &map, body, SystemTime::now()) else {
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

    /// JSON with the properties that the parsers look for, of any type.
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
                vec((key.clone(), inner), 0..6).prop_map(|properties| {
                    properties
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
        fn any_bytes_are_classified(
            status in 100..1000_u16,
            headers in vec((prop::sample::select(&HEADERS[..]), any::<Vec<u8>>()), 0..4),
            body in any::<Vec<u8>>(),
        ) {
            check(status, &headers, &body);
        }

        #[test]
        fn any_json_is_classified(
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
