//! Finding the object to which each field of a list belongs.
//!
//! A page shows the child attributes of a field below it, but not where they end: a field after
//! some child attributes may belong to any of the objects that are open there. The page often
//! decides this elsewhere: by its samples, by the fields that a node has, by what it shows of the
//! same schema in another place, or because only one object is left. Where it does not, all
//! objects in question are returned.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;
use serde_json::{Map, Value};

use super::{LONGEST_EXCERPT, Read, entries::Entry, refuse, schemas::Schemas, types::Type};
use crate::excerpt::excerpt;

/// The deepest field that is read.
const DEEPEST: usize = 32;

/// The number of positions that are tried for the fields of one list.
const MOST_TRIED: usize = 20_000;

/// The longest list that is read.
const MOST_FIELDS: usize = 1000;

/// The object to which a field belongs: the one below this entry, or the root.
pub type Parent = Option<usize>;

/// What the operation shows of a body outside of its schema.
#[derive(Default)]
pub struct Hints<'h> {
    pub samples: Vec<&'h Value>,
    /// The fields that the operation can return.
    pub available: Option<&'h [String]>,
}

impl Hints<'_> {
    /// Returns the hints for one of several schemas: the samples that have only its fields.
    pub fn of_variant(&self, entries: &[Entry<'_>]) -> Hints<'_> {
        let is_field = |name: &String| entries.iter().any(|entry| entry.field.name == *name);
        let samples = self.samples.iter().filter(|sample| {
            let object = sample.as_object();
            object.is_some_and(|object| object.keys().all(is_field))
        });
        Hints {
            samples: samples.copied().collect(),
            available: self.available,
        }
    }
}

/// Returns the possible parents of each of `entries`, at least one for each.
///
/// Reads the list from its start in all ways at once, then drops the ways that lead to no end.
pub fn parents(
    entries: &[Entry<'_>],
    name: Option<&str>,
    schemas: &Schemas,
    hints: &Hints<'_>,
) -> Read<Vec<BTreeSet<Parent>>> {
    if let Some(entry) = entries.get(MOST_FIELDS) {
        let fault = format!("the list has more than {MOST_FIELDS} fields");
        return refuse(entry.line.number, &fault);
    }
    let names = (0..)
        .zip(entries)
        .filter(|(_, entry)| !entry.field.is_items);
    let list = List {
        entries,
        name,
        schemas,
        hints,
        last_use: names
            .map(|(index, entry)| (entry.field.name.as_str(), index))
            .collect(),
    };
    let mut states = IndexSet::from([State::default()]);
    let mut steps = Vec::new();
    let mut tried = 0;
    for (index, entry) in entries.iter().enumerate() {
        let mut next = IndexSet::new();
        let mut taken = Vec::new();
        for (from, state) in states.iter().enumerate() {
            for parent in list.candidates(state, index) {
                let (to, _) = next.insert_full(list.after(state, index, parent));
                taken.push(Step { from, parent, to });
            }
        }
        tried += taken.len();
        let fault = if next.is_empty() {
            "cannot belong to any object that is open here: it is there already, or something \
             else must follow"
        } else if tried > MOST_TRIED {
            "has too many possible parents"
        } else if next.iter().any(|state| state.open.len() > DEEPEST) {
            "is too deep"
        } else {
            states = next;
            steps.push(taken);
            continue;
        };
        let text = excerpt(&entry.line.text, LONGEST_EXCERPT);
        return refuse(entry.line.number, &format!("`{text}` {fault}"));
    }
    let mut live: BTreeSet<usize> = (0..states.len()).collect();
    let mut found = Vec::new();
    for taken in steps.iter().rev() {
        let taken = || taken.iter().filter(|step| live.contains(&step.to));
        found.push(taken().map(|step| step.parent).collect());
        live = taken().map(|step| step.from).collect();
    }
    found.reverse();
    Ok(found)
}

/// A way to read the list up to an entry, as far as it matters for the entries after it.
#[derive(Default, PartialEq, Eq, Hash)]
struct State<'e> {
    /// The entries whose child attributes may go on, the innermost last.
    open: Vec<usize>,
    /// The names that are there already, of those that come again.
    used: BTreeSet<(Parent, &'e str)>,
}

/// An entry read as a field of `parent`, which leads from one state to another.
struct Step {
    from: usize,
    parent: Parent,
    to: usize,
}

/// The entries of a list, and what else the page says about their positions.
struct List<'e, 'l> {
    entries: &'e [Entry<'l>],
    /// The name of the schema that the list shows, if it has one.
    name: Option<&'e str>,
    schemas: &'e Schemas,
    hints: &'e Hints<'e>,
    /// The index of the last entry of each name.
    last_use: BTreeMap<&'e str, usize>,
}

impl<'e> List<'e, '_> {
    /// Returns the parents that the entry at `index` can have after `state`.
    fn candidates(&self, state: &State<'e>, index: usize) -> Vec<Parent> {
        let entry = &self.entries[index];
        let just_opened = state.open.last().filter(|last| **last + 1 == index);
        match just_opened {
            Some(last) if self.entries[*last].is_array() => {
                return self.items_of(*last, index).into_iter().collect();
            }
            _ if entry.field.is_items => return Vec::new(),
            Some(last) => return vec![Some(*last)],
            None => {}
        }
        let objects = state
            .open
            .iter()
            .filter(|open| !self.entries[**open].is_array());
        let mut parents: Vec<Parent> = objects.map(|open| Some(*open)).collect();
        parents.push(None);
        let is_certain = parents.len() == 1;
        parents.retain(|parent| !state.used.contains(&(*parent, entry.field.name.as_str())));
        if !is_certain {
            parents.retain(|parent| self.is_allowed(state, *parent, index));
            prefer(&mut parents, |parent| self.is_shown(state, *parent, index));
            prefer(&mut parents, |parent| {
                !self.closes_early(state, *parent, index)
            });
        }
        parents
    }

    /// Returns whether `parent` of the entry at `index` closes an object that the page shows
    /// elsewhere with a field that is still to come.
    fn closes_early(&self, state: &State<'e>, parent: Parent, index: usize) -> bool {
        let closed = &state.open[path_to(state, parent).len()..];
        let objects = closed
            .iter()
            .filter(|open| !self.entries[**open].is_array());
        let mut parents = objects.map(|open| Some(*open));
        parents.any(|parent| {
            let later = self.entries[index..].iter();
            let fields = (index..)
                .zip(later)
                .filter(|(_, entry)| !entry.field.is_items);
            let mut names = fields.map(|(index, entry)| (index, entry.field.name.as_str()));
            names.any(|(index, name)| {
                !state.used.contains(&(parent, name)) && self.is_shown(state, parent, index)
            })
        })
    }

    /// Returns the array as the parent of the entry at `index`, if that declares its items.
    fn items_of(&self, array: usize, index: usize) -> Option<Parent> {
        let (array_field, field) = (&self.entries[array].field, &self.entries[index].field);
        let of_items = Type::Array(Some(Box::new(field.kind.clone())));
        let is_items = field.is_items
            && field.name == array_field.name
            && *array_field.kind.not_null() == of_items;
        is_items.then_some(Some(array))
    }

    /// Returns the state after the entry at `index` was read as a field of `parent`.
    fn after(&self, state: &State<'e>, index: usize, parent: Parent) -> State<'e> {
        let entry = &self.entries[index];
        let mut open = path_to(state, parent).to_vec();
        if entry.opens && !self.is_scalar(state, parent, index) {
            open.push(index);
        }
        let mut used = state.used.clone();
        used.insert((parent, entry.field.name.as_str()));
        used.retain(|(parent, name)| {
            let is_open = parent.is_none_or(|parent| open.contains(&parent));
            is_open && self.comes_again(name, index)
        });
        State { open, used }
    }

    /// Returns whether the samples show that the entry at `index` is neither an object nor an array.
    ///
    /// Pages offer child attributes for some enums, too, which have none.
    fn is_scalar(&self, state: &State<'e>, parent: Parent, index: usize) -> bool {
        let field = &self.entries[index].field;
        let objects = self.samples_of(state, parent);
        let values = objects.iter().filter_map(|object| object.get(&field.name));
        let mut values = values.filter(|value| !value.is_null()).peekable();
        matches!(field.kind.not_null(), Type::Named(_))
            && !field.is_items
            && values.peek().is_some()
            && !values.any(|value| value.is_object() || value.is_array())
    }

    /// Returns whether the entry at `index` may belong to `parent`.
    fn is_allowed(&self, state: &State<'e>, parent: Parent, index: usize) -> bool {
        let name = self.entries[index].field.name.as_str();
        if let Some(properties) = self.known_properties(parent) {
            return properties.contains_key(name);
        }
        // The forms are complete only in results of the Graph API.
        let form = self.graph_form(None).and_then(|_| self.graph_form(parent));
        form.is_none_or(|properties| properties.contains(&name))
            || self.is_sampled(state, parent, name)
    }

    /// Returns whether the page shows elsewhere that `parent` has the entry at `index`, and no
    /// later entry can be meant.
    fn is_shown(&self, state: &State<'e>, parent: Parent, index: usize) -> bool {
        let name = self.entries[index].field.name.as_str();
        let is_listed = || {
            self.known_properties(parent)
                .is_some_and(|known| known.contains_key(name))
                || self
                    .graph_form(parent)
                    .is_some_and(|known| known.contains(&name))
                || self
                    .available(parent)
                    .is_some_and(|known| known.iter().any(|known| known == name))
        };
        !self.comes_again(name, index) && (is_listed() || self.is_sampled(state, parent, name))
    }

    /// Returns whether an entry after the one at `index` has the same name.
    fn comes_again(&self, name: &str, index: usize) -> bool {
        self.last_use.get(name).is_some_and(|last| *last > index)
    }

    /// Returns whether the samples show the field `name` in `parent`.
    fn is_sampled(&self, state: &State<'e>, parent: Parent, name: &str) -> bool {
        self.samples_of(state, parent)
            .iter()
            .any(|object| object.get(name).is_some())
    }

    /// Returns the objects that the samples show at `parent`.
    fn samples_of(&self, state: &State<'e>, parent: Parent) -> Vec<&'e Value> {
        let mut values = self.hints.samples.clone();
        for index in path_to(state, parent) {
            let field = &self.entries[*index].field;
            values = match field.is_items {
                true => values
                    .iter()
                    .filter_map(|value| value.as_array())
                    .flatten()
                    .collect(),
                false => values
                    .iter()
                    .filter_map(|value| value.get(&field.name))
                    .collect(),
            };
        }
        values
    }

    /// Returns the properties of the schema of `parent`, if the page has shown it before.
    fn known_properties(&self, parent: Parent) -> Option<&Map<String, Value>> {
        let name = match parent.map(|index| self.entries[index].field.kind.not_null()) {
            Some(Type::Named(name)) => name,
            Some(_) => return None,
            None => self.name?,
        };
        self.schemas.properties(name)
    }

    /// Returns the properties of `parent` if it is an object with which the Graph API frames
    /// results: a list of nodes, the links to its other parts, or an error.
    fn graph_form(&self, parent: Parent) -> Option<&'static [&'static str]> {
        match parent {
            None => match self.entries.first()? {
                first if first.field.name == "data" && first.is_array() => {
                    Some(&["data", "paging", "summary"])
                }
                first if first.field.name == "error" && first.opens => Some(&["error"]),
                _ => None,
            },
            Some(index) => match self.entries[index].field.name.as_str() {
                "paging" => Some(&["cursors", "previous", "next"]),
                "cursors" => Some(&["before", "after"]),
                _ => None,
            },
        }
    }

    /// Returns the fields that the page lists for the node at `parent`.
    fn available(&self, parent: Parent) -> Option<&'e [String]> {
        let fields = self.hints.available?;
        let first = self.entries.first()?;
        let is_list = first.field.name == "data" && first.is_array();
        let is_node = if is_list {
            parent == Some(1)
        } else {
            parent.is_none()
        };
        // A list that lacks a field which surely belongs to the node is not about it.
        let node = self
            .entries
            .get(if is_list { 2 } else { 0 }..)
            .unwrap_or_default();
        let opener = node
            .iter()
            .position(|entry| entry.opens)
            .unwrap_or(node.len());
        let mut sure = node.iter().take(opener + 1);
        let is_about_node = sure.all(|entry| fields.contains(&entry.field.name));
        (is_node && is_about_node).then_some(fields)
    }
}

/// Returns the open entries on the way to `parent`, which is the last of them.
fn path_to<'s>(state: &'s State<'_>, parent: Parent) -> &'s [usize] {
    let end = parent.and_then(|parent| state.open.iter().position(|open| *open == parent));
    end.map_or(&[], |end| &state.open[..=end])
}

/// Keeps only the values that are `wanted`, if there are any.
fn prefer<T>(values: &mut Vec<T>, wanted: impl Fn(&T) -> bool) {
    if values.iter().any(&wanted) {
        values.retain(wanted);
    }
}
