//! Sending requests: attempts, retries, limits, and what is seen of them.

pub(crate) mod custom_request;
pub(crate) mod observer;
pub(crate) mod rate_limit;
pub(crate) mod retry_policy;
pub(crate) mod span;
pub(crate) mod time;
pub(crate) mod transport;
