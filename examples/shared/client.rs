//! The client of all commands.

use std::time::Duration;

use waba::{Error, RateLimit, graph::Client};

/// Returns a client with the credential from the environment. Its rate is far below Meta's limits,
/// because these count all programs that use the app.
pub fn from_env() -> Result<Client, Error> {
    let limit = RateLimit::new(10, Duration::from_secs(1));
    Ok(Client::from_env()?.with_rate_limit(limit))
}
