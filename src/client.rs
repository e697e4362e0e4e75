//! The methods that both clients have besides their operations.

/// Implements the methods for `$client`.
macro_rules! client_methods {
    ($client:ty) => {
        impl $client {
            /// Creates a request to an endpoint that this crate does not cover, with the
            /// credential, retries, limits and errors of this client.
            ///
            /// `path` begins after the base URL and, for Graph, after the version. It must be a
            /// constant. Write ids as parameters, such as `/{waba_id}/audiences`, and set
            /// their values with [`path`](crate::CustomRequest::path). Query parameters are set
            /// with [`query`](crate::CustomRequest::query); a `?` in `path` is percent-encoded.
            pub fn request(
                &self,
                method: crate::reqwest::Method,
                path: &'static str,
            ) -> crate::CustomRequest<'_> {
                crate::CustomRequest::new(&self.client, &self.inner, &self.baseurl, method, path)
            }

            /// Returns a client that has another retry policy and shares everything else, including
            /// the connections and the rate limit.
            #[must_use]
            pub fn with_retry_policy(&self, policy: crate::RetryPolicy) -> Self {
                let mut client = self.clone();
                client.inner.retry_policy = policy;
                client
            }

            /// Returns a client that has its own rate limit and shares everything else, including the
            /// connections. Use it for operations or customers that have a separate limit.
            #[must_use]
            pub fn with_rate_limit(&self, limit: crate::RateLimit) -> Self {
                let mut client = self.clone();
                client.inner.rate_limiter = Some(limit.into());
                client
            }

            /// Makes the call of a generated operation.
            fn call(
                &self,
                request: Result<crate::reqwest::Request, progenitor_client::Error<()>>,
                operation: crate::http::operation::Operation,
            ) -> impl Future<Output = Result<crate::http::response::BufferedResponse, crate::Error>>
            {
                let request = request.map_err(crate::Error::of_request);
                self.inner.call(&self.client, request, operation)
            }
        }
    };
}

pub(crate) use client_methods;
