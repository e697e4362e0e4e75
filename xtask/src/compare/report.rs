//! What a comparison comes to: one model, which `text`, `markdown` and `json` write down.

use anyhow::Context;
use serde_json::Value;

use super::{
    changes::Change,
    comparison,
    follows::Breaks,
    level::Level,
    names::WireNames,
    origins,
    reach::Reach,
    revision::{Spec, empty_document},
    surface::{self, Items, NotCompared, SurfaceChange},
};

/// The changes of all APIs.
pub struct Report {
    pub apis: Vec<Api>,
}

/// The changes of one API.
pub struct Api {
    pub name: String,
    /// The worst first.
    pub changes: Vec<WireChange>,
    /// How the Rust module changes, or why it cannot be told.
    pub surface: Result<Vec<RustChange>, NotCompared>,
    /// The files of specs/ that the document is made from.
    pub inputs: Vec<String>,
    /// Where the Rust modules come from, if not from the committed code.
    pub remarks: Vec<String>,
    /// Whether the generator has the same input on both sides.
    pub same_input: bool,
}

/// A change, and what is known of it beyond the documents.
pub struct WireChange {
    pub change: Change,
    pub fingerprint: String,
    /// The files of specs/ that make it.
    pub made_by: Vec<String>,
    /// Why it was accepted, if it was.
    pub accepted: Option<String>,
}

/// A change of a Rust item, and what is known of it beyond the code.
pub struct RustChange {
    pub change: SurfaceChange,
    pub fingerprint: String,
    /// Whether the type that it is a part of is new, gone or renamed as a whole.
    pub is_within: bool,
    /// The fingerprint of the break on the wire that it comes from.
    pub follows: Option<String>,
    /// Why it was accepted, if it was.
    pub accepted: Option<String>,
}

impl RustChange {
    /// Whether it breaks code by itself, with the type that it is a part of.
    pub fn breaks(&self) -> bool {
        !self.is_within && self.change.breaks()
    }
}

impl Api {
    /// Compares two documents of the API that is called `name`, and the modules that are generated
    /// from them.
    pub fn compare(name: &str, old: &Value, new: &Value) -> Self {
        let generated = |side: &str, document: &Value| {
            // The name may be that of a file.
            surface::of_document("api", document).with_context(|| format!("{side} document"))
        };
        let items = match old == new {
            true => Ok((Items::new(), Items::new())),
            false => {
                generated("old", old).and_then(|old_items| Ok((old_items, generated("new", new)?)))
            }
        };
        Self::of(name, old, new, items.map_err(NotCompared::from))
    }

    /// Compares the two sides of the API that is called `name`, at least one of which there is.
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
        for (entry, made_by) in api.changes.iter_mut().zip(files) {
            entry.made_by = made_by;
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
        let reach = Reach::of(new);
        let breaks: Vec<(String, Breaks)> = changes
            .iter()
            .filter(|change| change.level == Level::Breaking)
            .map(|change| {
                (
                    change.fingerprint(name),
                    Breaks::of(change, old, new, &reach),
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
            made_by: Vec::new(),
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

    /// The changed Rust items, but those that are parts of others.
    pub fn items(&self) -> impl Iterator<Item = &RustChange> {
        let items = self.surface.iter().flatten();
        items.filter(|item| !item.is_within)
    }

    /// The Rust items whose change breaks code, comes from no break on the wire, and that nobody
    /// has accepted.
    pub fn unaccepted_items(&self) -> impl Iterator<Item = &RustChange> {
        self.items()
            .filter(|item| item.breaks() && item.follows.is_none() && item.accepted.is_none())
    }

    /// Counts the changed Rust items of each kind, in words.
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

    /// The worst level of any change; none without changes.
    pub fn verdict(&self) -> Option<Level> {
        self.changes.iter().map(|entry| entry.change.level).max()
    }

    /// The changes of this level.
    pub fn of_level(&self, level: Level) -> impl Iterator<Item = &WireChange> {
        self.changes
            .iter()
            .filter(move |entry| entry.change.level == level)
    }

    /// The changes that break, and that nobody has accepted.
    pub fn unaccepted_breaks(&self) -> impl Iterator<Item = &WireChange> {
        self.of_level(Level::Breaking)
            .filter(|entry| entry.accepted.is_none())
    }

    /// How many changes there are of each kind, in words.
    pub fn counts(&self) -> String {
        let mut counts: Vec<String> = Level::WORST_FIRST
            .into_iter()
            .map(|level| (level, self.of_level(level).count()))
            .filter(|(_, count)| *count > 0)
            .map(|(level, count)| format!("{count} {}", level.name()))
            .collect();
        let accepted = self
            .changes
            .iter()
            .filter(|entry| entry.accepted.is_some())
            .count();
        if accepted > 0 {
            counts.push(format!("{accepted} of them accepted"));
        }
        let rust = match &self.surface {
            Ok(changes) if changes.is_empty() => "no change in Rust".to_owned(),
            Ok(_) => format!("in Rust {}", self.rust_counts()),
            Err(_) => "Rust not compared".to_owned(),
        };
        match counts.as_slice() {
            [] => format!("no change on the wire; {rust}"),
            counts => format!("{}; {rust}", counts.join(", ")),
        }
    }

    /// The changes in groups that belong together, worst group first: those of an operation, of
    /// a component, or of the document itself.
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
    /// The place within `group`, with the parts of calls that it is in.
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
        let words = [shown.as_str(), within];
        let words = words.into_iter().filter(|words| !words.is_empty());
        words.collect::<Vec<_>>().join(" → ")
    }

    /// The first of the calls that it reaches, each written by `write`, and how many more there
    /// are; none where its place tells.
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
            return shared.then(|| "used by no call".to_owned());
        }
        let calls: Vec<String> = used_by.iter().take(SHOWN).map(|call| write(call)).collect();
        let calls = calls.join(", ");
        Some(match used_by.len().saturating_sub(SHOWN) {
            0 => format!("used by {calls}"),
            more => format!("used by {calls} and {more} more"),
        })
    }

    /// What a text said and says now, from where the two differ; none for what is no text.
    pub fn excerpts(&self) -> Option<(String, String)> {
        const LENGTH: usize = 60;
        let text = |value: &Option<Value>| value.as_ref()?.as_str().map(ToOwned::to_owned);
        let (before, after) = (text(&self.change.before)?, text(&self.change.after)?);
        if self.change.level != Level::Docs {
            return None;
        }
        let same = before
            .chars()
            .zip(after.chars())
            .take_while(|(one, two)| one == two)
            .count();
        let start = same.saturating_sub(LENGTH / 3);
        let excerpt = |text: &str| {
            let ends = (start > 0, text.chars().count() > start + LENGTH);
            let middle: String = text.chars().skip(start).take(LENGTH).collect();
            let mark = |cut: bool| if cut { "…" } else { "" };
            format!("{}{middle}{}", mark(ends.0), mark(ends.1))
        };
        Some((excerpt(&before), excerpt(&after)))
    }
}

impl Report {
    /// The worst level of any change; none without changes.
    pub fn verdict(&self) -> Option<Level> {
        self.apis.iter().filter_map(Api::verdict).max()
    }

    /// Whether code that uses the generated modules may no longer compile or work.
    pub fn breaks_rust(&self) -> bool {
        let mut items = self.apis.iter().flat_map(Api::items);
        items.any(RustChange::breaks)
    }

    /// Whether the modules change at all, as far as can be told.
    pub fn changes_rust(&self) -> bool {
        self.apis.iter().any(|api| api.items().next().is_some())
    }

    /// The APIs whose modules could not be compared.
    pub fn rust_unknown(&self) -> impl Iterator<Item = (&Api, &NotCompared)> {
        let unknown = |api| Some((api, Api::surface_error(api)?));
        self.apis.iter().filter_map(unknown)
    }

    /// What the next release has to announce: a name that goes breaks code as much as a call does.
    pub fn required_level(&self) -> Option<Level> {
        let rust = match (self.breaks_rust(), self.changes_rust()) {
            (true, _) => Some(Level::Breaking),
            (false, true) => Some(Level::Compatible),
            (false, false) => None,
        };
        self.verdict().max(rust)
    }

    /// Whether anything breaks, on the wire or in Rust, that nobody has accepted.
    pub fn has_unaccepted_break(&self) -> bool {
        let breaks = |api: &Api| {
            api.unaccepted_breaks().next().is_some() || api.unaccepted_items().next().is_some()
        };
        self.apis.iter().any(breaks)
    }
}
