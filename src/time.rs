//! Clocks and timers: tokio's, and in browsers theirs.

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
pub(crate) use tokio::time::{Instant, sleep, sleep_until, timeout};
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub(crate) use wasmtimer::{
    std::Instant,
    tokio::{sleep, sleep_until, timeout},
};

/// The time of day.
pub(crate) fn now() -> std::time::SystemTime {
    #[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
    return std::time::SystemTime::now();
    #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
    {
        use wasmtimer::std::{SystemTime, UNIX_EPOCH};
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        std::time::UNIX_EPOCH + since.unwrap_or_default()
    }
}
