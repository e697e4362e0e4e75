//! Overlays (OpenAPI Overlay Specification 1.0 and 1.1): reviewed corrections of a document.

use anyhow::{Result, anyhow, bail, ensure};
use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use crate::openapi::pointer;

/// The fixed fields of an Overlay Object.
const OVERLAY_FIELDS: [&str; 4] = ["overlay", "info", "extends", "actions"];

/// The fixed fields of an Info Object.
const INFO_FIELDS: [&str; 3] = ["title", "version", "description"];

/// The fixed fields of an Action Object.
const ACTION_FIELDS: [&str; 5] = ["target", "description", "update", "copy", "remove"];

/// Applies `overlay` to `document`, each action to the result of the one before.
///
/// One rule is stricter than the specification, so that no correction outlives its cause: an
/// action must match something. After an error `document` is as it was.
pub fn apply(document: &mut Value, overlay: &Value) -> Result<()> {
    let actions = actions(overlay)?;
    let mut result = document.clone();
    for action in &actions {
        action
            .apply(&mut result)
            .map_err(|fault| anyhow!("{} {fault}", action.name))?;
    }
    *document = result;
    Ok(())
}

/// The feature sets of the specification that differ in what they allow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    /// 1.0: targets are objects and arrays, and there is no `copy`.
    V1_0,
    /// 1.1: targets may be primitives, and arrays may be concatenated.
    V1_1,
}

/// An Action Object whose shape has been checked.
struct Action<'o> {
    /// How messages call it.
    name: String,
    target: JsonPath,
    modifier: Modifier<'o>,
    version: Version,
}

/// What an action does to its targets.
enum Modifier<'o> {
    /// Merges this value into each target.
    Update(&'o Value),
    /// Merges the node at this place of the document into each target.
    Copy(JsonPath),
    /// Takes each target out of the object or array that holds it.
    Remove,
}

/// A node that a target selects.
struct Match {
    /// JSON Pointer to the node.
    pointer: String,
    /// What [`kind`] calls the node.
    kind: &'static str,
}

/// The actions of `overlay`, all checked before the first one is applied.
fn actions(overlay: &Value) -> Result<Vec<Action<'_>>> {
    let in_overlay = |fault| anyhow!("the overlay {fault}");
    let Value::Object(overlay) = overlay else {
        bail!("the overlay is not an object; write `overlay`, `info` and `actions`");
    };
    let version = version(overlay).map_err(in_overlay)?;
    fields(overlay, &OVERLAY_FIELDS).map_err(in_overlay)?;
    info(overlay).map_err(in_overlay)?;
    if overlay.contains_key("extends") {
        string(overlay, "extends").map_err(in_overlay)?;
    }
    let actions = match overlay.get("actions") {
        Some(Value::Array(actions)) if !actions.is_empty() => actions,
        _ => bail!(
            "the overlay has no list of `actions`; give it at least one action, or delete the file"
        ),
    };
    let mut checked = Vec::new();
    for (index, action) in actions.iter().enumerate() {
        let name = name(index, action);
        if let Some(first) = actions.iter().take(index).position(|other| other == action) {
            bail!("{name} repeats action {}; remove one of them", first + 1);
        }
        let action = Action::check(name.clone(), action, version);
        checked.push(action.map_err(|fault| anyhow!("{name} {fault}"))?);
    }
    Ok(checked)
}

/// The feature set that `overlay` asks for.
fn version(overlay: &Map<String, Value>) -> Result<Version> {
    let version = string(overlay, "overlay")?;
    let is_patch = |patch: &str| !patch.is_empty() && patch.bytes().all(|b| b.is_ascii_digit());
    match version.rsplit_once('.') {
        Some(("1.0", patch)) if is_patch(patch) => Ok(Version::V1_0),
        Some(("1.1", patch)) if is_patch(patch) => Ok(Version::V1_1),
        _ => bail!(
            "is of version `{version}`, but only 1.0.x and 1.1.x are known; \
             rewrite it as `overlay: 1.1.0`"
        ),
    }
}

/// Checks the Info Object of `overlay`.
fn info(overlay: &Map<String, Value>) -> Result<()> {
    let Some(Value::Object(info)) = overlay.get("info") else {
        bail!("has no object `info`; add one with `title` and `version`");
    };
    let in_info = |fault| anyhow!("has an `info` that {fault}");
    fields(info, &INFO_FIELDS).map_err(in_info)?;
    string(info, "title").map_err(in_info)?;
    string(info, "version").map_err(in_info)?;
    Ok(())
}

/// Refuses keys of `object` that are neither in `known` nor extensions: a misspelt field would
/// otherwise be left out without a word.
fn fields(object: &Map<String, Value>, known: &[&str]) -> Result<()> {
    let stranger = object
        .keys()
        .find(|key| !key.starts_with("x-") && !known.contains(&key.as_str()));
    match stranger {
        None => Ok(()),
        Some(key) => bail!(
            "has the unknown key `{key}`; correct it to one of `{}`, or begin it with `x-`",
            known.join("`, `")
        ),
    }
}

/// The string at `key` of `object`.
fn string<'o>(object: &'o Map<String, Value>, key: &str) -> Result<&'o str> {
    match object.get(key) {
        Some(Value::String(string)) => Ok(string),
        _ => bail!("has no string `{key}`; write one"),
    }
}

/// The JSONPath at `key` of `action`.
fn path(action: &Map<String, Value>, key: &str) -> Result<JsonPath> {
    JsonPath::parse(string(action, key)?)
        .map_err(|error| anyhow!("has a `{key}` that is not a JSONPath ({error}); correct it"))
}

/// How messages call the action at `index`, by as much as it tells of itself.
fn name(index: usize, action: &Value) -> String {
    let text = |key| action.get(key).and_then(Value::as_str);
    let description = text("description")
        .map(|reason| reason.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|reason| !reason.is_empty())
        .map(|reason| format!("«{reason}»"));
    let target = text("target").map(|target| format!("target {target}"));
    let traits: Vec<_> = description.into_iter().chain(target).collect();
    let number = index + 1;
    if traits.is_empty() {
        format!("overlay action {number}")
    } else {
        format!("overlay action {number} ({})", traits.join(", "))
    }
}

/// What the checked `action` is to do.
fn modifier(action: &Map<String, Value>, version: Version) -> Result<Modifier<'_>> {
    let remove = match action.get("remove") {
        None => false,
        Some(Value::Bool(remove)) => *remove,
        Some(_) => bail!("has a `remove` that is neither true nor false; write one of them"),
    };
    match (action.get("update"), action.get("copy")) {
        (_, Some(_)) if version == Version::V1_0 => {
            bail!("has a `copy`, which Overlay 1.0 lacks; write `overlay: 1.1.0`")
        }
        // The text of the specification says of each that the other leaves it without impact;
        // its schema allows one of the two.
        (Some(_), Some(_)) => bail!("has both `update` and `copy`; split it into two actions"),
        _ if remove => Ok(Modifier::Remove),
        (Some(update), None) => Ok(Modifier::Update(update)),
        (None, Some(_)) => Ok(Modifier::Copy(path(action, "copy")?)),
        (None, None) => bail!("has nothing to do; give it `update`, `copy` or `remove: true`"),
    }
}

impl<'o> Action<'o> {
    /// Checks the shape of `action`.
    fn check(name: String, action: &'o Value, version: Version) -> Result<Self> {
        let Value::Object(action) = action else {
            bail!("is not an object; write `target`, `description` and what to do");
        };
        fields(action, &ACTION_FIELDS)?;
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

    /// Applies the action; after an error `document` may be half changed.
    fn apply(&self, document: &mut Value) -> Result<()> {
        let matches = matches(&self.target, document);
        ensure!(
            !matches.is_empty(),
            "matches nothing in the document: upstream may have changed; \
             correct its target or remove the action"
        );
        // OAI's own examples of 1.0 remove primitives.
        if self.version == Version::V1_0 && !matches!(self.modifier, Modifier::Remove) {
            refuse_primitives(&matches)?;
        }
        match &self.modifier {
            Modifier::Update(value) => self.update(document, &matches, value),
            Modifier::Copy(path) => self.update(document, &matches, &source(path, document)?),
            // From the back, so that an array is shortened behind the elements still to be
            // removed, and a match goes before the one it is part of.
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
            // Always there: a merge takes no node away.
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

/// The nodes that `path` selects, once each, a node before those within it and the elements of
/// an array by index.
fn matches(path: &JsonPath, document: &Value) -> Vec<Match> {
    // `dedup` also sorts by place; the expression itself may ask for any order.
    let nodes = path.query_located(document).dedup();
    nodes
        .iter()
        .map(|node| Match {
            pointer: node.location().to_json_pointer(),
            kind: kind(node.node()),
        })
        .collect()
}

/// The one node that the `copy` expression selects.
fn source(path: &JsonPath, document: &Value) -> Result<Value> {
    let nodes = path.query_located(document).dedup();
    let count = nodes.len();
    match nodes.exactly_one() {
        Ok(node) => Ok(node.node().clone()),
        Err(_) => bail!(
            "copies {path}, which selects {count} nodes of the document; \
             make `copy` select exactly one"
        ),
    }
}

/// Refuses targets that Overlay 1.0 cannot have.
fn refuse_primitives(targets: &[Match]) -> Result<()> {
    match targets.iter().find(|target| target.kind == PRIMITIVE) {
        None => Ok(()),
        Some(Match { pointer, .. }) => bail!(
            "targets {PRIMITIVE} at {}, which Overlay 1.0 forbids; \
             write `overlay: 1.1.0`, or target what holds it",
            location(pointer)
        ),
    }
}

/// Refuses targets of more than one kind.
fn refuse_mixed_kinds(targets: &[Match]) -> Result<()> {
    if let [first, rest @ ..] = targets
        && let Some(other) = rest.iter().find(|other| other.kind != first.kind)
    {
        bail!(
            "targets {} at {} but {} at {}; split it into one action for each kind",
            first.kind,
            location(&first.pointer),
            other.kind,
            location(&other.pointer)
        );
    }
    Ok(())
}

/// Removes the node at `pointer` from the object or array that holds it.
fn remove(document: &mut Value, pointer: &str) -> Result<()> {
    let (Some((holder, _)), Some(key)) = (pointer.rsplit_once('/'), pointer::keys(pointer).last())
    else {
        bail!("removes the whole document; target a part of it");
    };
    match document.pointer_mut(holder) {
        Some(Value::Object(members)) => {
            members.shift_remove(&key);
        }
        Some(Value::Array(entries)) => {
            entries.remove(key.parse()?);
        }
        // Nothing else holds nodes.
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
            "cannot merge {} into {} at {}; give the same kind, \
             or remove the node by one action and set it anew by the next",
            kind(update),
            kind(target),
            location(pointer)
        ),
    }
    Ok(())
}

/// What [`kind`] calls a string, number, boolean or null.
const PRIMITIVE: &str = "a primitive";

/// The kind of `value`, as far as the specification tells kinds apart.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Object(_) => "an object",
        Value::Array(_) => "an array",
        _ => PRIMITIVE,
    }
}

/// How messages call the place at `pointer`.
fn location(pointer: &str) -> &str {
    if pointer.is_empty() {
        "the root"
    } else {
        pointer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cases, openapi::document};

    /// Runs one case; the error is how it differs from what it expects.
    fn check(case: &Map<String, Value>) -> Result<(), String> {
        // Documents are compared as text, because the order of keys counts.
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
                (format!("the old document and the error\n{error}\n"), agrees)
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
    fn golden_cases() {
        let cases = cases::of("overlay");
        let failures: Vec<_> = cases
            .iter()
            .filter_map(|(name, case)| Some(format!("{name}: {}", check(case).err()?)))
            .collect();
        assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
    }
}
