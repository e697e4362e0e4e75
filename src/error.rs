//! The one error type of the crate.

pub(crate) mod classify;
pub(crate) mod failure;
pub(crate) mod meta_error;

use std::{
    error::Error as StdError,
    fmt::{self, Write as _},
    sync::Arc,
    time::Duration,
};

use reqwest::StatusCode;
use serde_json::Value;

use self::{failure::Failure, meta_error::Upstream};
use crate::types::usage::Usage;

/// What a call to either API can fail with.
///
/// Every call fails with it. Decide by [`kind`](Self::kind), or by
/// [`is_retryable`](Self::is_retryable) and [`retry_after`](Self::retry_after); show the error
/// itself, which says what happened, where, and what to do. It never holds a credential.
///
/// ```
/// use waba::{Error, ErrorKind};
///
/// fn advice(error: &Error) -> &'static str {
///     match error.kind() {
///         ErrorKind::Authentication | ErrorKind::Permission => "see who holds the token",
///         ErrorKind::NotFound => "ask for another account",
///         _ if error.is_retryable() => "come back later",
///         _ => "give up and tell someone",
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Error(Arc<Failure>);

/// What went wrong, as far as a caller can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client could not be built: a setting is missing or cannot be used.
    Configuration,
    /// The request is wrong: refused here before it was sent, or by the API (HTTP 400 and 422,
    /// Graph code 100).
    InvalidRequest,
    /// The credential is missing, malformed, expired or revoked (HTTP 401; Graph codes 0, 102, 104
    /// and 190).
    Authentication,
    /// The credential may not do this, or the account is locked (HTTP 403; Graph codes 3, 10, 200 to
    /// 299, 368, 131005 and 131031).
    Permission,
    /// There is no such thing, or the credential cannot see it (HTTP 404; Graph code 803, and 100 with
    /// subcode 33).
    NotFound,
    /// A rate limit is used up (HTTP 429; Graph codes 4, 17, 32, 341, 613, 80000 to 80014 and
    /// 130429, which come with HTTP 400).
    RateLimited,
    /// The server failed (HTTP 5xx; Graph codes 1, 2, 131000, 131016 and 131057).
    Server,
    /// Any other refusal by the API; [`Error::status`] and [`Error::code`] say which.
    Api,
    /// The server could not be reached, or the connection broke.
    Network,
    /// There was no answer in time, or the server says that the request took too long (HTTP 408).
    Timeout,
    /// The answer is not what the document promises.
    Decode,
}

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

    /// The same error, as that of the setting called `name`.
    pub(crate) fn about(&self, name: &str) -> Self {
        Self::local(
            self.kind(),
            format!("{name}: {}", self.message().unwrap_or_default()),
        )
    }

    /// What went wrong, as far as a caller can act on it.
    ///
    /// The API's own code decides before the HTTP status does: Graph sends rate limits as 400.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind.unwrap_or(ErrorKind::Api)
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The API's own code: Graph's `error.code`, or 360dialog's `meta.http_code`.
    pub fn code(&self) -> Option<i64> {
        self.0.code
    }

    /// The number that says it more exactly: Graph's `error.error_subcode`.
    pub fn subcode(&self) -> Option<i64> {
        self.0.subcode
    }

    /// What the API adds for a program: Graph's `error.error_data`, or 360dialog's `meta.details`,
    /// which names the members of a request that are wrong. More than 64 KiB are left out.
    pub fn details(&self) -> Option<&Value> {
        self.0.details.as_ref()
    }

    /// The API's own words for a developer: Graph's `error.message`, or 360dialog's
    /// `meta.developer_message`. For an error that arose here, the reason.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The id by which the API's support finds the call: Graph's `fbtrace_id`, or 360dialog's
    /// `360dialog_trace_id`; Meta's beside the latter is in [`upstream`](Self::upstream).
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// Meta's own error, where 360dialog passed one on as text inside its own.
    ///
    /// [`kind`](Self::kind) follows it where Meta's limits are used up or its servers failed.
    pub fn upstream(&self) -> Option<&Upstream> {
        self.0.upstream.as_ref()
    }

    /// Whether the same call can be expected to succeed later.
    ///
    /// So it is for connections that failed and answers that did not come, rate limits, HTTP 408,
    /// 425, 429, 502, 503 and 504, Graph's codes for passing faults and whatever it marks
    /// `is_transient`. Whether sending a write again does harm is for the caller to know.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// How long the server asks to wait, counted from when it answered: its `Retry-After`, or of a
    /// rate limit of Graph's the time until it lets the caller in again, which it gives in minutes;
    /// the longer of the two.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How much of Graph's rate limits is used up, if the answer told.
    pub fn usage(&self) -> Option<&Usage> {
        self.0.usage.as_ref()
    }

    /// The version of Graph's API that answered, if the answer told; see
    /// [`served_version`](crate::graph::served_version).
    pub fn served_version(&self) -> Option<&str> {
        self.0.served_version.as_deref()
    }

    /// How often the request was sent; 0 if it was refused before that.
    ///
    /// The rest of the error is that of the last time. See [`RetryPolicy`](crate::RetryPolicy).
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The beginning of an answer's body, at most 1 KiB, when it was no error of the API's form.
    ///
    /// It is no part of the error's text, since a body can hold what logs should not.
    pub fn excerpt(&self) -> Option<&str> {
        self.0.excerpt.as_deref()
    }

    /// The operation that failed, such as `get_waba_account`; not known of a request that was
    /// refused before it was sent.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation
    }
}

impl ErrorKind {
    /// A name for attributes, as OpenTelemetry's `error.type` wants it: one of a few.
    #[cfg(feature = "tracing")]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::InvalidRequest => "invalid_request",
            Self::Authentication => "authentication",
            Self::Permission => "permission",
            Self::NotFound => "not_found",
            Self::RateLimited => "rate_limited",
            Self::Server => "server",
            Self::Api => "api",
            Self::Network => "network",
            Self::Timeout => "timeout",
            Self::Decode => "decode",
        }
    }

    fn what_happened(self) -> &'static str {
        match self {
            Self::Configuration => "the client cannot be built",
            Self::InvalidRequest => "the request is not valid",
            Self::Authentication => "the credential was refused",
            Self::Permission => "the credential may not do this",
            Self::NotFound => "not found",
            Self::RateLimited => "the rate limit is used up",
            Self::Server => "the server failed",
            Self::Api => "the API refused",
            Self::Network => "the connection failed",
            Self::Timeout => "no answer in time",
            Self::Decode => "the answer could not be read",
        }
    }
}

impl Error {
    fn what_to_do(&self) -> Option<&'static str> {
        Some(match self.kind() {
            ErrorKind::Authentication => "check or renew the API key or token",
            ErrorKind::Permission => "give the credential access to this account",
            ErrorKind::NotFound => "check the ids, and that the credential can see them",
            ErrorKind::RateLimited => "wait before calling again",
            ErrorKind::Network => "check the network and the base URL, then try again",
            ErrorKind::Timeout => "try again, or set a longer timeout or deadline",
            ErrorKind::Decode if self.excerpt().is_some() => "it begins as `Error::excerpt` says",
            _ if self.is_retryable() => "try again later",
            _ => return None,
        })
    }
}

/// Writes `text` on one line, whatever a server put into it, and no more than is read.
fn one_line(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    const READ: usize = 500;
    let breaks =
        |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let line = text
        .split(breaks)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    line.chars().take(READ).try_for_each(|c| f.write_char(c))?;
    if line.chars().nth(READ).is_some() {
        f.write_str("…")
    } else {
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        if let Some(operation) = self.operation() {
            write!(f, "{operation}: ")?;
        }
        f.write_str(kind.what_happened())?;
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
            one_line(f, message)?;
        }
        match (self.what_to_do(), self.retry_after()) {
            (_, Some(wait)) if !wait.is_zero() => {
                write!(
                    f,
                    "; wait {} s before calling again",
                    wait.as_secs_f64().ceil()
                )?;
            }
            (Some(advice), _) => write!(f, "; {advice}")?,
            (None, _) => {}
        }
        if let Some(trace_id) = self.trace_id() {
            f.write_str(" [trace id ")?;
            one_line(f, trace_id)?;
            f.write_str("]")?;
        }
        if let Some(trace_id) = self.upstream().and_then(|meta| meta.trace_id.as_deref()) {
            f.write_str(" [Meta's trace id ")?;
            one_line(f, trace_id)?;
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
            .field("upstream", &self.0.upstream)
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

impl Error {
    /// Why a generated call has no request to send.
    pub(crate) fn of_request(error: progenitor_client::Error<()>) -> Self {
        match error {
            progenitor_client::Error::InvalidRequest(reason) => {
                Self::invalid_request(explain(&reason))
            }
            progenitor_client::Error::CommunicationError(error) => Failure::from(error).into(),
            // The rest is what answers lead to.
            other => Self::invalid_request(other.to_string()),
        }
    }
}

/// The reason of a generated call for not sending its request, in words for its caller.
fn explain(reason: &str) -> String {
    if let Some(parameter) = reason.strip_suffix(" was not initialized") {
        return format!("`{parameter}` is missing; set it by `.{parameter}(…)`");
    }
    if let Some(property) = reason.strip_prefix("no value supplied for ") {
        return format!("`{property}` is missing; set it by `.{property}(…)`");
    }
    if let Some(rest) = reason.strip_prefix("error converting supplied value for ")
        && let Some((property, why)) = rest.split_once(": ")
    {
        return format!("invalid `{property}`: {why}");
    }
    let conversion = reason.strip_prefix("conversion to `");
    let Some((of_type, rest)) = conversion.and_then(|rest| rest.split_once("` for ")) else {
        return reason.to_owned();
    };
    let Some((parameter, why)) = rest.split_once(" failed") else {
        return reason.to_owned();
    };
    // The path of the type, as the generator spells it, means nothing to a caller.
    let of_type = of_type.split(" <").next().unwrap_or(of_type);
    let of_type = of_type.rsplit(":: ").next().unwrap_or(of_type);
    match why.strip_prefix(": ") {
        Some(why) => format!("invalid `{parameter}`: {}", explain(why)),
        None if of_type == "PathSegment" => format!(
            "`{parameter}` is not an id: {}",
            crate::InvalidPathSegment::REASON
        ),
        None => format!("invalid `{parameter}`: expected a value that fits `{of_type}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::explain;

    #[test]
    fn a_refused_argument_is_explained_without_the_paths_of_generated_types() {
        for (reason, explained) in [
            (
                "limit was not initialized",
                "`limit` is missing; set it by `.limit(…)`",
            ),
            (
                "no value supplied for name",
                "`name` is missing; set it by `.name(…)`",
            ),
            (
                "conversion to `:: std :: num :: NonZeroU64` for limit failed",
                "invalid `limit`: expected a value that fits `NonZeroU64`",
            ),
            (
                "conversion to `u64` for limit failed",
                "invalid `limit`: expected a value that fits `u64`",
            ),
            (
                "conversion to `:: waba :: CommaSeparated < :: waba :: graph :: types :: Field , >` for fields failed",
                "invalid `fields`: expected a value that fits `CommaSeparated`",
            ),
            (
                "conversion to `Update` for body failed: error converting supplied value for name: longer than 100 characters",
                "invalid `body`: invalid `name`: longer than 100 characters",
            ),
            (
                "error converting supplied value for name: longer than 100 characters",
                "invalid `name`: longer than 100 characters",
            ),
        ] {
            assert_eq!(explain(reason), explained);
        }
    }
}
