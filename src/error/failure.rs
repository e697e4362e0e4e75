//! What an error is made of.

use std::{error::Error as StdError, time::Duration};

use http::StatusCode;
use serde_json::Value;

use crate::{
    error::{ErrorKind, meta_error::Upstream},
    types::usage::Usage,
};

/// The parts of an [`Error`](crate::Error); what is not known is left at its default.
#[derive(Default)]
pub(crate) struct Failure {
    pub kind: Option<ErrorKind>,
    pub operation: Option<&'static str>,
    pub status: Option<StatusCode>,
    pub code: Option<i64>,
    pub subcode: Option<i64>,
    pub details: Option<Value>,
    pub message: Option<String>,
    pub trace_id: Option<String>,
    pub upstream: Option<Upstream>,
    pub retryable: bool,
    /// A limit by the hour, which a short wait does not help against.
    pub quota: bool,
    /// The request certainly did not reach the server.
    pub unsent: bool,
    pub retry_after: Option<Duration>,
    pub usage: Option<Usage>,
    pub served_version: Option<String>,
    pub attempts: u32,
    pub excerpt: Option<String>,
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        let unsent = is_connect(&error);
        let host = error
            .url()
            .and_then(|url| url.host_str())
            .unwrap_or("the server")
            .to_owned();
        let (kind, message) = if error.is_builder() {
            (
                ErrorKind::InvalidRequest,
                "it cannot be put into an HTTP request".to_owned(),
            )
        } else if error.is_redirect() {
            (
                ErrorKind::Api,
                format!("{host} redirects too often, or to where it must not"),
            )
        } else if error.is_timeout() {
            (ErrorKind::Timeout, format!("{host} did not answer"))
        } else if unsent {
            (ErrorKind::Network, format!("{host} cannot be reached"))
        } else {
            (
                ErrorKind::Network,
                format!("the exchange with {host} broke off"),
            )
        };
        Self {
            kind: Some(kind),
            message: Some(message),
            retryable: matches!(kind, ErrorKind::Network | ErrorKind::Timeout),
            unsent,
            // The URL names accounts.
            source: Some(Box::new(error.without_url())),
            ..Self::default()
        }
    }
}

/// Whether there was no connection.
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
fn is_connect(error: &reqwest::Error) -> bool {
    error.is_connect()
}

/// Browsers do not tell.
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
fn is_connect(_: &reqwest::Error) -> bool {
    false
}
