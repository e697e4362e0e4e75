//! The report for a terminal.

use anstyle::{AnsiColor, Style};

use super::{
    level::Level,
    report::{Api, Noted, Report},
    surface,
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

/// The report in colour, for whoever prints it to take off where it is not borne.
pub fn of(report: &Report) -> String {
    report.apis.iter().map(api).collect::<Vec<_>>().join("\n")
}

fn api(api: &Api) -> String {
    let mut text = format!("{BOLD}{}{BOLD:#}: {}\n", visible(&api.name), api.counts());
    for (name, group) in api.groups(&Level::WORST_FIRST) {
        text += &format!("\n  {BOLD}{}{BOLD:#}\n", visible(&name));
        if let Some(users) = group[0].used_by(visible) {
            text += &format!("  {DIM}{users}{DIM:#}\n");
        }
        text.extend(group.into_iter().map(|noted| change(noted, &name)));
    }
    match &api.surface {
        Ok(changes) if changes.is_empty() => {}
        Ok(changes) => {
            text += &format!("\n  {BOLD}Rust{BOLD:#}\n");
            for line in surface::diff(changes) {
                let style = match line.starts_with('-') {
                    true => AnsiColor::Red.on_default(),
                    false => AnsiColor::Green.on_default(),
                };
                text += &format!("  {style}{}{style:#}\n", visible(&line));
            }
        }
        Err(why) => text += &format!("\n  {BOLD}Rust{BOLD:#} not compared: {}\n", visible(why)),
    }
    text
}

fn change(noted: &Noted, group: &str) -> String {
    let change = &noted.change;
    let style = style(change.level);
    let within = change.at.strip_prefix(group).unwrap_or(&change.at);
    let within = within.trim_start_matches(" → ");
    let colon = if within.is_empty() { "" } else { ": " };
    let excerpts = noted
        .excerpts()
        .map_or_else(String::new, |(before, after)| {
            format!(": {before:?} → {after:?}")
        });
    let accepted = noted.accepted.as_ref().map_or_else(String::new, |reason| {
        format!("             accepted: {}\n", visible(reason))
    });
    format!(
        "  {style}{:>10}{style:#} {}{colon}{}{} {DIM}[{} {}]{DIM:#}\n{accepted}",
        change.level.name(),
        visible(within),
        visible(&change.message),
        visible(&excerpts),
        change.rule.id(),
        noted.fingerprint,
    )
}

/// `text` without what would move the cursor, hide words or turn their order around.
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
