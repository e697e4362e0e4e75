//! Finds the breaking change on the wire that causes a change in Rust, so that both are accepted
//! together.

use std::collections::BTreeSet;

use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::Value;

use super::{
    changes::Change,
    location::{Location, Name, Owner},
    outline::Kind,
    rules::Rule,
    surface::SurfaceChange,
    usage::{Usage, components_of},
};

/// The location of a change in terms of Rust names.
struct RustLocation {
    /// The type of the operation, or of the innermost object that contains the change.
    of_type: String,
    /// Whether the names of other types of the same operation or schema start with this name.
    is_prefix: bool,
    /// The changed property or parameter, in snake case.
    part: Option<String>,
}

impl RustLocation {
    /// Returns the location in Rust; `None` if no Rust item has its name.
    fn of(location: &Location) -> Option<Self> {
        let (part, parents) = match location.names.split_last() {
            Some((part, parents)) => (Some(part.in_rust.to_snake_case()), parents),
            None => (None, &[][..]),
        };
        let (of_type, is_prefix) = match &location.owner {
            Owner::Operation { id, .. } => (id.as_ref()?.to_upper_camel_case(), true),
            Owner::Component { section, name } if section == "schemas" => {
                // The name of a nested object starts with the names of its parents.
                let names = [name].into_iter().chain(parents);
                let of_type = names
                    .map(|name| name.in_rust.to_upper_camel_case())
                    .collect();
                (of_type, !parents.is_empty())
            }
            Owner::Component { section, .. } if section == "parameters" => (String::new(), true),
            _ => return None,
        };
        Some(Self {
            of_type,
            is_prefix,
            part,
        })
    }
}

/// The Rust items that one breaking change on the wire can affect.
pub struct Breaks {
    locations: Vec<RustLocation>,
    /// The types of all schemas that the removed part referred to, directly or indirectly.
    types: BTreeSet<String>,
    /// Those types that no operation uses any longer.
    unused: BTreeSet<String>,
    /// The names of the operation that is removed or renamed, in snake case.
    operations: BTreeSet<String>,
}

impl Breaks {
    /// Finds the items that `change` can affect; `usage` is that of the new document.
    pub fn of(change: &Change, old: &Value, usage: &Usage) -> Self {
        let mut breaks = Self {
            locations: Vec::new(),
            types: BTreeSet::new(),
            unused: BTreeSet::new(),
            operations: BTreeSet::new(),
        };
        for location in change.locations.iter().flatten() {
            breaks.locations.extend(RustLocation::of(location));
            if let Rule::OperationRemoved | Rule::OperationMoved | Rule::OperationIdChanged =
                change.rule
            {
                breaks.operations.extend(location.method());
            }
        }
        if let Some(removed) = &change.pointers.before {
            let value = old.pointer(removed).unwrap_or(&Value::Null);
            for component in components_of(old, value) {
                let Some(name) = component.strip_prefix("/components/schemas/") else {
                    continue;
                };
                let name = Name::of(old, &component, name);
                let type_name = name.in_rust.to_upper_camel_case();
                if !usage.is_used(&component) {
                    breaks.unused.insert(type_name.clone());
                }
                breaks.types.insert(type_name);
            }
        }
        breaks
    }

    /// Returns whether the break can be the cause of `change`.
    pub fn explains(&self, change: &SurfaceChange) -> bool {
        let item = change.item();
        let (of_type, name) = (item.type_name(), item.name.to_snake_case());
        // Implementations of a trait that is named by a path count as parts.
        let is_part =
            !item.owner.is_empty() && (item.kind != Kind::Impl || item.name.contains("::"));
        let is_gone = matches!(change, SurfaceChange::Removed(_));
        let is_renamed = matches!(change, SurfaceChange::Renamed { .. });
        let is_call = |operation: &String| {
            (of_type == "Client" && name == *operation) || of_type.to_snake_case() == *operation
        };
        let is_at = |location: &RustLocation| {
            let owner = location.of_type.as_str();
            let Some(part) = &location.part else {
                return of_type == owner;
            };
            if owner.is_empty() {
                return item.module == "builder" && name == *part;
            }
            // What a type derives depends on its fields.
            if of_type == owner && !is_part && !is_gone && !is_renamed {
                return true;
            }
            let holds = match location.is_prefix {
                true => of_type.starts_with(owner),
                false => of_type == owner,
            };
            let derived = format!("{owner}{}", part.to_upper_camel_case());
            (holds && name == *part) || of_type.starts_with(&derived)
        };
        self.operations.iter().any(is_call)
            || self.unused.contains(of_type)
            || (is_gone && !is_part && self.types.contains(of_type))
            || self.locations.iter().any(is_at)
    }
}
