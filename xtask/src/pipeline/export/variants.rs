//! Operations of one path and method that differ in their query: `/oauth/access_token#app`.
//!
//! OpenAPI allows one operation for a path and method. Other generators get one operation with the
//! parameters of both.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use serde_json::{Map, Value};

use super::field::{EXPANSION, parameters};
use crate::openapi::walk::METHODS;

/// Merges each path item with a fragment, whose operations expand no field, into that of the same path
/// without a fragment.
pub fn merge_variants(document: &mut Value) -> Result<()> {
    let Some(paths) = document["paths"].as_object().cloned() else {
        return Ok(());
    };
    for (path, item) in &paths {
        let Some((template, _)) = path.split_once('#') else {
            continue;
        };
        for method in METHODS {
            let Some(variant) = item.get(method).filter(|one| one[EXPANSION].is_null()) else {
                continue;
            };
            let Some(base) = paths.get(template).and_then(|base| base.get(method)) else {
                bail!(
                    "`{path}` has a fragment, but `{template}` has no `{method}`; remove the fragment, \
                     or add `{EXPANSION}`"
                );
            };
            let merged = merged(document, base, variant);
            document["paths"][template][method] = merged;
            let rest = document["paths"][path].as_object_mut();
            let is_empty = rest.is_some_and(|rest| {
                rest.shift_remove(method);
                METHODS.iter().all(|method| !rest.contains_key(*method))
            });
            if let (true, Some(paths)) = (is_empty, document["paths"].as_object_mut()) {
                paths.shift_remove(path);
            }
        }
    }
    Ok(())
}

/// Returns `base` with the parameters and the description of `variant`. A parameter is required if
/// both operations require it.
fn merged(document: &Value, base: &Value, variant: &Value) -> Value {
    let (own, other) = (
        parameters(document, base.get("parameters")),
        parameters(document, variant.get("parameters")),
    );
    let required = |list: &[Value]| -> BTreeSet<String> {
        let required = list.iter().filter(|one| one["required"] == true);
        required.map(|one| one["name"].to_string()).collect()
    };
    let both: BTreeSet<_> = &required(&own) & &required(&other);
    let mut all: Map<String, Value> = Map::new();
    for mut parameter in own.into_iter().chain(other) {
        let name = parameter["name"].to_string();
        if let Some(parameter) = parameter.as_object_mut()
            && !both.contains(&name)
        {
            parameter.shift_remove("required");
        }
        all.entry(name).or_insert(parameter);
    }
    let text =
        |operation: &Value, key: &str| operation[key].as_str().unwrap_or_default().to_owned();
    let mut merged = base.clone();
    merged["parameters"] = all.into_iter().map(|(_, parameter)| parameter).collect();
    merged["description"] = format!(
        "{}\n\n{}, with other parameters: {}",
        text(base, "description"),
        text(variant, "summary"),
        text(variant, "description")
    )
    .into();
    merged
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::merge_variants;

    fn document() -> Value {
        let parameter = |name: &str| json!({"name": name, "in": "query", "required": true});
        json!({"paths": {
            "/token": {"get": {
                "operationId": "exchange", "description": "Exchanges a code.",
                "parameters": [parameter("id"), parameter("code")],
            }},
            "/token#app": {"get": {
                "operationId": "app_token", "summary": "Get a token", "description": "For the app.",
                "parameters": [parameter("kind"), parameter("id")],
            }},
            "/x#report": {"get": {"x-field-expansion": "report"}},
        }})
    }

    #[test]
    fn an_operation_with_another_query_becomes_one_with_the_operation_of_its_path() {
        let mut document = document();
        merge_variants(&mut document).unwrap();
        let expected = json!({
            "/token": {"get": {
                "operationId": "exchange",
                "description": "Exchanges a code.\n\nGet a token, with other parameters: For the app.",
                "parameters": [
                    {"name": "id", "in": "query", "required": true},
                    {"name": "code", "in": "query"},
                    {"name": "kind", "in": "query"},
                ],
            }},
            "/x#report": {"get": {"x-field-expansion": "report"}},
        });
        assert_eq!(document["paths"], expected);
    }

    #[test]
    fn refuses_a_fragment_without_an_operation_to_merge_with() {
        let mut document = document();
        document["paths"]["/token"] = json!({"post": {}});
        let error = merge_variants(&mut document).unwrap_err().to_string();
        let expected = "`/token#app` has a fragment, but `/token` has no `get`; remove the fragment, or \
                        add `x-field-expansion`";
        assert_eq!(error, expected);
    }
}
