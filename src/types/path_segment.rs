//! Segments of request paths.

use std::{borrow::Cow, fmt, sync::Arc};

use super::id::Id;

/// One segment of a request path, usually an id.
///
/// Builders create it from text, a number or an [`Id`]. It is always sent as one segment: characters
/// such as `/`, `?` and `#` are percent-encoded. Text that would change the path is rejected with
/// [`InvalidPathSegment`]: the empty text, `.` and `..` (also percent-encoded), and control
/// characters.
///
/// ```
/// use waba::PathSegment;
///
/// assert!(PathSegment::try_from("102290129340398").is_ok());
/// assert!(PathSegment::try_from("..").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PathSegment(String);

impl fmt::Display for PathSegment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Percent-encodes `text` as one segment of a path.
///
/// progenitor's `encode_path` leaves `\` as it is, which URL parsers treat as `/`.
pub(crate) fn encode_segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// The error for text that is not a valid path segment; see [`PathSegment`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPathSegment(());

impl fmt::Display for InvalidPathSegment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a path segment must not be empty, `.` or `..`, or contain control characters")
    }
}

impl std::error::Error for InvalidPathSegment {}

/// Returns whether `text` is `.` or `..`, also percent-encoded.
fn is_dots(text: &str) -> bool {
    // Longer text is not copied.
    text.len() <= "%2e%2e".len()
        && matches!(&*text.to_ascii_lowercase().replace("%2e", "."), "." | "..")
}

impl TryFrom<String> for PathSegment {
    type Error = InvalidPathSegment;

    fn try_from(text: String) -> Result<Self, InvalidPathSegment> {
        if text.is_empty() || is_dots(&text) || text.chars().any(char::is_control) {
            return Err(InvalidPathSegment(()));
        }
        Ok(Self(text))
    }
}

impl From<u32> for PathSegment {
    fn from(id: u32) -> Self {
        Self(id.to_string())
    }
}

impl From<u64> for PathSegment {
    fn from(id: u64) -> Self {
        Self(id.to_string())
    }
}

impl TryFrom<&str> for PathSegment {
    type Error = InvalidPathSegment;

    fn try_from(text: &str) -> Result<Self, InvalidPathSegment> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<&String> for PathSegment {
    type Error = InvalidPathSegment;

    fn try_from(text: &String) -> Result<Self, InvalidPathSegment> {
        Self::try_from(text.as_str())
    }
}

impl TryFrom<Id> for PathSegment {
    type Error = InvalidPathSegment;

    fn try_from(id: Id) -> Result<Self, InvalidPathSegment> {
        Self::try_from(String::from(id))
    }
}

impl TryFrom<&Id> for PathSegment {
    type Error = InvalidPathSegment;

    fn try_from(id: &Id) -> Result<Self, InvalidPathSegment> {
        Self::try_from(id.as_str())
    }
}

impl TryFrom<Cow<'_, str>> for PathSegment {
    type Error = InvalidPathSegment;

    fn try_from(text: Cow<'_, str>) -> Result<Self, InvalidPathSegment> {
        Self::try_from(text.into_owned())
    }
}

impl TryFrom<Box<str>> for PathSegment {
    type Error = InvalidPathSegment;

    fn try_from(text: Box<str>) -> Result<Self, InvalidPathSegment> {
        Self::try_from(String::from(text))
    }
}

impl TryFrom<Arc<str>> for PathSegment {
    type Error = InvalidPathSegment;

    fn try_from(text: Arc<str>) -> Result<Self, InvalidPathSegment> {
        Self::try_from(&*text)
    }
}
