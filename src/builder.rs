//! The settings that the builders of both clients share.

use std::{
    env::{self, VarError},
    error::Error as _,
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
        credential::Credential,
        secret::Secret,
        token::{DynTokenSource, TokenSource},
        token_cache::{CredentialSource, TokenCache},
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
const MAX_RESPONSE_BYTES: usize = 8 * 1024 * 1024;
const USER_AGENT: &str = concat!("waba/", env!("CARGO_PKG_VERSION"));

/// A builder of a client: [`dialog360::ClientBuilder`](crate::dialog360::ClientBuilder) or
/// [`graph::ClientBuilder`](crate::graph::ClientBuilder).
///
/// The settings of one API are documented with its builder. The settings that both share are here.
#[derive(Clone)]
pub struct ClientBuilder<Api> {
    pub(crate) api: Api,
    authentication: Option<Authentication>,
    base_url: Option<String>,
    timeout: Duration,
    connect_timeout: Duration,
    retry_policy: RetryPolicy,
    rate_limit: Option<RateLimit>,
    observer: Option<Observer>,
    max_response_bytes: usize,
    user_agent: Option<String>,
    configure_http: Option<Arc<ConfigureHttp>>,
}

type ConfigureHttp = dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync;

#[derive(Clone)]
enum Authentication {
    Credential(Result<Credential, Error>),
    TokenSource(Arc<dyn DynTokenSource>),
    #[cfg(feature = "dialog360")]
    Login {
        path: &'static str,
        username: String,
        password: Secret,
    },
}

impl<Api> ClientBuilder<Api> {
    pub(crate) fn new(api: Api) -> Self {
        Self {
            api,
            authentication: None,
            base_url: None,
            timeout: TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
            retry_policy: RetryPolicy::default(),
            rate_limit: None,
            observer: None,
            max_response_bytes: MAX_RESPONSE_BYTES,
            user_agent: None,
            configure_http: None,
        }
    }

    /// Sets the base URL, for example of a gateway (reverse proxy) or a test server. Default: the
    /// address of the API.
    ///
    /// The scheme must be `https`, because every request contains the credential. `http` is allowed
    /// only for loopback addresses (`localhost`, `127.0.0.0/8`, `[::1]`). A trailing slash is ignored.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sets the timeout of one attempt, from connecting to the last byte of the response. Default:
    /// 30 s.
    ///
    /// [`RetryPolicy::total_timeout`], 60 s by default, limits all attempts of a call together. It also
    /// shortens the last attempt.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the timeout for connecting, which is part of [`timeout`](Self::timeout). Default: 10 s. It
    /// has no effect in browsers.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets when failed calls are retried. Default: [`RetryPolicy::default()`], 3 attempts.
    #[must_use]
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry_policy = policy;
        self
    }

    /// Limits the rate of requests, counting every attempt of every call. Default: no limit.
    #[must_use]
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = Some(limit);
        self
    }

    /// Calls `observer` after every attempt of every call, for metrics and logs. It works with and
    /// without the features `metrics` and `tracing`. The call waits for `observer` to return.
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

    /// Sets the maximum size of a response body in bytes. A call whose response body is larger fails.
    /// Default: 8 MiB.
    #[must_use]
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Sets the header `User-Agent`. Default: `waba/` and the version of this crate. Browsers send
    /// their own.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Configures the HTTP client, for example its proxy or its trusted certificates.
    ///
    /// A redirect policy that is set here has no effect: the client does not follow redirects, because
    /// reqwest would send `X-API-Key` to the new host too. In browsers, the browser follows redirects.
    ///
    /// Do not enable `connection_verbose` in production: reqwest then logs everything that it sends at
    /// level trace, including credentials.
    ///
    /// To share connections between credentials, use
    /// [`with_access_token`](crate::graph::Client::with_access_token) or
    /// [`with_api_key`](crate::dialog360::Client::with_api_key).
    ///
    /// ```no_run
    /// # fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let proxy = waba::reqwest::Proxy::https("https://proxy.example.com")?;
    /// let meta = waba::graph::Client::builder()
    ///     .access_token("…")
    ///     .configure_http(move |http| http.proxy(proxy.clone()))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn configure_http(
        mut self,
        configure: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.configure_http = Some(Arc::new(configure));
        self
    }

    pub(crate) fn credential(mut self, credential: Result<Credential, Error>) -> Self {
        self.authentication = Some(Authentication::Credential(credential));
        self
    }

    #[cfg(feature = "dialog360")]
    pub(crate) fn with_login(
        mut self,
        path: &'static str,
        username: String,
        password: Secret,
    ) -> Self {
        self.authentication = Some(Authentication::Login {
            path,
            username,
            password,
        });
        self
    }

    /// Authenticates with tokens that expire (`Authorization: Bearer …`). The client fetches them from
    /// `source`. Replaces any earlier credential.
    #[must_use]
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        self.authentication = Some(Authentication::TokenSource(Arc::new(source)));
        self
    }

    /// Sets the base URL from an environment variable, if it is set.
    pub(crate) fn base_url_from(self, name: &str) -> Result<Self, Error> {
        let Some(url) = variable(name)? else {
            return Ok(self);
        };
        parse_base_url(&url).map_err(|error| error.with_setting(name))?;
        Ok(self.base_url(url))
    }

    /// Fails if the credential, which comes from the environment variable `name`, is invalid.
    pub(crate) fn check_credential_from(self, name: &str) -> Result<Self, Error> {
        match &self.authentication {
            Some(Authentication::Credential(Err(error))) => Err(error.with_setting(name)),
            _ => Ok(self),
        }
    }

    /// Validates all settings. Returns the base URL without a trailing slash, the HTTP client and the
    /// transport.
    pub(crate) fn connect(
        &self,
        default_url: &str,
        missing_credential: &str,
        app_secret: Option<&Secret>,
    ) -> Result<(String, reqwest::Client, Transport), Error> {
        let Some(authentication) = &self.authentication else {
            return Err(Error::configuration(missing_credential));
        };
        if app_secret.is_some_and(|secret| secret.expose().is_empty()) {
            return Err(Error::configuration("the app secret is empty"));
        }
        let tokens = |name, source| {
            CredentialSource::Tokens(TokenCache::new(name, source, app_secret.cloned()))
        };
        let base_url = parse_base_url(self.base_url.as_deref().unwrap_or(default_url))?;
        let http = self.http_client(&base_url)?;
        let user_agent = self.user_agent.as_deref().unwrap_or(USER_AGENT);
        let user_agent = HeaderValue::from_str(user_agent).map_err(|_| {
            Error::configuration("invalid user agent: expected visible ASCII and spaces")
        })?;
        let transport = |credentials| Transport {
            credentials,
            app_secret: app_secret.cloned(),
            user_agent,
            timeout: self.timeout,
            max_response_bytes: self.max_response_bytes,
            retry_policy: self.retry_policy,
            rate_limiter: self.rate_limit.map(Into::into),
            observer: self.observer.clone(),
        };
        let transport = match authentication {
            Authentication::Credential(credential) => {
                let credential = credential.clone()?.with_proof(app_secret);
                transport(CredentialSource::Fixed(credential))
            }
            Authentication::TokenSource(source) => {
                transport(tokens("the token source", source.clone()))
            }
            #[cfg(feature = "dialog360")]
            Authentication::Login { password, .. } if password.expose().is_empty() => {
                return Err(Error::configuration("the password is empty"));
            }
            #[cfg(feature = "dialog360")]
            Authentication::Login {
                path,
                username,
                password,
            } => {
                let credential = Credential::in_body(password.clone());
                let transport = transport(CredentialSource::Fixed(credential));
                let login = Login {
                    url: format!("{}{path}", text(&base_url)),
                    username: username.clone(),
                    password: password.clone(),
                    http: http.clone(),
                    transport: transport.clone(),
                };
                Transport {
                    credentials: tokens("the login", Arc::new(login)),
                    ..transport
                }
            }
        };
        Ok((text(&base_url).to_owned(), http, transport))
    }

    #[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
    fn http_client(&self, base_url: &Url) -> Result<reqwest::Client, Error> {
        check_crypto_provider()?;
        // The caller may configure TLS.
        if base_url.scheme() == "https" && self.configure_http.is_none() {
            check_tls()?;
        }
        let builder = reqwest::Client::builder().connect_timeout(self.connect_timeout);
        // A proxy that the environment configures cannot reach loopback addresses, and must not see
        // requests that are not encrypted.
        let builder = match is_loopback(base_url) {
            true => builder.no_proxy(),
            false => builder,
        };
        let builder = self.configured(builder);
        self.build_http(builder.redirect(reqwest::redirect::Policy::none()))
    }

    /// Browsers decide how to connect and which certificates to trust.
    #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
    fn http_client(&self, _base_url: &Url) -> Result<reqwest::Client, Error> {
        self.build_http(self.configured(reqwest::Client::builder()))
    }

    fn configured(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        match &self.configure_http {
            Some(configure) => configure(builder),
            None => builder,
        }
    }

    fn build_http(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::Client, Error> {
        builder.build().map_err(|error| {
            let problem = match self.configure_http {
                Some(_) => "the settings of `configure_http` are invalid",
                None => "the HTTP client cannot be created",
            };
            let cause = error.source().map(ToString::to_string);
            let cause = cause.unwrap_or_else(|| error.to_string());
            Error::configuration(format!("{problem}: {cause}"))
        })
    }
}

/// Fails if every call would fail, because the build has no TLS.
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
fn check_tls() -> Result<(), Error> {
    match cfg!(any(
        feature = "native-tls",
        feature = "rustls",
        feature = "rustls-no-provider"
    )) {
        true => Ok(()),
        false => Err(Error::configuration(
            "this build has no TLS; enable a feature such as `rustls`, or set TLS with `configure_http`",
        )),
    }
}

/// Fails if reqwest would panic, because rustls has no crypto provider.
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
fn check_crypto_provider() -> Result<(), Error> {
    #[cfg(all(
        feature = "rustls-no-provider",
        not(any(feature = "native-tls", feature = "rustls"))
    ))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return Err(Error::configuration(
            "rustls has no crypto provider; install one first, or enable the feature `rustls`",
        ));
    }
    Ok(())
}

impl<Api: fmt::Debug> fmt::Debug for ClientBuilder<Api> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api", &self.api)
            .field(
                "authentication",
                &self.authentication.as_ref().map(|_| "set"),
            )
            // An invalid base URL may contain a password.
            .field("base_url", &self.base_url.as_ref().map(|_| "set"))
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("retry_policy", &self.retry_policy)
            .field("rate_limit", &self.rate_limit)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

/// Parses a base URL. Errors do not repeat it, because an invalid base URL may contain a password.
fn parse_base_url(text: &str) -> Result<Url, Error> {
    let invalid = |problem: &str| Err(Error::configuration(format!("invalid base URL: {problem}")));
    let Ok(url) = Url::parse(text) else {
        return invalid("expected a URL such as `https://example.com`");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return invalid("it contains a user name or password; pass credentials to the builder");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return invalid("it contains a query or fragment; remove it");
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        _ => {
            return invalid(
                "expected `https`; `http` is allowed only for loopback addresses (`localhost`, `127.0.0.0/8`, `[::1]`)",
            );
        }
    }
    Ok(url)
}

/// Returns a base URL without a trailing slash.
fn text(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Returns the environment variable `name`, or `None` if it is unset or empty.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Error> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => {
            Err(Error::configuration(format!("{name} is not valid UTF-8")))
        }
    }
}
