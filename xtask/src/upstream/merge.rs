//! Making one document of the small ones that stand in pages.
//!
//! A document is taken apart into pieces, each with its place in the whole: an operation, a
//! component, a tag, `info`, … What is at one place in several blocks must be equal.

mod faults;
mod objects;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::openapi::{
    pointer::{self, child},
    walk::METHODS,
};

use self::{
    faults::faults,
    objects::{Kind, objects},
};
use super::gitbook::Block;

/// What to do about blocks that cannot be one document.
const WAY_OUT: &str =
    "refresh again once this is mended, or with --from a mirror in which it is corrected";

/// The keys by which a document says what all of its operations have in common, and whose
/// absence says something too.
const SAID_FOR_ALL: [&str; 4] = ["openapi", "info", "servers", "jsonSchemaDialect"];

/// The keys of a document whose values are path items by name.
const OF_PATH_ITEMS: [&str; 2] = ["paths", "webhooks"];

/// The keys of a path item that say something of its operations, and that these can say too.
const OF_OPERATIONS: [&str; 2] = ["parameters", "servers"];

/// The keys on the way to a piece of the whole. Tags are entered by name.
type Place = Vec<String>;

/// `document` in the form in which it is stored: keys in the order of their letters, tags in that
/// of their names.
pub fn canonical(mut document: Value) -> Value {
    document.sort_all_objects();
    if let Some(Value::Array(tags)) = document.get_mut("tags") {
        tags.sort_by(|a, b| tag_name(a).cmp(&tag_name(b)));
    }
    document
}

/// One document that says what the blocks say, in canonical form, whatever their order.
pub fn merge(blocks: &[Block]) -> Result<Value, Vec<String>> {
    let mut blocks: Vec<_> = blocks.iter().map(Source::of).collect();
    // The order decides which block a message names first, and nothing else.
    blocks.sort_by(|a, b| (&a.block.page, a.block.line).cmp(&(&b.block.page, b.block.line)));
    if blocks.is_empty() {
        return Err(vec![format!(
            "there is no OpenAPI block in any page; {WAY_OUT}"
        )]);
    }
    push_down(&mut blocks);
    let mut whole = Whole::default();
    for source in &blocks {
        whole.add(source);
    }
    whole.finish()
}

/// A block with its document as it is merged.
struct Source<'b> {
    block: &'b Block,
    document: Value,
}

impl<'b> Source<'b> {
    fn of(block: &'b Block) -> Self {
        let mut document = block.document.clone();
        // GitBook puts these in where it likes, so one block can have them and another not.
        objects(&mut document, &mut |object, _, kind| {
            if kind == Kind::Defined {
                object.retain(|key, _| !key.starts_with("x-gitbook-"));
            }
        });
        // So that what is equal has equal text. Tags stay where they are, for messages.
        document.sort_all_objects();
        Self { block, document }
    }

    /// The path items of the block at `section`.
    fn items(&self, section: &str) -> impl Iterator<Item = (&String, &Map<String, Value>)> {
        let items = self.document.get(section).and_then(Value::as_object);
        items
            .into_iter()
            .flatten()
            .filter_map(|(path, item)| Some((path, item.as_object()?)))
    }

    fn has_operations(&self) -> bool {
        let mut items = OF_PATH_ITEMS
            .into_iter()
            .flat_map(|section| self.items(section));
        items.any(|(_, item)| METHODS.iter().any(|method| item.contains_key(*method)))
    }
}

/// Moves what path items say for all of their operations into the operations, where the blocks
/// that share a path say different things: what one block says is not meant for the others.
fn push_down(blocks: &mut [Source<'_>]) {
    for section in OF_PATH_ITEMS {
        for key in OF_OPERATIONS {
            let mut said: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for source in &*blocks {
                for (path, item) in source.items(section) {
                    let value = item.get(key).unwrap_or(&Value::Null).to_string();
                    said.entry(path.clone()).or_default().insert(value);
                }
            }
            said.retain(|_, values| values.len() > 1);
            if said.is_empty() {
                continue;
            }
            for source in &mut *blocks {
                let before = source.document.clone();
                let Some(Value::Object(items)) = source.document.get_mut(section) else {
                    continue;
                };
                let items = items
                    .iter_mut()
                    .filter(|(path, _)| said.contains_key(*path));
                for item in items.filter_map(|(_, item)| item.as_object_mut()) {
                    push_down_in(item, key, &before);
                }
            }
        }
    }
}

/// Moves what `item` says at `key` into its operations, unless they say something else.
fn push_down_in(item: &mut Map<String, Value>, key: &str, document: &Value) {
    let Some(value) = item.remove(key) else {
        return;
    };
    for method in METHODS {
        let Some(Value::Object(operation)) = item.get_mut(method) else {
            continue;
        };
        let own = operation.entry(key).or_insert_with(|| match key {
            "parameters" => Value::Array(Vec::new()),
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

/// What makes a parameter another one: its place in the request and its name.
fn parameter<'d>(document: &'d Value, parameter: &'d Value) -> (Option<&'d str>, Option<&'d str>) {
    let parameter = pointer::follow(document, parameter);
    let text = |key| parameter.get(key).and_then(Value::as_str);
    (text("in"), text("name"))
}

/// A piece of the whole with the block that first had it.
struct Piece<'b> {
    /// Nothing, where what the block does not say is a piece of its own.
    value: Option<Value>,
    block: &'b Block,
    /// JSON Pointer to it in that block.
    pointer: String,
}

/// The whole, while it is put together.
#[derive(Default)]
struct Whole<'b> {
    pieces: BTreeMap<Place, Piece<'b>>,
    /// The objects that the blocks have, be there pieces in them or not.
    holders: BTreeSet<Place>,
    /// What the blocks ask for as `security`, with the operations that stand beside it.
    security: BTreeMap<String, (Value, BTreeSet<Place>)>,
    /// The operations that say themselves what security they have.
    secured: BTreeSet<Place>,
    /// Whether a block says that no security is needed.
    open: bool,
    /// The places where blocks differ, each of which is told once.
    conflicts: BTreeSet<Place>,
    errors: Vec<String>,
}

impl<'b> Whole<'b> {
    /// Takes the document of one block apart.
    fn add(&mut self, source: &Source<'b>) {
        let block = source.block;
        let Value::Object(document) = &source.document else {
            self.refuse(block, "", "is not an object");
            return;
        };
        let has_operations = source.has_operations();
        for key in SAID_FOR_ALL {
            if has_operations && !document.contains_key(key) {
                self.add_piece(block, vec![key.to_owned()], child("", key), None);
            }
        }
        self.add_security(document.get("security"), has_operations);
        for (key, value) in document {
            let at = child("", key);
            match key.as_str() {
                "paths" | "webhooks" => {
                    self.add_entries(block, &at, value, &mut |whole, at, name, item| {
                        whole.add_path_item(source, at, &[key.clone(), name.clone()], item);
                    })
                }
                "components" => {
                    self.add_entries(block, &at, value, &mut |whole, at, section, components| {
                        whole.add_section(block, at, section, components);
                    })
                }
                "tags" => self.add_tags(block, value),
                "security" => {}
                _ => self.add_piece(block, vec![key.clone()], at, Some(value.clone())),
            }
        }
    }

    /// Adds what the object `entries` of a block holds. Extensions are pieces as they are.
    fn add_entries(
        &mut self,
        block: &'b Block,
        at: &str,
        entries: &Value,
        add: &mut dyn FnMut(&mut Self, &str, &String, &Value),
    ) {
        let Value::Object(entries) = entries else {
            self.refuse(block, at, "is not an object");
            return;
        };
        let place: Place = pointer::keys(at).collect();
        for (name, value) in entries {
            let at = child(at, name);
            if name.starts_with("x-") {
                let place = place.iter().cloned().chain([name.clone()]).collect();
                self.add_piece(block, place, at, Some(value.clone()));
            } else {
                add(self, &at, name, value);
            }
        }
        self.holders.insert(place);
    }

    fn add_section(&mut self, block: &'b Block, at: &str, section: &str, components: &Value) {
        let Value::Object(components) = components else {
            self.refuse(block, at, "is not an object");
            return;
        };
        let place = vec!["components".to_owned(), section.to_owned()];
        for (name, component) in components {
            let place = place.iter().cloned().chain([name.clone()]).collect();
            self.add_piece(block, place, child(at, name), Some(component.clone()));
        }
        self.holders.insert(place);
    }

    fn add_path_item(&mut self, source: &Source<'b>, at: &str, place: &[String], item: &Value) {
        let block = source.block;
        let Value::Object(item) = item else {
            self.refuse(block, at, "is not an object");
            return;
        };
        self.holders.insert(place.to_vec());
        let asked = source
            .document
            .get("security")
            .cloned()
            .unwrap_or_else(|| Value::Array(vec![]));
        for (key, value) in item {
            let at = child(at, key);
            let place: Place = place.iter().cloned().chain([key.clone()]).collect();
            let mut value = value.clone();
            if METHODS.contains(&key.as_str()) {
                let Value::Object(operation) = &mut value else {
                    self.refuse(block, &at, "is not an object");
                    continue;
                };
                if operation.contains_key("security") {
                    self.secured.insert(place.clone());
                } else {
                    operation.insert("security".to_owned(), asked.clone());
                }
                let (_, beside) = self
                    .security
                    .entry(asked.to_string())
                    .or_insert_with(|| (asked.clone(), BTreeSet::new()));
                beside.insert(place.clone());
            }
            self.add_piece(block, place, at, Some(value));
        }
    }

    /// Notes what the block asks for, before its operations are counted.
    fn add_security(&mut self, security: Option<&Value>, has_operations: bool) {
        let none = Value::Array(Vec::new());
        self.open |= security == Some(&none);
        if security.is_some() || has_operations {
            let asked = security.unwrap_or(&none);
            self.security
                .entry(asked.to_string())
                .or_insert_with(|| (asked.clone(), BTreeSet::new()));
        }
    }

    fn add_tags(&mut self, block: &'b Block, tags: &Value) {
        let Value::Array(tags) = tags else {
            self.refuse(block, "/tags", "is not an array");
            return;
        };
        for (index, tag) in tags.iter().enumerate() {
            let at = child("/tags", &index.to_string());
            match tag_name(tag) {
                Some(name) => {
                    let place = vec!["tags".to_owned(), name.to_owned()];
                    self.add_piece(block, place, at, Some(tag.clone()));
                }
                None => self.refuse(block, &at, "is a tag without a name"),
            }
        }
        self.holders.insert(vec!["tags".to_owned()]);
    }

    /// Adds a piece, or finds it there already, or notes that another is there.
    fn add_piece(&mut self, block: &'b Block, place: Place, pointer: String, value: Option<Value>) {
        let Some(first) = self.pieces.get(&place) else {
            let piece = Piece {
                value,
                block,
                pointer,
            };
            self.pieces.insert(place, piece);
            return;
        };
        if let Some((below, here, there)) = difference(first.value.as_ref(), value.as_ref())
            && self.conflicts.insert(place)
        {
            self.errors.push(format!(
                "{} {}{below} is {}, but {block} {pointer}{below} is {}; {WAY_OUT}",
                first.block,
                first.pointer,
                excerpt(here),
                excerpt(there),
            ));
        }
    }

    fn refuse(&mut self, block: &Block, at: &str, what: &str) {
        let at = if at.is_empty() { "the document" } else { at };
        self.errors.push(format!("{block} {at} {what}; {WAY_OUT}"));
    }

    /// Puts the pieces together.
    fn finish(mut self) -> Result<Value, Vec<String>> {
        let security = self.security_of_all();
        let mut document = Value::Object(Map::new());
        for place in &self.holders {
            let empty = match place.as_slice() {
                [tags] if tags == "tags" => Value::Array(Vec::new()),
                _ => Value::Object(Map::new()),
            };
            put(&mut document, place, empty);
        }
        for (place, piece) in &self.pieces {
            if let Some(value) = &piece.value {
                put(&mut document, place, value.clone());
            }
        }
        if let Some(security) = security {
            put(&mut document, &["security".to_owned()], security);
        }
        let mut document = canonical(document);
        let found = faults(&mut document, &|at| self.whence(at));
        self.errors.extend(found);
        if self.errors.is_empty() {
            Ok(document)
        } else {
            Err(self.errors)
        }
    }

    /// What most operations ask for, which the others then say for themselves.
    fn security_of_all(&mut self) -> Option<Value> {
        let security = std::mem::take(&mut self.security);
        // Of two that as many ask for, that which asks for something.
        let most = security
            .into_iter()
            .max_by_key(|(text, (_, beside))| (beside.len(), text.clone()));
        let (_, (security, _)) = most?;
        for (place, piece) in &mut self.pieces {
            let is_operation = matches!(place.as_slice(), [section, _, method]
                if OF_PATH_ITEMS.contains(&section.as_str()) && METHODS.contains(&method.as_str()));
            if is_operation
                && !self.secured.contains(place)
                && let Some(Value::Object(operation)) = &mut piece.value
                && operation.get("security") == Some(&security)
            {
                operation.remove("security");
            }
        }
        let none = security.as_array().is_some_and(Vec::is_empty);
        (self.open || !none).then_some(security)
    }

    /// The place in a page that the place `at` of the whole came from.
    fn whence(&self, at: &str) -> String {
        let mut place: Place = pointer::keys(at).collect();
        while !place.is_empty() {
            if let Some(piece) = self.pieces.get(&place) {
                return format!("{} {at}", piece.block);
            }
            place.pop();
        }
        format!("the merged document {at}")
    }
}

/// The first place where two values differ, as a JSON Pointer, with what each has there.
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

/// The beginning of a value, for a message.
fn excerpt(value: Option<&Value>) -> String {
    let Some(value) = value else {
        return "absent".to_owned();
    };
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The name of a tag.
fn tag_name(tag: &Value) -> Option<&str> {
    tag.get("name")?.as_str()
}

/// Puts `value` at `place`, in objects that are made where there are none.
fn put(document: &mut Value, place: &[String], value: Value) {
    match (document, place) {
        (document, []) => *document = value,
        // Tags are a list; their names order the pieces, and so the list.
        (Value::Array(tags), [_, ..]) => tags.push(value),
        (Value::Object(object), [key, rest @ ..]) => {
            let below = object
                .entry(key.as_str())
                .or_insert_with(|| Value::Object(Map::new()));
            put(below, rest, value);
        }
        _ => {}
    }
}
