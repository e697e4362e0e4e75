//! Secrets in memory.

use std::{fmt, sync::Arc};

use zeroize::Zeroizing;

use crate::types::path_segment::encode_segment;

/// Secrets shorter than this, in bytes, are redacted only where they are not part of a longer word.
const SHORT: usize = 8;

/// Text that is never shown, and is overwritten in memory when its last copy is dropped.
#[derive(Clone)]
pub(crate) struct Secret(Arc<Zeroizing<String>>);

impl<T: Into<String>> From<T> for Secret {
    fn from(secret: T) -> Self {
        Self(Arc::new(Zeroizing::new(secret.into())))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Secret {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Returns whether both are copies of one secret.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Replaces the secret in `text`, also where it is escaped for JSON or a URL.
    pub(crate) fn redact(&self, text: &str) -> String {
        let plain = self.expose();
        let in_json = Zeroizing::new(serde_json::Value::from(plain).to_string());
        let in_json = in_json.trim_matches('"');
        let slashes = Zeroizing::new(in_json.replace('/', "\\/"));
        let in_url = Zeroizing::new(encode_segment(plain));
        [plain, in_json, &slashes, &in_url]
            .into_iter()
            .fold(text.to_owned(), |text, secret| replace(&text, secret))
    }
}

/// Replaces each occurrence of `secret` in `text`, except inside words if it is short.
fn replace(text: &str, secret: &str) -> String {
    let mut redacted = String::new();
    let mut rest = 0;
    for (start, _) in text.match_indices(secret) {
        let end = start + secret.len();
        let neighbors = [
            text[..start].chars().next_back(),
            text[end..].chars().next(),
        ];
        if secret.len() < SHORT && neighbors.into_iter().flatten().any(char::is_alphanumeric) {
            continue;
        }
        redacted += &text[rest..start];
        redacted += "[redacted]";
        rest = end;
    }
    redacted + &text[rest..]
}
