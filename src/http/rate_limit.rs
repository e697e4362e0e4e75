//! Keeping within a rate limit before the server has to say so.

use std::{sync::Arc, time::Duration};

use tokio::sync::Mutex;

use crate::http::time::{Instant, sleep_until};

/// How many requests a client sends at most.
///
/// They are spread evenly: 400 in a minute are one every 150 ms. So no stretch of that length
/// holds more, wherever the server begins to count. Calls wait for their turn, first come first
/// served; attempts to send one again wait like all others. Clones of a client share its limit.
///
/// How long a call waits is bounded by those before it alone; put a timeout of your own around it
/// if it must not. A call that was begun is to be awaited or dropped: one that is kept but no longer
/// polled, such as the other branch of a `select!`, keeps its place and all behind it waiting.
///
/// ```
/// use std::time::Duration;
/// use waba::RateLimit;
///
/// # fn main() -> Result<(), waba::Error> {
/// let ten_a_second = RateLimit::new(10, Duration::from_secs(1));
/// let client = waba::graph::Client::builder().access_token("x").rate_limit(ten_a_second).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    interval: Duration,
}

impl RateLimit {
    /// At most so many requests in a period. 0 is as good as 1.
    pub const fn new(requests: u32, period: Duration) -> Self {
        let requests = if requests == 0 { 1 } else { requests };
        // Beyond this a point in time may be none.
        const YEAR: u128 = 365 * 24 * 60 * 60 * 1_000_000_000;
        let nanos = period.as_nanos().div_ceil(requests as u128);
        let nanos = if nanos < YEAR { nanos } else { YEAR };
        Self {
            interval: Duration::from_nanos(nanos as u64),
        }
    }
}

/// The turns under a [`RateLimit`]. tokio's mutex is the queue: it is fair, and who leaves it, or
/// goes away while waiting in front, takes no turn.
#[derive(Clone, Debug)]
pub(crate) struct Turns {
    interval: Duration,
    next: Arc<Mutex<Option<Instant>>>,
}

impl From<RateLimit> for Turns {
    fn from(limit: RateLimit) -> Self {
        Self {
            interval: limit.interval,
            next: Arc::default(),
        }
    }
}

impl Turns {
    pub(crate) async fn wait(&self) {
        // Timers are late by about as much; without it the rate would stay below the limit.
        const LATE: Duration = Duration::from_millis(2);
        let mut next = self.next.lock().await;
        let now = Instant::now();
        let turn = match *next {
            Some(next) => next.max(now.checked_sub(LATE).unwrap_or(now)),
            None => now,
        };
        sleep_until(turn).await;
        *next = Some(turn + self.interval);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{
        task::JoinSet,
        time::{Instant, timeout},
    };

    use super::{RateLimit, Turns};

    #[tokio::test(start_paused = true)]
    async fn no_stretch_of_the_period_holds_more_requests_than_the_limit() {
        let period = Duration::from_secs(30);
        let turns = Turns::from(RateLimit::new(5, period));
        let mut calls = JoinSet::new();
        for _ in 0..50 {
            let turns = turns.clone();
            calls.spawn(async move {
                turns.wait().await;
                Instant::now()
            });
        }
        let begun = Instant::now();
        let mut times = calls.join_all().await;
        times.sort();
        for window in times.windows(6) {
            assert!(window[5] - window[0] >= period, "six within {:?}", window);
        }
        let (all, least) = (begun.elapsed(), Duration::from_secs(49 * 6));
        assert!((least..least + period).contains(&all), "50 took {all:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_takes_no_turn() {
        let turns = Turns::from(RateLimit::new(1, Duration::from_secs(10)));
        turns.wait().await;
        let begun = Instant::now();
        for _ in 0..5 {
            let wait = timeout(Duration::from_secs(1), turns.wait());
            wait.await.expect_err("the turn is later");
        }
        turns.wait().await;
        let waited = begun.elapsed();
        assert!(
            (Duration::from_secs(10)..Duration::from_secs(11)).contains(&waited),
            "{waited:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_not_made_up_for() {
        let turns = Turns::from(RateLimit::new(1, Duration::from_secs(1)));
        turns.wait().await;
        tokio::time::sleep(Duration::from_secs(100)).await;
        let begun = Instant::now();
        for _ in 0..3 {
            turns.wait().await;
        }
        assert!(begun.elapsed() >= Duration::from_millis(1990));
    }

    #[tokio::test(start_paused = true)]
    async fn no_period_overflows() {
        for period in [Duration::ZERO, Duration::MAX] {
            let turns = Turns::from(RateLimit::new(0, period));
            turns.wait().await;
            let next = timeout(Duration::from_secs(60), turns.wait()).await;
            assert_eq!(next.is_ok(), period.is_zero(), "{period:?}");
        }
    }
}
