//! Why an object could not be read.

use serde::Serialize;
use waba::{Error, ErrorKind};

/// Why an object could not be read, for decisions. The error has the details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Meta has rejected the token. No further call can succeed.
    CredentialLost,
    /// No complete response arrived. It says nothing about the credential or the object.
    NoResponse,
    ServerFailed,
    RateLimited,
    NoPermission,
    NotFound,
    Other,
}

impl Cause {
    pub fn of(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Authentication => Self::CredentialLost,
            ErrorKind::Network | ErrorKind::Timeout => Self::NoResponse,
            ErrorKind::Server => Self::ServerFailed,
            ErrorKind::RateLimited => Self::RateLimited,
            ErrorKind::Permission => Self::NoPermission,
            ErrorKind::NotFound => Self::NotFound,
            _ => Self::Other,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::CredentialLost => "credential lost",
            Self::NoResponse => "no response",
            Self::ServerFailed => "server failed",
            Self::RateLimited => "rate limited",
            Self::NoPermission => "no permission",
            Self::NotFound => "not found",
            Self::Other => "failed",
        }
    }
}
