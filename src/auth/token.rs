//! Tokens that expire, and are fetched anew before they do.

use std::{error::Error as StdError, fmt, pin::Pin, sync::Arc, time::Duration};

use http::header::AUTHORIZATION;
use tokio::sync::Mutex;

use crate::{
    auth::credential::{Credential, Secret},
    error::{Error, ErrorKind, failure::Failure},
    http::time::{Instant, sleep_until, timeout},
};

/// Where a client gets a token from that expires, such as a vault or a login of the caller's.
///
/// The client keeps the token and fetches the next one a minute before it expires (a tenth of its
/// time, if that is less), one fetch at a time however many calls wait. So it does after the API
/// has refused a token; the call that was refused fails. While fetching fails, a token that is
/// still valid is used. After a fetch that failed, or whose token was refused, there is none for a
/// second.
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
    /// Why there is no token. A [`waba::Error`](Error) becomes the error of the call as it is;
    /// any other becomes the source of one of the kind [`Authentication`](ErrorKind).
    type Error: Into<Box<dyn StdError + Send + Sync>>;

    /// A token that was not given out before.
    ///
    /// It is dropped where it stands if it takes longer than the client's
    /// [`timeout`](crate::ClientBuilder::timeout), or if the call that waits for it is dropped.
    #[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
    fn fetch(&self) -> impl Future<Output = Result<Token, Self::Error>> + Send;

    /// The same; in browsers, whose futures stay on their thread.
    #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
    fn fetch(&self) -> impl Future<Output = Result<Token, Self::Error>>;
}

/// A token from a [`TokenSource`]. No output shows it.
#[derive(Clone, Debug)]
pub struct Token {
    secret: Secret,
    lifetime: Option<Duration>,
}

impl Token {
    /// A token that is used until the API refuses it.
    pub fn new(token: impl Into<String>) -> Self {
        Self {
            secret: token.into().into(),
            lifetime: None,
        }
    }

    /// The same token, used so long at most.
    #[must_use]
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }
}

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
type Fetched<'a> = Pin<Box<dyn Future<Output = Result<Token, Error>> + Send + 'a>>;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
type Fetched<'a> = Pin<Box<dyn Future<Output = Result<Token, Error>> + 'a>>;

/// Any [`TokenSource`].
pub(crate) trait Fetch: Send + Sync {
    fn fetch(&self) -> Fetched<'_>;
}

impl<Source: TokenSource> Fetch for Source {
    fn fetch(&self) -> Fetched<'_> {
        Box::pin(async move {
            TokenSource::fetch(self)
                .await
                .map_err(|error| no_token(error.into()))
        })
    }
}

fn late() -> Error {
    Failure {
        kind: Some(ErrorKind::Timeout),
        message: Some("the token source did not answer".to_owned()),
        retryable: true,
        ..Failure::default()
    }
    .into()
}

fn no_token(error: Box<dyn StdError + Send + Sync>) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => *error,
        Err(error) => Failure {
            kind: Some(ErrorKind::Authentication),
            message: Some("the token source has no token".to_owned()),
            source: Some(error),
            ..Failure::default()
        }
        .into(),
    }
}

/// Where the credential of a call comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Fixed(Credential),
    Fetched(Tokens),
}

impl Source {
    /// The credential to call with; waiting for another call to get it, and getting it, each take
    /// no longer than `limit`.
    pub(crate) async fn current(&self, limit: Duration) -> Result<Credential, Error> {
        match self {
            Self::Fixed(credential) => Ok(credential.clone()),
            Self::Fetched(tokens) => tokens.current(limit).await,
        }
    }

    /// Does not give out `credential` again, which the API has refused, if there can be another.
    pub(crate) async fn forget(&self, credential: &Credential, limit: Duration) {
        if let Self::Fetched(tokens) = self {
            // Beyond it another token is being fetched anyway.
            let _ = timeout(limit, tokens.forget(credential)).await;
        }
    }
}

/// The token of a source that is in use.
#[derive(Clone)]
pub(crate) struct Tokens {
    source: Arc<dyn Fetch>,
    app_secret: Option<Secret>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    failed: Option<(Instant, Error)>,
    /// When the token was fetched that the API refused last.
    refused: Option<Instant>,
}

struct Held {
    credential: Credential,
    fetched: Instant,
    /// When to fetch the next one, and until when this one can be used all the same.
    validity: Option<(Instant, Instant)>,
}

impl Tokens {
    pub(crate) fn new(source: Arc<dyn Fetch>, app_secret: Option<Secret>) -> Self {
        Self {
            source,
            app_secret,
            state: Arc::default(),
        }
    }

    // The lock is held while a token is fetched, so that one is.
    async fn current(&self, limit: Duration) -> Result<Credential, Error> {
        const PAUSE: Duration = Duration::from_secs(1);
        // Who holds it may have been left standing by its caller.
        let mut state = timeout(limit, self.state.lock())
            .await
            .map_err(|_| late())?;
        if let Some(held) = state.held.as_ref().filter(|held| held.is_fresh()) {
            return Ok(held.credential.clone());
        }
        let failed = match &state.failed {
            Some((at, error)) if at.elapsed() < PAUSE => error.clone(),
            _ => {
                if let Some(fetched) = state.refused {
                    sleep_until(fetched + PAUSE).await;
                }
                match self.fetch(limit).await {
                    Ok(held) => {
                        let credential = held.credential.clone();
                        *state = State {
                            held: Some(held),
                            ..State::default()
                        };
                        return Ok(credential);
                    }
                    Err(error) => {
                        state.failed = Some((Instant::now(), error.clone()));
                        error
                    }
                }
            }
        };
        let valid = state.held.as_ref().filter(|held| held.is_valid());
        valid.map(|held| held.credential.clone()).ok_or(failed)
    }

    async fn fetch(&self, limit: Duration) -> Result<Held, Error> {
        let begun = Instant::now();
        let token = timeout(limit, self.source.fetch())
            .await
            .map_err(|_| late())??;
        Ok(Held {
            fetched: Instant::now(),
            credential: bearer(token.secret)?.proven_by(self.app_secret.as_ref()),
            validity: token.lifetime.and_then(|lifetime| {
                let early = (lifetime / 10).min(Duration::from_secs(60));
                let expiry = begun.checked_add(lifetime)?;
                Some((expiry.checked_sub(early)?, expiry))
            }),
        })
    }

    async fn forget(&self, credential: &Credential) {
        let mut state = self.state.lock().await;
        let refused = state.held.take_if(|held| held.credential.is(credential));
        if let Some(held) = refused {
            state.refused = Some(held.fetched);
        }
    }
}

impl Held {
    fn is_fresh(&self) -> bool {
        self.validity
            .is_none_or(|(renewal, _)| Instant::now() < renewal)
    }

    fn is_valid(&self) -> bool {
        self.validity
            .is_none_or(|(_, expiry)| Instant::now() < expiry)
    }
}

/// A token in the header `Authorization`.
pub(crate) fn bearer(token: Secret) -> Result<Credential, Error> {
    Credential::in_header(AUTHORIZATION, "Bearer ", token)
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering},
        },
        time::Duration,
    };

    use tokio::time::{Instant, sleep};

    use super::{Token, TokenSource, Tokens};
    use crate::error::ErrorKind;

    const LIMIT: Duration = Duration::from_secs(30);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Tokens of ten minutes, until the vault is sealed.
    #[derive(Clone, Default)]
    struct Vault {
        fetched: Arc<AtomicU32>,
        sealed: Arc<AtomicU32>,
    }

    impl TokenSource for Vault {
        type Error = io::Error;

        async fn fetch(&self) -> Result<Token, io::Error> {
            self.fetched.fetch_add(1, Ordering::SeqCst);
            if self.sealed.load(Ordering::SeqCst) != 0 {
                return Err(io::Error::other("sealed"));
            }
            Ok(Token::new("token").expires_in(seconds(600)))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_fetched_anew_a_minute_before_it_expires() {
        let vault = Vault::default();
        let tokens = Tokens::new(Arc::new(vault.clone()), None);
        for (wait, fetched) in [(0, 1), (539, 1), (1, 2), (500, 2), (40, 3), (10_000, 4)] {
            sleep(seconds(wait)).await;
            tokens.current(LIMIT).await.expect("a token");
            assert_eq!(vault.fetched.load(Ordering::SeqCst), fetched);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_is_still_valid_is_used_while_fetching_fails() {
        let vault = Vault::default();
        let tokens = Tokens::new(Arc::new(vault.clone()), None);
        tokens.current(LIMIT).await.expect("a token");
        vault.sealed.store(1, Ordering::SeqCst);
        sleep(seconds(550)).await;
        tokens.current(LIMIT).await.expect("the first one");
        tokens.current(LIMIT).await.expect("the first one");
        assert_eq!(vault.fetched.load(Ordering::SeqCst), 2, "once a second");
        sleep(seconds(50)).await;
        tokens.current(LIMIT).await.expect_err("it has expired");
        vault.sealed.store(0, Ordering::SeqCst);
        tokens.current(LIMIT).await.expect_err("within a second");
        sleep(seconds(1)).await;
        tokens.current(LIMIT).await.expect("a new one");
    }

    #[tokio::test(start_paused = true)]
    async fn an_api_that_refuses_every_token_has_the_source_asked_once_a_second() {
        let vault = Vault::default();
        let tokens = Tokens::new(Arc::new(vault.clone()), None);
        let begun = Instant::now();
        for _ in 0..10 {
            let refused = tokens.current(LIMIT).await.expect("a token");
            tokens.forget(&refused).await;
        }
        assert_eq!(vault.fetched.load(Ordering::SeqCst), 10);
        assert_eq!(begun.elapsed().as_secs(), 9);
        // One that was good for a while is replaced at once.
        let good = tokens.current(LIMIT).await.expect("a token");
        sleep(seconds(60)).await;
        tokens.forget(&good).await;
        tokens.current(LIMIT).await.expect("a token");
        assert_eq!(begun.elapsed().as_secs(), 70);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_left_standing_while_it_fetches_does_not_hold_the_others_for_ever() {
        let tokens = Tokens::new(Arc::new(Silent), None);
        let mut standing = std::pin::pin!(tokens.current(LIMIT));
        assert!(futures::poll!(&mut standing).is_pending());
        let error = tokens.current(LIMIT).await.expect_err("no token");
        assert_eq!(error.kind(), ErrorKind::Timeout);
    }

    struct Silent;
    impl TokenSource for Silent {
        type Error = io::Error;
        async fn fetch(&self) -> Result<Token, io::Error> {
            std::future::pending().await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_that_does_not_answer_is_a_timeout() {
        let tokens = Tokens::new(Arc::new(Silent), None);
        let error = tokens.current(LIMIT).await.expect_err("silence");
        assert_eq!(error.kind(), ErrorKind::Timeout);
    }
}
