//! The kinds of errors.

use std::fmt;

/// The kind of an [`Error`](crate::Error), which callers decide by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client could not be built: a setting is missing or invalid.
    Configuration,
    /// The request was rejected, either by this crate before it was sent, or by the API (HTTP 400 and
    /// 422; Graph codes 33, 100, 131008 and 131009).
    InvalidRequest,
    /// The credential is missing, malformed, expired or revoked (HTTP 401; Graph codes 0, 101, 102,
    /// 104 and 190, and 1 for a wrong app secret), a login was rejected, or a
    /// [`TokenSource`](crate::TokenSource) failed.
    Authentication,
    /// Access was denied: the credential lacks a permission, or the account is locked (HTTP 403; Graph
    /// codes 3, 10, 200 to 299, 368, 131005 and 131031).
    Permission,
    /// The object does not exist, or the credential cannot see it (HTTP 404; Graph code 803, and 100
    /// with subcode 33).
    NotFound,
    /// A rate limit is exceeded (HTTP 429; Graph codes 4, 17, 32, 341, 613, 80000 to 80014, 130429,
    /// 133008, 133009, 133015 and 133016, which come with HTTP 400).
    RateLimited,
    /// The server failed (HTTP 5xx; Graph codes 1, 2, 131000, 131016 and 131057).
    Server,
    /// Any other error response; [`Error::status`](crate::Error::status) and
    /// [`Error::code`](crate::Error::code) have the details.
    Api,
    /// The server could not be reached, or the connection broke.
    Network,
    /// No complete response arrived in time, a [`TokenSource`](crate::TokenSource) took too long, or the
    /// server reported a timeout (HTTP 408).
    Timeout,
    /// The body of a successful response does not have the documented form, or is too large.
    Decode,
}

impl ErrorKind {
    /// Returns the name for logs, also the value of OpenTelemetry's attribute `error.type`.
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

    /// Returns the first words of the error's message.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::Configuration => "the client cannot be built",
            Self::InvalidRequest => "the request is invalid",
            Self::Authentication => "authentication failed",
            Self::Permission => "access was denied",
            Self::NotFound => "not found",
            Self::RateLimited => "the rate limit is exceeded",
            Self::Server => "the server failed",
            Self::Api => "the API returned an error",
            Self::Network => "the connection failed",
            Self::Timeout => "timed out",
            Self::Decode => "the response could not be decoded",
        }
    }
}

/// Writes a name in snake case, such as `rate_limited`.
impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
