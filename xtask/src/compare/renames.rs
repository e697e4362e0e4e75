//! Finds renames: a removed and an added part that match each other and nothing else.

use std::collections::BTreeSet;

use heck::ToSnakeCase;
use serde_json::Value;

use super::pairing;

/// The maximum number of pairs to compare; among more, similar names are no evidence.
const MAX_PAIRS: usize = 2500;

/// Like [`pairing::take_unique`], but takes nothing if there are more than [`MAX_PAIRS`] pairs.
pub fn take<O, N>(
    removed: &mut Vec<O>,
    added: &mut Vec<N>,
    is_match: impl Fn(&O, &N) -> bool,
) -> Vec<(O, N)> {
    match removed.len() * added.len() > MAX_PAIRS {
        true => Vec::new(),
        false => pairing::take_unique(removed, added, is_match),
    }
}

/// Returns whether two parts have the same description, or similar names.
pub fn may_be_renamed((old, new): (&str, &str), (old_text, new_text): (&Value, &Value)) -> bool {
    let description = |part: &Value| {
        let texts = ["summary", "description", "title"].map(|keyword| part[keyword].as_str());
        texts.into_iter().flatten().next().map(ToOwned::to_owned)
    };
    description(old_text) == description(new_text) || are_similar(old, new)
}

/// Returns whether two names share a word, or differ only in case and separators.
pub fn are_similar(old: &str, new: &str) -> bool {
    // Shorter words, such as `id` and `of`, are in too many names.
    const MIN_LENGTH: usize = 3;
    let words = |name: &str| -> BTreeSet<String> {
        let name = name.to_snake_case();
        let words = name.split('_').filter(|word| word.len() >= MIN_LENGTH);
        words.map(ToOwned::to_owned).collect()
    };
    let joined = |name: &str| name.to_snake_case().replace('_', "");
    joined(old) == joined(new) || !words(old).is_disjoint(&words(new))
}
