//! Secrets in memory, and the ways in which servers repeat them.

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use base64::{Engine, prelude::*};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::types::path_segment::encode_segment;

/// Text that `Debug` does not show, such as a token that an application chose to verify webhooks. It
/// is overwritten in memory when its last copy is dropped.
///
/// Serialization writes the text itself, because requests contain it.
///
/// ```
/// use waba::Secret;
///
/// let secret = Secret::from("correct horse");
/// assert_eq!(format!("{secret:?}"), "[redacted]");
/// assert_eq!(secret.expose(), "correct horse");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<Zeroizing<String>>);

impl<T: Into<String>> From<T> for Secret {
    fn from(secret: T) -> Self {
        Self(Arc::new(Zeroizing::new(secret.into())))
    }
}

impl From<&Self> for Secret {
    fn from(secret: &Self) -> Self {
        secret.clone()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Hash for Secret {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.expose().hash(state);
    }
}

/// Does the same as [`expose`](Secret::expose), so that settings such as `access_token` accept a
/// secret.
impl AsRef<str> for Secret {
    fn as_ref(&self) -> &str {
        self.expose()
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Secret {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        concat!(module_path!(), "::Secret").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "password" })
    }
}

impl Secret {
    /// Returns the text. Do not log it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns whether both are copies of one secret.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Returns the secret as servers and proxies write it: plain, escaped for JSON, for URLs and for
    /// HTML, and in Base64.
    pub(super) fn spellings(&self) -> Vec<Zeroizing<String>> {
        let plain = self.expose();
        let json = serde_json::Value::from(plain).to_string();
        let json = json.trim_start_matches('"').strip_suffix('"').unwrap_or("");
        let url = encode_segment(plain);
        let escape = |text: &str, escaped: fn(char) -> bool, code: fn(u16) -> String| -> String {
            let mut units = [0; 2];
            let escape = |c: char| match escaped(c) {
                true => c
                    .encode_utf16(&mut units)
                    .iter()
                    .map(|unit| code(*unit))
                    .collect(),
                false => c.to_string(),
            };
            text.chars().map(escape).collect()
        };
        let unicode = [
            |unit| format!("\\u{unit:04x}"),
            |unit| format!("\\u{unit:04X}"),
        ]
        .map(|code| {
            [
                escape(plain, |_| true, code),
                escape(plain, |c| !c.is_ascii_alphanumeric(), code),
                // As Python, PHP and Go write JSON.
                escape(json, |c| !c.is_ascii(), code),
                escape(&json.replace('/', "\\/"), |c| !c.is_ascii(), code),
                escape(json, |c| matches!(c, '&' | '<' | '>'), code),
            ]
        });
        let html = |quote: &str, apostrophe: &str| {
            let text = plain.replace('&', "&amp;").replace('<', "&lt;");
            let text = text.replace('>', "&gt;").replace('"', quote);
            text.replace('\'', apostrophe)
        };
        let spellings = [
            plain.to_owned(),
            json.to_owned(),
            json.replace('/', "\\/"),
            url.replace("%20", "+"),
            lower_case_escapes(&url).replace("%20", "+"),
            lower_case_escapes(&url),
            url,
            html("&quot;", "&#39;"),
            html("&quot;", "&#x27;"),
            html("&#34;", "&#39;"),
            BASE64_STANDARD_NO_PAD.encode(plain),
            BASE64_URL_SAFE_NO_PAD.encode(plain),
        ];
        let all = spellings.into_iter().chain(unicode.into_iter().flatten());
        all.filter(|spelling| !spelling.is_empty())
            .map(Zeroizing::new)
            .collect()
    }
}

/// Writes the hexadecimal digits of percent escapes in lower case.
fn lower_case_escapes(url: &str) -> String {
    let mut pieces = url.split('%');
    let mut lower = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (digits, rest) = piece.split_at(2.min(piece.len()));
        lower += "%";
        lower += &digits.to_ascii_lowercase();
        lower += rest;
    }
    lower
}
