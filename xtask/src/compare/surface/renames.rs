//! Finds items again that have another name.

use std::{collections::BTreeMap, sync::LazyLock};

use heck::ToSnakeCase;
use regex::Regex;

use super::{SurfaceChange, is_whole, kind, leaf, parent, path};
use crate::compare::names::Names;

/// Matches the name that serde uses instead of a field's own.
static WIRE_NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"rename = "([^"]*)"(?:, )?"#).ok());

/// The new names of renamed types, by the old.
type Renamed = BTreeMap<String, String>;

/// Joins a removed and an added item to one renamed item, where nothing else can be meant.
pub fn pair(changes: Vec<SurfaceChange>, names: &Names) -> Vec<SurfaceChange> {
    let (mut gone, mut come, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    for change in changes {
        match change.action() {
            "removed" => gone.push(change),
            "added" => come.push(change),
            _ => rest.push(change),
        }
    }
    let mut renamed = Renamed::new();
    let mut joined = Vec::new();
    // A type may be found only after those that its fields name.
    loop {
        let alike = |old: &SurfaceChange, new: &SurfaceChange| {
            same_type((old, &gone), (new, &come), &renamed, names)
        };
        let Some((old, new)) = only_pair(&gone, &come, alike) else {
            break;
        };
        let change = join(&mut gone, &mut come, old, new);
        let name = leaf(change.renamed.as_deref().unwrap_or_default());
        renamed.insert(leaf(&change.item).to_owned(), name.to_owned());
        joined.push(change);
    }
    // An item that only names a renamed type, or is a part of it, says nothing more.
    let now = |line: &Option<String>| line.as_deref().map(|line| replaced(line, &renamed));
    gone.retain(|change| {
        let same = come
            .iter()
            .position(|other| other.after == now(&change.before));
        same.map(|index| come.remove(index)).is_none()
    });
    rest.retain(|change| now(&change.before) != change.after);
    for alike in [renamed_on_the_wire, same_on_the_wire, same_otherwise] {
        let alike = |old: &SurfaceChange, new: &SurfaceChange| {
            is_part(old)
                && is_part(new)
                && kind(&old.item) == kind(&new.item)
                && replaced(parent(&old.item), &renamed) == parent(&new.item)
                && replaced(&form(old), &renamed) == form(new)
                && alike(&wire_name(old), &wire_name(new), names)
        };
        while let Some((old, new)) = only_pair(&gone, &come, alike) {
            joined.push(join(&mut gone, &mut come, old, new));
        }
    }
    let mut all = [joined, gone, come, rest].concat();
    all.sort_by(|one, two| one.item.cmp(&two.item));
    all
}

/// Finds two that are alike, neither of which is like any other.
fn only_pair(
    gone: &[SurfaceChange],
    come: &[SurfaceChange],
    alike: impl Fn(&SurfaceChange, &SurfaceChange) -> bool,
) -> Option<(usize, usize)> {
    let only = |mut found: Box<dyn Iterator<Item = usize> + '_>| {
        found.next().filter(|_| found.next().is_none())
    };
    (0..gone.len()).find_map(|old| {
        let likes = (0..come.len()).filter(|new| alike(&gone[old], &come[*new]));
        let new = only(Box::new(likes))?;
        let likes = (0..gone.len()).filter(|old| alike(&gone[*old], &come[new]));
        only(Box::new(likes))?;
        Some((old, new))
    })
}

fn join(
    gone: &mut Vec<SurfaceChange>,
    come: &mut Vec<SurfaceChange>,
    old: usize,
    new: usize,
) -> SurfaceChange {
    let (old, new) = (gone.remove(old), come.remove(new));
    SurfaceChange {
        renamed: Some(new.item),
        after: new.after,
        ..old
    }
}

/// Whether two types are the same but for their names.
fn same_type(
    (old, gone): (&SurfaceChange, &[SurfaceChange]),
    (new, come): (&SurfaceChange, &[SurfaceChange]),
    renamed: &Renamed,
    names: &Names,
) -> bool {
    let (from, to) = (leaf(&old.item), leaf(&new.item));
    let types = is_whole(old) && is_whole(new) && kind(&old.item) == kind(&new.item);
    // A call that the wire lost is not found again in one of the same form.
    if !types || parent(&old.item) != parent(&new.item) || names.lose(from) {
        return false;
    }
    let mut renamed = renamed.clone();
    renamed.insert(from.to_owned(), to.to_owned());
    let members = |of: &SurfaceChange, all: &[SurfaceChange]| -> Vec<String> {
        let start = format!("{}::", path(&of.item));
        let within = |change: &&SurfaceChange| {
            change.item == of.item || path(&change.item).starts_with(&start)
        };
        let lines = all.iter().filter(within);
        let mut lines: Vec<String> = lines
            .filter_map(|change| change.before.as_ref().or(change.after.as_ref()))
            .map(|line| replaced(line, &renamed))
            .collect();
        lines.sort();
        lines
    };
    let old_members = members(old, gone);
    // A type without members of its own is like many.
    old_members.len() > 1 && old_members == members(new, come)
}

/// Whether it is a part of a type.
fn is_part(change: &SurfaceChange) -> bool {
    ["struct", "enum", "fn"].contains(&kind(&change.item)) && !is_whole(change)
}

fn renamed_on_the_wire(old: &str, new: &str, names: &Names) -> bool {
    names.rename(old, new)
}

fn same_on_the_wire(old: &str, new: &str, _: &Names) -> bool {
    old == new
}

fn same_otherwise(old: &str, _: &str, names: &Names) -> bool {
    !names.lose(old)
}

fn line(change: &SurfaceChange) -> &str {
    let line = change.before.as_ref().or(change.after.as_ref());
    line.map_or("", String::as_str)
}

/// The text of an item in the outline without its name.
fn form(change: &SurfaceChange) -> String {
    let form = line(change).strip_prefix(&change.item).unwrap_or_default();
    let form = match &*WIRE_NAME {
        Some(wire_name) => wire_name.replace(form, "").into_owned(),
        None => form.to_owned(),
    };
    form.replace(" serde()", "")
}

/// The name by which a field travels, which is that of the item unless it says otherwise.
fn wire_name(change: &SurfaceChange) -> String {
    let found = WIRE_NAME
        .as_ref()
        .and_then(|name| name.captures(line(change)));
    let name = found.and_then(|found| found.get(1));
    name.map_or_else(|| leaf(&change.item), |name| name.as_str())
        .to_snake_case()
}

/// `text` with the new name of each type that is renamed.
fn replaced(text: &str, renamed: &Renamed) -> String {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_name) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_name(c)).unwrap_or(from.len());
        let (name, after) = from.split_at(end);
        result.push_str(before);
        result.push_str(renamed.get(name).map_or(name, String::as_str));
        rest = after;
    }
    result + rest
}
