//! The verification request that Meta sends to a new callback URL.

use hmac_sha256::HMAC;
use reqwest::Url;

use super::Error;
use crate::Secret;

/// Checks the verification request that Meta sends when a callback URL is set, and returns the body of
/// the response: the value of `hub.challenge`.
///
/// `query` is the query of the `GET` request, as it was received. `verify_token` is the token that was
/// given to Meta together with the URL, in the app's settings or as `verify_token` of a subscription.
/// Send the challenge as plain text with the status 200: anyone can choose it, so a browser must not
/// read it as HTML.
///
/// The time it takes does not depend on how much of the token is correct.
///
/// ```
/// use waba::{Secret, webhooks};
///
/// let token = Secret::from("my verify token");
/// let query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=my%20verify%20token";
/// assert_eq!(webhooks::challenge(query, &token)?, "1158201444");
/// # Ok::<(), webhooks::Error>(())
/// ```
///
/// # Errors
///
/// Fails with [`Error::MissingParameter`], [`Error::UnknownMode`] or [`Error::WrongVerifyToken`], and
/// with [`Error::EmptySecret`] if `verify_token` is empty.
pub fn challenge(query: &str, verify_token: &Secret) -> Result<String, Error> {
    if verify_token.expose().is_empty() {
        return Err(Error::EmptySecret);
    }
    // `Url` decodes the query. The address is not used.
    let mut url = Url::parse("http://localhost/").map_err(|_| Error::UnknownMode)?;
    // Some frameworks keep the question mark.
    url.set_query(Some(query.strip_prefix('?').unwrap_or(query)));
    let parameter = |name: &'static str| {
        let mut parameters = url.query_pairs();
        let found = parameters.find(|(other, _)| other == name);
        let (_, value) = found.ok_or(Error::MissingParameter(name))?;
        Ok(value)
    };
    if parameter("hub.mode")? != "subscribe" {
        return Err(Error::UnknownMode);
    }
    let sent = parameter("hub.verify_token")?;
    // Codes of equal length are compared, so that the time does not tell the length of the token.
    let expected = HMAC::mac(verify_token.expose(), verify_token.expose());
    if !HMAC::verify(sent.as_bytes(), verify_token.expose(), &expected) {
        return Err(Error::WrongVerifyToken);
    }
    Ok(parameter("hub.challenge")?.into_owned())
}
