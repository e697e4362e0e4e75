//! The result of a comparison, which `text`, `markdown` and `json` render.

use anyhow::{Context, Error};
use serde_json::Value;

use super::{
    changes::Change,
    comparison,
    files::ChangedFile,
    follows::Breaks,
    level::Level,
    names::WireNames,
    origins::Origins,
    revision::{Spec, empty_document},
    surface::{self, Items, SurfaceChange},
    usage::Usage,
    words,
};

/// A comparison of specs/ in two revisions, or of two documents.
pub struct Report {
    pub apis: Vec<Api>,
    /// The documents and generated files that differ.
    pub files: Vec<ChangedFile>,
    /// The error in the list of accepted changes. It follows the report, which shows what is needed
    /// to correct it.
    pub accepted_error: Option<Error>,
}

/// The changes of one API.
pub struct Api {
    pub name: String,
    /// The most severe first.
    pub changes: Vec<WireChange>,
    /// The changes of the Rust module, or the reason why it was not compared.
    pub surface: Result<Vec<RustChange>, String>,
    /// The source documents in specs/.
    pub inputs: Vec<String>,
    /// The reasons why Rust modules were generated instead of read from committed code.
    pub remarks: Vec<String>,
    /// Whether the input of the generator is the same in both revisions.
    pub same_input: bool,
    /// Whether a Rust module is generated from the documents.
    has_module: bool,
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
        Self::of(name, old, new, items.map_err(|error| format!("{error:#}")))
    }

    /// Compares two documents from which no Rust module is generated.
    pub fn compare_on_the_wire(name: &str, old: &Value, new: &Value) -> Self {
        Self {
            has_module: false,
            ..Self::of(name, old, new, Ok((Items::new(), Items::new())))
        }
    }

    /// Compares the API `name` in two revisions, in one of which it may not exist.
    pub fn of_specs(name: &str, old: Option<&Spec>, new: Option<&Spec>) -> Self {
        let nothing = empty_document();
        let [before, after] = [old, new].map(|spec| spec.map_or(&nothing, |spec| &spec.document));
        let items = |spec: Option<&Spec>| match spec.map(|spec| &spec.module) {
            None => Ok(Items::new()),
            Some(Ok(module)) => Ok(module.items.clone()),
            Some(Err(why)) => Err(why.clone()),
        };
        let both = items(old).and_then(|old| Ok((old, items(new)?)));
        let mut api = Self::of(name, before, after, both);
        let origins = Origins::of(name, old, new);
        for entry in &mut api.changes {
            entry.caused_by = origins.files(&entry.fingerprint, &entry.change.pointers);
        }
        for spec in [old, new].into_iter().flatten() {
            api.inputs.push(spec.input.clone());
            let module = spec.module.as_ref().ok();
            api.remarks
                .extend(module.and_then(|module| module.remark.clone()));
        }
        let input = |spec: Option<&Spec>| spec.and_then(|spec| spec.openapi.clone());
        api.same_input = input(old) == input(new);
        api
    }

    fn of(name: &str, old: &Value, new: &Value, items: Result<(Items, Items), String>) -> Self {
        let changes = comparison::compare(old, new);
        let names = WireNames::of(&changes);
        let usage = Usage::of(new);
        let breaking = changes.iter().filter(|c| c.level == Level::Breaking);
        let breaks = breaking.map(|c| (c.fingerprint(name), Breaks::of(c, old, &usage)));
        let breaks: Vec<(String, Breaks)> = breaks.collect();
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
            has_module: true,
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
        counted(["removed", "renamed", "changed", "added"].map(|action| {
            let items = self.items();
            let items = items.filter(|item| item.change.action() == action);
            (items.count(), action)
        }))
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
        let counts = counted([Level::Breaking, Level::Compatible].map(|level| {
            let count = self.of_level(level).count();
            (count, level.name())
        }));
        let accepted = self.changes.iter();
        let accepted = match accepted.filter(|entry| entry.accepted.is_some()).count() {
            0 => String::new(),
            count => format!(" ({count} accepted)"),
        };
        let wire = match counts.as_str() {
            "" => "no change on the wire".to_owned(),
            counts => format!("{counts}{accepted} on the wire"),
        };
        let docs = match self.of_level(Level::Docs).count() {
            0 => None,
            1 => Some("1 description changed".to_owned()),
            count => Some(format!("{count} descriptions changed")),
        };
        let rust = self.has_module.then(|| match &self.surface {
            Ok(changes) if changes.is_empty() => "no change in Rust".to_owned(),
            Ok(_) => format!("{} in Rust", self.rust_counts()),
            Err(_) => "Rust not compared".to_owned(),
        });
        let parts = [Some(wire), docs, rust].into_iter().flatten();
        parts.collect::<Vec<_>>().join("; ")
    }

    /// Groups the changes by operation, component or document, the most severe group first.
    pub fn groups(&self, levels: &[Level]) -> Vec<(String, Vec<&WireChange>)> {
        let mut groups: Vec<(String, Vec<&WireChange>)> = Vec::new();
        let shown = self.changes.iter();
        for entry in shown.filter(|entry| levels.contains(&entry.change.level)) {
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
        let at = &self.change.at;
        let within = at.strip_prefix(group).unwrap_or(at);
        let within = within.trim_start_matches(" → ").to_owned();
        let mut parts = vec![abridged(self.change.parts()), within];
        parts.retain(|part| !part.is_empty());
        parts.join(" → ")
    }

    /// Describes which operations use the changed part, each formatted by `write`. Returns `None` if
    /// the place of the change shows the operation.
    pub fn used_by(&self, write: impl Fn(&str) -> String) -> Option<String> {
        let Change {
            operation,
            used_by,
            pointers,
            ..
        } = &self.change;
        if operation.is_some() {
            return None;
        }
        if used_by.is_empty() {
            let place = pointers.after.as_ref().or(pointers.before.as_ref());
            let shared = place.is_some_and(|place| place.starts_with("/components/"));
            return shared.then(|| "not used by any operation".to_owned());
        }
        let users = used_by.iter().map(|user| write(user)).collect();
        Some(format!("used by {}", abridged(users)))
    }

    /// Returns the parts of the old and the new text that differ, each formatted by `write`, after a
    /// colon; empty for changes other than of descriptions.
    pub fn changed_words(&self, write: impl Fn(&str, &str) -> String) -> String {
        let change = &self.change;
        let text = |value: &Option<Value>| match value {
            None => Some(String::new()),
            Some(value) => value.as_str().map(ToOwned::to_owned),
        };
        let texts = text(&change.before).zip(text(&change.after));
        let texts = texts.filter(|_| change.level == Level::Docs);
        let parts = texts.map(|(before, after)| words::changed(&before, &after));
        let parts = parts.iter().flatten();
        let parts: Vec<String> = parts.map(|(before, after)| write(before, after)).collect();
        match parts.is_empty() {
            true => String::new(),
            false => format!(": {}", parts.join(", ")),
        }
    }
}

/// Lists the counts that are not zero, each with what was counted.
fn counted<const N: usize>(counts: [(usize, &str); N]) -> String {
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts = counts.map(|(count, what)| format!("{count} {what}"));
    counts.collect::<Vec<_>>().join(", ")
}

/// Lists the first of `texts`, and the number of the others.
fn abridged(texts: Vec<String>) -> String {
    const SHOWN: usize = 3;
    match texts.get(SHOWN..) {
        None | Some([]) => texts.join(", "),
        Some(more) => format!("{} and {} more", texts[..SHOWN].join(", "), more.len()),
    }
}

impl Report {
    /// Creates the report on a single API.
    pub fn of_api(api: Api) -> Self {
        Self {
            apis: vec![api],
            files: Vec::new(),
            accepted_error: None,
        }
    }

    /// Returns the most severe level of all changes; `None` without changes.
    pub fn verdict(&self) -> Option<Level> {
        self.apis.iter().filter_map(Api::verdict).max()
    }

    /// Returns the changes of Rust items without those of parts of a type that changes as a whole.
    pub fn items(&self) -> impl Iterator<Item = &RustChange> {
        self.apis.iter().flat_map(Api::items)
    }

    /// Returns whether code that uses the generated modules may no longer compile or work.
    pub fn breaks_rust(&self) -> bool {
        self.items().any(RustChange::breaks)
    }

    /// Returns whether a compared Rust module changes.
    pub fn changes_rust(&self) -> bool {
        self.items().next().is_some()
    }

    /// Returns the APIs whose Rust modules were not compared, with the reasons.
    pub fn not_compared(&self) -> impl Iterator<Item = (&Api, &String)> {
        let apis = self.apis.iter();
        apis.filter_map(|api| Some((api, api.surface.as_ref().err()?)))
    }

    /// Returns the level of change that the version of the next release must announce.
    pub fn required_level(&self) -> Option<Level> {
        let rust = match (self.breaks_rust(), self.changes_rust()) {
            (true, _) => Some(Level::Breaking),
            (false, true) => Some(Level::Compatible),
            (false, false) => None,
        };
        let published = self.files.iter().any(ChangedFile::is_published);
        let published = published.then_some(Level::Docs);
        self.verdict().max(rust).max(published)
    }

    /// Returns whether there is a breaking change, on the wire or in Rust, that is not accepted.
    pub fn has_unaccepted_break(&self) -> bool {
        let breaks = |api: &Api| {
            api.unaccepted_breaks().next().is_some() || api.unaccepted_items().next().is_some()
        };
        self.apis.iter().any(breaks)
    }

    /// Returns the changes of the documents that the file causes, including those of descriptions.
    pub fn caused_by(&self, file: &ChangedFile) -> impl Iterator<Item = &WireChange> {
        let changes = self.apis.iter().flat_map(|api| &api.changes);
        changes.filter(|entry| entry.caused_by.contains(&file.path))
    }

    /// Describes the change of a file in one line.
    pub fn describe(&self, file: &ChangedFile) -> String {
        let (api, name) = file.within();
        let api = api.and_then(|name| self.apis.iter().find(|api| api.name == name));
        let is_docs = |entry: &&WireChange| entry.change.level == Level::Docs;
        let docs = self.caused_by(file).filter(is_docs).count();
        let text = match (name, api, self.caused_by(file).count() - docs) {
            (_, _, 1) => return "causes 1 change on the wire".to_owned(),
            (_, _, count @ 2..) => return format!("causes {count} changes on the wire"),
            (_, _, 0) if docs > 0 => "changes descriptions; no change on the wire",
            ("client.rs", Some(api), _) => match &api.surface {
                Ok(changes) if changes.is_empty() => "generated code; no public item changes",
                Ok(_) => "generated code; its public items are compared under Rust",
                Err(_) => "generated code; not compared",
            },
            ("mock.rs", Some(_), _) => "generated mocks; need no review",
            ("tests.rs", Some(_), _) => "generated test code; not part of the package",
            ("openapi.json", Some(api), _) if api.changes.iter().all(|entry| is_docs(&entry)) => {
                "input of the generator; no change on the wire"
            }
            ("openapi.json", Some(_), _) => {
                "input of the generator; this report lists its changes on the wire"
            }
            ("overlay.yaml" | "spec.yaml", Some(_), _) => "no change on the wire",
            (name, Some(_), _) if name.starts_with("spec/") => "no change on the wire",
            ("upstream.json", Some(api), _) if api.inputs.contains(&file.path) => {
                "no change on the wire"
            }
            (name, Some(_), _) if name.starts_with("upstream") => {
                "a document of upstream; spec.yaml is compared with it"
            }
            ("deviations.yaml", Some(_), _) => {
                "intended differences between spec.yaml and upstream; check the reasons"
            }
            ("sources.toml", None, _) => "addresses of upstream's pages; check them",
            ("sources.lock", None, _) => {
                "record of the pages that the documents of upstream were read from"
            }
            ("accepted-changes.yaml", None, _) => {
                "record of accepted changes; check that no earlier entry was altered"
            }
            ("README.md", None, _) => "documentation",
            _ => "not compared by this report; review it",
        };
        text.to_owned()
    }
}
