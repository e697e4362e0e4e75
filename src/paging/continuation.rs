//! Places in a list at which it can be continued.

use std::{fmt, str::FromStr};

use reqwest::Request;
use serde::{Deserialize, Serialize};

use crate::Error;

/// A place in a list, from which a later program can continue it.
///
/// It is returned by [`Pages::continuation`](crate::Pages::continuation) and
/// [`Items::continuation`](crate::Items::continuation), and given to
/// [`Pages::resume`](crate::Pages::resume) or [`Items::resume`](crate::Items::resume). To store it, use
/// its text (`to_string` and `parse`) or serde, which reads and writes the same text. The text is not
/// secret.
///
/// Meta's cursors point to an item and are invalid once the item is deleted. Store a continuation for
/// hours rather than weeks, and start the list again if Meta rejects it.
///
/// ```
/// use waba::Continuation;
///
/// # fn main() -> Result<(), waba::Error> {
/// let stored = "after:QVFIUjRt";
/// let place: Continuation = stored.parse()?;
/// assert_eq!(place.to_string(), stored);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Continuation(pub(crate) Position);

/// A place in a list, as the API names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Position {
    /// The beginning that the parameters of the call ask for.
    Start,
    /// The item after the one that this cursor points to.
    After(String),
    /// The item with this index, counted from 0.
    Offset(u64),
}

impl Position {
    /// Returns the request for the page at this place. `first` is the request for the first page.
    pub(crate) fn request(&self, first: &Request) -> Result<Request, Error> {
        let copy = first.try_clone();
        // No list has one: they are read with `GET`.
        let streams = || Error::invalid_request("a request with a streaming body has no pages");
        let mut request = copy.ok_or_else(streams)?;
        let (names, value) = match self {
            Self::Start => return Ok(request),
            // `before` limits only the first page.
            Self::After(cursor) => (["after", "before"].as_slice(), cursor.clone()),
            Self::Offset(offset) => (["offset"].as_slice(), offset.to_string()),
        };
        let pairs = first.url().query_pairs();
        let others = pairs.filter(|(name, _)| !names.contains(&&**name));
        let mut query = request.url_mut().query_pairs_mut();
        query
            .clear()
            .extend_pairs(others)
            .append_pair(names[0], &value);
        drop(query);
        Ok(request)
    }

    /// Returns the offset that the request for the first page asks for.
    pub(crate) fn first_offset(first: Option<&Request>) -> Self {
        let mut query = first
            .into_iter()
            .flat_map(|first| first.url().query_pairs());
        let offset = query.find(|(name, _)| name == "offset");
        Self::Offset(offset.map_or(0, |(_, offset)| offset.parse().unwrap_or_default()))
    }

    pub(crate) fn is_offset(&self) -> bool {
        matches!(self, Self::Offset(_))
    }

    /// Returns the index of the first item.
    pub(crate) fn offset(&self) -> u64 {
        match self {
            Self::Offset(offset) => *offset,
            _ => 0,
        }
    }
}

impl fmt::Display for Continuation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Position::Start => f.write_str("start"),
            Position::After(cursor) => write!(f, "after:{cursor}"),
            Position::Offset(offset) => write!(f, "offset:{offset}"),
        }
    }
}

impl FromStr for Continuation {
    type Err = Error;

    /// Parses the text that `to_string` returns.
    ///
    /// # Errors
    ///
    /// Fails with [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the text has another form.
    fn from_str(text: &str) -> Result<Self, Error> {
        let position = match text.split_once(':') {
            None if text == "start" => Some(Position::Start),
            Some(("after", cursor)) if !cursor.is_empty() => {
                Some(Position::After(cursor.to_owned()))
            }
            Some(("offset", offset)) => offset.parse().ok().map(Position::Offset),
            _ => None,
        };
        position.map(Self).ok_or_else(|| {
            Error::invalid_request(
                "invalid continuation: expected `start`, `after:<cursor>` or `offset:<number>`; \
                 use the text of a `Continuation`",
            )
        })
    }
}

impl TryFrom<String> for Continuation {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Continuation> for String {
    fn from(continuation: Continuation) -> Self {
        continuation.to_string()
    }
}

#[cfg(test)]
mod tests {
    use reqwest::{Method, Request};

    use super::{Continuation, Position};

    #[test]
    fn the_request_of_a_page_has_all_other_parameters_of_the_first() {
        let url = "https://host/1/list?fields=id%2Cname&after=a&before=b&offset=7";
        let first = Request::new(Method::GET, url.parse().unwrap());
        let url_of = |place: Position| place.request(&first).unwrap().url().to_string();
        assert_eq!(url_of(Position::Start), url);
        assert_eq!(
            url_of(Position::After("c d".to_owned())),
            "https://host/1/list?fields=id%2Cname&offset=7&after=c+d"
        );
        assert_eq!(
            url_of(Position::Offset(9)),
            "https://host/1/list?fields=id%2Cname&after=a&before=b&offset=9"
        );
    }

    #[test]
    fn a_continuation_is_stored_as_text() {
        for text in ["start", "after:QVFIUjRt:x==", "offset:100"] {
            let place: Continuation = text.parse().unwrap();
            assert_eq!(place.to_string(), text);
            let json = serde_json::to_string(&place).unwrap();
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<Continuation>(&json).unwrap(), place);
        }
        for text in ["", "after:", "offset:-1", "before:x", "START"] {
            assert!(text.parse::<Continuation>().is_err(), "{text}");
        }
    }
}
