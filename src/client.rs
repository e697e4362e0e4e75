//! The methods that both clients have besides their operations.

/// Implements the methods for `$client`.
macro_rules! client_methods {
    ($client:ty) => {
        impl $client {
            /// Creates a request to an endpoint that this crate does not cover, with the
            /// credential, retries, limits and errors of this client.
            ///
            /// `path` begins after the base URL and, for Graph, after the version. It must be a
            /// constant. Write ids as parameters, such as `/{waba_id}/phone_numbers`, and set
            /// their values with [`path`](crate::CustomRequest::path). Query parameters are set
            /// with [`query`](crate::CustomRequest::query); a `?` in `path` is percent-encoded.
            pub fn request(
                &self,
                method: crate::reqwest::Method,
                path: &'static str,
            ) -> crate::CustomRequest<'_> {
                crate::CustomRequest::new(&self.client, &self.inner, &self.baseurl, method, path)
            }

            /// Returns a client with another retry policy that shares the connections of this one.
            #[must_use]
            pub fn with_retry_policy(&self, policy: crate::RetryPolicy) -> Self {
                let mut client = self.clone();
                client.inner.retry_policy = policy;
                client
            }

            /// Returns a client with a rate limit of its own that shares the connections of this
            /// one, for operations that have another limit.
            #[must_use]
            pub fn with_rate_limit(&self, limit: crate::RateLimit) -> Self {
                let mut client = self.clone();
                client.inner.rate_limiter = Some(limit.into());
                client
            }
        }
    };
}

pub(crate) use client_methods;
