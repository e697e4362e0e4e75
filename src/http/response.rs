//! Responses: reading their bodies and decoding them.

use std::{future::poll_fn, pin::pin, sync::Arc};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use super::{response_value::ResponseValue, span::Span};
use crate::{
    auth::redaction::Redactor,
    error::{Error, classify, failure::Failure, kind::ErrorKind},
    types::{lenient, tolerant::Tolerant},
};

/// A successful response whose body has been read.
pub(crate) struct BufferedResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) context: CallContext,
}

/// The call that a response belongs to.
pub(crate) struct CallContext {
    pub(crate) operation: &'static str,
    /// The method may change something on the server.
    pub(crate) is_write: bool,
    pub(crate) attempts: u32,
    pub(crate) redactor: Redactor,
    pub(crate) span: Span,
}

impl CallContext {
    /// Returns the error of the call for `failure`.
    pub(crate) fn error(&self, failure: Failure) -> Error {
        let failure = Failure {
            operation: Some(self.operation),
            attempts: self.attempts,
            is_write: self.is_write,
            ..failure
        };
        self.redactor.redact_failure(failure).into()
    }
}

impl BufferedResponse {
    /// Decodes the body as a generated type `T`, which tolerates properties of unexpected types.
    ///
    /// A server may accept a write with an empty response. All properties are absent then.
    pub(crate) fn read<T: DeserializeOwned + Tolerant>(self) -> Result<ResponseValue<T>, Error> {
        let json: &[u8] = match self.body.is_empty() {
            true if self.context.is_write => b"{}",
            true => b"null",
            false => &self.body,
        };
        let value =
            lenient::decode(json).map_err(|(error, message)| self.decode_error(message, error))?;
        Ok(self.with(value))
    }

    /// Decodes the body by the rules of its type, which is a caller's or one that tolerates nothing. An
    /// empty body is decoded as `null`.
    pub(crate) fn read_as<T: DeserializeOwned>(self) -> Result<ResponseValue<T>, Error> {
        let json: &[u8] = match self.body.is_empty() {
            true => b"null",
            false => &self.body,
        };
        let value = lenient::decode_as(json)
            .map_err(|(error, message)| self.decode_error(message, error))?;
        Ok(self.with(value))
    }

    /// Ignores the body, for operations whose document describes none.
    #[allow(dead_code)] // No operation uses it now.
    pub(crate) fn without_body(self) -> Result<ResponseValue<()>, Error> {
        Ok(self.with(()))
    }

    /// Returns the body undecoded, for operations whose responses are not JSON.
    #[allow(dead_code)] // No operation uses it now.
    pub(crate) fn bytes(self) -> Result<ResponseValue<Bytes>, Error> {
        let body = self.body.clone();
        Ok(self.with(body))
    }

    fn with<T>(self, value: T) -> ResponseValue<T> {
        ResponseValue::new(value, self.status, self.headers, self.body)
    }

    fn decode_error(&self, message: String, error: serde_json::Error) -> Error {
        let message = match self.body.is_empty() {
            true if self.context.is_write => {
                "the server accepted the request, but the body is empty".to_owned()
            }
            true => "the body is empty".to_owned(),
            false => message,
        };
        let error = self.context.error(Failure {
            kind: Some(ErrorKind::Decode),
            status: Some(self.status),
            message: Some(message),
            body_excerpt: classify::excerpt(&self.body),
            // The error of a property with an unexpected type contains its value.
            source: (!error.is_data()).then(|| Arc::new(error) as _),
            ..Failure::default()
        });
        self.context.span.record_failure(&error);
        error
    }
}

/// Reads the body of `response` up to `limit` bytes. Returns what was read, and the failure that
/// prevented reading the rest.
// reqwest's `chunk` would be simpler, but does not exist in browsers.
pub(crate) async fn read_body(
    response: reqwest::Response,
    limit: usize,
) -> (Bytes, Option<Failure>) {
    // Most bodies arrive in one chunk, which is not copied.
    let mut first = Bytes::new();
    let mut rest = Vec::new();
    let mut chunks = pin!(response.bytes_stream());
    let failure = loop {
        match poll_fn(|context| chunks.as_mut().poll_next(context)).await {
            Some(Ok(chunk)) if chunk.len() > limit - first.len().max(rest.len()) => {
                break Some(Failure {
                    kind: Some(ErrorKind::Decode),
                    message: Some(format!(
                        "the body is larger than {limit} bytes; raise the limit with `max_response_bytes`"
                    )),
                    ..Failure::default()
                });
            }
            Some(Ok(chunk)) if first.is_empty() => first = chunk,
            Some(Ok(chunk)) => {
                if rest.is_empty() {
                    rest.extend_from_slice(&first);
                }
                rest.extend_from_slice(&chunk);
            }
            None => break None,
            Some(Err(error)) => {
                let (kind, message) = match error.is_timeout() {
                    true => (ErrorKind::Timeout, "the body was not complete in time"),
                    false => (
                        ErrorKind::Network,
                        "the connection was closed before the body was complete",
                    ),
                };
                break Some(Failure {
                    kind: Some(kind),
                    message: Some(message.to_owned()),
                    retryable: true,
                    source: Some(Arc::new(error.without_url())),
                    ..Failure::default()
                });
            }
        }
    };
    let body = match rest.is_empty() {
        true => first,
        false => rest.into(),
    };
    (body, failure)
}

/// Removes a byte order mark, which some proxies add.
pub(crate) fn without_bom(body: Bytes) -> Bytes {
    const BOM: &[u8] = "\u{feff}".as_bytes();
    match body.starts_with(BOM) {
        true => body.slice(BOM.len()..),
        false => body,
    }
}
