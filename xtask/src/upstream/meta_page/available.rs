//! The fields that the parameter `fields` can ask for, which only its description names.

use super::{LONGEST_EXCERPT, Read, field::is_field_name, lines::Line, refuse};
use crate::excerpt::excerpt;

/// The phrases before the names.
const PHRASES: [&str; 3] = [
    "Available fields:",
    "Available fields include:",
    "Available Fields:",
];

/// Returns whether `description` ends within a list of names, so that the next line can be a name
/// alone.
pub fn is_open(description: &[&Line]) -> bool {
    let names = |line: &&Line| PHRASES.iter().any(|phrase| line.text.contains(phrase));
    let ends_open = |line: &&Line| line.text.ends_with([',', ':']);
    description.iter().any(names) && description.last().is_some_and(ends_open)
}

/// Returns the names that `description` lists, if it lists any.
pub fn fields(description: &[&Line]) -> Read<Option<Vec<String>>> {
    let found = (0..).zip(description).find_map(|(at, line)| {
        let (phrase, list) = PHRASES.iter().find_map(|phrase| {
            line.text
                .split_once(phrase)
                .map(|(_, list)| (*phrase, list.trim()))
        })?;
        Some((at, *line, phrase, list))
    });
    let Some((at, line, phrase, list)) = found else {
        return Ok(None);
    };
    let after = description.get(at + 1..).unwrap_or_default();
    let names: Vec<String> =
        if list.is_empty() && after.first().is_some_and(|line| line.text.contains(": ")) {
            // One line a name: `name_status: Display name certification status`.
            let pairs = after.iter().map_while(|line| line.text.split_once(": "));
            let names = pairs.map_while(|(name, _)| is_field_name(name).then(|| name.to_owned()));
            names.collect()
        } else {
            let lines = std::iter::once(list).chain(after.iter().map(|line| line.text.as_str()));
            let list = lines.collect::<Vec<_>>().join(" ");
            let sentence = list.split(". ").next().unwrap_or_default();
            let names = sentence.trim_end_matches('.').split(',');
            names.map(|name| name.trim().to_owned()).collect()
        };
    if names.is_empty() || !names.iter().all(|name| is_field_name(name)) {
        return refuse(
            line.number,
            &format!(
                "expected names with commas between them after `{phrase}`, found `{}`",
                excerpt(list, LONGEST_EXCERPT)
            ),
        );
    }
    Ok(Some(names))
}
