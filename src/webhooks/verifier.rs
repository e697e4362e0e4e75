//! Verification of the signatures of webhooks.

use hmac_sha256::HMAC;
use serde::de::DeserializeOwned;

use super::Error;
use crate::{
    Secret,
    types::{lenient, tolerant::Tolerant},
};

/// The default of [`Verifier::body_limit`], in bytes: 3 MiB. Meta sends at most 3 MB.
pub const BODY_LIMIT: usize = 3 * 1024 * 1024;

/// A check of the signatures of webhooks, against one or more secrets.
///
/// Clones share the secrets. `Debug` does not show them.
#[derive(Clone, Debug)]
pub struct Verifier {
    secrets: Vec<Secret>,
    body_limit: usize,
}

impl Verifier {
    /// Returns a verifier that accepts what one of `secrets` signed: the app secret for Meta's webhooks,
    /// or the platform secret for 360dialog's. While a secret is replaced, give the new one and the old
    /// one.
    ///
    /// # Errors
    ///
    /// Fails with [`Error::EmptySecret`] if there is no secret, or if one is empty.
    pub fn new<S: Into<Secret>>(secrets: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        let secrets: Vec<Secret> = secrets.into_iter().map(Into::into).collect();
        if secrets.is_empty() || secrets.iter().any(|secret| secret.expose().is_empty()) {
            return Err(Error::EmptySecret);
        }
        Ok(Self {
            secrets,
            body_limit: BODY_LIMIT,
        })
    }

    /// Sets the length in bytes above which a body is refused. Default: [`BODY_LIMIT`].
    ///
    /// Set the same limit in the web framework, because it reads the body into memory first. axum's
    /// own limit is lower than this default.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Checks the signature of a body, without parsing the body.
    ///
    /// `signature` is the value of the header
    #[cfg_attr(feature = "graph", doc = "[`META_SIGNATURE`](super::META_SIGNATURE)")]
    #[cfg_attr(all(feature = "graph", feature = "dialog360"), doc = "or")]
    #[cfg_attr(
        feature = "dialog360",
        doc = "[`DIALOG360_SIGNATURE`](super::DIALOG360_SIGNATURE)"
    )]
    /// if there is one. The prefix `sha256=` may be absent, as in 360dialog's header. `body` must be the
    /// bytes as they were received: a body that was parsed and written again has another signature.
    ///
    /// The time it takes does not depend on how much of the signature is correct.
    ///
    /// # Errors
    ///
    /// Fails with [`Error::BodyTooLong`], [`Error::MissingSignature`], [`Error::MalformedSignature`] or
    /// [`Error::WrongSignature`].
    pub fn verify(&self, signature: Option<&[u8]>, body: &[u8]) -> Result<(), Error> {
        if body.len() > self.body_limit {
            return Err(Error::BodyTooLong {
                length: body.len(),
                limit: self.body_limit,
            });
        }
        let signature = signature.ok_or(Error::MissingSignature)?;
        let signature = parse(signature).ok_or(Error::MalformedSignature)?;
        let verifies = |secret: &Secret| HMAC::verify(body, secret.expose(), &signature);
        match self.secrets.iter().any(verifies) {
            true => Ok(()),
            false => Err(Error::WrongSignature),
        }
    }

    /// Checks the signature of a body from Meta, and decodes the body.
    ///
    /// ```
    /// use waba::webhooks::Verifier;
    ///
    /// let verifier = Verifier::new(["app secret"])?;
    /// # let body = br#"{"entry":[{"id":"102290129340398","changes":[]}]}"#;
    /// # let signature =
    /// #     &b"sha256=420fc15772f527411212285a901e357d35559d2b70cd7e35d9928f8de9ebff41"[..];
    /// let notification = verifier.notification(Some(signature), body)?;
    /// for change in notification.changes() {
    ///     println!("{:?}: {:?}", change.account_id(), change.event);
    /// }
    /// # Ok::<(), waba::webhooks::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails like [`verify`](Self::verify), and with [`Error::InvalidBody`] if the body is not an object
    /// with the list `entry`.
    #[cfg(feature = "graph")]
    pub fn notification(
        &self,
        signature: Option<&[u8]>,
        body: &[u8],
    ) -> Result<super::Notification, Error> {
        self.decode(signature, body)
    }

    /// Checks the signature of a body from 360dialog, and decodes the body.
    ///
    /// # Errors
    ///
    /// Fails like [`verify`](Self::verify), and with [`Error::InvalidBody`] if the body is not an object
    /// with the property `event`.
    #[cfg(feature = "dialog360")]
    pub fn partner_event(
        &self,
        signature: Option<&[u8]>,
        body: &[u8],
    ) -> Result<super::PartnerEvent, Error> {
        self.decode(signature, body)
    }

    fn decode<T: DeserializeOwned + Tolerant>(
        &self,
        signature: Option<&[u8]>,
        body: &[u8],
    ) -> Result<T, Error> {
        self.verify(signature, body)?;
        lenient::decode(body).map_err(|(_, problem)| Error::InvalidBody(problem))
    }
}

/// Parses the value of a signature header.
fn parse(header: &[u8]) -> Option<[u8; 32]> {
    let digits = header.strip_prefix(b"sha256=").unwrap_or(header);
    if digits.len() != 64 {
        return None;
    }
    let mut signature = [0; 32];
    for (byte, pair) in signature.iter_mut().zip(digits.chunks_exact(2)) {
        for digit in pair {
            let value = char::from(*digit).to_digit(16)?;
            *byte = (*byte << 4) | u8::try_from(value).ok()?;
        }
    }
    Some(signature)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_signature_is_64_hexadecimal_digits_in_either_case_with_or_without_prefix() {
        let digits = "00ff".repeat(16);
        let expected: Vec<u8> = [0, 255].repeat(16);
        for accepted in [
            digits.clone(),
            digits.to_uppercase(),
            format!("sha256={digits}"),
        ] {
            let parsed = parse(accepted.as_bytes()).expect("a signature");
            assert_eq!(parsed.as_slice(), expected, "{accepted}");
        }
        for refused in [
            String::new(),
            "sha256=".to_owned(),
            format!("sha1={digits}"),
            format!("SHA256={digits}"),
            format!("sha256={digits}0"),
            format!("sha256= {digits}"),
            format!("sha256={digits}, sha256={digits}"),
            digits[1..].to_owned(),
            format!("+{}", &digits[1..]),
            format!("g{}", &digits[1..]),
            "é".repeat(32),
        ] {
            assert_eq!(parse(refused.as_bytes()), None, "{refused}");
        }
    }
}
