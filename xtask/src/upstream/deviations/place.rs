//! Walking in a document with an eye on where one is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::openapi::pointer::child;

/// A value of a document with its place.
#[derive(Clone)]
pub struct Place<'d> {
    pub pointer: String,
    pub value: &'d Value,
}

impl<'d> Place<'d> {
    /// The member `key`.
    pub fn get(&self, key: &str) -> Option<Self> {
        Some(Self {
            pointer: child(&self.pointer, key),
            value: self.value.get(key)?,
        })
    }

    /// The place below this one that `keys` lead to.
    pub fn at(&self, keys: &[&str]) -> Option<Self> {
        keys.iter()
            .try_fold(self.clone(), |place, key| place.get(key))
    }

    /// The text at `key`.
    pub fn text(&self, key: &str) -> Option<&'d str> {
        self.value.get(key)?.as_str()
    }

    /// Whether `key` is `true`.
    pub fn is(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    /// The members, or none.
    pub fn members(&self) -> Vec<(&'d str, Self)> {
        let members = self.value.as_object().into_iter().flatten();
        let place = |(key, value): (&'d String, &'d Value)| {
            let pointer = child(&self.pointer, key);
            (key.as_str(), Place { pointer, value })
        };
        members.map(place).collect()
    }

    /// The entries of a list, or none.
    pub fn entries(&self) -> Vec<Self> {
        let entries = self.value.as_array().into_iter().flatten().enumerate();
        let place = |(index, value): (usize, &'d Value)| Place {
            pointer: child(&self.pointer, &index.to_string()),
            value,
        };
        entries.map(place).collect()
    }
}

/// The members of `place` by name.
pub fn by_name<'d>(place: Option<&Place<'d>>) -> BTreeMap<&'d str, Place<'d>> {
    place.into_iter().flat_map(Place::members).collect()
}

/// The names of either map, each once.
pub fn names<'n, P, S>(
    page: &BTreeMap<&'n str, P>,
    spec: &BTreeMap<&'n str, S>,
) -> BTreeSet<&'n str> {
    page.keys().chain(spec.keys()).copied().collect()
}

/// The texts of the list at `place`.
pub fn texts<'d>(place: Option<&Place<'d>>) -> Vec<&'d str> {
    let entries = place.and_then(|place| place.value.as_array());
    entries
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}
