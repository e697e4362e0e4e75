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
        }
    };
}

pub(crate) use client_methods;
