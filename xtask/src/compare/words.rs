//! The words that differ between two texts.

use std::{ops::Range, time::Duration};

use similar::{DiffOp, TextDiff};

use crate::excerpt::excerpt;

/// The number of unchanged words and spaces that are shown on each side of a change.
const CONTEXT: usize = 6;

/// The most characters of a part that are shown.
const LONGEST: usize = 1000;

/// Returns the parts of both texts that differ, each with some words around it.
pub fn changed(before: &str, after: &str) -> Vec<(String, String)> {
    let mut diff = TextDiff::configure();
    // The parts become longer after this time, but stay correct.
    diff.timeout(Duration::from_millis(200));
    let diff = diff.diff_words(before, after);
    let groups = diff.grouped_ops(CONTEXT).into_iter();
    let parts = groups.filter_map(|group| {
        let (first, last) = (group.first()?, group.last()?);
        let old = range(first, last, DiffOp::old_range);
        let new = range(first, last, DiffOp::new_range);
        Some((part(diff.old_slices(), old), part(diff.new_slices(), new)))
    });
    parts.collect()
}

fn range(first: &DiffOp, last: &DiffOp, of: impl Fn(&DiffOp) -> Range<usize>) -> Range<usize> {
    of(first).start..of(last).end
}

/// Returns the words in `shown`, with marks where the text goes on.
fn part(words: &[&str], shown: Range<usize>) -> String {
    let mark = |cut: bool| if cut { "…" } else { "" };
    let text = words[shown.clone()].concat();
    let text = excerpt(text.trim(), LONGEST);
    format!(
        "{}{text}{}",
        mark(shown.start > 0),
        mark(shown.end < words.len())
    )
}

#[cfg(test)]
mod tests {
    use super::changed;

    fn assert_changed(before: &str, after: &str, expected: &[(&str, &str)]) {
        let parts = changed(before, after);
        let parts: Vec<_> = parts.iter().map(|(old, new)| (&**old, &**new)).collect();
        assert_eq!(parts, expected);
    }

    #[test]
    fn shows_each_changed_part_with_the_words_around_it() {
        assert_changed(
            "The name of the account. Max length: 100. It is shown to all people who open a chat, and can be changed.",
            "The name of the account. Max length: 50. It is shown to all people who open a chat, and can be edited.",
            &[
                (
                    "…account. Max length: 100. It is shown…",
                    "…account. Max length: 50. It is shown…",
                ),
                ("…and can be changed.", "…and can be edited."),
            ],
        );
    }

    #[test]
    fn shows_texts_that_were_added_or_removed() {
        assert_changed("", "Deprecated", &[("", "Deprecated")]);
        assert_changed("Deprecated", "", &[("Deprecated", "")]);
        assert_changed("A b.", "A b. Deprecated", &[("A b.", "A b. Deprecated")]);
    }

    #[test]
    fn cuts_long_parts() {
        let parts = changed("", &"é".repeat(3000));
        assert_eq!(parts, [(String::new(), "é".repeat(1000) + "…")]);
    }
}
