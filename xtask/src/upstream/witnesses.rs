//! Compares a hand-written document with its witnesses: the documents that upstream publishes for the
//! same API.
//!
//! Each difference must be declared with a reason, and each declaration must match a difference. So
//! no change of a witness or of the document is missed.

mod contradictions;
mod declared;
mod folder;
mod objects;
mod operations;
mod places;
mod policy;
mod strings;
#[cfg(test)]
mod tests;

use anyhow::Result;
use serde_json::Value;

pub use self::folder::{compare_committed, compare_folder};
use self::{
    declared::Deviations,
    operations::{Comparable, Operation, Pairs},
    places::Places,
};
use crate::{
    compare::{self, visible},
    pipeline::join::Joined,
};

/// A document that upstream publishes.
pub struct Witness<'w> {
    /// The name of its source.
    pub name: &'w str,
    pub document: &'w Value,
    /// Whether the hand-written document must have all of its operations.
    pub covers_all: bool,
    /// Whether it describes another version of the API than the hand-written document, on purpose.
    pub has_own_version: bool,
}

/// The result of a comparison.
#[derive(Debug, Default)]
pub struct Findings {
    /// A message for each difference that is not declared, and for each declaration that does not
    /// match a difference.
    pub messages: Vec<String>,
    /// The declarations of the undeclared differences, without reasons.
    pub stub: String,
    /// The operations of witnesses that the hand-written document lacks, the places at which witnesses
    /// contradict each other, and the number of undeclared differences.
    pub notes: Vec<String>,
}

impl Findings {
    /// Returns the messages as one, with what to do. Returns `None` if there are none.
    pub fn error(&self, api: &str) -> Option<String> {
        if self.messages.is_empty() {
            return None;
        }
        let mut error = format!(
            "specs/{api}/spec.yaml and upstream differ (each line describes the change from upstream \
             to spec.yaml):\n{}",
            self.messages.join("\n")
        );
        if !self.stub.is_empty() {
            error += &format!(
                "\nCorrect spec.yaml, or add these lines with reasons to specs/{api}/deviations.yaml:\n{}",
                self.stub
            );
        }
        Some(error)
    }
}

/// A difference between the hand-written document and a witness.
#[derive(Debug, Clone, PartialEq)]
struct Difference {
    /// The name of the witness; `None` if all of them differ.
    source: Option<String>,
    /// The location and the change from the witness to the hand-written document.
    text: String,
    /// The message, with the places in both documents.
    message: String,
    /// The pointer into the compared form of the witness, if the witness has the place.
    in_witness: Option<String>,
}

impl Difference {
    /// Creates a difference from the witness `source` at `places`.
    fn new(source: &str, text: String, places: &str) -> Self {
        Self {
            source: Some(source.to_owned()),
            message: format!("{places}: {text}"),
            text,
            in_witness: None,
        }
    }
}

/// A witness that was compared with the hand-written document.
struct Compared<'w> {
    witness: &'w Witness<'w>,
    pairs: Pairs,
    places: Places<'w>,
    /// The document of the witness in its compared form: with the operations of the pairs only.
    document: Value,
    differences: Vec<Difference>,
}

impl<'w> Compared<'w> {
    fn new(folder: &str, witness: &'w Witness<'w>, joined: &'w Joined, pairs: Pairs) -> Self {
        let document = Comparable::new(witness.document);
        let spec = Comparable::new(&joined.document);
        let places = Places::new(folder, witness, joined, &pairs);
        let kept = pairs.pairs.iter().map(|pair| (&pair.witness, &pair.spec));
        let (old_kept, new_kept): (Vec<_>, Vec<_>) = kept.unzip();
        let (mut old, new) = (document.form(&old_kept), spec.form(&new_kept));
        objects::accept_any(&mut old);
        strings::align(&mut old, &new, &pairs);
        let variables = &joined.document["servers"][0]["variables"];
        let changes = compare::compare_on_the_wire(&old, &new).into_iter();
        let found = changes.filter(|change| policy::is_difference(change, &old, &new, variables));
        let mut differences = match witness.has_own_version {
            true => Vec::new(),
            false => policy::versions(&places, witness, &joined.document),
        };
        differences.extend(found.map(|change| {
            let text = format!("{}: {}", change.at, change.message);
            let places = places.of(&change.pointers);
            Difference {
                in_witness: change.pointers.before,
                ..Difference::new(witness.name, text, &places)
            }
        }));
        if witness.covers_all {
            let missing = pairs.not_covered.iter();
            differences.extend(missing.map(|operation| {
                let text = format!("{}: the operation was removed", operation.name());
                Difference::new(
                    witness.name,
                    text,
                    &places.without_spec(&operation.pointer()),
                )
            }));
        }
        Self {
            witness,
            pairs,
            places,
            document: old,
            differences,
        }
    }

    /// Returns a note on the operations that the hand-written document lacks and may lack.
    fn not_covered(&self) -> Option<String> {
        let missing = &self.pairs.not_covered;
        if self.witness.covers_all || missing.is_empty() {
            return None;
        }
        let names: Vec<String> = missing.iter().map(|operation| operation.name()).collect();
        Some(format!(
            "{}: spec.yaml does not cover {}",
            self.witness.name,
            names.join(", ")
        ))
    }
}

/// Compares `spec`, the spec.yaml of `api`, with its witnesses. `deviations` is its deviations.yaml.
pub fn compare(
    api: &str,
    spec: &Joined,
    deviations: &Value,
    witnesses: &[Witness<'_>],
) -> Result<Findings> {
    let folder = format!("specs/{api}");
    let deviations = Deviations::parse(&format!("{folder}/deviations.yaml"), deviations)?;
    let operations = Comparable::new(&spec.document).operations();
    let pairs = Pairs::of(&operations, witnesses);
    let compared = witnesses.iter().zip(pairs);
    let compared: Vec<Compared> = compared
        .map(|(witness, pairs)| Compared::new(&folder, witness, spec, pairs))
        .collect();
    let of_witnesses = compared.iter().flat_map(|one| one.differences.clone());
    let mut differences: Vec<Difference> = of_witnesses.collect();
    differences.extend(without_witness(&folder, spec, &operations, &compared));
    let mut findings = Findings::default();
    findings
        .notes
        .extend(compared.iter().filter_map(Compared::not_covered));
    findings
        .notes
        .extend(contradictions::find(&compared, &deviations));
    let undeclared = deviations.undeclared(&differences);
    findings.messages = undeclared
        .iter()
        .map(|difference| visible(&difference.message))
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

/// Returns the differences for the operations that no witness has.
fn without_witness(
    folder: &str,
    spec: &Joined,
    operations: &[Operation],
    compared: &[Compared<'_>],
) -> Vec<Difference> {
    if compared.is_empty() {
        return Vec::new();
    }
    let has_witness = |operation| {
        let mut pairs = compared.iter().map(|one| &one.pairs);
        pairs.any(|pairs| pairs.witness_of(operation).is_some())
    };
    let alone = operations
        .iter()
        .filter(|operation| !has_witness(operation));
    let differences = alone.map(|operation| {
        let pointer = Comparable::new(&spec.document).original(&operation.pointer());
        Difference {
            source: None,
            text: format!("{}: the operation was added", operation.name()),
            message: format!(
                "{}#{pointer}: no document in {folder}/upstream has {}; correct the path, add a \
                 source that has it, or declare the operation",
                spec.file(&pointer),
                operation.name()
            ),
            in_witness: None,
        }
    });
    differences.collect()
}
