//! HTTP: attempts, retries, rate limits, responses, and observation.

pub(crate) mod custom_request;
pub(crate) mod duration_metric;
pub(crate) mod observer;
pub(crate) mod operation;
pub(crate) mod rate_limit;
pub(crate) mod response;
pub(crate) mod response_value;
pub(crate) mod retry_policy;
pub(crate) mod span;
pub(crate) mod time;
pub(crate) mod transport;
