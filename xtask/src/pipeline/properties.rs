//! Property tests of `prepare`: any document is prepared, or refused with a pointer and a fix.
//! The documents are mutations of real ones.

use std::{
    sync::{LazyLock, mpsc},
    thread,
    time::Duration,
};

use proptest::{
    prelude::*,
    sample::{Index, select},
};
use serde_json::{Map, Value, json};

use crate::{
    cases,
    openapi::{
        document,
        pointer::{child, keys},
        walk,
    },
    pipeline,
    pipeline::notes::Notes,
    upstream::{gitbook, merge},
};

/// The number of documents in a run, unless `PROPTEST_CASES` is set.
const CASES: u32 = 40;

/// The time limit for one document. A debug build needs a thousandth of it, so a document that
/// exceeds it does not terminate.
const LONGEST: Duration = Duration::from_secs(30);

/// The documents to mutate: one published by upstream, and one written by hand.
const DOCUMENTS: [&str; 2] = [
    include_str!("../../tests/fixtures/repository/specs/dialog360/upstream.json"),
    include_str!("../../tests/fixtures/repository/specs/graph/spec.yaml"),
];

/// Pages of the Partner API, which are merged into a third document.
const PAGES: [&str; 2] = [
    include_str!(
        "../../tests/fixtures/pages/docs.360dialog.com/partner/partner-api/api-reference/client-management.md"
    ),
    include_str!(
        "../../tests/fixtures/pages/docs.360dialog.com/partner/partner-api/api-reference/partner-management.md"
    ),
];

/// Each path of the real documents as a separate document, which is much faster than the whole.
static PARTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let pages = PAGES.iter().flat_map(|page| {
        let page = gitbook::read("https://docs.example/page.md", page).unwrap();
        page.blocks
    });
    let mut documents = vec![merge::merge(&pages.collect::<Vec<_>>()).unwrap()];
    documents.extend(DOCUMENTS.map(|text| document::parse(text).unwrap()));
    documents.iter().flat_map(parts).collect()
});

/// Splits `document` by path, each with the components it needs.
fn parts(document: &Value) -> Vec<Value> {
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let mut part = document.clone();
        part["paths"] = json!({path: item});
        remove_unused_components(&mut part);
        part
    };
    paths.iter().map(of_path).collect()
}

/// Removes the components that nothing refers to.
fn remove_unused_components(document: &mut Value) {
    let mut size = usize::MAX;
    // Removing a component can make others unused.
    while document.to_string().len() < size {
        let text = document.to_string();
        size = text.len();
        for section in ["schemas", "responses", "parameters"] {
            let section_of = document.pointer_mut(&format!("/components/{section}"));
            if let Some(components) = section_of.and_then(Value::as_object_mut) {
                let needed = |name: &str| text.contains(&format!("/{section}/{name}\""));
                components.retain(|name, _| needed(name));
            }
        }
    }
}

/// One change to a document. Places are indices that are resolved when the change is applied.
#[derive(Debug, Clone)]
enum Mutation {
    /// Replaces a value.
    Replace(Place, Value),
    /// Removes a value.
    Remove(Place),
    /// Renames a key in this place only.
    RenameKey(Place, &'static str),
    /// Copies a value into its own parent, under this key in an object.
    Duplicate(Place, &'static str),
    /// Inserts a keyword.
    Insert(Place, &'static str, Value),
    /// Makes a value a union of itself and null.
    OrNull(Place),
    /// Makes a value the only branch of a union or an `allOf`.
    Wrap(Place, &'static str),
    /// Adds types to `type`.
    Types(Place, Vec<&'static str>),
    /// Inserts a reference to another place, or replaces the value by it. Some form cycles.
    Refer(Place, Place, bool),
    /// Copies the value of another place.
    Copy(Place, Place),
    /// Renames a component, property, parameter or operation, with its references.
    Name(Index, &'static str),
}

/// A place, as an index into the schemas or into all values of the document.
#[derive(Debug, Clone)]
enum Place {
    Schema(Index),
    Any(Index),
}

impl Place {
    /// Returns the pointer of the place, which is never the root.
    fn pointer(&self, document: &Value) -> Option<String> {
        let mut pointers = Vec::new();
        let index = match self {
            Self::Schema(index) => {
                walk::schemas(&mut document.clone(), &mut |_, pointer| {
                    pointers.push(pointer.to_owned());
                });
                index
            }
            Self::Any(index) => {
                collect(document, "", &mut pointers);
                index
            }
        };
        (!pointers.is_empty()).then(|| index.get(&pointers).clone())
    }
}

/// Collects the pointers of all values in `value`.
fn collect(value: &Value, pointer: &str, pointers: &mut Vec<String>) {
    let mut enter = |key: &str, value| {
        let pointer = child(pointer, key);
        pointers.push(pointer.clone());
        collect(value, &pointer, pointers);
    };
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| enter(key, value)),
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                enter(&index.to_string(), value);
            }
        }
        _ => {}
    }
}

/// Splits `pointer` into the pointer of the parent and the key.
fn parent(pointer: &str) -> (&str, String) {
    let (parent, _) = pointer.rsplit_once('/').unwrap_or_default();
    (parent, keys(pointer).last().unwrap_or_default())
}

impl Mutation {
    /// Applies the mutation, if it is possible at its place.
    fn apply(&self, document: &mut Value) -> Option<()> {
        match self {
            Self::Replace(place, value) => *at(document, place)? = value.clone(),
            Self::Remove(place) => {
                let pointer = place.pointer(document)?;
                let (parent, key) = parent(&pointer);
                match document.pointer_mut(parent)? {
                    Value::Object(entries) => drop(entries.shift_remove(&key)),
                    Value::Array(values) => drop(values.remove(key.parse().ok()?)),
                    _ => {}
                }
            }
            Self::RenameKey(place, name) => {
                let pointer = place.pointer(document)?;
                let (parent, key) = parent(&pointer);
                rename_key(document.pointer_mut(parent)?, &key, name)?;
            }
            Self::Duplicate(place, name) => {
                let pointer = place.pointer(document)?;
                let (parent, _) = parent(&pointer);
                let value = document.pointer(&pointer)?.clone();
                match document.pointer_mut(parent)? {
                    Value::Object(entries) => drop(entries.insert((*name).to_owned(), value)),
                    Value::Array(values) => values.push(value),
                    _ => {}
                }
            }
            Self::Insert(place, key, value) => {
                let entries = at(document, place)?.as_object_mut()?;
                entries.insert((*key).to_owned(), value.clone());
            }
            Self::OrNull(place) => {
                let value = at(document, place)?;
                *value = json!({"anyOf": [value.take(), {"type": "null"}]});
            }
            Self::Wrap(place, keyword) => {
                let value = at(document, place)?;
                *value = json!({*keyword: [value.take()]});
            }
            Self::Types(place, types) => {
                let entries = at(document, place)?.as_object_mut()?;
                let here = entries.get("type").cloned();
                let types = types.iter().map(|name| Value::from(*name));
                entries.insert("type".to_owned(), here.into_iter().chain(types).collect());
            }
            Self::Refer(place, target, alone) => {
                let target = format!("#{}", target.pointer(document)?);
                let value = at(document, place)?;
                match value {
                    Value::Object(entries) if !alone => {
                        entries.insert("$ref".to_owned(), target.into());
                    }
                    _ => *value = json!({"$ref": target}),
                }
            }
            Self::Copy(place, source) => {
                let source = source.pointer(document)?;
                let value = document.pointer(&source)?.clone();
                // Limits the growth through copies of copies.
                if value.to_string().len() < 10_000 {
                    *at(document, place)? = value;
                }
            }
            Self::Name(index, name) => {
                let pointers = names(document);
                if !pointers.is_empty() {
                    let pointer: &String = index.get(&pointers);
                    rename(document, pointer, name)?;
                }
            }
        }
        Some(())
    }
}

/// Returns the value at `place`.
fn at<'d>(document: &'d mut Value, place: &Place) -> Option<&'d mut Value> {
    let pointer = place.pointer(document)?;
    document.pointer_mut(&pointer)
}

/// Renames the key `from` of an object to `to`, in its position.
fn rename_key(object: &mut Value, from: &str, to: &str) -> Option<()> {
    let entries = object.as_object_mut()?;
    let all = std::mem::take(entries).into_iter();
    let renamed = all.map(|(key, value)| {
        let key = if key == from { to.to_owned() } else { key };
        (key, value)
    });
    *entries = renamed.collect::<Map<_, _>>();
    Some(())
}

/// Returns the pointers of everything that gets a Rust name.
fn names(document: &Value) -> Vec<String> {
    let mut pointers = Vec::new();
    collect(document, "", &mut pointers);
    pointers.retain(|pointer| {
        let keys: Vec<_> = keys(pointer).collect();
        matches!(
            keys.iter().map(String::as_str).collect::<Vec<_>>()[..],
            ["components", _, _]
                | [.., "properties", _]
                | [.., "parameters", _, "name"]
                | [.., "operationId"]
        )
    });
    pointers
}

/// Changes the name at `pointer`, and the references to it.
fn rename(document: &mut Value, pointer: &str, name: &str) -> Option<()> {
    let (parent, key) = parent(pointer);
    match document.pointer(pointer)? {
        Value::String(old) if key == "name" => {
            let (old, new) = (format!("{{{old}}}"), format!("{{{name}}}"));
            let paths = document["paths"].as_object()?.keys().cloned();
            for path in paths.collect::<Vec<_>>() {
                rename_key(&mut document["paths"], &path, &path.replace(&old, &new));
            }
            // All parameters with this name, because the pointer can be outdated.
            each_value(document, &mut |value| match value.get_mut("name") {
                Some(Value::String(text)) if format!("{{{text}}}") == old => {
                    *text = name.to_owned();
                }
                _ => {}
            });
        }
        Value::String(_) => *document.pointer_mut(pointer)? = name.into(),
        _ => {
            let (old, new) = (format!("#{pointer}"), format!("#{}", child(parent, name)));
            rename_key(document.pointer_mut(parent)?, &key, name)?;
            each_value(document, &mut |value| match value {
                Value::String(text) if *text == old => *text = new.clone(),
                _ => {}
            });
        }
    }
    Some(())
}

/// Visits `value` and all values in it.
fn each_value(value: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    visit(value);
    match value {
        Value::Object(entries) => entries.values_mut().for_each(|v| each_value(v, visit)),
        Value::Array(values) => values.iter_mut().for_each(|v| each_value(v, visit)),
        _ => {}
    }
}

/// Names that are not Rust identifiers, need escapes in a pointer, or conflict with others.
const UNUSUAL_NAMES: [&str; 26] = [
    "", " ", "_", "-", "$", "$ref", "type", "Self", "self", "r#type", "r#true", "1", "00", "é",
    "日本", "a/b", "a~1b", "a b", "{id}", "\"", "\n", "extra", "Error", "builder", "send",
    "Client",
];

/// Returns unusual or malformed values.
fn unusual_values() -> BoxedStrategy<Value> {
    let unusual_values = [
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1e400",
        "1.50",
        "18446744073709551616",
        r#""""#,
        r#""x""#,
        r#""é\u0000\n""#,
        r#""*/*""#,
        r##""#""##,
        "[]",
        "[null]",
        "[[]]",
        r#"["null"]"#,
        r#"[{"type": "string"}, {"type": "string"}]"#,
        "{}",
        r#"{"": {}}"#,
        r#"{"type": "null"}"#,
        r#"{"type": "object", "additionalProperties": false}"#,
        r#"{"type": "string", "enum": ["", "a", "A", "a-", "Self", "null"]}"#,
        r#"{"type": "array"}"#,
        r#"{"not": {}}"#,
        r##"{"$ref": "#"}"##,
        r##"{"$ref": "#/components/schemas/None"}"##,
        r#"{"$ref": "https://example.com/a.json"}"#,
        r#"{"$ref": 1}"#,
    ];
    let unusual_values = unusual_values.map(|text| serde_json::from_str::<Value>(text).unwrap());
    select(unusual_values.to_vec()).boxed()
}

/// Returns keywords with a valid value, most of them new in 3.1.
fn keyword() -> BoxedStrategy<(&'static str, Value)> {
    let keywords = [
        ("$anchor", json!("a")),
        ("$comment", json!("text")),
        ("$defs", json!({"a/b": {"type": "string"}, "c": true})),
        ("$dynamicAnchor", json!("a")),
        ("$dynamicRef", json!("#a")),
        ("$id", json!("https://example.com/schema")),
        ("$schema", json!("https://example.com/dialect")),
        ("additionalProperties", json!(false)),
        (
            "additionalProperties",
            json!({"type": ["integer", "string", "null"]}),
        ),
        (
            "allOf",
            json!([{"type": "object"}, {"properties": {"a": true}}]),
        ),
        ("anyOf", json!([{"type": "string"}, {"type": "integer"}])),
        ("const", json!("a")),
        ("const", Value::Null),
        ("contains", json!({"type": "string"})),
        ("contentEncoding", json!("base64")),
        ("contentMediaType", json!("application/json")),
        ("default", json!(0)),
        ("dependentRequired", json!({"a": ["b"]})),
        ("dependentSchemas", json!({"a": {"type": "object"}})),
        ("deprecated", json!(true)),
        ("description", json!("# a\n```\nb")),
        ("discriminator", json!({"propertyName": "kind"})),
        (
            "enum",
            json!(["a", "A", "", null, 1, "Self", "a\nb", "Unknown"]),
        ),
        ("example", json!({"$ref": "#/nowhere"})),
        ("examples", json!([null, 1])),
        ("exclusiveMaximum", json!(0)),
        ("exclusiveMinimum", json!(true)),
        ("format", json!("date-time")),
        ("format", json!("uuid")),
        ("format", json!("é")),
        ("if", json!({"type": "string"})),
        ("in", json!("cookie")),
        ("items", json!(false)),
        ("items", json!([{"type": "string"}])),
        ("maxLength", json!(0)),
        ("minimum", json!(1)),
        ("multipleOf", json!(0)),
        ("not", json!({"type": "string"})),
        ("nullable", json!(true)),
        (
            "oneOf",
            json!([{"type": "null"}, {"type": "object"}, {"type": "string"}]),
        ),
        ("operationId", json!("get")),
        ("patternProperties", json!({"^a": {"type": "string"}})),
        ("pattern", json!("(?<=a)b\\k<c>[")),
        ("prefixItems", json!([{"type": "string"}])),
        (
            "properties",
            json!({"a": {"type": "string"}, "A": {"type": "null"}}),
        ),
        ("propertyNames", json!({"maxLength": 1})),
        ("readOnly", json!(true)),
        ("required", json!(["none", "a"])),
        ("security", json!([{}, {"none": []}])),
        ("style", json!("deepObject")),
        ("summary", json!("")),
        ("title", json!("extra")),
        ("type", json!("null")),
        ("unevaluatedProperties", json!(false)),
        ("uniqueItems", json!(true)),
        ("x-rust-name", json!("name")),
        ("x-rust-type", json!({"crate": "api"})),
    ];
    select(keywords.to_vec()).boxed()
}

/// Returns any place, more often a schema.
fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        3 => any::<Index>().prop_map(Place::Schema),
        2 => any::<Index>().prop_map(Place::Any),
    ]
}

/// Returns any mutation.
fn mutation() -> BoxedStrategy<Mutation> {
    let types = select(
        &[
            "null", "string", "integer", "number", "object", "array", "boolean", "any",
        ][..],
    );
    let unions = select(&["allOf", "anyOf", "oneOf"][..]);
    let name = || select(&UNUSUAL_NAMES[..]);
    prop_oneof![
        3 => (place(), unusual_values()).prop_map(|(place, value)| Mutation::Replace(place, value)),
        2 => place().prop_map(Mutation::Remove),
        1 => (place(), name()).prop_map(|(place, name)| Mutation::RenameKey(place, name)),
        2 => (place(), name()).prop_map(|(place, name)| Mutation::Duplicate(place, name)),
        6 => (place(), keyword()).prop_map(|(place, (key, value))| Mutation::Insert(place, key, value)),
        2 => place().prop_map(Mutation::OrNull),
        1 => (place(), unions).prop_map(|(place, keyword)| Mutation::Wrap(place, keyword)),
        2 => (place(), prop::collection::vec(types, 1..3))
            .prop_map(|(place, types)| Mutation::Types(place, types)),
        2 => (place(), place(), any::<bool>())
            .prop_map(|(place, target, alone)| Mutation::Refer(place, target, alone)),
        2 => (place(), place()).prop_map(|(place, source)| Mutation::Copy(place, source)),
        4 => (any::<Index>(), name()).prop_map(|(index, name)| Mutation::Name(index, name)),
    ]
    .boxed()
}

/// Checks `document` in a thread, to catch panics and to enforce the time limit.
fn check_in_thread(document: &Value) -> Result<(), String> {
    let (report, results) = mpsc::channel();
    let copy = document.clone();
    // A thread that does not terminate can only be abandoned.
    let thread = thread::Builder::new()
        .name(crate::pipeline::generate::GENERATOR_THREAD.to_owned())
        .spawn(move || report.send(check(&copy)))
        .unwrap();
    match results.recv_timeout(LONGEST) {
        Ok(outcome) => outcome,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(format!("takes more than {LONGEST:?}")),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            let panic = thread.join().err();
            let text = panic.as_ref().and_then(|panic| {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                text.or_else(|| panic.downcast_ref::<&str>().copied())
            });
            Err(format!("panics: {}", text.unwrap_or_default()))
        }
    }
}

/// Prepares `document`, and checks the result and the notes.
fn check(document: &Value) -> Result<(), String> {
    let (first, notes) = prepared(document);
    if (first.clone(), notes.clone()) != prepared(document) {
        return Err("is not prepared deterministically".to_owned());
    }
    for note in &notes.refused {
        let place = note.pointer.is_empty() || note.pointer.starts_with('/');
        let (problem, fix) = note.text.rsplit_once("; ").unwrap_or_default();
        if !place || problem.is_empty() || fix.is_empty() {
            return Err(format!("is refused without a pointer or a fix: {note}"));
        }
    }
    if !notes.refused.is_empty() {
        return Ok(());
    }
    let result: Value = serde_json::from_str(&first).map_err(|error| error.to_string())?;
    let (again, notes) = prepared(&result);
    if let Some(note) = notes.refused.first() {
        return Err(format!("is refused after it was prepared: {note}"));
    }
    if first != again {
        return Err("is changed when prepared again".to_owned());
    }
    Ok(())
}

/// Prepares `document`, and returns its text (to compare the order of keys) and the notes.
fn prepared(document: &Value) -> (String, Notes) {
    let mut document = document.clone();
    let (notes, _) = pipeline::prepare("api", &mut document);
    (document.to_string(), notes)
}

#[test]
fn prepares_the_real_documents() {
    for part in &*PARTS {
        assert_eq!(prepared(part).1.refused, []);
        assert_eq!(check_in_thread(part), Ok(()));
    }
}

proptest! {
    // Enough shrinking steps to leave one or two mutations.
    #![proptest_config(cases::properties(CASES, 100))]

    #[test]
    fn prepares_or_refuses_every_document(
        part in any::<Index>(),
        mutations in prop::collection::vec(mutation(), 1..6),
    ) {
        let mut document = part.get(&PARTS).clone();
        for mutation in mutations {
            mutation.apply(&mut document);
        }
        if let Err(failure) = check_in_thread(&document) {
            let text = document::to_text(&document).unwrap();
            prop_assert!(false, "this document {}:\n{}", failure, text);
        }
    }
}
