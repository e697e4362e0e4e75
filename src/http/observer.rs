//! What a program sees of its calls without tracing: each attempt, as it ends.

use std::{fmt, sync::Arc, time::Duration};

use http::{Method, StatusCode};

use crate::{
    error::Error,
    http::transport::Answer,
    types::usage::{Usage, served_version},
};

/// One attempt of a call that has ended, for [`observer`](crate::ClientBuilder::observer).
///
/// It shows no credential. What names an account is in [`error`](Self::error) at most, if the server
/// says so in its message.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The operation, such as `get_waba_account`, `login`, or the path of a custom request.
    pub operation: &'a str,
    /// The method of its request.
    pub method: &'a Method,
    /// Which attempt of the call it is, from 1.
    pub number: u32,
    /// How long it took, without the wait for a turn under a rate limit.
    pub elapsed: Duration,
    /// The HTTP status, if there was an answer.
    pub status: Option<StatusCode>,
    /// Why it failed, if it did. An answer that arrives whole and does not decode is no failure
    /// yet.
    pub error: Option<&'a Error>,
    /// The wait before the next attempt, if there is one.
    pub retry_in: Option<Duration>,
    /// How much of Graph's rate limits is used up, if the answer told.
    pub usage: Option<Usage>,
    /// The version of Graph's API that answered, if the answer told.
    pub served_version: Option<&'a str>,
}

impl<'a> Attempt<'a> {
    pub(crate) fn of(
        operation: &'a str,
        method: &'a Method,
        number: u32,
        elapsed: Duration,
        outcome: &'a Result<Answer, Error>,
    ) -> Self {
        let (status, usage, served_version) = match outcome {
            Ok(answer) => (
                Some(answer.status),
                Usage::from_headers(&answer.headers),
                served_version(&answer.headers),
            ),
            Err(error) => (
                error.status(),
                error.usage().cloned(),
                error.served_version(),
            ),
        };
        Self {
            operation,
            method,
            number,
            elapsed,
            status,
            error: outcome.as_ref().err(),
            retry_in: None,
            usage,
            served_version,
        }
    }
}

#[derive(Clone)]
pub(crate) struct Observer(Arc<dyn Fn(&Attempt<'_>) + Send + Sync>);

impl Observer {
    pub(crate) fn new(observer: impl Fn(&Attempt<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(observer))
    }

    pub(crate) fn see(&self, attempt: &Attempt<'_>) {
        (self.0)(attempt);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
