//! Widens response schemas to what servers return. Parsing a response fails only for malformed
//! JSON, a value of another type, or a missing required property.

use std::collections::BTreeSet;

use indexmap::IndexSet;
use serde_json::{Map, Value, json};

use super::{
    names::{component_name, variant_names},
    schemas::{is_named_extra, move_to_extension, rust_type},
    unify::Unifier,
};
use crate::{
    openapi::{
        keys,
        names::{Names, is_type_name, type_name},
        pointer::{child, component, reference},
        walk::{self, Part},
    },
    pipeline::notes::Notes,
};

/// Widens every response schema of `document`.
pub fn open(document: &mut Value, notes: &mut Notes) {
    flatten_unions(document, notes);
    let shared = request_components(document);
    each_response_schema(document, &mut |schema, pointer| {
        let Value::Object(schema) = schema else {
            return;
        };
        drop_validation(schema, pointer, &shared, notes);
        if schema.get("type").is_some_and(|given| given == "object")
            || schema.contains_key("properties")
        {
            open_object(schema, pointer, notes);
        }
        open_numbers(schema);
    });
    name_enums(document, notes);
}

/// Replaces unions of objects in responses by one object. With additional properties allowed, the
/// first branch would match every value.
fn flatten_unions(document: &mut Value, notes: &mut Notes) {
    let mut unions = Vec::new();
    each_response_schema(document, &mut |schema, pointer| {
        let combined = ["oneOf", "anyOf", "allOf"].iter().any(|keyword| {
            schema
                .get(*keyword)
                .and_then(Value::as_array)
                .is_some_and(|branches| {
                    branches.len() > 1 || *keyword != "allOf" || schema.get("properties").is_some()
                })
        });
        if combined {
            unions.push(pointer.to_owned());
        }
    });
    let mut unifier = Unifier::new(document);
    for pointer in unions {
        flatten(&mut unifier, &pointer, notes);
    }
}

fn flatten(unifier: &mut Unifier<'_>, pointer: &str, notes: &mut Notes) {
    let Some(Value::Object(schema)) = unifier.document().pointer(pointer).cloned() else {
        return;
    };
    let flat = if let Some(branches) = union_branches(&schema) {
        let (objects, others): (Vec<Value>, Vec<Value>) = branches
            .iter()
            .cloned()
            .partition(|part| unifier.as_object(part).is_some());
        if others.is_empty() || (objects.len() > 1 && !has_common_keywords(&schema)) {
            notes.warn(
                pointer,
                "a union of objects is parsed as one object with all their properties",
            );
            let last = pointer.rsplit('/').next().unwrap_or_default();
            let object = unifier.unify(objects, &component_name(&[last]));
            if others.is_empty() {
                object
            } else {
                let all = [vec![object], others].concat();
                json!({"oneOf": all})
            }
        } else if has_common_keywords(&schema) {
            return;
        } else {
            one_of_scalars(&schema, &branches)
        }
    } else {
        match unifier.as_object(&Value::Object(schema.clone())) {
            Some(object) => Value::Object(object),
            None => return,
        }
    };
    if let Some(place) = unifier.document().pointer_mut(pointer) {
        *place = keep_annotations(&schema, flat);
    }
}

/// The keywords beside a union that describe the properties of every branch.
const COMMON_KEYWORDS: [&str; 5] = [
    "additionalProperties",
    "allOf",
    "properties",
    "required",
    "type",
];

/// Returns whether `schema` has keywords that apply to every branch of its union.
fn has_common_keywords(schema: &Map<String, Value>) -> bool {
    keys::has_any(schema, &COMMON_KEYWORDS)
}

/// Returns the branches of the union of `schema`, each combined with the common keywords.
fn union_branches(schema: &Map<String, Value>) -> Option<Vec<Value>> {
    let branches = match (schema.get("oneOf"), schema.get("anyOf")) {
        (Some(branches), None) | (None, Some(branches)) => branches.as_array()?,
        _ => return None,
    };
    let common = keys::pick(schema, &COMMON_KEYWORDS);
    let kind = common.get("type");
    if kind.is_some_and(|kind| kind != "object") {
        return None;
    }
    // `type: object` alone adds nothing to the branches.
    if common.len() == usize::from(kind.is_some()) {
        return Some(branches.clone());
    }
    let common = Value::Object(common);
    let joined = |part: &Value| json!({"allOf": [common, part]});
    Some(branches.iter().map(joined).collect())
}

/// Returns the union of scalars as `oneOf`, the only form that typify supports, or as a string if
/// all branches are strings.
fn one_of_scalars(schema: &Map<String, Value>, branches: &[Value]) -> Value {
    if branches.iter().all(|part| part["type"] == "string") {
        return json!({"type": "string"});
    }
    let mut schema = schema.clone();
    if let Some(branches) = schema.shift_remove("anyOf") {
        schema.insert("oneOf".to_owned(), branches);
    }
    schema.into()
}

/// Returns `flat` with the description and nullability of `schema`, which it replaces.
fn keep_annotations(schema: &Map<String, Value>, flat: Value) -> Value {
    let mut kept = keys::pick(schema, &["description", "nullable", "x-rust-name"]);
    match flat {
        Value::Object(flat) if !flat.contains_key("$ref") => {
            for (keyword, value) in flat {
                kept.entry(keyword).or_insert(value);
            }
            kept.into()
        }
        reference => wrap_reference(kept, reference),
    }
}

/// Returns `reference`, wrapped in `allOf` if there are `annotations`.
fn wrap_reference(mut annotations: Map<String, Value>, reference: Value) -> Value {
    if annotations.is_empty() {
        return reference;
    }
    annotations.insert("allOf".to_owned(), json!([reference]));
    annotations.into()
}

/// Drops validation keywords: the client does not validate responses.
fn drop_validation(
    schema: &mut Map<String, Value>,
    pointer: &str,
    shared: &BTreeSet<String>,
    notes: &mut Notes,
) {
    let is_shared = component_of(pointer).is_some_and(|name| shared.contains(name));
    schema.retain(|keyword, _| {
        let is_dropped = match keyword.as_str() {
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => true,
            "minItems" | "maxItems" | "minLength" | "maxLength" => true,
            "minProperties" | "maxProperties" => true,
            "multipleOf" | "not" | "pattern" | "uniqueItems" => true,
            _ => false,
        };
        if is_dropped && is_shared {
            let text = format!("`{keyword}` is not validated: responses use the same schema");
            notes.warn(pointer, text);
        }
        !is_dropped
    });
}

/// Allows additional properties.
fn open_object(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        if is_closed {
            schema.shift_remove("additionalProperties");
        }
        return;
    };
    let is_extra_declared = properties.keys().any(|name| is_named_extra(name));
    for (name, property) in properties {
        let Value::Object(property) = property else {
            continue;
        };
        let is_string = property.get("type").is_some_and(|given| given == "string")
            && !property.contains_key("enum")
            && !property.contains_key("format")
            && !property.contains_key("x-rust-type");
        if is_string && (name == "id" || name.ends_with("_id")) {
            property.insert("x-rust-type".to_owned(), rust_type("waba::Id", &[]));
        }
    }
    if is_extra_declared {
        notes.warn(
            pointer,
            "the client discards additional properties: a property already uses their field name `extra`",
        );
        schema.shift_remove("additionalProperties");
    } else if !matches!(schema.get("additionalProperties"), Some(Value::Object(_))) {
        schema.insert("additionalProperties".to_owned(), json!({}));
    }
}

/// Accepts numbers of any size, and values that are not in the `enum` of a number or boolean.
fn open_numbers(schema: &mut Map<String, Value>) {
    let kind = schema.get("type").and_then(Value::as_str);
    let is_number = matches!(kind, Some("integer" | "number"));
    let is_boolean = kind == Some("boolean");
    if is_number {
        move_to_extension(schema, "format", "x-format");
    }
    if is_number || is_boolean {
        move_to_extension(schema, "enum", "x-enum");
    }
}

/// Turns string enums into components with variant names, from which build.rs generates enums that
/// accept any value.
///
/// These are the enums of responses, those marked `x-open-enum: true`, and those whose values
/// typify cannot name.
fn name_enums(document: &mut Value, notes: &mut Notes) {
    let mut enums = Vec::new();
    each_response_schema(document, &mut |schema, pointer| {
        if string_enum(schema).is_some() {
            enums.push(pointer.to_owned());
        }
    });
    walk::schemas(document, &mut |schema, pointer| {
        if schema.get("x-open-enum") == Some(&Value::Bool(true)) {
            enums.push(pointer.to_owned());
        } else if string_enum(schema).is_some_and(|values| !have_distinct_names(&values))
            && !enums.iter().any(|other| other == pointer)
        {
            notes.warn(
                pointer,
                "the enum accepts any string: some of its values have the same Rust name",
            );
            enums.push(pointer.to_owned());
        }
    });
    for pointer in enums {
        name_enum(document, &pointer);
    }
}

/// Returns whether typify generates a different name for each of `values`.
fn have_distinct_names(values: &[&str]) -> bool {
    let names: BTreeSet<String> = values.iter().map(|value| type_name(value)).collect();
    names.len() == values.len()
}

/// Returns the values of `schema` if it is a string enum without variant names.
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
    let (Some(values), Value::Object(mut open_enum)) = (string_enum(&schema), schema.clone())
    else {
        return;
    };
    let values: Vec<&str> = IndexSet::<&str>::from_iter(values).into_iter().collect();
    open_enum.insert("enum".to_owned(), json!(values));
    open_enum.insert("x-open-enum".to_owned(), json!(variant_names(&values)));

    let component =
        component_of(pointer).filter(|name| *pointer == child("/components/schemas", name));
    // typify generates a second type if the component and the enum have different names.
    let name = match component {
        Some(name) if is_type_name(name) && component_name(&[name]) == name => name.to_owned(),
        Some(name) => Names::of_others(document, name).for_enum(document, pointer, component),
        None => Names::of(document).for_enum(document, pointer, None),
    };
    let path = format!("api::types::{}", component_name(&[&name]));
    open_enum.insert("x-rust-type".to_owned(), rust_type(&path, &[]));
    let nullable = open_enum.shift_remove("nullable") == Some(Value::Bool(true));
    if let Some(component) = component {
        if let Some(place) = document.pointer_mut(pointer) {
            *place = open_enum.into();
        }
        if name != component {
            rename_component(document, component, &name);
        }
        if nullable {
            let reference = format!("#/components/schemas/{name}");
            make_nullable(document, &reference);
        }
        return;
    }
    let reference = keys::reference_to(format!("#/components/schemas/{name}"));
    let mut wrapper = keys::pick(&open_enum, &["description", "deprecated", "x-rust-name"]);
    // It names the field, and not the type.
    open_enum.shift_remove("x-rust-name");
    if nullable {
        wrapper.insert("nullable".to_owned(), Value::Bool(true));
    }
    document["components"]["schemas"][&name] = open_enum.into();
    if let Some(place) = document.pointer_mut(pointer) {
        *place = wrap_reference(wrapper, reference);
    }
}

/// Renames the component `from` to `to`, in its position.
pub fn rename_component(document: &mut Value, from: &str, to: &str) {
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        let schema = schemas.get(from).cloned().unwrap_or_default();
        keys::rename(schemas, from, to, schema);
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
        // The parameters of a type are schemas, too.
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

/// Makes every reference to `target` nullable. The component itself cannot be: its Rust enum has
/// no variant for null.
fn make_nullable(document: &mut Value, target: &str) {
    let mut places = Vec::new();
    walk::schemas(document, &mut |schema, pointer| {
        if reference(schema) == Some(target) {
            places.push(pointer.to_owned());
        }
    });
    for place in places {
        let wrapper = place.strip_suffix("/allOf/0");
        let wrapper = wrapper.and_then(|wrapper| document.pointer_mut(wrapper));
        if let Some(Value::Object(wrapper)) = wrapper {
            wrapper.insert("nullable".to_owned(), Value::Bool(true));
        } else if let Some(schema) = document.pointer_mut(&place) {
            *schema = json!({"nullable": true, "allOf": [schema]});
        }
    }
}

/// Returns the name of the component that contains `pointer`.
fn component_of(pointer: &str) -> Option<&str> {
    pointer
        .strip_prefix("/components/schemas/")?
        .split('/')
        .next()
}

/// Visits every schema that a response uses, the innermost of each tree first.
fn each_response_schema(document: &mut Value, visit: &mut dyn FnMut(&mut Value, &str)) {
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

/// Returns the names of the components that requests use.
fn request_components(document: &mut Value) -> BTreeSet<String> {
    let mut reached = reached_components(document, Part::RequestBody);
    reached.extend(reached_components(document, Part::Parameter));
    reached
}

/// Returns the names of the components that parts of this kind use.
fn reached_components(document: &mut Value, kind: Part) -> BTreeSet<String> {
    let mut pending: Vec<String> = Vec::new();
    each_root(document, kind, &mut |schema, pointer| {
        collect_references(schema, pointer, &mut pending)
    });
    if kind == Part::Response {
        pending.extend(webhook_components(document));
    }
    let mut reached = BTreeSet::new();
    while let Some(name) = pending.pop() {
        let pointer = child("/components/schemas", &name);
        if reached.insert(name)
            && let Some(schema) = document.pointer_mut(&pointer)
        {
            collect_references(schema, &pointer, &mut pending);
        }
    }
    reached
}

/// Returns the names of the components with `x-webhook`. No operation refers to them, because the server
/// sends them in requests of its own.
fn webhook_components(document: &Value) -> Vec<String> {
    let schemas = document["components"]["schemas"].as_object();
    let schemas = schemas.into_iter().flatten();
    let webhooks = schemas.filter(|(_, schema)| schema.get("x-webhook").is_some());
    webhooks.map(|(name, _)| name.clone()).collect()
}

fn collect_references(schema: &mut Value, pointer: &str, names: &mut Vec<String>) {
    walk::schema_tree(schema, pointer, &mut |schema, _| {
        names.extend(
            reference(schema)
                .and_then(|r| component(r, "schemas"))
                .map(str::to_owned),
        );
    });
}

/// Visits the schemas directly in parts of this kind.
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
