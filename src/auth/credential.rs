//! Credentials, and how requests carry them.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header::AUTHORIZATION};
use reqwest::Request;
use zeroize::Zeroizing;

use super::{redaction::Redactor, secret::Secret};
use crate::error::Error;

/// A secret that authenticates requests.
#[derive(Clone, Debug)]
pub(crate) struct Credential {
    pub(super) secret: Secret,
    /// The header that carries the secret, marked as sensitive. The password of a login has none,
    /// nor has an operation that exchanges secrets for a token.
    pub(super) header: Option<(HeaderName, HeaderValue)>,
    /// Graph's app secret and the `appsecret_proof` made with it.
    pub(super) proof: Option<[Secret; 2]>,
}

impl Credential {
    /// Creates a credential that is sent as `Authorization: Bearer …`.
    pub(crate) fn bearer(token: Secret) -> Result<Self, Error> {
        Self::in_header(AUTHORIZATION, "Bearer ", token)
    }

    /// Creates a credential that is sent in a header, after `prefix`.
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
                "the credential for `{header}` contains an invalid character: expected visible \
                 ASCII; check for a space or a line break at its end"
            )));
        };
        value.set_sensitive(true);
        Ok(Self {
            secret,
            header: Some((header, value)),
            proof: None,
        })
    }

    /// Creates a credential that is sent in the body of a login.
    #[cfg(feature = "dialog360")]
    pub(crate) fn in_body(secret: Secret) -> Self {
        Self {
            secret,
            header: None,
            proof: None,
        }
    }

    /// Creates the credential of an operation that needs none.
    pub(crate) fn none() -> Self {
        Self {
            secret: "".into(),
            header: None,
            proof: None,
        }
    }

    /// Adds Graph's proof that the caller knows the app secret: the HMAC-SHA256 of the token, with
    /// the app secret as its key.
    pub(crate) fn with_proof(self, app_secret: Option<&Secret>) -> Self {
        let proof = app_secret.map(|key| {
            let mac = hmac_sha256::HMAC::mac(self.secret.expose(), key.expose());
            let proof: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
            [key.clone(), proof.into()]
        });
        Self { proof, ..self }
    }

    /// Adds the credential to a request.
    pub(crate) fn apply(&self, request: &mut Request) {
        if let Some((header, value)) = &self.header {
            request.headers_mut().insert(header, value.clone());
        }
        if let Some([_, proof]) = &self.proof {
            request
                .url_mut()
                .query_pairs_mut()
                .append_pair("appsecret_proof", proof.expose());
        }
    }

    /// Returns what removes this credential and `others` from errors.
    pub(crate) fn redactor(&self, others: &[Secret]) -> Redactor {
        let own = self.proof.iter().flatten().chain([&self.secret]);
        Redactor {
            secrets: own.chain(others).cloned().collect(),
            // The response contains a token.
            drop_excerpt: self.header.is_none(),
        }
    }

    /// Returns whether both are copies of one credential.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.secret.is_same(&other.secret)
    }
}
