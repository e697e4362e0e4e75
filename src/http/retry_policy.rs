//! When a call is sent again, and when it is not.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use http::Method;

use crate::error::failure::Failure;

/// How often a call is sent again, and how long that may take.
///
/// A call is sent again if the fault passes ([`Error::is_retryable`](crate::Error::is_retryable))
/// and if a second sending does no harm: `GET`, `PUT` and `DELETE`, and any other call that
/// certainly never left, because no connection was made. Between two attempts the client waits
/// from [`base`](Self::base) up to twice that, then twice as long each time, at most
/// [`cap`](Self::cap); where the server says how long to wait, as long as it says.
///
/// Not sent again is what would fail again: a server's wait beyond the cap, and an hourly quota
/// that is used up (Graph codes 4, 17, 32, 341, 613 and 80000 to 80014) unless the server asks for
/// a wait that is within the cap. [`Error::retry_after`](crate::Error::retry_after) has the wait.
///
/// Default: three attempts, 250 ms, a cap of 20 s, jitter, a deadline of 60 s.
///
/// ```no_run
/// use std::time::Duration;
/// use waba::{RetryPolicy, graph};
///
/// # fn main() -> Result<(), waba::Error> {
/// let meta = graph::Client::builder()
///     .access_token("…")
///     .retry(RetryPolicy::default().attempts(5).deadline(Duration::from_secs(120)))
///     .build()?;
/// // Setting a name twice is setting it once, so these updates can be sent again as well.
/// let surely = meta.with_retry(RetryPolicy::default().repeat_writes());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    base: Duration,
    cap: Duration,
    jitter: bool,
    deadline: Duration,
    repeat_writes: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            base: Duration::from_millis(250),
            cap: Duration::from_secs(20),
            jitter: true,
            deadline: Duration::from_secs(60),
            repeat_writes: false,
        }
    }
}

impl RetryPolicy {
    /// Sends every call once; the deadline is as by default.
    pub fn none() -> Self {
        Self::default().attempts(1)
    }

    /// How often a call is sent at most, the first time included. 0 is as good as 1.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The wait before the second attempt.
    #[must_use]
    pub fn base(mut self, wait: Duration) -> Self {
        self.base = wait;
        self
    }

    /// The longest wait between two attempts. A server that asks for a longer one gets no further
    /// attempt.
    #[must_use]
    pub fn cap(mut self, wait: Duration) -> Self {
        self.cap = wait;
        self
    }

    /// Whether each wait is made longer by a random part of itself, so that callers that failed
    /// together do not come back together.
    #[must_use]
    pub fn jitter(mut self, jitter: bool) -> Self {
        self.jitter = jitter;
        self
    }

    /// How long all attempts and the waits between them may take. Waiting for a turn under a
    /// [rate limit](crate::RateLimit) or for a token of a [`TokenSource`](crate::TokenSource) does
    /// not count.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sends `POST` and `PATCH` again like any other call.
    ///
    /// It is for writes that do no more the second time, such as those that set absolute values: a
    /// write whose answer was lost may have been carried out. It stands in the policy because it
    /// is a property of what is called, and [`with_retry`](crate::graph::Client::with_retry) gives
    /// those calls a client of their own at no cost.
    #[must_use]
    pub fn repeat_writes(mut self) -> Self {
        self.repeat_writes = true;
        self
    }

    /// The waits between attempts, as far as they are for the client to choose.
    pub(crate) fn backoff(&self) -> impl Iterator<Item = Duration> + use<> {
        let waits = ExponentialBuilder::default();
        // There backon has no seed of its own, and all programs would draw the same.
        #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
        let waits = waits.with_jitter_seed(crate::http::time::seed());
        let waits = waits
            .with_min_delay(self.base.min(self.cap))
            .with_max_delay(self.cap)
            .without_max_times();
        let waits: ExponentialBackoff = if self.jitter {
            waits.with_jitter().build()
        } else {
            waits.build()
        };
        let cap = self.cap;
        waits.map(move |wait| wait.min(cap))
    }

    /// How much of the deadline is left for an attempt.
    pub(crate) fn remaining(&self, spent: Duration) -> Duration {
        self.deadline.saturating_sub(spent)
    }

    /// After how long a call that has failed with `failure` is sent again, if it is.
    ///
    /// `sent` is how often it was sent, `spent` how long that took, and `backoff` the wait if the
    /// server names none.
    pub(crate) fn decide(
        &self,
        method: &Method,
        failure: &Failure,
        sent: u32,
        spent: Duration,
        backoff: Duration,
    ) -> Option<Duration> {
        let harmless = method.is_idempotent() || self.repeat_writes || failure.unsent;
        let asked = failure.retry_after.unwrap_or_default();
        // A wait of nothing, such as a date that has passed, does not end an hour.
        let passes = failure.retryable && !(failure.quota && asked.is_zero());
        let wait = asked.max(backoff);
        let again = harmless
            && passes
            && sent < self.attempts
            && wait <= self.cap
            && wait < self.remaining(spent);
        again.then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::{HeaderMap, Method, StatusCode};

    use super::RetryPolicy;
    use crate::error::{classify, failure::Failure};

    const BACKOFF: Duration = Duration::from_millis(250);

    fn again(method: &Method, failure: &Failure) -> Option<Duration> {
        RetryPolicy::default().decide(method, failure, 1, Duration::ZERO, BACKOFF)
    }

    fn passing() -> Failure {
        Failure {
            retryable: true,
            ..Failure::default()
        }
    }

    /// Every combination of what the decision looks at, against the rules said one by one.
    #[test]
    fn the_decision_over_all_its_inputs() {
        let seconds = |s| Some(Duration::from_secs(s));
        let policy = RetryPolicy::default();
        let mut cases = 0;
        for method in ["GET", "HEAD", "PUT", "DELETE", "POST", "PATCH"] {
            for flags in 0..32_u8 {
                let flag = |bit: u8| flags & (1 << bit) != 0;
                let (passes, quota, unsent, marked, jitter) =
                    (flag(0), flag(1), flag(2), flag(3), flag(4));
                for retry_after in [None, seconds(0), seconds(1), seconds(20), seconds(21)] {
                    for sent in [1, 2, 3, 4] {
                        for spent in [0, 39, 40, 59, 60, 61] {
                            let method = Method::from_bytes(method.as_bytes()).expect("a method");
                            let failure = Failure {
                                retryable: passes,
                                quota,
                                unsent,
                                retry_after,
                                ..Failure::default()
                            };
                            let policy = RetryPolicy {
                                repeat_writes: marked,
                                jitter,
                                ..policy
                            };
                            let spent = Duration::from_secs(spent);
                            let decided = policy.decide(&method, &failure, sent, spent, BACKOFF);

                            let refusals = [
                                !passes,
                                sent >= 3,
                                matches!(method.as_str(), "POST" | "PATCH") && !marked && !unsent,
                                quota && retry_after.unwrap_or_default().is_zero(),
                                retry_after > seconds(20),
                                spent + retry_after.unwrap_or(BACKOFF).max(BACKOFF)
                                    >= Duration::from_secs(60),
                            ];
                            let expected = if refusals.contains(&true) {
                                None
                            } else {
                                Some(retry_after.unwrap_or(BACKOFF).max(BACKOFF))
                            };
                            assert_eq!(
                                decided, expected,
                                "{method}, attempt {sent} after {spent:?}, marked {marked}: \
                                 {refusals:?}"
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
    fn every_status_without_a_body_is_sent_again_or_not() {
        for status in 300..600 {
            let code = StatusCode::from_u16(status).expect("a status");
            let failure = classify::failure(code, &HeaderMap::new(), b"").expect("a failure");
            let expected = matches!(status, 408 | 425 | 429 | 502 | 503 | 504);
            assert_eq!(
                again(&Method::GET, &failure).is_some(),
                expected,
                "{status}"
            );
            assert_eq!(again(&Method::POST, &failure), None, "{status}");
        }
    }

    #[test]
    fn every_graph_code_is_sent_again_or_not() {
        for code in (0..1_000).chain(79_990..80_030).chain(130_000..132_000) {
            let failure = |more: &str, wait: bool| {
                let body = format!(r#"{{"error":{{"code":{code}{more}}}}}"#);
                let mut headers = HeaderMap::new();
                if wait {
                    headers.insert("retry-after", "7".parse().expect("a value"));
                }
                classify::failure(StatusCode::BAD_REQUEST, &headers, body.as_bytes())
                    .expect("a failure")
            };
            let passes = matches!(code, 1 | 2 | 130_429 | 131_016 | 131_057);
            let hourly = matches!(code, 4 | 17 | 32 | 341 | 613 | 80_000..=80_014);
            let decided = again(&Method::GET, &failure("", false));
            assert_eq!(decided.is_some(), passes, "code {code}");
            // A wait that the server names is one that it promises to end.
            let decided = again(&Method::GET, &failure("", true));
            let expected = (passes || hourly).then_some(Duration::from_secs(7));
            assert_eq!(decided, expected, "code {code} with a wait");
            let refused = matches!(
                code,
                0 | 3 | 10 | 33 | 100 | 102 | 104 | 190 | 200..=299 | 368
            ) || matches!(code, 803 | 131_005 | 131_008 | 131_009 | 131_031);
            let decided = again(&Method::GET, &failure(r#","is_transient":true"#, false));
            assert_eq!(
                decided.is_some(),
                !hourly && !refused,
                "code {code}, transient"
            );
        }
    }

    #[test]
    fn waits_double_up_to_the_cap_and_jitter_makes_them_longer() {
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
    fn no_setting_of_the_policy_overflows() {
        for wait in [Duration::ZERO, Duration::MAX] {
            let policy = RetryPolicy::default().base(wait).cap(wait).deadline(wait);
            for backoff in policy.backoff().take(100) {
                policy.decide(&Method::GET, &passing(), 1, wait, backoff);
            }
        }
    }
}
