//! Removal of credentials from errors.

use super::credential::Credential;
use crate::error::{failure::Failure, meta_error::MetaError};

/// The longest texts that an error keeps, in characters.
const MAX_MESSAGE: usize = 2048;
const MAX_ID: usize = 128;
const MAX_EXCERPT: usize = 1024;
/// The largest details that an error keeps, in bytes of JSON.
const MAX_DETAILS: usize = 64 * 1024;

impl Credential {
    /// Removes the secret from all fields of `failure`, because Meta repeats malformed tokens in its
    /// messages, and cuts long texts.
    pub(crate) fn redact_failure(&self, failure: Failure) -> Failure {
        let clean = |text: Option<String>, length| {
            text.map(|text| self.redact(&text).chars().take(length).collect::<String>())
        };
        let contains_secret = |text: &str| self.redact(text) != text;
        Failure {
            message: clean(failure.message, MAX_MESSAGE),
            trace_id: clean(failure.trace_id, MAX_ID),
            body_excerpt: clean(failure.body_excerpt, MAX_EXCERPT)
                // The response to a login contains a token.
                .filter(|_| self.header.is_some()),
            served_version: clean(failure.served_version, MAX_ID),
            meta_error: failure.meta_error.map(|error| MetaError {
                message: clean(error.message, MAX_MESSAGE),
                trace_id: clean(error.trace_id, MAX_ID),
                ..error
            }),
            details: failure.details.filter(|details| {
                let text = details.to_string();
                text.len() <= MAX_DETAILS && !contains_secret(&text)
            }),
            usage: failure
                .usage
                .filter(|usage| !contains_secret(&format!("{usage:?}"))),
            source: failure
                .source
                .filter(|source| !contains_secret(&source.to_string())),
            ..failure
        }
    }

    fn redact(&self, text: &str) -> String {
        [Some(&self.secret), self.proof.as_ref()]
            .into_iter()
            .flatten()
            .fold(text.to_owned(), |text, secret| secret.redact(&text))
    }
}
