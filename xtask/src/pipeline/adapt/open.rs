//! Makes what answers may hold wide enough for what servers send: nothing in an answer may make
//! it unreadable but JSON that is not JSON, a value of another type, or a required member that is
//! missing.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    names::{component_name, variant_names},
    schemas::{is_extra, rust_type, set_aside},
    union::Unions,
};
use crate::{
    openapi::{
        names::{Names, is_type_name, type_name},
        pointer::{child, component, reference},
        walk::{self, Part},
    },
    pipeline::notes::Notes,
};

/// Keywords that say which values are valid; an answer is not for the client to validate.
const BOUNDS: [&str; 14] = [
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "pattern",
    "uniqueItems",
];

/// Opens every schema that an answer of `document` can hold.
pub fn open(document: &mut Value, notes: &mut Notes) {
    flatten_choices(document, notes);
    let shared = request_components(document);
    each_answer_schema(document, &mut |schema, pointer| {
        let Value::Object(schema) = schema else {
            return;
        };
        drop_bounds(schema, pointer, &shared, notes);
        if schema.get("type").is_some_and(|given| given == "object")
            || schema.contains_key("properties")
        {
            open_object(schema, pointer, notes);
        }
        open_numbers(schema);
    });
    name_enums(document, notes);
}

/// Unites the objects among which an answer chooses: untold apart by their open members, each
/// would be read as the first.
fn flatten_choices(document: &mut Value, notes: &mut Notes) {
    let mut choices = Vec::new();
    each_answer_schema(document, &mut |schema, pointer| {
        let combined = ["oneOf", "anyOf", "allOf"].iter().any(|keyword| {
            schema
                .get(*keyword)
                .and_then(Value::as_array)
                .is_some_and(|parts| {
                    parts.len() > 1 || *keyword != "allOf" || schema.get("properties").is_some()
                })
        });
        if combined {
            choices.push(pointer.to_owned());
        }
    });
    let mut unions = Unions::new(document);
    for pointer in choices {
        flatten(&mut unions, &pointer, notes);
    }
}

fn flatten(unions: &mut Unions<'_>, pointer: &str, notes: &mut Notes) {
    let Some(Value::Object(schema)) = unions.document().pointer(pointer).cloned() else {
        return;
    };
    let flat = if let Some(parts) = choice(&schema) {
        let (objects, others): (Vec<Value>, Vec<Value>) = parts
            .iter()
            .cloned()
            .partition(|part| unions.as_object(part).is_some());
        if others.is_empty() || (objects.len() > 1 && !says_more(&schema)) {
            notes.weaken(
                pointer,
                "a choice of objects is read as one object with all their members",
            );
            let last = pointer.rsplit('/').next().unwrap_or_default();
            let object = unions.union(objects, &component_name(&[last]));
            if others.is_empty() {
                object
            } else {
                {
                    let all = [vec![object], others].concat();
                    json!({"oneOf": all})
                }
            }
        } else if says_more(&schema) {
            return;
        } else {
            one_of_scalars(&schema, &parts)
        }
    } else {
        match unions.as_object(&Value::Object(schema.clone())) {
            Some(object) => Value::Object(object),
            None => return,
        }
    };
    if let Some(place) = unions.document().pointer_mut(pointer) {
        *place = keep_words(&schema, flat);
    }
}

/// The keywords that say of every choice what members it has.
const OF_ALL_CHOICES: [&str; 5] = [
    "additionalProperties",
    "allOf",
    "properties",
    "required",
    "type",
];

/// Whether `schema` says more of its values than which schemas they may have.
fn says_more(schema: &Map<String, Value>) -> bool {
    OF_ALL_CHOICES
        .iter()
        .any(|keyword| schema.contains_key(*keyword))
}

/// The schemas of which `schema` is one, each with what `schema` says of all of them.
fn choice(schema: &Map<String, Value>) -> Option<Vec<Value>> {
    let parts = match (schema.get("oneOf"), schema.get("anyOf")) {
        (Some(parts), None) | (None, Some(parts)) => parts.as_array()?,
        _ => return None,
    };
    let mut common: Map<String, Value> = Map::new();
    for keyword in OF_ALL_CHOICES {
        if let Some(value) = schema.get(keyword) {
            common.insert(keyword.to_owned(), value.clone());
        }
    }
    let kind = common.get("type");
    if kind.is_some_and(|kind| kind != "object") {
        return None;
    }
    // That they are objects, the parts say themselves.
    if common.len() == usize::from(kind.is_some()) {
        return Some(parts.clone());
    }
    let common = Value::Object(common);
    let joined = |part: &Value| json!({"allOf": [common, part]});
    Some(parts.iter().map(joined).collect())
}

/// typify tells values of several JSON types apart by `oneOf` alone, and strings not at all.
fn one_of_scalars(schema: &Map<String, Value>, parts: &[Value]) -> Value {
    if parts.iter().all(|part| part["type"] == "string") {
        return json!({"type": "string"});
    }
    let mut schema = schema.clone();
    if let Some(parts) = schema.shift_remove("anyOf") {
        schema.insert("oneOf".to_owned(), parts);
    }
    schema.into()
}

/// `flat` with the description and the nullability of `schema`, whose place it takes.
fn keep_words(schema: &Map<String, Value>, flat: Value) -> Value {
    let mut kept = Map::new();
    for word in ["description", "nullable", "x-rust-name"] {
        if let Some(value) = schema.get(word) {
            kept.insert(word.to_owned(), value.clone());
        }
    }
    match flat {
        Value::Object(flat) if !flat.contains_key("$ref") => {
            for (keyword, value) in flat {
                kept.entry(keyword).or_insert(value);
            }
            kept.into()
        }
        reference => refer(kept, reference),
    }
}

/// `reference` with `words` around it, if there are any.
fn refer(mut words: Map<String, Value>, reference: Value) -> Value {
    if words.is_empty() {
        return reference;
    }
    words.insert("allOf".to_owned(), json!([reference]));
    words.into()
}

fn drop_bounds(
    schema: &mut Map<String, Value>,
    pointer: &str,
    shared: &BTreeSet<String>,
    notes: &mut Notes,
) {
    for keyword in BOUNDS {
        if schema.shift_remove(keyword).is_some()
            && component_of(pointer).is_some_and(|name| shared.contains(name))
        {
            notes.weaken(
                pointer,
                format!("`{keyword}` is not checked, as answers share the schema"),
            );
        }
    }
}

/// Lets an object have members that nobody knows yet, and known ones be null.
fn open_object(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let required: Vec<Value> = schema
        .get("required")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        if closed {
            schema.shift_remove("additionalProperties");
        }
        return;
    };
    let taken = properties.keys().any(|name| is_extra(name));
    for (name, property) in properties {
        let Value::Object(property) = property else {
            continue;
        };
        // typify makes these a list or a map that cannot be absent, and then null is an error.
        let collection = property.get("type").is_some_and(|given| given == "array")
            || (property.get("type").is_some_and(|given| given == "object")
                && !property.contains_key("properties"));
        if collection && !required.contains(&json!(name)) {
            property.insert("nullable".to_owned(), Value::Bool(true));
        }
        let is_text = property.get("type").is_some_and(|given| given == "string")
            && !property.contains_key("enum")
            && !property.contains_key("format")
            && !property.contains_key("x-rust-type");
        if is_text && (name == "id" || name.ends_with("_id")) {
            property.insert("x-rust-type".to_owned(), rust_type("waba::Id", &[]));
        }
    }
    if taken {
        notes.weaken(
            pointer,
            "unknown members are dropped, as one is called `extra` itself",
        );
        schema.shift_remove("additionalProperties");
    } else if !matches!(schema.get("additionalProperties"), Some(Value::Object(_))) {
        schema.insert("additionalProperties".to_owned(), json!({}));
    }
}

/// Numbers of any size, and of any value where a document lists some.
fn open_numbers(schema: &mut Map<String, Value>) {
    let kind = schema.get("type").and_then(Value::as_str);
    let is_number = matches!(kind, Some("integer" | "number"));
    let is_boolean = kind == Some("boolean");
    if is_number {
        set_aside(schema, "format", "x-format");
    }
    if is_number || is_boolean {
        set_aside(schema, "enum", "x-enum");
    }
}

/// Makes the enums of answers, those marked `x-open-enum: true` and those that typify cannot name
/// the values of components with names for their variants; build.rs makes them into enums that
/// take any value.
fn name_enums(document: &mut Value, notes: &mut Notes) {
    let mut enums = Vec::new();
    each_answer_schema(document, &mut |schema, pointer| {
        if string_enum(schema).is_some() {
            enums.push(pointer.to_owned());
        }
    });
    walk::schemas(document, &mut |schema, pointer| {
        if schema.get("x-open-enum") == Some(&Value::Bool(true)) {
            enums.push(pointer.to_owned());
        } else if string_enum(schema).is_some_and(|values| !tells_apart(&values))
            && !enums.iter().any(|other| other == pointer)
        {
            notes.weaken(
                pointer,
                "the enum takes any text, as some of its values have one name in Rust",
            );
            enums.push(pointer.to_owned());
        }
    });
    for pointer in enums {
        name_enum(document, &pointer);
    }
}

/// Whether typify finds a name for each of `values`.
fn tells_apart(values: &[&str]) -> bool {
    let names: BTreeSet<String> = values.iter().map(|value| type_name(value)).collect();
    names.len() == values.len()
}

/// The values of `schema` if it is an enum of strings that nobody has named yet.
fn string_enum(schema: &Value) -> Option<Vec<&str>> {
    if schema["x-open-enum"].is_array() || schema["type"] != "string" {
        return None;
    }
    let values = schema.get("enum")?.as_array()?;
    values
        .iter()
        .filter(|value| !value.is_null())
        .map(Value::as_str)
        .collect()
}

fn name_enum(document: &mut Value, pointer: &str) {
    let Some(schema) = document.pointer(pointer).cloned() else {
        return;
    };
    let (Some(values), Value::Object(mut open)) = (string_enum(&schema), schema.clone()) else {
        return;
    };
    let values = distinct_values(values);
    open.insert("enum".to_owned(), json!(values));
    open.insert("x-open-enum".to_owned(), json!(variant_names(&values)));

    let component =
        component_of(pointer).filter(|name| *pointer == child("/components/schemas", name));
    // typify makes a type of its own where the name is not that of the enum.
    let name = match component {
        Some(name) if is_type_name(name) && component_name(&[name]) == name => name.to_owned(),
        Some(name) => Names::of_others(document, name).of_enum(document, pointer, component),
        None => Names::of(document).of_enum(document, pointer, None),
    };
    let path = format!("api::types::{}", component_name(&[&name]));
    open.insert("x-rust-type".to_owned(), rust_type(&path, &[]));
    let nullable = open.shift_remove("nullable") == Some(Value::Bool(true));
    if let Some(component) = component {
        if let Some(place) = document.pointer_mut(pointer) {
            *place = open.into();
        }
        if name != component {
            rename(document, component, &name);
        }
        if nullable {
            let reference = format!("#/components/schemas/{name}");
            make_nullable(document, &reference);
        }
        return;
    }
    let reference = json!({"$ref": format!("#/components/schemas/{name}")});
    let mut wrapper = Map::new();
    for word in ["description", "deprecated"] {
        if let Some(value) = open.get(word) {
            wrapper.insert(word.to_owned(), value.clone());
        }
    }
    // It names the field, and not the type.
    if let Some(name) = open.shift_remove("x-rust-name") {
        wrapper.insert("x-rust-name".to_owned(), name);
    }
    if nullable {
        wrapper.insert("nullable".to_owned(), Value::Bool(true));
    }
    document["components"]["schemas"][&name] = open.into();
    if let Some(place) = document.pointer_mut(pointer) {
        *place = refer(wrapper, reference);
    }
}

/// Calls the component `from` `to`, and leaves it in its place.
pub fn rename(document: &mut Value, from: &str, to: &str) {
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        *schemas = std::mem::take(schemas)
            .into_iter()
            .map(|(name, schema)| {
                if name == from {
                    (to.to_owned(), schema)
                } else {
                    (name, schema)
                }
            })
            .collect();
    }
    let (from, to) = (
        format!("#{}", child("/components/schemas", from)),
        format!("#/components/schemas/{to}"),
    );
    let redirect = |value: &mut Value| {
        if reference(value) == Some(from.as_str()) {
            value["$ref"] = to.as_str().into();
        }
    };
    walk::schemas(document, &mut |schema, _| {
        redirect(schema);
        // A type with parameters refers to them by their schemas.
        let parameters = schema.pointer_mut("/x-rust-type/parameters");
        for parameter in parameters
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            redirect(parameter);
        }
    });
}

/// Lets every place that refers to the component of `target` be null. The component cannot be
/// itself: its type is an enum, which has no value for null.
fn make_nullable(document: &mut Value, target: &str) {
    let mut places = Vec::new();
    walk::schemas(document, &mut |schema, pointer| {
        if reference(schema) == Some(target) {
            places.push(pointer.to_owned());
        }
    });
    for place in places {
        let holder = place.strip_suffix("/allOf/0");
        let holder = holder.and_then(|holder| document.pointer_mut(holder));
        if let Some(Value::Object(holder)) = holder {
            holder.insert("nullable".to_owned(), Value::Bool(true));
        } else if let Some(schema) = document.pointer_mut(&place) {
            *schema = json!({"nullable": true, "allOf": [schema]});
        }
    }
}

/// `values`, each once.
fn distinct_values(values: Vec<&str>) -> Vec<&str> {
    let mut kept: Vec<&str> = Vec::new();
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}

/// The component that the place at `pointer` is part of.
fn component_of(pointer: &str) -> Option<&str> {
    pointer
        .strip_prefix("/components/schemas/")?
        .split('/')
        .next()
}

/// Visits every schema that an answer can hold, the innermost of each tree first.
fn each_answer_schema(document: &mut Value, visit: &mut dyn FnMut(&mut Value, &str)) {
    let reached = reached_components(document, Part::Response);
    each_root(document, Part::Response, &mut |schema, pointer| {
        walk::schema_tree(schema, pointer, visit);
    });
    let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") else {
        return;
    };
    for (name, schema) in schemas {
        if reached.contains(name) {
            walk::schema_tree(schema, &child("/components/schemas", name), visit);
        }
    }
}

/// The components that requests can hold.
fn request_components(document: &mut Value) -> BTreeSet<String> {
    let mut reached = reached_components(document, Part::RequestBody);
    reached.extend(reached_components(document, Part::Parameter));
    reached
}

/// The names of the schemas that parts of this kind lead to.
fn reached_components(document: &mut Value, kind: Part) -> BTreeSet<String> {
    let mut open: Vec<String> = Vec::new();
    each_root(document, kind, &mut |schema, pointer| {
        collect(schema, pointer, &mut open)
    });
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        let pointer = child("/components/schemas", &name);
        if reached.insert(name)
            && let Some(schema) = document.pointer_mut(&pointer)
        {
            collect(schema, &pointer, &mut open);
        }
    }
    reached
}

fn collect(schema: &mut Value, pointer: &str, names: &mut Vec<String>) {
    walk::schema_tree(schema, pointer, &mut |schema, _| {
        names.extend(
            reference(schema)
                .and_then(|r| component(r, "schemas"))
                .map(str::to_owned),
        );
    });
}

/// Visits the schemas that stand directly in parts of this kind.
fn each_root(document: &mut Value, kind: Part, visit: &mut dyn FnMut(&mut Value, &str)) {
    walk::parts(document, &mut |part, value, pointer| {
        if part != kind {
            return;
        }
        if let Some(schema) = value.get_mut("schema") {
            visit(schema, &child(pointer, "schema"));
        }
        let Some(Value::Object(content)) = value.get_mut("content") else {
            return;
        };
        for (name, media_type) in content {
            if let Some(schema) = media_type.get_mut("schema") {
                let pointer = child(&child(pointer, "content"), name);
                visit(schema, &child(&pointer, "schema"));
            }
        }
    });
}
