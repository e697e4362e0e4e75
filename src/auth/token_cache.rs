//! The credential of a client: a fixed one, or the current token of a source.

use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::Mutex;

use super::{credential::Credential, secret::Secret, token::DynTokenSource};
use crate::{
    error::{Error, failure::Failure, kind::ErrorKind},
    http::time::{Instant, sleep_until, timeout},
};

/// The pause between two fetches of which the first failed, or fetched a token that was rejected.
const PAUSE: Duration = Duration::from_secs(1);

/// The source of the credential of each attempt.
#[derive(Clone, Debug)]
pub(crate) enum CredentialSource {
    Fixed(Credential),
    Tokens(TokenCache),
}

impl CredentialSource {
    /// Returns the credential for the next attempt. Waiting for another call's fetch, and the fetch
    /// itself, each take `limit` at most.
    pub(crate) async fn credential(&self, limit: Duration) -> Result<Credential, Error> {
        match self {
            Self::Fixed(credential) => Ok(credential.clone()),
            Self::Tokens(tokens) => tokens.credential(limit).await,
        }
    }

    /// Discards a credential that the API rejected, if it can be replaced.
    pub(crate) async fn invalidate(&self, credential: &Credential, limit: Duration) {
        if let Self::Tokens(tokens) = self {
            // After the limit, another call is fetching a new token anyway.
            let _ = timeout(limit, tokens.invalidate(credential)).await;
        }
    }
}

/// The current token of a source.
#[derive(Clone)]
pub(crate) struct TokenCache {
    /// The name of the source, for errors.
    name: &'static str,
    source: Arc<dyn DynTokenSource>,
    app_secret: Option<Secret>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    current: Option<CachedToken>,
    last_failure: Option<(Instant, Error)>,
    /// When the token was fetched that the API rejected last.
    rejected: Option<Instant>,
}

struct CachedToken {
    credential: Credential,
    fetched: Instant,
    /// When to fetch the next token, and when this one expires.
    validity: Option<(Instant, Instant)>,
}

impl TokenCache {
    pub(crate) fn new(
        name: &'static str,
        source: Arc<dyn DynTokenSource>,
        app_secret: Option<Secret>,
    ) -> Self {
        Self {
            name,
            source,
            app_secret,
            state: Arc::default(),
        }
    }

    /// Returns the current token, or fetches one. The lock is held during the fetch, so that only
    /// one runs.
    async fn credential(&self, limit: Duration) -> Result<Credential, Error> {
        // The holder of the lock may never be polled again.
        let mut state = timeout(limit, self.state.lock())
            .await
            .map_err(|_| self.fetch_timeout())?;
        if let Some(token) = state.current.as_ref().filter(|token| token.is_fresh()) {
            return Ok(token.credential.clone());
        }
        let error = match &state.last_failure {
            Some((at, error)) if at.elapsed() < PAUSE => error.clone(),
            _ => {
                if let Some(fetched) = state.rejected {
                    sleep_until(fetched + PAUSE).await;
                }
                match self.fetch(limit).await {
                    Ok(token) => {
                        let credential = token.credential.clone();
                        *state = State {
                            current: Some(token),
                            ..State::default()
                        };
                        return Ok(credential);
                    }
                    Err(error) => {
                        state.last_failure = Some((Instant::now(), error.clone()));
                        error
                    }
                }
            }
        };
        let valid = state.current.as_ref().filter(|token| token.is_valid());
        valid.map(|token| token.credential.clone()).ok_or(error)
    }

    async fn fetch(&self, limit: Duration) -> Result<CachedToken, Error> {
        let start = Instant::now();
        let fetched = timeout(limit, self.source.fetch()).await;
        let token = fetched
            .map_err(|_| self.fetch_timeout())?
            .map_err(Error::without_effect)?;
        Ok(CachedToken {
            fetched: Instant::now(),
            credential: self.bearer(token.secret)?,
            validity: token.lifetime.and_then(|lifetime| {
                let margin = (lifetime / 10).min(Duration::from_secs(60));
                let expiry = start.checked_add(lifetime)?;
                Some((expiry.checked_sub(margin)?, expiry))
            }),
        })
    }

    /// Returns the credential for a fetched token. A final newline is an accident of its source.
    fn bearer(&self, token: Secret) -> Result<Credential, Error> {
        let token = match token.expose().trim_end_matches(['\r', '\n']) {
            trimmed if trimmed.len() < token.expose().len() => Secret::from(trimmed),
            _ => token,
        };
        let credential = Credential::bearer(token).map_err(|error| Failure {
            kind: Some(ErrorKind::Authentication),
            message: Some(format!(
                "{} returned an invalid token: {}",
                self.name,
                error.message().unwrap_or_default()
            )),
            ..Failure::default()
        })?;
        Ok(credential.with_proof(self.app_secret.as_ref()))
    }

    fn fetch_timeout(&self) -> Error {
        Failure {
            kind: Some(ErrorKind::Timeout),
            message: Some(format!(
                "{} did not return a token within `timeout`",
                self.name
            )),
            retryable: true,
            ..Failure::default()
        }
        .into()
    }

    async fn invalidate(&self, credential: &Credential) {
        let mut state = self.state.lock().await;
        let rejected = state
            .current
            .take_if(|token| token.credential.is_same(credential));
        if let Some(token) = rejected {
            state.rejected = Some(token.fetched);
        }
    }
}

impl CachedToken {
    fn is_fresh(&self) -> bool {
        self.validity
            .is_none_or(|(renewal, _)| Instant::now() < renewal)
    }

    fn is_valid(&self) -> bool {
        self.validity
            .is_none_or(|(_, expiry)| Instant::now() < expiry)
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenCache")
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

    use super::TokenCache;
    use crate::{
        auth::token::{Token, TokenSource},
        error::kind::ErrorKind,
    };

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
    async fn fetches_the_next_token_a_minute_before_expiry() {
        let vault = Vault::default();
        let tokens = TokenCache::new("the source", Arc::new(vault.clone()), None);
        for (wait, fetched) in [(0, 1), (539, 1), (1, 2), (500, 2), (40, 3), (10_000, 4)] {
            sleep(seconds(wait)).await;
            tokens.credential(LIMIT).await.expect("a token");
            assert_eq!(vault.fetched.load(Ordering::SeqCst), fetched);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_is_still_valid_is_used_while_fetching_fails() {
        let vault = Vault::default();
        let tokens = TokenCache::new("the source", Arc::new(vault.clone()), None);
        tokens.credential(LIMIT).await.expect("a token");
        vault.sealed.store(1, Ordering::SeqCst);
        sleep(seconds(550)).await;
        tokens.credential(LIMIT).await.expect("the first one");
        tokens.credential(LIMIT).await.expect("the first one");
        assert_eq!(vault.fetched.load(Ordering::SeqCst), 2, "once a second");
        sleep(seconds(50)).await;
        tokens.credential(LIMIT).await.expect_err("it has expired");
        vault.sealed.store(0, Ordering::SeqCst);
        tokens.credential(LIMIT).await.expect_err("within a second");
        sleep(seconds(1)).await;
        tokens.credential(LIMIT).await.expect("a new one");
    }

    #[tokio::test(start_paused = true)]
    async fn fetches_at_most_once_a_second_if_every_token_is_rejected() {
        let vault = Vault::default();
        let tokens = TokenCache::new("the source", Arc::new(vault.clone()), None);
        let begun = Instant::now();
        for _ in 0..10 {
            let refused = tokens.credential(LIMIT).await.expect("a token");
            tokens.invalidate(&refused).await;
        }
        assert_eq!(vault.fetched.load(Ordering::SeqCst), 10);
        assert_eq!(begun.elapsed().as_secs(), 9);
        // One that was good for a while is replaced at once.
        let good = tokens.credential(LIMIT).await.expect("a token");
        sleep(seconds(60)).await;
        tokens.invalidate(&good).await;
        tokens.credential(LIMIT).await.expect("a token");
        assert_eq!(begun.elapsed().as_secs(), 70);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_no_longer_polled_does_not_block_others_forever() {
        let tokens = TokenCache::new("the source", Arc::new(Silent), None);
        let mut standing = std::pin::pin!(tokens.credential(LIMIT));
        assert!(futures::poll!(&mut standing).is_pending());
        let error = tokens.credential(LIMIT).await.expect_err("no token");
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
    async fn a_source_that_never_returns_causes_a_timeout() {
        let tokens = TokenCache::new("the source", Arc::new(Silent), None);
        let error = tokens.credential(LIMIT).await.expect_err("silence");
        assert_eq!(error.kind(), ErrorKind::Timeout);
    }
}
