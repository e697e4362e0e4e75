//! Lists in one query parameter.

use std::{convert::Infallible, fmt};

use serde::{Serialize, Serializer};

use super::{
    list_parameter::{ByItems, list_parameter},
    open_enum::{ByVariant, OpenEnum},
    try_into_some::TryIntoSome,
};

/// A list that is sent in one query parameter, separated by commas.
///
/// It is created from one item, or from an array, a vector or a slice of items or of values that
/// convert into one: `[Field::Id, Field::Country]`, `["id", "country"]`, `vec![…]`. Setters also take
/// an iterator: `Field::ALL.iter().filter(…)`. An empty list omits the parameter in a read, and is an
/// error in a write or if the parameter is required.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommaSeparated<T>(Vec<T>);

list_parameter!(CommaSeparated);

impl<T: OpenEnum> From<T> for CommaSeparated<T> {
    fn from(item: T) -> Self {
        Self(vec![item])
    }
}

impl<T: From<String>> From<String> for CommaSeparated<T> {
    fn from(item: String) -> Self {
        Self(vec![T::from(item)])
    }
}

impl<T: for<'t> From<&'t str>> From<&str> for CommaSeparated<T> {
    fn from(item: &str) -> Self {
        Self(vec![T::from(item)])
    }
}

impl<T: fmt::Display> fmt::Display for CommaSeparated<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{item}")?;
        }
        Ok(())
    }
}

impl<T: fmt::Display> Serialize for CommaSeparated<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.to_string() {
            empty if empty.is_empty() => serializer.serialize_none(),
            list => serializer.serialize_str(&list),
        }
    }
}
