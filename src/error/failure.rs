//! The parts of an error while it is being put together.

use std::{error::Error as StdError, sync::Arc, time::Duration};

use http::StatusCode;
use serde_json::Value;

use super::{kind::ErrorKind, meta_error::MetaError};
use crate::types::{list::UndecodedItem, usage::Usage};

/// The fields of an [`Error`](crate::Error). Fields that are unknown keep their defaults.
#[derive(Clone, Default)]
pub(crate) struct Failure {
    pub kind: Option<ErrorKind>,
    pub operation: Option<&'static str>,
    pub status: Option<StatusCode>,
    pub code: Option<i64>,
    pub subcode: Option<i64>,
    pub details: Option<Value>,
    pub message: Option<String>,
    pub trace_id: Option<String>,
    pub meta_error: Option<MetaError>,
    pub retryable: bool,
    /// An hourly rate limit is exceeded, so a short wait does not help.
    pub hourly_limit: bool,
    /// The method may change something on the server.
    pub is_write: bool,
    /// The request certainly did not reach the server.
    pub unsent: bool,
    /// An attempt before the last one may have taken effect.
    pub earlier_effect: bool,
    pub retry_after: Option<Duration>,
    pub usage: Option<Usage>,
    pub served_version: Option<String>,
    pub attempts: u32,
    pub body_excerpt: Option<String>,
    /// The value of a list that the error is about.
    pub undecoded_item: Option<UndecodedItem>,
    /// What to do, if the kind of the error is too general to tell.
    pub advice: Option<&'static str>,
    pub source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Failure {
    /// Returns whether a write may have had its effect, at this attempt or before.
    pub fn may_have_taken_effect(&self) -> bool {
        use ErrorKind::{Decode, Network, Server, Timeout};
        let was_sent = self.attempts > 0 && !self.unsent;
        let in_doubt = matches!(self.kind, Some(Decode | Network | Server | Timeout));
        self.earlier_effect || (self.is_write && was_sent && in_doubt)
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        let unsent = is_connect(&error);
        let tls_failure = tls_failure(&error);
        let host = error
            .url()
            .and_then(|url| url.host_str())
            .unwrap_or("the server")
            .to_owned();
        let (kind, message) = if error.is_builder() {
            (
                ErrorKind::InvalidRequest,
                "the HTTP request cannot be built".to_owned(),
            )
        } else if error.is_redirect() {
            (
                ErrorKind::Api,
                format!("{host} returned too many redirects, or one that is not allowed"),
            )
        } else if error.is_timeout() {
            (ErrorKind::Timeout, format!("{host} did not respond"))
        } else if let Some(problem) = tls_failure {
            (
                ErrorKind::Network,
                format!("the TLS certificate of {host} {problem}"),
            )
        } else if unsent {
            (ErrorKind::Network, format!("{host} cannot be reached"))
        } else {
            (
                ErrorKind::Network,
                format!("the connection to {host} was closed before a valid response arrived"),
            )
        };
        Self {
            kind: Some(kind),
            message: Some(message),
            retryable: matches!(kind, ErrorKind::Network | ErrorKind::Timeout)
                && tls_failure.is_none(),
            unsent,
            advice: tls_failure
                .map(|_| "check the base URL, the trusted certificates and the system clock"),
            // The URL contains account ids.
            source: Some(Arc::new(error.without_url())),
            ..Self::default()
        }
    }
}

/// Returns what is wrong with the server's certificate, if that made the connection fail.
///
/// The errors of rustls and of the platforms' TLS libraries are not types that are known here, so
/// their texts are searched.
fn tls_failure(error: &reqwest::Error) -> Option<&'static str> {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &error.to_string().to_ascii_lowercase();
        cause = error.source();
    }
    if !text.contains("certificate") {
        return None;
    }
    let mentions = |words: &[&str]| words.iter().any(|word| text.contains(word));
    const EXPIRED: [&str; 4] = ["expired", "not valid yet", "notvalidyet", "not yet valid"];
    const OTHER_HOST: [&str; 4] = [
        "not valid for name",
        "notvalidforname",
        "hostname mismatch",
        "ip address mismatch",
    ];
    Some(if mentions(&EXPIRED) {
        "has expired or is not valid yet"
    } else if mentions(&OTHER_HOST) {
        "is for another host"
    } else {
        "is not trusted"
    })
}

/// Returns whether no connection was made.
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
fn is_connect(error: &reqwest::Error) -> bool {
    error.is_connect()
}

/// Browsers do not report it.
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
fn is_connect(_: &reqwest::Error) -> bool {
    false
}
