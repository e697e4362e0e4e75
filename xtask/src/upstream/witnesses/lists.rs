//! Lists with commas, which Meta's documents describe as strings.

use serde_json::{Value, json};

use super::{operations::Pairs, places::target};
use crate::{
    openapi::pointer::{child, follow},
    upstream::meta_page::AVAILABLE,
};

/// Turns each string in the query of `witness` into a list with commas, if `spec` has such a list.
/// Both are sent in the same way. The fields that a page lists become an enum.
pub fn align(witness: &mut Value, spec: &Value, pairs: &Pairs) {
    for (old, new) in pairs.witness.iter().zip(&pairs.spec) {
        let parameters = child(&new.compared_pointer(), "parameters");
        let parameters = spec.pointer(&parameters).and_then(Value::as_array);
        for parameter in parameters.into_iter().flatten() {
            let parameter = follow(spec, parameter);
            let is_list = parameter["in"] == "query" && parameter["explode"] == false;
            if is_list && follow(spec, &parameter["schema"])["type"] == "array" {
                let list = child(&old.compared_pointer(), "parameters");
                turn_into_list(witness, &list, &parameter["name"]);
            }
        }
    }
}

/// Changes the parameter `name` in the list at `pointer`, if it is a string.
fn turn_into_list(document: &mut Value, pointer: &str, name: &Value) {
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
        let mut items = json!({"type": "string"});
        if let Some(names) = parameter.get(AVAILABLE) {
            items["enum"] = names.clone();
        }
        parameter["explode"] = json!(false);
        parameter["schema"] = json!({"type": "array", "items": items});
    }
}
