//! Sample values of a schema, for tests of the generated code.

use serde_json::{Map, Value, json};

use crate::openapi::pointer::{follow, reference};

/// Returns a value that `schema` of the prepared `document` allows, with every property set. A
/// string without an enum has the value `name`.
pub fn of(document: &Value, schema: &Value, name: &str) -> Value {
    sample(document, schema, name, &mut Vec::new()).unwrap_or(Value::Null)
}

/// Returns a request body that has only the required properties of this schema.
pub fn minimal_body(document: &Value, schema: &Value) -> Value {
    let mut body = of(document, schema, "body");
    let schema = follow(document, schema);
    if let (Value::Object(properties), Some(all)) = (&mut body, schema["properties"].as_object())
        && schema["minProperties"].is_null()
    {
        let required = schema["required"].as_array();
        let is_required =
            |name: &String| required.is_some_and(|names| names.contains(&json!(name)));
        properties.retain(|name, _| is_required(name) || !all.contains_key(name));
    }
    body
}

/// Returns `None` for a schema that contains itself.
fn sample<'d>(
    document: &'d Value,
    schema: &'d Value,
    name: &str,
    within: &mut Vec<&'d str>,
) -> Option<Value> {
    if let Some(reference) = reference(schema) {
        if within.contains(&reference) {
            return None;
        }
        within.push(reference);
        let value = sample(document, follow(document, schema), name, within);
        within.pop();
        return value;
    }
    if let Some(value) = schema["enum"].as_array().and_then(|values| values.first()) {
        return Some(value.clone());
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut all: Option<Map<String, Value>> = None;
        let mut other = None;
        for part in parts {
            match sample(document, part, name, within)? {
                Value::Object(properties) => all.get_or_insert_default().extend(properties),
                value => other = other.or(Some(value)),
            }
        }
        // Beside an object, a part that allows any value adds nothing.
        return all.map(Value::Object).or(other);
    }
    for union in ["oneOf", "anyOf"] {
        if let Some(variants) = schema[union].as_array() {
            let mut variants = variants.iter();
            return variants.find_map(|variant| sample(document, variant, name, within));
        }
    }
    match schema["type"].as_str() {
        Some("boolean") => Some(json!(true)),
        Some("integer") => Some(integer(schema)),
        Some("number") => Some(schema.get("minimum").cloned().unwrap_or(json!(1.5))),
        Some("array") => {
            let items = sample(document, &schema["items"], name, within);
            let least = schema["minItems"].as_u64().unwrap_or(1).max(1);
            let item = |_| items.clone();
            Some((0..least).map_while(item).collect())
        }
        Some("object") => object(document, schema, within).map(Value::Object),
        Some("string") => Some(string(schema, name)),
        _ if schema["properties"].is_object() => {
            object(document, schema, within).map(Value::Object)
        }
        _ => Some(json!(name)),
    }
}

fn object<'d>(
    document: &'d Value,
    schema: &'d Value,
    within: &mut Vec<&'d str>,
) -> Option<Map<String, Value>> {
    let mut object = Map::new();
    let required = schema["required"].as_array();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        match sample(document, property, name, within) {
            Some(value) => {
                object.insert(name.clone(), value);
            }
            None if required.is_some_and(|names| names.contains(&json!(name))) => return None,
            None => {}
        }
    }
    Some(object)
}

/// Returns `name` with a length that the schema allows.
fn string(schema: &Value, name: &str) -> Value {
    let least = schema["minLength"].as_u64().unwrap_or_default() as usize;
    let most = schema["maxLength"].as_u64().unwrap_or(u64::MAX) as usize;
    let filler = std::iter::repeat('x');
    let length = name.chars().count().clamp(least, most.max(least));
    json!(name.chars().chain(filler).take(length).collect::<String>())
}

fn integer(schema: &Value) -> Value {
    let least = schema["minimum"].as_i64().or(schema["x-minimum"].as_i64());
    let most = schema["maximum"].as_i64().or(schema["x-maximum"].as_i64());
    json!(least.unwrap_or(1).max(1).min(most.unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    #[test]
    fn a_sample_has_every_property_of_a_schema() {
        let document = json!({"components": {"schemas": {
            "Node": {"type": "object", "properties": {
                "id": {"type": "string"},
                "parent": {"$ref": "#/components/schemas/Node"},
            }},
            "Endless": {"type": "object", "required": ["next"], "properties": {
                "next": {"$ref": "#/components/schemas/Endless"}}},
        }}});
        for (schema, sample) in [
            (json!({"type": "string"}), json!("name")),
            (json!({"type": "string", "minLength": 6}), json!("namexx")),
            (json!({"type": "string", "maxLength": 2}), json!("na")),
            (json!({"type": "string", "enum": ["A", "B"]}), json!("A")),
            (json!({"type": "integer"}), json!(1)),
            (json!({"type": "integer", "minimum": 10}), json!(10)),
            (json!({"type": "integer", "maximum": -1}), json!(-1)),
            (json!({"type": "boolean"}), json!(true)),
            (json!({}), json!("name")),
            (
                json!({"type": "array", "items": {"type": "integer"}, "minItems": 2}),
                json!([1, 1]),
            ),
            (
                json!({"$ref": "#/components/schemas/Node"}),
                json!({"id": "id"}),
            ),
            (json!({"$ref": "#/components/schemas/Endless"}), Value::Null),
            (
                json!({"allOf": [{"$ref": "#/components/schemas/Node"},
                    {"type": "object", "properties": {"size": {"type": "integer"}}}]}),
                json!({"id": "id", "size": 1}),
            ),
            (
                json!({"allOf": [{}, {"$ref": "#/components/schemas/Node"}]}),
                json!({"id": "id"}),
            ),
            (
                json!({"oneOf": [{"$ref": "#/components/schemas/Endless"}, {"type": "boolean"}]}),
                json!(true),
            ),
        ] {
            assert_eq!(super::of(&document, &schema, "name"), sample, "{schema}");
        }
    }
}
