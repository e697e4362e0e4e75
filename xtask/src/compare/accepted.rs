//! `specs/accepted-changes.yaml`: the breaking changes that were reviewed and accepted.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::report::{Report, RustChange};

/// The path of the list.
pub const FILE: &str = "specs/accepted-changes.yaml";

/// An accepted change.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    fingerprint: String,
    reason: String,
}

/// The entries that were added between the two revisions. Each must match a change between them.
#[derive(Debug)]
pub struct Accepted(Vec<Entry>);

impl Accepted {
    /// Returns the entries of `new` that are not in `old`. Those of `old` record earlier changes.
    /// Fails if an entry has no reason.
    pub fn since(old: Option<&str>, new: Option<&str>) -> Result<Self> {
        let known: BTreeSet<String> = entries(old)?
            .into_iter()
            .map(|entry| entry.fingerprint)
            .collect();
        let mut entries = entries(new)?;
        entries.retain(|entry| !known.contains(&entry.fingerprint));
        if let Some(entry) = entries
            .iter()
            .find(|entry| ["", "…"].contains(&entry.reason.trim()))
        {
            bail!(
                "{FILE}: the entry {} has no reason; write why the change is accepted",
                entry.fingerprint
            );
        }
        Ok(Self(entries))
    }

    /// Marks the accepted changes. Fails if an entry matches no change.
    pub fn apply(self, report: &mut Report) -> Result<()> {
        let mut unmatched: Vec<String> = Vec::new();
        for Entry {
            fingerprint,
            reason,
        } in self.0
        {
            let mut found = false;
            for api in &mut report.apis {
                let changes = api.changes.iter_mut();
                for change in changes.filter(|change| change.fingerprint == fingerprint) {
                    change.accepted = Some(reason.clone());
                    found = true;
                }
                // A change in Rust is accepted together with the change on the wire that causes it.
                let items = api.surface.iter_mut().flatten();
                let is_match = |item: &&mut RustChange| {
                    item.fingerprint == fingerprint || item.follows.as_ref() == Some(&fingerprint)
                };
                for item in items.filter(is_match) {
                    item.accepted = Some(reason.clone());
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
