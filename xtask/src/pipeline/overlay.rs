//! Overlays (OpenAPI Overlay Specification 1.0 and 1.1): reviewed corrections of a document.

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use crate::openapi::pointer::{self, place};

/// The fixed fields of an Overlay Object.
const OVERLAY_FIELDS: [&str; 4] = ["overlay", "info", "extends", "actions"];

/// The fixed fields of an Info Object.
const INFO_FIELDS: [&str; 3] = ["title", "version", "description"];

/// The fixed fields of an Action Object.
const ACTION_FIELDS: [&str; 5] = ["target", "description", "update", "copy", "remove"];

/// Applies `overlay` to `document`, each action to the result of the one before. After an error,
/// `document` is unchanged.
///
/// Stricter than the specification, an action must match something: otherwise a correction that
/// is no longer needed would go unnoticed.
pub fn apply(document: &mut Value, overlay: &Value) -> Result<()> {
    let actions = actions(overlay)?;
    let mut result = document.clone();
    for action in &actions {
        action
            .apply(&mut result)
            .with_context(|| action.name.clone())?;
    }
    *document = result;
    Ok(())
}

/// The supported versions of the specification.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    /// 1.0: targets are objects and arrays; `copy` does not exist.
    V1_0,
    /// 1.1: targets can be primitives, and arrays can be concatenated.
    V1_1,
}

/// A validated Action Object.
struct Action<'o> {
    /// The name of the action in messages.
    name: String,
    target: JsonPath,
    modifier: Modifier<'o>,
    version: Version,
}

/// The change that an action makes to its targets.
enum Modifier<'o> {
    /// Merges the value into each target.
    Update(&'o Value),
    /// Merges the node at this path of the document into each target.
    Copy(JsonPath),
    /// Removes each target from its parent.
    Remove,
}

/// A node that a target selects.
struct Match {
    /// The JSON Pointer of the node.
    pointer: String,
    /// The [`kind`] of the node.
    kind: &'static str,
}

/// Validates `overlay` and returns its actions.
fn actions(overlay: &Value) -> Result<Vec<Action<'_>>> {
    let Value::Object(overlay) = overlay else {
        bail!("the overlay is not an object; write `overlay`, `info` and `actions`");
    };
    let version = version(overlay)?;
    refuse_unknown_fields(overlay, &OVERLAY_FIELDS)?;
    check_info(overlay)?;
    if overlay.contains_key("extends") {
        string(overlay, "extends")?;
    }
    let actions = match overlay.get("actions") {
        Some(Value::Array(actions)) if !actions.is_empty() => actions,
        _ => bail!("`actions` is not a non-empty array; add an action, or delete the file"),
    };
    let mut checked = Vec::new();
    for (index, action) in actions.iter().enumerate() {
        let name = name(index, action);
        if let Some(first) = actions.iter().take(index).position(|other| other == action) {
            bail!(
                "{name}: it is equal to action {}; remove one of them",
                first + 1
            );
        }
        let action = Action::check(name.clone(), action, version);
        checked.push(action.context(name)?);
    }
    Ok(checked)
}

/// Returns the version of `overlay`.
fn version(overlay: &Map<String, Value>) -> Result<Version> {
    let version = string(overlay, "overlay")?;
    let is_patch = |patch: &str| !patch.is_empty() && patch.bytes().all(|b| b.is_ascii_digit());
    match version.rsplit_once('.') {
        Some(("1.0", patch)) if is_patch(patch) => Ok(Version::V1_0),
        Some(("1.1", patch)) if is_patch(patch) => Ok(Version::V1_1),
        _ => bail!(
            "`overlay` version `{version}` is not supported: expected 1.0.x or 1.1.x; \
             write `overlay: 1.1.0`"
        ),
    }
}

/// Validates the Info Object of `overlay`.
fn check_info(overlay: &Map<String, Value>) -> Result<()> {
    let Some(Value::Object(info)) = overlay.get("info") else {
        bail!("`info` is missing or not an object; add it with `title` and `version`");
    };
    refuse_unknown_fields(info, &INFO_FIELDS).context("info")?;
    string(info, "title").context("info")?;
    string(info, "version").context("info")?;
    Ok(())
}

/// Fails if `object` has a field that is neither in `known` nor an extension, since a misspelt
/// field would be ignored.
fn refuse_unknown_fields(object: &Map<String, Value>, known: &[&str]) -> Result<()> {
    let unknown = object
        .keys()
        .find(|key| !key.starts_with("x-") && !known.contains(&key.as_str()));
    match unknown {
        None => Ok(()),
        Some(key) => bail!(
            "unknown field `{key}`: expected one of `{}`; correct it, or prefix it with `x-`",
            known.join("`, `")
        ),
    }
}

/// Returns the string at `key` of `object`.
fn string<'o>(object: &'o Map<String, Value>, key: &str) -> Result<&'o str> {
    match object.get(key) {
        Some(Value::String(string)) => Ok(string),
        Some(_) => bail!("`{key}` is not a string; correct it"),
        None => bail!("`{key}` is missing; add it"),
    }
}

/// Parses the JSONPath at `key` of `action`.
fn path(action: &Map<String, Value>, key: &str) -> Result<JsonPath> {
    JsonPath::parse(string(action, key)?)
        .map_err(|error| anyhow!("`{key}` is not a valid JSONPath ({error}); correct it"))
}

/// Returns the name of the action at `index` in messages: its number, description and target.
fn name(index: usize, action: &Value) -> String {
    let text = |key| action.get(key).and_then(Value::as_str);
    let description = text("description")
        .map(|reason| reason.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|reason| !reason.is_empty())
        .map(|reason| format!("«{reason}»"));
    let target = text("target").map(|target| format!("target {target}"));
    let details: Vec<_> = description.into_iter().chain(target).collect();
    let number = index + 1;
    if details.is_empty() {
        format!("overlay action {number}")
    } else {
        format!("overlay action {number} ({})", details.join(", "))
    }
}

/// Returns the modifier of `action`.
fn modifier(action: &Map<String, Value>, version: Version) -> Result<Modifier<'_>> {
    let remove = match action.get("remove") {
        None => false,
        Some(Value::Bool(remove)) => *remove,
        Some(other) => bail!("`remove` is {other}: expected true or false; correct it"),
    };
    match (action.get("update"), action.get("copy")) {
        (_, Some(_)) if version == Version::V1_0 => {
            bail!("`copy` does not exist in Overlay 1.0; write `overlay: 1.1.0`")
        }
        // The specification does not define which of them applies, and its schema allows only one.
        (Some(_), Some(_)) => bail!("it has `update` and `copy`; split it into two actions"),
        _ if remove => Ok(Modifier::Remove),
        (Some(update), None) => Ok(Modifier::Update(update)),
        (None, Some(_)) => Ok(Modifier::Copy(path(action, "copy")?)),
        (None, None) => bail!("it has no effect; add `update`, `copy` or `remove: true`"),
    }
}

impl<'o> Action<'o> {
    /// Validates `action`.
    fn check(name: String, action: &'o Value, version: Version) -> Result<Self> {
        let Value::Object(action) = action else {
            bail!("it is not an object; write `target`, `description` and a modifier");
        };
        refuse_unknown_fields(action, &ACTION_FIELDS)?;
        let target = path(action, "target")?;
        let modifier = modifier(action, version)?;
        if action.contains_key("description") {
            string(action, "description")?;
        }
        Ok(Action {
            name,
            target,
            modifier,
            version,
        })
    }

    /// Applies the action. After an error, `document` can be partly changed.
    fn apply(&self, document: &mut Value) -> Result<()> {
        let matches = matches(&self.target, document);
        ensure!(
            !matches.is_empty(),
            "the target matches nothing in the document: upstream may have changed; \
             correct the target or remove the action"
        );
        // The official examples of 1.0 remove primitives.
        if self.version == Version::V1_0 && !matches!(self.modifier, Modifier::Remove) {
            refuse_primitives(&matches)?;
        }
        match &self.modifier {
            Modifier::Update(value) => self.update(document, &matches, value),
            Modifier::Copy(path) => self.update(document, &matches, &source(path, document)?),
            // In reverse order, so that array indices stay valid and nested matches are removed
            // before their parents.
            Modifier::Remove => matches
                .iter()
                .rev()
                .try_for_each(|target| remove(document, &target.pointer)),
        }
    }

    /// Merges `value` into each of `targets`.
    fn update(&self, document: &mut Value, targets: &[Match], value: &Value) -> Result<()> {
        refuse_mixed_kinds(targets)?;
        for Match { pointer, .. } in targets {
            // Always `Some`, since a merge removes no node.
            let Some(target) = document.pointer_mut(pointer) else {
                continue;
            };
            match target {
                Value::Array(entries) if self.version == Version::V1_0 || !value.is_array() => {
                    entries.push(value.clone());
                }
                _ => merge(target, value, pointer)?,
            }
        }
        Ok(())
    }
}

/// Returns the distinct nodes that `path` selects, in document order.
fn matches(path: &JsonPath, document: &Value) -> Vec<Match> {
    // `dedup` also sorts by location.
    let nodes = path.query_located(document).dedup();
    nodes
        .iter()
        .map(|node| Match {
            pointer: node.location().to_json_pointer(),
            kind: kind(node.node()),
        })
        .collect()
}

/// Returns the one node that the `copy` expression selects.
fn source(path: &JsonPath, document: &Value) -> Result<Value> {
    let nodes = path.query_located(document).dedup();
    let count = nodes.len();
    match nodes.exactly_one() {
        Ok(node) => Ok(node.node().clone()),
        Err(_) => bail!(
            "`copy` ({path}) selects {count} nodes: expected exactly one; correct the JSONPath"
        ),
    }
}

/// Fails if a target is a primitive, which Overlay 1.0 does not allow.
fn refuse_primitives(targets: &[Match]) -> Result<()> {
    match targets.iter().find(|target| target.kind == PRIMITIVE) {
        None => Ok(()),
        Some(Match { pointer, .. }) => bail!(
            "the target matches {PRIMITIVE} at {}, which Overlay 1.0 does not allow; \
             write `overlay: 1.1.0`, or target its parent",
            place(pointer)
        ),
    }
}

/// Fails if the targets are of different kinds.
fn refuse_mixed_kinds(targets: &[Match]) -> Result<()> {
    if let [first, rest @ ..] = targets
        && let Some(other) = rest.iter().find(|other| other.kind != first.kind)
    {
        bail!(
            "the target matches {} at {} and {} at {}; write one action for each kind",
            first.kind,
            place(&first.pointer),
            other.kind,
            place(&other.pointer)
        );
    }
    Ok(())
}

/// Removes the node at `pointer` from its parent.
fn remove(document: &mut Value, pointer: &str) -> Result<()> {
    let (Some((parent, _)), Some(key)) = (pointer.rsplit_once('/'), pointer::keys(pointer).last())
    else {
        bail!("the target is the whole document, which cannot be removed; target a part of it");
    };
    match document.pointer_mut(parent) {
        Some(Value::Object(fields)) => {
            fields.shift_remove(&key);
        }
        Some(Value::Array(entries)) => {
            entries.remove(key.parse()?);
        }
        // Other values have no children.
        _ => {}
    }
    Ok(())
}

/// Merges `update` into `target`, which is at `pointer`.
fn merge(target: &mut Value, update: &Value, pointer: &str) -> Result<()> {
    match (target, update) {
        (Value::Object(target), Value::Object(update)) => {
            for (key, value) in update {
                match target.get_mut(key) {
                    Some(known) => merge(known, value, &pointer::child(pointer, key))?,
                    None => {
                        target.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(target), Value::Array(update)) => target.extend_from_slice(update),
        (target, update) if kind(target) == PRIMITIVE && kind(update) == PRIMITIVE => {
            *target = update.clone();
        }
        (target, update) => bail!(
            "cannot merge {} into {} at {}; use the same kind, \
             or remove the node in one action and add it in the next",
            kind(update),
            kind(target),
            place(pointer)
        ),
    }
    Ok(())
}

/// The [`kind`] of a string, number, boolean or null.
const PRIMITIVE: &str = "a primitive";

/// Returns the kind of `value`, as the specification distinguishes them.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Object(_) => "an object",
        Value::Array(_) => "an array",
        _ => PRIMITIVE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cases, openapi::document};

    /// Runs one case. The error describes the difference from the expected result.
    fn check(case: &Map<String, Value>) -> Result<(), String> {
        // Documents are compared as text, because the order of keys matters.
        let text = |document| document::to_text(document).unwrap();
        let mut document = case["document"].clone();
        let outcome = apply(&mut document, &case["overlay"]).map_err(|error| format!("{error:#}"));
        let result = text(&document);
        let (expected, agrees) = match (case.get("expected"), case.get("error")) {
            (Some(expected), None) => {
                let expected = text(expected);
                let agrees = outcome.is_ok() && result == expected;
                (expected, agrees)
            }
            (None, Some(Value::String(error))) if !error.is_empty() => {
                let refused = matches!(&outcome, Err(actual) if actual.contains(error));
                let agrees = refused && result == text(&case["document"]);
                (
                    format!("the unchanged document and the error\n{error}\n"),
                    agrees,
                )
            }
            _ => return Err("needs either `expected` or a string `error`".to_owned()),
        };
        if agrees {
            return Ok(());
        }
        Err(format!(
            "expected\n{expected}but got {outcome:?} and\n{result}"
        ))
    }

    #[test]
    fn applies_every_case_as_expected() {
        let cases = cases::of("overlay");
        let failures: Vec<_> = cases
            .iter()
            .filter_map(|(name, case)| Some(format!("{name}: {}", check(case).err()?)))
            .collect();
        assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
    }
}
