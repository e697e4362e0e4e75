//! The span of a call, with OpenTelemetry's names for HTTP clients. Without the feature `tracing` it
//! does nothing.

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

    use crate::error::Error;

    #[derive(Clone, Debug)]
    pub(crate) struct Span(tracing::Span);

    impl Span {
        pub(crate) fn new(request: &Request, operation: &str) -> Self {
            let url = request.url();
            Self(info_span!(
                target: "waba",
                "waba",
                otel.name = operation,
                otel.kind = "client",
                otel.status_code = Empty,
                http.request.method = request.method().as_str(),
                http.request.resend_count = Empty,
                http.response.status_code = Empty,
                server.address = url.host_str(),
                server.port = url.port_or_known_default(),
                "error.type" = Empty,
                waba.operation = operation,
                waba.trace_id = Empty,
                waba.meta_trace_id = Empty,
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
                    wait_ms = wait.as_millis() as u64,
                },
                "retrying"
            );
        }

        pub(crate) fn record_success(&self, status: StatusCode, attempts: u32) {
            self.0.record("http.response.status_code", status.as_u16());
            self.record_attempts(attempts);
        }

        pub(crate) fn record_failure(&self, error: &Error) {
            self.0.record("otel.status_code", "ERROR");
            self.0.record("error.type", error.kind().name());
            if let Some(status) = error.status() {
                self.0.record("http.response.status_code", status.as_u16());
            }
            if let Some(id) = error.trace_id() {
                self.0.record("waba.trace_id", id);
            }
            if let Some(id) = error.meta_error().and_then(|meta| meta.trace_id.as_deref()) {
                self.0.record("waba.meta_trace_id", id);
            }
            self.record_attempts(error.attempts());
        }

        fn record_attempts(&self, attempts: u32) {
            if attempts > 1 {
                self.0.record("http.request.resend_count", attempts - 1);
            }
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod disabled {
    use std::time::Duration;

    use http::StatusCode;
    use reqwest::Request;

    use crate::error::Error;

    #[derive(Clone, Debug)]
    pub(crate) struct Span;

    impl Span {
        pub(crate) fn new(_: &Request, _: &str) -> Self {
            Self
        }

        pub(crate) async fn instrument<F: Future>(&self, call: F) -> F::Output {
            call.await
        }

        pub(crate) fn record_retry(&self, _: &Error, _: Duration) {}

        pub(crate) fn record_success(&self, _: StatusCode, _: u32) {}

        pub(crate) fn record_failure(&self, _: &Error) {}
    }
}
