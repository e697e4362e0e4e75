//! Traversal of an OpenAPI document by position, as its grammar defines it.

use serde_json::{Map, Value};

use crate::openapi::{
    grammar::{self, DOCUMENT, Form, Subschemas},
    pointer::child,
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

type Visit<'v> = dyn FnMut(Part, &mut Value, &str) + 'v;

/// Visits every part of the document, each before the parts in it.
///
/// Subschemas are not visited: see [`subschemas`].
pub fn parts(document: &mut Value, visit: &mut Visit<'_>) {
    parts_in(&DOCUMENT, document, "", visit);
}

/// Visits the parts in a value of this form. A list in place of a map is tolerated in most positions,
/// so that its entries are refused with their pointers.
fn parts_in(form: &Form, value: &mut Value, pointer: &str, visit: &mut Visit<'_>) {
    match (form, value) {
        (Form::Part(part, inner), value) => {
            visit(*part, value, pointer);
            if *part != Part::Callback || value.is_object() {
                parts_in(inner, value, pointer, visit);
            }
        }
        (Form::Fields(fields), value) => {
            for (name, form) in *fields {
                if form.has_parts()
                    && let Some(value) = value.get_mut(name)
                {
                    parts_in(form, value, &child(pointer, name), visit);
                }
            }
        }
        (Form::Map(Form::Fields(_)), Value::Array(_)) => {}
        (Form::List(inner) | Form::Map(inner), value) => {
            entries(value, pointer, |_, value, pointer| {
                parts_in(inner, value, pointer, visit);
            });
        }
        (Form::MapExcept(prefixes, inner), value) => {
            entries(value, pointer, |name, value, pointer| {
                if !prefixes.iter().any(|prefix| name.starts_with(prefix)) {
                    parts_in(inner, value, pointer, visit);
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
