//! The duration of attempts as a metric, with OpenTelemetry's names. Without the feature `metrics` it
//! does nothing.

#[cfg(not(feature = "metrics"))]
pub(crate) use disabled::DurationMetric;

#[cfg(feature = "metrics")]
pub(crate) use enabled::DurationMetric;

#[cfg(feature = "metrics")]
mod enabled {
    use std::{sync::Once, time::Duration};

    use http::StatusCode;
    use metrics::{Label, Unit, describe_histogram, histogram};
    use reqwest::Request;

    use crate::error::Error;

    const NAME: &str = "http.client.request.duration";

    /// The metric of one attempt, with the labels that are known before it.
    pub(crate) struct DurationMetric(Vec<Label>);

    impl DurationMetric {
        pub(crate) fn of_attempt(request: &Request, operation: &'static str) -> Self {
            let (method, url) = (request.method().as_str(), request.url());
            let (address, port) = (url.host_str(), url.port_or_known_default());
            let known = [
                Some(Label::new("http.request.method", method.to_owned())),
                Some(Label::from_static_parts("waba.operation", operation)),
                address.map(|address| Label::new("server.address", address.to_owned())),
                port.map(|port| Label::new("server.port", port.to_string())),
            ];
            // The error and the status follow.
            let mut labels = Vec::with_capacity(known.len() + 2);
            labels.extend(known.into_iter().flatten());
            Self(labels)
        }

        pub(crate) fn record(self, elapsed: Duration, result: Result<StatusCode, &Error>) {
            // The program installs its recorder before the first call.
            static DESCRIBED: Once = Once::new();
            DESCRIBED.call_once(|| {
                describe_histogram!(NAME, Unit::Seconds, "Duration of HTTP client requests.");
            });
            let mut labels = self.0;
            let status = match result {
                Ok(status) => Some(status),
                Err(error) => {
                    let kind = error.kind().name();
                    labels.push(Label::from_static_parts("error.type", kind));
                    error.status()
                }
            };
            let status = status.map(|status| status.as_str().to_owned());
            labels.extend(status.map(|code| Label::new("http.response.status_code", code)));
            histogram!(NAME, labels).record(elapsed.as_secs_f64());
        }
    }
}

#[cfg(not(feature = "metrics"))]
mod disabled {
    use std::time::Duration;

    use http::StatusCode;
    use reqwest::Request;

    use crate::error::Error;

    pub(crate) struct DurationMetric;

    impl DurationMetric {
        pub(crate) fn of_attempt(_: &Request, _: &'static str) -> Self {
            Self
        }

        pub(crate) fn record(self, _: Duration, _: Result<StatusCode, &Error>) {}
    }
}
