//! Operations on a field with arguments: `fields=analytics.start(1).end(2)`.
//!
//! The hand-written documents describe the arguments as query parameters, mark the operation with
//! `x-field-expansion`, and tell its path apart by a fragment: `/{WABA-ID}#analytics`. Other generators
//! would send both literally. They get the one parameter `fields` of the request instead, and a path
//! whose parameter has a name of its own.

use serde_json::{Map, Value, json};

use crate::openapi::{pointer, walk::METHODS};

pub const EXPANSION: &str = "x-field-expansion";

/// Replaces each path that has a fragment.
pub fn replace_fragments(document: &mut Value) {
    let Some(paths) = document["paths"].as_object().cloned() else {
        return;
    };
    let mut replaced = Map::new();
    for (path, item) in paths {
        let (path, item) = match path.split_once('#') {
            Some((template, fragment)) => {
                let item = without_fragment(document, fragment, item);
                (template.replace('{', &format!("{{{fragment}-")), item)
            }
            None => (path, item),
        };
        replaced.insert(path, item);
    }
    document["paths"] = replaced.into();
}

/// Returns the path item with renamed path parameters and with operations that have `fields`.
fn without_fragment(document: &Value, fragment: &str, item: Value) -> Value {
    let Value::Object(mut item) = item else {
        return item;
    };
    let shared = parameters(document, item.remove("parameters").as_ref());
    for method in METHODS {
        let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) else {
            continue;
        };
        let Some(Value::String(field)) = operation.remove(EXPANSION) else {
            continue;
        };
        let own = parameters(document, operation.get("parameters"));
        let (arguments, mut others): (Vec<Value>, Vec<Value>) = shared
            .iter()
            .chain(&own)
            .cloned()
            .partition(|parameter| parameter["in"] == "query");
        for parameter in others.iter_mut().filter(|other| other["in"] == "path") {
            let name = parameter["name"].as_str().unwrap_or_default();
            parameter["name"] = format!("{fragment}-{name}").into();
        }
        others.push(fields(document, &field, &arguments));
        operation.insert("parameters".to_owned(), others.into());
    }
    item.into()
}

/// Returns the parameters in a list, with references resolved.
pub fn parameters(document: &Value, list: Option<&Value>) -> Vec<Value> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.map(|parameter| pointer::follow(document, parameter).clone())
        .collect()
}

/// Returns the parameter `fields` for `field` with these arguments.
fn fields(document: &Value, field: &str, arguments: &[Value]) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut required = String::new();
    let mut lines = String::new();
    for argument in arguments {
        let name = text(&argument["name"]);
        let mut line = format!("\n- `{name}`");
        if argument["required"] == true {
            required += &format!(".{name}(…)");
            line += " (required)";
        }
        line += &format!(": {}", text(&argument["description"]));
        if argument["content"].is_object() {
            line += " A JSON array.";
        }
        let schema = pointer::follow(document, &argument["schema"]);
        if let Some(values) = schema["enum"].as_array() {
            let values: Vec<_> = values
                .iter()
                .map(|value| format!("`{}`", text(value)))
                .collect();
            line += &format!(" Values: {}.", values.join(", "));
        }
        lines += &line;
    }
    json!({
        "name": "fields",
        "in": "query",
        "required": true,
        "description": format!(
            "The field `{field}` with its arguments, such as `{field}{required}`. The arguments are:\n{lines}"
        ),
        "schema": {"type": "string", "pattern": format!(r"^{field}(\.[a-z_]+\([^()]*\))+$")},
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::replace_fragments;

    fn document(operation: Value) -> Value {
        json!({
            "paths": {
                "/{ID}": {"get": {"operationId": "get_node"}},
                "/{ID}#report": {"parameters": [{"$ref": "#/components/parameters/ID"}], "get": operation},
                "/{ID}/edge": {"get": {}},
            },
            "components": {
                "parameters": {"ID": {"name": "ID", "in": "path", "required": true}},
                "schemas": {"Size": {"type": "string", "enum": ["DAY", "MONTH"]}},
            },
        })
    }

    #[test]
    fn arguments_of_a_field_become_the_parameter_that_is_sent() {
        let mut document = document(json!({
            "operationId": "get_report",
            "x-field-expansion": "report",
            "parameters": [
                {"name": "start", "in": "query", "required": true, "description": "The start."},
                {"name": "size", "in": "query", "required": true, "description": "The size.",
                    "schema": {"$ref": "#/components/schemas/Size"}},
                {"name": "countries", "in": "query", "description": "The countries.",
                    "content": {"application/json": {"schema": {"type": "array"}}}},
            ],
        }));
        replace_fragments(&mut document);
        let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
        assert_eq!(paths, ["/{ID}", "/{report-ID}", "/{ID}/edge"]);
        let expected = json!({"get": {
            "operationId": "get_report",
            "parameters": [
                {"name": "report-ID", "in": "path", "required": true},
                {
                    "name": "fields",
                    "in": "query",
                    "required": true,
                    "description": "The field `report` with its arguments, such as \
                        `report.start(…).size(…)`. The arguments are:\n\n\
                        - `start` (required): The start.\n\
                        - `size` (required): The size. Values: `DAY`, `MONTH`.\n\
                        - `countries`: The countries. A JSON array.",
                    "schema": {"type": "string", "pattern": r"^report(\.[a-z_]+\([^()]*\))+$"},
                },
            ],
        }});
        assert_eq!(document["paths"]["/{report-ID}"], expected);
    }
}
