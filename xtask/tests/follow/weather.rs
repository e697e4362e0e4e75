//! The Weather API.
//!
//! Generated from [its OpenAPI document](https://api.example.com/openapi.yaml). A [`Client`] has one
//! method for each operation; each returns a builder that is completed by `.send()`.

use reqwest::Request;

use crate::{
    Error, auth::credential::Credential, builder::variable, http::response::BufferedResponse,
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

/// Typed mocks of this API for [`MockServer`](crate::httpmock::MockServer), to test code that
/// calls it.
#[cfg(feature = "mock")]
#[allow(clippy::all, clippy::unwrap_used, missing_docs, unused_imports)]
pub mod mock {
    #[cfg(feature = "generate")]
    include!(concat!(env!("OUT_DIR"), "/weather_mock.rs"));
    #[cfg(not(feature = "generate"))]
    include!("generated/weather_mock.rs");
}

/// The address of the API, which [`base_url`](ClientBuilder::base_url) replaces.
pub const BASE_URL: &str = "https://api.example.com";

/// Builds a [`Client`]; see also what [all builders share](crate::ClientBuilder).
pub type ClientBuilder = crate::ClientBuilder<Api>;

/// Stands for this API in [`ClientBuilder`].
#[derive(Clone, Debug, Default)]
pub struct Api(());

crate::client::client_methods!(Client);

impl Client {
    /// Begins a client; [`access_token`](ClientBuilder::access_token) is all it needs.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new(Api::default())
    }

    /// Builds a client from the environment: `WEATHER_ACCESS_TOKEN` is the token, and
    /// `WEATHER_BASE_URL` another address, if it is set.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration), naming the variable that is missing or
    /// invalid.
    pub fn from_env() -> Result<Self, Error> {
        let name = "WEATHER_ACCESS_TOKEN";
        let Some(token) = variable(name)? else {
            return Err(Error::configuration(format!("{name} is not set")));
        };
        let builder = Self::builder().access_token(token);
        let builder = builder.check_credential_from(name)?;
        builder.base_url_from("WEATHER_BASE_URL")?.build()
    }

    /// Makes a generated call.
    async fn call(&self, request: Request, operation: &'static str) -> Result<BufferedResponse, Error> {
        self.inner.call(&self.client, request, operation).await
    }
}

impl ClientBuilder {
    /// Authenticates by an access token (`Authorization: Bearer …`). The latest of the credentials
    /// given counts.
    #[must_use]
    pub fn access_token(self, token: impl AsRef<str>) -> Self {
        self.credential(Credential::bearer(token.as_ref().into()))
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if there is no credential, or if a
    /// setting is invalid; the message names it.
    pub fn build(self) -> Result<Client, Error> {
        let missing = "there is no access token; set `access_token` or `token_source`";
        let (base_url, http, transport) = self.connect(BASE_URL, missing, None)?;
        Ok(Client::new_with_client(&base_url, http, transport))
    }
}
