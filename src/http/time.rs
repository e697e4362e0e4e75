//! Clocks and timers: those of tokio, or of the browser.

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod here {
    use std::time::{Duration, SystemTime};

    pub(crate) use tokio::time::{Instant, sleep, sleep_until, timeout};

    /// Returns the current time.
    pub(crate) fn now() -> SystemTime {
        SystemTime::now()
    }

    /// Returns `wait`, at most the longest that timers support.
    pub(crate) fn clamp(wait: Duration) -> Duration {
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

    /// Returns a seed that differs between programs that start at different times.
    pub(crate) fn seed() -> u64 {
        let since = now().duration_since(UNIX_EPOCH);
        since.unwrap_or_default().as_nanos() as u64
    }

    /// Returns `wait`, at most the longest that timers support: they count milliseconds in 32 bits.
    pub(crate) fn clamp(wait: Duration) -> Duration {
        wait.min(Duration::from_millis(i32::MAX as u64))
    }

    pub(crate) async fn timeout<F: Future>(
        wait: Duration,
        future: F,
    ) -> Result<F::Output, Elapsed> {
        wasmtimer::tokio::timeout(clamp(wait), future).await
    }

    pub(crate) async fn sleep_until(end: Instant) {
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            sleep(clamp(left)).await;
        }
    }
}

pub(crate) use here::*;
