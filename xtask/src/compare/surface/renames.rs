//! Finds items that have another name.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;

use super::SurfaceChange;
use crate::compare::{
    names::WireNames,
    outline::{Item, Kind},
    pairing,
};

/// The new names of renamed types, by the old.
type NewNames = BTreeMap<String, String>;

/// Pairs a removed and an added item as one renamed item where no other pair is possible. Returns
/// all changes, sorted.
pub fn pair(
    mut removed: Vec<Item>,
    mut added: Vec<Item>,
    mut changed: Vec<(Item, Item)>,
    names: &WireNames,
) -> Vec<SurfaceChange> {
    let mut new_names = NewNames::new();
    let mut renamed: Vec<(Item, Item)> = Vec::new();
    // A type may match only after the types of its fields.
    loop {
        let (all_removed, all_added) = (removed.clone(), added.clone());
        let types = pairing::take_unique(&mut removed, &mut added, |old, new| {
            is_same_type((old, &all_removed), (new, &all_added), &new_names, names)
        });
        if types.is_empty() {
            break;
        }
        let name = |(old, new): &(Item, Item)| (old.name.clone(), new.name.clone());
        new_names.extend(types.iter().map(name));
        renamed.extend(types);
    }
    // Items that only mention a renamed type, or are a part of it, are no changes of their own.
    let line = |item: &Item| replaced(&item.to_string(), &new_names);
    let before: BTreeSet<String> = removed.iter().map(line).collect();
    let after: BTreeSet<String> = added.iter().map(Item::to_string).collect();
    removed.retain(|item| !after.contains(&line(item)));
    added.retain(|item| !before.contains(&item.to_string()));
    changed.retain(|(before, after)| line(before) != after.to_string());
    for is_match in [is_renamed_on_the_wire, is_same_on_the_wire, is_not_removed] {
        renamed.extend(pairing::take_unique(
            &mut removed,
            &mut added,
            |old, new| is_same_part(old, new, &new_names) && is_match(old, new, names),
        ));
    }
    let mut changes: Vec<SurfaceChange> = Vec::new();
    changes.extend(removed.into_iter().map(SurfaceChange::Removed));
    changes.extend(added.into_iter().map(SurfaceChange::Added));
    let changed = changed.into_iter();
    changes.extend(changed.map(|(before, after)| SurfaceChange::Changed { before, after }));
    let renamed = renamed.into_iter();
    changes.extend(renamed.map(|(before, after)| SurfaceChange::Renamed { before, after }));
    changes.sort_by_cached_key(|change| change.item().id());
    changes
}

/// Returns whether two types differ only in their names.
fn is_same_type(
    (old, removed): (&Item, &[Item]),
    (new, added): (&Item, &[Item]),
    new_names: &NewNames,
    names: &WireNames,
) -> bool {
    let are_types = old.is_type() && new.is_type() && old.keyword() == new.keyword();
    // An operation that was removed from the wire is not the same as a new one of the same form.
    if !are_types || old.module != new.module || names.is_removed(&old.name) {
        return false;
    }
    let mut new_names = new_names.clone();
    new_names.insert(old.name.clone(), new.name.clone());
    let lines = |of: &Item, all: &[Item]| -> Vec<String> {
        let path = of.path();
        let is_part = |item: &Item| item.parent() == path && item.kind != Kind::Impl;
        let lines = all.iter().filter(|item| *item == of || is_part(item));
        let mut lines: Vec<String> = lines
            .map(|item| replaced(&item.to_string(), &new_names))
            .collect();
        lines.sort();
        lines
    };
    let old_lines = lines(old, removed);
    // Types without parts are too much alike.
    old_lines.len() > 1 && old_lines == lines(new, added)
}

/// Returns whether two parts of the same type differ only in their names.
fn is_same_part(old: &Item, new: &Item, new_names: &NewNames) -> bool {
    let is_part = |item: &Item| {
        matches!(
            item.kind,
            Kind::Field(_) | Kind::Variant(_) | Kind::Function { .. }
        )
    };
    is_part(old)
        && is_part(new)
        && old.keyword() == new.keyword()
        && replaced(&old.parent(), new_names) == new.parent()
        && replaced(&old.unnamed_definition(), new_names) == new.unnamed_definition()
}

fn is_renamed_on_the_wire(old: &Item, new: &Item, names: &WireNames) -> bool {
    names.is_renamed(old.wire_name(), new.wire_name())
}

fn is_same_on_the_wire(old: &Item, new: &Item, _: &WireNames) -> bool {
    old.wire_name().to_snake_case() == new.wire_name().to_snake_case()
}

fn is_not_removed(old: &Item, _: &Item, names: &WireNames) -> bool {
    !names.is_removed(old.wire_name())
}

/// Returns `text` with the new name of each renamed type.
fn replaced(text: &str, new_names: &NewNames) -> String {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_name) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_name(c)).unwrap_or(from.len());
        let (name, after) = from.split_at(end);
        result.push_str(before);
        result.push_str(new_names.get(name).map_or(name, String::as_str));
        rest = after;
    }
    result + rest
}
