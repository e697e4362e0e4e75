//! Schemas whose type typify cannot find.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    openapi::{
        pointer::{of_reference, reference},
        walk,
    },
    pipeline::notes::Notes,
};

/// The keywords that apply to values of one type, by type.
const KEYWORDS: [(&str, &[&str]); 4] = [
    ("string", &["minLength", "maxLength"]),
    ("number", &["minimum", "maximum", "multipleOf"]),
    ("array", &["items", "minItems", "maxItems", "uniqueItems"]),
    (
        "object",
        &[
            "properties",
            "required",
            "additionalProperties",
            "minProperties",
            "maxProperties",
        ],
    ),
];

/// The types and keywords of a schema and of those that `allOf` combines with it.
#[derive(Default, Clone)]
struct Combined {
    types: BTreeSet<String>,
    keywords: Vec<&'static str>,
    /// The types that the keywords apply to.
    implied: BTreeSet<&'static str>,
    has_union: bool,
    /// The references that were followed, because they can form a cycle.
    followed: BTreeSet<String>,
}

/// Refuses keywords of numbers or of several types without `type`, and an `enum` of another type than
/// that of `allOf`.
pub fn refuse(document: &mut Value, notes: &mut Notes) {
    let original = document.clone();
    let mut branches = BTreeSet::new();
    walk::schemas(document, &mut |schema, pointer| {
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let count = schema[keyword].as_array().map_or(0, Vec::len);
            branches.extend((0..count).map(|index| format!("{pointer}/{keyword}/{index}")));
        }
    });
    walk::schemas(document, &mut |schema, pointer| {
        // typify combines a branch with the schema around it.
        if !branches.contains(pointer) && reference(schema).is_none() {
            refuse_in(&original, schema, pointer, Combined::default(), notes);
        }
    });
}

/// Refuses `schema`, which is combined with `outer`, or the branches of its union.
fn refuse_in(document: &Value, schema: &Value, pointer: &str, outer: Combined, notes: &mut Notes) {
    let mut combined = outer;
    combined.add(document, schema);
    if schema.get("enum").is_some() && combined.types.len() > 1 {
        let problem = "`enum` has no value of the type that `allOf` requires";
        notes.refuse(pointer, problem, "remove one of them in the overlay");
    }
    if !combined.types.is_empty() {
        return;
    }
    for union in ["anyOf", "oneOf"] {
        let branches = schema.get(union).and_then(Value::as_array);
        for (index, branch) in branches.into_iter().flatten().enumerate() {
            // A component is also checked without the schema around it.
            if !combined.keywords.is_empty() || reference(branch).is_none() {
                let pointer = format!("{pointer}/{union}/{index}");
                let mut outer = combined.clone();
                outer.has_union = false;
                refuse_in(document, branch, &pointer, outer, notes);
            }
        }
    }
    let is_unclear = combined.implied.len() > 1 || combined.implied.contains("number");
    if is_unclear && !combined.has_union {
        let keywords = combined.keywords.iter();
        let keywords: Vec<_> = keywords.map(|keyword| format!("`{keyword}`")).collect();
        let problem = format!("the schema has {}, but no `type`", keywords.join(", "));
        notes.refuse(pointer, &problem, "add one in the overlay");
    }
}

impl Combined {
    fn add(&mut self, document: &Value, schema: &Value) {
        if let Some(reference) = reference(schema) {
            let target = of_reference(reference).and_then(|target| document.pointer(&target));
            if let Some(target) = target
                && self.followed.insert(reference.to_owned())
            {
                self.add(document, target);
            }
            return;
        }
        if let Some(kind) = schema.get("type").and_then(Value::as_str) {
            let kind = if kind == "integer" { "number" } else { kind };
            self.types.insert(kind.to_owned());
        }
        for (kind, keywords) in KEYWORDS {
            // typify ignores an empty `required`.
            let given = |keyword: &&str| {
                schema
                    .get(*keyword)
                    .is_some_and(|value| *value != json!([]))
            };
            for keyword in keywords.iter().copied().filter(given) {
                self.implied.insert(kind);
                self.keywords.push(keyword);
            }
        }
        self.has_union |= schema.get("anyOf").is_some() || schema.get("oneOf").is_some();
        let branches = schema.get("allOf").and_then(Value::as_array);
        for branch in branches.into_iter().flatten() {
            self.add(document, branch);
        }
    }
}
