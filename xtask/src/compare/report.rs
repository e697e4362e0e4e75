//! The result of a comparison, which `text`, `markdown` and `json` render.

use anyhow::Context;
use serde_json::Value;

use super::{
    changes::Change,
    comparison,
    follows::Breaks,
    level::Level,
    names::WireNames,
    origins,
    revision::{Spec, empty_document},
    surface::{self, Items, NotCompared, SurfaceChange},
    usage::Usage,
    words,
};

/// The changes of all APIs.
pub struct Report {
    pub apis: Vec<Api>,
}

/// The changes of one API.
pub struct Api {
    pub name: String,
    /// The most severe first.
    pub changes: Vec<WireChange>,
    /// The changes of the Rust module, or the reason why it was not compared.
    pub surface: Result<Vec<RustChange>, NotCompared>,
    /// The source documents in specs/.
    pub inputs: Vec<String>,
    /// The reasons why Rust modules were generated instead of read from committed code.
    pub remarks: Vec<String>,
    /// Whether the input of the generator is the same in both revisions.
    pub same_input: bool,
}

/// A change on the wire, with its cause and its acceptance.
pub struct WireChange {
    pub change: Change,
    pub fingerprint: String,
    /// The files of specs/ that cause it.
    pub caused_by: Vec<String>,
    /// The reason why it was accepted; `None` if it was not.
    pub accepted: Option<String>,
}

/// A change of a Rust item, with its cause and its acceptance.
pub struct RustChange {
    pub change: SurfaceChange,
    pub fingerprint: String,
    /// Whether the item is a part of a type that is added, removed or renamed as a whole.
    pub is_within: bool,
    /// The fingerprint of the breaking change on the wire that causes it.
    pub follows: Option<String>,
    /// The reason why it was accepted; `None` if it was not.
    pub accepted: Option<String>,
}

impl RustChange {
    /// Returns whether the change breaks code. Parts of a type that changes as a whole do not count.
    pub fn breaks(&self) -> bool {
        !self.is_within && self.change.breaks()
    }
}

impl Api {
    /// Compares two documents of the API `name`, and the modules generated from them.
    pub fn compare(name: &str, old: &Value, new: &Value) -> Self {
        let generated = |which: &str, document: &Value| {
            // `name` may be a file name.
            surface::of_document("api", document).with_context(|| format!("{which} document"))
        };
        let items = match old == new {
            true => Ok((Items::new(), Items::new())),
            false => {
                generated("old", old).and_then(|old_items| Ok((old_items, generated("new", new)?)))
            }
        };
        Self::of(name, old, new, items.map_err(NotCompared::from))
    }

    /// Compares two documents from which no Rust module is generated.
    pub fn compare_on_the_wire(name: &str, old: &Value, new: &Value) -> Self {
        Self::of(name, old, new, Ok((Items::new(), Items::new())))
    }

    /// Compares the API `name` in two revisions, in one of which it may not exist.
    pub fn of_specs(name: &str, old: Option<&Spec>, new: Option<&Spec>) -> Self {
        let nothing = empty_document();
        let document = |spec: Option<&Spec>| spec.map_or(&nothing, |spec| &spec.document).clone();
        let items = |spec: Option<&Spec>| match spec.map(|spec| &spec.module) {
            None => Ok(Items::new()),
            Some(Ok(module)) => Ok(module.items.clone()),
            Some(Err(why)) => Err(why.clone()),
        };
        let both = items(old).and_then(|old| Ok((old, items(new)?)));
        let mut api = Self::of(name, &document(old), &document(new), both);
        let changes: Vec<Change> = api
            .changes
            .iter()
            .map(|entry| entry.change.clone())
            .collect();
        let files = origins::of(name, &changes, old, new);
        for (entry, caused_by) in api.changes.iter_mut().zip(files) {
            entry.caused_by = caused_by;
        }
        for spec in [old, new].into_iter().flatten() {
            api.inputs.push(spec.input.clone());
            let remark = spec
                .module
                .as_ref()
                .ok()
                .and_then(|module| module.remark.clone());
            api.remarks.extend(remark);
        }
        let input = |spec: Option<&Spec>| spec.and_then(|spec| spec.openapi.clone());
        api.same_input = input(old) == input(new);
        api
    }

    fn of(
        name: &str,
        old: &Value,
        new: &Value,
        items: Result<(Items, Items), NotCompared>,
    ) -> Self {
        let changes = comparison::compare(old, new);
        let names = WireNames::of(&changes, old, new);
        let usage = Usage::of(new);
        let breaks: Vec<(String, Breaks)> = changes
            .iter()
            .filter(|change| change.level == Level::Breaking)
            .map(|change| {
                (
                    change.fingerprint(name),
                    Breaks::of(change, old, new, &usage),
                )
            })
            .collect();
        let surface = items.map(|(old, new)| {
            let changes = surface::compare(&old, &new, &names);
            let whole_types = surface::whole_types(&changes);
            let items = changes.into_iter().map(|change| {
                let cause = breaks.iter().find(|(_, cause)| cause.explains(&change));
                RustChange {
                    fingerprint: change.fingerprint(name),
                    is_within: whole_types.contains(&(change.action(), change.item().parent())),
                    follows: cause.map(|(fingerprint, _)| fingerprint.clone()),
                    accepted: None,
                    change,
                }
            });
            items.collect()
        });
        let changes = changes.into_iter().map(|change| WireChange {
            fingerprint: change.fingerprint(name),
            caused_by: Vec::new(),
            accepted: None,
            change,
        });
        Self {
            name: name.to_owned(),
            changes: changes.collect(),
            surface,
            inputs: Vec::new(),
            remarks: Vec::new(),
            same_input: false,
        }
    }

    /// Returns the changes of Rust items without those of parts of a type that changes as a whole.
    pub fn items(&self) -> impl Iterator<Item = &RustChange> {
        let items = self.surface.iter().flatten();
        items.filter(|item| !item.is_within)
    }

    /// Returns the breaking changes in Rust that are not accepted and that no breaking change on the
    /// wire causes.
    pub fn unaccepted_items(&self) -> impl Iterator<Item = &RustChange> {
        self.items()
            .filter(|item| item.breaks() && item.follows.is_none() && item.accepted.is_none())
    }

    /// Describes the number of changed Rust items by action.
    pub fn rust_counts(&self) -> String {
        let count = |action: &str| {
            let items = self.items();
            items.filter(|item| item.change.action() == action).count()
        };
        let counts: Vec<String> = ["removed", "renamed", "changed", "added"]
            .into_iter()
            .map(|action| (action, count(action)))
            .filter(|(_, count)| *count > 0)
            .map(|(action, count)| format!("{count} {action}"))
            .collect();
        counts.join(", ")
    }

    fn surface_error(&self) -> Option<&NotCompared> {
        self.surface.as_ref().err()
    }

    /// Returns the most severe level of all changes; `None` without changes.
    pub fn verdict(&self) -> Option<Level> {
        self.changes.iter().map(|entry| entry.change.level).max()
    }

    /// Returns the changes of this level.
    pub fn of_level(&self, level: Level) -> impl Iterator<Item = &WireChange> {
        self.changes
            .iter()
            .filter(move |entry| entry.change.level == level)
    }

    /// Returns the breaking changes on the wire that are not accepted.
    pub fn unaccepted_breaks(&self) -> impl Iterator<Item = &WireChange> {
        self.of_level(Level::Breaking)
            .filter(|entry| entry.accepted.is_none())
    }

    /// Describes the number of changes by level, on the wire and in Rust.
    pub fn counts(&self) -> String {
        let counts: Vec<String> = [Level::Breaking, Level::Compatible]
            .into_iter()
            .map(|level| (level, self.of_level(level).count()))
            .filter(|(_, count)| *count > 0)
            .map(|(level, count)| format!("{count} {}", level.name()))
            .collect();
        let docs = match self.of_level(Level::Docs).count() {
            0 => String::new(),
            1 => "1 description changed; ".to_owned(),
            count => format!("{count} descriptions changed; "),
        };
        let accepted = self.changes.iter();
        let accepted = accepted.filter(|entry| entry.accepted.is_some()).count();
        let accepted = match accepted {
            0 => String::new(),
            count => format!(" ({count} accepted)"),
        };
        let rust = match &self.surface {
            Ok(changes) if changes.is_empty() => "no change in Rust".to_owned(),
            Ok(_) => format!("{} in Rust", self.rust_counts()),
            Err(_) => "Rust not compared".to_owned(),
        };
        match counts.as_slice() {
            [] => format!("no change on the wire; {docs}{rust}"),
            counts => format!("{}{accepted} on the wire; {docs}{rust}", counts.join(", ")),
        }
    }

    /// Groups the changes by operation, component or document, the most severe group first.
    pub fn groups(&self, levels: &[Level]) -> Vec<(String, Vec<&WireChange>)> {
        let mut groups: Vec<(String, Vec<&WireChange>)> = Vec::new();
        for entry in self
            .changes
            .iter()
            .filter(|entry| levels.contains(&entry.change.level))
        {
            let at = &entry.change.at;
            let name = at.split(" → ").next().unwrap_or(at);
            match groups.iter_mut().find(|(other, _)| other == name) {
                Some((_, group)) => group.push(entry),
                None => groups.push((name.to_owned(), vec![entry])),
            }
        }
        groups
    }
}

impl WireChange {
    /// Returns the place within `group`, after the parts of operations that the change affects.
    pub fn place(&self, group: &str) -> String {
        const SHOWN: usize = 3;
        let within = self
            .change
            .at
            .strip_prefix(group)
            .unwrap_or(&self.change.at);
        let within = within.trim_start_matches(" → ");
        let parts = self.change.parts();
        let mut shown = parts
            .iter()
            .take(SHOWN)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        if let Some(more @ 1..) = parts.len().checked_sub(SHOWN) {
            shown += &format!(" and {more} more");
        }
        let parts = [shown.as_str(), within];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(" → ")
    }

    /// Describes which operations use the changed part, each formatted by `write`. Returns `None` if
    /// the place of the change shows the operation.
    pub fn used_by(&self, write: impl Fn(&str) -> String) -> Option<String> {
        const SHOWN: usize = 3;
        let Change {
            operation,
            used_by,
            pointers,
            ..
        } = &self.change;
        let place = pointers.after.as_ref().or(pointers.before.as_ref());
        if operation.is_some() {
            return None;
        }
        if used_by.is_empty() {
            let shared = place.is_some_and(|place| place.starts_with("/components/"));
            return shared.then(|| "not used by any operation".to_owned());
        }
        let users: Vec<String> = used_by.iter().take(SHOWN).map(|user| write(user)).collect();
        let users = users.join(", ");
        Some(match used_by.len().saturating_sub(SHOWN) {
            0 => format!("used by {users}"),
            more => format!("used by {users} and {more} more"),
        })
    }

    /// Returns the parts of the old and the new text that differ; none for changes other than of
    /// descriptions.
    pub fn changed_words(&self) -> Vec<(String, String)> {
        let Change {
            level,
            before,
            after,
            ..
        } = &self.change;
        if *level != Level::Docs {
            return Vec::new();
        }
        match [before, after].map(|text| text.as_ref().map(Value::as_str)) {
            [Some(Some(before)), Some(Some(after))] => words::changed(before, after),
            [Some(Some(before)), None] => words::changed(before, ""),
            [None, Some(Some(after))] => words::changed("", after),
            _ => Vec::new(),
        }
    }
}

impl Report {
    /// Returns the most severe level of all changes; `None` without changes.
    pub fn verdict(&self) -> Option<Level> {
        self.apis.iter().filter_map(Api::verdict).max()
    }

    /// Returns whether code that uses the generated modules may no longer compile or work.
    pub fn breaks_rust(&self) -> bool {
        let mut items = self.apis.iter().flat_map(Api::items);
        items.any(RustChange::breaks)
    }

    /// Returns whether a compared Rust module changes.
    pub fn changes_rust(&self) -> bool {
        self.apis.iter().any(|api| api.items().next().is_some())
    }

    /// Returns the APIs whose Rust modules were not compared, with the reasons.
    pub fn not_compared(&self) -> impl Iterator<Item = (&Api, &NotCompared)> {
        let reason = |api| Some((api, Api::surface_error(api)?));
        self.apis.iter().filter_map(reason)
    }

    /// Returns the level of change on the wire and in Rust that the next release must announce.
    pub fn required_level(&self) -> Option<Level> {
        let rust = match (self.breaks_rust(), self.changes_rust()) {
            (true, _) => Some(Level::Breaking),
            (false, true) => Some(Level::Compatible),
            (false, false) => None,
        };
        self.verdict().max(rust)
    }

    /// Returns whether there is a breaking change, on the wire or in Rust, that is not accepted.
    pub fn has_unaccepted_break(&self) -> bool {
        let breaks = |api: &Api| {
            api.unaccepted_breaks().next().is_some() || api.unaccepted_items().next().is_some()
        };
        self.apis.iter().any(breaks)
    }
}
