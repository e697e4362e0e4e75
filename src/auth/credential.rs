//! Secrets, and keeping them out of everything but the request they are for.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use reqwest::Request;
use zeroize::Zeroizing;

use crate::{
    error::{Error, failure::Failure, meta_error::Upstream},
    types::id::encode_segment,
};

/// Below so many bytes, a secret is found within other words as well.
const SHORT: usize = 8;
/// The longest texts that an error keeps, in characters.
const MESSAGE: usize = 2048;
const TRACE_ID: usize = 128;
const EXCERPT: usize = 1024;
/// The most details that an error keeps, in bytes of JSON.
const DETAILS: usize = 64 * 1024;

/// Text that no output shows, and that is overwritten when the last copy goes away.
#[derive(Clone)]
pub(crate) struct Secret(Arc<Zeroizing<String>>);

impl<T: Into<String>> From<T> for Secret {
    fn from(secret: T) -> Self {
        Self(Arc::new(Zeroizing::new(secret.into())))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Secret {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// `text` without the secret, however JSON or a URL may have written it.
    fn redact(&self, text: &str) -> String {
        let plain = self.expose();
        let in_json = Zeroizing::new(serde_json::Value::from(plain).to_string());
        let in_json = in_json.trim_matches('"');
        let slashes = Zeroizing::new(in_json.replace('/', "\\/"));
        let in_url = Zeroizing::new(encode_segment(plain));
        [plain, in_json, &slashes, &in_url]
            .into_iter()
            .fold(text.to_owned(), |text, secret| without(&text, secret))
    }
}

/// `text` without `secret`, of which a short one is taken out only where it is no part of a word.
fn without(text: &str, secret: &str) -> String {
    let mut kept = String::new();
    let mut rest = 0;
    for (at, _) in text.match_indices(secret) {
        let end = at + secret.len();
        let beside = [text[..at].chars().next_back(), text[end..].chars().next()];
        if secret.len() < SHORT && beside.into_iter().flatten().any(char::is_alphanumeric) {
            continue;
        }
        kept += &text[rest..at];
        kept += "[redacted]";
        rest = end;
    }
    kept + &text[rest..]
}

/// What proves to a server who calls.
#[derive(Clone, Debug)]
pub(crate) struct Credential {
    secret: Secret,
    /// The header that carries it, marked sensitive; none carries the password of a login.
    header: Option<(HeaderName, HeaderValue)>,
    /// Graph's `appsecret_proof`.
    proof: Option<Secret>,
}

impl Credential {
    /// A credential in a header, its value after `prefix`.
    pub(crate) fn in_header(
        header: HeaderName,
        prefix: &str,
        secret: Secret,
    ) -> Result<Self, Error> {
        let text = secret.expose();
        if text.is_empty() {
            return Err(Error::configuration(format!(
                "the credential for `{header}` is empty"
            )));
        }
        let value = Zeroizing::new(format!("{prefix}{text}").into_bytes());
        let value = HeaderValue::from_maybe_shared(Bytes::from_owner(value)).ok();
        let Some(mut value) = value.filter(|_| text.bytes().all(|byte| byte.is_ascii_graphic()))
        else {
            return Err(Error::configuration(format!(
                "the credential for `{header}` holds a character that none has, perhaps a space or \
                 a line break at its end"
            )));
        };
        value.set_sensitive(true);
        Ok(Self {
            secret,
            header: Some((header, value)),
            proof: None,
        })
    }

    /// A credential in the body of a login.
    #[cfg(feature = "dialog360")]
    pub(crate) fn in_body(secret: Secret) -> Self {
        Self {
            secret,
            header: None,
            proof: None,
        }
    }

    /// The same with Graph's proof that the caller knows the app's secret: the HMAC-SHA256 of the
    /// token, keyed by it.
    pub(crate) fn proven_by(self, app_secret: Option<&Secret>) -> Self {
        let proof = app_secret.map(|key| {
            let mac = hmac_sha256::HMAC::mac(self.secret.expose(), key.expose());
            mac.iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
                .into()
        });
        Self { proof, ..self }
    }

    pub(crate) fn put_on(&self, request: &mut Request) {
        if let Some((header, value)) = &self.header {
            request.headers_mut().insert(header, value.clone());
        }
        if let Some(proof) = &self.proof {
            request
                .url_mut()
                .query_pairs_mut()
                .append_pair("appsecret_proof", proof.expose());
        }
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.secret.0, &other.secret.0)
    }

    fn redact(&self, text: &str) -> String {
        [Some(&self.secret), self.proof.as_ref()]
            .into_iter()
            .flatten()
            .fold(text.to_owned(), |text, secret| secret.redact(&text))
    }

    /// Takes the secret out of all that a failure says (Meta repeats malformed tokens), and cuts
    /// what is longer than anyone reads.
    pub(crate) fn keep_out_of(&self, failure: Failure) -> Failure {
        let clean = |text: Option<String>, length| {
            text.map(|text| self.redact(&text).chars().take(length).collect::<String>())
        };
        let tells = |text: &str| self.redact(text) != text;
        Failure {
            message: clean(failure.message, MESSAGE),
            trace_id: clean(failure.trace_id, TRACE_ID),
            excerpt: clean(failure.excerpt, EXCERPT)
                // What answers a login is a secret itself.
                .filter(|_| self.header.is_some()),
            served_version: clean(failure.served_version, TRACE_ID),
            upstream: failure.upstream.map(|upstream| Upstream {
                message: clean(upstream.message, MESSAGE),
                trace_id: clean(upstream.trace_id, TRACE_ID),
                ..upstream
            }),
            details: failure.details.filter(|details| {
                let text = details.to_string();
                text.len() <= DETAILS && !tells(&text)
            }),
            usage: failure.usage.filter(|usage| !tells(&format!("{usage:?}"))),
            source: failure.source.filter(|source| !tells(&source.to_string())),
            ..failure
        }
    }
}
