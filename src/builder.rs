//! What the builders of both clients share.

use std::{
    env::{self, VarError},
    fmt,
    net::IpAddr,
    time::Duration,
};

use http::{HeaderName, HeaderValue};
use reqwest::{Url, redirect};

use crate::{
    error::Error,
    limit::RateLimit,
    retry::RetryPolicy,
    transport::{Credential, Secret, Transport},
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
    credential: Option<Result<Credential, Error>>,
    base_url: Option<String>,
    timeout: Duration,
    connect_timeout: Option<Duration>,
    retry: RetryPolicy,
    rate_limit: Option<RateLimit>,
    max_answer: usize,
    user_agent: Option<String>,
    http_client: Option<reqwest::Client>,
}

impl<Api> ClientBuilder<Api> {
    pub(crate) fn new(api: Api) -> Self {
        Self {
            api,
            credential: None,
            base_url: None,
            timeout: TIMEOUT,
            connect_timeout: None,
            retry: RetryPolicy::default(),
            rate_limit: None,
            max_answer: MAX_ANSWER,
            user_agent: None,
            http_client: None,
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
    /// [deadline of the policy](RetryPolicy::deadline).
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long connecting may take, within [`timeout`](Self::timeout). Default: 10 seconds.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
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

    /// The largest answer that is read, in bytes; a call with a larger one fails. Default: 8 MiB.
    #[must_use]
    pub fn max_answer(mut self, bytes: usize) -> Self {
        self.max_answer = bytes;
        self
    }

    /// The `User-Agent` of all calls. Default: `waba/` and the version of this crate.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Sends all calls through an HTTP client of the caller's, to share its connections or to use
    /// its proxy and TLS settings. Default: a client of its own, which follows no redirects.
    /// [`timeout`](Self::timeout) and [`user_agent`](Self::user_agent) are still the builder's.
    ///
    /// Have it follow no redirects either (`redirect::Policy::none()`): HTTP clients take
    /// `Authorization` off a request that is sent on to another host, but no other credential.
    #[must_use]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
        self
    }

    pub(crate) fn credential(mut self, header: HeaderName, prefix: &str, secret: &str) -> Self {
        self.credential = Some(credential(header, prefix, secret));
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
        match &self.credential {
            Some(Err(error)) => Err(error.about(name)),
            _ => Ok(self),
        }
    }

    /// Checks all settings. Gives the base URL without a slash at its end, the HTTP client and
    /// what goes with each request.
    pub(crate) fn connect(
        &self,
        default_url: &str,
        missing_credential: &str,
    ) -> Result<(String, reqwest::Client, Transport), Error> {
        let credential = match &self.credential {
            Some(credential) => credential.clone()?,
            None => return Err(Error::configuration(missing_credential)),
        };
        let base_url = checked_base_url(self.base_url.as_deref().unwrap_or(default_url))?;
        let user_agent = self.user_agent.as_deref().unwrap_or(USER_AGENT);
        let user_agent = HeaderValue::from_str(user_agent).map_err(|_| {
            Error::configuration("the user agent holds a character that no HTTP header can carry")
        })?;
        let transport = Transport {
            credential,
            user_agent,
            timeout: self.timeout,
            max_answer: self.max_answer,
            retry: self.retry,
            turns: self.rate_limit.map(Into::into),
        };
        let http = self.http(base_url.starts_with("https:"))?;
        Ok((base_url, http, transport))
    }

    fn http(&self, secure: bool) -> Result<reqwest::Client, Error> {
        let connect_timeout = match (&self.http_client, self.connect_timeout) {
            (Some(_), Some(_)) => {
                return Err(Error::configuration(
                    "`connect_timeout` has no effect on a given `http_client`; set it there",
                ));
            }
            (Some(client), None) => return Ok(client.clone()),
            (None, connect_timeout) => connect_timeout.unwrap_or(CONNECT_TIMEOUT),
        };
        if secure {
            check_tls()?;
        }
        let builder = reqwest::Client::builder()
            .connect_timeout(connect_timeout)
            .redirect(redirect::Policy::none());
        // Calls to this machine are in the clear, and a proxy of the environment is not on it.
        let builder = if secure { builder } else { builder.no_proxy() };
        builder
            .build()
            .map_err(|error| Error::configuration(format!("no HTTP client: {error}")))
    }
}

/// What reqwest would panic on, or fail every call for.
fn check_tls() -> Result<(), Error> {
    #[cfg(not(any(
        feature = "native-tls",
        feature = "rustls",
        feature = "rustls-no-provider"
    )))]
    return Err(Error::configuration(
        "this build has no TLS; turn on a feature such as `rustls`, or give an `http_client`",
    ));
    #[cfg(all(
        feature = "rustls-no-provider",
        not(any(feature = "native-tls", feature = "rustls"))
    ))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return Err(Error::configuration(
            "rustls has no crypto provider; install one before, or turn on the feature `rustls`",
        ));
    }
    #[cfg(any(
        feature = "native-tls",
        feature = "rustls",
        feature = "rustls-no-provider"
    ))]
    Ok(())
}

impl<Api: fmt::Debug> fmt::Debug for ClientBuilder<Api> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api", &self.api)
            .field("credential", &self.credential.as_ref().map(|_| "set"))
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

fn credential(header: HeaderName, prefix: &str, secret: &str) -> Result<Credential, Error> {
    if secret.is_empty() {
        return Err(Error::configuration(format!(
            "the credential for `{header}` is empty"
        )));
    }
    let value = HeaderValue::from_str(&format!("{prefix}{secret}")).ok();
    let Some(mut value) = value.filter(|_| secret.bytes().all(|byte| byte.is_ascii_graphic()))
    else {
        return Err(Error::configuration(format!(
            "the credential for `{header}` holds a character that none has, perhaps a space or a \
             line break at its end"
        )));
    };
    value.set_sensitive(true);
    Ok(Credential {
        header,
        value,
        secret: Secret(secret.into()),
    })
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
