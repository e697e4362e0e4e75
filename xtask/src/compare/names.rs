//! The names that are renamed or removed on the wire.

use std::collections::BTreeSet;

use heck::ToSnakeCase;
use serde_json::Value;

use super::{changes::Change, rules::Rule};
use crate::openapi::pointer::keys;

/// The names that are renamed or removed, in snake case like most names in Rust.
#[derive(Debug, Default)]
pub struct WireNames {
    renamed: BTreeSet<(String, String)>,
    removed: BTreeSet<String>,
}

impl WireNames {
    /// Collects the names from the changes between two documents.
    pub fn of(changes: &[Change], old: &Value, new: &Value) -> Self {
        let mut names = Self::default();
        for change in changes {
            let (before, after) = (&change.pointers.before, &change.pointers.after);
            let old = before.as_ref().and_then(|at| name(old, at));
            let new = after.as_ref().and_then(|at| name(new, at));
            let value = |value: &Option<Value>| value.as_ref()?.as_str().map(str::to_snake_case);
            match (change.rule, old, new) {
                (
                    Rule::FieldRenamed | Rule::ParameterRenamed | Rule::PathParameterRenamed,
                    Some(old),
                    Some(new),
                ) => {
                    names.renamed.insert((old, new));
                }
                (Rule::OperationIdChanged, ..) => {
                    names
                        .renamed
                        .extend(value(&change.before).zip(value(&change.after)));
                }
                (
                    Rule::FieldRemoved | Rule::ParameterRemoved | Rule::OperationRemoved,
                    Some(old),
                    _,
                ) => {
                    names.removed.insert(old);
                }
                (Rule::EnumValueRemoved, ..) => names.removed.extend(value(&change.before)),
                _ => {}
            }
        }
        names
    }

    /// Returns whether `old` is renamed to `new` on the wire.
    pub fn is_renamed(&self, old: &str, new: &str) -> bool {
        let pair = (old.to_snake_case(), new.to_snake_case());
        self.renamed.contains(&pair)
    }

    /// Returns whether `name` is removed from the wire.
    pub fn is_removed(&self, name: &str) -> bool {
        self.removed.contains(&name.to_snake_case())
    }
}

/// Returns the name of the operation, parameter or property at `pointer`, in snake case.
pub fn name(document: &Value, pointer: &str) -> Option<String> {
    let value = document.pointer(pointer)?;
    let name = [&value["operationId"], &value["name"]]
        .into_iter()
        .find_map(Value::as_str)
        // A schema may have properties with these names.
        .filter(|_| !pointer.contains("/properties/"));
    match name {
        Some(name) => Some(name.to_snake_case()),
        None => keys(pointer).last().map(|key| key.to_snake_case()),
    }
}
