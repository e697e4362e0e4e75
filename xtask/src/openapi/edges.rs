//! Graphs of references between places of a document.

use std::collections::{BTreeMap, BTreeSet};

/// The targets of each place.
pub type Edges = BTreeMap<String, BTreeSet<String>>;

/// Returns whether one or more `edges` lead from `start` to `end`.
pub fn leads_to(edges: &Edges, start: &str, end: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut pending = vec![start];
    while let Some(at) = pending.pop() {
        for target in edges.get(at).into_iter().flatten() {
            if target == end {
                return true;
            }
            if seen.insert(target) {
                pending.push(target);
            }
        }
    }
    false
}
