//! Parameters: those that the client sets itself go, ids become single path segments, lists get
//! their commas, and what progenitor would send wrongly is refused.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;
use serde_json::{Map, Value, json};

use super::{media::is_json, schemas::rust_type};
use crate::{
    openapi::{
        pointer::{child, follow},
        walk::{self, Part},
    },
    pipeline::notes::Notes,
};

/// The headers that every request has anyway, in lower case.
const CLIENT_HEADERS: [&str; 4] = ["accept", "authorization", "content-type", "user-agent"];

/// What else the builder of every operation has by these names, and of those with a body.
const RESERVED: [&str; 4] = ["header_map", "into_request", "new", "send"];
const RESERVED_WITH_BODY: [&str; 2] = ["body", "body_map"];

const FIX: &str = "remove the parameter in the overlay, or replace it by one that it can send";

/// Fits every parameter of `document`.
pub fn adapt(document: &mut Value, notes: &mut Notes) {
    remove_client_parameters(document, notes);
    check_operations(document, notes);

    let before = document.clone();
    walk::parts(document, &mut |part, value, pointer| {
        if let (Part::Parameter, Value::Object(parameter)) = (part, value)
            && !parameter.contains_key("$ref")
        {
            adapt_parameter(parameter, pointer, &before, notes);
        }
    });
}

/// Removes the parameters by which a document spells out authentication and the like.
fn remove_client_parameters(document: &mut Value, notes: &mut Notes) {
    let credentials = credential_names(document);
    let before = document.clone();
    walk::parts(document, &mut |part, value, pointer| {
        let (Part::PathItem | Part::Operation, Value::Object(holder)) = (part, value) else {
            return;
        };
        let Some(Value::Array(parameters)) = holder.get_mut("parameters") else {
            return;
        };
        let count = parameters.len();
        parameters.retain(|parameter| {
            let parameter = follow(&before, parameter);
            let is_credential = is_credential(parameter, &credentials);
            if is_credential {
                notes.warn(
                    pointer,
                    format!(
                        "the parameter {} is not sent, as it is a credential",
                        parameter["name"]
                    ),
                );
            }
            !is_credential && !is_client_header(parameter)
        });
        if parameters.is_empty() && count > 0 {
            holder.shift_remove("parameters");
        }
    });
}

/// Where and by what names the API takes keys: `("header", "x-api-key")`.
fn credential_names(document: &Value) -> BTreeSet<(String, String)> {
    let schemes = document
        .pointer("/components/securitySchemes")
        .and_then(Value::as_object);
    schemes
        .into_iter()
        .flat_map(Map::values)
        .filter(|scheme| scheme["type"] == "apiKey")
        .filter_map(|scheme| {
            let place = scheme["in"].as_str()?.to_owned();
            Some((place, scheme["name"].as_str()?.to_ascii_lowercase()))
        })
        .collect()
}

/// Whether `parameter` is one of `credentials`, other than those that every client has.
fn is_credential(parameter: &Value, credentials: &BTreeSet<(String, String)>) -> bool {
    let (Some(place), Some(name)) = (parameter["in"].as_str(), parameter["name"].as_str()) else {
        return false;
    };
    !is_client_header(parameter)
        && credentials.contains(&(place.to_owned(), name.to_ascii_lowercase()))
}

/// Whether `parameter` is a header that every request has anyway.
fn is_client_header(parameter: &Value) -> bool {
    let name = parameter["name"].as_str().map(str::to_ascii_lowercase);
    parameter["in"] == "header" && name.is_some_and(|name| CLIENT_HEADERS.contains(&name.as_str()))
}

/// Refuses operations whose parameters do not fit their path or each other.
fn check_operations(document: &Value, notes: &mut Notes) {
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let item_pointer = child("/paths", path);
        for method in walk::METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let pointer = child(&item_pointer, method);
            let mut parameters: Vec<(String, &Value)> = Vec::new();
            for (holder, at) in [(item, &item_pointer), (operation, &pointer)] {
                let list = holder.get("parameters").and_then(Value::as_array);
                for (index, parameter) in list.into_iter().flatten().enumerate() {
                    let place = child(&child(at, "parameters"), &index.to_string());
                    parameters.push((place, follow(document, parameter)));
                }
            }
            let has_body = operation.get("requestBody").is_some();
            refuse_reserved_names(&parameters, has_body, notes);
            let parameters: Vec<&Value> = parameters.into_iter().map(|(_, at)| at).collect();
            refuse_path_mismatches(path, &parameters, &pointer, notes);
            refuse_name_conflicts(&parameters, &pointer, notes);
        }
    }
}

/// Each parameter becomes a method of the operation's builder, and a variable where its request is made.
fn refuse_reserved_names(parameters: &[(String, &Value)], has_body: bool, notes: &mut Notes) {
    for (pointer, parameter) in parameters {
        let Some(name) = parameter["name"].as_str() else {
            continue;
        };
        let method = name.to_snake_case();
        let reserved = RESERVED.contains(&method.as_str())
            || (has_body && RESERVED_WITH_BODY.contains(&method.as_str()));
        if reserved {
            let problem =
                format!("the parameter `{name}` has a name that the generated code uses itself");
            notes.refuse(pointer, &problem, "remove it in the overlay");
        }
    }
}

/// Every parameter in the path has to be declared, and the other way round.
fn refuse_path_mismatches(path: &str, parameters: &[&Value], pointer: &str, notes: &mut Notes) {
    let declared: BTreeSet<&str> = parameters
        .iter()
        .filter(|parameter| parameter["in"] == "path")
        .filter_map(|parameter| parameter["name"].as_str())
        .collect();
    let used: BTreeSet<&str> = path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
        .collect();
    for name in used.difference(&declared) {
        notes.refuse(
            pointer,
            &format!("the path's `{{{name}}}` is not among the parameters"),
            "declare it in the overlay with `in: path`",
        );
    }
    for name in declared.difference(&used) {
        notes.refuse(
            pointer,
            &format!("the path parameter `{name}` is not in the path"),
            "remove it in the overlay, or correct its name",
        );
    }
}

/// progenitor tells parameters apart by name alone, as it is in Rust.
fn refuse_name_conflicts(parameters: &[&Value], pointer: &str, notes: &mut Notes) {
    let mut names: BTreeMap<String, BTreeSet<(&str, &str)>> = BTreeMap::new();
    for parameter in parameters {
        if let (Some(name), Some(place)) = (parameter["name"].as_str(), parameter["in"].as_str()) {
            let same = names.entry(name.to_snake_case()).or_default();
            same.insert((name, place));
        }
    }
    for (name, places) in names.iter().filter(|(_, places)| places.len() > 1) {
        let spellings: BTreeSet<&str> = places.iter().map(|(name, _)| *name).collect();
        let problem = match spellings.len() {
            1 => format!(
                "two parameters are called `{}`, in different places",
                Vec::from_iter(spellings).concat()
            ),
            _ => format!("several parameters would be called `{name}` in Rust"),
        };
        notes.refuse(pointer, &problem, "remove one of them in the overlay");
    }
}

fn adapt_parameter(
    parameter: &mut Map<String, Value>,
    pointer: &str,
    document: &Value,
    notes: &mut Notes,
) {
    let place = parameter
        .get("in")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let style = match place.as_str() {
        "path" | "header" => "simple",
        "query" => "form",
        _ => {
            let problem = format!("a parameter in `{place}` cannot be sent");
            notes.refuse(pointer, &problem, FIX);
            return;
        }
    };
    if let Some(other) = parameter.get("style").filter(|given| *given != style) {
        let problem = format!("a {place} parameter of style {other} cannot be sent");
        notes.refuse(pointer, &problem, FIX);
        return;
    }
    if place == "path" {
        parameter.insert("required".to_owned(), Value::Bool(true));
    }
    if parameter.contains_key("content") {
        content_to_schema(parameter, pointer, notes);
    }
    if let Some(schema) = parameter.get_mut("schema") {
        remove_null(schema, document);
    }
    let Some(schema) = parameter.get("schema").cloned() else {
        if !parameter.contains_key("content") {
            notes.refuse(
                pointer,
                "a parameter without a schema",
                "add one in the overlay",
            );
        }
        return;
    };
    if schema.get("x-rust-type").is_some() {
        return;
    }
    let resolved = follow(document, &schema);
    match (place.as_str(), resolved["type"].as_str()) {
        ("path", Some("string")) if resolved.get("enum").is_none() => {
            let mut segment = resolved.clone();
            segment["x-rust-type"] = rust_type("waba::PathSegment", &[]);
            parameter.insert("schema".to_owned(), segment);
        }
        ("path", Some("string" | "integer" | "number" | "boolean")) => {}
        ("header", Some("string" | "integer" | "number" | "boolean")) => {}
        ("header", Some("array")) => {
            separate_by_commas(parameter, resolved, pointer, document, notes)
        }
        ("query", Some("array")) if parameter.get("explode") == Some(&Value::Bool(false)) => {
            separate_by_commas(parameter, resolved, pointer, document, notes);
        }
        ("query", _) => {}
        (place, other) => {
            let kind = other.unwrap_or("no single type");
            let problem = format!("a {place} parameter whose schema is of {kind}");
            notes.refuse(pointer, &problem, FIX);
        }
    }
}

/// Takes null out of what a parameter can be: one that is null is left out.
fn remove_null(schema: &mut Value, document: &Value) {
    let target = follow(document, schema);
    if target.get("nullable") == Some(&Value::Bool(true)) {
        // The component stays as it is for others.
        *schema = target.clone();
    }
    let Value::Object(schema) = schema else {
        return;
    };
    if schema.shift_remove("nullable").is_some()
        && let Some(Value::Array(values)) = schema.get_mut("enum")
    {
        values.retain(|value| !value.is_null());
    }
}

/// Makes the type of `parameter` the list that writes itself with commas.
fn separate_by_commas(
    parameter: &mut Map<String, Value>,
    list: &Value,
    pointer: &str,
    document: &Value,
    notes: &mut Notes,
) {
    let mut list = list.clone();
    let mut item = list.get("items").cloned().unwrap_or_else(|| json!({}));
    if !has_string_form(&item, document) {
        notes.warn(pointer, "the items of the list are given as text");
        item = json!({"type": "string"});
    }
    list["x-rust-type"] = rust_type("waba::CommaSeparated", &[item]);
    parameter.insert("schema".to_owned(), list);
}

/// Whether an item of this schema can be given as what it is: it is one that writes itself as
/// text and has a name, which only a component has, or is plain text.
fn has_string_form(item: &Value, document: &Value) -> bool {
    let target = follow(document, item);
    if target["nullable"] == true {
        return false;
    }
    match item.get("$ref") {
        Some(_) => matches!(
            target["type"].as_str(),
            Some("string" | "integer" | "number")
        ),
        None => {
            let bounds = ["enum", "maxLength", "minLength"];
            item["type"] == "string" && bounds.iter().all(|bound| item.get(bound).is_none())
        }
    }
}

/// A parameter whose `content` is JSON is text to progenitor.
fn content_to_schema(parameter: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let is_json = parameter["content"]
        .as_object()
        .is_some_and(|content| content.len() == 1 && content.keys().all(|name| is_json(name)));
    if is_json {
        parameter.shift_remove("content");
        parameter.insert("schema".to_owned(), json!({"type": "string"}));
        notes.warn(pointer, "a parameter of JSON is given as text");
    } else {
        let problem = "a parameter with `content` other than JSON";
        notes.refuse(
            pointer,
            problem,
            "give it a `schema` instead, in the overlay",
        );
    }
}
