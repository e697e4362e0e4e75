//! Lists in one query parameter.

use std::fmt;

use serde::{Serialize, Serializer};

/// A list that is sent in one query parameter, separated by commas.
///
/// It is created from one item, or from an array, a vector or a slice of items or of values that
/// convert into one: `[Field::Id, Field::Country]`, `["id", "country"]`, `vec![…]`. An empty list omits
/// the parameter in a read, and is an error in a write or if the parameter is required.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommaSeparated<T>(Vec<T>);

impl<T> CommaSeparated<T> {
    #[cfg_attr(not(feature = "graph"), allow(dead_code))] // No document of 360dialog needs it.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> FromIterator<T> for CommaSeparated<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T, U: Into<T>, const N: usize> From<[U; N]> for CommaSeparated<T> {
    fn from(items: [U; N]) -> Self {
        items.into_iter().map(Into::into).collect()
    }
}

impl<T, U: Into<T>> From<Vec<U>> for CommaSeparated<T> {
    fn from(items: Vec<U>) -> Self {
        items.into_iter().map(Into::into).collect()
    }
}

impl<T, U: Into<T> + Clone> From<&[U]> for CommaSeparated<T> {
    fn from(items: &[U]) -> Self {
        items.iter().cloned().map(Into::into).collect()
    }
}

impl<T, U: Into<T> + Clone> From<&Vec<U>> for CommaSeparated<T> {
    fn from(items: &Vec<U>) -> Self {
        Self::from(items.as_slice())
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
