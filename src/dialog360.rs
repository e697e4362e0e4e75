//! 360dialog's Partner API.
//!
//! Made from [360dialog's reference pages][pages]. A [`Client`] has one method an operation; each
//! returns a builder that is completed by `.send()`.
//!
//! ```no_run
//! # async fn run() -> Result<(), waba::Error> {
//! let hub = waba::dialog360::Client::builder().api_key("…").build()?;
//! let account =
//!     hub.get_waba_account().partner_id("examplePA").waba_account_id("exampleWA").send().await?;
//! println!("{:?} is {:?}", account.name, account.status);
//! # Ok(())
//! # }
//! ```
//!
//! [pages]: https://docs.360dialog.com/partner/partner-api/api-reference

use http::HeaderName;
use reqwest::Request;

use crate::{
    Error,
    auth::{
        credential::Credential,
        token::{Source, bearer},
    },
    builder::variable,
    http::transport::Answer,
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
    include!(concat!(env!("OUT_DIR"), "/dialog360.rs"));
    #[cfg(not(feature = "generate"))]
    include!("generated/dialog360.rs");
}

pub use generated::{Client, builder, types};

/// Typed mocks of this API for [`MockServer`](crate::httpmock::MockServer), to test what calls it.
///
/// An operation is mocked by the method of its name, whose closure says when the mock answers and
/// what. To deviate from what the API documents, `into_inner()` gives what is without types.
///
/// ```
/// use waba::{
///     dialog360::{Client, mock::MockServerExt, types::WabaAccount},
///     httpmock::MockServer,
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), waba::Error> {
/// let server = MockServer::start_async().await;
/// let lucky = WabaAccount { name: Some("Lucky Shrub".into()), ..Default::default() };
/// let mock = server.get_waba_account(|when, then| {
///     when.partner_id("examplePA").waba_account_id("exampleWA");
///     then.ok(&lucky);
/// });
///
/// let hub = Client::builder().api_key("any").base_url(server.base_url()).build()?;
/// let account =
///     hub.get_waba_account().partner_id("examplePA").waba_account_id("exampleWA").send().await?;
/// assert_eq!(account.name, lucky.name);
/// mock.assert_async().await;
/// # Ok(())
/// # }
/// ```
#[cfg(feature = "mock")]
#[allow(clippy::all, clippy::unwrap_used, missing_docs, unused_imports)]
pub mod mock {
    #[cfg(feature = "generate")]
    include!(concat!(env!("OUT_DIR"), "/dialog360_mock.rs"));
    #[cfg(not(feature = "generate"))]
    include!("generated/dialog360_mock.rs");
}

/// Where the API is, unless [`base_url`](ClientBuilder::base_url) says otherwise.
pub const BASE_URL: &str = "https://hub.360dialog.io";

/// The rate limits that 360dialog publishes, for
/// [`with_rate_limit`](Client::with_rate_limit): each is for some of the endpoints alone.
///
/// ```no_run
/// # fn run(hub: waba::dialog360::Client) {
/// let templates = hub.with_rate_limit(waba::dialog360::limits::TEMPLATES);
/// # }
/// ```
pub mod limits {
    use std::time::Duration;

    use crate::RateLimit;

    /// Templates: 400 requests a minute.
    pub const TEMPLATES: RateLimit = RateLimit::new(400, Duration::from_secs(60));

    /// A client's balance: 5 requests in 30 seconds for each client.
    pub const CLIENT_BALANCE: RateLimit = RateLimit::new(5, Duration::from_secs(30));

    /// Making API keys: one request in 30 seconds for each channel.
    pub const API_KEYS: RateLimit = RateLimit::new(1, Duration::from_secs(30));
}

/// Builds a [`Client`]; see also what [both builders share](crate::ClientBuilder).
pub type ClientBuilder = crate::ClientBuilder<Api>;

/// Stands for this API in [`ClientBuilder`].
#[derive(Clone, Debug, Default)]
pub struct Api(());

impl Client {
    /// Begins a client; [`api_key`](ClientBuilder::api_key) or
    /// [`bearer_token`](ClientBuilder::bearer_token) is all it needs.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new(Api::default())
    }

    /// The same client with another API key, such as another partner's. It shares its connections
    /// with this one.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if the key cannot be one.
    pub fn with_api_key(&self, key: impl AsRef<str>) -> Result<Self, Error> {
        let mut client = self.clone();
        client.inner.source = Source::Fixed(api_key(key.as_ref())?);
        Ok(client)
    }

    /// A client as the environment describes it.
    ///
    /// | variable | |
    /// |---|---|
    /// | `DIALOG360_API_KEY` | the API key |
    /// | `DIALOG360_BEARER_TOKEN` | a bearer token, read if there is no API key |
    /// | `DIALOG360_BASE_URL` | another address, if it is set |
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration), naming the variable that is missing or
    /// wrong.
    pub fn from_env() -> Result<Self, Error> {
        let (key, token) = ("DIALOG360_API_KEY", "DIALOG360_BEARER_TOKEN");
        let builder = match (variable(key)?, variable(token)?) {
            (Some(secret), _) => Self::builder().api_key(secret).with_credential_from(key)?,
            (None, Some(secret)) => Self::builder()
                .bearer_token(secret)
                .with_credential_from(token)?,
            (None, None) => {
                return Err(Error::configuration(format!(
                    "neither {key} nor {token} is set"
                )));
            }
        };
        builder.base_url_from("DIALOG360_BASE_URL")?.build()
    }
}

crate::client::client_methods!(Client);

impl ClientBuilder {
    /// Authenticates by a partner's API key (`X-API-Key`), which 360dialog recommends. The latest
    /// of the credentials given counts.
    #[must_use]
    pub fn api_key(self, key: impl AsRef<str>) -> Self {
        self.credential(api_key(key.as_ref()))
    }

    /// Authenticates by a token from `POST /api/v2/token` (`Authorization: Bearer …`). The latest
    /// of the credentials given counts. [`user`](Self::user) gets such tokens by itself.
    #[must_use]
    pub fn bearer_token(self, token: impl AsRef<str>) -> Self {
        self.credential(bearer(token.as_ref().into()))
    }

    /// Authenticates as a user of 360dialog's hub: the client logs in (`POST /api/v2/token`) when
    /// it first calls, and again before its token expires, once for all calls that wait for it.
    ///
    /// A login that fails is the error of the call, of the operation `login`.
    #[must_use]
    pub fn user(self, name: impl Into<String>, password: impl AsRef<str>) -> Self {
        self.login("/api/v2/token", name.into(), password.as_ref().into())
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if there is no credential, or if a
    /// setting cannot be used; the message names it.
    pub fn build(self) -> Result<Client, Error> {
        let missing =
            "there is no credential; set `api_key`, `bearer_token`, `user` or `token_source`";
        let (base_url, http, transport) = self.connect(BASE_URL, missing, None)?;
        Ok(Client::new_with_client(&base_url, http, transport))
    }
}

fn api_key(key: &str) -> Result<Credential, Error> {
    Credential::in_header(HeaderName::from_static("x-api-key"), "", key.into())
}

impl Client {
    /// Makes a generated call.
    async fn call(&self, request: Request, operation: &'static str) -> Result<Answer, Error> {
        self.inner.call(&self.client, request, operation).await
    }
}
