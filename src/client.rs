//! What both generated clients can do besides their operations.

/// Adds it to `$client`.
macro_rules! client_methods {
    ($client:ty) => {
        impl $client {
            /// The same client with another policy of sending calls again. It shares its
            /// connections with this one.
            #[must_use]
            pub fn with_retry(&self, policy: crate::RetryPolicy) -> Self {
                let mut client = self.clone();
                client.inner.retry = policy;
                client
            }

            /// The same client under a rate limit of its own, for calls that have another than
            /// the rest. It shares its connections with this one.
            #[must_use]
            pub fn with_rate_limit(&self, limit: crate::RateLimit) -> Self {
                let mut client = self.clone();
                client.inner.turns = Some(limit.into());
                client
            }
        }
    };
}

pub(crate) use client_methods;
