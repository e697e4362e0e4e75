//! Lists in one query parameter, as JSON.

use std::{convert::Infallible, fmt};

use serde::{Serialize, Serializer};

use super::{
    list_parameter::{ByItems, list_parameter},
    open_enum::{ByVariant, OpenEnum},
    try_into_some::TryIntoSome,
};

/// A list that is sent in one query parameter, as a JSON array.
///
/// It is created from an array, a vector or a slice of items or of values that convert into one. Setters
/// also take an iterator. An empty list omits the parameter in a read, and is an error in a write or
/// if the parameter is required.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonList<T>(Vec<T>);

impl<T> Default for JsonList<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

list_parameter!(JsonList);

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
