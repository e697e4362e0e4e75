//! 360dialog's login, `POST /api/v2/token`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    auth::{
        credential::{Credential, Secret},
        token::{Source, Token, TokenSource},
    },
    error::{Error, classify::number, failure::Failure},
    http::transport::Transport,
};

const OPERATION: &str = "login";

/// A user of 360dialog's hub, by whose name and password tokens are made.
pub(crate) struct Login {
    pub url: String,
    pub username: String,
    pub password: Secret,
    pub http: reqwest::Client,
    pub transport: Transport,
}

#[derive(Serialize)]
struct Question<'a> {
    username: &'a str,
    password: &'a str,
}

#[derive(Deserialize)]
struct TokenAnswer {
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
            .json(&Question {
                username: &self.username,
                password: self.password.expose(),
            })
            .build()
            .map_err(Failure::from)?;
        // A login more does no harm.
        let transport = Transport {
            source: Source::Fixed(Credential::in_body(self.password.clone())),
            retry: self.transport.retry.repeat_writes(),
            turns: None,
            ..self.transport.clone()
        };
        let answer = transport.call(&self.http, request, OPERATION).await?;
        let TokenAnswer {
            access_token,
            expires_in,
        } = answer.read::<TokenAnswer>()?.into_inner();
        let token = Token::new(access_token);
        let seconds = number(&expires_in).and_then(|seconds| u64::try_from(seconds).ok());
        Ok(match seconds {
            // A token of no time would be a login for every call.
            None | Some(0) => token,
            Some(seconds) => token.expires_in(Duration::from_secs(seconds)),
        })
    }
}
