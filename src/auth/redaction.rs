//! Removal of secrets from errors and from what is observed.

use std::cmp::Reverse;

use serde_json::Value;

use super::secret::Secret;
use crate::{
    error::{failure::Failure, meta_error::MetaError},
    types::usage::Usage,
};

/// The longest texts that an error keeps, in characters.
const MAX_MESSAGE: usize = 2048;
const MAX_ID: usize = 128;
/// The longest excerpt that an error keeps, in bytes.
const MAX_EXCERPT: usize = 1024;
/// The largest details that an error keeps, in bytes of JSON.
const MAX_DETAILS: usize = 64 * 1024;

/// The secrets of one call.
#[derive(Clone, Debug)]
pub(crate) struct Redactor {
    pub(crate) secrets: Vec<Secret>,
    /// The response may contain a new secret, such as a token.
    pub(crate) drop_excerpt: bool,
}

impl Redactor {
    /// Removes the secrets from all fields of `failure`, because servers repeat malformed tokens in
    /// their messages, and cuts long texts.
    pub(crate) fn redact_failure(&self, failure: Failure) -> Failure {
        let clean = |text: Option<String>, length| {
            text.map(|text| self.redact(&text).chars().take(length).collect::<String>())
        };
        Failure {
            message: clean(failure.message, MAX_MESSAGE),
            trace_id: clean(failure.trace_id, MAX_ID),
            body_excerpt: failure
                .body_excerpt
                .filter(|_| !self.drop_excerpt)
                .map(|text| cut(self.redact(&text), MAX_EXCERPT)),
            served_version: clean(failure.served_version, MAX_ID),
            meta_error: failure.meta_error.map(|error| MetaError {
                message: clean(error.message, MAX_MESSAGE),
                trace_id: clean(error.trace_id, MAX_ID),
                ..error
            }),
            details: failure.details.filter(|details| {
                !self.is_in_json(details) && details.to_string().len() <= MAX_DETAILS
            }),
            usage: failure.usage.filter(|usage| !self.is_in_usage(usage)),
            source: failure
                .source
                .filter(|source| !self.is_in(&source.to_string())),
            ..failure
        }
    }

    /// Returns whether `text` contains a secret.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.redact(text) != text
    }

    /// Returns whether a text in `usage` contains a secret.
    pub(crate) fn is_in_usage(&self, usage: &Usage) -> bool {
        let texts = usage
            .business
            .iter()
            .flat_map(|business| [Some(&business.id), business.use_case.as_ref()]);
        texts.flatten().any(|text| self.is_in(text))
    }

    fn is_in_json(&self, value: &Value) -> bool {
        match value {
            Value::Null | Value::Bool(_) => false,
            Value::Number(number) => self.is_in(&number.to_string()),
            Value::String(text) => self.is_in(text),
            Value::Array(items) => items.iter().any(|item| self.is_in_json(item)),
            Value::Object(properties) => properties
                .iter()
                .any(|(name, value)| self.is_in(name) || self.is_in_json(value)),
        }
    }

    fn redact(&self, text: &str) -> String {
        let mut secrets: Vec<&Secret> = self.secrets.iter().collect();
        // A secret that contains another must not leave the rest of itself.
        secrets.sort_by_key(|secret| Reverse(secret.expose().len()));
        let secrets = secrets.into_iter();
        secrets.fold(text.to_owned(), |text, secret| secret.redact(&text))
    }
}

/// Cuts `text` to at most `length` bytes.
fn cut(mut text: String, length: usize) -> String {
    let fits = |(start, c): (usize, char)| Some(start + c.len_utf8()).filter(|end| *end <= length);
    let end = text.char_indices().map_while(fits).last();
    text.truncate(end.unwrap_or_default());
    text
}
