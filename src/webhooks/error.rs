//! Why a webhook request is refused.

use std::fmt;

use http::StatusCode;

/// A webhook request that is refused, or a secret that cannot verify any.
///
/// Messages contain no secret, no signature and no value of the body. Do not send them to the sender:
/// [`status`](Self::status) is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// No secret was set, or one is empty. Everybody could sign with an empty secret.
    EmptySecret,
    /// The body is longer than the limit. Its signature was not checked.
    BodyTooLong {
        /// The length of the body in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The request has no signature.
    MissingSignature,
    /// The signature is not `sha256=` and 64 hexadecimal digits.
    MalformedSignature,
    /// The signature is not that of the body: the body was changed on the way, or the sender does not
    /// know the secret.
    WrongSignature,
    /// The signature is correct, but the body is not the expected JSON. Contains what was expected.
    InvalidBody(String),
    /// The verification request lacks a query parameter. Contains its name.
    MissingParameter(&'static str),
    /// `hub.mode` of the verification request is not `subscribe`.
    UnknownMode,
    /// `hub.verify_token` of the verification request is another token.
    WrongVerifyToken,
}

impl Error {
    /// Returns the status of the response that refuses the request.
    ///
    /// Meta sends a request again, for days, until it gets the status 200.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::EmptySecret => StatusCode::INTERNAL_SERVER_ERROR,
            Self::BodyTooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MissingSignature | Self::MalformedSignature | Self::WrongSignature => {
                StatusCode::UNAUTHORIZED
            }
            Self::InvalidBody(_) | Self::MissingParameter(_) | Self::UnknownMode => {
                StatusCode::BAD_REQUEST
            }
            Self::WrongVerifyToken => StatusCode::FORBIDDEN,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptySecret => f.write_str(
                "webhook: a secret is empty; set the app secret, the platform secret or the verify token",
            ),
            Self::BodyTooLong { length, limit } => write!(
                f,
                "webhook: the body has {length} bytes, and the limit is {limit}; if the sender is \
                 genuine, raise it with `body_limit`"
            ),
            Self::MissingSignature => f.write_str(
                "webhook: there is no signature; check that no proxy removes the header",
            ),
            Self::MalformedSignature => f.write_str(
                "webhook: malformed signature: expected `sha256=` and 64 hexadecimal digits",
            ),
            Self::WrongSignature => f.write_str(
                "webhook: wrong signature; check that the secret is that of the sender, and that the \
                 body is verified as it was received",
            ),
            Self::InvalidBody(problem) => write!(f, "webhook: unexpected body: {problem}"),
            Self::MissingParameter(name) => {
                write!(f, "verification of a webhook: the query has no `{name}`")
            }
            Self::UnknownMode => f.write_str(
                "verification of a webhook: unknown `hub.mode`: expected `subscribe`",
            ),
            Self::WrongVerifyToken => f.write_str(
                "verification of a webhook: wrong `hub.verify_token`; check the token that was set \
                 together with the callback URL",
            ),
        }
    }
}

impl std::error::Error for Error {}
