//! Finds the file of `specs/` that causes a change: upstream's document or one of our own.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{changes::Change, comparison, revision::Spec};
use crate::pipeline::overlay;

/// Returns the files that cause each of `changes`, in the same order.
pub fn of(
    api: &str,
    changes: &[Change],
    old: Option<&Spec>,
    new: Option<&Spec>,
) -> Vec<Vec<String>> {
    let overlay = format!("specs/{api}/overlay.yaml");
    let all = |files: &[&String]| -> Vec<Vec<String>> {
        let files: BTreeSet<String> = files.iter().map(|file| (*file).clone()).collect();
        vec![files.into_iter().collect(); changes.len()]
    };
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) => (old, new),
        (Some(only), None) | (None, Some(only)) => return all(&[&only.input]),
        (None, None) => return all(&[]),
    };
    if old.input != new.input {
        return all(&[&old.input, &new.input]);
    }
    let input = &new.input;
    match (old.source == new.source, old.overlay == new.overlay) {
        (_, true) => return all(&[input]),
        (true, false) => return all(&[&overlay]),
        (false, false) => {}
    }
    // The intermediate documents, as if only one of the two files had changed.
    let source_first = overlaid(&new.source, old.overlay.as_ref());
    let overlay_first = overlaid(&old.source, new.overlay.as_ref());
    let caused = |from: &Value, to: &Value| -> BTreeSet<String> {
        let changes = comparison::compare(from, to);
        changes
            .iter()
            .map(|change| change.fingerprint(api))
            .collect()
    };
    let (by_source, by_overlay) = match (source_first, overlay_first) {
        (Some(between), _) => (
            caused(&old.document, &between),
            caused(&between, &new.document),
        ),
        (None, Some(between)) => (
            caused(&between, &new.document),
            caused(&old.document, &between),
        ),
        (None, None) => return all(&[&overlay, input]),
    };
    let files = changes.iter().map(|change| {
        let fingerprint = change.fingerprint(api);
        let found = (
            by_source.contains(&fingerprint),
            by_overlay.contains(&fingerprint),
        );
        match found {
            (true, false) => vec![input.clone()],
            (false, true) => vec![overlay.clone()],
            _ => vec![overlay.clone(), input.clone()],
        }
    });
    files.collect()
}

/// Returns `source` with `overlay` applied; `None` if it cannot be applied.
fn overlaid(source: &Value, overlay: Option<&Value>) -> Option<Value> {
    let mut document = source.clone();
    if let Some(actions) = overlay {
        overlay::apply(&mut document, actions).ok()?;
    }
    Some(document)
}
