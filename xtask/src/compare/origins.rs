//! Finds the file of `specs/` that causes a change: upstream's document, or one of our own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{changes::Pointers, comparison, revision::Spec};
use crate::pipeline::overlay;

/// The files that cause the changes of an API.
pub struct Origins<'s> {
    old: Option<&'s Spec>,
    new: Option<&'s Spec>,
    files: BTreeSet<String>,
    /// The fingerprints of the changes that only one of the files causes, with that file.
    only: BTreeMap<String, String>,
}

impl<'s> Origins<'s> {
    /// Finds the files that cause the changes of `api` from `old` to `new`.
    pub fn of(api: &str, old: Option<&'s Spec>, new: Option<&'s Spec>) -> Self {
        let inputs = [old, new].into_iter().flatten();
        let mut origins = Self {
            old,
            new,
            files: inputs.map(|spec| spec.input.clone()).collect(),
            only: BTreeMap::new(),
        };
        let (Some(old), Some(new)) = (old, new) else {
            return origins;
        };
        if old.input != new.input || old.overlay == new.overlay {
            return origins;
        }
        let overlay = format!("specs/{api}/overlay.yaml");
        if old.source.document == new.source.document {
            origins.files = [overlay].into();
            return origins;
        }
        let caused = |from: &Value, to: &Value| -> BTreeSet<String> {
            let changes = comparison::compare(from, to).into_iter();
            changes.map(|change| change.fingerprint(api)).collect()
        };
        // The document in between, as if only one of the two files had changed.
        let (by_source, by_overlay) =
            if let Some(between) = overlaid(&new.source.document, old.overlay.as_ref()) {
                (
                    caused(&old.document, &between),
                    caused(&between, &new.document),
                )
            } else if let Some(between) = overlaid(&old.source.document, new.overlay.as_ref()) {
                (
                    caused(&between, &new.document),
                    caused(&old.document, &between),
                )
            } else {
                Default::default()
            };
        for fingerprint in by_source.symmetric_difference(&by_overlay) {
            let file = match by_source.contains(fingerprint) {
                true => &new.input,
                false => &overlay,
            };
            origins.only.insert(fingerprint.clone(), file.clone());
        }
        origins.files.insert(overlay);
        origins
    }

    /// Returns the files that cause the change with this fingerprint at these places.
    pub fn files(&self, fingerprint: &str, pointers: &Pointers) -> Vec<String> {
        let files: BTreeSet<String> = match self.only.get(fingerprint) {
            Some(file) => [file.clone()].into(),
            None => self.files.clone(),
        };
        let place = self.new.zip(pointers.after.as_ref());
        let Some((spec, pointer)) = place.or(self.old.zip(pointers.before.as_ref())) else {
            return files.into_iter().collect();
        };
        // The place may be in a file that was joined to the source document.
        let joined = |file: String| match file == spec.input {
            true => spec.source.file(pointer).to_owned(),
            false => file,
        };
        files.into_iter().map(joined).collect()
    }
}

/// Returns `source` with `overlay` applied; `None` if it cannot be applied.
fn overlaid(source: &Value, overlay: Option<&Value>) -> Option<Value> {
    let mut document = source.clone();
    if let Some(actions) = overlay {
        overlay::apply(&mut document, actions).ok()?;
    }
    Some(document)
}
