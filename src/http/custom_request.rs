//! Calls that no operation of the document stands for.

use http::{
    HeaderValue, Method,
    header::{ACCEPT, CONTENT_TYPE},
};
use progenitor_client::ResponseValue;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::{Error, failure::Failure},
    http::transport::Transport,
    types::id::{InvalidPathSegment, PathSegment, encode_segment},
};

/// A call to an endpoint that this crate does not cover, with all that its own calls have: the
/// client's credential, retries, limits, and [`Error`]s. Made by `request` of either client.
///
/// ```no_run
/// use waba::reqwest::Method;
///
/// # async fn run(meta: waba::graph::Client) -> Result<(), waba::Error> {
/// let numbers = meta
///     .request(Method::GET, "/{waba_id}/phone_numbers")
///     .path("waba_id", "102290129340398")
///     .query("limit", 25)
///     .send::<serde_json::Value>()
///     .await?;
/// println!("{}", numbers["data"]);
/// # Ok(())
/// # }
/// ```
#[must_use = "a call is made by `.send()`"]
#[derive(Clone, Debug)]
pub struct CustomRequest<'c> {
    http: &'c reqwest::Client,
    transport: &'c Transport,
    base_url: &'c str,
    method: Method,
    template: &'static str,
    path: Vec<(&'static str, Result<PathSegment, String>)>,
    query: Vec<(&'static str, String)>,
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
            body: None,
        }
    }

    /// What stands for `{name}` in the path: text or an id, which arrives whole as one segment.
    pub fn path<V: TryInto<PathSegment>>(mut self, name: &'static str, value: V) -> Self {
        let reason = || format!("`{name}` is not an id: {}", InvalidPathSegment::REASON);
        self.path
            .push((name, value.try_into().map_err(|_| reason())));
        self
    }

    /// Adds a parameter to the query.
    pub fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// Sends `body` as JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.body = Some(serde_json::to_vec(body).map_err(|error| error.to_string()));
        self
    }

    /// Makes the call, and reads its answer as `T`, such as `serde_json::Value`. An answer without
    /// a body is read as `null`, which `()` and `Option` take.
    ///
    /// # Errors
    ///
    /// Any [`Error`] but one of configuration. Its [`operation`](Error::operation) is the path as
    /// it was given to `request`, without what stands for its names.
    pub async fn send<T: DeserializeOwned>(self) -> Result<ResponseValue<T>, Error> {
        let url = format!("{}{}", self.base_url, self.filled()?);
        let mut request = self
            .http
            .request(self.method, url)
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        if !self.query.is_empty() {
            request = request.query(&self.query);
        }
        if let Some(body) = self.body {
            request = request
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(body.map_err(Error::invalid_request)?);
        }
        let request = request.build().map_err(Failure::from)?;
        let answer = self.transport.call(self.http, request, self.template);
        answer.await?.read()
    }

    /// The path with what was given for its names.
    fn filled(&self) -> Result<String, Error> {
        const BRACES: [char; 2] = ['{', '}'];
        let mut filled = String::new();
        for part in self.template.trim_start_matches('/').split('/') {
            let name = part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'));
            let segment = match name {
                Some(name) if !name.contains(BRACES) => self.value(name),
                _ if part.contains(BRACES) => Err(format!(
                    "`{part}` in the path is neither a name nor text; give it whole as one name"
                )),
                _ => PathSegment::try_from(part).map_err(|_| {
                    format!("a part of the path is none: {}", InvalidPathSegment::REASON)
                }),
            };
            let segment = segment.map_err(Error::invalid_request)?;
            filled.push('/');
            filled.push_str(&encode_segment(&segment.to_string()));
        }
        Ok(filled)
    }

    fn value(&self, name: &str) -> Result<PathSegment, String> {
        let given = self.path.iter().rev().find(|(given, _)| *given == name);
        let missing = || format!("`{name}` is missing; set it by `.path(\"{name}\", …)`");
        given.ok_or_else(missing)?.1.clone()
    }
}
