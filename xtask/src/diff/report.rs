//! What a comparison comes to: one model, which `text`, `markdown` and `json` write down.

use serde_json::Value;

use super::{
    changes::Change,
    comparison,
    level::Level,
    surface::{self, SurfaceChange},
};

/// The changes of all APIs.
pub struct Report {
    pub apis: Vec<Api>,
}

/// The changes of one API.
pub struct Api {
    pub name: String,
    /// The worst first.
    pub changes: Vec<Noted>,
    /// How the Rust module changes, or why it cannot be told.
    pub surface: Result<Vec<SurfaceChange>, String>,
}

/// A change, and what is known of it beyond the documents.
pub struct Noted {
    pub change: Change,
    pub fingerprint: String,
    /// Why it was accepted, if it was.
    pub accepted: Option<String>,
}

impl Api {
    /// Compares two documents of the API that is called `name`.
    pub fn compare(name: &str, old: &Value, new: &Value) -> Self {
        let changes = comparison::compare(old, new)
            .into_iter()
            .map(|change| Noted {
                fingerprint: change.fingerprint(name),
                change,
                accepted: None,
            });
        Self {
            name: name.to_owned(),
            changes: changes.collect(),
            surface: surface::compare(old, new),
        }
    }

    /// The worst level of any change; none without changes.
    pub fn verdict(&self) -> Option<Level> {
        self.changes.iter().map(|noted| noted.change.level).max()
    }

    /// The changes of this level.
    pub fn of_level(&self, level: Level) -> impl Iterator<Item = &Noted> {
        self.changes
            .iter()
            .filter(move |noted| noted.change.level == level)
    }

    /// The changes that break, and that nobody has accepted.
    pub fn unaccepted_breaks(&self) -> impl Iterator<Item = &Noted> {
        self.of_level(Level::Breaking)
            .filter(|noted| noted.accepted.is_none())
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
            .filter(|noted| noted.accepted.is_some())
            .count();
        if accepted > 0 {
            counts.push(format!("{accepted} of them accepted"));
        }
        let rust = match &self.surface {
            Ok(changes) if changes.is_empty() => "no change in Rust".to_owned(),
            Ok(changes) => format!("in Rust {}", surface::counts(changes)),
            Err(_) => "Rust not compared".to_owned(),
        };
        match counts.as_slice() {
            [] => format!("no change on the wire; {rust}"),
            counts => format!("{}; {rust}", counts.join(", ")),
        }
    }

    /// The changes in groups that belong together, worst group first: those of an operation, of
    /// a component, or of the document itself.
    pub fn groups(&self, levels: &[Level]) -> Vec<(String, Vec<&Noted>)> {
        let mut groups: Vec<(String, Vec<&Noted>)> = Vec::new();
        for noted in self
            .changes
            .iter()
            .filter(|noted| levels.contains(&noted.change.level))
        {
            let at = &noted.change.at;
            let name = at.split(" → ").next().unwrap_or(at);
            match groups.iter_mut().find(|(other, _)| other == name) {
                Some((_, group)) => group.push(noted),
                None => groups.push((name.to_owned(), vec![noted])),
            }
        }
        groups
    }
}

impl Noted {
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

    /// Whether code that names what the generated modules had may compile no longer.
    pub fn takes_names_away(&self) -> bool {
        let mut surfaces = self
            .apis
            .iter()
            .flat_map(|api| api.surface.iter().flatten());
        surfaces.any(|change| change.before.is_some())
    }

    /// What the next release has to announce: a name that goes breaks code as much as a call does.
    pub fn asks_for(&self) -> Option<Level> {
        match self.takes_names_away() {
            true => Some(Level::Breaking),
            false => self.verdict(),
        }
    }

    /// Whether anything breaks that nobody has accepted.
    pub fn has_unaccepted_break(&self) -> bool {
        self.apis
            .iter()
            .any(|api| api.unaccepted_breaks().next().is_some())
    }
}
