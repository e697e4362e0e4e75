//! 360dialog's login, `POST /api/v2/token`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    credential::Credential,
    secret::Secret,
    token::{Token, TokenSource},
    token_cache::CredentialSource,
};
use crate::{
    error::{Error, failure::Failure, json::integer, kind::ErrorKind},
    http::{operation::Operation, transport::Transport},
};

const OPERATION: &str = "login";

/// A token source that logs in with a user name and a password of 360dialog's hub.
pub(crate) struct Login {
    pub url: String,
    pub username: String,
    pub password: Secret,
    pub http: reqwest::Client,
    pub transport: Transport,
}

#[derive(Serialize)]
struct TokenRequest<'a> {
    username: &'a str,
    password: &'a str,
}

#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
    #[serde(default)]
    expires_in: Value,
}

impl TokenSource for Login {
    type Error = Error;

    async fn fetch(&self) -> Result<Token, Error> {
        let request = self
            .http
            .post(&self.url)
            .json(&TokenRequest {
                username: &self.username,
                password: self.password.expose(),
            })
            .build()
            .map_err(Failure::from)?;
        let transport = Transport {
            credentials: CredentialSource::Fixed(Credential::in_body(self.password.clone())),
            // Repeating a login does no harm.
            retry_policy: self.transport.retry_policy.retry_writes(),
            rate_limiter: None,
            ..self.transport.clone()
        };
        let response = transport
            .call(&self.http, Ok(request), Operation::new(OPERATION))
            .await
            .map_err(|error| match error.kind() {
                ErrorKind::Authentication | ErrorKind::InvalidRequest => {
                    error.with_advice("check the user name and password")
                }
                _ => error,
            })?;
        let TokenResponse {
            access_token,
            expires_in,
        } = response.read_as::<TokenResponse>()?.into_inner();
        let token = Token::new(access_token);
        let seconds = integer(&expires_in).and_then(|seconds| u64::try_from(seconds).ok());
        Ok(match seconds {
            // A lifetime of 0 would cause a login for every call.
            None | Some(0) => token,
            Some(seconds) => token.expires_in(Duration::from_secs(seconds)),
        })
    }
}
