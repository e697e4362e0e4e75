//! Compares a hand-written document with its witnesses: the documents that upstream publishes for the
//! same API.
//!
//! Each difference must be declared with a reason, and each declaration must match a difference. So
//! no change of a witness or of the document is missed.

mod declared;
mod lists;
mod operations;
mod places;
mod policy;
#[cfg(test)]
mod tests;

use anyhow::Result;
use serde_json::Value;

use self::{declared::Deviations, operations::Operations, places::Places};
use crate::compare::{self, visible};

/// A document that upstream publishes.
pub struct Witness<'w> {
    /// The name of its source.
    pub name: &'w str,
    pub document: &'w Value,
    /// Whether the hand-written document must have all of its operations.
    pub covers_all: bool,
}

/// The result of a comparison.
#[derive(Debug, Default)]
pub struct Findings {
    /// A message for each difference that is not declared, and for each declaration that does not
    /// match a difference.
    pub messages: Vec<String>,
    /// The declarations of the undeclared differences, without reasons.
    pub stub: String,
    /// The operations of witnesses that the hand-written document lacks, and the number of undeclared
    /// differences.
    pub notes: Vec<String>,
}

/// A difference between the hand-written document and a witness.
#[derive(Debug, Clone, PartialEq)]
struct Difference {
    /// The name of the witness; `None` if all of them differ.
    source: Option<String>,
    /// The location and the change from the witness to the hand-written document.
    text: String,
    /// The places in both documents.
    places: String,
}

/// Compares `spec`, the spec.yaml of `api`, with its witnesses. `deviations` is its deviations.yaml.
pub fn compare(
    api: &str,
    spec: &Value,
    deviations: &Value,
    witnesses: &[Witness<'_>],
) -> Result<Findings> {
    let folder = format!("specs/{api}");
    let deviations = Deviations::parse(&format!("{folder}/deviations.yaml"), deviations)?;
    let mut findings = Findings::default();
    let mut differences = Vec::new();
    let operations = Operations::of(spec);
    let variables = &spec["servers"][0]["variables"];
    let mut unmatched = operations.clone();
    for witness in witnesses {
        let pairs = operations.pairs(&Operations::of(witness.document));
        unmatched.remove(&pairs.spec);
        let places = Places::new(&folder, witness, spec, &pairs);
        let (mut old, new) = (pairs.cut_witness(witness.document), pairs.cut_spec(spec));
        lists::align(&mut old, &new, &pairs);
        let changes = compare::changes_between(&old, &new).into_iter();
        let found = changes.filter(|change| policy::is_difference(change, &old, &new, variables));
        differences.extend(policy::versions(&places, witness.document, spec));
        differences.extend(found.map(|change| Difference {
            source: Some(witness.name.to_owned()),
            text: format!("{}: {}", change.at, change.message),
            places: places.of(&change.pointers),
        }));
        if witness.covers_all {
            let missing = pairs.not_covered.iter();
            differences.extend(missing.map(|operation| Difference {
                source: Some(witness.name.to_owned()),
                text: format!("{}: the operation was removed", operation.name()),
                places: places.without_spec(&operation.pointer),
            }));
        } else if !pairs.not_covered.is_empty() {
            let names: Vec<String> = pairs.not_covered.iter().map(|one| one.name()).collect();
            findings.notes.push(format!(
                "{}: spec.yaml does not cover {}",
                witness.name,
                names.join(", ")
            ));
        }
    }
    if !witnesses.is_empty() {
        differences.extend(unmatched.iter().map(|operation| {
            let files = witnesses
                .iter()
                .map(|witness| places::file(&folder, witness.name));
            Difference {
                source: None,
                text: format!("{}: the operation was added", operation.name()),
                places: format!(
                    "{folder}/spec.yaml#{} differs from {}#/paths",
                    operation.pointer,
                    files.collect::<Vec<_>>().join("#/paths and "),
                ),
            }
        }));
    }
    let undeclared = deviations.undeclared(&differences);
    findings.messages = undeclared
        .iter()
        .map(|difference| visible(&format!("{}: {}", difference.places, difference.text)))
        .collect();
    findings.stub = declared::stub(&undeclared);
    findings.notes.push(match undeclared.len() {
        0 => "all differences between spec.yaml and upstream are declared".to_owned(),
        1 => "1 difference between spec.yaml and upstream is not declared".to_owned(),
        count => format!("{count} differences between spec.yaml and upstream are not declared"),
    });
    findings.messages.extend(deviations.outdated(&differences));
    Ok(findings)
}
