//! Why a run stops before the end, and what to do about it.

use std::{fmt, io};

use waba::{Error, ErrorKind};

#[derive(Debug)]
pub enum Stop {
    /// A call failed.
    Call(Error),
    /// A file cannot be read or written.
    File(io::Error),
    /// The operator does not allow this write.
    NotAllowed(String),
    /// The operator must decide or provide something.
    Needed(String),
    /// Meta has not decided yet.
    Waiting(String),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => write!(f, "{error}\nwhat to do: {}", advice(error)),
            Self::File(error) => write!(f, "{error}"),
            Self::NotAllowed(write) => {
                write!(
                    f,
                    "stopped before this write: {write}\nwhat to do: start again to continue"
                )
            }
            Self::Needed(what) => write!(f, "{what}"),
            Self::Waiting(what) => write!(f, "{what}\nwhat to do: start again later"),
        }
    }
}

impl std::error::Error for Stop {}

/// Returns what an operator can do. Only Meta's refusal of a token means that the token is lost.
fn advice(error: &Error) -> String {
    let exchanges = error.operation() == Some("exchange_code");
    match error.kind() {
        ErrorKind::Authentication if exchanges || error.operation() == Some("debug_token") => {
            "correct the id and the secret of the app; the customer's token is not affected"
                .to_owned()
        }
        ErrorKind::Authentication => {
            "the token is lost: delete the token file, and let the customer sign up again"
                .to_owned()
        }
        ErrorKind::Permission | ErrorKind::NotFound => {
            "the token is accepted, but does not reach this object: check the id, and what the \
             customer shared in the signup"
                .to_owned()
        }
        ErrorKind::RateLimited => {
            let wait = error.retry_after().map_or(3600, |wait| wait.as_secs());
            format!("start again in {wait} s")
        }
        ErrorKind::Network | ErrorKind::Timeout | ErrorKind::Server if exchanges => {
            "the code may be used up: start again with the code of a new signup".to_owned()
        }
        ErrorKind::Network | ErrorKind::Timeout | ErrorKind::Server => {
            "Meta has not responded, and nothing is lost: start again later".to_owned()
        }
        _ => "correct what the message names, and start again".to_owned(),
    }
}
