//! The Weather API.
//!
//! Generated from [its OpenAPI document](https://api.example.com/openapi.yaml). A [`Client`] has one
//! method for each operation. It returns a builder, whose method `send` makes the call.

use reqwest::Request;

use crate::{
    Error,
    auth::credential::Credential,
    builder::variable,
    http::{operation::Operation, response::BufferedResponse},
};

#[allow(
    clippy::all,
    clippy::unwrap_used,
    dead_code,
    missing_docs,
    unused_imports,
    unused_mut
)]
#[allow(
    rustdoc::bare_urls,
    rustdoc::broken_intra_doc_links,
    rustdoc::invalid_html_tags
)]
mod generated {
    #[cfg(feature = "generate")]
    include!(concat!(env!("OUT_DIR"), "/weather.rs"));
    #[cfg(not(feature = "generate"))]
    include!("generated/weather.rs");
}

pub use generated::{Client, builder, types};

/// Typed mocks of this API for [`MockServer`](crate::mock::MockServer), for tests of code that
/// calls it.
#[cfg(feature = "mock")]
#[allow(clippy::all, clippy::unwrap_used, missing_docs, unused_imports)]
pub mod mock {
    #[cfg(feature = "generate")]
    include!(concat!(env!("OUT_DIR"), "/weather_mock.rs"));
    #[cfg(not(feature = "generate"))]
    include!("generated/weather_mock.rs");
}

/// The base URL of the API. [`base_url`](ClientBuilder::base_url) overrides it.
pub const BASE_URL: &str = "https://api.example.com";

/// A builder of a [`Client`], with the settings of [all builders](crate::ClientBuilder).
pub type ClientBuilder = crate::ClientBuilder<Api>;

/// The type parameter of [`ClientBuilder`] for this API.
#[derive(Clone, Debug, Default)]
pub struct Api(());

crate::client::client_methods!(Client);

impl Client {
    /// Returns a builder. Only [`access_token`](ClientBuilder::access_token) is required.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new(Api::default())
    }

    /// Builds a client from the environment variables `WEATHER_ACCESS_TOKEN` (required) and
    /// `WEATHER_BASE_URL` (optional).
    ///
    /// # Errors
    ///
    /// Returns [`Configuration`](crate::ErrorKind::Configuration) if a variable is missing or invalid.
    /// The message names it.
    pub fn from_env() -> Result<Self, Error> {
        let name = "WEATHER_ACCESS_TOKEN";
        let Some(token) = variable(name)? else {
            return Err(Error::configuration(format!("{name} is not set")));
        };
        let builder = Self::builder().access_token(token);
        let builder = builder.check_credential_from(name)?;
        builder.base_url_from("WEATHER_BASE_URL")?.build()
    }

    /// Makes the call of a generated operation.
    fn call(
        &self,
        request: Result<Request, progenitor_client::Error<()>>,
        operation: Operation,
    ) -> impl Future<Output = Result<BufferedResponse, Error>> {
        let request = request.map_err(Error::of_request);
        self.inner.call(&self.client, request, operation)
    }
}

impl ClientBuilder {
    /// Authenticates with an access token (`Authorization: Bearer …`). It replaces an earlier
    /// credential.
    #[must_use]
    pub fn access_token(self, token: impl AsRef<str>) -> Self {
        self.credential(Credential::bearer(token.as_ref().into()))
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// Returns [`Configuration`](crate::ErrorKind::Configuration) if there is no credential or if a
    /// setting is invalid. The message names it.
    pub fn build(self) -> Result<Client, Error> {
        let missing = "no access token is set; call `access_token` or `token_source`";
        let (base_url, http, transport) = self.connect(BASE_URL, missing, None)?;
        Ok(Client::new_with_client(&base_url, http, transport))
    }
}
