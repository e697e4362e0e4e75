//! Finds what has another name: what went and what came are one if nothing else can be meant.

use std::collections::BTreeSet;

use heck::ToSnakeCase;
use serde_json::Value;

/// The most pairs that are tried: among more, names mean too little.
const TRIED: usize = 2500;

/// The pairs of `gone` and `come` that are alike, neither of which is like any other.
pub fn pairs<O, N>(gone: &[O], come: &[N], alike: impl Fn(&O, &N) -> bool) -> Vec<(usize, usize)> {
    if gone.len() * come.len() > TRIED {
        return Vec::new();
    }
    let mut likes: Vec<(usize, usize)> = Vec::new();
    for (index, old) in gone.iter().enumerate() {
        let found = come.iter().enumerate().filter(|(_, new)| alike(old, new));
        likes.extend(found.map(|(other, _)| (index, other)));
    }
    let only = |(old, new): &(usize, usize)| {
        let rivals = likes.iter().filter(|(one, two)| one == old || two == new);
        rivals.count() == 1
    };
    likes.iter().filter(|pair| only(pair)).copied().collect()
}

/// Whether what the documents say of two things to people lets them be one.
pub fn may_be_one((old, new): (&str, &str), (old_text, new_text): (&Value, &Value)) -> bool {
    let said = |part: &Value| {
        let texts = ["summary", "description", "title"].map(|keyword| part[keyword].as_str());
        texts.into_iter().flatten().next().map(ToOwned::to_owned)
    };
    said(old_text) == said(new_text) || are_similar(old, new)
}

/// Whether two names have a word in common, or are the same but for how their words are joined.
pub fn are_similar(old: &str, new: &str) -> bool {
    // Shorter ones, such as `id` and `of`, are in too many names.
    const LONG: usize = 3;
    let words = |name: &str| -> BTreeSet<String> {
        let name = name.to_snake_case();
        let words = name.split('_').filter(|word| word.len() >= LONG);
        words.map(ToOwned::to_owned).collect()
    };
    let joined = |name: &str| name.to_snake_case().replace('_', "");
    joined(old) == joined(new) || !words(old).is_disjoint(&words(new))
}
