//! Requests to endpoints that the documents do not cover.

use std::fmt;

use http::{
    HeaderValue, Method,
    header::{ACCEPT, CONTENT_TYPE},
};
use reqwest::Request;
use serde::{Serialize, de::DeserializeOwned};

use super::{operation::Operation, response_value::ResponseValue, transport::Transport};
use crate::{
    auth::secret::Secret,
    error::{Error, failure::Failure},
    types::path_segment::{PathSegment, encode_segment},
};

/// A request to an endpoint that this crate does not cover, with the credential, retries, limits and
/// [`Error`]s of its client. The method `request` of either client creates it.
///
/// ```no_run
/// use waba::reqwest::Method;
///
/// # async fn run(meta: waba::graph::Client) -> Result<(), waba::Error> {
/// let numbers = meta
///     .request(Method::GET, "/{waba_id}/audiences")
///     .path("waba_id", "102290129340398")
///     .query("limit", 25)
///     .send::<serde_json::Value>()
///     .await?;
/// println!("{}", numbers["data"]);
/// # Ok(())
/// # }
/// ```
#[must_use = "a request is sent by `.send()`"]
#[derive(Clone)]
pub struct CustomRequest<'c> {
    http: &'c reqwest::Client,
    transport: &'c Transport,
    base_url: &'c str,
    method: Method,
    template: &'static str,
    path: Vec<(&'static str, Result<PathSegment, String>)>,
    query: Vec<(&'static str, Secret)>,
    /// The secrets in the query and in the body.
    secrets: Vec<Secret>,
    body: Option<Result<Vec<u8>, String>>,
}

impl<'c> CustomRequest<'c> {
    pub(crate) fn new(
        http: &'c reqwest::Client,
        transport: &'c Transport,
        base_url: &'c str,
        method: Method,
        template: &'static str,
    ) -> Self {
        Self {
            http,
            transport,
            base_url,
            method,
            template,
            path: Vec::new(),
            query: Vec::new(),
            secrets: Vec::new(),
            body: None,
        }
    }

    /// Sets the parameter `{name}` of the path to text or an id, which is sent as one segment.
    pub fn path<V>(mut self, name: &'static str, value: V) -> Self
    where
        V: TryInto<PathSegment, Error: fmt::Display>,
    {
        let segment = value.try_into();
        let segment = segment.map_err(|reason| format!("invalid `{name}`: {reason}"));
        self.path.push((name, segment));
        self
    }

    /// Adds a query parameter.
    pub fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string().into()));
        self
    }

    /// Adds a query parameter whose value is a secret, such as a `client_secret` or a signup code. It
    /// is removed from all errors of this request, even if the server repeats it.
    pub fn secret_query(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        let value = Secret::from(value.as_ref());
        self.query.push((name, value.clone()));
        self.redact(value.expose())
    }

    /// Removes `secret`, which the body contains, from all errors of this request, even if the server
    /// repeats it. Bodies themselves are never shown.
    pub fn redact(mut self, secret: impl AsRef<str>) -> Self {
        self.secrets.push(Secret::from(secret.as_ref()));
        self
    }

    /// Sends `body` as JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.body = Some(
            serde_json::to_vec(body)
                .map_err(|error| format!("the body cannot be serialized as JSON: {error}")),
        );
        self
    }

    /// Sends the request and decodes the response as `T`, such as `serde_json::Value`, by the rules of
    /// that type. An empty body is decoded as `null`, which `()` and `Option` accept.
    ///
    /// # Errors
    ///
    /// Fails with any [`ErrorKind`](crate::ErrorKind) but `Configuration`. The
    /// [`operation`](Error::operation) of the error is the path that was passed to `request`, without
    /// the values of its parameters.
    pub async fn send<T: DeserializeOwned>(mut self) -> Result<ResponseValue<T>, Error> {
        let request = self.build();
        let operation = Operation::new(self.template);
        let transport = self.transport;
        let response = transport.call_with_secrets(self.http, request, operation, self.secrets);
        response.await?.read_as()
    }

    fn build(&mut self) -> Result<Request, Error> {
        let url = format!("{}{}", self.base_url, self.expanded_path()?);
        let mut request = self
            .http
            .request(self.method.clone(), url)
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        if !self.query.is_empty() {
            let query = self.query.iter();
            let query: Vec<_> = query.map(|(name, value)| (name, value.expose())).collect();
            request = request.query(&query);
        }
        if let Some(body) = self.body.take() {
            request = request
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(body.map_err(Error::invalid_request)?);
        }
        Ok(request.build().map_err(Failure::from)?)
    }

    /// Returns the path with the values of its parameters.
    fn expanded_path(&self) -> Result<String, Error> {
        const BRACES: [char; 2] = ['{', '}'];
        let mut path = String::new();
        for part in self.template.trim_start_matches('/').split('/') {
            let name = part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'));
            let segment = match name {
                Some(name) if !name.contains(BRACES) => self.value(name),
                _ if part.contains(BRACES) => Err(format!(
                    "invalid segment `{part}` in the path: expected a parameter `{{name}}` or text without \
                     braces"
                )),
                _ => PathSegment::try_from(part)
                    .map_err(|reason| format!("invalid segment `{part}` in the path: {reason}")),
            };
            let segment = segment.map_err(Error::invalid_request)?;
            path.push('/');
            path.push_str(&encode_segment(&segment.to_string()));
        }
        Ok(path)
    }

    fn value(&self, name: &str) -> Result<PathSegment, String> {
        let given = self.path.iter().rev().find(|(given, _)| *given == name);
        let missing = || format!("`{name}` is missing; set it with `.path(\"{name}\", …)`");
        given.ok_or_else(missing)?.1.clone()
    }
}

/// Shows the names of the parameters without their values.
impl fmt::Debug for CustomRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query: Vec<&str> = self.query.iter().map(|(name, _)| *name).collect();
        f.debug_struct("CustomRequest")
            .field("method", &self.method)
            .field("path", &self.template)
            .field("query", &query)
            .finish_non_exhaustive()
    }
}
