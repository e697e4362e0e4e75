//! Traversal of an OpenAPI document by position, as its grammar defines it.

use serde_json::{Map, Value};

use crate::openapi::{
    grammar::{self, DOCUMENT, Form, Subschemas},
    pointer::{child, follow},
};

pub use crate::openapi::grammar::{METHODS, Part};

/// Visits the direct subschemas of `schema`.
pub fn subschemas(schema: &mut Value, pointer: &str, visit: &mut dyn FnMut(&mut Value, &str)) {
    let Value::Object(schema) = schema else {
        return;
    };
    for (keyword, value) in schema {
        let pointer = child(pointer, keyword);
        match (grammar::subschemas(keyword), value) {
            (Some(Subschemas::One), value @ (Value::Object(_) | Value::Bool(_))) => {
                visit(value, &pointer);
            }
            (Some(Subschemas::List), value @ Value::Array(_))
            | (Some(Subschemas::Map), value @ Value::Object(_)) => {
                entries(value, &pointer, |_, schema, pointer| visit(schema, pointer));
            }
            _ => {}
        }
    }
}

/// Visits `schema` and all its subschemas, innermost first.
pub fn schema_tree(schema: &mut Value, pointer: &str, visit: &mut dyn FnMut(&mut Value, &str)) {
    subschemas(schema, pointer, &mut |inner, pointer| {
        schema_tree(inner, pointer, visit)
    });
    visit(schema, pointer);
}

/// Visits every schema of the document, the innermost of each tree first.
pub fn schemas(document: &mut Value, visit: &mut dyn FnMut(&mut Value, &str)) {
    schema_roots(document, &mut |schema, pointer| {
        schema_tree(schema, pointer, visit)
    });
}

/// Visits every schema that is not a subschema of another.
pub fn schema_roots(document: &mut Value, visit: &mut dyn FnMut(&mut Value, &str)) {
    parts(document, &mut |part, value, pointer| {
        if part == Part::Schema {
            visit(value, pointer);
        }
    });
}

/// Visits every operation, including those of webhooks, callbacks and components.
pub fn operations(document: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>, &str)) {
    parts(document, &mut |part, value, pointer| {
        if let (Part::Operation, Value::Object(operation)) = (part, value) {
            visit(operation, pointer);
        }
    });
}

/// An operation in `paths`.
pub struct PathOperation<'d> {
    pub path: &'d str,
    /// The path item that contains it.
    item: &'d Value,
    pub method: &'static str,
    pub value: &'d Value,
}

/// Returns the operations in `paths`.
pub fn path_operations(document: &Value) -> impl Iterator<Item = PathOperation<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        METHODS.into_iter().filter_map(move |method| {
            let value = item.get(method)?;
            Some(PathOperation {
                path,
                item,
                method,
                value,
            })
        })
    })
}

impl<'d> PathOperation<'d> {
    pub fn pointer(&self) -> String {
        child(&child("/paths", self.path), self.method)
    }

    /// Returns the parameters of the path item and of the operation, with their pointers. References
    /// are resolved.
    pub fn parameters(&self, document: &'d Value) -> Vec<(String, &'d Value)> {
        let holders = [
            (child("/paths", self.path), self.item),
            (self.pointer(), self.value),
        ];
        let mut parameters = Vec::new();
        for (pointer, holder) in holders {
            let list = holder["parameters"].as_array().into_iter().flatten();
            parameters.extend(list.enumerate().map(|(index, parameter)| {
                let place = format!("{pointer}/parameters/{index}");
                (place, follow(document, parameter))
            }));
        }
        parameters
    }

    /// Returns the names of the parameters in the path.
    pub fn variables(&self) -> impl Iterator<Item = &'d str> {
        let parts = self.path.split('{').skip(1);
        parts.filter_map(|part| Some(part.split_once('}')?.0))
    }
}

/// Visits every part of the document, each before the parts in it.
///
/// Subschemas are not visited: see [`subschemas`].
pub fn parts(document: &mut Value, visit: &mut dyn FnMut(Part, &mut Value, &str)) {
    forms(document, &mut |form, value, pointer| {
        if let Form::Part(part, _) = form {
            visit(*part, value, pointer);
        }
    });
}

type Visit<'v> = dyn FnMut(&Form, &mut Value, &str) + 'v;

/// Visits every value of the document with its form, each before the values in it.
pub fn forms(document: &mut Value, visit: &mut Visit<'_>) {
    forms_in(&DOCUMENT, document, "", visit);
}

/// Visits a value of this form and those in it. A list in place of a map is tolerated in most
/// positions, so that its entries are refused with their pointers.
fn forms_in(form: &Form, value: &mut Value, pointer: &str, visit: &mut Visit<'_>) {
    visit(form, value, pointer);
    match (form, value) {
        (Form::Part(Part::Callback, _), value) if !value.is_object() => {}
        (Form::Part(_, inner), value) => forms_in(inner, value, pointer, visit),
        (Form::Fields(fields, _), value) => {
            for (name, form) in *fields {
                if let Some(value) = value.get_mut(name) {
                    forms_in(form, value, &child(pointer, name), visit);
                }
            }
        }
        (Form::Map(Form::Fields(..)), Value::Array(_)) => {}
        (Form::List(inner) | Form::Map(inner), value) => {
            entries(value, pointer, |_, value, pointer| {
                forms_in(inner, value, pointer, visit);
            });
        }
        (Form::MapExcept(prefixes, inner), value) => {
            entries(value, pointer, |name, value, pointer| {
                if !prefixes.iter().any(|prefix| name.starts_with(prefix)) {
                    forms_in(inner, value, pointer, visit);
                }
            });
        }
        (Form::Text | Form::Flag | Form::Object | Form::Any, _) => {}
    }
}

/// Visits the entries of an object or array, with their keys and pointers.
fn entries(value: &mut Value, pointer: &str, mut visit: impl FnMut(&str, &mut Value, &str)) {
    match value {
        Value::Object(entries) => {
            for (name, value) in entries {
                visit(name, value, &child(pointer, name));
            }
        }
        Value::Array(entries) => {
            for (index, value) in entries.iter_mut().enumerate() {
                let index = index.to_string();
                visit(&index, value, &child(pointer, &index));
            }
        }
        _ => {}
    }
}
