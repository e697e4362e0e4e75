//! Observation of attempts without the feature `tracing`.

use std::{fmt, sync::Arc, time::Duration};

use http::{Method, StatusCode};

use super::{response::BufferedResponse, retry_policy::RetryCause};
use crate::{
    error::Error,
    types::usage::{Usage, served_version},
};

/// One finished attempt of a call, for [`observer`](crate::ClientBuilder::observer).
///
/// It contains no credential, and an account id only if the message of [`error`](Self::error)
/// contains one.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The operation, such as `get_waba_account`, `login`, or the path of a custom request.
    pub operation: &'a str,
    /// The HTTP method.
    pub method: &'a Method,
    /// The number of the attempt within its call, from 1.
    pub number: u32,
    /// The wait between the failure of the previous attempt and this attempt. Zero for the first attempt.
    /// The wait for the [rate limit](crate::ClientBuilder::rate_limit) is not included.
    pub waited: Duration,
    /// The error of the attempt before, which this attempt retries. `None` for the first attempt.
    pub retried_error: Option<&'a Error>,
    /// The duration of the attempt, excluding the waits before it.
    pub elapsed: Duration,
    /// The HTTP status, if there was a response.
    pub status: Option<StatusCode>,
    /// The error, if the attempt failed. Bodies are decoded later, so decode errors are not
    /// observed.
    pub error: Option<&'a Error>,
    /// The wait before the next attempt, if there is one.
    pub retry_in: Option<Duration>,
    /// The usage of Graph's rate limits, if the response contains it.
    pub usage: Option<Usage>,
    /// The version of Graph that served the response, if the response contains it.
    pub served_version: Option<&'a str>,
}

impl<'a> Attempt<'a> {
    pub(crate) fn new(
        operation: &'a str,
        method: &'a Method,
        number: u32,
        cause: Option<&'a RetryCause>,
        elapsed: Duration,
        outcome: &'a Result<BufferedResponse, Error>,
        retry_in: Option<Duration>,
    ) -> Self {
        let (status, usage, served_version) = match outcome {
            // Those of an error have been redacted.
            Ok(response) => (
                Some(response.status),
                Usage::from_headers(&response.headers)
                    .filter(|usage| !response.context.redactor.is_in_usage(usage)),
                served_version(&response.headers)
                    .filter(|version| !response.context.redactor.is_in(version)),
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
            waited: cause.map(|cause| cause.wait).unwrap_or_default(),
            retried_error: cause.map(|cause| &cause.error),
            elapsed,
            status,
            error: outcome.as_ref().err(),
            retry_in,
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

    pub(crate) fn notify(&self, attempt: &Attempt<'_>) {
        (self.0)(attempt);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
