//! The spans of a call and of its attempts, with OpenTelemetry's names for HTTP clients. Without the
//! feature `tracing` they do nothing.

#[cfg(not(feature = "tracing"))]
pub(crate) use disabled::Span;

#[cfg(feature = "tracing")]
pub(crate) use enabled::Span;

#[cfg(feature = "tracing")]
mod enabled {
    use std::time::Duration;

    use http::StatusCode;
    use reqwest::Request;
    use tracing::{Instrument, debug, field::Empty, info_span};

    use crate::{error::Error, http::retry_policy::RetryCause};

    #[derive(Clone, Debug)]
    pub(crate) struct Span(tracing::Span);

    impl Span {
        /// Returns the span of a call. Its attempts are the client spans of OpenTelemetry.
        pub(crate) fn new(request: &Request, operation: &str) -> Self {
            let url = request.url();
            Self(info_span!(
                target: "waba",
                "waba",
                otel.name = operation,
                otel.kind = "internal",
                otel.status_code = Empty,
                http.request.method = request.method().as_str(),
                http.response.status_code = Empty,
                server.address = url.host_str(),
                server.port = url.port_or_known_default(),
                "error.type" = Empty,
                waba.operation = operation,
                waba.attempts = Empty,
                waba.trace_id = Empty,
                waba.meta_trace_id = Empty,
            ))
        }

        /// Returns the span of an attempt, inside the current span, which is that of the call.
        pub(crate) fn of_attempt(
            request: &Request,
            number: u32,
            cause: Option<&RetryCause>,
        ) -> Self {
            let (method, url) = (request.method().as_str(), request.url());
            Self(info_span!(
                target: "waba",
                "attempt",
                otel.name = method,
                otel.kind = "client",
                otel.status_code = Empty,
                http.request.method = method,
                http.request.resend_count = Some(number - 1).filter(|count| *count > 0),
                http.response.status_code = Empty,
                server.address = url.host_str(),
                server.port = url.port_or_known_default(),
                "error.type" = Empty,
                waba.retried_error = cause.map(|cause| cause.error.kind().name()),
                waba.waited_ms = cause.map(|cause| milliseconds(cause.wait)),
            ))
        }

        pub(crate) async fn instrument<F: Future>(&self, call: F) -> F::Output {
            call.instrument(self.0.clone()).await
        }

        pub(crate) fn record_retry(&self, error: &Error, wait: Duration) {
            // The caller is inside the span.
            debug!(
                target: "waba",
                {
                    error.r#type = error.kind().name(),
                    waba.attempt = error.attempts(),
                    waba.wait_ms = milliseconds(wait),
                },
                "retrying"
            );
        }

        /// Records how the call or the attempt ended.
        pub(crate) fn record(&self, result: Result<StatusCode, &Error>) {
            match result {
                Ok(status) => {
                    self.0.record("http.response.status_code", status.as_u16());
                }
                Err(error) => self.record_failure(error),
            }
        }

        /// Records how the attempt ended, and closes the span.
        pub(crate) fn close(self, result: Result<StatusCode, &Error>) {
            self.record(result);
        }

        pub(crate) fn record_failure(&self, error: &Error) {
            self.0.record("otel.status_code", "ERROR");
            self.0.record("error.type", error.kind().name());
            if let Some(status) = error.status() {
                self.0.record("http.response.status_code", status.as_u16());
            }
            // The span of an attempt does not have these.
            if let Some(id) = error.trace_id() {
                self.0.record("waba.trace_id", id);
            }
            if let Some(id) = error.meta_error().and_then(|meta| meta.trace_id.as_deref()) {
                self.0.record("waba.meta_trace_id", id);
            }
        }

        pub(crate) fn record_attempts(&self, attempts: u32) {
            self.0.record("waba.attempts", attempts);
        }
    }

    fn milliseconds(wait: Duration) -> u64 {
        wait.as_millis().try_into().unwrap_or(u64::MAX)
    }
}

#[cfg(not(feature = "tracing"))]
mod disabled {
    use std::time::Duration;

    use http::StatusCode;
    use reqwest::Request;

    use crate::{error::Error, http::retry_policy::RetryCause};

    #[derive(Clone, Debug)]
    pub(crate) struct Span;

    impl Span {
        pub(crate) fn new(_: &Request, _: &str) -> Self {
            Self
        }

        pub(crate) fn of_attempt(_: &Request, _: u32, _: Option<&RetryCause>) -> Self {
            Self
        }

        pub(crate) async fn instrument<F: Future>(&self, call: F) -> F::Output {
            call.await
        }

        pub(crate) fn record_retry(&self, _: &Error, _: Duration) {}

        pub(crate) fn record(&self, _: Result<StatusCode, &Error>) {}

        pub(crate) fn close(self, _: Result<StatusCode, &Error>) {}

        pub(crate) fn record_failure(&self, _: &Error) {}

        pub(crate) fn record_attempts(&self, _: u32) {}
    }
}
