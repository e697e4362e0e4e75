//! The span of a call, by the names of OpenTelemetry's HTTP clients; without the feature `tracing`
//! there is none.

#[cfg(not(feature = "tracing"))]
pub(crate) use without::Span;

#[cfg(feature = "tracing")]
pub(crate) use with::Span;

#[cfg(feature = "tracing")]
mod with {
    use std::time::Duration;

    use http::StatusCode;
    use reqwest::Request;
    use tracing::{Instrument, debug, field::Empty, info_span};

    use crate::error::Error;

    #[derive(Clone, Debug)]
    pub(crate) struct Span(tracing::Span);

    impl Span {
        pub(crate) fn of(request: &Request, operation: &str) -> Self {
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
                waba.upstream_trace_id = Empty,
            ))
        }

        pub(crate) async fn cover<F: Future>(&self, call: F) -> F::Output {
            call.instrument(self.0.clone()).await
        }

        pub(crate) fn again(&self, error: &Error, wait: Duration) {
            // Called within the span.
            debug!(
                target: "waba",
                {
                    error.r#type = error.kind().name(),
                    waba.attempt = error.attempts(),
                    wait_ms = wait.as_millis() as u64,
                },
                "sent again"
            );
        }

        pub(crate) fn answered(&self, status: StatusCode, attempts: u32) {
            self.0.record("http.response.status_code", status.as_u16());
            self.sent(attempts);
        }

        pub(crate) fn failed(&self, error: &Error) {
            self.0.record("otel.status_code", "ERROR");
            self.0.record("error.type", error.kind().name());
            if let Some(status) = error.status() {
                self.0.record("http.response.status_code", status.as_u16());
            }
            if let Some(id) = error.trace_id() {
                self.0.record("waba.trace_id", id);
            }
            if let Some(id) = error.upstream().and_then(|meta| meta.trace_id.as_deref()) {
                self.0.record("waba.upstream_trace_id", id);
            }
            self.sent(error.attempts());
        }

        fn sent(&self, attempts: u32) {
            if attempts > 1 {
                self.0.record("http.request.resend_count", attempts - 1);
            }
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod without {
    use std::time::Duration;

    use http::StatusCode;
    use reqwest::Request;

    use crate::error::Error;

    #[derive(Clone, Debug)]
    pub(crate) struct Span;

    impl Span {
        pub(crate) fn of(_: &Request, _: &str) -> Self {
            Self
        }

        pub(crate) async fn cover<F: Future>(&self, call: F) -> F::Output {
            call.await
        }

        pub(crate) fn again(&self, _: &Error, _: Duration) {}

        pub(crate) fn answered(&self, _: StatusCode, _: u32) {}

        pub(crate) fn failed(&self, _: &Error) {}
    }
}
