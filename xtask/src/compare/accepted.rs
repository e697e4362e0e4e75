//! `specs/accepted-changes.yaml`: the breaking changes that were reviewed and accepted.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::report::Report;

/// The path of the list.
pub const FILE: &str = "specs/accepted-changes.yaml";

/// An accepted change.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    fingerprint: String,
    reason: String,
}

/// Marks the changes in `report` that entries of `new` accept. Those of `old` are for earlier changes.
/// Fails if an entry has no reason or matches no change.
pub fn apply(report: &mut Report, old: Option<&str>, new: Option<&str>) -> Result<()> {
    let known = entries(old)?.into_iter();
    let known: BTreeSet<String> = known.map(|entry| entry.fingerprint).collect();
    let mut entries = entries(new)?;
    entries.retain(|entry| !known.contains(&entry.fingerprint));
    let mut reasons = entries.iter();
    if let Some(entry) = reasons.find(|entry| ["", "…"].contains(&entry.reason.trim())) {
        bail!(
            "{FILE}: the entry {} has no reason; write why the change is accepted",
            entry.fingerprint
        );
    }
    let mut unmatched: Vec<String> = Vec::new();
    for Entry {
        fingerprint,
        reason,
    } in entries
    {
        let mut found = false;
        for api in &mut report.apis {
            let wire = api.changes.iter_mut();
            let wire = wire.filter(|change| change.fingerprint == fingerprint);
            let items = api.surface.iter_mut().flatten();
            // A change in Rust is accepted together with the change on the wire that causes it.
            let rust = items.filter(|item| {
                item.fingerprint == fingerprint || item.follows.as_ref() == Some(&fingerprint)
            });
            let wire = wire.map(|change| &mut change.accepted);
            let rust = rust.map(|item| &mut item.accepted);
            for accepted in wire.chain(rust) {
                *accepted = Some(reason.clone());
                found = true;
            }
        }
        if !found {
            unmatched.push(fingerprint);
        }
    }
    // An entry may be for a Rust item of a module that was not compared.
    if !unmatched.is_empty() && report.not_compared().next().is_none() {
        bail!(
            "{FILE}: no change has the fingerprint {}; remove the entry, or use a fingerprint \
                 that `cargo xtask diff` shows",
            unmatched.join(" or ")
        );
    }
    Ok(())
}

fn entries(text: Option<&str>) -> Result<Vec<Entry>> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
        return Ok(Vec::new());
    };
    let entries: Option<Vec<Entry>> = serde_saphyr::from_str(text).with_context(|| {
        format!("{FILE}: expected a list of entries with `fingerprint` and `reason`; correct it")
    })?;
    Ok(entries.unwrap_or_default())
}
