//! Parameters: those that the client sets itself go, ids become single path segments, lists get
//! their commas, and what progenitor would send wrongly is refused.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::schemas::rust_type;
use crate::{
    notes::Notes,
    pointer::{child, follow},
    walk::{self, Part},
};

/// The headers that every request has anyway, in lower case.
const SET_BY_CLIENT: [&str; 4] = ["accept", "authorization", "content-type", "user-agent"];

const WAY_OUT: &str = "remove the parameter in the overlay, or replace it by one that it can send";

/// Fits every parameter of `document`.
pub fn fit(document: &mut Value, notes: &mut Notes) {
    drop_those_of_client(document);
    check_operations(document, notes);

    let before = document.clone();
    walk::parts(document, &mut |part, value, pointer| {
        if let (Part::Parameter, Value::Object(parameter)) = (part, value)
            && !parameter.contains_key("$ref")
        {
            fit_parameter(parameter, pointer, &before, notes);
        }
    });
}

/// Removes the parameters by which a document spells out authentication and the like.
fn drop_those_of_client(document: &mut Value) {
    let credentials = credential_names(document);
    let before = document.clone();
    walk::parts(document, &mut |part, value, _| {
        let (Part::PathItem | Part::Operation, Value::Object(holder)) = (part, value) else {
            return;
        };
        let Some(Value::Array(parameters)) = holder.get_mut("parameters") else {
            return;
        };
        let count = parameters.len();
        parameters.retain(|parameter| !is_set_by_client(follow(&before, parameter), &credentials));
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

fn is_set_by_client(parameter: &Value, credentials: &BTreeSet<(String, String)>) -> bool {
    let (Some(place), Some(name)) = (parameter["in"].as_str(), parameter["name"].as_str()) else {
        return false;
    };
    let name = name.to_ascii_lowercase();
    (place == "header" && SET_BY_CLIENT.contains(&name.as_str()))
        || credentials.contains(&(place.to_owned(), name))
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
            let parameters: Vec<&Value> = [&item["parameters"], &operation["parameters"]]
                .into_iter()
                .filter_map(Value::as_array)
                .flatten()
                .map(|parameter| follow(document, parameter))
                .collect();
            check_path(path, &parameters, &pointer, notes);
            check_names(&parameters, &pointer, notes);
        }
    }
}

/// Every parameter in the path has to be declared, and the other way round.
fn check_path(path: &str, parameters: &[&Value], pointer: &str, notes: &mut Notes) {
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

/// progenitor tells parameters apart by name alone.
fn check_names(parameters: &[&Value], pointer: &str, notes: &mut Notes) {
    let mut places: BTreeSet<(&str, &str)> = BTreeSet::new();
    for parameter in parameters {
        if let (Some(name), Some(place)) = (parameter["name"].as_str(), parameter["in"].as_str()) {
            places.insert((name, place));
        }
    }
    let names: BTreeSet<&str> = places.iter().map(|(name, _)| *name).collect();
    for name in names {
        if places.iter().filter(|(other, _)| *other == name).count() > 1 {
            let construct = format!("two parameters are called `{name}`, in different places");
            notes.refuse(pointer, &construct, "remove one of them in the overlay");
        }
    }
}

fn fit_parameter(
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
            let construct = format!("a parameter in `{place}` cannot be sent");
            notes.refuse(pointer, &construct, WAY_OUT);
            return;
        }
    };
    if let Some(other) = parameter.get("style").filter(|given| *given != style) {
        let construct = format!("a {place} parameter of style {other} cannot be sent");
        notes.refuse(pointer, &construct, WAY_OUT);
        return;
    }
    if place == "path" {
        parameter.insert("required".to_owned(), Value::Bool(true));
    }
    if parameter.contains_key("content") {
        content_to_schema(parameter, pointer, notes);
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
        ("header", Some("array")) => separate_by_commas(parameter, resolved, pointer, notes),
        ("query", Some("array")) if parameter.get("explode") == Some(&Value::Bool(false)) => {
            separate_by_commas(parameter, resolved, pointer, notes);
        }
        ("query", _) => {}
        (place, other) => {
            let kind = other.unwrap_or("no single type");
            let construct = format!("a {place} parameter whose schema is of {kind}");
            notes.refuse(pointer, &construct, WAY_OUT);
        }
    }
}

/// Makes the type of `parameter` the list that writes itself with commas.
fn separate_by_commas(
    parameter: &mut Map<String, Value>,
    list: &Value,
    pointer: &str,
    notes: &mut Notes,
) {
    let mut list = list.clone();
    let mut item = list.get("items").cloned().unwrap_or_else(|| json!({}));
    if item.get("$ref").is_none() && item["type"] != "string" || item.get("enum").is_some() {
        // Only a component has a name that the list's type can be given.
        notes.weaken(pointer, "the items of the list are given as text");
        item = json!({"type": "string"});
    }
    list["x-rust-type"] = rust_type("waba::CommaSeparated", &[item]);
    parameter.insert("schema".to_owned(), list);
}

/// A parameter whose `content` is JSON is text to progenitor.
fn content_to_schema(parameter: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let is_json = parameter["content"]
        .as_object()
        .is_some_and(|content| content.len() == 1 && content.contains_key("application/json"));
    if is_json {
        parameter.shift_remove("content");
        parameter.insert("schema".to_owned(), json!({"type": "string"}));
        notes.weaken(pointer, "a parameter of JSON is given as text");
    } else {
        let construct = "a parameter with `content` other than JSON";
        notes.refuse(
            pointer,
            construct,
            "give it a `schema` instead, in the overlay",
        );
    }
}
