//! What both generated clients can do besides their operations.

/// Adds it to `$client`.
macro_rules! client_methods {
    ($client:ty) => {
        impl $client {
            /// A call to an endpoint that this crate does not cover, with the credential, retries,
            /// limits and errors of this client.
            ///
            /// `path` begins after the base URL and, of Graph, its version. It is fixed in the
            /// program; ids stand in it as names, each the whole between two slashes, as in
            /// `/{waba_id}/phone_numbers`, and are given by
            /// [`path`](crate::CustomRequest::path). A query is given by
            /// [`query`](crate::CustomRequest::query): a `?` in the path is sent as a part of it.
            pub fn request(
                &self,
                method: crate::reqwest::Method,
                path: &'static str,
            ) -> crate::CustomRequest<'_> {
                crate::CustomRequest::new(&self.client, &self.inner, &self.baseurl, method, path)
            }

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
