//! Retries of failed calls.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use http::Method;

use crate::error::{Error, failure::Failure};

/// The rules for retries of a failed call.
///
/// A call is retried if the error is temporary ([`Error::is_retryable`](crate::Error::is_retryable))
/// and if another attempt does no harm. That is the case:
///
/// - if no connection was made, because the request then did not reach the server;
/// - for an operation that can be repeated without harm: a `GET`, unless the documentation of its `send`
///   says otherwise, or another operation whose documentation says so.
///   Setting the same name twice has the same result; creating a flow twice creates two;
/// - for a custom request with `GET`, `PUT` or `DELETE`.
///
/// The client waits between [`initial_backoff`](Self::initial_backoff) and twice that before the
/// second attempt, and twice as long before each further attempt, at most
/// [`max_backoff`](Self::max_backoff). If the server asks for a wait, the client waits at least that
/// long.
///
/// A call is not retried if the server asks for a wait longer than `max_backoff`, or if the wait is
/// longer than what is left of [`total_timeout`](Self::total_timeout). An exceeded hourly limit (Graph
/// codes 4, 17, 32, 341, 613, 80000 to 80014, 133008, 133009, 133015 and 133016) is retried only if the
/// server asks for a wait.
/// [`Error::retry_after`](crate::Error::retry_after) returns the wait that the server asks for.
///
/// Default: 3 attempts, an initial backoff of 250 ms, a maximum backoff of 20 s, jitter, and a total
/// timeout of 60 s.
///
/// ```no_run
/// use std::time::Duration;
/// use waba::{RetryPolicy, graph};
///
/// # fn main() -> Result<(), waba::Error> {
/// let policy = RetryPolicy::default().max_attempts(5).total_timeout(Duration::from_secs(120));
/// let meta = graph::Client::builder().access_token("…").retry_policy(policy).build()?;
/// // For requests of your own that can be repeated without harm.
/// let idempotent = meta.with_retry_policy(policy.retry_writes());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    initial_backoff: Duration,
    max_backoff: Duration,
    jitter: bool,
    total_timeout: Duration,
    retry_writes: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            initial_backoff: Duration::from_millis(250),
            max_backoff: Duration::from_secs(20),
            jitter: true,
            total_timeout: Duration::from_secs(60),
            retry_writes: false,
        }
    }
}

/// Why an attempt is made after another.
pub(crate) struct RetryCause {
    /// The error of the attempt before.
    pub(crate) error: Error,
    /// The wait since then.
    pub(crate) wait: Duration,
}

impl RetryPolicy {
    /// Returns a policy without retries. The total timeout has its default.
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// Sets the maximum number of attempts, the first one included. 0 is treated as 1. Default: 3.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets the shortest wait before the second attempt. Default: 250 ms.
    #[must_use]
    pub fn initial_backoff(mut self, wait: Duration) -> Self {
        self.initial_backoff = wait;
        self
    }

    /// Sets the longest wait between two attempts. If the server asks for a longer wait, the call
    /// fails without a further attempt. Default: 20 s.
    #[must_use]
    pub fn max_backoff(mut self, wait: Duration) -> Self {
        self.max_backoff = wait;
        self
    }

    /// Sets whether a random part is added to each wait that the client chooses, so that clients that
    /// failed together do not retry together. Default: `true`.
    #[must_use]
    pub fn jitter(mut self, jitter: bool) -> Self {
        self.jitter = jitter;
        self
    }

    /// Sets the longest duration of all attempts and the waits between them. Waits for a
    /// [rate limit](crate::RateLimit) or a [`TokenSource`](crate::TokenSource) do not count. Default:
    /// 60 s.
    #[must_use]
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    /// Allows retries of custom requests with `POST` and `PATCH`. It does not change the operations of
    /// the crate: the documentation of their `send` says whether they are retried.
    ///
    /// Use it for requests that can be repeated, such as those that set a value instead of
    /// adding to it. A write whose response was lost may have taken effect, and is then made twice.
    /// [`with_retry_policy`](crate::graph::Client::with_retry_policy) creates a client for these calls.
    #[must_use]
    pub fn retry_writes(mut self) -> Self {
        self.retry_writes = true;
        self
    }

    /// Returns the waits between attempts that apply if the server asks for none.
    pub(crate) fn backoff(&self) -> impl Iterator<Item = Duration> + use<> {
        let waits = ExponentialBuilder::default();
        // backon has no random seed in browsers: all programs would wait equally long.
        #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
        let waits = waits.with_jitter_seed(super::time::seed());
        let waits = waits
            .with_min_delay(self.initial_backoff.min(self.max_backoff))
            .with_max_delay(self.max_backoff)
            .without_max_times();
        let waits: ExponentialBackoff = if self.jitter {
            waits.with_jitter().build()
        } else {
            waits.build()
        };
        let max_backoff = self.max_backoff;
        waits.map(move |wait| wait.min(max_backoff))
    }

    /// Returns how much of the total timeout is left after `spent`.
    pub(crate) fn remaining(&self, spent: Duration) -> Duration {
        self.total_timeout.saturating_sub(spent)
    }

    /// Returns whether a request that may have taken effect can be sent again. `declared` is what the
    /// document of the API says about the operation.
    pub(crate) fn can_repeat(&self, method: &Method, declared: Option<bool>) -> bool {
        declared.unwrap_or(method.is_idempotent() || self.retry_writes)
    }

    /// Returns whether another attempt is possible after this many attempts.
    pub(crate) fn allows_another(&self, attempts: u32) -> bool {
        attempts < self.max_attempts
    }

    /// Returns the wait before the next attempt, or `None` if the call is not retried.
    ///
    /// `attempts` were made in `spent`, the last of which ended in `failure`. `repeatable` is the result
    /// of [`can_repeat`](Self::can_repeat). `backoff` is the wait if the server asks for none.
    pub(crate) fn next_wait(
        &self,
        repeatable: bool,
        failure: &Failure,
        attempts: u32,
        spent: Duration,
        backoff: Duration,
    ) -> Option<Duration> {
        let repeatable = repeatable || failure.unsent;
        let retry_after = failure.retry_after.unwrap_or_default();
        // A wait of zero, such as a date in the past, does not end an hourly limit.
        let temporary = failure.retryable && !(failure.hourly_limit && retry_after.is_zero());
        let wait = retry_after.max(backoff);
        let retry = repeatable
            && temporary
            && self.allows_another(attempts)
            && wait <= self.max_backoff
            && wait < self.remaining(spent);
        retry.then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::{HeaderMap, Method, StatusCode};

    use super::RetryPolicy;
    use crate::error::{classify, failure::Failure};

    const BACKOFF: Duration = Duration::from_millis(250);

    fn next_wait(method: &Method, failure: &Failure) -> Option<Duration> {
        let policy = RetryPolicy::default();
        let repeatable = policy.can_repeat(method, None);
        policy.next_wait(repeatable, failure, 1, Duration::ZERO, BACKOFF)
    }

    fn temporary() -> Failure {
        Failure {
            retryable: true,
            ..Failure::default()
        }
    }

    /// Compares every combination of inputs with the rules written one by one.
    #[test]
    fn every_combination_of_inputs_follows_the_rules() {
        let seconds = |s| Some(Duration::from_secs(s));
        let policy = RetryPolicy::default();
        let mut cases = 0;
        for method in ["GET", "HEAD", "PUT", "DELETE", "POST", "PATCH"] {
            for flags in 0..32_u8 {
                let flag = |bit: u8| flags & (1 << bit) != 0;
                let (temporary, hourly_limit, unsent, retry_writes, jitter) =
                    (flag(0), flag(1), flag(2), flag(3), flag(4));
                for retry_after in [None, seconds(0), seconds(1), seconds(20), seconds(21)] {
                    for sent in [1, 2, 3, 4] {
                        for spent in [0, 39, 40, 59, 60, 61] {
                            let method = Method::from_bytes(method.as_bytes()).expect("a method");
                            let failure = Failure {
                                retryable: temporary,
                                hourly_limit,
                                unsent,
                                retry_after,
                                ..Failure::default()
                            };
                            let policy = RetryPolicy {
                                retry_writes,
                                jitter,
                                ..policy
                            };
                            let spent = Duration::from_secs(spent);
                            let repeatable = policy.can_repeat(&method, None);
                            let decided =
                                policy.next_wait(repeatable, &failure, sent, spent, BACKOFF);

                            let reasons_against = [
                                !temporary,
                                sent >= 3,
                                matches!(method.as_str(), "POST" | "PATCH")
                                    && !retry_writes
                                    && !unsent,
                                hourly_limit && retry_after.unwrap_or_default().is_zero(),
                                retry_after > seconds(20),
                                spent + retry_after.unwrap_or(BACKOFF).max(BACKOFF)
                                    >= Duration::from_secs(60),
                            ];
                            let expected = if reasons_against.contains(&true) {
                                None
                            } else {
                                Some(retry_after.unwrap_or(BACKOFF).max(BACKOFF))
                            };
                            assert_eq!(
                                decided, expected,
                                "{method}, attempt {sent} after {spent:?}, retry_writes {retry_writes}: \
                                 {reasons_against:?}"
                            );
                            cases += 1;
                        }
                    }
                }
            }
        }
        assert_eq!(cases, 6 * 32 * 5 * 4 * 6);
    }

    #[test]
    fn the_document_decides_whether_an_operation_can_be_repeated() {
        for policy in [
            RetryPolicy::default(),
            RetryPolicy::default().retry_writes(),
        ] {
            for method in [Method::POST, Method::DELETE] {
                assert!(policy.can_repeat(&method, Some(true)));
                assert!(!policy.can_repeat(&method, Some(false)));
            }
        }
        assert!(!RetryPolicy::default().can_repeat(&Method::POST, None));
    }

    #[test]
    fn exactly_the_temporary_statuses_are_retried() {
        for status in 300..600 {
            let code = StatusCode::from_u16(status).expect("a status");
            let failure = classify::failure(code, &HeaderMap::new(), b"", SystemTime::now())
                .expect("a failure");
            let expected = matches!(status, 408 | 425 | 429 | 502 | 503 | 504);
            assert_eq!(
                next_wait(&Method::GET, &failure).is_some(),
                expected,
                "{status}"
            );
            assert_eq!(next_wait(&Method::POST, &failure), None, "{status}");
        }
    }

    #[test]
    fn exactly_the_temporary_graph_codes_are_retried() {
        for code in (0..1_000).chain(79_990..80_030).chain(130_000..134_000) {
            let failure = |more: &str, wait: bool| {
                let body = format!(r#"{{"error":{{"code":{code}{more}}}}}"#);
                let mut headers = HeaderMap::new();
                if wait {
                    headers.insert("retry-after", "7".parse().expect("a value"));
                }
                classify::failure(
                    StatusCode::BAD_REQUEST,
                    &headers,
                    body.as_bytes(),
                    SystemTime::now(),
                )
                .expect("a failure")
            };
            let passes = matches!(code, 1 | 2 | 130_429 | 131_016 | 131_057);
            let hourly = matches!(code, 4 | 17 | 32 | 341 | 613 | 80_000..=80_014)
                || matches!(code, 133_008 | 133_009 | 133_015 | 133_016);
            let decided = next_wait(&Method::GET, &failure("", false));
            assert_eq!(decided.is_some(), passes, "code {code}");
            // If the server asks for a wait, it expects the limit to end.
            let decided = next_wait(&Method::GET, &failure("", true));
            let expected = (passes || hourly).then_some(Duration::from_secs(7));
            assert_eq!(decided, expected, "code {code} with a wait");
            let refused = matches!(
                code,
                0 | 3 | 10 | 33 | 100..=102 | 104 | 190 | 200..=299 | 368
            ) || matches!(code, 803 | 131_005 | 131_008 | 131_009 | 131_031);
            let decided = next_wait(&Method::GET, &failure(r#","is_transient":true"#, false));
            assert_eq!(
                decided.is_some(),
                !hourly && !refused,
                "code {code}, transient"
            );
        }
    }

    #[test]
    fn waits_double_up_to_the_maximum_and_jitter_lengthens_them() {
        let policy = RetryPolicy::default().jitter(false);
        let waits: Vec<u128> = policy.backoff().take(9).map(|w| w.as_millis()).collect();
        assert_eq!(
            waits,
            [250, 500, 1000, 2000, 4000, 8000, 16000, 20000, 20000]
        );
        for _ in 0..100 {
            let waits = RetryPolicy::default().backoff().take(9);
            for (wait, least) in waits.zip([250, 500, 1000, 2000, 4000, 8000, 16000, 20000]) {
                let most = (2 * least).min(20_000);
                assert!((least..=most).contains(&wait.as_millis()), "{wait:?}");
            }
        }
    }

    #[test]
    fn no_setting_overflows() {
        for wait in [Duration::ZERO, Duration::MAX] {
            let policy = RetryPolicy::default()
                .initial_backoff(wait)
                .max_backoff(wait)
                .total_timeout(wait);
            for backoff in policy.backoff().take(100) {
                policy.next_wait(true, &temporary(), 1, wait, backoff);
            }
        }
    }
}
