//! Meta's Graph API: the WhatsApp Business Account node.
//!
//! Made from a document of our own that follows [Meta's reference page][page], and its servers
//! where the two disagree. A [`Client`] has one method an operation; each returns a builder that
//! is completed by `.send()`.
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
//! [page]: https://developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-account/whatsapp-business-account-api/v23.0

use http::HeaderMap;
use reqwest::Request;

use crate::{
    Error,
    auth::{
        credential::Secret,
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
    include!(concat!(env!("OUT_DIR"), "/graph.rs"));
    #[cfg(not(feature = "generate"))]
    include!("generated/graph.rs");
}

pub use crate::types::usage::{BusinessUsage, Usage, Used, served_version};
pub use generated::{Client, builder, types};

/// Typed mocks of this API for [`MockServer`](crate::httpmock::MockServer), to test what calls it.
///
/// An operation is mocked by the method of its name, whose closure says when the mock answers and
/// what. To deviate from what the API documents, `into_inner()` gives what is without types.
///
/// ```
/// use waba::{
///     graph::{Client, mock::MockServerExt, types::WhatsAppBusinessAccountUpdateResult},
///     httpmock::MockServer,
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), waba::Error> {
/// let server = MockServer::start_async().await;
/// let done = WhatsAppBusinessAccountUpdateResult { success: Some(true), ..Default::default() };
/// let mock = server.update_whatsapp_business_account(|when, then| {
///     when.waba_id("102290129340398");
///     then.ok(&done);
/// });
///
/// let meta = Client::builder().access_token("any").base_url(server.base_url()).build()?;
/// let call = meta.update_whatsapp_business_account().waba_id("102290129340398");
/// let answer = call.body_map(|settings| settings.name("Lucky Shrub")).send().await?;
/// assert_eq!(answer.success, Some(true));
/// mock.assert_async().await;
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

/// Where the API is, unless [`base_url`](ClientBuilder::base_url) says otherwise.
pub const BASE_URL: &str = "https://graph.facebook.com";

/// The version of the API that calls ask for, unless
/// [`api_version`](ClientBuilder::api_version) says otherwise.
pub const API_VERSION: &str = "v23.0";

/// Builds a [`Client`]; see also what [both builders share](crate::ClientBuilder).
pub type ClientBuilder = crate::ClientBuilder<Api>;

/// Stands for this API in [`ClientBuilder`].
#[derive(Clone, Debug)]
pub struct Api {
    version: String,
    app_secret: Option<Secret>,
}

impl Client {
    /// Begins a client; [`access_token`](ClientBuilder::access_token) is all it needs.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new(Api {
            version: API_VERSION.to_owned(),
            app_secret: None,
        })
    }

    /// The version of the API that served an answer, if it is not the one that this client asks
    /// for; see [`served_version`].
    ///
    /// ```no_run
    /// # async fn run(meta: waba::graph::Client) -> Result<(), waba::Error> {
    /// let account = meta.get_whatsapp_business_account().waba_id("102290129340398").send().await?;
    /// if let Some(version) = meta.other_version(account.headers()) {
    ///     eprintln!("Meta has retired our version and answers as {version}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn other_version<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        served_version(headers).filter(|served| !self.baseurl.ends_with(&format!("/{served}")))
    }

    /// The same client with another access token, such as another business's. It shares its
    /// connections, its rate limit and its app secret with this one.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if the token cannot be one.
    pub fn with_access_token(&self, token: impl AsRef<str>) -> Result<Self, Error> {
        let mut client = self.clone();
        let credential = bearer(token.as_ref().into())?;
        let credential = credential.proven_by(self.inner.app_secret.as_ref());
        client.inner.source = Source::Fixed(credential);
        Ok(client)
    }

    /// A client as the environment describes it.
    ///
    /// | variable | |
    /// |---|---|
    /// | `GRAPH_ACCESS_TOKEN` | the access token |
    /// | `GRAPH_APP_SECRET` | the app's secret, if calls have to prove it |
    /// | `GRAPH_API_VERSION` | another version of the API, if it is set |
    /// | `GRAPH_BASE_URL` | another address, if it is set |
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration), naming the variable that is missing or
    /// wrong.
    pub fn from_env() -> Result<Self, Error> {
        let (token, version) = ("GRAPH_ACCESS_TOKEN", "GRAPH_API_VERSION");
        let Some(secret) = variable(token)? else {
            return Err(Error::configuration(format!("{token} is not set")));
        };
        let mut builder = Self::builder()
            .access_token(secret)
            .with_credential_from(token)?;
        if let Some(given) = variable(version)? {
            check_version(&given).map_err(|error| error.about(version))?;
            builder = builder.api_version(given);
        }
        if let Some(secret) = variable("GRAPH_APP_SECRET")? {
            builder = builder.app_secret(secret);
        }
        builder.base_url_from("GRAPH_BASE_URL")?.build()
    }
}

crate::client::client_methods!(Client);

impl ClientBuilder {
    /// Authenticates by an access token with the permission `whatsapp_business_management`, such
    /// as a system user's (`Authorization: Bearer …`).
    #[must_use]
    pub fn access_token(self, token: impl AsRef<str>) -> Self {
        self.credential(bearer(token.as_ref().into()))
    }

    /// The secret of the app that the token belongs to. With it each call proves that its sender
    /// knows the secret (`appsecret_proof`), which apps can be set to
    /// [require](https://developers.facebook.com/docs/graph-api/guides/secure-requests); the secret
    /// itself is not sent. A wrong one is refused with code 104. Default: no proof.
    #[must_use]
    pub fn app_secret(mut self, secret: impl AsRef<str>) -> Self {
        self.api.app_secret = Some(secret.as_ref().into());
        self
    }

    /// The version of the API to call, such as `v23.0`. Default: [`API_VERSION`].
    ///
    /// Meta answers for a version that it has retired with the oldest one it still has.
    #[must_use]
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.api.version = version.into();
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if there is no access token, or if a
    /// setting cannot be used; the message names it.
    pub fn build(self) -> Result<Client, Error> {
        let version = &self.api.version;
        check_version(version)?;
        let missing = "there is no access token; set `access_token` or `token_source`";
        let (base_url, http, transport) =
            self.connect(BASE_URL, missing, self.api.app_secret.as_ref())?;
        if base_url.rsplit('/').next().is_some_and(is_version) {
            return Err(Error::configuration(
                "the base URL ends in a version of the API; give that to `api_version`",
            ));
        }
        Ok(Client::new_with_client(
            &format!("{base_url}/{version}"),
            http,
            transport,
        ))
    }
}

fn check_version(text: &str) -> Result<(), Error> {
    if is_version(text) {
        return Ok(());
    }
    let message = format!("the API version `{text}` is none; give one such as `{API_VERSION}`");
    Err(Error::configuration(message))
}

fn is_version(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('v')
        .and_then(|numbers| numbers.split_once('.'))
        .is_some_and(|(major, minor)| digits(major) && digits(minor))
}

impl Client {
    /// Makes a generated call.
    async fn call(&self, request: Request, operation: &'static str) -> Result<Answer, Error> {
        self.inner.call(&self.client, request, operation).await
    }
}
