//! The error type of the crate.

pub(crate) mod classify;
pub(crate) mod failure;
mod hints;
pub(crate) mod json;
pub(crate) mod kind;
pub(crate) mod meta_error;

use std::{
    error::Error as StdError,
    fmt::{self, Write as _},
    sync::Arc,
    time::Duration,
};

use reqwest::StatusCode;
use serde_json::Value;

use self::{failure::Failure, kind::ErrorKind, meta_error::MetaError};
use crate::types::{list::UndecodedItem, usage::Usage};

/// The error of both APIs.
///
/// Decide what to do by [`kind`](Self::kind), or by [`is_retryable`](Self::is_retryable) and
/// [`retry_after`](Self::retry_after). `Display` writes one line: the operation, what happened, and
/// what to do.
///
/// An error never contains a credential, except in the error of your own
/// [`TokenSource`](crate::TokenSource), which `source()` returns unchanged and `Debug` shows.
///
/// ```
/// use waba::{Error, ErrorKind};
///
/// fn advice(error: &Error) -> &'static str {
///     match error.kind() {
///         ErrorKind::Authentication | ErrorKind::Permission => "check the token",
///         ErrorKind::NotFound => "check the account id",
///         _ if error.is_retryable() => "try again later",
///         _ => "report the error",
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Error(Arc<Failure>);

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self(Arc::new(failure))
    }
}

impl Error {
    pub(crate) fn failure(&self) -> &Failure {
        &self.0
    }

    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::local(ErrorKind::Configuration, message)
    }

    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::local(ErrorKind::InvalidRequest, message)
    }

    fn local(kind: ErrorKind, message: impl Into<String>) -> Self {
        Failure {
            kind: Some(kind),
            message: Some(message.into()),
            ..Failure::default()
        }
        .into()
    }

    /// Returns the error of a generated builder that could not build its request.
    pub(crate) fn of_request(error: progenitor_client::Error<()>) -> Self {
        match error {
            progenitor_client::Error::InvalidRequest(message) => Self::invalid_request(message),
            progenitor_client::Error::CommunicationError(error) => Failure::from(error).into(),
            // The other variants stand for responses.
            other => Self::invalid_request(other.to_string()),
        }
    }

    /// Returns the error of the builder of a type. Its value is the message.
    pub(crate) fn of_builder(error: impl fmt::Display) -> Self {
        Self::invalid_request(error.to_string())
    }

    /// Returns the same error with the name of the setting that caused it.
    pub(crate) fn with_setting(&self, name: &str) -> Self {
        Self::local(
            self.kind(),
            format!("{name}: {}", self.message().unwrap_or_default()),
        )
    }

    /// Returns the same error with the name of the operation that it made fail, unless it has one.
    pub(crate) fn or_operation(&self, operation: &'static str) -> Self {
        if self.0.operation.is_some() {
            return self.clone();
        }
        self.edited(|failure| failure.operation = Some(operation))
    }

    /// Returns the same error of a request whose effect is of no interest to callers, such as a login.
    pub(crate) fn without_effect(self) -> Self {
        self.edited(|failure| {
            failure.is_write = false;
            failure.earlier_effect = false;
        })
    }

    /// Returns the same error of a call whose previous attempt failed with `earlier`.
    pub(crate) fn after(&self, earlier: &Self) -> Self {
        self.edited(|failure| {
            // If the token could not be fetched, this attempt sent nothing.
            failure.attempts = failure.attempts.max(earlier.attempts());
            failure.earlier_effect |= earlier.may_have_taken_effect();
        })
    }

    /// Returns the same error with advice that is more specific than the advice for its kind.
    #[cfg(feature = "dialog360")]
    pub(crate) fn with_advice(&self, advice: &'static str) -> Self {
        self.edited(|failure| failure.advice = Some(advice))
    }

    /// Returns a changed copy of the error.
    pub(crate) fn edited(&self, edit: impl FnOnce(&mut Failure)) -> Self {
        let mut failure = (*self.0).clone();
        edit(&mut failure);
        failure.into()
    }

    /// Returns the kind of the error.
    ///
    /// It is derived from the API's own error code if there is one, otherwise from the HTTP status:
    /// Graph returns rate limits with HTTP 400.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind.unwrap_or(ErrorKind::Api)
    }

    /// Returns the HTTP status, if there was a response.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// Returns the API's own code: Graph's `error.code`, or 360dialog's `meta.http_code`.
    pub fn code(&self) -> Option<i64> {
        self.0.code
    }

    /// Returns Graph's `error.error_subcode`, which is more specific than the code.
    pub fn subcode(&self) -> Option<i64> {
        self.0.subcode
    }

    /// Returns the structured details of the API: Graph's `error.error_data`, or 360dialog's
    /// `meta.details`, which names the invalid properties of a request. Details of more than 64 KiB
    /// are dropped.
    pub fn details(&self) -> Option<&Value> {
        self.0.details.as_ref()
    }

    /// Returns the API's message for developers: Graph's `error.message`, or 360dialog's
    /// `meta.developer_message`. For an error without a response, returns its cause.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// Returns the id that the API's support needs to find the call: Graph's `fbtrace_id`, or
    /// 360dialog's `360dialog_trace_id`. If 360dialog's error includes an error from Meta,
    /// [`meta_error`](Self::meta_error) has Meta's id.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// Returns the error from Meta, if 360dialog's error response includes one.
    ///
    /// If Meta's rate limits are exceeded or its servers failed, [`kind`](Self::kind) is the kind of
    /// Meta's error. Otherwise it is the kind of 360dialog's error.
    pub fn meta_error(&self) -> Option<&MetaError> {
        self.0.meta_error.as_ref()
    }

    /// Returns whether the same call can be expected to succeed later.
    ///
    /// This is true for failed connections, missing responses, rate limits, HTTP 408, 425, 429, 502,
    /// 503 and 504, Graph's codes for temporary failures, and errors that Graph marks
    /// `is_transient`. A code of Graph that means another kind than `Server` or `RateLimited`
    /// takes precedence over the mark. `true` does not mean that a write can be repeated without harm.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// Returns whether a write may have changed something although the call failed: no complete
    /// response arrived, the server failed, or the response cannot be decoded. This includes all
    /// attempts.
    ///
    /// If it is `true`, read the object before you send the write again. If it is `false`, the request
    /// was rejected or not sent, or it only reads.
    pub fn may_have_taken_effect(&self) -> bool {
        self.0.may_have_taken_effect()
    }

    /// Returns the wait that the server asks for, counted from its response.
    ///
    /// This is the header `Retry-After` or, for Graph's rate limits,
    /// `estimated_time_to_regain_access`, whichever is longer. A date in `Retry-After` is compared with the
    /// header `Date`, or with the clock of this machine if there is none.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns the usage of Graph's rate limits, if the response contains it.
    pub fn usage(&self) -> Option<&Usage> {
        self.0.usage.as_ref()
    }

    /// Returns the version of Graph that served the response, if the response contains it; see
    /// [`served_version`](crate::graph::served_version).
    pub fn served_version(&self) -> Option<&str> {
        self.0.served_version.as_deref()
    }

    /// Returns the number of attempts: 0 if no request was sent.
    ///
    /// The other methods, except [`may_have_taken_effect`](Self::may_have_taken_effect), describe the
    /// last attempt. See [`RetryPolicy`](crate::RetryPolicy).
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns the beginning of the response body, at most 1 KiB, if the body was not understood: an
    /// error response without a message, or a successful response that cannot be decoded.
    ///
    /// Neither `Display` nor `Debug` shows it, because a body may contain data that should not be
    /// logged.
    pub fn body_excerpt(&self) -> Option<&str> {
        self.0.body_excerpt.as_deref()
    }

    /// Returns the value that is not an item of its list, if the error is about one value and not about
    /// a page; see [`Items`](crate::Items). It is as the server sent it; neither `Display` nor `Debug`
    /// shows it.
    pub fn undecoded_item(&self) -> Option<&UndecodedItem> {
        self.0.undecoded_item.as_ref()
    }

    /// Returns the operation that failed, such as `get_waba_account` or `login`, or the path of a
    /// custom request. Returns `None` if a client could not be built, or if a value was invalid before
    /// it was part of a call.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation
    }

    fn advice(&self) -> Option<&'static str> {
        if self.0.advice.is_some() {
            return self.0.advice;
        }
        Some(match self.kind() {
            ErrorKind::Authentication => "check or renew the API key or token",
            ErrorKind::Permission => {
                "check the permissions of the credential, and whether the account is locked"
            }
            ErrorKind::NotFound => "check the ids, and that the credential can see them",
            ErrorKind::RateLimited => "wait before the next call",
            // `Display` says to check the change.
            _ if self.may_have_taken_effect() => return None,
            ErrorKind::Network => "check the network and the base URL, then try again",
            ErrorKind::Timeout => "try again, or set longer timeouts",
            ErrorKind::Decode if self.body_excerpt().is_some() => {
                "`Error::body_excerpt` has the beginning of the body"
            }
            _ if self.is_retryable() => "try again later",
            _ => return None,
        })
    }
}

/// Writes `text` on one line without control characters, and cuts it after 500 characters.
fn write_line(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    const MAX_CHARS: usize = 500;
    let breaks =
        |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let line = text
        .split(breaks)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    line.chars()
        .take(MAX_CHARS)
        .try_for_each(|c| f.write_char(c))?;
    if line.chars().nth(MAX_CHARS).is_some() {
        f.write_str("…")
    } else {
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.operation() {
            write!(f, "{operation}: ")?;
        }
        f.write_str(self.kind().description())?;
        match (self.status(), self.code()) {
            (Some(status), Some(code)) if code != i64::from(status.as_u16()) => {
                write!(f, " (HTTP {}, code {code})", status.as_u16())?;
            }
            (Some(status), _) => write!(f, " (HTTP {})", status.as_u16())?,
            (None, _) => {}
        }
        if self.attempts() > 1 {
            write!(f, " after {} attempts", self.attempts())?;
        }
        if let Some(message) = self.message() {
            f.write_str(": ")?;
            // Advice may follow.
            write_line(f, message.strip_suffix('.').unwrap_or(message))?;
        }
        if self.may_have_taken_effect() {
            f.write_str("; the change may have taken effect, so check it before you try again")?;
        }
        match (self.advice(), self.retry_after()) {
            (_, Some(wait)) if !wait.is_zero() => {
                let seconds = wait.as_secs_f64().ceil();
                write!(f, "; wait {seconds} s before the next call")?;
            }
            (Some(advice), _) => write!(f, "; {advice}")?,
            (None, _) => {}
        }
        if let Some(trace_id) = self.trace_id() {
            f.write_str(" [trace id ")?;
            write_line(f, trace_id)?;
            f.write_str("]")?;
        }
        if let Some(trace_id) = self.meta_error().and_then(|meta| meta.trace_id.as_deref()) {
            f.write_str(" [Meta's trace id ")?;
            write_line(f, trace_id)?;
            f.write_str("]")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("operation", &self.0.operation)
            .field("status", &self.0.status)
            .field("code", &self.0.code)
            .field("subcode", &self.0.subcode)
            .field("details", &self.0.details)
            .field("message", &self.0.message)
            .field("trace_id", &self.0.trace_id)
            .field("meta_error", &self.0.meta_error)
            .field("retryable", &self.0.retryable)
            .field("retry_after", &self.0.retry_after)
            .field("usage", &self.0.usage)
            .field("served_version", &self.0.served_version)
            .field("attempts", &self.0.attempts)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
