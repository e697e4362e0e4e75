//! What holds of `prepare` whatever upstream publishes: a document is prepared, or refused with
//! its place and a way out. The documents are the real ones, mutated.

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

/// How many documents a run tries, unless `PROPTEST_CASES` says otherwise.
const CASES: u32 = 40;

/// The longest that one document may take. It is met a thousandfold in a debug build; whatever
/// exceeds it would not end.
const LONGEST: Duration = Duration::from_secs(30);

/// The documents that are mutated: one that upstream published, and one of our own.
const DOCUMENTS: [&str; 2] = [
    include_str!("../../tests/fixtures/repository/specs/dialog360/upstream.json"),
    include_str!("../../tests/fixtures/repository/specs/graph/spec.yaml"),
];

/// Pages of the Partner API that make a third.
const PAGES: [&str; 2] = [
    include_str!(
        "../../tests/fixtures/pages/docs.360dialog.com/partner/partner-api/api-reference/client-management.md"
    ),
    include_str!(
        "../../tests/fixtures/pages/docs.360dialog.com/partner/partner-api/api-reference/partner-management.md"
    ),
];

/// Each path of the real documents as a document of its own, which is tried in a fraction of the
/// time of the whole.
static PARTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let pages = PAGES.iter().flat_map(|page| {
        let page = gitbook::read("https://docs.example/page.md", page).unwrap();
        page.blocks
    });
    let mut documents = vec![merge::merge(&pages.collect::<Vec<_>>()).unwrap()];
    documents.extend(DOCUMENTS.map(|text| document::parse(text).unwrap()));
    documents.iter().flat_map(parts).collect()
});

/// `document` split by its paths, each with the components it needs.
fn parts(document: &Value) -> Vec<Value> {
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let mut part = document.clone();
        part["paths"] = json!({path: item});
        without_idle_components(&mut part);
        part
    };
    paths.iter().map(of_path).collect()
}

/// Removes the components that nothing refers to.
fn without_idle_components(document: &mut Value) {
    let mut size = usize::MAX;
    // What only an idle component refers to is idle after it is gone.
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

/// One change to a document, at a place that is found by an index once the document is there.
#[derive(Debug, Clone)]
enum Mutation {
    /// Another value in place of the one there.
    Replace(Place, Value),
    /// A value lost.
    Remove(Place),
    /// A key that is called otherwise here alone.
    RenameKey(Place, &'static str),
    /// A value that stands a second time beside itself, under this key in an object.
    Duplicate(Place, &'static str),
    /// A keyword more.
    Insert(Place, &'static str, Value),
    /// What is there, or null.
    OrNull(Place),
    /// What is there as the only branch of a union or an intersection.
    Wrap(Place, &'static str),
    /// A `type` that is the list of the one there and others.
    Types(Place, Vec<&'static str>),
    /// A reference to another place, with or without the siblings it then has. Some make cycles.
    Refer(Place, Place, bool),
    /// The value of another place.
    Copy(Place, Place),
    /// A component, a property, a parameter or an operation that is called otherwise throughout.
    Name(Index, &'static str),
}

/// A place, counted among the schemas or among all values of the document.
#[derive(Debug, Clone)]
enum Place {
    Schema(Index),
    Any(Index),
}

impl Place {
    /// The pointer to the place; the document itself is none.
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

/// The pointers to all values in `value`.
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

/// The pointer to what holds the value at `pointer`, and its key there.
fn parent(pointer: &str) -> (&str, String) {
    let (parent, _) = pointer.rsplit_once('/').unwrap_or_default();
    (parent, keys(pointer).last().unwrap_or_default())
}

impl Mutation {
    /// Changes `document`, unless the mutation means nothing at its place.
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
                // Copies of copies would grow without end.
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

/// The value at `place`.
fn at<'d>(document: &'d mut Value, place: &Place) -> Option<&'d mut Value> {
    let pointer = place.pointer(document)?;
    document.pointer_mut(&pointer)
}

/// Calls the entry `from` of an object `to`, and leaves it where it stands.
fn rename_key(holder: &mut Value, from: &str, to: &str) -> Option<()> {
    let entries = holder.as_object_mut()?;
    let all = std::mem::take(entries).into_iter();
    let renamed = all.map(|(key, value)| {
        let key = if key == from { to.to_owned() } else { key };
        (key, value)
    });
    *entries = renamed.collect::<Map<_, _>>();
    Some(())
}

/// The pointers to all that Rust gets a name from.
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

/// Changes the name at `pointer`, and whatever goes by it.
fn rename(document: &mut Value, pointer: &str, name: &str) -> Option<()> {
    let (holder, key) = parent(pointer);
    match document.pointer(pointer)? {
        Value::String(old) if key == "name" => {
            let (old, new) = (format!("{{{old}}}"), format!("{{{name}}}"));
            let paths = document["paths"].as_object()?.keys().cloned();
            for path in paths.collect::<Vec<_>>() {
                rename_key(&mut document["paths"], &path, &path.replace(&old, &new));
            }
            // The path of the parameter may be another now; of all by this name none is.
            each_value(document, &mut |value| match value.get_mut("name") {
                Some(Value::String(text)) if format!("{{{text}}}") == old => {
                    *text = name.to_owned();
                }
                _ => {}
            });
        }
        Value::String(_) => *document.pointer_mut(pointer)? = name.into(),
        _ => {
            let (old, new) = (format!("#{pointer}"), format!("#{}", child(holder, name)));
            rename_key(document.pointer_mut(holder)?, &key, name)?;
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

/// Names that are none in Rust, none in a pointer without escapes, or somebody else's.
const AWKWARD: [&str; 26] = [
    "", " ", "_", "-", "$", "$ref", "type", "Self", "self", "r#type", "r#true", "1", "00", "é",
    "日本", "a/b", "a~1b", "a b", "{id}", "\"", "\n", "extra", "Error", "builder", "send",
    "Client",
];

/// Values that few readers reckon with.
fn odd() -> BoxedStrategy<Value> {
    let odd = [
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
    let odd = odd.map(|text| serde_json::from_str::<Value>(text).unwrap());
    select(odd.to_vec()).boxed()
}

/// A keyword with a value of the kind it asks for; most are new in 3.1.
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

/// Some place, a schema more often than not.
fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        3 => any::<Index>().prop_map(Place::Schema),
        2 => any::<Index>().prop_map(Place::Any),
    ]
}

/// Any mutation.
fn mutation() -> BoxedStrategy<Mutation> {
    let types = select(
        &[
            "null", "string", "integer", "number", "object", "array", "boolean", "any",
        ][..],
    );
    let unions = select(&["allOf", "anyOf", "oneOf"][..]);
    let name = || select(&AWKWARD[..]);
    prop_oneof![
        3 => (place(), odd()).prop_map(|(place, value)| Mutation::Replace(place, value)),
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

/// What is wrong with how `document` is prepared.
fn fault(document: &Value) -> Result<(), String> {
    let (report, answer) = mpsc::channel();
    let copy = document.clone();
    // A thread of its own, for what does not end can only be left behind.
    let thread = thread::Builder::new()
        .name(crate::pipeline::generate::GENERATOR_THREAD.to_owned())
        .spawn(move || report.send(judge(&copy)))
        .unwrap();
    match answer.recv_timeout(LONGEST) {
        Ok(judgement) => judgement,
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

/// Prepares `document` and what becomes of it.
fn judge(document: &Value) -> Result<(), String> {
    let (first, notes) = prepared(document);
    if (first.clone(), notes.clone()) != prepared(document) {
        return Err("is prepared otherwise the second time".to_owned());
    }
    for note in &notes.refused {
        let place = note.pointer.is_empty() || note.pointer.starts_with('/');
        let (construct, way_out) = note.text.rsplit_once("; ").unwrap_or_default();
        if !place || construct.is_empty() || way_out.is_empty() {
            return Err(format!("is refused without a place or a way out: {note}"));
        }
    }
    if !notes.refused.is_empty() {
        return Ok(());
    }
    let result: Value = serde_json::from_str(&first).map_err(|error| error.to_string())?;
    let (again, notes) = prepared(&result);
    if let Some(note) = notes.refused.first() {
        return Err(format!("is refused once it is prepared: {note}"));
    }
    if first != again {
        return Err("is changed when prepared again".to_owned());
    }
    Ok(())
}

/// What `document` becomes as text, for the order of keys counts, and what there is to say of it.
fn prepared(document: &Value) -> (String, Notes) {
    let mut document = document.clone();
    let (notes, _) = pipeline::prepare("api", &mut document);
    (document.to_string(), notes)
}

#[test]
fn the_real_documents_are_prepared() {
    for part in &*PARTS {
        assert_eq!(prepared(part).1.refused, []);
        assert_eq!(fault(part), Ok(()));
    }
}

proptest! {
    // Enough steps of shrinking to leave a mutation or two.
    #![proptest_config(cases::properties(CASES, 100))]

    #[test]
    fn every_document_is_prepared_or_refused(
        part in any::<Index>(),
        mutations in prop::collection::vec(mutation(), 1..6),
    ) {
        let mut document = part.get(&PARTS).clone();
        for mutation in mutations {
            mutation.apply(&mut document);
        }
        if let Err(fault) = fault(&document) {
            let text = document::to_text(&document).unwrap();
            prop_assert!(false, "this document {}:\n{}", fault, text);
        }
    }
}
