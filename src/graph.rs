//! Meta's Graph API: WhatsApp Business Accounts, and everything that belongs to one.
//!
//! Generated from a hand-written OpenAPI document. It follows [Meta's reference][page], except where
//! Meta's servers respond differently. A [`Client`] has one method for each operation. Each method
//! returns a builder, whose `.send()` makes the call. Builders of lists also have `.items()` and
//! `.pages()`, which read all pages.
//!
//! ```no_run
//! use waba::graph::{Client, types::Field};
//!
//! # async fn run() -> Result<(), waba::Error> {
//! let graph = Client::builder().access_token("…").build()?;
//! let account = graph
//!     .get_whatsapp_business_account()
//!     .waba_id("102290129340398")
//!     .fields([Field::Name, Field::BusinessVerificationStatus])
//!     .send()
//!     .await?;
//! println!("{:?} is {:?}", account.name, account.business_verification_status);
//!
//! graph
//!     .update_whatsapp_business_account()
//!     .waba_id(&account.id)
//!     .body_map(|settings| settings.name("Lucky Shrub"))
//!     .send()
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! [page]: https://developers.facebook.com/documentation/business-messaging/whatsapp/reference

use http::HeaderMap;
use zeroize::Zeroizing;

use crate::{
    Error,
    auth::{credential::Credential, secret::Secret, token_cache::CredentialSource},
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
    include!(concat!(env!("OUT_DIR"), "/graph.rs"));
    #[cfg(not(feature = "generate"))]
    include!("generated/graph.rs");
}

pub use crate::types::usage::{BusinessUsage, Usage, UsageMetrics, served_version};
pub use generated::{Client, builder, types};

/// Typed mocks of this API for [`MockServer`](crate::mock::MockServer), for tests of your own code.
///
/// Each operation has a method with the same name. Its closure sets which requests match, and the
/// responses. For responses that the API does not document, use `response`; for other conditions, use
/// `into_inner()` of the first argument.
///
/// ```
/// use waba::{
///     graph::{Client, mock::MockServerExt, types::WhatsAppBusinessAccountUpdateResult},
///     mock::MockServer,
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), waba::Error> {
/// let server = MockServer::start().await;
/// let done = WhatsAppBusinessAccountUpdateResult { success: Some(true), ..Default::default() };
/// let mock = server.update_whatsapp_business_account(|when, then| {
///     when.waba_id("102290129340398");
///     then.ok(&done);
/// });
///
/// let meta = Client::builder().access_token("any").base_url(server.base_url()).build()?;
/// let call = meta.update_whatsapp_business_account().waba_id("102290129340398");
/// let result = call.body_map(|settings| settings.name("Lucky Shrub")).send().await?;
/// assert_eq!(result.success, Some(true));
/// mock.assert();
/// # Ok(())
/// # }
/// ```
#[cfg(feature = "mock")]
#[allow(clippy::all, clippy::unwrap_used, missing_docs, unused_imports)]
pub mod mock {
    #[cfg(feature = "generate")]
    include!(concat!(env!("OUT_DIR"), "/graph_mock.rs"));
    #[cfg(not(feature = "generate"))]
    include!("generated/graph_mock.rs");
}

/// The address of the API, the default of [`base_url`](ClientBuilder::base_url).
pub const BASE_URL: &str = "https://graph.facebook.com";

/// The version of the API, the default of [`api_version`](ClientBuilder::api_version).
pub const API_VERSION: &str = "v23.0";

/// A builder of a [`Client`]; see also the [settings of both builders](crate::ClientBuilder).
pub type ClientBuilder = crate::ClientBuilder<Api>;

/// The settings of this API in [`ClientBuilder`].
#[derive(Clone, Debug)]
pub struct Api {
    version: String,
    app_secret: Option<Secret>,
}

impl Client {
    /// Returns a builder. The only required setting is a credential:
    /// [`access_token`](ClientBuilder::access_token),
    /// [`token_source`](crate::ClientBuilder::token_source) or [`app`](ClientBuilder::app).
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new(Api {
            version: API_VERSION.to_owned(),
            app_secret: None,
        })
    }

    /// Returns the version of the API that served a response if it differs from the version that this
    /// client requests; see [`served_version`].
    ///
    /// ```no_run
    /// # async fn run(meta: waba::graph::Client) -> Result<(), waba::Error> {
    /// let account = meta.get_whatsapp_business_account().waba_id("102290129340398").send().await?;
    /// if let Some(version) = meta.version_mismatch(account.headers()) {
    ///     eprintln!("Meta has retired our version and serves {version}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn version_mismatch<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        served_version(headers).filter(|served| !self.baseurl.ends_with(&format!("/{served}")))
    }

    /// Returns a client that has another access token, such as another business's, and shares
    /// everything else, including the connections, the rate limit and the app secret. If an app secret
    /// is set, the token must belong to the same app. For a limit per customer, add
    /// [`with_rate_limit`](Self::with_rate_limit).
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), waba::Error> {
    /// let app = waba::graph::Client::builder().app("670843887433847", "…").build()?;
    /// let token = app.exchange_code().client_id("670843887433847").client_secret("…").code("…");
    /// let customer = app.with_access_token(&token.send().await?.access_token)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Fails with [`Configuration`](crate::ErrorKind::Configuration) if the token is empty or contains
    /// a character that is not visible ASCII.
    pub fn with_access_token(&self, token: impl AsRef<str>) -> Result<Self, Error> {
        let mut client = self.clone();
        let credential = Credential::bearer(token.as_ref().into())?;
        let credential = credential.with_proof(self.inner.app_secret.as_ref());
        client.inner.credentials = CredentialSource::Fixed(credential);
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
    /// | `GRAPH_ACCESS_TOKEN` | the access token |
    /// | `GRAPH_APP_ID` | the id of an [app](Self::app), used with its secret if there is no access token |
    /// | `GRAPH_APP_SECRET` | the [secret of the app](Self::app_secret), optional with an access token |
    /// | `GRAPH_API_VERSION` | the version of the API; default: [`API_VERSION`] |
    /// | `GRAPH_BASE_URL` | the base URL; default: [`BASE_URL`] |
    ///
    /// ```no_run
    /// # fn run() -> Result<(), waba::Error> {
    /// let meta = waba::graph::ClientBuilder::from_env()?
    ///     .observer(|attempt| println!("{} {:?}", attempt.operation, attempt.elapsed))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Fails with [`Configuration`](crate::ErrorKind::Configuration), and names the variable that is
    /// missing or invalid.
    pub fn from_env() -> Result<Self, Error> {
        let [token, app, secret] = ["GRAPH_ACCESS_TOKEN", "GRAPH_APP_ID", "GRAPH_APP_SECRET"];
        let builder = Client::builder();
        let app_secret = variable(secret)?;
        if let Some(value) = &app_secret {
            // As a credential, which has the same characters.
            let checked = Credential::bearer(value.as_str().into());
            checked.map_err(|error| error.with_setting(secret))?;
        }
        let mut builder = match (variable(token)?, variable(app)?, app_secret) {
            (Some(value), _, app_secret) => {
                let builder = builder.access_token(value).check_credential_from(token)?;
                app_secret.into_iter().fold(builder, Self::app_secret)
            }
            (None, Some(id), Some(value)) => builder.app(id, value).check_credential_from(app)?,
            (None, Some(_), None) => {
                return Err(Error::configuration(format!(
                    "{app} is set, but {secret} is not"
                )));
            }
            (None, None, _) => {
                return Err(Error::configuration(format!(
                    "neither {token} nor {app} is set"
                )));
            }
        };
        let name = "GRAPH_API_VERSION";
        if let Some(version) = variable(name)? {
            check_version(&version).map_err(|error| error.with_setting(name))?;
            builder = builder.api_version(version);
        }
        let name = "GRAPH_BASE_URL";
        if let Some(url) = variable(name)? {
            check_base_url(&url).map_err(|error| error.with_setting(name))?;
        }
        builder.base_url_from(name)
    }

    /// Authenticates with an access token that has the permission `whatsapp_business_management`, such
    /// as a system user's (`Authorization: Bearer …`). Replaces any earlier credential.
    #[must_use]
    pub fn access_token(self, token: impl AsRef<str>) -> Self {
        self.credential(Credential::bearer(token.as_ref().into()))
    }

    /// Authenticates as an app, with its id and its secret (`Authorization: Bearer {id}|{secret}`).
    /// Replaces any earlier credential, and sets [`app_secret`](Self::app_secret).
    ///
    /// An app can exchange the codes of signups, and describe the tokens of its users
    /// ([`debug_token`](Client::debug_token)). For calls about a customer, make a client from the
    /// customer's token with [`with_access_token`](Client::with_access_token).
    #[must_use]
    pub fn app(mut self, id: impl AsRef<str>, secret: impl AsRef<str>) -> Self {
        let (id, secret) = (id.as_ref(), Secret::from(secret.as_ref()));
        let token = Zeroizing::new(format!("{id}|{}", secret.expose()));
        let credential = match id.is_empty() {
            true => Err(Error::configuration("the id of the app is empty")),
            false => Credential::bearer(token.as_str().into()),
        };
        self.api.app_secret = Some(secret);
        self.credential(credential)
    }

    /// Sets the secret of the app that the token belongs to. Each request then proves that the sender
    /// knows the secret, with the query parameter `appsecret_proof`. The proof does not contain the secret.
    /// Default: no proof.
    ///
    /// The settings of the app can
    /// [make the proof mandatory](https://developers.facebook.com/docs/graph-api/guides/secure-requests).
    /// Meta rejects a wrong proof with code 104.
    #[must_use]
    pub fn app_secret(mut self, secret: impl AsRef<str>) -> Self {
        self.api.app_secret = Some(secret.as_ref().into());
        self
    }

    /// Sets the version of the API, such as `v23.0`. Default: [`API_VERSION`].
    ///
    /// Meta serves requests for a retired version with the oldest version that it still has.
    #[must_use]
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.api.version = version.into();
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// Fails with [`Configuration`](crate::ErrorKind::Configuration) if there is no access token or if
    /// a setting is invalid, and names the setting.
    pub fn build(self) -> Result<Client, Error> {
        let version = &self.api.version;
        check_version(version)?;
        let missing = "there is no access token; set `access_token`, `token_source` or `app`";
        let (base_url, http, transport) =
            self.connect(BASE_URL, missing, self.api.app_secret.as_ref())?;
        check_base_url(&base_url)?;
        Ok(Client::new_with_client(
            &format!("{base_url}/{version}"),
            http,
            transport,
        ))
    }
}

fn check_base_url(url: &str) -> Result<(), Error> {
    if url
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .is_some_and(is_version)
    {
        return Err(Error::configuration(
            "invalid base URL: it ends in a version of the API; set the version with `api_version`",
        ));
    }
    Ok(())
}

fn check_version(text: &str) -> Result<(), Error> {
    if is_version(text) {
        return Ok(());
    }
    Err(Error::configuration(format!(
        "invalid API version `{text}`: expected a form like `{API_VERSION}`"
    )))
}

fn is_version(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('v')
        .and_then(|numbers| numbers.split_once('.'))
        .is_some_and(|(major, minor)| digits(major) && digits(minor))
}
