//! How every generated call reaches its server, and how its answer comes back.

use std::{collections::HashMap, future::poll_fn, pin::pin, time::Duration};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, HeaderValue, StatusCode, header::USER_AGENT};
use progenitor_client::ResponseValue;
use reqwest::{Request, Response};
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::{
    auth::{
        credential::{Credential, Secret},
        token::Source,
    },
    error::{Error, ErrorKind, classify, failure::Failure},
    http::{
        observer::{Attempt, Observer},
        rate_limit::Turns,
        retry_policy::RetryPolicy,
        span::Span,
        time::{self, Instant, sleep},
    },
    types::lenient,
};

/// What a client adds to each of its requests.
#[derive(Clone, Debug)]
// Public because the generated clients hold it, and without a name because nobody else should.
#[allow(unnameable_types)]
pub struct Transport {
    pub(crate) source: Source,
    #[cfg_attr(not(feature = "graph"), allow(dead_code))]
    pub(crate) app_secret: Option<Secret>,
    pub(crate) user_agent: HeaderValue,
    pub(crate) timeout: Duration,
    pub(crate) max_answer: usize,
    pub(crate) retry: RetryPolicy,
    pub(crate) turns: Option<Turns>,
    pub(crate) observer: Option<Observer>,
}

impl Transport {
    /// Sends `request`, as often as the policy allows, and reads the whole answer.
    pub(crate) async fn call(
        &self,
        http: &reqwest::Client,
        request: Request,
        operation: &'static str,
    ) -> Result<Answer, Error> {
        let span = Span::of(&request, operation);
        let call = self.attempts(http, request, operation, &span);
        let outcome = span.cover(call).await;
        if let Err(error) = &outcome {
            span.failed(error);
        }
        outcome
    }

    async fn attempts(
        &self,
        http: &reqwest::Client,
        mut request: Request,
        operation: &'static str,
        span: &Span,
    ) -> Result<Answer, Error> {
        let method = request.method().clone();
        let mut backoff = self.retry.backoff();
        let mut spent = Duration::ZERO;
        let mut number = 0;
        loop {
            number += 1;
            let call = Call {
                operation,
                attempts: number,
                credential: self.source.current(self.timeout).await?,
                span: span.clone(),
            };
            // A body that is a stream has no copy, and is sent once.
            let copy = request.try_clone();
            if let Some(turns) = &self.turns {
                turns.wait().await;
            }
            let begun = Instant::now();
            let timeout = self.timeout.min(self.retry.remaining(spent));
            let outcome = self.attempt(http, request, timeout, &call).await;
            let elapsed = begun.elapsed();
            spent += elapsed;
            let wait = backoff.next().unwrap_or_default();
            let again = outcome.as_ref().err().zip(copy).and_then(|(error, copy)| {
                let failure = error.failure();
                let wait = self.retry.decide(&method, failure, number, spent, wait)?;
                Some((wait, copy))
            });
            if let Some(observer) = &self.observer {
                let retry_in = again.as_ref().map(|(wait, _)| *wait);
                let attempt = Attempt::of(operation, &method, number, elapsed, &outcome);
                observer.see(&Attempt {
                    retry_in,
                    ..attempt
                });
            }
            let error = match outcome {
                Ok(answer) => {
                    span.answered(answer.status, number);
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let Some((wait, copy)) = again else {
                if error.kind() == ErrorKind::Authentication {
                    self.source.forget(&call.credential, self.timeout).await;
                }
                return Err(error);
            };
            span.again(&error, wait);
            sleep(wait).await;
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
    ) -> Result<Answer, Error> {
        *request.timeout_mut() = Some(time::possible(timeout));
        // A browser sends its own, and may ask the server whether it allows another.
        if cfg!(not(all(target_arch = "wasm32", target_os = "unknown"))) {
            let headers = request.headers_mut();
            headers.insert(USER_AGENT, self.user_agent.clone());
        }
        call.credential.put_on(&mut request);
        let response = http
            .execute(request)
            .await
            .map_err(|error| call.error(error.into()))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let (body, broken) = read(response, self.max_answer).await;
        let failure = match broken {
            // A refusal is one however much of it arrives.
            Some(broken) if status.is_success() => Some(Failure {
                status: Some(status),
                excerpt: classify::excerpt(&body),
                ..broken
            }),
            _ => classify::failure(status, &headers, &body),
        };
        if let Some(failure) = failure {
            return Err(call.error(failure));
        }
        Ok(Answer {
            status,
            headers,
            body,
            call: call.clone(),
        })
    }
}

/// The call that an answer belongs to.
#[derive(Clone)]
struct Call {
    operation: &'static str,
    attempts: u32,
    credential: Credential,
    span: Span,
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
// reqwest's `chunk`, which would do, is not there in browsers.
async fn read(response: Response, limit: usize) -> (Bytes, Option<Failure>) {
    let mut body = Vec::new();
    let mut chunks = pin!(response.bytes_stream());
    let broken = loop {
        match poll_fn(|context| chunks.as_mut().poll_next(context)).await {
            Some(Ok(chunk)) if chunk.len() > limit - body.len() => {
                break Failure {
                    kind: Some(ErrorKind::Decode),
                    message: Some(format!("it is larger than {limit} bytes")),
                    ..Failure::default()
                };
            }
            Some(Ok(chunk)) => body.extend_from_slice(&chunk),
            None => return (body.into(), None),
            Some(Err(error)) => {
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

/// The whole answer to a call that succeeded.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: Bytes,
    call: Call,
}

/// Refuses a request whose JSON body has fewer than `least` properties, as the document demands:
/// the server would answer as if it had changed something.
#[cfg_attr(not(feature = "graph"), allow(dead_code))] // 360dialog's document demands it nowhere.
pub(crate) fn require_properties(request: &Request, least: usize) -> Result<(), Error> {
    let body = request.body().and_then(|body| body.as_bytes());
    let properties: HashMap<String, IgnoredAny> = body
        .and_then(|body| serde_json::from_slice(body).ok())
        .unwrap_or_default();
    if properties.len() >= least {
        return Ok(());
    }
    let found = properties.len();
    Err(Error::invalid_request(format!(
        "the body has {found} of at least {least} properties; set one with `body_map`"
    )))
}

impl Answer {
    /// Its body as `T`, none as `null`.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<ResponseValue<T>, Error> {
        let json: &[u8] = match self.body.is_empty() {
            true => b"null",
            false => &self.body,
        };
        let value = serde_json::from_slice(json).or_else(|error| {
            lenient::read(json).map_err(|message| self.unreadable(message, error))
        })?;
        Ok(ResponseValue::new(value, self.status, self.headers))
    }

    /// Nothing of its body, which may be anything; for calls that the document gives no answer.
    #[allow(dead_code)] // No document has one now.
    pub(crate) fn without_body(self) -> Result<ResponseValue<()>, Error> {
        Ok(ResponseValue::new((), self.status, self.headers))
    }

    /// Its body as it is; for calls whose answer is no JSON.
    #[allow(dead_code)] // No document has one now.
    pub(crate) fn bytes(self) -> Result<ResponseValue<Bytes>, Error> {
        Ok(ResponseValue::new(self.body, self.status, self.headers))
    }

    fn unreadable(&self, message: String, error: serde_json::Error) -> Error {
        let empty = self.body.is_empty();
        let error = self.call.error(Failure {
            kind: Some(ErrorKind::Decode),
            status: Some(self.status),
            message: Some(if empty {
                "it is empty".to_owned()
            } else {
                message
            }),
            excerpt: classify::excerpt(&self.body),
            // That of a member of another kind would show its value.
            source: (!error.is_data()).then(|| error.into()),
            ..Failure::default()
        });
        self.call.span.failed(&error);
        error
    }
}
