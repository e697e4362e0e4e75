//! Properties that hold for all documents, tested on mutations of real ones.

use std::{
    sync::{LazyLock, mpsc},
    thread,
    time::Duration,
};

use proptest::{
    prelude::*,
    sample::{Index, select},
};
use serde_json::{Value, json};

use super::{compare, without_opposite};
use crate::{
    cases,
    openapi::{
        document,
        pointer::{child, keys},
        walk,
    },
};

/// The number of documents in a run, unless `PROPTEST_CASES` is set.
const CASES: u32 = 30;

/// The time limit of a comparison, far above the usual time.
const LONGEST: Duration = Duration::from_secs(30);

static DOCUMENTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let texts = [
        include_str!("../../../tests/fixtures/repository/specs/dialog360/upstream.json"),
        include_str!("../../../tests/fixtures/repository/specs/graph/spec.yaml"),
        include_str!("../../../tests/cases/diff-base.yaml"),
    ];
    texts.map(|text| document::parse(text).unwrap()).into()
});

/// Collects the pointers to all values in `value`.
fn collect(value: &Value, pointer: &str, pointers: &mut Vec<String>) {
    pointers.push(pointer.to_owned());
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                collect(value, &child(pointer, key), pointers);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                collect(value, &child(pointer, &index.to_string()), pointers);
            }
        }
        _ => {}
    }
}

fn any_pointer(document: &Value, index: Index) -> String {
    let mut pointers = Vec::new();
    collect(document, "", &mut pointers);
    index.get(&pointers).clone()
}

fn remove(document: &mut Value, pointer: &str) -> Option<Value> {
    let (holder, _) = pointer.rsplit_once('/')?;
    let key = keys(pointer).last()?;
    match document.pointer_mut(holder)? {
        Value::Object(entries) => entries.shift_remove(&key),
        Value::Array(values) => Some(values.remove(key.parse().ok()?)),
        _ => None,
    }
}

#[derive(Debug, Clone)]
enum Mutation {
    Replace(Index, Value),
    Remove(Index),
    Insert(Index, &'static str, Value),
    /// Replaces a value by a copy of another.
    Copy(Index, Index),
    /// Replaces a value by a reference to another, which can make a cycle.
    Refer(Index, Index),
    Wrap(Index, &'static str),
}

impl Mutation {
    fn apply(&self, document: &mut Value) {
        match self {
            Self::Replace(index, value) => {
                let pointer = any_pointer(document, *index);
                *document.pointer_mut(&pointer).unwrap() = value.clone();
            }
            Self::Remove(index) => {
                let pointer = any_pointer(document, *index);
                remove(document, &pointer);
            }
            Self::Insert(index, key, value) => {
                let pointer = any_pointer(document, *index);
                if let Some(Value::Object(entries)) = document.pointer_mut(&pointer) {
                    entries.insert((*key).to_owned(), value.clone());
                }
            }
            Self::Copy(index, source) => {
                let pointer = any_pointer(document, *index);
                let source = any_pointer(document, *source);
                let value = document.pointer(&source).unwrap().clone();
                // Copies of copies would grow exponentially.
                if value.to_string().len() < 10_000 {
                    *document.pointer_mut(&pointer).unwrap() = value;
                }
            }
            Self::Refer(index, target) => {
                let pointer = any_pointer(document, *index);
                let target = any_pointer(document, *target);
                *document.pointer_mut(&pointer).unwrap() = json!({"$ref": format!("#{target}")});
            }
            Self::Wrap(index, keyword) => {
                let pointer = any_pointer(document, *index);
                let value = document.pointer_mut(&pointer).unwrap();
                *value = json!({*keyword: [value.take()]});
            }
        }
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let odd = || {
        let odd = [
            "null",
            "true",
            "false",
            "0",
            "-1",
            "1e400",
            "\"\"",
            "\"a\"",
            "[]",
            "{}",
            "[null]",
            "[{}]",
            "{\"a\": {}}",
            "{\"$ref\": \"#\"}",
            "{\"$ref\": \"#/components/none\"}",
            "{\"type\": \"null\"}",
        ];
        select(
            odd.map(|text| serde_json::from_str::<Value>(text).unwrap())
                .to_vec(),
        )
    };
    let keys = [
        "$ref",
        "additionalProperties",
        "allOf",
        "anyOf",
        "content",
        "default",
        "deprecated",
        "enum",
        "example",
        "format",
        "headers",
        "in",
        "items",
        "maximum",
        "name",
        "not",
        "nullable",
        "oneOf",
        "parameters",
        "properties",
        "readOnly",
        "required",
        "responses",
        "schema",
        "security",
        "servers",
        "type",
        "x-a",
    ];
    let index = any::<Index>;
    prop_oneof![
        3 => (index(), odd()).prop_map(|(at, value)| Mutation::Replace(at, value)),
        3 => index().prop_map(Mutation::Remove),
        3 => (index(), select(keys.to_vec()), odd())
            .prop_map(|(at, key, value)| Mutation::Insert(at, key, value)),
        2 => (index(), index()).prop_map(|(at, source)| Mutation::Copy(at, source)),
        2 => (index(), index()).prop_map(|(at, target)| Mutation::Refer(at, target)),
        1 => (index(), select(vec!["allOf", "anyOf", "oneOf"]))
            .prop_map(|(at, keyword)| Mutation::Wrap(at, keyword)),
    ]
}

/// A change that breaks clients, or removes a name that callers use.
#[derive(Debug, Clone, Copy)]
enum Break {
    Operation,
    Property,
    Type,
}

impl Break {
    /// Applies the change at one of the possible pointers, and returns that pointer.
    fn apply(self, document: &mut Value, index: Index) -> Option<String> {
        let mut pointers = Vec::new();
        match self {
            Self::Operation => walk::operations(&mut document.clone(), &mut |_, pointer| {
                pointers.push(pointer.to_owned());
            }),
            Self::Property | Self::Type => {
                walk::schemas(&mut document.clone(), &mut |schema, pointer| {
                    let properties = schema["properties"].as_object().into_iter().flatten();
                    match self {
                        Self::Property => pointers.extend(
                            properties.map(|(name, _)| child(&child(pointer, "properties"), name)),
                        ),
                        _ if schema["type"].is_string() => pointers.push(child(pointer, "type")),
                        _ => {}
                    }
                });
            }
        }
        if pointers.is_empty() {
            return None;
        }
        let pointer = index.get(&pointers).clone();
        match self {
            Self::Operation | Self::Property => drop(remove(document, &pointer)),
            Self::Type => {
                let name = document.pointer_mut(&pointer).unwrap();
                *name = if name == "boolean" {
                    "array"
                } else {
                    "boolean"
                }
                .into();
            }
        }
        Some(pointer)
    }
}

/// Checks a comparison of two documents in both directions, and describes what is wrong.
fn fault(old: &Value, new: &Value) -> Result<(), String> {
    let (sender, receiver) = mpsc::channel();
    let sides = [old.clone(), new.clone()];
    // A comparison that does not end cannot be stopped, so that it needs its own thread.
    let thread =
        thread::Builder::new().name(crate::pipeline::generate::GENERATOR_THREAD.to_owned());
    let thread = thread.spawn(move || {
        let [old, new] = sides;
        sender.send((compare(&new, &new).len(), without_opposite(&old, &new)))
    });
    match receiver.recv_timeout(LONGEST) {
        Ok((0, unmatched)) if unmatched.is_empty() => Ok(()),
        Ok((0, unmatched)) => Err(format!("has changes without an opposite: {unmatched:#?}")),
        Ok(_) => Err("has changes to itself".to_owned()),
        Err(mpsc::RecvTimeoutError::Timeout) => Err(format!("takes more than {LONGEST:?}")),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            let panic = thread.unwrap().join().err();
            let text = panic
                .as_ref()
                .and_then(|panic| panic.downcast_ref::<String>());
            Err(format!("panics: {text:?}"))
        }
    }
}

#[test]
fn the_real_documents_have_no_changes_to_themselves() {
    for document in &*DOCUMENTS {
        assert_eq!(compare(document, document).len(), 0);
    }
}

proptest! {
    #![proptest_config(cases::properties(CASES, 200))]

    #[test]
    fn exchanging_mutated_documents_reverses_each_change(
        original in any::<Index>(),
        mutations in prop::collection::vec(mutation(), 1..4),
    ) {
        let old = original.get(&DOCUMENTS);
        let mut new = old.clone();
        for mutation in mutations {
            mutation.apply(&mut new);
        }
        if let Err(fault) = fault(old, &new) {
            prop_assert!(false, "this document {}:\n{}", fault, document::to_text(&new).unwrap());
        }
    }

    #[test]
    fn reports_each_breaking_change(
        original in any::<Index>(),
        breaking in select(vec![Break::Operation, Break::Property, Break::Type]),
        index in any::<Index>(),
    ) {
        let old = original.get(&DOCUMENTS);
        let mut new = old.clone();
        if let Some(pointer) = breaking.apply(&mut new, index) {
            let changes = compare(old, &new);
            prop_assert!(!changes.is_empty(), "no change for {:?} at {}", breaking, pointer);
        }
    }
}
