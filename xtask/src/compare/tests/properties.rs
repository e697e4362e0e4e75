//! What holds of a comparison whatever the documents say. They are the real ones, mutated.

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

/// How many documents a run tries, unless `PROPTEST_CASES` says otherwise.
const CASES: u32 = 30;

/// The longest that a comparison may take. Whatever exceeds it would not end.
const LONGEST: Duration = Duration::from_secs(30);

static DOCUMENTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let texts = [
        include_str!("../../../tests/fixtures/repository/specs/dialog360/upstream.json"),
        include_str!("../../../tests/fixtures/repository/specs/graph/spec.yaml"),
        include_str!("../../../tests/cases/diff-base.yaml"),
    ];
    texts.map(|text| document::parse(text).unwrap()).into()
});

/// The pointers to all values in `value`.
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

fn any_place(document: &Value, index: Index) -> String {
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
    /// The value of another place.
    Copy(Index, Index),
    /// A reference to another place, some of which make cycles.
    Refer(Index, Index),
    Wrap(Index, &'static str),
}

impl Mutation {
    fn apply(&self, document: &mut Value) {
        match self {
            Self::Replace(index, value) => {
                let place = any_place(document, *index);
                *document.pointer_mut(&place).unwrap() = value.clone();
            }
            Self::Remove(index) => {
                let place = any_place(document, *index);
                remove(document, &place);
            }
            Self::Insert(index, key, value) => {
                let place = any_place(document, *index);
                if let Some(Value::Object(entries)) = document.pointer_mut(&place) {
                    entries.insert((*key).to_owned(), value.clone());
                }
            }
            Self::Copy(index, source) => {
                let place = any_place(document, *index);
                let source = any_place(document, *source);
                let value = document.pointer(&source).unwrap().clone();
                // Copies of copies would grow without end.
                if value.to_string().len() < 10_000 {
                    *document.pointer_mut(&place).unwrap() = value;
                }
            }
            Self::Refer(index, target) => {
                let place = any_place(document, *index);
                let target = any_place(document, *target);
                *document.pointer_mut(&place).unwrap() = json!({"$ref": format!("#{target}")});
            }
            Self::Wrap(index, keyword) => {
                let place = any_place(document, *index);
                let value = document.pointer_mut(&place).unwrap();
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

/// A change that no client would bear or that takes a name away.
#[derive(Debug, Clone, Copy)]
enum Harm {
    Operation,
    Property,
    Type,
}

impl Harm {
    /// Does it to the document at a place for it, if there is one.
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
        let place = index.get(&pointers).clone();
        match self {
            Self::Operation | Self::Property => drop(remove(document, &place)),
            Self::Type => {
                let name = document.pointer_mut(&place).unwrap();
                *name = if name == "boolean" {
                    "array"
                } else {
                    "boolean"
                }
                .into();
            }
        }
        Some(place)
    }
}

/// What is wrong with how two documents are compared.
fn fault(old: &Value, new: &Value) -> Result<(), String> {
    let (report, answer) = mpsc::channel();
    let sides = [old.clone(), new.clone()];
    // A thread of its own, for what does not end can only be left behind.
    let thread =
        thread::Builder::new().name(crate::pipeline::generate::GENERATOR_THREAD.to_owned());
    let thread = thread.spawn(move || {
        let [old, new] = sides;
        report.send((compare(&new, &new).len(), without_opposite(&old, &new)))
    });
    match answer.recv_timeout(LONGEST) {
        Ok((0, lonely)) if lonely.is_empty() => Ok(()),
        Ok((0, lonely)) => Err(format!("is not consistent backward: {lonely:#?}")),
        Ok(_) => Err("is not the same as itself".to_owned()),
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
fn the_real_documents_are_the_same_as_themselves() {
    for document in &*DOCUMENTS {
        assert_eq!(compare(document, document).len(), 0);
    }
}

proptest! {
    #![proptest_config(cases::properties(CASES, 200))]

    #[test]
    fn whatever_is_compared_is_compared_both_ways(
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
    fn harm_is_told(
        original in any::<Index>(),
        harm in select(vec![Harm::Operation, Harm::Property, Harm::Type]),
        index in any::<Index>(),
    ) {
        let old = original.get(&DOCUMENTS);
        let mut new = old.clone();
        if let Some(place) = harm.apply(&mut new, index) {
            let changes = compare(old, &new);
            prop_assert!(!changes.is_empty(), "nothing is said of {:?} at {}", harm, place);
        }
    }
}
