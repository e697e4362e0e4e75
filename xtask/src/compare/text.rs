//! The report for a terminal.

use anstyle::{AnsiColor, Style};

use super::{
    level::Level,
    report::{Api, Report, RustChange, WireChange},
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

fn style(level: Level) -> Style {
    match level {
        Level::Breaking => AnsiColor::Red.on_default().bold(),
        Level::Compatible => AnsiColor::Green.on_default(),
        Level::Docs => DIM,
    }
}

impl Report {
    /// Returns the report with colours. Remove them before printing to something other than a
    /// terminal.
    pub fn text(&self) -> String {
        let mut parts: Vec<String> = self.apis.iter().map(api).collect();
        if !self.files.is_empty() {
            let lines = self.files.iter().map(|file| {
                let (path, meaning) = (visible(&file.path), visible(&self.describe(file)));
                format!("  {path} {DIM}{}{DIM:#}: {meaning}\n", file.line_counts())
            });
            parts.push(format!(
                "{BOLD}Files{BOLD:#}\n{}",
                lines.collect::<String>()
            ));
        }
        parts.join("\n")
    }
}

fn api(api: &Api) -> String {
    let mut text = format!("{BOLD}{}{BOLD:#}: {}\n", visible(&api.name), api.counts());
    for (name, group) in api.groups(&Level::WORST_FIRST) {
        text += &format!("\n  {BOLD}{}{BOLD:#}\n", visible(&name));
        if let Some(users) = group[0].used_by(visible) {
            text += &format!("  {DIM}{users}{DIM:#}\n");
        }
        text.extend(group.into_iter().map(|entry| change(entry, &name)));
    }
    match &api.surface {
        Ok(items) if items.is_empty() && api.remarks.is_empty() => {}
        Ok(_) => {
            text += &format!("\n  {BOLD}Rust{BOLD:#}\n");
            for remark in &api.remarks {
                text += &format!("  {DIM}{}{DIM:#}\n", visible(remark));
            }
            text.extend(api.items().map(item));
        }
        Err(why) => text += &format!("\n  {BOLD}Rust{BOLD:#} not compared: {}\n", visible(why)),
    }
    text
}

fn item(item: &RustChange) -> String {
    let mut text = String::new();
    for line in item.change.diff() {
        let style = match line.starts_with('+') {
            true => AnsiColor::Green.on_default(),
            false => AnsiColor::Red.on_default(),
        };
        text += &format!("  {style}{}{style:#}\n", visible(&line));
    }
    if let Some(reason) = &item.accepted {
        text += &format!("    accepted: {}\n", visible(reason));
    } else if item.breaks() && item.follows.is_none() {
        text += &format!(
            "    {DIM}[breaks in Rust only, {}]{DIM:#}\n",
            item.fingerprint
        );
    }
    text
}

fn change(entry: &WireChange, group: &str) -> String {
    let change = &entry.change;
    let style = style(change.level);
    let within = entry.place(group);
    let colon = if within.is_empty() { "" } else { ": " };
    let words = entry.changed_words(|before, after| format!("{before:?} → {after:?}"));
    let accepted = entry.accepted.as_ref().map_or_else(String::new, |reason| {
        format!("             accepted: {}\n", visible(reason))
    });
    format!(
        "  {style}{:>10}{style:#} {}{colon}{}{} {DIM}[{} {}]{DIM:#}\n{accepted}",
        change.level.name(),
        visible(&within),
        visible(&change.message),
        visible(&words),
        change.rule.id(),
        entry.fingerprint,
    )
}

/// Returns `text` with control and invisible characters escaped, so that no text can be hidden or
/// reordered.
pub fn visible(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars()
        .fold(String::with_capacity(text.len()), |mut visible, c| {
            match hidden(c) {
                true => visible.extend(c.escape_unicode()),
                false => visible.push(c),
            }
            visible
        })
}
