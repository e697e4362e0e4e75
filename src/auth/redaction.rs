//! Removal of secrets from errors and from what is observed.

use std::cmp::Reverse;

use serde_json::Value;
use zeroize::Zeroizing;

use super::secret::Secret;
use crate::{
    error::{failure::Failure, meta_error::MetaError},
    types::usage::Usage,
};

/// Secrets shorter than this, in bytes, are redacted only where they are not part of a longer word.
const SHORT: usize = 8;

/// The longest beginning of a text that is searched for secrets, in bytes. Errors keep less of it.
const MAX_SEARCHED: usize = 64 * 1024;

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
        let spellings = self.spellings();
        let clean = |text: Option<String>, length| {
            text.map(|text| {
                spellings
                    .redact_beginning(text)
                    .chars()
                    .take(length)
                    .collect::<String>()
            })
        };
        Failure {
            message: clean(failure.message, MAX_MESSAGE),
            trace_id: clean(failure.trace_id, MAX_ID),
            body_excerpt: failure
                .body_excerpt
                .filter(|_| !self.drop_excerpt)
                .map(|text| cut(spellings.redact_beginning(text), MAX_EXCERPT)),
            served_version: clean(failure.served_version, MAX_ID),
            meta_error: failure.meta_error.map(|error| MetaError {
                message: clean(error.message, MAX_MESSAGE),
                trace_id: clean(error.trace_id, MAX_ID),
                ..error
            }),
            details: failure.details.filter(|details| {
                details.to_string().len() <= MAX_DETAILS && !spellings.are_in_json(details)
            }),
            usage: failure.usage.filter(|usage| !spellings.are_in_usage(usage)),
            source: failure
                .source
                .filter(|source| !spellings.are_in(&source.to_string())),
            ..failure
        }
    }

    /// Returns whether `text` contains a secret.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.spellings().are_in(text)
    }

    /// Returns whether a text in `usage` contains a secret.
    pub(crate) fn is_in_usage(&self, usage: &Usage) -> bool {
        self.spellings().are_in_usage(usage)
    }

    fn spellings(&self) -> Spellings {
        let mut secrets: Vec<&Secret> = self.secrets.iter().collect();
        // A secret that contains another must not leave the rest of itself.
        secrets.sort_by_key(|secret| Reverse(secret.expose().len()));
        Spellings(secrets.into_iter().flat_map(Secret::spellings).collect())
    }
}

/// The secrets of one call, each in all the ways in which servers write it.
struct Spellings(Vec<Zeroizing<String>>);

impl Spellings {
    /// Removes the secrets from `text`, and the end of a text that is too long to be searched.
    fn redact_beginning(&self, text: String) -> String {
        if text.len() <= MAX_SEARCHED {
            return self.redact(&text);
        }
        let redacted = self.redact(&cut(text, MAX_SEARCHED));
        // A secret that was cut is not found.
        let longest = self.0.iter().map(|spelling| spelling.len()).max();
        let length = redacted.len().saturating_sub(longest.unwrap_or_default());
        cut(redacted, length)
    }

    fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for spelling in &self.0 {
            // Most texts contain none.
            if text.contains(spelling.as_str()) {
                text = replace(&text, spelling);
            }
        }
        text
    }

    fn are_in(&self, text: &str) -> bool {
        self.redact(text) != text
    }

    fn are_in_usage(&self, usage: &Usage) -> bool {
        let texts = usage
            .business
            .iter()
            .flat_map(|business| [Some(&business.id), business.use_case.as_ref()]);
        texts.flatten().any(|text| self.are_in(text))
    }

    fn are_in_json(&self, value: &Value) -> bool {
        match value {
            Value::Null | Value::Bool(_) => false,
            Value::Number(number) => self.are_in(&number.to_string()),
            Value::String(text) => self.are_in(text),
            Value::Array(items) => items.iter().any(|item| self.are_in_json(item)),
            Value::Object(properties) => properties
                .iter()
                .any(|(name, value)| self.are_in(name) || self.are_in_json(value)),
        }
    }
}

/// Replaces each occurrence of `secret` in `text`, except inside words and numbers if it is short.
fn replace(text: &str, secret: &str) -> String {
    let mut redacted = String::new();
    let mut rest = 0;
    for (start, _) in text.match_indices(secret) {
        let end = start + secret.len();
        let is_in_word = |neighbor: Option<char>, edge: Option<char>| {
            neighbor.zip(edge).is_some_and(|(neighbor, edge)| {
                neighbor.is_alphanumeric() && neighbor.is_numeric() == edge.is_numeric()
            })
        };
        let is_inside = is_in_word(text[..start].chars().next_back(), secret.chars().next())
            || is_in_word(text[end..].chars().next(), secret.chars().next_back());
        if secret.len() < SHORT && is_inside {
            continue;
        }
        redacted += &text[rest..start];
        redacted += "[redacted]";
        rest = end;
    }
    redacted + &text[rest..]
}

/// Cuts `text` to at most `length` bytes.
fn cut(mut text: String, length: usize) -> String {
    let fits = |(start, c): (usize, char)| Some(start + c.len_utf8()).filter(|end| *end <= length);
    let end = text.char_indices().map_while(fits).last();
    text.truncate(end.unwrap_or_default());
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{MAX_SEARCHED, Redactor};
    use crate::error::failure::Failure;

    fn redactor(secret: &str) -> Redactor {
        Redactor {
            secrets: vec![secret.into()],
            drop_excerpt: false,
        }
    }

    #[test]
    fn a_secret_at_which_a_long_text_is_cut_is_not_shown_in_part() {
        let secret = "planted-secret-".repeat(60);
        // Redacted, the text is shorter than what an error keeps.
        let text = format!(
            "{}{}",
            "beginning ".repeat(1000),
            secret.repeat(MAX_SEARCHED / secret.len() + 1)
        );
        let failure = redactor(&secret).redact_failure(Failure {
            message: Some(text.clone()),
            body_excerpt: Some(text),
            ..Failure::default()
        });
        for text in [failure.message, failure.body_excerpt] {
            let text = text.expect("a text");
            assert!(!text.contains("planted"), "{text}");
            assert!(text.starts_with("beginning beginning"), "{text}");
        }
    }

    #[test]
    fn a_secret_in_any_part_of_the_details_removes_them() {
        for (details, is_kept) in [
            (json!({"a": ["planted", 1]}), true),
            (json!({"a": ["of planted-secret", 1]}), false),
            (json!({"planted-secret": 1}), false),
        ] {
            let failure = redactor("planted-secret").redact_failure(Failure {
                details: Some(details.clone()),
                ..Failure::default()
            });
            assert_eq!(failure.details.is_some(), is_kept, "{details}");
        }
    }
}
