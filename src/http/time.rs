//! Clocks and timers: tokio's, and in browsers theirs.

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod here {
    use std::time::{Duration, SystemTime};

    pub(crate) use tokio::time::{Instant, sleep, sleep_until, timeout};

    /// The time of day.
    pub(crate) fn now() -> SystemTime {
        SystemTime::now()
    }

    /// `wait`, or the longest that a timer can have.
    pub(crate) fn possible(wait: Duration) -> Duration {
        wait
    }
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod here {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use wasmtimer::tokio::error::Elapsed;
    pub(crate) use wasmtimer::{std::Instant, tokio::sleep};

    pub(crate) fn now() -> SystemTime {
        let now = wasmtimer::std::SystemTime::now();
        let since = now.duration_since(wasmtimer::std::UNIX_EPOCH);
        UNIX_EPOCH + since.unwrap_or_default()
    }

    /// Another number for each program that begins at another time.
    pub(crate) fn seed() -> u64 {
        let since = now().duration_since(UNIX_EPOCH);
        since.unwrap_or_default().as_nanos() as u64
    }

    /// Timers count milliseconds in 32 bits, and what is more is nothing to them.
    pub(crate) fn possible(wait: Duration) -> Duration {
        wait.min(Duration::from_millis(i32::MAX as u64))
    }

    pub(crate) async fn timeout<F: Future>(
        wait: Duration,
        future: F,
    ) -> Result<F::Output, Elapsed> {
        wasmtimer::tokio::timeout(possible(wait), future).await
    }

    pub(crate) async fn sleep_until(end: Instant) {
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            sleep(possible(left)).await;
        }
    }
}

pub(crate) use here::*;
