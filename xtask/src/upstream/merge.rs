//! Merges the small documents of pages into one document.
//!
//! Each document is split into pieces, such as an operation, a component, a tag or `info`. Pieces at
//! the same place in several blocks must be equal.

mod checks;
mod objects;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::{
    excerpt::excerpt,
    openapi::{
        keys,
        pointer::{self, ancestors, child},
        walk::METHODS,
    },
};

use self::{
    checks::check,
    objects::{KeyKind, visit_objects},
};
use super::gitbook::{Block, HOW_TO_FIX};

/// The keys that apply to all operations of a document. A missing key has a meaning too.
const COMMON_KEYS: [&str; 4] = ["openapi", "info", "servers", "jsonSchemaDialect"];

/// The keys of a document whose values are maps of path items.
const PATH_ITEM_SECTIONS: [&str; 2] = ["paths", "webhooks"];

/// The keys of a path item that apply to its operations, which may also have them.
const SHARED_KEYS: [&str; 2] = ["parameters", "servers"];

/// Returns `document` in the form in which it is stored: with sorted keys, and tags sorted by name.
pub fn canonical(mut document: Value) -> Value {
    document.sort_all_objects();
    if let Some(Value::Array(tags)) = document.get_mut("tags") {
        tags.sort_by(|a, b| tag_name(a).cmp(&tag_name(b)));
    }
    document
}

/// Merges the blocks into one document in canonical form. The order of the blocks does not matter.
///
/// # Errors
///
/// Returns a message for each problem.
pub fn merge(blocks: &[Block]) -> Result<Value, Vec<String>> {
    let mut blocks = blocks.to_vec();
    blocks
        .iter_mut()
        .for_each(|block| normalize(&mut block.document));
    // Only for messages, which name the first block first.
    blocks.sort_by(|a, b| (&a.page, a.line).cmp(&(&b.page, b.line)));
    if blocks.is_empty() {
        return Err(vec![format!(
            "no page contains an OpenAPI document; {HOW_TO_FIX}"
        )]);
    }
    move_into_operations(&mut blocks);
    let mut whole = Merger::default();
    for block in &blocks {
        whole.add(block);
    }
    whole.finish()
}

/// Brings the document of a block into the form that is merged.
fn normalize(document: &mut Value) {
    // GitBook adds these to some copies of an object and not to others.
    visit_objects(document, &mut |object, _, kind| {
        if kind == KeyKind::Keywords {
            object.retain(|key, _| !key.starts_with("x-gitbook-"));
        }
    });
    // Equal values then have equal text. Tags keep their order, for the pointers in messages.
    document.sort_all_objects();
}

/// Returns the path items in a section of `document`.
fn items<'d>(
    document: &'d Value,
    section: &str,
) -> impl Iterator<Item = (&'d String, &'d Map<String, Value>)> {
    let items = document[section].as_object().into_iter().flatten();
    items.filter_map(|(path, item)| Some((path, item.as_object()?)))
}

fn has_operations(document: &Value) -> bool {
    let mut items = PATH_ITEM_SECTIONS
        .into_iter()
        .flat_map(|section| items(document, section));
    items.any(|(_, item)| keys::has_any(item, &METHODS))
}

/// Returns whether there is an operation at `pointer`.
fn is_operation(pointer: &str) -> bool {
    let keys: Vec<String> = pointer::keys(pointer).collect();
    matches!(keys.as_slice(), [section, _, method]
        if PATH_ITEM_SECTIONS.contains(&section.as_str()) && METHODS.contains(&method.as_str()))
}

/// Moves the shared keys of path items into their operations if the blocks with that path disagree.
/// The value of one block does not apply to the operations of another one.
fn move_into_operations(blocks: &mut [Block]) {
    for section in PATH_ITEM_SECTIONS {
        for key in SHARED_KEYS {
            let mut values_of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for block in &*blocks {
                for (path, item) in items(&block.document, section) {
                    let value = item.get(key).unwrap_or(&Value::Null).to_string();
                    values_of.entry(path.clone()).or_default().insert(value);
                }
            }
            values_of.retain(|_, values| values.len() > 1);
            if values_of.is_empty() {
                continue;
            }
            for block in &mut *blocks {
                let before = block.document.clone();
                let Some(Value::Object(items)) = block.document.get_mut(section) else {
                    continue;
                };
                let items = items
                    .iter_mut()
                    .filter(|(path, _)| values_of.contains_key(*path));
                for item in items.filter_map(|(_, item)| item.as_object_mut()) {
                    move_into_operations_of(item, key, &before);
                }
            }
        }
    }
}

/// Moves the value at `key` of `item` into its operations, unless they have their own.
fn move_into_operations_of(item: &mut Map<String, Value>, key: &str, document: &Value) {
    let Some(value) = item.remove(key) else {
        return;
    };
    for method in METHODS {
        let Some(Value::Object(operation)) = item.get_mut(method) else {
            continue;
        };
        let own = operation.entry(key).or_insert_with(|| match key {
            "parameters" => json!([]),
            _ => value.clone(),
        });
        if let ("parameters", Value::Array(own), Value::Array(shared)) = (key, own, &value) {
            let names: BTreeSet<_> = own.iter().map(|own| parameter(document, own)).collect();
            let mut all = shared.clone();
            all.retain(|shared| !names.contains(&parameter(document, shared)));
            all.append(own);
            *own = all;
        }
    }
}

/// Returns the location and the name of a parameter, which identify it.
fn parameter<'d>(document: &'d Value, parameter: &'d Value) -> (Option<&'d str>, Option<&'d str>) {
    let parameter = pointer::follow(document, parameter);
    let text = |key| parameter.get(key).and_then(Value::as_str);
    (text("in"), text("name"))
}

/// A piece of the merged document and the block in which it was found first.
struct Piece<'b> {
    /// `None` if the block lacks a key whose absence has a meaning.
    value: Option<Value>,
    block: &'b Block,
    /// The JSON Pointer to it in that block.
    pointer: String,
}

/// The merged document while it is built.
#[derive(Default)]
struct Merger<'b> {
    /// The pieces by their pointers in the merged document, and the objects that contain pieces. The
    /// pointer to a tag ends in its name.
    pieces: BTreeMap<String, Piece<'b>>,
    /// The values of `security` of the blocks, each with the operations of these blocks.
    security: BTreeMap<String, (Value, BTreeSet<String>)>,
    /// The operations that have their own `security`.
    own_security: BTreeSet<String>,
    /// Whether a block has an empty `security`.
    open: bool,
    /// The places where blocks differ. Each is reported once.
    conflicts: BTreeSet<String>,
    errors: Vec<String>,
}

impl<'b> Merger<'b> {
    /// Adds the pieces of one block.
    fn add(&mut self, block: &'b Block) {
        let Value::Object(document) = &block.document else {
            self.refuse(block, "", "is not an object");
            return;
        };
        let has_operations = has_operations(&block.document);
        for key in COMMON_KEYS {
            if has_operations && !document.contains_key(key) {
                self.add_piece(block, &child("", key), None);
            }
        }
        self.add_security(document.get("security"), has_operations);
        for (key, value) in document {
            let at = child("", key);
            match key.as_str() {
                "paths" | "webhooks" | "components" => self.add_section(block, &at, value),
                "tags" => self.add_tags(block, value),
                "security" => {}
                _ => self.add_piece(block, &at, Some(value)),
            }
        }
    }

    /// Adds the pieces of path items or components: the properties of the objects in `section`. An
    /// extension is one piece.
    fn add_section(&mut self, block: &'b Block, at: &str, section: &Value) {
        for (name, value) in self.container(block, at, section).into_iter().flatten() {
            let at = child(at, name);
            if name.starts_with("x-") {
                self.add_piece(block, &at, Some(value));
                continue;
            }
            for (name, piece) in self.container(block, &at, value).into_iter().flatten() {
                let at = child(&at, name);
                match is_operation(&at) {
                    true => self.add_operation(block, &at, piece),
                    false => self.add_piece(block, &at, Some(piece)),
                }
            }
        }
    }

    /// Returns the object at the pointer `at` of a block, which contains pieces.
    fn container<'v>(
        &mut self,
        block: &'b Block,
        at: &str,
        value: &'v Value,
    ) -> Option<&'v Map<String, Value>> {
        match value {
            Value::Object(_) => self.add_piece(block, at, Some(&json!({}))),
            _ => self.refuse(block, at, "is not an object"),
        }
        value.as_object()
    }

    /// Adds an operation with the `security` that it inherits in its block.
    fn add_operation(&mut self, block: &'b Block, at: &str, operation: &Value) {
        let Value::Object(mut operation) = operation.clone() else {
            self.refuse(block, at, "is not an object");
            return;
        };
        let inherited = block.document.get("security").cloned();
        let inherited = inherited.unwrap_or_else(|| json!([]));
        self.inheriting(&inherited).insert(at.to_owned());
        if operation.contains_key("security") {
            self.own_security.insert(at.to_owned());
        } else {
            operation.insert("security".to_owned(), inherited);
        }
        self.add_piece(block, at, Some(&operation.into()));
    }

    /// Adds the `security` of a block, whose operations are counted later.
    fn add_security(&mut self, security: Option<&Value>, has_operations: bool) {
        let none = json!([]);
        self.open |= security == Some(&none);
        if security.is_some() || has_operations {
            self.inheriting(security.unwrap_or(&none));
        }
    }

    /// Returns the operations of the blocks with this `security`.
    fn inheriting(&mut self, security: &Value) -> &mut BTreeSet<String> {
        let entry = self.security.entry(security.to_string());
        let (_, operations) = entry.or_insert_with(|| (security.clone(), BTreeSet::new()));
        operations
    }

    fn add_tags(&mut self, block: &'b Block, tags: &Value) {
        let Value::Array(tags) = tags else {
            self.refuse(block, "/tags", "is not an array");
            return;
        };
        self.add_piece(block, "/tags", Some(&json!([])));
        for (index, tag) in tags.iter().enumerate() {
            let at = child("/tags", &index.to_string());
            match tag_name(tag) {
                Some(name) => self.add_piece_at(child("/tags", name), block, &at, Some(tag)),
                None => self.refuse(block, &at, "has no `name`"),
            }
        }
    }

    /// Adds the piece at `pointer` of a block, which has the same place in the merged document.
    fn add_piece(&mut self, block: &'b Block, pointer: &str, value: Option<&Value>) {
        self.add_piece_at(pointer.to_owned(), block, pointer, value);
    }

    /// Adds a piece. If the place already has a different one, adds an error.
    fn add_piece_at(
        &mut self,
        place: String,
        block: &'b Block,
        pointer: &str,
        value: Option<&Value>,
    ) {
        let Some(first) = self.pieces.get(&place) else {
            let piece = Piece {
                value: value.cloned(),
                block,
                pointer: pointer.to_owned(),
            };
            self.pieces.insert(place, piece);
            return;
        };
        if let Some((below, here, there)) = difference(first.value.as_ref(), value)
            && self.conflicts.insert(place)
        {
            self.errors.push(format!(
                "{} {}{below} is {}, but {block} {pointer}{below} is {}; {HOW_TO_FIX}",
                first.block,
                first.pointer,
                shown(here),
                shown(there),
            ));
        }
    }

    /// Adds an error about the value at the pointer `at` of a block.
    fn refuse(&mut self, block: &Block, at: &str, problem: &str) {
        let at = pointer::place(at);
        self.errors
            .push(format!("{block} {at} {problem}; {HOW_TO_FIX}"));
    }

    /// Returns the merged document, or the errors.
    fn finish(mut self) -> Result<Value, Vec<String>> {
        let security = self.security_of_all();
        let mut document = json!({});
        // An object that contains pieces sorts before them.
        for (pointer, piece) in &self.pieces {
            if let Some(value) = &piece.value {
                put(&mut document, pointer, value.clone());
            }
        }
        if let Some(security) = security {
            put(&mut document, "/security", security);
        }
        let mut document = canonical(document);
        let found = check(&mut document, &|at| self.origin(at));
        self.errors.extend(found);
        if self.errors.is_empty() {
            Ok(document)
        } else {
            Err(self.errors)
        }
    }

    /// Returns the `security` of the document: the value that most operations inherit in their blocks.
    /// Removes it from these operations.
    fn security_of_all(&mut self) -> Option<Value> {
        let security = std::mem::take(&mut self.security);
        // On a tie, the longer text wins over the empty list.
        let most = security
            .into_iter()
            .max_by_key(|(text, (_, operations))| (operations.len(), text.clone()));
        let (_, (security, _)) = most?;
        for (place, piece) in &mut self.pieces {
            if is_operation(place)
                && !self.own_security.contains(place)
                && let Some(Value::Object(operation)) = &mut piece.value
                && operation.get("security") == Some(&security)
            {
                operation.remove("security");
            }
        }
        let none = security.as_array().is_some_and(Vec::is_empty);
        (self.open || !none).then_some(security)
    }

    /// Returns where the value at the pointer `at` comes from: its block, and the pointer.
    fn origin(&self, at: &str) -> String {
        let piece = ancestors(at).find_map(|place| self.pieces.get(place));
        match piece {
            Some(piece) => format!("{} {at}", piece.block),
            None => format!("the merged document {at}"),
        }
    }
}

/// Returns the JSON Pointer to the first difference of two values, and both values there.
fn difference<'v>(
    a: Option<&'v Value>,
    b: Option<&'v Value>,
) -> Option<(String, Option<&'v Value>, Option<&'v Value>)> {
    match (a, b) {
        _ if a == b => None,
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let keys: BTreeSet<_> = one.keys().chain(other.keys()).collect();
            let mut below = keys.into_iter().filter_map(|key| {
                let (at, one, other) = difference(one.get(key), other.get(key))?;
                Some((child("", key) + &at, one, other))
            });
            below.next()
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            let mut below = (0..one.len().max(other.len())).filter_map(|index| {
                let (at, one, other) = difference(one.get(index), other.get(index))?;
                Some((child("", &index.to_string()) + &at, one, other))
            });
            below.next()
        }
        _ => Some((String::new(), a, b)),
    }
}

/// Returns the beginning of a value, for a message.
fn shown(value: Option<&Value>) -> String {
    value.map_or_else(
        || "absent".to_owned(),
        |value| excerpt(&value.to_string(), 60),
    )
}

/// Returns the name of a tag.
fn tag_name(tag: &Value) -> Option<&str> {
    tag.get("name")?.as_str()
}

/// Inserts `value` at `pointer`, whose parent exists. A tag is added to the list.
fn put(document: &mut Value, pointer: &str, value: Value) {
    let parent = pointer.rsplit_once('/').map(|(parent, _)| parent);
    match parent.and_then(|parent| document.pointer_mut(parent)) {
        Some(Value::Array(tags)) => tags.push(value),
        Some(Value::Object(object)) => {
            object.extend(pointer::keys(pointer).last().map(|key| (key, value)));
        }
        _ => {}
    }
}
