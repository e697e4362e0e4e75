//! The report as Markdown for a comment on a pull request.
//!
//! Much of what it says was written upstream, by nobody we know: none of it reaches the page as
//! Markdown, HTML or a mention.

use super::{
    level::Level,
    report::{Api, Noted, Report},
    surface,
    text::visible,
};

/// The most that each part may take of the page, in bytes. GitHub takes comments of 65,536
/// characters; all parts together stay under 60,000.
const LISTED: usize = 22_000;
const SURFACE: usize = 14_000;
const DOCS: usize = 10_000;

/// The longest line of upstream's, in characters.
const LONGEST: usize = 240;

/// The report as the text of a comment.
pub fn of(report: &Report) -> String {
    let mut page = format!("## API changes: {}\n\n", headline(report));
    for api in &report.apis {
        page.push_str(&format!("- **{}**: {}\n", plain(&api.name), api.counts()));
    }
    page.push_str(&format!("\n{}", advice(report)));
    // Each API has its share of the page.
    let share = report.apis.len().max(1);
    for api in &report.apis {
        if !api.changes.is_empty() || !api.surface.as_ref().is_ok_and(Vec::is_empty) {
            page.push_str(&format!("\n## {}\n", plain(&api.name)));
            page.push_str(&changes(api, share));
        }
    }
    page
}

fn headline(report: &Report) -> String {
    let wire = match report.verdict() {
        None => "none",
        Some(Level::Docs) => "only words",
        Some(Level::Compatible) => "compatible",
        Some(Level::Breaking) if report.has_unaccepted_break() => return "**breaking**".to_owned(),
        Some(Level::Breaking) => return "breaking, accepted".to_owned(),
    };
    match report.takes_names_away() {
        true => format!("{wire} on the wire, **breaking** in Rust"),
        false => wire.to_owned(),
    }
}

/// What a reviewer does about it, step by step.
fn advice(report: &Report) -> String {
    let follows = report.takes_names_away();
    let mut before: Vec<String> = Vec::new();
    if report.has_unaccepted_break() {
        before.push(format!(
            "Look at upstream's page whether it means what is listed under *Breaking*. If its \
             documentation errs, correct it in {}, run `cargo xtask prepare`, and this report \
             will say less.",
            corrections(report)
        ));
        before.push(format!(
            "If it means it, say in `specs/accepted-changes.yaml` why we take it on; until then \
             the check of this pull request fails:\n\n{}",
            entries(report)
        ));
    }
    if follows {
        before.push(
            "Look under *Rust* whether each name that goes or changes has to: code of users that \
             names it will not compile. A component that upstream has only renamed, or refers to \
             no longer, can keep its name by the overlay."
                .to_owned(),
        );
    }
    if report.asks_for() == Some(Level::Breaking) {
        before.push("Say in `CHANGELOG.md` what users have to change.".to_owned());
    } else if report.verdict() == Some(Level::Compatible) {
        before.push(
            "Note in `CHANGELOG.md` what is new. Users have nothing to change; what code found \
             as `Unknown` or in `extra` has a name now."
                .to_owned(),
        );
    }
    let release = match report.asks_for() {
        Some(Level::Breaking) => "a breaking version (while it is 0.x, the next 0.x)",
        Some(Level::Compatible) => "a minor version (while it is 0.x, a patch)",
        Some(Level::Docs) => "a patch",
        None => return "Nothing has changed.\n".to_owned(),
    };
    let steps = before.iter().enumerate();
    let steps: String = steps
        .map(|(index, step)| format!("{}. {step}\n", index + 1))
        .collect();
    let before = match steps.as_str() {
        "" => String::new(),
        steps => format!("Before merging:\n\n{steps}\n"),
    };
    format!("{before}Release it as {release}.\n")
}

/// The files in which upstream's errors are corrected, for the APIs that break.
fn corrections(report: &Report) -> String {
    let breaks = |api: &&Api| api.unaccepted_breaks().next().is_some();
    let files = report
        .apis
        .iter()
        .filter(breaks)
        .map(|api| match api.name.as_str() {
            // This document is ours.
            "graph" => "`specs/graph/spec.yaml`".to_owned(),
            name => code(&format!("specs/{name}/overlay.yaml")),
        });
    files.collect::<Vec<_>>().join(" or ")
}

/// The entries that would accept what breaks, to be filled in.
fn entries(report: &Report) -> String {
    const SHOWN: usize = 20;
    let open = report.apis.iter().flat_map(Api::unaccepted_breaks);
    let open: Vec<_> = open.collect();
    let mut entries = String::from("   ```yaml\n");
    for noted in open.iter().take(SHOWN) {
        let words = format!("{}: {}", noted.change.at, noted.change.message);
        // A run of these would end the block.
        let words = cut(&visible(&words)).replace('`', "'");
        entries += &format!("   # {words}\n");
        entries += &format!(
            "   - {{fingerprint: {}, reason: \"…\"}}\n",
            noted.fingerprint
        );
    }
    if let Some(more @ 1..) = open.len().checked_sub(SHOWN) {
        entries += &format!("   # and {more} more, which `cargo xtask diff` lists\n");
    }
    entries + "   ```"
}

fn changes(api: &Api, share: usize) -> String {
    let mut page = String::new();
    for (level, title) in [
        (
            Level::Breaking,
            "Breaking\n\nPrograms that were built with this crate before fail, or miss what is gone.",
        ),
        (
            Level::Compatible,
            "Compatible\n\nPrograms that were built with this crate before go on working: they \
             read new values of an enum as `Unknown`, and keep new fields in `extra`.",
        ),
    ] {
        let lines = lines(api, level);
        if !lines.is_empty() {
            page.push_str(&format!("\n### {title}\n\n"));
            page.push_str(&fitting(lines, LISTED / share));
        }
    }
    page.push_str(&rust(api, SURFACE / share));
    let lines = lines(api, Level::Docs);
    if !lines.is_empty() {
        let count = api.of_level(Level::Docs).count();
        page.push_str(&format!(
            "\n<details><summary>Words: {count} changed</summary>\n\n"
        ));
        page.push_str(&fitting(lines, DOCS / share));
        page.push_str("\n</details>\n");
    }
    page
}

/// The changes of a level, a line each, under the operation or component that they belong to.
fn lines(api: &Api, level: Level) -> Vec<Line> {
    let mut lines = Vec::new();
    for (name, group) in api.groups(&[level]) {
        let users = group[0].used_by(code);
        let users = users.map_or_else(String::new, |users| format!(", {users}"));
        lines.push(Line::Head(format!("- {}{users}\n", code(&name))));
        for noted in group {
            lines.push(Line::Change(change(noted, &name)));
        }
    }
    lines
}

enum Line {
    Head(String),
    Change(String),
}

fn change(noted: &Noted, group: &str) -> String {
    let change = &noted.change;
    let within = change.at.strip_prefix(group).unwrap_or(&change.at);
    let within = within.trim_start_matches(" → ");
    let place = match within {
        "" => String::new(),
        within => format!("{}: ", code(within)),
    };
    let words = noted
        .excerpts()
        .map_or_else(String::new, |(before, after)| {
            format!(": {} → {}", code(&before), code(&after))
        });
    let accepted = noted.accepted.as_ref().map_or_else(String::new, |reason| {
        format!("; accepted: {}", plain(reason))
    });
    format!(
        "  - {place}{}{words} ({}){accepted}\n",
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

/// The Rust surface as a diff, folded where it is long.
fn rust(api: &Api, limit: usize) -> String {
    let changes = match &api.surface {
        Ok(changes) => changes,
        Err(why) => return format!("\n### Rust\n\nNot compared: {}\n", plain(why)),
    };
    if changes.is_empty() {
        return String::new();
    }
    let mut diff = String::new();
    let mut left_out = 0;
    for line in surface::diff(changes) {
        let line = cut(&visible(&line));
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
    format!(
        "\n### Rust\n\nFor code that is compiled against the new module ({}); all else there stays as \
         it is:\n\n{fence}diff\n{diff}{fence}\n",
        surface::counts(changes)
    )
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
