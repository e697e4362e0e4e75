//! Pairs the entries of two maps by their names.

use std::collections::BTreeMap;

use super::normalize::Node;
use crate::openapi::pointer::child;

/// An entry of the old map, of the new map, or of both.
pub enum Pair<'d> {
    Removed(Node<'d>),
    Added(Node<'d>),
    Both(Node<'d>, Node<'d>),
}

/// Pairs the entries of `old` and `new`: first those of the old map, then the added ones. Names are
/// equal if `canonical` returns the same text for them; that text is returned with each pair.
pub fn pair<'d>(
    old: &Node<'d>,
    new: &Node<'d>,
    canonical: impl Fn(&str) -> String,
) -> Vec<(String, Pair<'d>)> {
    let old_entries = by_name(old, &canonical);
    let mut new_entries = by_name(new, &canonical);
    let mut pairs = Vec::new();
    for (name, old) in old_entries {
        let pair = match new_entries.remove(&name) {
            Some(new) => Pair::Both(old, new),
            None => Pair::Removed(old),
        };
        pairs.push((name, pair));
    }
    let added = new_entries.into_iter();
    pairs.extend(added.map(|(name, new)| (name, Pair::Added(new))));
    pairs
}

fn by_name<'d>(map: &Node<'d>, canonical: impl Fn(&str) -> String) -> BTreeMap<String, Node<'d>> {
    let mut entries = BTreeMap::new();
    for (name, value) in map.value.as_object().into_iter().flatten() {
        let mut key = canonical(name);
        // Two spellings of one name in one map are two entries.
        while entries.contains_key(&key) {
            key.push('\'');
        }
        entries.insert(key, Node::new(child(&map.pointer, name), value));
    }
    entries
}
