//! Security schemes and requirements without an equivalent in 3.0.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::{
    openapi::{pointer::child, walk},
    pipeline::notes::Notes,
};

/// Drops `mutualTLS` schemes, and the roles of schemes without scopes.
pub fn lower(document: &mut Value, notes: &mut Notes) {
    let kinds = drop_mutual_tls(document, notes);
    if let Value::Object(root) = &mut *document {
        requirements(root, "", &kinds, notes);
    }
    walk::operations(document, &mut |operation, pointer| {
        requirements(operation, pointer, &kinds, notes);
    });
}

const MUTUAL_TLS: &str = "mutualTLS";

/// Removes the `mutualTLS` schemes, and returns the type of every scheme.
fn drop_mutual_tls(document: &mut Value, notes: &mut Notes) -> HashMap<String, String> {
    let mut kinds = HashMap::new();
    let pointer = "/components/securitySchemes";
    let Some(Value::Object(schemes)) = document.pointer_mut(pointer) else {
        return kinds;
    };
    schemes.retain(|name, scheme| {
        let kind = scheme
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        kinds.insert(name.clone(), kind.to_owned());
        if kind == MUTUAL_TLS {
            let text = "the `mutualTLS` scheme is dropped, with its requirements";
            notes.warn(&child(pointer, name), text);
        }
        kind != MUTUAL_TLS
    });
    kinds
}

fn requirements(
    object: &mut Map<String, Value>,
    pointer: &str,
    kinds: &HashMap<String, String>,
    notes: &mut Notes,
) {
    let pointer = child(pointer, "security");
    let Some(Value::Array(alternatives)) = object.get_mut("security") else {
        return;
    };
    let mut index = 0;
    alternatives.retain_mut(|alternative| {
        let pointer = child(&pointer, &index.to_string());
        index += 1;
        let Value::Object(schemes) = alternative else {
            return true;
        };
        let before = schemes.len();
        schemes.retain(|name, _| kinds.get(name).is_none_or(|kind| kind != MUTUAL_TLS));
        roles(schemes, &pointer, kinds, notes);
        // An empty alternative would mean that no security is required.
        before == schemes.len() || !schemes.is_empty()
    });
}

/// Removes the roles of schemes without scopes, where 3.0 requires an empty list.
fn roles(
    schemes: &mut Map<String, Value>,
    pointer: &str,
    kinds: &HashMap<String, String>,
    notes: &mut Notes,
) {
    for (name, roles) in schemes {
        let scoped = kinds
            .get(name)
            .is_none_or(|kind| matches!(kind.as_str(), "oauth2" | "openIdConnect"));
        if let Value::Array(roles) = roles
            && !scoped
            && !roles.is_empty()
        {
            roles.clear();
            let text = format!("the required roles of `{name}` are dropped");
            notes.warn(&child(pointer, name), text);
        }
    }
}
