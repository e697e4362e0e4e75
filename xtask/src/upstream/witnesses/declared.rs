//! The intended differences that deviations.yaml declares.

use anyhow::{Context, Result, ensure};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Difference;
use crate::compare::visible;

/// The content of deviations.yaml.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviations {
    #[serde(skip)]
    file: String,
    deviations: Vec<Deviation>,
}

/// Intended differences with one reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deviation {
    /// The name of the source; all sources if it is absent.
    source: Option<String>,
    /// The texts of the differences.
    differences: Vec<String>,
    /// If not empty, each text stands for one difference for each name, with the name for each `{}`.
    #[serde(default)]
    names: Vec<String>,
    reason: String,
}

impl Deviation {
    /// Replaces the texts by those with the names.
    fn insert_names(&mut self) {
        if self.names.is_empty() {
            return;
        }
        let texts = self.differences.iter();
        let texts = texts.flat_map(|text| self.names.iter().map(|name| text.replace("{}", name)));
        self.differences = texts.collect();
    }

    fn declares(&self, text: &str, difference: &Difference) -> bool {
        let is_source = self.source.is_none() || self.source == difference.source;
        is_source && text == difference.text
    }
}

impl Deviations {
    /// Parses the file. Fails if a reason is empty or a difference is declared twice.
    pub fn parse(file: &str, content: &Value) -> Result<Self> {
        let mut parsed: Self = serde_json::from_value(content.clone()).with_context(|| {
            format!(
                "{file}: expected a list `deviations` of entries with `differences`, a `reason` and \
                 optionally a `source`"
            )
        })?;
        parsed.file = file.to_owned();
        let mut known: Vec<(Option<String>, String)> = Vec::new();
        for (index, deviation) in parsed.deviations.iter_mut().enumerate() {
            deviation.insert_names();
            let at = format!("{file}#/deviations/{index}");
            ensure!(
                !deviation.reason.trim().is_empty(),
                "{at}: the reason is empty; write why spec.yaml differs"
            );
            ensure!(
                !deviation.differences.is_empty(),
                "{at}: declares no difference; remove the entry"
            );
            for text in &deviation.differences {
                let declared = (deviation.source.clone(), text.clone());
                ensure!(
                    !known.contains(&declared),
                    "{at}: `{text}` is already declared; remove one of them"
                );
                known.push(declared);
            }
        }
        Ok(parsed)
    }

    /// Returns the differences that are not declared.
    pub fn undeclared<'d>(&self, differences: &'d [Difference]) -> Vec<&'d Difference> {
        let differences = differences.iter();
        differences.filter(|one| !self.declare(one)).collect()
    }

    /// Returns whether the difference is declared.
    pub fn declare(&self, difference: &Difference) -> bool {
        self.deviations.iter().any(|one| {
            let mut texts = one.differences.iter();
            texts.any(|text| one.declares(text, difference))
        })
    }

    /// Returns a message for each declaration that does not match a difference.
    pub fn outdated(&self, differences: &[Difference]) -> Vec<String> {
        let mut messages = Vec::new();
        for (index, deviation) in self.deviations.iter().enumerate() {
            for text in &deviation.differences {
                if !differences.iter().any(|one| deviation.declares(text, one)) {
                    let witness = match &deviation.source {
                        Some(name) => format!("upstream/{name}.json"),
                        None => "any document in upstream/".to_owned(),
                    };
                    messages.push(format!(
                        "{}#/deviations/{index}: spec.yaml does not differ from {witness} in this \
                         way: {text}; remove it",
                        self.file
                    ));
                }
            }
        }
        messages
    }
}

/// Returns entries of deviations.yaml for these differences. Their reasons are empty, which is an
/// error until they are filled in. A difference from several sources has one entry for all.
pub fn stub(differences: &[&Difference]) -> String {
    let mut sources: IndexMap<&str, Vec<&Option<String>>> = IndexMap::new();
    for Difference { source, text, .. } in differences {
        sources.entry(text).or_default().push(source);
    }
    let mut stub = String::new();
    for (text, sources) in sources {
        let start = match sources.as_slice() {
            [Some(source)] => format!("  - source: {source}\n    differences:\n"),
            _ => "  - differences:\n".to_owned(),
        };
        stub += &format!("{start}      - {}\n    reason: \"\"\n", quoted(text));
    }
    stub
}

/// Returns `text` in quotes for YAML, with escapes for characters that a terminal hides.
fn quoted(text: &str) -> String {
    let escaped = |c: char| match visible(&c.to_string()) == c.to_string() {
        true => c.to_string(),
        false => format!("\\u{:04x}", u32::from(c)),
    };
    json!(text).to_string().chars().map(escaped).collect()
}
