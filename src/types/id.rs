//! Ids, as answers carry them and as paths take them.

use std::{convert::Infallible, fmt, ops::Deref, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};

use crate::types::string_or_number::string_or_number;

/// An id from an answer.
///
/// Both APIs document ids as strings, and Meta's servers send some as JSON numbers; either is
/// read (a number only if all its digits survive), and written back as a string. It derefs to `str` and can be passed to any call that
/// takes an id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Id(String);

impl Id {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        string_or_number(deserializer).map(Self)
    }
}

impl Deref for Id {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Id {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Id {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl From<String> for Id {
    fn from(id: String) -> Self {
        Self(id)
    }
}

impl FromStr for Id {
    type Err = Infallible;

    fn from_str(id: &str) -> Result<Self, Infallible> {
        Ok(Self::from(id))
    }
}

impl From<&Id> for String {
    fn from(id: &Id) -> Self {
        id.0.clone()
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0
    }
}

impl PartialEq<str> for Id {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Id {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// One segment of a request's path, mostly an id.
///
/// It is made from text, or from an [`Id`], when a call is given one. Whatever it holds arrives
/// at the server as that one segment: `/`, `?`, `#` and the like are percent-encoded. What a URL
/// would read as a way to another place is refused with [`InvalidPathSegment`]: the empty text,
/// `.` and `..` (also percent-encoded) and control characters.
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

/// `text` as a segment of a path. The generated calls use it instead of progenitor's `encode_path`.
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

/// Text that cannot be one segment of a path; see [`PathSegment`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPathSegment(());

impl InvalidPathSegment {
    pub(crate) const REASON: &str = "it cannot be empty, `.` or `..`, or hold control characters";
}

impl fmt::Display for InvalidPathSegment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a segment of a path: {}", Self::REASON)
    }
}

impl std::error::Error for InvalidPathSegment {}

impl TryFrom<String> for PathSegment {
    type Error = InvalidPathSegment;

    fn try_from(text: String) -> Result<Self, InvalidPathSegment> {
        let dots = text.to_ascii_lowercase().replace("%2e", ".");
        if text.is_empty() || dots == "." || dots == ".." || text.chars().any(char::is_control) {
            return Err(InvalidPathSegment(()));
        }
        Ok(Self(text))
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
        Self::try_from(id.0)
    }
}

impl TryFrom<&Id> for PathSegment {
    type Error = InvalidPathSegment;

    fn try_from(id: &Id) -> Result<Self, InvalidPathSegment> {
        Self::try_from(id.as_str())
    }
}
