//! The names that are renamed or removed on the wire.

use std::collections::BTreeSet;

use heck::ToSnakeCase;
use serde_json::Value;

use super::{changes::Change, location::Location, rules::Rule};

/// The names that are renamed or removed, in snake case like most names in Rust.
#[derive(Debug, Default)]
pub struct WireNames {
    renamed: BTreeSet<(String, String)>,
    removed: BTreeSet<String>,
}

impl WireNames {
    /// Collects the names from the changes between two documents.
    pub fn of(changes: &[Change]) -> Self {
        let mut names = Self::default();
        for change in changes {
            let [old, new] = change.locations.each_ref().map(Option::as_ref);
            let name = |location: Option<&Location>| {
                Some(location?.names.last()?.in_document.to_snake_case())
            };
            let value = |value: &Option<Value>| value.as_ref()?.as_str().map(str::to_snake_case);
            match change.rule {
                Rule::FieldRenamed | Rule::ParameterRenamed | Rule::PathParameterRenamed => {
                    names.renamed.extend(name(old).zip(name(new)));
                }
                Rule::OperationIdChanged => {
                    names
                        .renamed
                        .extend(value(&change.before).zip(value(&change.after)));
                }
                Rule::FieldRemoved | Rule::ParameterRemoved => names.removed.extend(name(old)),
                Rule::OperationRemoved => names.removed.extend(old.and_then(Location::method)),
                Rule::EnumValueRemoved => names.removed.extend(value(&change.before)),
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
