//! The properties of a response that its type has no field for.

use std::{
    fmt,
    hash::{Hash, Hasher},
    ops::{Deref, DerefMut},
};

use serde_json::{Map, Value, map};

/// The properties that an object has besides its fields.
///
/// It dereferences to a [`Map`]. It contains the properties that the API does not document, and
/// documented ones whose values have an unexpected type; their fields are `None`.
///
/// An object is serialized as the server sent it, except for fields that you changed. For this, `Extra`
/// also stores the original value of each field that was converted (`"verified"` to `Verified`, `"7"` to
/// 7) or was `null`. These originals cannot be read through the map, and comparisons ignore them.
#[derive(Clone, Default)]
pub struct Extra {
    properties: Map<String, Value>,
    originals: Vec<(&'static str, Value)>,
}

impl Extra {
    /// Keeps the value from which the field of `property` was converted.
    pub(super) fn keep_original(&mut self, property: &'static str, value: Value) {
        self.originals.push((property, value));
    }

    /// Returns the value from which the field of `property` was converted.
    pub(super) fn original(&self, property: &str) -> Option<&Value> {
        let mut originals = self.originals.iter();
        let (_, value) = originals.find(|(name, _)| *name == property)?;
        Some(value)
    }

    /// Forgets a property that occurs again in the response with another value.
    pub(super) fn forget(&mut self, property: &str) {
        if self.properties.is_empty() && self.originals.is_empty() {
            return;
        }
        self.properties.remove(property);
        self.originals.retain(|(name, _)| *name != property);
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.properties.fmt(f)
    }
}

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        self.properties == other.properties
    }
}

impl Eq for Extra {}

impl Hash for Extra {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.properties.hash(state);
    }
}

impl PartialEq<Map<String, Value>> for Extra {
    fn eq(&self, other: &Map<String, Value>) -> bool {
        self.properties == *other
    }
}

impl Deref for Extra {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Map<String, Value> {
        &self.properties
    }
}

impl DerefMut for Extra {
    fn deref_mut(&mut self) -> &mut Map<String, Value> {
        &mut self.properties
    }
}

impl From<Map<String, Value>> for Extra {
    fn from(properties: Map<String, Value>) -> Self {
        Self {
            properties,
            originals: Vec::new(),
        }
    }
}

impl From<Extra> for Map<String, Value> {
    fn from(extra: Extra) -> Self {
        extra.properties
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Extra {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(properties: I) -> Self {
        let properties = properties.into_iter();
        let properties = properties.map(|(name, value)| (name.into(), value.into()));
        properties.collect::<Map<String, Value>>().into()
    }
}

impl<K: Into<String>, V: Into<Value>, const N: usize> From<[(K, V); N]> for Extra {
    fn from(properties: [(K, V); N]) -> Self {
        properties.into_iter().collect()
    }
}

impl IntoIterator for Extra {
    type Item = (String, Value);
    type IntoIter = map::IntoIter;

    fn into_iter(self) -> map::IntoIter {
        self.properties.into_iter()
    }
}

impl<'e> IntoIterator for &'e Extra {
    type Item = (&'e String, &'e Value);
    type IntoIter = map::Iter<'e>;

    fn into_iter(self) -> map::Iter<'e> {
        self.properties.iter()
    }
}

impl serde::Serialize for Extra {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.properties.serialize(serializer)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Extra {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Map::<String, Value>::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Map::<String, Value>::json_schema(generator)
    }
}
