//! 360dialog's Partner API.
//!
//! Generated from the OpenAPI documents in [360dialog's reference pages][pages]. A [`Client`] has one
//! method for each operation. Each method returns a builder, whose `.send()` makes the call.
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

use crate::{
    Error,
    auth::{credential::Credential, token_cache::CredentialSource},
    builder::variable,
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

/// Typed mocks of this API for [`MockServer`](crate::mock::MockServer), for tests of your own code.
///
/// Each operation has a method with the same name. Its closure sets which requests match, and the
/// responses. For responses that the API does not document, use `response`; for other conditions, use
/// `into_inner()` of the first argument.
///
/// ```
/// use waba::{
///     dialog360::{Client, mock::MockServerExt, types::WabaAccount},
///     mock::MockServer,
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), waba::Error> {
/// let server = MockServer::start().await;
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
/// mock.assert();
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

/// The address of the API, the default of [`base_url`](ClientBuilder::base_url).
pub const BASE_URL: &str = "https://hub.360dialog.io";

/// The rate limits that 360dialog publishes, for [`with_rate_limit`](Client::with_rate_limit). Each
/// limit applies to some endpoints only.
///
/// ```no_run
/// # fn run(hub: waba::dialog360::Client) {
/// let templates = hub.with_rate_limit(waba::dialog360::limits::TEMPLATES);
/// # }
/// ```
pub mod limits {
    use std::time::Duration;

    use crate::RateLimit;

    /// Templates: 400 requests per minute.
    pub const TEMPLATES: RateLimit = RateLimit::new(400, Duration::from_secs(60));

    /// The balance of a customer: 5 requests per 30 seconds for each customer, which 360dialog calls a
    /// client. Use one rate-limited [`Client`](super::Client) for each customer.
    pub const CLIENT_BALANCE: RateLimit = RateLimit::new(5, Duration::from_secs(30));

    /// Creating API keys: 1 request per 30 seconds for each channel, which is 360dialog's name for a
    /// connected phone number.
    pub const API_KEYS: RateLimit = RateLimit::new(1, Duration::from_secs(30));
}

/// A builder of a [`Client`]; see also the [settings of both builders](crate::ClientBuilder).
pub type ClientBuilder = crate::ClientBuilder<Api>;

/// The marker of this API in [`ClientBuilder`].
#[derive(Clone, Debug, Default)]
pub struct Api(());

impl Client {
    /// Returns a builder. The only required setting is a credential, such as
    /// [`api_key`](ClientBuilder::api_key).
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new(Api::default())
    }

    /// Returns a client that has another API key, such as another partner's, and shares everything
    /// else, including the connections and the rate limit. For a limit per customer, add
    /// [`with_rate_limit`](Self::with_rate_limit).
    ///
    /// # Errors
    ///
    /// Fails with [`Configuration`](crate::ErrorKind::Configuration) if the key is empty or contains
    /// a character that is not visible ASCII.
    pub fn with_api_key(&self, key: impl AsRef<str>) -> Result<Self, Error> {
        let mut client = self.clone();
        client.inner.credentials = CredentialSource::Fixed(api_key(key.as_ref())?);
        Ok(client)
    }

    /// Creates a client from environment variables, with the default settings; see
    /// [`ClientBuilder::from_env`].
    ///
    /// # Errors
    ///
    /// Fails with [`Configuration`](crate::ErrorKind::Configuration), and names the variable that is
    /// missing or invalid.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }
}

crate::client::client_methods!(Client);

impl ClientBuilder {
    /// Returns a builder with the settings in environment variables. Any of them can be set again.
    ///
    /// | variable | |
    /// |---|---|
    /// | `DIALOG360_API_KEY` | the API key |
    /// | `DIALOG360_BEARER_TOKEN` | a bearer token, used if there is no API key |
    /// | `DIALOG360_BASE_URL` | the base URL; default: [`BASE_URL`] |
    ///
    /// # Errors
    ///
    /// Fails with [`Configuration`](crate::ErrorKind::Configuration), and names the variable that is
    /// missing or invalid.
    pub fn from_env() -> Result<Self, Error> {
        let (key, token) = ("DIALOG360_API_KEY", "DIALOG360_BEARER_TOKEN");
        let builder = Client::builder();
        let builder = match (variable(key)?, variable(token)?) {
            (Some(secret), _) => builder.api_key(secret).check_credential_from(key)?,
            (None, Some(secret)) => builder.bearer_token(secret).check_credential_from(token)?,
            (None, None) => {
                return Err(Error::configuration(format!(
                    "neither {key} nor {token} is set"
                )));
            }
        };
        builder.base_url_from("DIALOG360_BASE_URL")
    }

    /// Authenticates with a partner's API key (`X-API-Key`), as 360dialog recommends. Replaces any
    /// earlier credential.
    #[must_use]
    pub fn api_key(self, key: impl AsRef<str>) -> Self {
        self.credential(api_key(key.as_ref()))
    }

    /// Authenticates with a token from `POST /api/v2/token` (`Authorization: Bearer …`).
    /// [`login`](Self::login) fetches such tokens itself. Replaces any earlier credential.
    #[must_use]
    pub fn bearer_token(self, token: impl AsRef<str>) -> Self {
        self.credential(Credential::bearer(token.as_ref().into()))
    }

    /// Authenticates as a user of 360dialog's hub. The client logs in (`POST /api/v2/token`) before its
    /// first call, and again before its token expires. Replaces any earlier credential.
    ///
    /// The request body of the login contains the password. If the login fails, the call fails with an
    /// error whose [`operation`](crate::Error::operation) is `login`.
    #[must_use]
    pub fn login(self, username: impl Into<String>, password: impl AsRef<str>) -> Self {
        self.with_login("/api/v2/token", username.into(), password.as_ref().into())
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// Fails with [`Configuration`](crate::ErrorKind::Configuration) if there is no credential or if a
    /// setting is invalid, and names the setting.
    pub fn build(self) -> Result<Client, Error> {
        let missing =
            "there is no credential; set `api_key`, `bearer_token`, `login` or `token_source`";
        let (base_url, http, transport) = self.connect(BASE_URL, missing, None)?;
        Ok(Client::new_with_client(&base_url, http, transport))
    }
}

fn api_key(key: &str) -> Result<Credential, Error> {
    Credential::in_header(HeaderName::from_static("x-api-key"), "", key.into())
}
