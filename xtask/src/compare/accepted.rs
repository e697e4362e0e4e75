//! `specs/accepted-changes.yaml`: the breaking changes that somebody has looked at and taken on.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::report::{Report, RustChange};

/// Where the entries are kept.
pub const FILE: &str = "specs/accepted-changes.yaml";

/// One entry.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    fingerprint: String,
    reason: String,
}

/// The entries that are new on this side, and so have to be about what is new on it.
#[derive(Debug)]
pub struct Accepted(Vec<Entry>);

impl Accepted {
    /// The entries of `new` that are not in `old`: those of `old` are the record of changes that
    /// have long been made.
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
                "{FILE}: {} has no reason; say why the change is taken on",
                entry.fingerprint
            );
        }
        Ok(Self(entries))
    }

    /// Marks the changes that are accepted. An entry that is about none of them is an error.
    pub fn apply(self, report: &mut Report) -> Result<()> {
        // It may be about a Rust item that is not known.
        let all_known = report.rust_unknown().next().is_none();
        for Entry {
            fingerprint,
            reason,
        } in self.0
        {
            let mut found = false;
            for api in &mut report.apis {
                let changes = api.changes.iter_mut();
                for entry in changes.filter(|entry| entry.fingerprint == fingerprint) {
                    entry.accepted = Some(reason.clone());
                    found = true;
                }
                // What comes of a change is accepted with it.
                let items = api.surface.iter_mut().flatten();
                let is_meant = |item: &&mut RustChange| {
                    item.fingerprint == fingerprint || item.follows.as_ref() == Some(&fingerprint)
                };
                for item in items.filter(is_meant) {
                    item.accepted = Some(reason.clone());
                    found = true;
                }
            }
            if !found && all_known {
                bail!(
                    "{FILE}: {fingerprint} is the fingerprint of no change that is made here; \
                     remove the entry, or take the fingerprint that `cargo xtask diff` shows now"
                );
            }
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
