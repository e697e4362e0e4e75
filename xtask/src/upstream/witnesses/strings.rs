//! Parameters with a structure that Meta's documents describe as strings: lists with commas, and JSON.

use serde_json::{Value, json};

use super::{operations::Pairs, places::target};
use crate::{
    openapi::pointer::{child, follow},
    upstream::meta_page::AVAILABLE,
};

const JSON: &str = "application/json";

/// Turns each string in the query of `witness` into a list with commas or into JSON, if `spec` has it.
/// Both are sent in the same way. The fields that a page lists become an enum.
pub fn align(witness: &mut Value, spec: &Value, pairs: &Pairs) {
    for pair in &pairs.pairs {
        let parameters = child(&pair.spec.pointer(), "parameters");
        let parameters = spec.pointer(&parameters).and_then(Value::as_array);
        for parameter in parameters.into_iter().flatten() {
            let parameter = follow(spec, parameter);
            if parameter["in"] != "query" {
                continue;
            }
            let is_array = follow(spec, &parameter["schema"])["type"] == "array";
            let turn = match &parameter["content"] {
                Value::Object(content) if content.contains_key(JSON) => into_json,
                Value::Null if is_array && parameter["explode"] == false => into_list,
                _ => continue,
            };
            let list = child(&pair.witness.pointer(), "parameters");
            turn_string(witness, &list, &parameter["name"], turn);
        }
    }
}

/// Changes the parameter `name` in the list at `pointer` with `turn`, if it is a string.
fn turn_string(document: &mut Value, pointer: &str, name: &Value, turn: fn(&mut Value)) {
    let list = document.pointer(pointer).and_then(Value::as_array);
    let index = list.and_then(|list| {
        let mut list = list.iter().map(|parameter| follow(document, parameter));
        list.position(|parameter| parameter["in"] == "query" && parameter["name"] == *name)
    });
    let Some(index) = index else {
        return;
    };
    let pointer = target(document, &child(pointer, &index.to_string()));
    let Some(parameter) = document.pointer_mut(&pointer) else {
        return;
    };
    if parameter["schema"]["type"] == "string" && parameter["schema"].get("enum").is_none() {
        turn(parameter);
    }
}

fn into_list(parameter: &mut Value) {
    let mut items = json!({"type": "string"});
    if let Some(names) = parameter.get(AVAILABLE) {
        items["enum"] = names.clone();
    }
    parameter["explode"] = json!(false);
    parameter["schema"] = json!({"type": "array", "items": items});
}

fn into_json(parameter: &mut Value) {
    if let Some(parameter) = parameter.as_object_mut() {
        parameter.remove("schema");
        parameter.insert("content".to_owned(), json!({ JSON: {"schema": {}} }));
    }
}
