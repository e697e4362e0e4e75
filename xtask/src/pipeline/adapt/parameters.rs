//! Parameters: removes those that the client sets itself, makes ids single path segments and
//! arrays comma-separated, and refuses those that progenitor would send incorrectly.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;
use serde_json::{Map, Value, json};

use super::{media::is_json, schemas::rust_type};
use crate::{
    openapi::{
        pointer::follow,
        walk::{self, Part, PathOperation},
    },
    pipeline::notes::Notes,
};

/// The headers that the client sets on every request, in lower case.
pub const CLIENT_HEADERS: [&str; 4] = ["accept", "authorization", "content-type", "user-agent"];

/// Names of other methods and variables in the builder of every operation.
const RESERVED: [&str; 4] = ["header_map", "into_request", "new", "send"];

/// The same for operations with a request body.
const RESERVED_WITH_BODY: [&str; 2] = ["body", "body_map"];

const FIX: &str = "remove or replace the parameter in the overlay";

/// Adapts every parameter of `document`.
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

/// Removes credentials and headers that the client sets itself.
fn remove_client_parameters(document: &mut Value, notes: &mut Notes) {
    let credentials = credential_names(document);
    let before = document.clone();
    walk::parts(document, &mut |part, value, pointer| {
        let (Part::PathItem | Part::Operation, Value::Object(object)) = (part, value) else {
            return;
        };
        let Some(Value::Array(parameters)) = object.get_mut("parameters") else {
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
                        "the parameter {} is removed: the client sends credentials itself",
                        parameter["name"]
                    ),
                );
            }
            !is_credential && !is_client_header(parameter)
        });
        if parameters.is_empty() && count > 0 {
            object.shift_remove("parameters");
        }
    });
}

/// Returns the location and name of each API key: `("header", "x-api-key")`.
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

/// Returns whether `parameter` is one of `credentials` and not a standard header.
fn is_credential(parameter: &Value, credentials: &BTreeSet<(String, String)>) -> bool {
    let (Some(place), Some(name)) = (parameter["in"].as_str(), parameter["name"].as_str()) else {
        return false;
    };
    !is_client_header(parameter)
        && credentials.contains(&(place.to_owned(), name.to_ascii_lowercase()))
}

/// Returns whether `parameter` is a header that the client sets on every request.
fn is_client_header(parameter: &Value) -> bool {
    let name = parameter["name"].as_str().map(str::to_ascii_lowercase);
    parameter["in"] == "header" && name.is_some_and(|name| CLIENT_HEADERS.contains(&name.as_str()))
}

/// Refuses operations whose parameters conflict with their path or with each other.
fn check_operations(document: &Value, notes: &mut Notes) {
    for operation in walk::path_operations(document) {
        let parameters = operation.parameters(document);
        let has_body = operation.value.get("requestBody").is_some();
        refuse_reserved_names(&parameters, has_body, notes);
        let parameters: Vec<&Value> = parameters.into_iter().map(|(_, at)| at).collect();
        refuse_path_mismatches(&operation, &parameters, notes);
        refuse_name_conflicts(&parameters, &operation.pointer(), notes);
    }
}

/// Refuses parameters with a reserved name. Each parameter becomes a method of the operation's
/// builder, and a variable in the code that builds the request.
fn refuse_reserved_names(parameters: &[(String, &Value)], has_body: bool, notes: &mut Notes) {
    for (pointer, parameter) in parameters {
        let Some(name) = parameter["name"].as_str() else {
            continue;
        };
        let method = name.to_snake_case();
        let reserved = RESERVED.contains(&method.as_str())
            || (has_body && RESERVED_WITH_BODY.contains(&method.as_str()));
        if reserved {
            let problem = format!("the parameter name `{name}` is reserved by the generated code");
            notes.refuse(pointer, &problem, "remove the parameter in the overlay");
        }
    }
}

/// Refuses path parameters that are not declared, or declared but not in the path.
fn refuse_path_mismatches(operation: &PathOperation<'_>, parameters: &[&Value], notes: &mut Notes) {
    let pointer = operation.pointer();
    let declared: BTreeSet<&str> = parameters
        .iter()
        .filter(|parameter| parameter["in"] == "path")
        .filter_map(|parameter| parameter["name"].as_str())
        .collect();
    // A fragment tells operations of the same path apart, and is not sent.
    let path = operation.path.split('#').next().unwrap_or_default();
    let fix = "replace it with one parameter in the overlay";
    let mut seen = BTreeSet::new();
    for segment in path
        .split('/')
        .filter(|segment| segment.contains(['{', '}']))
    {
        let name = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match name.filter(|name| !name.is_empty() && !name.contains(['{', '}'])) {
            None => {
                let problem = format!("the path segment `{segment}` is not one parameter");
                notes.refuse(&pointer, &problem, fix);
            }
            Some(name) if !seen.insert(name) => {
                let problem = format!("the path has the parameter `{name}` twice");
                notes.refuse(&pointer, &problem, fix);
            }
            Some(_) => {}
        }
    }
    let used: BTreeSet<&str> = operation.variables().collect();
    for name in used.difference(&declared) {
        notes.refuse(
            &pointer,
            &format!("the path parameter `{name}` is not declared"),
            "declare it in the overlay with `in: path`",
        );
    }
    for name in declared.difference(&used) {
        notes.refuse(
            &pointer,
            &format!("the declared path parameter `{name}` is not in the path"),
            "remove it in the overlay, or correct its name",
        );
    }
}

/// Refuses parameters with the same Rust name, since progenitor ignores their location.
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
                "two parameters have the name `{}`, in different locations",
                Vec::from_iter(spellings).concat()
            ),
            _ => format!("several parameters have the Rust name `{name}`"),
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
            let problem = format!("a parameter in `{place}` is not supported");
            notes.refuse(pointer, &problem, FIX);
            return;
        }
    };
    if let Some(other) = parameter.get("style").filter(|given| *given != style) {
        let problem =
            format!("style {other} of a {place} parameter is not supported: expected \"{style}\"");
        notes.refuse(pointer, &problem, FIX);
        return;
    }
    if place == "path" {
        parameter.insert("required".to_owned(), Value::Bool(true));
    }
    if parameter.contains_key("content") {
        content_to_schema(parameter, pointer, document, notes);
    }
    if let Some(schema) = parameter.get_mut("schema") {
        remove_null(schema, document);
    }
    let Some(schema) = parameter.get("schema").cloned() else {
        if !parameter.contains_key("content") {
            notes.refuse(
                pointer,
                "the parameter has no `schema`",
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
        ("query", _) if is_object(&schema, document) => {
            let problem = "a query parameter of an object is not supported";
            notes.refuse(pointer, problem, FIX);
        }
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
            let kind = other.map_or("without a single type".to_owned(), |kind| {
                format!("of type `{kind}`")
            });
            let problem = format!("a {place} parameter {kind} is not supported");
            notes.refuse(pointer, &problem, FIX);
        }
    }
}

/// Returns whether typify generates a struct for `schema`, for which progenitor panics.
fn is_object(schema: &Value, document: &Value) -> bool {
    let schema = follow(document, schema);
    let parts = schema["allOf"].as_array().into_iter().flatten();
    schema["properties"].is_object() || parts.into_iter().any(|part| is_object(part, document))
}

/// Removes null from the schema of a parameter: callers omit the parameter instead.
fn remove_null(schema: &mut Value, document: &Value) {
    let target = follow(document, schema);
    if target.get("nullable") == Some(&Value::Bool(true)) {
        // A copy, because other places can refer to the component.
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

/// Gives `parameter` the type of a comma-separated list.
fn separate_by_commas(
    parameter: &mut Map<String, Value>,
    list: &Value,
    pointer: &str,
    document: &Value,
    notes: &mut Notes,
) {
    let mut list = list.clone();
    let mut item = list.get("items").cloned().unwrap_or_else(|| json!({}));
    if !can_keep_type(&item, document) {
        notes.warn(
            pointer,
            "the items of the array are strings in Rust: callers convert the values themselves",
        );
        item = json!({"type": "string"});
    }
    list["x-rust-type"] = rust_type("waba::CommaSeparated", &[item]);
    parameter.insert("schema".to_owned(), list);
}

/// Returns whether items of this schema can keep their type: a component that is a scalar, or a
/// string without constraints.
fn can_keep_type(item: &Value, document: &Value) -> bool {
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

/// Replaces JSON `content` by a schema, since progenitor supports no other form: that of a list that
/// is sent as JSON, or of a string.
fn content_to_schema(
    parameter: &mut Map<String, Value>,
    pointer: &str,
    document: &Value,
    notes: &mut Notes,
) {
    let content = parameter["content"].as_object();
    let content = content.filter(|content| content.len() == 1);
    let json = content.and_then(|content| content.iter().find(|(name, _)| is_json(name)));
    let Some((_, media)) = json else {
        let problem = "`content` other than JSON is not supported for a parameter";
        notes.refuse(pointer, problem, "replace it with `schema` in the overlay");
        return;
    };
    let list = follow(document, &media["schema"]).clone();
    let schema = match &list["items"] {
        items if parameter["in"] == "query" && can_be_item(items, document) => {
            let item = rust_type("waba::JsonList", std::slice::from_ref(items));
            let mut list = list;
            list["x-rust-type"] = item;
            list
        }
        _ => {
            let problem =
                "the parameter is a string in Rust: callers serialize the JSON themselves";
            notes.warn(pointer, problem);
            json!({"type": "string"})
        }
    };
    parameter.shift_remove("content");
    parameter.insert("schema".to_owned(), schema);
}

/// Returns whether the items of a list that is sent as JSON can have this schema: a component, or a
/// scalar without constraints.
fn can_be_item(item: &Value, document: &Value) -> bool {
    match item.get("$ref") {
        Some(_) => follow(document, item)["nullable"] != true,
        None => {
            let others = item.as_object().map(|item| item.keys());
            let mut others = others.into_iter().flatten();
            let scalars = ["string", "integer", "number", "boolean"];
            scalars.iter().any(|scalar| item["type"] == *scalar)
                && others.all(|key| key == "type" || key == "description")
        }
    }
}
