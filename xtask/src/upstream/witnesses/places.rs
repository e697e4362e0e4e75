//! The places of a difference in a witness and in the hand-written document.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    Witness,
    operations::{Comparable, Pairs},
};
use crate::{
    compare::Pointers,
    openapi::pointer::{ancestors, child, follow, follow_chain, of_reference, reference},
    pipeline::join::Joined,
};

/// The pointers to the parts that correspond to each other in both documents.
pub struct Places<'d> {
    witness: Comparable<'d>,
    spec: Comparable<'d>,
    joined: &'d Joined,
    witness_file: String,
    in_spec: HashMap<String, String>,
    in_witness: HashMap<String, String>,
}

impl<'d> Places<'d> {
    /// Finds the parts of the pairs of operations that correspond to each other.
    pub fn new(folder: &str, witness: &Witness<'d>, joined: &'d Joined, pairs: &Pairs) -> Self {
        let mut places = Self {
            witness: Comparable::new(witness.document),
            spec: Comparable::new(&joined.document),
            joined,
            witness_file: format!("{folder}/upstream/{}.json", witness.name),
            in_spec: HashMap::new(),
            in_witness: HashMap::new(),
        };
        for pair in &pairs.pairs {
            let old = places.witness.original(&pair.witness.pointer());
            let new = places.spec.original(&pair.spec.pointer());
            places.pair((witness.document, &old), (&joined.document, &new));
        }
        places
    }

    /// Adds the parts below two pointers that have the same keys.
    fn pair(&mut self, (old, old_at): (&Value, &str), (new, new_at): (&Value, &str)) {
        let (old_at, new_at) = (target(old, old_at), target(new, new_at));
        if self.in_spec.contains_key(&old_at) {
            return;
        }
        self.in_spec.insert(old_at.clone(), new_at.clone());
        self.in_witness
            .entry(new_at.clone())
            .or_insert_with(|| old_at.clone());
        match (old.pointer(&old_at), new.pointer(&new_at)) {
            (Some(Value::Object(old_object)), Some(Value::Object(new_object))) => {
                for key in old_object
                    .keys()
                    .filter(|key| new_object.contains_key(*key))
                {
                    self.pair((old, &child(&old_at, key)), (new, &child(&new_at, key)));
                }
            }
            (Some(Value::Array(old_items)), Some(Value::Array(new_items))) => {
                for (index, item) in old_items.iter().enumerate() {
                    let name = &follow(old, item)["name"];
                    let same =
                        |other: &Value| !name.is_null() && follow(new, other)["name"] == *name;
                    if let Some(other) = new_items.iter().position(same) {
                        let old_at = child(&old_at, &index.to_string());
                        let new_at = child(&new_at, &other.to_string());
                        self.pair((old, &old_at), (new, &new_at));
                    }
                }
            }
            _ => {}
        }
    }

    /// Returns the place in the witness, from the pointer into its compared form.
    pub fn in_witness(&self, pointer: &str) -> String {
        format!("{}#{}", self.witness_file, self.witness.original(pointer))
    }

    /// Returns both places of a change from the witness to the hand-written document.
    pub fn of(&self, pointers: &Pointers) -> String {
        let before = pointers.before.as_deref();
        let before = before.map(|pointer| self.witness.original(pointer));
        let after = pointers.after.as_deref();
        let after = after.map(|pointer| self.spec.original(pointer));
        let (before, after) = match (before, after) {
            (Some(before), None) => (before.clone(), nearest(&before, &self.in_spec)),
            (None, Some(after)) => (nearest(&after, &self.in_witness), after),
            (before, after) => (before.unwrap_or_default(), after.unwrap_or_default()),
        };
        self.both(&before, &after)
    }

    /// Returns both places, from the pointers into the documents.
    pub fn both(&self, before: &str, after: &str) -> String {
        let (spec, witness) = (self.joined.file(after), &self.witness_file);
        format!("{spec}#{after} differs from {witness}#{before}")
    }

    /// Returns the places of an operation that only the witness has.
    pub fn without_spec(&self, pointer: &str) -> String {
        self.both(&self.witness.original(pointer), "/paths")
    }
}

/// Returns the pointer to the end of the chain of references that starts at `pointer`.
pub fn target(document: &Value, pointer: &str) -> String {
    follow_chain(pointer.to_owned(), |pointer| {
        let reference = reference(document.pointer(pointer)?)?;
        Some(of_reference(reference)?.into_owned())
    })
}

/// Returns what corresponds to the nearest part around `pointer`.
fn nearest(pointer: &str, places: &HashMap<String, String>) -> String {
    let mut around = ancestors(pointer);
    around
        .find_map(|pointer| places.get(pointer).cloned())
        .unwrap_or_default()
}
