//! Pairs the parts of the old document with those of the new one.

use std::{hash::Hash, mem};

use indexmap::IndexMap;

/// Returns the entries of both maps by key: first those of the old map, then the added ones.
pub fn entries<'m, K: Eq + Hash, V>(
    old: &'m IndexMap<K, V>,
    new: &'m IndexMap<K, V>,
) -> impl Iterator<Item = (&'m K, Option<&'m V>, Option<&'m V>)> {
    let added = new.iter().filter(|(key, _)| !old.contains_key(*key));
    old.iter()
        .map(|(key, value)| (key, Some(value), new.get(key)))
        .chain(added.map(|(key, value)| (key, None, Some(value))))
}

/// Takes pairs out of `removed` and `added`. `find` returns the index of the added part that belongs
/// to a removed one.
pub fn take<O, N>(
    removed: &mut Vec<O>,
    added: &mut Vec<N>,
    mut find: impl FnMut(&O, &[N]) -> Option<usize>,
) -> Vec<(O, N)> {
    let mut pairs = Vec::new();
    for old in mem::take(removed) {
        match find(&old, added) {
            Some(index) => pairs.push((old, added.remove(index))),
            None => removed.push(old),
        }
    }
    pairs
}

/// Takes the pairs out of `removed` and `added` that match each other and nothing else.
pub fn take_unique<O, N>(
    removed: &mut Vec<O>,
    added: &mut Vec<N>,
    is_match: impl Fn(&O, &N) -> bool,
) -> Vec<(O, N)> {
    let mut matches: Vec<(usize, usize)> = Vec::new();
    for (index, old) in removed.iter().enumerate() {
        let found = added.iter().enumerate();
        let found = found.filter(|(_, new)| is_match(old, new));
        matches.extend(found.map(|(other, _)| (index, other)));
    }
    let is_unique = |(old, new): &&(usize, usize)| {
        let rivals = matches.iter().filter(|(one, two)| one == old || two == new);
        rivals.count() == 1
    };
    let mut olds: Vec<Option<O>> = removed.drain(..).map(Some).collect();
    let mut news: Vec<Option<N>> = added.drain(..).map(Some).collect();
    let unique = matches.iter().filter(is_unique);
    let pairs = unique.filter_map(|(old, new)| olds[*old].take().zip(news[*new].take()));
    let pairs = pairs.collect();
    removed.extend(olds.into_iter().flatten());
    added.extend(news.into_iter().flatten());
    pairs
}

/// Returns the index of the only part that matches.
pub fn only<N>(parts: &[N], is_match: impl Fn(&N) -> bool) -> Option<usize> {
    let mut found = (0..parts.len()).filter(|index| is_match(&parts[*index]));
    found.next().filter(|_| found.next().is_none())
}
