//! Tokens that expire, and sources of new ones.

use std::{error::Error as StdError, pin::Pin, time::Duration};

use super::secret::Secret;
use crate::error::{Error, failure::Failure, kind::ErrorKind};

/// A source of tokens that expire, such as a vault or a login of your own.
///
/// The client uses a token until one minute before it expires, or until 90 % of its lifetime,
/// whichever is later, and then fetches the next one. One fetch runs at a time, and all calls that
/// need the token wait for it.
///
/// If the API rejects a token, that call fails and the next call fetches a new token. If a fetch
/// fails, a token that is still valid stays in use. After a failed fetch, or after a rejection, the
/// client fetches at most once a second.
///
/// ```
/// use std::{io, time::Duration};
/// use waba::{Token, TokenSource, graph};
///
/// struct Vault;
///
/// impl TokenSource for Vault {
///     type Error = io::Error;
///
///     async fn fetch(&self) -> Result<Token, io::Error> {
///         Ok(Token::new("EAA…").expires_in(Duration::from_secs(3600)))
///     }
/// }
///
/// # fn main() -> Result<(), waba::Error> {
/// let meta = graph::Client::builder().token_source(Vault).build()?;
/// # Ok(())
/// # }
/// ```
pub trait TokenSource: Send + Sync + 'static {
    /// The error of a failed fetch.
    ///
    /// If it is a [`waba::Error`](Error), the call fails with it. Any other error makes the call fail
    /// with an [`Authentication`](ErrorKind::Authentication) error, whose `source()` returns it
    /// unchanged.
    type Error: Into<Box<dyn StdError + Send + Sync>>;

    /// Fetches a new token.
    ///
    /// The future is dropped if it takes longer than the client's
    /// [`timeout`](crate::ClientBuilder::timeout), or if the call that started it is dropped. Another
    /// waiting call then starts a new fetch.
    #[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
    fn fetch(&self) -> impl Future<Output = Result<Token, Self::Error>> + Send;

    /// Fetches a new token. In browsers the future need not be `Send`.
    #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
    fn fetch(&self) -> impl Future<Output = Result<Token, Self::Error>>;
}

/// A token from a [`TokenSource`]. `Debug` does not show it.
#[derive(Clone, Debug)]
pub struct Token {
    pub(super) secret: Secret,
    pub(super) lifetime: Option<Duration>,
}

impl Token {
    /// Creates a token that is used until the API rejects it.
    pub fn new(token: impl Into<String>) -> Self {
        Self {
            secret: token.into().into(),
            lifetime: None,
        }
    }

    /// Sets the lifetime of the token, counted from the beginning of the fetch.
    #[must_use]
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }
}

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
type FetchFuture<'a> = Pin<Box<dyn Future<Output = Result<Token, Error>> + Send + 'a>>;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
type FetchFuture<'a> = Pin<Box<dyn Future<Output = Result<Token, Error>> + 'a>>;

/// The object-safe form of [`TokenSource`].
pub(crate) trait DynTokenSource: Send + Sync {
    fn fetch(&self) -> FetchFuture<'_>;
}

impl<Source: TokenSource> DynTokenSource for Source {
    fn fetch(&self) -> FetchFuture<'_> {
        Box::pin(async move {
            TokenSource::fetch(self)
                .await
                .map_err(|error| fetch_error(error.into()))
        })
    }
}

fn fetch_error(error: Box<dyn StdError + Send + Sync>) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => *error,
        Err(error) => Failure {
            kind: Some(ErrorKind::Authentication),
            message: Some("the token source failed".to_owned()),
            advice: Some("see the `source()` of the error"),
            source: Some(error.into()),
            ..Failure::default()
        }
        .into(),
    }
}
