//! The one error type of the crate.

use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use reqwest::StatusCode;

/// What a call to either API can fail with.
///
/// The errors of all generated calls convert into it by `?`. Decide by [`kind`](Self::kind), or by
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
    /// The credential is missing, malformed, expired or revoked (HTTP 401, Graph code 190).
    Authentication,
    /// The credential may not do this (HTTP 403, Graph codes 10 and 200 to 299).
    Permission,
    /// There is no such thing, or the credential cannot see it (HTTP 404, Graph code 803).
    NotFound,
    /// A rate limit is used up (HTTP 429; Graph codes 4, 17, 32, 613, 80007, 80008 and 130429,
    /// which come with HTTP 400).
    RateLimited,
    /// The server failed (HTTP 5xx, Graph codes 1 and 2).
    Server,
    /// Any other refusal by the API; [`Error::status`] and [`Error::code`] say which.
    Api,
    /// The server could not be reached, or the connection broke.
    Network,
    /// There was no answer in time, here or at a gateway (HTTP 408).
    Timeout,
    /// The answer is not what the document promises.
    Decode,
}

/// The parts of an [`Error`]; what is not known is left at its default.
#[derive(Default)]
pub(crate) struct Failure {
    pub kind: Option<ErrorKind>,
    pub operation: Option<&'static str>,
    pub status: Option<StatusCode>,
    pub code: Option<i64>,
    pub message: Option<String>,
    pub trace_id: Option<String>,
    pub retryable: bool,
    pub retry_after: Option<Duration>,
    pub excerpt: Option<String>,
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self(Arc::new(failure))
    }
}

impl Error {
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

    /// The API's own words for a developer: Graph's `error.message`, or 360dialog's
    /// `meta.developer_message`. For an error that arose here, the reason.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The id by which the API's support finds the call: Graph's `fbtrace_id`, or 360dialog's
    /// `360dialog_trace_id`.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// Whether the same call can be expected to succeed later.
    ///
    /// So it is for connections that failed and answers that did not come, rate limits, HTTP 408,
    /// 425, 429, 502, 503 and 504, Graph's codes for passing faults and whatever it marks
    /// `is_transient`. Whether sending a write again does harm is for the caller to know.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// How long the server asks to wait (its `Retry-After`), counted from when it answered.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The beginning of an answer's body, at most 1 KiB, when it was no error of the API's form.
    ///
    /// It is no part of the error's text, since a body can hold what logs should not.
    pub fn excerpt(&self) -> Option<&str> {
        self.0.excerpt.as_deref()
    }

    /// The operation that failed, such as `get_waba_account`.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation
    }
}

impl ErrorKind {
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

    fn what_to_do(self) -> Option<&'static str> {
        Some(match self {
            Self::Configuration | Self::InvalidRequest | Self::Api => return None,
            Self::Authentication => "check or renew the API key or token",
            Self::Permission => "give the credential access to this account",
            Self::NotFound => "check the ids, and that the credential can see them",
            Self::RateLimited => "wait before calling again",
            Self::Server => "try again later",
            Self::Network => "check the network and the base URL, then try again",
            Self::Timeout => "try again, or set a longer timeout",
            Self::Decode => "its beginning is in `Error::excerpt`",
        })
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
        if let Some(message) = self.message() {
            f.write_str(": ")?;
            // One line, whatever the server put into it.
            let parts = message
                .split(char::is_control)
                .filter(|part| !part.is_empty());
            f.write_str(&parts.collect::<Vec<_>>().join(" "))?;
        }
        match (kind.what_to_do(), self.retry_after()) {
            (_, Some(wait)) => write!(f, "; wait {} s before calling again", wait.as_secs())?,
            (Some(advice), None) => write!(f, "; {advice}")?,
            (None, None) => {}
        }
        match self.trace_id() {
            Some(trace_id) => write!(f, " [trace id {trace_id}]"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("operation", &self.0.operation)
            .field("status", &self.0.status)
            .field("code", &self.0.code)
            .field("message", &self.0.message)
            .field("trace_id", &self.0.trace_id)
            .field("retryable", &self.0.retryable)
            .field("retry_after", &self.0.retry_after)
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

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        let host = error
            .url()
            .and_then(|url| url.host_str())
            .unwrap_or("the server")
            .to_owned();
        let (kind, message) = if error.is_builder() || error.is_request() && error.is_body() {
            (
                ErrorKind::InvalidRequest,
                "it cannot be put into an HTTP request".to_owned(),
            )
        } else if error.is_timeout() {
            (ErrorKind::Timeout, format!("{host} did not answer"))
        } else if error.is_connect() {
            (ErrorKind::Network, format!("{host} cannot be reached"))
        } else {
            (
                ErrorKind::Network,
                format!("the exchange with {host} broke off"),
            )
        };
        Failure {
            kind: Some(kind),
            status: error.status(),
            message: Some(message),
            retryable: matches!(kind, ErrorKind::Network | ErrorKind::Timeout),
            // The URL names accounts.
            source: Some(Box::new(error.without_url())),
            ..Failure::default()
        }
        .into()
    }
}

impl<E> From<progenitor_client::Error<E>> for Error {
    fn from(error: progenitor_client::Error<E>) -> Self {
        use progenitor_client::Error as Call;

        match error {
            Call::InvalidRequest(reason) | Call::Custom(reason) => {
                Self::invalid_request(explain(&reason))
            }
            Call::CommunicationError(error)
            | Call::InvalidUpgrade(error)
            | Call::ResponseBodyError(error) => error.into(),
            Call::UnexpectedResponse(response) => match response.extensions().get::<Self>() {
                Some(error) => error.clone(),
                None => Self::undeclared(response.status()),
            },
            // The transport turns every refusal, and every answer that does not decode, into an
            // `UnexpectedResponse` that carries the error.
            Call::ErrorResponse(response) => Self::undeclared(response.status()),
            Call::InvalidResponsePayload(_, error) => Failure {
                kind: Some(ErrorKind::Decode),
                message: Some(error.to_string()),
                source: Some(Box::new(error)),
                ..Failure::default()
            }
            .into(),
        }
    }
}

impl Error {
    /// A success that the document does not declare.
    fn undeclared(status: StatusCode) -> Self {
        Failure {
            kind: Some(ErrorKind::Decode),
            status: Some(status),
            message: Some("the API's document declares no such answer".to_owned()),
            ..Failure::default()
        }
        .into()
    }
}

/// The reason of a generated call for not sending its request, in words for its caller.
fn explain(reason: &str) -> String {
    if let Some(parameter) = reason.strip_suffix(" was not initialized") {
        return format!("`{parameter}` is missing; set it by `.{parameter}(…)`");
    }
    if let Some((_, rest)) = reason.split_once("PathSegment` for ")
        && let Some(parameter) = rest.strip_suffix(" failed")
    {
        return format!(
            "`{parameter}` is not an id: {}",
            crate::InvalidPathSegment::REASON
        );
    }
    reason.to_owned()
}
