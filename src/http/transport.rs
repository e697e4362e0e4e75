//! Sends calls: attempts, retries and the final result.

use std::{mem, time::Duration};

use http::{HeaderValue, Method, header::USER_AGENT};
use reqwest::{Body, Request, Url};

use super::{
    duration_metric::DurationMetric,
    observer::{Attempt, Observer},
    operation::Operation,
    rate_limit::RateLimiter,
    response::{BufferedResponse, CallContext, read_body, without_bom},
    retry_policy::{RetryCause, RetryPolicy},
    span::Span,
    time::{self, Instant, sleep},
};
use crate::{
    auth::{credential::Credential, secret::Secret, token_cache::CredentialSource},
    error::{Error, classify, failure::Failure, kind::ErrorKind},
};

/// The settings of a client that apply to each of its requests.
#[derive(Clone, Debug)]
// Public because the generated clients contain it, but not exported.
#[allow(unnameable_types)]
pub struct Transport {
    pub(crate) credentials: CredentialSource,
    #[cfg_attr(not(feature = "graph"), allow(dead_code))]
    pub(crate) app_secret: Option<Secret>,
    pub(crate) user_agent: HeaderValue,
    pub(crate) timeout: Duration,
    pub(crate) max_response_bytes: usize,
    pub(crate) retry_policy: RetryPolicy,
    pub(crate) rate_limiter: Option<RateLimiter>,
    pub(crate) observer: Option<Observer>,
}

impl Transport {
    /// Sends `request` as often as the policy allows, and reads the whole response.
    // Neither this nor `Client::call` is an `async fn`, which would move the request once more.
    pub(crate) fn call(
        &self,
        http: &reqwest::Client,
        request: Result<Request, Error>,
        operation: Operation,
    ) -> impl Future<Output = Result<BufferedResponse, Error>> {
        let secrets = request
            .as_ref()
            .map(|request| operation.secrets_of(request));
        let secrets = secrets.unwrap_or_default();
        self.call_with_secrets(http, request, operation, secrets)
    }

    /// Does the same for a request that contains secrets besides the credential. They are removed
    /// from errors.
    pub(crate) async fn call_with_secrets(
        &self,
        http: &reqwest::Client,
        request: Result<Request, Error>,
        operation: Operation,
        secrets: Vec<Secret>,
    ) -> Result<BufferedResponse, Error> {
        let prepared = request.and_then(|request| prepared(request, &operation));
        let mut request = prepared.map_err(|error| error.or_operation(operation.id))?;
        // Some proxies reject a POST without `content-length: 0`.
        if request.body().is_none() && takes_body(request.method()) {
            *request.body_mut() = Some(Body::from(""));
        }
        let span = Span::new(&request, operation.id);
        // On the heap, because the future is large and would be moved with those around it.
        let attempts = Box::pin(self.attempts(http, request, operation, &secrets, &span));
        let outcome = span.instrument(attempts).await;
        span.record(outcome.as_ref().map(|response| response.status));
        outcome
    }

    async fn attempts(
        &self,
        http: &reqwest::Client,
        mut request: Request,
        operation: Operation,
        secrets: &[Secret],
        span: &Span,
    ) -> Result<BufferedResponse, Error> {
        let method = request.method().clone();
        let repeatable = self.retry_policy.can_repeat(&method, operation.idempotent);
        let mut backoff = self.retry_policy.backoff();
        let mut spent = Duration::ZERO;
        let mut number = 0;
        let mut cause: Option<RetryCause> = None;
        loop {
            number += 1;
            let credential = self.admit(&operation).await.map_err(|error| {
                span.record_attempts(number - 1);
                after_attempts(error, cause.as_ref())
            })?;
            let context = CallContext {
                operation: operation.id,
                is_write: operation.is_write(&method),
                attempts: number,
                redactor: credential.redactor(secrets),
                span: span.clone(),
            };
            // A streaming body cannot be cloned, so it is sent only once.
            let may_retry = self.retry_policy.allows_another(number);
            let copy = may_retry.then(|| request.try_clone()).flatten();
            let timeout = self.timeout.min(self.retry_policy.remaining(spent));
            let attempt_span = Span::of_attempt(&request, number, cause.as_ref());
            let duration = DurationMetric::of_attempt(&request, operation.id);
            let start = Instant::now();
            let attempt = self.attempt(http, request, timeout, &credential, context);
            let outcome = attempt_span.instrument(attempt).await;
            let outcome = outcome.map_err(|error| after_attempts(error, cause.as_ref()));
            let elapsed = start.elapsed();
            let result = outcome.as_ref().map(|response| response.status);
            // Before the wait, which is not a part of the attempt.
            attempt_span.close(result);
            duration.record(elapsed, result);
            spent += elapsed;
            let wait = backoff.next().unwrap_or_default();
            let retry = outcome.as_ref().err().zip(copy).and_then(|(error, copy)| {
                let policy = &self.retry_policy;
                let wait = policy.next_wait(repeatable, error.failure(), number, spent, wait)?;
                Some((wait, copy))
            });
            if let Some(observer) = &self.observer {
                let attempt = Attempt::new(
                    operation.id,
                    &method,
                    number,
                    cause.as_ref(),
                    elapsed,
                    &outcome,
                    retry.as_ref().map(|(wait, _)| *wait),
                );
                observer.notify(&attempt);
            }
            let error = match outcome {
                Ok(response) => {
                    span.record_attempts(number);
                    return Ok(response);
                }
                Err(error) => error,
            };
            let Some((wait, copy)) = retry else {
                if error.kind() == ErrorKind::Authentication && !operation.is_public {
                    self.credentials.invalidate(&credential, self.timeout).await;
                }
                span.record_attempts(number);
                return Err(error);
            };
            span.record_retry(&error, wait);
            sleep(wait).await;
            spent += wait;
            request = copy;
            cause = Some(RetryCause { error, wait });
        }
    }

    /// Waits until the next attempt may be made, and returns what authenticates it.
    async fn admit(&self, operation: &Operation) -> Result<Credential, Error> {
        // Before the rate limit, so that calls that wait for a token are spread evenly.
        let credential = self.credential(operation).await?;
        let Some(limiter) = &self.rate_limiter else {
            return Ok(credential);
        };
        let turn = limiter.turn().await;
        // The token may have expired since. The turn is kept: while a new one is fetched, the turns of
        // many requests would come, and they would all be sent at once.
        let credential = self.credential(operation).await?;
        turn.take();
        Ok(credential)
    }

    /// Returns what authenticates the next attempt.
    async fn credential(&self, operation: &Operation) -> Result<Credential, Error> {
        if operation.is_public {
            return Ok(Credential::none());
        }
        let credential = self.credentials.credential(self.timeout).await;
        credential.map_err(|error| error.or_operation(operation.id))
    }

    /// Sends `request` once.
    async fn attempt(
        &self,
        http: &reqwest::Client,
        mut request: Request,
        timeout: Duration,
        credential: &Credential,
        context: CallContext,
    ) -> Result<BufferedResponse, Error> {
        *request.timeout_mut() = Some(time::clamp(timeout));
        // Browsers send their own, and may need the server's permission for another.
        if cfg!(not(all(target_arch = "wasm32", target_os = "unknown"))) {
            let headers = request.headers_mut();
            headers.insert(USER_AGENT, self.user_agent.clone());
        }
        credential.apply(&mut request);
        let mut response = http
            .execute(request)
            .await
            .map_err(|error| context.error(error.into()))?;
        let (status, headers) = (response.status(), mem::take(response.headers_mut()));
        let (body, incomplete) = read_body(response, self.max_response_bytes).await;
        let body = without_bom(body);
        let failure = match incomplete {
            // An error response is classified by as much of it as arrived.
            Some(failure) if status.is_success() => Some(Failure {
                status: Some(status),
                body_excerpt: classify::excerpt(&body),
                ..failure
            }),
            _ => classify::failure(status, &headers, &body, time::now()),
        };
        if let Some(failure) = failure {
            return Err(context.error(failure));
        }
        Ok(BufferedResponse {
            status,
            headers,
            body,
            context,
        })
    }
}

/// Returns the request in the form in which it is sent.
fn prepared(mut request: Request, operation: &Operation) -> Result<Request, Error> {
    operation.expand_field(request.url_mut())?;
    operation.prepare_body(&mut request)?;
    check_length(request.url())?;
    Ok(request)
}

/// Returns the same error, which also knows about the attempts before it.
fn after_attempts(error: Error, earlier: Option<&RetryCause>) -> Error {
    match earlier {
        Some(earlier) => error.after(&earlier.error),
        None => error,
    }
}

/// Fails if the URL is too long for the HTTP client.
fn check_length(url: &Url) -> Result<(), Error> {
    // reqwest accepts 65,534 bytes. The proof of an app secret is added later.
    const MAX: usize = 65_000;
    let length = url.as_str().len();
    match length <= MAX {
        true => Ok(()),
        false => Err(Error::invalid_request(format!(
            "the URL has {length} of at most {MAX} bytes; shorten the ids and the query parameters"
        ))),
    }
}

fn takes_body(method: &Method) -> bool {
    [Method::POST, Method::PUT, Method::PATCH].contains(method)
}

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc};

    use tokio::{task::JoinSet, time};

    use super::*;
    use crate::{
        auth::{
            token::{Token, TokenSource},
            token_cache::TokenCache,
        },
        http::rate_limit::RateLimit,
    };

    /// Returns tokens slowly.
    struct Slow;
    impl TokenSource for Slow {
        type Error = io::Error;
        async fn fetch(&self) -> Result<Token, io::Error> {
            time::sleep(Duration::from_secs(3)).await;
            Ok(Token::new("token").expires_in(Duration::from_secs(6)))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn requests_keep_to_the_rate_limit_while_a_token_is_renewed() {
        const SECOND: Duration = Duration::from_secs(1);
        let tokens = TokenCache::new("the source", Arc::new(Slow), None);
        let transport = Transport {
            credentials: CredentialSource::Tokens(tokens),
            app_secret: None,
            user_agent: HeaderValue::from_static("waba"),
            timeout: 60 * SECOND,
            max_response_bytes: 0,
            retry_policy: RetryPolicy::none(),
            rate_limiter: Some(RateLimit::new(1, SECOND).into()),
            observer: None,
        };
        let mut calls = JoinSet::new();
        for _ in 0..20 {
            let transport = transport.clone();
            calls.spawn(async move {
                let admitted = transport.admit(&Operation::new("get")).await;
                admitted.expect("a credential");
                time::Instant::now()
            });
        }
        let mut times = calls.join_all().await;
        times.sort();
        for pair in times.windows(2) {
            // Timers may fire 2 ms late.
            let distance = pair[1] - pair[0];
            assert!(distance + Duration::from_millis(2) >= SECOND, "{times:?}");
        }
    }
}
