//! The report as Markdown for a comment on a pull request.
//!
//! Much of what it says was written upstream, by nobody we know: none of it reaches the page as
//! Markdown, HTML or a mention.

use std::collections::BTreeMap;

use super::{
    files::ChangedFile,
    level::{Direction, Level},
    report::{Api, Item, Noted, Report},
    surface,
    text::visible,
};

/// The most that each part may take of the page, in bytes. GitHub takes comments of 65,536
/// characters; all parts together stay under 60,000.
const LISTED: usize = 20_000;
const SURFACE: usize = 14_000;
const DOCS: usize = 10_000;
const FILES: usize = 3_000;
const ACCEPTED: usize = 3_000;

/// The longest line of upstream's, in characters.
const LONGEST: usize = 240;

/// The report as the text of a comment; `files` are those of specs/ that differ.
pub fn of(report: &Report, files: &[ChangedFile]) -> String {
    let mut page = format!("## API changes: {}\n\n", headline(report, files));
    for api in &report.apis {
        page.push_str(&format!("- **{}**: {}\n", plain(&api.name), api.counts()));
    }
    page.push_str(&format!("\n{}", advice(report, files)));
    page.push_str(&accepted(report));
    page.push_str(&changed_files(report, files));
    // Each API has its share of the page.
    let share = report.apis.len().max(1);
    for api in &report.apis {
        let is_same = api.surface.as_ref().is_ok_and(Vec::is_empty) && api.remarks.is_empty();
        if !api.changes.is_empty() || !is_same {
            page.push_str(&format!("\n## {}\n", plain(&api.name)));
            page.push_str(&changes(api, share));
        }
    }
    page
}

fn headline(report: &Report, files: &[ChangedFile]) -> String {
    let open = |open: bool| {
        if open {
            "**breaking**"
        } else {
            "breaking, accepted"
        }
    };
    let mut apis = report.apis.iter();
    let wire = match report.verdict() {
        None => "none",
        Some(Level::Docs) => "only descriptions",
        Some(Level::Compatible) => "compatible",
        Some(Level::Breaking) => {
            let wire_is_open = apis.any(|api| api.unaccepted_breaks().next().is_some());
            return open(wire_is_open || report.has_unaccepted_break()).to_owned();
        }
    };
    match (report.breaks_rust(), report.changes_rust()) {
        (true, _) => {
            let rust = open(report.has_unaccepted_break());
            format!("{wire} on the wire, {rust} in Rust")
        }
        (false, true) if report.verdict().is_none() => "none on the wire, new in Rust".to_owned(),
        (false, false) if report.verdict().is_none() && !files.is_empty() => {
            format!(
                "none on the wire or in Rust, but in {}",
                count(files.len(), "file")
            )
        }
        _ => wire.to_owned(),
    }
}

fn count(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// What a reviewer does about it, step by step.
fn advice(report: &Report, files: &[ChangedFile]) -> String {
    let mut steps: Vec<String> = Vec::new();
    for (api, why) in report.rust_unknown() {
        steps.push(format!(
            "The Rust module of {} was not compared: {}.",
            plain(&api.name),
            plain(why)
        ));
    }
    steps.extend(makers(report));
    steps.extend(report.apis.iter().filter_map(names));
    if report.has_unaccepted_break() {
        steps.push(format!(
            "If a break is meant, say in `specs/accepted-changes.yaml` why we accept it. Until \
             then the check of this pull request fails:\n\n{}",
            entries(report)
        ));
    }
    if report.asks_for() == Some(Level::Breaking) {
        steps.push("Say in `CHANGELOG.md` what users have to change.".to_owned());
    } else if report.asks_for() == Some(Level::Compatible) {
        steps.push(
            "Note in `CHANGELOG.md` what is new. Users have nothing to change; a value that their \
             code found as `Unknown`, or a property in `extra`, may have a name now."
                .to_owned(),
        );
    }
    let published = files.iter().any(ChangedFile::is_published);
    let release = match report.asks_for().max(published.then_some(Level::Docs)) {
        Some(Level::Breaking) => {
            "Release it as a breaking version (while it is 0.x, the next 0.x).\n"
        }
        Some(Level::Compatible) => "Release it as a minor version (while it is 0.x, a patch).\n",
        Some(Level::Docs) => "Release it as a patch.\n",
        None if files.is_empty() && steps.is_empty() => "Nothing has changed.\n",
        None if files.is_empty() => "",
        None => {
            "Nothing changes for users. Read the files below: what they change, this report does \
             not compare.\n"
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

/// Where to look at what breaks on the wire: a step for each file that makes some of it.
fn makers(report: &Report) -> Vec<String> {
    let mut makers: BTreeMap<(&str, &[String]), usize> = BTreeMap::new();
    for api in &report.apis {
        for noted in api.unaccepted_breaks() {
            *makers.entry((&api.name, &noted.made_by)).or_default() += 1;
        }
    }
    let steps = makers.into_iter().map(|((api, files), number)| {
        let upstream = format!("specs/{api}/upstream.json");
        let breaks = count(number, "break");
        match files {
            // A refresh compares what upstream publishes.
            [] => upstreams(&breaks, api),
            [file] if *file == upstream => upstreams(&breaks, api),
            [file] if file.starts_with("specs/") => format!(
                "{breaks} of {} on the wire: from {}, which is our own file. Check that it is \
                 meant; if it is not, correct that file and run `cargo xtask prepare`.",
                plain(api),
                code(file)
            ),
            files => {
                let files: Vec<String> = files.iter().map(|file| code(file)).collect();
                format!(
                    "{breaks} of {} on the wire: from {}. Check there that it is meant.",
                    plain(api),
                    files.join(" and ")
                )
            }
        }
    });
    steps.collect()
}

fn upstreams(breaks: &str, api: &str) -> String {
    format!(
        "{breaks} of {} on the wire: from upstream. Check on upstream's page that it is meant; if \
         that documentation is wrong, correct it in {} and run `cargo xtask prepare`.",
        plain(api),
        code(&format!("specs/{api}/overlay.yaml"))
    )
}

/// Advises on Rust items of `api` that break code without any break on the wire.
fn names(api: &Api) -> Option<String> {
    let number = api.unaccepted_items().count();
    if number == 0 {
        return None;
    }
    let breaks = format!(
        "{} of {} in Rust alone",
        count(number, "break"),
        plain(&api.name)
    );
    Some(match api.same_input {
        true => format!(
            "{breaks}: from the generator, whose input `openapi.json` is the same on both sides. \
             Look at what changed in `build/`, or in the versions of progenitor and \
             typify; keep the names where you can."
        ),
        false => format!(
            "{breaks}: see under *Rust* whether it is necessary. A component that upstream only \
             renamed, or refers to no longer, can keep its name by an action in {}. If no change of \
             the document explains it, look at what changed in `build/`.",
            code(&format!("specs/{}/overlay.yaml", api.name))
        ),
    })
}

/// The entries that would accept what breaks, to be filled in.
fn entries(report: &Report) -> String {
    const SHOWN: usize = 20;
    let open = report.apis.iter().flat_map(|api| {
        let wire = api.unaccepted_breaks().map(|noted| {
            let words = format!("{}: {}", noted.change.at, noted.change.message);
            (words, &noted.fingerprint)
        });
        let rust = api
            .unaccepted_items()
            .map(|item| (format!("Rust: {}", item.change.words()), &item.fingerprint));
        wire.chain(rust)
    });
    let open: Vec<_> = open.collect();
    let mut entries = String::from("   ```yaml\n");
    for (words, fingerprint) in open.iter().take(SHOWN) {
        // A run of these would end the block.
        let words = cut(&visible(words)).replace('`', "'");
        entries += &format!("   # {words}\n");
        entries += &format!("   - {{fingerprint: {fingerprint}, reason: \"…\"}}\n");
    }
    if let Some(more @ 1..) = open.len().checked_sub(SHOWN) {
        entries += &format!("   # and {more} more, which `cargo xtask diff` lists\n");
    }
    entries + "   ```"
}

/// The changes that this comparison accepts, each with its reason.
fn accepted(report: &Report) -> String {
    let mut lines = Vec::new();
    for api in &report.apis {
        for noted in &api.changes {
            if let Some(reason) = &noted.accepted {
                let place = code(&noted.change.at);
                let message = plain(&noted.change.message);
                lines.push(accepted_line(&format!("{place}: {message}"), reason));
            }
        }
        for item in api.items().filter(|item| item.follows.is_none()) {
            if let Some(reason) = &item.accepted {
                lines.push(accepted_line(
                    &format!("Rust: {}", plain(&item.change.words())),
                    reason,
                ));
            }
        }
    }
    match lines.is_empty() {
        true => String::new(),
        false => format!(
            "\n## Accepted in this pull request\n\nMerging it agrees with these reasons:\n\n{}",
            fitting(lines, ACCEPTED)
        ),
    }
}

fn accepted_line(change: &str, reason: &str) -> Line {
    Line::Change(format!("- {change}. Reason: {}\n", plain(reason)))
}

/// The files that differ, a line each.
fn changed_files(report: &Report, files: &[ChangedFile]) -> String {
    if files.is_empty() {
        return String::new();
    }
    let lines = files.iter().map(|file| {
        let folded = if file.folded {
            ", folded by GitHub"
        } else {
            ""
        };
        let (path, lines, meaning) = (code(&file.path), file.counted(), file.meaning(report));
        Line::Change(format!("- {path}: {lines}{folded}; {meaning}\n"))
    });
    format!("\n## Files\n\n{}", fitting(lines.collect(), FILES))
}

/// Says what the breaking changes do to programs that were built with this crate before.
fn effects(api: &Api) -> String {
    let meets = |way: Direction| {
        let mut breaking = api.of_level(Level::Breaking);
        breaking.any(|noted| noted.change.meets(way))
    };
    let (requests, responses) = (meets(Direction::Request), meets(Direction::Response));
    let mut effects = Vec::new();
    if requests {
        effects.push(
            "In requests: a call that worked may be refused, or may mean something else."
                .to_owned(),
        );
    }
    if responses {
        effects.push(
            "In responses: what callers relied on may be gone. Programs that were built before still \
             read the response: an optional property that is gone, or cannot be read as its type, is \
             `None`. Only a required property that is gone, or cannot be read, is an error."
                .to_owned(),
        );
    }
    effects.join("\n\n")
}

fn changes(api: &Api, share: usize) -> String {
    let mut page = String::new();
    let compatible = "Programs that were built with this crate before keep working. They read new \
                      values of an enum as `Unknown`, and keep new properties in `extra`.";
    for (level, title, effects) in [
        (Level::Breaking, "Breaking", effects(api)),
        (Level::Compatible, "Compatible", compatible.to_owned()),
    ] {
        let lines = lines(api, level);
        if !lines.is_empty() {
            page.push_str(&format!("\n### {title}\n\n{effects}\n\n"));
            page.push_str(&fitting(lines, LISTED / share));
        }
    }
    page.push_str(&rust(api, SURFACE / share));
    let lines = lines(api, Level::Docs);
    if !lines.is_empty() {
        let count = api.of_level(Level::Docs).count();
        page.push_str(&format!(
            "\n<details><summary>Descriptions: {count} changed</summary>\n\n"
        ));
        page.push_str(&fitting(lines, DOCS / share));
        page.push_str("\n</details>\n");
    }
    page
}

/// The changes of a level, a line each, under the operation or component that they belong to.
fn lines(api: &Api, level: Level) -> Vec<Line> {
    let first = api.changes.first().map(|noted| &noted.made_by);
    let several_files = api
        .changes
        .iter()
        .any(|noted| Some(&noted.made_by) != first);
    let mut lines = Vec::new();
    for (name, group) in api.groups(&[level]) {
        let users = group[0].used_by(code);
        let users = users.map_or_else(String::new, |users| format!(", {users}"));
        lines.push(Line::Head(format!("- {}{users}\n", code(&name))));
        for noted in group {
            lines.push(Line::Change(change(noted, &name, several_files)));
        }
    }
    lines
}

enum Line {
    Head(String),
    Change(String),
}

fn change(noted: &Noted, group: &str, several_files: bool) -> String {
    let change = &noted.change;
    let place = match noted.place(group).as_str() {
        "" => String::new(),
        place => format!("{}: ", code(place)),
    };
    let words = noted
        .excerpts()
        .map_or_else(String::new, |(before, after)| {
            format!(": {} → {}", code(&before), code(&after))
        });
    let made_by: Vec<String> = noted.made_by.iter().map(|file| code(file)).collect();
    let made_by = match several_files {
        true => format!("; made by {}", made_by.join(" and ")),
        false => String::new(),
    };
    let accepted = noted.accepted.as_ref().map_or_else(String::new, |reason| {
        format!("; accepted: {}", plain(reason))
    });
    format!(
        "  - {place}{}{words} ({}){made_by}{accepted}\n",
        plain(&change.message),
        code(&change.rule.id()),
    )
}

/// As many lines as fit, and how many do not.
fn fitting(lines: Vec<Line>, limit: usize) -> String {
    let mut page = String::new();
    let mut left_out = 0;
    for line in lines {
        let (text, counts) = match &line {
            Line::Head(text) => (text, false),
            Line::Change(text) => (text, true),
        };
        if left_out == 0 && page.len() + text.len() <= limit {
            page.push_str(text);
        } else if counts {
            left_out += 1;
        }
    }
    if left_out > 0 {
        page.push_str(&format!(
            "- … and {left_out} more, which `cargo xtask diff` lists\n"
        ));
    }
    page
}

/// The changed Rust items as a diff, and what it means to code that uses them.
fn rust(api: &Api, limit: usize) -> String {
    if let Err(why) = &api.surface {
        return format!("\n### Rust\n\nNot compared: {}\n", plain(why));
    }
    let items: Vec<&Item> = api.items().collect();
    if items.is_empty() && api.remarks.is_empty() {
        return String::new();
    }
    let mut page = String::from("\n### Rust\n");
    for remark in &api.remarks {
        page.push_str(&format!("\n{}\n", plain(remark)));
    }
    if items.is_empty() {
        page.push_str("\nNo public item changes.\n");
        return page;
    }
    let effect = match items.iter().any(|item| item.breaks()) {
        true => {
            "code that uses what is removed, renamed or changed has to change with the next version"
        }
        false => "code that uses the crate compiles and works as before",
    };
    let mut diff = String::new();
    let mut left_out = 0;
    for line in items.iter().flat_map(|item| item_lines(item)) {
        if left_out == 0 && diff.len() + line.len() < limit {
            diff.push_str(&line);
            diff.push('\n');
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        diff.push_str(&format!("… and {left_out} lines more\n"));
    }
    let fence = "`".repeat(longest_run(&diff).max(2) + 1);
    let counts = api.rust_counts();
    page + &format!("\n{counts}: {effect}.\n\n{fence}diff\n{diff}{fence}\n")
}

/// The lines of a diff for one item; the reason why it was accepted stands beside the last.
fn item_lines(item: &Item) -> Vec<String> {
    let mut lines = surface::diff(&item.change);
    for line in &mut lines {
        *line = cut(&visible(line));
    }
    if let (Some(reason), Some(last)) = (&item.accepted, lines.last_mut()) {
        *last += &format!("  (accepted: {})", cut(&visible(reason)));
    }
    lines
}

/// `text` as it is, whatever it holds: code between backticks, words elsewhere.
pub fn plain(text: &str) -> String {
    let text = cut(&visible(text));
    let mut parts = text.split('`').enumerate().peekable();
    let mut safe = String::new();
    while let Some((index, part)) = parts.next() {
        let is_code = index % 2 == 1 && parts.peek().is_some();
        if is_code && !part.is_empty() {
            safe.push_str(&code(part));
        } else {
            safe.push_str(&escaped(part));
        }
    }
    safe
}

/// Words without any meaning in Markdown or HTML, and of which nobody is told.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            // A space of no width keeps mentions, references and addresses from becoming links.
            '@' | '#' => safe.extend([c, '\u{200b}']),
            '\\' | '*' | '_' | '[' | ']' | '!' | '|' | '~' | '{' | '}' | '$' => {
                safe.extend(['\\', c])
            }
            c => safe.push(c),
        }
    }
    safe.replace("://", ":\u{200b}//")
        .replace("www.", "www\u{200b}.")
}

/// `text` as a code span, which nothing in it can end.
fn code(text: &str) -> String {
    let text = cut(&visible(text));
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
