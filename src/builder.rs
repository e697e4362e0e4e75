//! What the builders of both clients share.

use std::{env, fmt, net::IpAddr, time::Duration};

use http::{HeaderName, HeaderValue};
use reqwest::{Url, redirect};

use crate::{
    error::Error,
    transport::{Credential, Transport},
};

const TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
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

    /// How long one call may take, from the connection to the last byte of its answer.
    /// Default: 30 seconds.
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

    /// The `User-Agent` of all calls. Default: `waba/` and the version of this crate.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Sends all calls through an HTTP client of the caller's, to share its connections or to use
    /// its proxy and TLS settings. Default: a client of its own, which follows no redirects.
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
        let base_url = base_url(self.base_url.as_deref().unwrap_or(default_url))?;
        let user_agent = self.user_agent.as_deref().unwrap_or(USER_AGENT);
        let user_agent = HeaderValue::from_str(user_agent).map_err(|_| {
            Error::configuration("the user agent holds a character that no HTTP header can carry")
        })?;
        let transport = Transport {
            credential,
            user_agent,
            timeout: self.timeout,
        };
        Ok((base_url, self.http()?, transport))
    }

    fn http(&self) -> Result<reqwest::Client, Error> {
        match (&self.http_client, self.connect_timeout) {
            (Some(_), Some(_)) => Err(Error::configuration(
                "`connect_timeout` has no effect on a given `http_client`; set it on that client",
            )),
            (Some(client), None) => Ok(client.clone()),
            (None, connect_timeout) => reqwest::Client::builder()
                .connect_timeout(connect_timeout.unwrap_or(CONNECT_TIMEOUT))
                .redirect(redirect::Policy::none())
                .build()
                .map_err(|error| Error::configuration(format!("no HTTP client: {error}"))),
        }
    }
}

impl<Api: fmt::Debug> fmt::Debug for ClientBuilder<Api> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api", &self.api)
            .field("credential", &self.credential.as_ref().map(|_| "set"))
            .field("base_url", &self.base_url)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
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
    let mut value = HeaderValue::from_str(&format!("{prefix}{secret}")).map_err(|_| {
        Error::configuration(format!(
            "the credential for `{header}` holds a character that no HTTP header can carry, \
             perhaps a line break at its end"
        ))
    })?;
    value.set_sensitive(true);
    Ok(Credential { header, value })
}

fn base_url(text: &str) -> Result<String, Error> {
    let wrong = |what: &str| Err(Error::configuration(format!("the base URL {what}")));
    let Ok(url) = Url::parse(text) else {
        return wrong(&format!(
            "`{text}` is no URL; give one such as `https://example.com`"
        ));
    };
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("holds a user name or password; give credentials to the builder instead");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong(&format!("`{text}` has a query or fragment; leave it out"));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        _ => {
            return wrong(&format!(
                "`{text}` is not `https`, which every host but this one needs"
            ));
        }
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
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
