//! Compares the names that Rust code can use.

mod renames;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, anyhow, bail};
use serde_json::Value;

use super::{
    names::WireNames,
    outline::{self, Item, Kind},
};
use crate::{generator, openapi::document, pipeline, pipeline::generate};

/// The items of a module by their ids.
pub type Items = BTreeMap<String, Item>;

/// A change of one public item of the generated module.
#[derive(Debug, Clone)]
pub enum SurfaceChange {
    Added(Item),
    Removed(Item),
    Changed { before: Item, after: Item },
    Renamed { before: Item, after: Item },
}

impl SurfaceChange {
    /// Returns the item before and after the change.
    pub fn sides(&self) -> [Option<&Item>; 2] {
        match self {
            Self::Added(item) => [None, Some(item)],
            Self::Removed(item) => [Some(item), None],
            Self::Changed { before, after } | Self::Renamed { before, after } => {
                [Some(before), Some(after)]
            }
        }
    }

    /// Returns the item, as it was if it existed before.
    pub fn item(&self) -> &Item {
        match self {
            Self::Added(item)
            | Self::Removed(item)
            | Self::Changed { before: item, .. }
            | Self::Renamed { before: item, .. } => item,
        }
    }

    pub fn action(&self) -> &'static str {
        match self {
            Self::Added(_) => "added",
            Self::Removed(_) => "removed",
            Self::Changed { .. } => "changed",
            Self::Renamed { .. } => "renamed",
        }
    }

    /// Returns a hash that identifies the change in `api`, whatever else changes.
    pub fn fingerprint(&self, api: &str) -> String {
        let [before, after] = self.sides().map(|item| item.map(Item::to_string));
        let text = [
            api,
            "rust",
            self.action(),
            &self.item().id(),
            &before.unwrap_or_default(),
            &after.unwrap_or_default(),
        ];
        let mut hash = document::sha256(&text.join("\n"));
        hash.truncate(12);
        hash
    }

    /// Describes the change in one line.
    pub fn describe(&self) -> String {
        match self {
            Self::Renamed { before, after } => format!(
                "{} in {} renamed from `{}` to `{}`",
                before.noun(),
                before.parent(),
                before.name,
                after.name
            ),
            _ => format!("{} {}", self.item().report_id(), self.action()),
        }
    }

    /// Returns whether code that used the item may no longer compile or work.
    pub fn breaks(&self) -> bool {
        let is_bound = |item: &Item| matches!(item.kind, Kind::Bound(_));
        match self {
            // A further bound rejects values that were accepted.
            Self::Added(item) => is_bound(item),
            Self::Removed(item) => !is_bound(item),
            Self::Changed { before, after } => !loosens(before, after),
            Self::Renamed { .. } => true,
        }
    }

    /// Returns where existing code finds the value that an added item names: in the variant
    /// `Unknown`, or in the field `extra`.
    pub fn unnamed_place(&self) -> Option<&'static str> {
        match self {
            Self::Added(item) => match &item.kind {
                // Only the variants of open enums have values.
                Kind::Variant(content) if content.starts_with(" = ") => Some("Unknown"),
                Kind::Field(_) => Some("extra"),
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns whether a type is added, removed or renamed, and not a part of one.
    pub fn is_whole_type(&self) -> bool {
        self.item().is_type() && !matches!(self, Self::Changed { .. })
    }

    /// Returns the change as lines of a diff. Of whole types only the names are shown.
    pub fn diff(&self) -> Vec<String> {
        if let Self::Renamed { .. } = self {
            return vec![format!("! {}", self.describe())];
        }
        let line = |sign: char, item: &Item| match self.is_whole_type() {
            true => format!("{sign} {}", item.report_id()),
            false => format!("{sign} {}", item.report_line()),
        };
        let [before, after] = self.sides();
        let before = before.map(|item| line('-', item));
        let after = after.map(|item| line('+', item));
        before.into_iter().chain(after).collect()
    }
}

/// Returns whether all code that compiles and works with `before` also does with `after`.
fn loosens(before: &Item, after: &Item) -> bool {
    match (&before.kind, &after.kind) {
        (
            Kind::Function {
                signature: old,
                required: true,
                is_async: was_async,
            },
            Kind::Function {
                signature: new,
                required: false,
                is_async,
            },
        ) => old == new && was_async == is_async,
        (Kind::Bound(old), Kind::Bound(new)) => match (number(old), number(new)) {
            (Some(old), Some(new)) if before.name == "max_length" => new > old,
            (Some(old), Some(new)) if before.name == "min_length" => new < old,
            _ => false,
        },
        (Kind::Struct, Kind::Struct) | (Kind::Enum, Kind::Enum) => {
            let (old, new) = (&before.attributes, &after.attributes);
            let has_all_derives = old.derives.iter().all(|name| new.derives.contains(name));
            has_all_derives && (&old.rename, &old.serde) == (&new.rename, &new.serde)
        }
        _ => false,
    }
}

fn number(values: &[String]) -> Option<u64> {
    match values {
        [value] => value.parse().ok(),
        _ => None,
    }
}

/// Compares two modules; `names` tells which names are renamed or removed on the wire.
pub fn compare(old: &Items, new: &Items, names: &WireNames) -> Vec<SurfaceChange> {
    let only_in = |items: &Items, others: &Items| -> Vec<Item> {
        let items = items.iter().filter(|(id, _)| !others.contains_key(*id));
        items.map(|(_, item)| item.clone()).collect()
    };
    let changed = old.iter().filter_map(|(id, before)| {
        let after = new.get(id)?;
        (before != after).then(|| (before.clone(), after.clone()))
    });
    let mut changes = renames::pair(
        only_in(old, new),
        only_in(new, old),
        changed.collect(),
        names,
    );
    // The builders of types repeat the fields of the types.
    changes.retain(|change| change.item().module != "types::builder");
    changes
}

/// Returns the whole types that `changes` add, remove or rename: the action and the path of each.
pub fn whole_types(changes: &[SurfaceChange]) -> BTreeSet<(&'static str, String)> {
    let wholes = changes.iter().filter(|change| change.is_whole_type());
    wholes
        .map(|change| (change.action(), change.item().path()))
        .collect()
}

/// Returns the public items of the module that is generated from `document`.
pub fn of_document(api: &str, document: &Value) -> Result<Items> {
    let mut document = document.clone();
    let notes = pipeline::lower_and_adapt(&mut document);
    if let Some(first) = notes.refused.first() {
        let more = match notes.refused.len() {
            1 => String::new(),
            all => format!(", and {} more", all - 1),
        };
        bail!(
            "no module can be generated from the document: {first}{more}; see `cargo xtask prepare`"
        );
    }
    of_openapi(api, &document::to_text(&document)?)
}

/// Returns the public items of the module that is generated from the text of an `openapi.json`.
pub fn of_openapi(api: &str, openapi: &str) -> Result<Items> {
    let (api, openapi) = (api.to_owned(), openapi.to_owned());
    let code = generate::without_panics(move || generator::client(&api, &openapi))
        .map_err(|error| anyhow!("no module can be generated from the document: {error}"))?;
    of_code(&code)
}

/// Returns the public items of `code`.
pub fn of_code(code: &str) -> Result<Items> {
    let items = outline::parse(code)?.into_iter();
    Ok(items.map(|item| (item.id(), item)).collect())
}
