//! Renders the report as Markdown for a comment on a pull request.
//!
//! Many texts in it come from upstream and are not trusted: they are escaped, so that they contain
//! no Markdown, HTML or mentions.

mod escape;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    level::{Direction, Level},
    report::{Api, Report, RustChange, WireChange},
    rules::Rule,
    text::visible,
};
use escape::{code, cut, longest_run, whole_code};

pub use escape::{plain, whole_plain};

/// The maximum length of each part of the page, in bytes. GitHub limits comments to 65,536
/// characters; all parts together stay under 60,000.
const MAX_CHANGES: usize = 20_000;
const MAX_RUST: usize = 14_000;
const MAX_DOCS: usize = 10_000;
const MAX_FILES: usize = 3_000;
const MAX_ACCEPTED: usize = 3_000;

impl Report {
    /// Returns the report as Markdown for a comment.
    pub fn markdown(&self) -> String {
        let mut page = format!("## API changes: {}\n\n", headline(self));
        for api in &self.apis {
            page += &format!("- **{}**: {}\n", plain(&api.name), api.counts());
        }
        page += &format!("\n{}", advice(self));
        page += &accepted(self);
        page += &changed_files(self);
        // The APIs share the page equally.
        let share = self.apis.len().max(1);
        for api in &self.apis {
            let is_same = api.surface.as_ref().is_ok_and(Vec::is_empty) && api.remarks.is_empty();
            if !api.changes.is_empty() || !is_same {
                page += &format!("\n## {}\n", plain(&api.name));
                page += &changes(api, share);
            }
        }
        page
    }
}

fn headline(report: &Report) -> String {
    let breaking = match report.has_unaccepted_break() {
        true => "**breaking**",
        false => "breaking, accepted",
    };
    let wire = match report.verdict() {
        None => "none",
        Some(Level::Docs) => "only descriptions",
        Some(Level::Compatible) => "compatible",
        Some(Level::Breaking) => return breaking.to_owned(),
    };
    if report.breaks_rust() {
        return format!("{wire} on the wire, {breaking} in Rust");
    }
    match (report.verdict(), report.changes_rust()) {
        (None, true) => "none on the wire, additions in Rust".to_owned(),
        (None, false) if !report.files.is_empty() => {
            let files = count(report.files.len(), "file");
            format!("none on the wire or in Rust; {files} changed")
        }
        _ => wire.to_owned(),
    }
}

fn count(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Returns the steps for the reviewer.
fn advice(report: &Report) -> String {
    let mut steps: Vec<String> = Vec::new();
    for (api, why) in report.not_compared() {
        steps.push(format!(
            "The Rust module of {} was not compared: {}.",
            plain(&api.name),
            plain(why)
        ));
    }
    steps.extend(causes(report));
    steps.extend(report.apis.iter().filter_map(rust_breaks));
    if report.has_unaccepted_break() {
        steps.push(format!(
            "To accept breaking changes, add these entries with a reason to \
             `specs/accepted-changes.yaml`. Until then, the check `spec-diff` fails:\n\n{}",
            entries(report)
        ));
    }
    let required = report.required_level();
    if required == Some(Level::Breaking) {
        steps.push("Describe in `CHANGELOG.md` what users must change.".to_owned());
    } else if required == Some(Level::Compatible) {
        let places = match unnamed_places(report.items()).as_str() {
            "" => String::new(),
            places => {
                format!(", and which values existing code may read through {places}")
            }
        };
        steps.push(format!("Describe in `CHANGELOG.md` what is new{places}."));
    }
    let release = match required {
        Some(Level::Breaking) => "Release this as a breaking version (before 1.0: the next 0.x).\n",
        Some(Level::Compatible) => "Release this as a minor version (before 1.0: a patch).\n",
        Some(Level::Docs) => "Release this as a patch.\n",
        None if report.files.is_empty() && steps.is_empty() => "Nothing has changed.\n",
        None if report.files.is_empty() => "",
        None => {
            "Nothing changes for users. Review the files below: this report does not compare their \
             content.\n"
        }
    };
    let steps = steps.iter().enumerate();
    let steps: String = steps
        .map(|(index, step)| format!("{}. {step}\n", index + 1))
        .collect();
    match steps.as_str() {
        "" => release.to_owned(),
        steps => format!("Before merging:\n\n{steps}\n{release}"),
    }
}

/// Returns a step for each file that causes breaking changes on the wire.
fn causes(report: &Report) -> Vec<String> {
    let mut causes: BTreeMap<(&str, &[String]), usize> = BTreeMap::new();
    for api in &report.apis {
        for entry in api.unaccepted_breaks() {
            *causes.entry((&api.name, &entry.caused_by)).or_default() += 1;
        }
    }
    let steps = causes.into_iter().map(|((api, files), number)| {
        // A refresh compares documents of upstream, which are not files yet.
        let is_upstream = files.is_empty() || *files == [format!("specs/{api}/upstream.json")];
        let advice = match files {
            _ if is_upstream => format!(
                "upstream. Check upstream's page: if it is wrong, correct it in {} and run \
                 `cargo xtask prepare`.",
                code(&format!("specs/{api}/overlay.yaml"))
            ),
            [file] if file.starts_with("specs/") => format!(
                "our own file {}. If this is not intended, correct the file and run \
                 `cargo xtask prepare`.",
                code(file)
            ),
            files => format!("{}. Check there that this is intended.", codes(files)),
        };
        let breaks = count(number, "breaking change");
        format!("{}: {breaks} on the wire, caused by {advice}", plain(api))
    });
    steps.collect()
}

/// Renders texts as code, joined with ` and `.
fn codes(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| code(text)).collect();
    texts.join(" and ")
}

/// Returns the step for breaking changes in Rust that no breaking change on the wire causes.
fn rust_breaks(api: &Api) -> Option<String> {
    let number = api.unaccepted_items().count();
    if number == 0 {
        return None;
    }
    let breaks = format!(
        "{}: {} in Rust only",
        plain(&api.name),
        count(number, "breaking change")
    );
    Some(match api.same_input {
        true => format!(
            "{breaks}, caused by the generator: its input `openapi.json` is the same in both \
             revisions. Review the changes to `build/` and to the progenitor and typify \
             versions. Keep the old names where possible."
        ),
        false => format!(
            "{breaks}. Check under *Rust* whether each of them is necessary. A component that was only \
             renamed, or is no longer referred to, can keep its name through {}. If the document does \
             not explain a change, review the changes to `build/`.",
            match api.inputs.iter().any(|input| input.ends_with("/spec.yaml")) {
                true => "`x-rust-name`".to_owned(),
                false => format!(
                    "an action in {}",
                    code(&format!("specs/{}/overlay.yaml", api.name))
                ),
            }
        ),
    })
}

/// Returns the entries that would accept the breaking changes, with empty reasons.
fn entries(report: &Report) -> String {
    const SHOWN: usize = 20;
    let open = report.apis.iter().flat_map(|api| {
        let wire = api.unaccepted_breaks().map(|entry| {
            let text = format!("{}: {}", entry.change.at, entry.change.message);
            (text, &entry.fingerprint)
        });
        let rust = api.unaccepted_items().map(|item| {
            let text = format!("Rust: {}", item.change.describe());
            (text, &item.fingerprint)
        });
        wire.chain(rust)
    });
    let open: Vec<_> = open.collect();
    let mut entries = String::from("   ```yaml\n");
    for (text, fingerprint) in open.iter().take(SHOWN) {
        // Backticks could end the code block.
        let text = cut(&visible(text)).replace('`', "'");
        entries += &format!("   # {text}\n");
        entries += &format!("   - {{fingerprint: {fingerprint}, reason: \"…\"}}\n");
    }
    if let Some(more @ 1..) = open.len().checked_sub(SHOWN) {
        entries += &format!("   # … and {more} more: run `cargo xtask diff`\n");
    }
    entries + "   ```"
}

/// Returns the changes that are accepted in this comparison, with their reasons.
fn accepted(report: &Report) -> String {
    let mut lines = Vec::new();
    let mut add = |change: String, reason: &Option<String>| {
        if let Some(reason) = reason {
            lines.push(format!("- {change}. Reason: {}\n", plain(reason)));
        }
    };
    for api in &report.apis {
        for entry in &api.changes {
            let (place, message) = (code(&entry.change.at), plain(&entry.change.message));
            add(format!("{place}: {message}"), &entry.accepted);
        }
        for item in api.items().filter(|item| item.follows.is_none()) {
            let change = plain(&item.change.describe());
            add(format!("Rust: {change}"), &item.accepted);
        }
    }
    match lines.is_empty() {
        true => String::new(),
        false => format!(
            "\n## Accepted in this pull request\n\nBy merging it, you agree with these reasons:\n\n{}",
            fitting(lines, MAX_ACCEPTED)
        ),
    }
}

/// Returns the list of files that differ.
fn changed_files(report: &Report) -> String {
    if report.files.is_empty() {
        return String::new();
    }
    let lines = report.files.iter().map(|file| {
        let collapsed = match file.collapsed {
            true => ", collapsed on GitHub",
            false => "",
        };
        let (path, lines, meaning) = (code(&file.path), file.line_counts(), report.describe(file));
        format!("- {path}: {lines}{collapsed}; {meaning}\n")
    });
    format!("\n## Files\n\n{}", fitting(lines.collect(), MAX_FILES))
}

/// Describes the effect of the breaking changes on programs built with an earlier version.
fn effects(api: &Api) -> String {
    let mut effects = Vec::new();
    for (direction, effect) in [
        (
            Direction::Request,
            "In requests: a call that worked may be rejected or may have another meaning.",
        ),
        (
            Direction::Response,
            "In responses: data that callers rely on may be missing. An optional property that is \
             missing or has another type becomes `None`. If a required property is missing or has \
             another type, the response cannot be parsed, and the call fails.",
        ),
    ] {
        let mut breaking = api.of_level(Level::Breaking);
        if breaking.any(|entry| entry.change.affects(direction)) {
            effects.push(effect);
        }
    }
    effects.join("\n\n")
}

/// Describes the effect of the compatible changes on programs built with an earlier version.
fn compatible_effects(api: &Api) -> String {
    let has = |rules: &[Rule]| {
        let mut changes = api.of_level(Level::Compatible);
        changes.any(|entry| {
            rules.contains(&entry.change.rule) && entry.change.affects(Direction::Response)
        })
    };
    let mut effects = vec!["Existing programs keep working."];
    if has(&[Rule::EnumValueAdded]) {
        effects.push("They parse new enum values as `Unknown`.");
    }
    if has(&[Rule::OptionalFieldAdded, Rule::RequiredFieldAdded]) {
        effects.push("They keep new properties in `extra`.");
    }
    effects.join(" ")
}

fn changes(api: &Api, share: usize) -> String {
    let mut page = String::new();
    for (level, title, effects) in [
        (Level::Breaking, "Breaking", effects(api)),
        (Level::Compatible, "Compatible", compatible_effects(api)),
    ] {
        let lines = lines(api, level);
        if !lines.is_empty() {
            let lines = fitting(lines, MAX_CHANGES / share);
            page += &format!("\n### {title}\n\n{effects}\n\n{lines}");
        }
    }
    page += &rust(api, MAX_RUST / share);
    let lines = lines(api, Level::Docs);
    if !lines.is_empty() {
        let count = api.of_level(Level::Docs).count();
        let lines = fitting(lines, MAX_DOCS / share);
        page += &format!(
            "\n<details><summary>Descriptions: {count} changed</summary>\n\n{lines}\n</details>\n"
        );
    }
    page
}

/// Returns the changes of a level. The first of each operation or component has its name above it.
fn lines(api: &Api, level: Level) -> Vec<String> {
    let caused_by = api.changes.iter().map(|entry| &entry.caused_by);
    let several_files = caused_by.collect::<BTreeSet<_>>().len() > 1;
    let mut lines = Vec::new();
    for (name, group) in api.groups(&[level]) {
        let users = group[0].used_by(code);
        let users = users.map_or_else(String::new, |users| format!(", {users}"));
        let mut head = format!("- {}{users}\n", code(&name));
        for entry in group {
            lines.push(std::mem::take(&mut head) + &change(entry, &name, several_files));
        }
    }
    lines
}

fn change(entry: &WireChange, group: &str, several_files: bool) -> String {
    let change = &entry.change;
    let place = match entry.place(group).as_str() {
        "" => String::new(),
        place => format!("{}: ", code(place)),
    };
    let words = entry.changed_words(|before, after| match (before, after) {
        ("", after) => format!("added {}", whole_code(after)),
        (before, "") => format!("removed {}", whole_code(before)),
        (before, after) => format!("{} → {}", whole_code(before), whole_code(after)),
    });
    let caused_by = match several_files {
        true => format!("; caused by {}", codes(&entry.caused_by)),
        false => String::new(),
    };
    let accepted = entry.accepted.as_ref().map_or_else(String::new, |reason| {
        format!("; accepted: {}", plain(reason))
    });
    format!(
        "  - {place}{}{words} ({}){caused_by}{accepted}\n",
        plain(&change.message),
        code(&change.rule.id()),
    )
}

/// Joins the lines that fit into `limit`, and counts the others.
fn fitting(lines: Vec<String>, limit: usize) -> String {
    match fit(lines, limit) {
        (page, 0) => page,
        (page, more) => format!("{page}- … and {more} more: run `cargo xtask diff`\n"),
    }
}

/// Joins the lines that fit into `limit`, and returns the number of the others.
fn fit(lines: Vec<String>, limit: usize) -> (String, usize) {
    let mut page = String::new();
    for (index, line) in lines.iter().enumerate() {
        if page.len() + line.len() > limit {
            return (page, lines.len() - index);
        }
        page += line;
    }
    (page, 0)
}

/// Returns the changed Rust items as a diff, with the effect on code that uses them.
fn rust(api: &Api, limit: usize) -> String {
    if let Err(why) = &api.surface {
        return format!("\n### Rust\n\nNot compared: {}\n", plain(why));
    }
    let items: Vec<&RustChange> = api.items().collect();
    if items.is_empty() && api.remarks.is_empty() {
        return String::new();
    }
    let mut page = String::from("\n### Rust\n");
    for remark in &api.remarks {
        page += &format!("\n{}\n", plain(remark));
    }
    if items.is_empty() {
        return page + "\nNo public item changes.\n";
    }
    let places = unnamed_places(items.iter().copied());
    let effect = match (items.iter().any(|item| item.breaks()), places.as_str()) {
        (true, _) => {
            "code that uses a removed, renamed or changed item must change with the next version."
                .to_owned()
        }
        (false, "") => "existing code still compiles.".to_owned(),
        (false, places) => format!(
            "existing code still compiles. Code that read these through {places} must use the new \
             names."
        ),
    };
    let lines = items.iter().flat_map(|item| item_lines(item)).collect();
    let (mut diff, left_out) = fit(lines, limit);
    if left_out > 0 {
        diff += &format!("… and {left_out} more lines\n");
    }
    let fence = "`".repeat(longest_run(&diff).max(2) + 1);
    let counts = api.rust_counts();
    page + &format!("\n{counts}: {effect}\n\n{fence}diff\n{diff}{fence}\n")
}

/// Names the places where existing code finds the values that the added items name; empty if there
/// are none.
fn unnamed_places<'r>(items: impl Iterator<Item = &'r RustChange>) -> String {
    let places: BTreeSet<&str> = items
        .filter_map(|item| item.change.unnamed_place())
        .collect();
    let places = places.into_iter().map(|place| format!("`{place}`"));
    places.collect::<Vec<_>>().join(" or ")
}

/// Returns the lines of the diff for one item. The last line shows the reason for accepting it.
fn item_lines(item: &RustChange) -> Vec<String> {
    let mut lines = item.change.diff();
    for line in &mut lines {
        *line = cut(&visible(line));
    }
    if let (Some(reason), Some(last)) = (&item.accepted, lines.last_mut()) {
        *last += &format!("  (accepted: {})", cut(&visible(reason)));
    }
    lines.into_iter().map(|line| line + "\n").collect()
}
