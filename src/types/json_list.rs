//! Lists in one query parameter, as JSON.

use std::fmt;

use serde::{Serialize, Serializer};

/// A list that is sent in one query parameter, as a JSON array.
///
/// It is created from an array, a vector or a slice of items or of values that convert into one, or
/// collected from an iterator. An empty list omits the parameter in a read, and is an
/// error in a write or if the parameter is required.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonList<T>(Vec<T>);

impl<T> Default for JsonList<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> JsonList<T> {
    #[cfg_attr(not(feature = "graph"), allow(dead_code))] // No document of 360dialog needs it.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> FromIterator<T> for JsonList<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T, U: Into<T>, const N: usize> From<[U; N]> for JsonList<T> {
    fn from(items: [U; N]) -> Self {
        items.into_iter().map(Into::into).collect()
    }
}

impl<T, U: Into<T>> From<Vec<U>> for JsonList<T> {
    fn from(items: Vec<U>) -> Self {
        items.into_iter().map(Into::into).collect()
    }
}

impl<T, U: Into<T> + Clone> From<&[U]> for JsonList<T> {
    fn from(items: &[U]) -> Self {
        items.iter().cloned().map(Into::into).collect()
    }
}

impl<T, U: Into<T> + Clone> From<&Vec<U>> for JsonList<T> {
    fn from(items: &Vec<U>) -> Self {
        Self::from(items.as_slice())
    }
}

impl<T: Serialize> fmt::Display for JsonList<T> {
    /// Writes the JSON array, without spaces.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).map_err(|_| fmt::Error)?)
    }
}

impl<T: Serialize> Serialize for JsonList<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.is_empty() {
            true => serializer.serialize_none(),
            false => serializer
                .serialize_str(&serde_json::to_string(&self.0).map_err(serde::ser::Error::custom)?),
        }
    }
}
