//! Finds the breaking change on the wire that causes a change in Rust, so that both are accepted
//! together.

use std::collections::BTreeSet;

use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::Value;

use super::{
    changes::Change,
    names,
    outline::Kind,
    surface::SurfaceChange,
    usage::{Usage, components_of},
};
use crate::openapi::pointer::{child, keys};

/// The location of a change in terms of Rust names.
struct RustLocation {
    /// The type of the operation, or of the innermost object that contains the change.
    of_type: String,
    /// Whether the names of other types of the same operation or schema start with this name.
    is_prefix: bool,
    /// The changed property or parameter, in snake case.
    part: Option<String>,
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
    pub fn of(change: &Change, old: &Value, new: &Value, usage: &Usage) -> Self {
        let pointers = [
            (old, &change.pointers.before),
            (new, &change.pointers.after),
        ];
        let mut breaks = Self {
            locations: Vec::new(),
            types: BTreeSet::new(),
            unused: BTreeSet::new(),
            operations: BTreeSet::new(),
        };
        for (document, pointer) in pointers {
            let Some(pointer) = pointer else { continue };
            breaks.add(document, pointer);
        }
        if let Some(removed) = &change.pointers.before {
            let value = old.pointer(removed).unwrap_or(&Value::Null);
            for component in components_of(old, value) {
                let Some(name) = component.strip_prefix("/components/schemas/") else {
                    continue;
                };
                let type_name = name.to_upper_camel_case();
                if !usage.is_used(&component) {
                    breaks.unused.insert(type_name.clone());
                }
                breaks.types.insert(type_name);
            }
        }
        breaks
    }

    fn add(&mut self, document: &Value, pointer: &str) {
        let all: Vec<String> = keys(pointer).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let mut parts = parts(document, pointer);
        let part = parts.pop();
        match all.as_slice() {
            ["components", "schemas", name, ..] => {
                // The name of a nested object starts with the names of its parents.
                let names = parts.iter().map(|part| part.to_upper_camel_case());
                self.locations.push(RustLocation {
                    of_type: name.to_upper_camel_case() + &names.collect::<String>(),
                    is_prefix: !parts.is_empty(),
                    part,
                });
            }
            ["components", "parameters", ..] => self.locations.push(RustLocation {
                of_type: String::new(),
                is_prefix: true,
                part,
            }),
            ["paths", path, method, rest @ ..] => {
                let at = child(&child("/paths", path), method);
                let id = document
                    .pointer(&at)
                    .and_then(|found| found["operationId"].as_str());
                let Some(id) = id else { return };
                if matches!(rest, [] | ["operationId"]) {
                    self.operations.insert(id.to_snake_case());
                }
                self.locations.push(RustLocation {
                    of_type: id.to_upper_camel_case(),
                    is_prefix: true,
                    part,
                });
            }
            _ => {}
        }
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

/// Returns the properties and parameters on the path of `pointer`, in snake case.
fn parts(document: &Value, pointer: &str) -> Vec<String> {
    let mut at = String::new();
    let mut parts = Vec::new();
    let mut is_name = false;
    for key in keys(pointer) {
        at = child(&at, &key);
        if is_name {
            parts.extend(names::name(document, &at));
        }
        // A property may itself be called `properties` or `parameters`.
        is_name = !is_name && ["properties", "parameters"].contains(&key.as_str());
    }
    parts
}
