//! What the builders of both clients share.

use std::{
    env::{self, VarError},
    fmt,
    net::IpAddr,
    sync::Arc,
    time::Duration,
};

use http::HeaderValue;
use reqwest::Url;

#[cfg(feature = "dialog360")]
use crate::auth::login::Login;
use crate::{
    auth::{
        credential::{Credential, Secret},
        token::{Fetch, Source, TokenSource, Tokens},
    },
    error::Error,
    http::{
        observer::{Attempt, Observer},
        rate_limit::RateLimit,
        retry_policy::RetryPolicy,
        transport::Transport,
    },
};

const TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_ANSWER: usize = 8 * 1024 * 1024;
const USER_AGENT: &str = concat!("waba/", env!("CARGO_PKG_VERSION"));

/// Builds a client: [`dialog360::ClientBuilder`](crate::dialog360::ClientBuilder) or
/// [`graph::ClientBuilder`](crate::graph::ClientBuilder).
///
/// What only one of the APIs has stands with that API's builder; the rest is here.
#[derive(Clone)]
pub struct ClientBuilder<Api> {
    pub(crate) api: Api,
    given: Option<Given>,
    base_url: Option<String>,
    timeout: Duration,
    connect_timeout: Duration,
    retry: RetryPolicy,
    rate_limit: Option<RateLimit>,
    observer: Option<Observer>,
    max_answer: usize,
    user_agent: Option<String>,
    http_settings: Option<Arc<HttpSettings>>,
}

type HttpSettings = dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync;

/// What the caller authenticates by.
#[derive(Clone)]
enum Given {
    Credential(Result<Credential, Error>),
    Source(Arc<dyn Fetch>),
    /// The path, the user and the password.
    #[cfg(feature = "dialog360")]
    Login(&'static str, String, Secret),
}

impl<Api> ClientBuilder<Api> {
    pub(crate) fn new(api: Api) -> Self {
        Self {
            api,
            given: None,
            base_url: None,
            timeout: TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
            retry: RetryPolicy::default(),
            rate_limit: None,
            observer: None,
            max_answer: MAX_ANSWER,
            user_agent: None,
            http_settings: None,
        }
    }

    /// Sends all calls to another place, such as a proxy or a test server.
    ///
    /// A slash at the end makes no difference. The scheme has to be `https`, or `http` for a host
    /// on this machine (`localhost`, `127.0.0.0/8`, `[::1]`): the credential travels with every
    /// call. Default: the API's own address.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// How long one attempt may take, from the connection to the last byte of its answer. Default:
    /// 30 seconds. All attempts of a call together have the
    /// [deadline of the policy](RetryPolicy::deadline), a minute by default, which cuts a longer one
    /// short.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long connecting may take, within [`timeout`](Self::timeout). Default: 10 seconds. Browsers
    /// do not ask.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// When calls are sent again. Default: [`RetryPolicy::default()`], three attempts.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How many requests the client sends at most, all calls and attempts together. Default: as
    /// many as it is asked for.
    #[must_use]
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = Some(limit);
        self
    }

    /// Calls `observer` with every attempt of every call as it ends, for metrics and logs without
    /// the feature `tracing`. It should return soon: the call waits for it.
    ///
    /// ```
    /// # fn main() -> Result<(), waba::Error> {
    /// let meta = waba::graph::Client::builder()
    ///     .access_token("x")
    ///     .observer(|attempt| println!("{} {:?}", attempt.operation, attempt.elapsed))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn observer(mut self, observer: impl Fn(&Attempt<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Some(Observer::new(observer));
        self
    }

    /// The largest answer that is read, in bytes; a call with a larger one fails. Default: 8 MiB.
    #[must_use]
    pub fn max_answer(mut self, bytes: usize) -> Self {
        self.max_answer = bytes;
        self
    }

    /// The `User-Agent` of all calls. Default: `waba/` and the version of this crate. Browsers send
    /// their own.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Changes the settings of the HTTP client, such as its proxy or its trusted certificates.
    ///
    /// Some are the builder's own whatever is set: redirects are not followed, since HTTP clients
    /// take `Authorization` off a request that is sent on to another host, but no other
    /// credential; browsers follow them all the same. `connection_verbose` shows credentials in the
    /// log at level trace, as it shows all that is sent. Clients for several credentials that share connections are made by
    /// [`with_access_token`](crate::graph::Client::with_access_token) and
    /// [`with_api_key`](crate::dialog360::Client::with_api_key).
    ///
    /// ```no_run
    /// # fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let proxy = waba::reqwest::Proxy::https("https://proxy.example.com")?;
    /// let meta = waba::graph::Client::builder()
    ///     .access_token("…")
    ///     .http_client(move |http| http.proxy(proxy.clone()))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn http_client(
        mut self,
        settings: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.http_settings = Some(Arc::new(settings));
        self
    }

    pub(crate) fn credential(mut self, credential: Result<Credential, Error>) -> Self {
        self.given = Some(Given::Credential(credential));
        self
    }

    #[cfg(feature = "dialog360")]
    pub(crate) fn login(mut self, path: &'static str, username: String, password: Secret) -> Self {
        self.given = Some(Given::Login(path, username, password));
        self
    }

    /// Authenticates by tokens that expire and are fetched anew (`Authorization: Bearer …`). The
    /// latest of the credentials given counts.
    #[must_use]
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        self.given = Some(Given::Source(Arc::new(source)));
        self
    }

    /// Takes the base URL from the environment, if the variable is set.
    pub(crate) fn base_url_from(self, name: &str) -> Result<Self, Error> {
        let Some(url) = variable(name)? else {
            return Ok(self);
        };
        checked_base_url(&url).map_err(|error| error.about(name))?;
        Ok(self.base_url(url))
    }

    /// The credential's error, if it has one, as that of the variable it was taken from.
    pub(crate) fn with_credential_from(self, name: &str) -> Result<Self, Error> {
        match &self.given {
            Some(Given::Credential(Err(error))) => Err(error.about(name)),
            _ => Ok(self),
        }
    }

    /// Checks all settings. Gives the base URL without a slash at its end, the HTTP client and
    /// what goes with each request.
    pub(crate) fn connect(
        &self,
        default_url: &str,
        missing_credential: &str,
        app_secret: Option<&Secret>,
    ) -> Result<(String, reqwest::Client, Transport), Error> {
        let Some(given) = &self.given else {
            return Err(Error::configuration(missing_credential));
        };
        if app_secret.is_some_and(|secret| secret.expose().is_empty()) {
            return Err(Error::configuration("the app secret is empty"));
        }
        let tokens = |source| Source::Fetched(Tokens::new(source, app_secret.cloned()));
        let base_url = checked_base_url(self.base_url.as_deref().unwrap_or(default_url))?;
        let http = self.http(base_url.starts_with("https:"))?;
        let user_agent = self.user_agent.as_deref().unwrap_or(USER_AGENT);
        let user_agent = HeaderValue::from_str(user_agent).map_err(|_| {
            Error::configuration("the user agent holds a character that no HTTP header can carry")
        })?;
        let transport = |source| Transport {
            source,
            app_secret: app_secret.cloned(),
            user_agent,
            timeout: self.timeout,
            max_answer: self.max_answer,
            retry: self.retry,
            turns: self.rate_limit.map(Into::into),
            observer: self.observer.clone(),
        };
        let transport = match given {
            Given::Credential(credential) => {
                transport(Source::Fixed(credential.clone()?.proven_by(app_secret)))
            }
            Given::Source(source) => transport(tokens(source.clone())),
            #[cfg(feature = "dialog360")]
            Given::Login(_, _, password) if password.expose().is_empty() => {
                return Err(Error::configuration("the password is empty"));
            }
            #[cfg(feature = "dialog360")]
            Given::Login(path, username, password) => {
                let transport = transport(Source::Fixed(Credential::in_body(password.clone())));
                let login = Login {
                    url: format!("{base_url}{path}"),
                    username: username.clone(),
                    password: password.clone(),
                    http: http.clone(),
                    transport: transport.clone(),
                };
                Transport {
                    source: tokens(Arc::new(login)),
                    ..transport
                }
            }
        };
        Ok((base_url, http, transport))
    }

    #[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
    fn http(&self, secure: bool) -> Result<reqwest::Client, Error> {
        check_crypto_provider()?;
        // The caller's settings may bring a TLS of their own.
        if secure && self.http_settings.is_none() {
            check_tls()?;
        }
        let builder = reqwest::Client::builder().connect_timeout(self.connect_timeout);
        // Calls to this machine are in the clear, and a proxy of the environment is not on it.
        let builder = if secure { builder } else { builder.no_proxy() };
        let builder = self.with_settings(builder);
        built(builder.redirect(reqwest::redirect::Policy::none()))
    }

    /// How to connect, and what to trust, is the browser's.
    #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
    fn http(&self, _secure: bool) -> Result<reqwest::Client, Error> {
        built(self.with_settings(reqwest::Client::builder()))
    }

    fn with_settings(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        match &self.http_settings {
            Some(settings) => settings(builder),
            None => builder,
        }
    }
}

fn built(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, Error> {
    builder
        .build()
        .map_err(|error| Error::configuration(format!("no HTTP client: {error}")))
}

/// What reqwest would fail every call for.
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
fn check_tls() -> Result<(), Error> {
    match cfg!(any(
        feature = "native-tls",
        feature = "rustls",
        feature = "rustls-no-provider"
    )) {
        true => Ok(()),
        false => Err(Error::configuration(
            "this build has no TLS; turn on a feature such as `rustls`, or give the `http_client` one",
        )),
    }
}

/// What reqwest would panic on, wherever the calls go.
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
fn check_crypto_provider() -> Result<(), Error> {
    #[cfg(all(
        feature = "rustls-no-provider",
        not(any(feature = "native-tls", feature = "rustls"))
    ))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return Err(Error::configuration(
            "rustls has no crypto provider; install one before, or turn on the feature `rustls`",
        ));
    }
    Ok(())
}

impl<Api: fmt::Debug> fmt::Debug for ClientBuilder<Api> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api", &self.api)
            .field("credential", &self.given.as_ref().map(|_| "set"))
            // What is no base URL may hold a password.
            .field("base_url", &self.base_url.as_ref().map(|_| "set"))
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("retry", &self.retry)
            .field("rate_limit", &self.rate_limit)
            .field("max_answer", &self.max_answer)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

/// `text` as a base URL, without a slash at its end. No error repeats it: what is no base URL may
/// hold a password.
fn checked_base_url(text: &str) -> Result<String, Error> {
    let wrong = |what: &str| Err(Error::configuration(format!("the base URL {what}")));
    let Ok(url) = Url::parse(text) else {
        return wrong("is no URL; give one such as `https://example.com`");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("holds a user name or password; give credentials to the builder instead");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("has a query or fragment; leave it out");
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        _ => return wrong("is not `https`, which every host but this one needs"),
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The environment variable `name`, unless it is unset or empty.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Error> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Error::configuration(format!("{name} is no text"))),
    }
}
