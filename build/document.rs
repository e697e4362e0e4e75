//! Reads from a prepared OpenAPI 3.0 document what the settings and the fixups depend on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::error::Result;

/// The HTTP methods under which a path item has operations.
const METHODS: [&str; 8] = [
    "delete", "get", "head", "options", "patch", "post", "put", "trace",
];

/// The types of lists in one query parameter.
pub const QUERY_LISTS: [&str; 2] = ["CommaSeparated", "JsonList"];

/// A prepared OpenAPI 3.0 document.
///
/// Components and operations are sorted by name: the order of the document depends on a feature of
/// `serde_json`.
pub struct Document(Value);

/// An operation of a document.
#[derive(Clone)]
pub struct Operation<'d> {
    pub id: &'d str,
    /// The HTTP method in lower case.
    pub method: &'static str,
    /// The path, without its fragment.
    pub path: &'d str,
    /// The fragment of the path, which distinguishes operations of one path. It is not sent.
    pub fragment: Option<&'d str>,
    /// The parameters of the operation, and those of its path that it does not replace.
    pub parameters: Vec<&'d Value>,
    /// The request body.
    pub body: Option<&'d Value>,
    /// The description of each documented response, by its status.
    pub responses: BTreeMap<&'d str, &'d str>,
    /// The schema of the JSON body of a success.
    pub success: Option<&'d Value>,
    /// `x-pagination`: how a list pages.
    pub pagination: &'d Value,
    /// `x-idempotent`: whether the request can be sent twice without harm.
    pub idempotent: Option<bool>,
    /// Whether the operation needs no credential (`security: []`).
    pub is_public: bool,
    /// `x-field-expansion`: the Graph field whose arguments are the query parameters.
    pub field: Option<&'d str>,
}

impl Document {
    pub fn parse(text: &str) -> Result<Self> {
        Ok(Self(serde_json::from_str(text)?))
    }

    /// Returns `value`, or the value that its `$ref` refers to.
    pub fn resolve<'d>(&'d self, value: &'d Value) -> &'d Value {
        let mut value = value;
        // A limit, because references can form a cycle.
        for _ in 0..32 {
            let reference = value["$ref"]
                .as_str()
                .and_then(|path| path.strip_prefix('#'));
            match reference.and_then(|path| self.0.pointer(path)) {
                Some(target) => value = target,
                None => break,
            }
        }
        value
    }

    /// Returns the schemas of `components`, by name.
    pub fn schemas(&self) -> BTreeMap<&str, &Value> {
        entries(&self.0["components"]["schemas"]).collect()
    }

    /// Returns the component schemas that typify generates a struct for, by name.
    pub fn structs(&self) -> impl Iterator<Item = (&str, &Value)> {
        let schemas = self.schemas().into_iter();
        schemas.filter(|(_, schema)| is_struct(schema))
    }

    /// Returns the names of the objects with additional properties whose other properties are
    /// optional, or have a default in Rust.
    pub fn objects_with_default(&self) -> impl Iterator<Item = &str> {
        let is_object_with_default = |schema: &Value| {
            let required = schema["required"].as_array().into_iter().flatten();
            let mut required = required.filter_map(Value::as_str);
            schema["additionalProperties"].is_object()
                && schema["properties"].is_object()
                && required.all(|name| has_default(&schema["properties"][name]))
                // These can lead to a type other than a struct.
                && ["allOf", "anyOf", "oneOf"].iter().all(|keyword| schema[keyword].is_null())
        };
        let schemas = self.schemas().into_iter();
        schemas
            .filter(move |(_, schema)| is_object_with_default(schema))
            .map(|(name, _)| name)
    }

    /// Returns the names of the component schemas that the schemas with `x-webhook` use, and no operation.
    pub fn only_in_webhooks(&self) -> BTreeSet<&str> {
        let schemas = self.schemas();
        let (mut in_webhooks, mut in_operations) = (BTreeSet::new(), BTreeSet::new());
        for (name, _) in schemas
            .iter()
            .filter(|(_, schema)| !schema["x-webhook"].is_null())
        {
            in_webhooks.insert(*name);
            self.collect_schemas(&schemas[name]["properties"], &mut in_webhooks);
        }
        self.collect_schemas(&self.0["paths"], &mut in_operations);
        &in_webhooks - &in_operations
    }

    /// Adds the names of the component schemas that `value` uses, in any position.
    fn collect_schemas<'d>(&'d self, value: &'d Value, names: &mut BTreeSet<&'d str>) {
        match value {
            Value::Array(items) => {
                for item in items {
                    self.collect_schemas(item, names);
                }
            }
            Value::Object(entries) => {
                if value["$ref"].is_string() {
                    // A reference without a target is data, such as in an extension. A schema can
                    // contain itself; other components cannot.
                    let target = self.resolve(value);
                    if target["$ref"].is_null()
                        && component_name(value).is_none_or(|name| names.insert(name))
                    {
                        self.collect_schemas(target, names);
                    }
                } else {
                    for entry in entries.values() {
                        self.collect_schemas(entry, names);
                    }
                }
            }
            _ => {}
        }
    }

    /// Returns the operations that the client has methods for.
    pub fn operations(&self) -> Vec<Operation<'_>> {
        let items: BTreeMap<_, _> = entries(&self.0["paths"]).collect();
        let operations = items.into_iter().flat_map(|(path, item)| {
            let methods = METHODS
                .into_iter()
                .filter_map(|method| Some((method, item.get(method)?)));
            methods.map(move |(method, operation)| self.operation(method, path, item, operation))
        });
        operations.collect()
    }

    /// Returns the paths that end in a fragment: the path and the fragment of each operation.
    pub fn fragments(&self) -> impl Iterator<Item = (&str, &str)> {
        let operations = self.operations().into_iter();
        operations.filter_map(|operation| Some((operation.path, operation.fragment?)))
    }

    fn operation<'d>(
        &'d self,
        method: &'static str,
        path: &'d str,
        item: &'d Value,
        operation: &'d Value,
    ) -> Operation<'d> {
        let (path, fragment) = match path.split_once('#') {
            Some((path, fragment)) => (path, Some(fragment)),
            None => (path, None),
        };
        let mut parameters: BTreeMap<_, &Value> = BTreeMap::new();
        for list in [&item["parameters"], &operation["parameters"]] {
            for parameter in list.as_array().into_iter().flatten() {
                let parameter = self.resolve(parameter);
                let (name, place) = (parameter["name"].as_str(), parameter["in"].as_str());
                parameters.insert((name, place), parameter);
            }
        }
        let responses = entries(&operation["responses"]).map(|(status, response)| {
            let description = self.resolve(response)["description"].as_str();
            (status, description.unwrap_or_default())
        });
        let mut successes = entries(&operation["responses"])
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(_, response)| &self.resolve(response)["content"]["application/json"]["schema"]);
        let success = successes.find(|schema| schema.is_object());
        let body = operation.get("requestBody").map(|body| self.resolve(body));
        Operation {
            id: operation["operationId"].as_str().unwrap_or_default(),
            method,
            path,
            fragment,
            parameters: parameters.into_values().collect(),
            body: body.filter(|body| entries(&body["content"]).next().is_some()),
            responses: responses.collect(),
            success,
            pagination: &operation["x-pagination"],
            idempotent: operation["x-idempotent"].as_bool(),
            is_public: operation["security"].as_array().is_some_and(Vec::is_empty),
            field: operation["x-field-expansion"].as_str(),
        }
    }

    /// Returns the documentation of a property or parameter whose schema is `schema`: the
    /// `description`, else that of the schema, and the default.
    pub fn documentation(&self, description: &Value, schema: &Value) -> Option<String> {
        let target = self.referent(schema);
        let text = |value: &'_ Value| value.as_str().map(str::trim).map(ToOwned::to_owned);
        let description = [description, &schema["description"], &target["description"]]
            .into_iter()
            .filter_map(text)
            .find(|text| !text.is_empty());
        let keywords = ["default", "x-default"];
        let default = [schema, target]
            .into_iter()
            .flat_map(|schema| keywords.iter().filter_map(|keyword| schema.get(keyword)))
            .find(|value| !value.is_null())
            .map(|value| format!("Default: `{value}`."));
        let parts: Vec<String> = description.into_iter().chain(default).collect();
        (!parts.is_empty()).then(|| parts.join("\n\n"))
    }

    /// Returns the schema that `schema` refers to, by `$ref` or by an `allOf` of one `$ref`.
    pub fn referent<'d>(&'d self, schema: &'d Value) -> &'d Value {
        match schema["allOf"].as_array().map(Vec::as_slice) {
            Some([only]) => self.resolve(only),
            _ => self.resolve(schema),
        }
    }
}

impl Operation<'_> {
    /// Returns how many parameters the path has.
    pub fn path_parameters(&self) -> usize {
        self.path.matches('{').count()
    }

    /// Returns the parameters in the query.
    pub fn query_parameters(&self) -> impl Iterator<Item = &Value> {
        let parameters = self.parameters.iter().copied();
        parameters.filter(|parameter| parameter["in"] == "query")
    }

    /// Returns the schema of the JSON request body.
    pub fn json_body(&self) -> Option<&Value> {
        self.body?["content"]["application/json"].get("schema")
    }

    /// Returns whether a request body without properties is left out.
    pub fn has_optional_body(&self) -> bool {
        self.body.is_some_and(|body| body["x-optional"] == true)
    }

    /// Returns the query parameters whose values are secrets.
    pub fn query_secrets(&self) -> Vec<&str> {
        let parameters = self.query_parameters();
        let secrets = parameters.filter(|parameter| is_secret(&parameter["schema"]));
        secrets
            .filter_map(|parameter| parameter["name"].as_str())
            .collect()
    }
}

/// Returns whether typify generates a struct with named fields for this schema.
pub fn is_struct(schema: &Value) -> bool {
    let other = ["allOf", "anyOf", "oneOf", "not", "enum", "x-rust-type"];
    let has_properties = entries(&schema["properties"]).next().is_some();
    has_properties
        && schema["type"] == "object"
        && schema["nullable"] != true
        && other.iter().all(|keyword| schema[keyword].is_null())
}

/// Returns whether the Rust type of a schema is `Secret`.
pub fn is_secret(schema: &Value) -> bool {
    schema["x-rust-type"]["path"] == "waba::Secret"
}

/// Returns whether the Rust type of a schema is a list in one query parameter.
pub fn is_query_list(schema: &Value) -> bool {
    rust_type_name(schema).is_some_and(|name| QUERY_LISTS.contains(&name))
}

/// Returns whether typify generates an array instead of a `Vec` for the schema of a list.
pub fn has_fixed_length(schema: &Value) -> bool {
    !schema["minItems"].is_null() && schema["minItems"] == schema["maxItems"]
}

/// Returns the name of the component schema that the `$ref` of `schema` refers to.
pub fn component_name(schema: &Value) -> Option<&str> {
    schema["$ref"]
        .as_str()?
        .strip_prefix("#/components/schemas/")
}

/// Returns the name of the type in `x-rust-type`, without its module.
pub fn rust_type_name(schema: &Value) -> Option<&str> {
    schema["x-rust-type"]["path"].as_str()?.rsplit("::").next()
}

/// Returns the properties of an object, by name.
pub fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let entries = value.as_object().into_iter().flatten();
    entries.map(|(name, value)| (name.as_str(), value))
}

/// Returns whether the Rust type of a schema has a default: a list, `Id`, or a scalar without a check of
/// its value.
fn has_default(schema: &Value) -> bool {
    if schema["type"] == "array" && schema["x-rust-type"].is_null() {
        return !has_fixed_length(schema);
    }
    let is_scalar = ["string", "integer", "number", "boolean"]
        .iter()
        .any(|scalar| schema["type"] == *scalar);
    let checks = [
        "enum",
        "format",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
    ];
    let is_id = schema["x-rust-type"]["path"] == "waba::Id";
    is_scalar
        && (is_id || schema["x-rust-type"].is_null())
        && checks.iter().all(|keyword| schema[keyword].is_null())
}
