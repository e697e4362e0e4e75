//! How every generated call reaches its server, and how its answer comes back.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header::USER_AGENT};
use progenitor_client::{Error as CallError, OperationInfo, ResponseValue};
use reqwest::{Request, Response};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::{
    answer,
    error::{Error, ErrorKind, Failure},
    id::encode_segment,
    lenient,
    limit::Turns,
    retry::RetryPolicy,
    upstream::Upstream,
};

/// The longest texts that an error keeps, in characters.
const MESSAGE: usize = 2048;
const TRACE_ID: usize = 128;
const EXCERPT: usize = 1024;

/// What a client adds to each of its requests.
#[derive(Clone, Debug)]
// Public because the generated clients hold it, and without a name because nobody else should.
#[allow(unnameable_types)]
pub struct Transport {
    pub(crate) credential: Credential,
    pub(crate) user_agent: HeaderValue,
    pub(crate) timeout: Duration,
    pub(crate) max_answer: usize,
    pub(crate) retry: RetryPolicy,
    pub(crate) turns: Option<Turns>,
}

/// A header that proves who calls. Its value is marked sensitive, so no `Debug` shows it.
#[derive(Clone, Debug)]
#[allow(unnameable_types)]
pub struct Credential {
    pub(crate) header: HeaderName,
    pub(crate) value: HeaderValue,
    pub(crate) secret: Secret,
}

/// The secret part of a credential, to be looked for where it must not be.
#[derive(Clone)]
#[allow(unnameable_types)]
pub struct Secret(pub(crate) Arc<str>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Secret {
    /// `text` without the secret, however JSON or a URL may have written it.
    fn redact(&self, text: &str) -> String {
        let in_json = serde_json::Value::from(&*self.0).to_string();
        let in_json = in_json.trim_matches('"');
        let in_url = encode_segment(&self.0);
        [&*self.0, in_json, &in_json.replace('/', "\\/"), &in_url]
            .into_iter()
            .fold(text.to_owned(), |text, secret| {
                text.replace(secret, "[redacted]")
            })
    }
}

impl Credential {
    /// Takes the secret out of all that a failure says (Meta repeats malformed tokens), and cuts
    /// what is longer than anyone reads.
    fn keep_out_of(&self, failure: Failure) -> Failure {
        let clean = |text: Option<String>, length| {
            text.map(|text| {
                self.secret
                    .redact(&text)
                    .chars()
                    .take(length)
                    .collect::<String>()
            })
        };
        let tells = |text: &str| self.secret.redact(text) != text;
        Failure {
            message: clean(failure.message, MESSAGE),
            trace_id: clean(failure.trace_id, TRACE_ID),
            excerpt: clean(failure.excerpt, EXCERPT),
            upstream: failure.upstream.map(|upstream| Upstream {
                message: clean(upstream.message, MESSAGE),
                trace_id: clean(upstream.trace_id, TRACE_ID),
                ..upstream
            }),
            details: failure
                .details
                .filter(|details| !tells(&details.to_string())),
            source: failure.source.filter(|source| !tells(&source.to_string())),
            ..failure
        }
    }
}

impl Transport {
    /// Completes a request that a generated call has made.
    pub(crate) fn prepare(&self, request: &mut Request) {
        let headers = request.headers_mut();
        // progenitor's own, which means nothing to either API.
        headers.remove("api-version");
        headers.insert(USER_AGENT, self.user_agent.clone());
        headers.insert(&self.credential.header, self.credential.value.clone());
    }

    /// Sends `request`, as often as the policy allows, and reads the whole answer; one that is no
    /// success carries an [`Error`] among its extensions.
    pub(crate) async fn exchange(
        &self,
        http: &reqwest::Client,
        request: Request,
        info: &OperationInfo,
    ) -> reqwest::Result<Response> {
        Ok(match self.call(http, request, info.operation_id).await {
            Ok(answer) => answer.into(),
            Err(error) => carrier(error),
        })
    }

    async fn call(
        &self,
        http: &reqwest::Client,
        mut request: Request,
        operation: &'static str,
    ) -> Result<http::Response<Bytes>, Error> {
        let method = request.method().clone();
        let mut backoff = self.retry.backoff();
        let mut spent = Duration::ZERO;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let call = Call {
                operation,
                attempts,
                credential: self.credential.clone(),
            };
            // A body that is a stream has no copy, and is sent once.
            let copy = request.try_clone();
            if let Some(turns) = &self.turns {
                turns.wait().await;
            }
            let begun = Instant::now();
            let timeout = self.timeout.min(self.retry.remaining(spent));
            let error = match self.attempt(http, request, timeout, &call).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            spent += begun.elapsed();
            let wait = backoff.next().unwrap_or_default();
            let again = self
                .retry
                .decide(&method, error.failure(), attempts, spent, wait);
            let (Some(wait), Some(copy)) = (again, copy) else {
                return Err(error);
            };
            tokio::time::sleep(wait).await;
            spent += wait;
            request = copy;
        }
    }

    /// Sends `request` once.
    async fn attempt(
        &self,
        http: &reqwest::Client,
        mut request: Request,
        timeout: Duration,
        call: &Call,
    ) -> Result<http::Response<Bytes>, Error> {
        *request.timeout_mut() = Some(timeout);
        let mut response = http
            .execute(request)
            .await
            .map_err(|error| call.error(error.into()))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let (body, broken) = read(&mut response, self.max_answer).await;
        let failure = match broken {
            // A refusal is one however much of it arrives.
            Some(broken) if status.is_success() => Some(Failure {
                status: Some(status),
                excerpt: answer::excerpt(&body),
                ..broken
            }),
            _ => answer::failure(status, &headers, &body),
        };
        if let Some(failure) = failure {
            return Err(call.error(failure));
        }
        let mut answer = http::Response::new(body);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        answer.extensions_mut().insert(call.clone());
        Ok(answer)
    }
}

/// The call that an answer belongs to.
#[derive(Clone)]
struct Call {
    operation: &'static str,
    attempts: u32,
    credential: Credential,
}

impl Call {
    fn error(&self, failure: Failure) -> Error {
        let failure = Failure {
            operation: Some(self.operation),
            attempts: self.attempts,
            ..failure
        };
        self.credential.keep_out_of(failure).into()
    }
}

/// The body of `response`, and what kept the rest of it from being read: no more than `limit`
/// bytes are.
async fn read(response: &mut Response, limit: usize) -> (Bytes, Option<Failure>) {
    let mut body = Vec::new();
    let broken = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if chunk.len() > limit - body.len() => {
                break Failure {
                    kind: Some(ErrorKind::Decode),
                    message: Some(format!("it is larger than {limit} bytes")),
                    ..Failure::default()
                };
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return (body.into(), None),
            Err(error) => {
                let timeout = error.is_timeout();
                break Failure {
                    kind: Some(if timeout {
                        ErrorKind::Timeout
                    } else {
                        ErrorKind::Network
                    }),
                    message: Some("the answer broke off".to_owned()),
                    retryable: true,
                    source: Some(Box::new(error.without_url())),
                    ..Failure::default()
                };
            }
        }
    };
    (body.into(), Some(broken))
}

/// Fails a call whose answer carries an [`Error`].
#[allow(clippy::result_large_err)] // It is the error that generated calls have.
pub(crate) fn check<E>(result: &reqwest::Result<Response>) -> Result<(), CallError<E>> {
    match result
        .as_ref()
        .map(|response| response.extensions().get::<Error>())
    {
        Ok(Some(error)) => Err(CallError::UnexpectedResponse(carrier(error.clone()))),
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
    let error = match serde_json::from_slice(&body) {
        Ok(value) => return Ok(ResponseValue::new(value, status, headers)),
        Err(error) => error,
    };
    let message = match lenient::read(&body) {
        Ok(value) => return Ok(ResponseValue::new(value, status, headers)),
        Err(message) => message,
    };
    let failure = Failure {
        kind: Some(ErrorKind::Decode),
        status: Some(status),
        message: Some(message),
        excerpt: answer::excerpt(&body),
        // That of a member of another kind would show its value.
        source: if error.is_data() {
            None
        } else {
            Some(Box::new(error))
        },
        ..Failure::default()
    };
    let error = match call {
        Some(call) => call.error(failure),
        None => failure.into(),
    };
    Err(CallError::UnexpectedResponse(carrier(error)))
}

/// A response that only carries `error`: the one way through the generated code for it.
fn carrier(error: Error) -> Response {
    let mut carrier = http::Response::new(Bytes::new());
    carrier.extensions_mut().insert(error);
    carrier.into()
}
