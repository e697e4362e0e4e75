//! How every generated call reaches its server, and how its answer comes back.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header::USER_AGENT};
use progenitor_client::{Error as CallError, OperationInfo, ResponseValue};
use reqwest::{Request, Response};
use serde::de::DeserializeOwned;

use crate::{
    answer,
    error::{Error, ErrorKind, Failure},
};

/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// What a client adds to each of its requests.
#[derive(Clone, Debug)]
// Public because the generated clients hold it, and without a name because nobody else should.
#[allow(unnameable_types)]
pub struct Transport {
    pub(crate) credential: Credential,
    pub(crate) user_agent: HeaderValue,
    pub(crate) timeout: Duration,
}

/// A header that proves who calls. Its value is marked sensitive, so no `Debug` shows it.
#[derive(Clone, Debug)]
#[allow(unnameable_types)]
pub struct Credential {
    pub(crate) header: HeaderName,
    pub(crate) value: HeaderValue,
}

impl Credential {
    /// Takes the secret out of all that a failure says: Meta repeats malformed tokens.
    fn keep_out_of(&self, mut failure: Failure) -> Failure {
        let value = self.value.to_str().unwrap_or_default();
        let secret = value.rsplit(' ').next().unwrap_or(value);
        let redact = |text: String| text.replace(secret, "[redacted]");
        failure.message = failure.message.map(redact);
        failure.trace_id = failure.trace_id.map(redact);
        failure.excerpt = failure.excerpt.map(redact);
        failure.source = failure
            .source
            .filter(|source| !source.to_string().contains(secret));
        failure
    }
}

impl Transport {
    /// Completes a request that a generated call has made.
    pub(crate) fn prepare(&self, request: &mut Request) {
        *request.timeout_mut() = Some(self.timeout);
        let headers = request.headers_mut();
        // progenitor's own, which means nothing to either API.
        headers.remove("api-version");
        headers.insert(USER_AGENT, self.user_agent.clone());
        headers.insert(&self.credential.header, self.credential.value.clone());
    }

    /// Sends `request` and reads the whole answer; one that is no success carries an [`Error`]
    /// among its extensions.
    pub(crate) async fn exchange(
        &self,
        http: &reqwest::Client,
        request: Request,
        info: &OperationInfo,
    ) -> reqwest::Result<Response> {
        let mut response = http.execute(request).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let call = Call {
            operation: info.operation_id,
            credential: self.credential.clone(),
        };
        let (body, failure) = match read(&mut response).await {
            Ok(body) => {
                let failure = answer::failure(status, &headers, &body);
                (body, failure)
            }
            Err(failure) => (
                Bytes::new(),
                Some(Failure {
                    status: Some(status),
                    ..failure
                }),
            ),
        };
        let mut answer = http::Response::new(body);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        if let Some(failure) = failure {
            answer.extensions_mut().insert(call.error(failure));
        }
        answer.extensions_mut().insert(call);
        Ok(answer.into())
    }
}

/// The call that an answer belongs to.
#[derive(Clone)]
struct Call {
    operation: &'static str,
    credential: Credential,
}

impl Call {
    fn error(&self, failure: Failure) -> Error {
        let failure = Failure {
            operation: Some(self.operation),
            ..failure
        };
        self.credential.keep_out_of(failure).into()
    }
}

/// The body of `response`, or what kept it from being read.
async fn read(response: &mut Response) -> Result<Bytes, Failure> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > MAX_ANSWER => {
                return Err(Failure {
                    kind: Some(ErrorKind::Decode),
                    message: Some(format!("it is larger than {MAX_ANSWER} bytes")),
                    ..Failure::default()
                });
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body.into()),
            Err(error) => {
                let kind = if error.is_timeout() {
                    ErrorKind::Timeout
                } else {
                    ErrorKind::Network
                };
                return Err(Failure {
                    kind: Some(kind),
                    message: Some("the answer broke off".to_owned()),
                    retryable: true,
                    excerpt: answer::excerpt(&body),
                    source: Some(Box::new(error.without_url())),
                    ..Failure::default()
                });
            }
        }
    }
}

/// Fails a call whose answer carries an [`Error`].
#[allow(clippy::result_large_err)] // It is the error that generated calls have.
pub(crate) fn check<E>(result: &reqwest::Result<Response>) -> Result<(), CallError<E>> {
    match result
        .as_ref()
        .map(|response| response.extensions().get::<Error>())
    {
        Ok(Some(error)) => Err(carry(error.clone())),
        _ => Ok(()),
    }
}

/// Reads the body of a success as `T`. The generated calls use it instead of progenitor's
/// `ResponseValue::from_response`.
pub(crate) async fn decode<T: DeserializeOwned, E>(
    response: Response,
) -> Result<ResponseValue<T>, CallError<E>> {
    let (status, headers) = (response.status(), response.headers().clone());
    let call = response.extensions().get::<Call>().cloned();
    let body = response
        .bytes()
        .await
        .map_err(CallError::ResponseBodyError)?;
    match serde_json::from_slice(&body) {
        Ok(value) => Ok(ResponseValue::new(value, status, headers)),
        Err(error) => {
            let failure = Failure {
                kind: Some(ErrorKind::Decode),
                status: Some(status),
                message: Some(place_of_fault::<T>(&body).unwrap_or_else(|| error.to_string())),
                excerpt: answer::excerpt(&body),
                source: Some(Box::new(error)),
                ..Failure::default()
            };
            Err(carry(call.map_or_else(
                || Failure::default().into(),
                |call| call.error(failure),
            )))
        }
    }
}

/// Which member of `body` is not what `T` has there. Reads the body once more, as finding the
/// place makes reading slower.
fn place_of_fault<T: DeserializeOwned>(body: &[u8]) -> Option<String> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let fault = serde_path_to_error::deserialize::<_, T>(&mut json).err()?;
    Some(format!("at `{}`: {}", fault.path(), fault.inner()))
}

/// Puts `error` into the only variant of the generated calls' error that can hold it.
fn carry<E>(error: Error) -> CallError<E> {
    let mut carrier = http::Response::new(Bytes::new());
    if let Some(status) = error.status() {
        *carrier.status_mut() = status;
    }
    carrier.extensions_mut().insert(error);
    CallError::UnexpectedResponse(carrier.into())
}
