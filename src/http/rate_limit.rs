//! Client-side rate limits.

use std::{sync::Arc, time::Duration};

use tokio::sync::{Mutex, MutexGuard};

use super::time::{Instant, sleep_until};

/// The maximum rate at which a client sends requests.
///
/// Requests are spread evenly: 400 per minute means one every 150 ms. So any interval of length
/// `period` contains at most `requests` requests, no matter when the server's counting window begins.
/// Requests wait in the order of their arrival, retries included. Clones of a client share its limit.
/// If a token expires while its request waits, that request and those behind it also wait for a new token.
///
/// The wait does not count in any timeout of this crate. To limit it, put your own timeout around the
/// call. Await a call or drop it: a call that is kept but no longer polled (for example a pinned
/// future that `select!` polls by `&mut`) keeps its place and blocks all calls behind it.
///
/// ```
/// use std::time::Duration;
/// use waba::RateLimit;
///
/// # fn main() -> Result<(), waba::Error> {
/// let ten_per_second = RateLimit::new(10, Duration::from_secs(1));
/// let client =
///     waba::graph::Client::builder().access_token("x").rate_limit(ten_per_second).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    interval: Duration,
}

impl RateLimit {
    /// Creates a limit of `requests` per `period`. 0 requests are treated as 1.
    pub const fn new(requests: u32, period: Duration) -> Self {
        let requests = if requests == 0 { 1 } else { requests };
        // A longer interval could overflow `Instant`.
        const YEAR: u128 = 365 * 24 * 60 * 60 * 1_000_000_000;
        let nanos = period.as_nanos().div_ceil(requests as u128);
        let nanos = if nanos < YEAR { nanos } else { YEAR };
        Self {
            interval: Duration::from_nanos(nanos as u64),
        }
    }
}

/// The state of a [`RateLimit`]. tokio's fair mutex is the queue: a waiter that is dropped leaves the
/// queue and uses nothing of the limit.
#[derive(Clone, Debug)]
pub(crate) struct RateLimiter {
    interval: Duration,
    next: Arc<Mutex<Option<Instant>>>,
}

impl From<RateLimit> for RateLimiter {
    fn from(limit: RateLimit) -> Self {
        Self {
            interval: limit.interval,
            next: Arc::default(),
        }
    }
}

impl RateLimiter {
    /// Waits until the next request may be sent. Those behind it wait until the turn is taken, or
    /// dropped.
    pub(crate) async fn turn(&self) -> Turn<'_> {
        let next = self.next.lock().await;
        if let Some(next) = *next {
            sleep_until(next).await;
        }
        Turn {
            interval: self.interval,
            next,
        }
    }
}

/// The right to send the next request.
pub(crate) struct Turn<'l> {
    interval: Duration,
    next: MutexGuard<'l, Option<Instant>>,
}

impl Turn<'_> {
    /// Counts a request that is sent now.
    pub(crate) fn take(mut self) {
        // Timers fire up to 2 ms late. Without this allowance the rate would stay below the limit.
        const TIMER_DELAY: Duration = Duration::from_millis(2);
        // After all waits, because a busy thread can make them much longer.
        let now = Instant::now();
        let start = match *self.next {
            Some(next) => next.max(now.checked_sub(TIMER_DELAY).unwrap_or(now)),
            None => now,
        };
        *self.next = Some(start + self.interval);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{
        task::JoinSet,
        time::{Instant, timeout},
    };

    use super::{RateLimit, RateLimiter};

    #[tokio::test(start_paused = true)]
    async fn no_period_contains_more_requests_than_the_limit() {
        let period = Duration::from_secs(30);
        let limiter = RateLimiter::from(RateLimit::new(5, period));
        let mut calls = JoinSet::new();
        for _ in 0..50 {
            let limiter = limiter.clone();
            calls.spawn(async move {
                limiter.turn().await.take();
                Instant::now()
            });
        }
        let start = Instant::now();
        let mut times = calls.join_all().await;
        times.sort();
        for window in times.windows(6) {
            assert!(window[5] - window[0] >= period, "six within {:?}", window);
        }
        let (all, least) = (start.elapsed(), Duration::from_secs(49 * 6));
        assert!((least..least + period).contains(&all), "50 took {all:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_wait_does_not_use_up_the_limit() {
        let limiter = RateLimiter::from(RateLimit::new(1, Duration::from_secs(10)));
        limiter.turn().await.take();
        let start = Instant::now();
        for _ in 0..5 {
            let wait = timeout(Duration::from_secs(1), limiter.turn());
            assert!(wait.await.is_err(), "the wait is longer");
        }
        limiter.turn().await.take();
        let waited = start.elapsed();
        assert!(
            (Duration::from_secs(10)..Duration::from_secs(11)).contains(&waited),
            "{waited:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_allows_no_burst() {
        let limiter = RateLimiter::from(RateLimit::new(1, Duration::from_secs(1)));
        limiter.turn().await.take();
        tokio::time::sleep(Duration::from_secs(100)).await;
        let start = Instant::now();
        for _ in 0..3 {
            limiter.turn().await.take();
        }
        assert!(start.elapsed() >= Duration::from_millis(1990));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_ends_late_allows_no_burst() {
        let limiter = RateLimiter::from(RateLimit::new(1, Duration::from_secs(1)));
        limiter.turn().await.take();
        let mut late = std::pin::pin!(limiter.turn());
        assert!(futures::poll!(&mut late).is_pending());
        tokio::time::advance(Duration::from_secs(10)).await;
        late.await.take();
        let start = Instant::now();
        limiter.turn().await.take();
        assert!(start.elapsed() >= Duration::from_millis(990));
    }

    #[tokio::test(start_paused = true)]
    async fn no_period_overflows() {
        for period in [Duration::ZERO, Duration::MAX] {
            let limiter = RateLimiter::from(RateLimit::new(0, period));
            limiter.turn().await.take();
            let next = timeout(Duration::from_secs(60), limiter.turn()).await;
            assert_eq!(next.is_ok(), period.is_zero(), "{period:?}");
        }
    }
}
