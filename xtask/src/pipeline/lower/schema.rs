//! The rewrites of one schema, in order.

use serde_json::{Map, Value, json};

use crate::{
    openapi::{pointer::child, walk::subschemas},
    pipeline::notes::{Note, Notes},
};

use super::{
    arrays, bounds, content, nullable, objects, shape, siblings, types, unions, unknown_keys,
    unsupported, values,
};

type Rewrite = fn(&mut Map<String, Value>, &str, &mut Notes);

/// The rewrites before those of the subschemas, which drop keywords with their subschemas.
const BEFORE_SUBSCHEMAS: [Rewrite; 5] = [
    unsupported::identifiers,
    unknown_keys::keywords,
    unions::reference_or_any_object,
    unsupported::unevaluated,
    unsupported::constraints,
];

/// The rewrites after those of the subschemas. The order matters: `const` becomes an `enum`, from
/// which types are inferred, and the union of types distributes the other keywords.
const AFTER_SUBSCHEMAS: [Rewrite; 12] = [
    values::examples,
    bounds::exclusive,
    content::encoded,
    content::format_without_type,
    values::constant,
    unions::with_null,
    values::enumeration,
    arrays::prefix_items,
    objects::pattern_properties,
    objects::forbidden_properties,
    types::lower,
    arrays::add_items,
];

/// Lowers a root schema and its subschemas.
pub fn lower(schema: &mut Value, pointer: &str, notes: &mut Notes) {
    rewrite(schema, pointer, notes);
    if let Value::Bool(accepts_all) = schema {
        *schema = boolean(*accepts_all);
    }
    lower_booleans(schema, pointer);
}

/// Lowers everything except boolean schemas, which other rewrites depend on.
fn rewrite(schema: &mut Value, pointer: &str, notes: &mut Notes) {
    let Value::Object(keywords) = schema else {
        if !schema.is_boolean() {
            notes.refuse(
                pointer,
                "the schema is neither an object nor a boolean",
                "correct it in the overlay",
            );
        }
        return;
    };
    shape::check(keywords, pointer, notes);
    let is_nullable = nullable::take(keywords, pointer, notes);
    for before in BEFORE_SUBSCHEMAS {
        before(keywords, pointer, notes);
    }
    let nulls = unions::null_branches(keywords, pointer);
    let negated = child(pointer, "not");
    let mut inexact_not = false;
    subschemas(schema, pointer, &mut |inner, pointer| {
        let noted = notes.warnings.len();
        if !nulls.iter().any(|null| null == pointer) {
            rewrite(inner, pointer, notes);
        }
        // The warning about `nullable` is not a loss.
        let is_loss = |note: &Note| !note.pointer.ends_with("/nullable");
        if pointer == negated && notes.warnings[noted..].iter().any(is_loss) {
            notes.warnings.truncate(noted);
            inexact_not = true;
        }
    });
    let Value::Object(keywords) = schema else {
        return;
    };
    // A schema that accepts more would make `not` exclude more.
    if inexact_not {
        keywords.shift_remove("not");
        notes.warn(
            &negated,
            "`not` is dropped: OpenAPI 3.0 has no exact equivalent of its schema",
        );
    }
    for after in AFTER_SUBSCHEMAS {
        after(keywords, pointer, notes);
    }
    siblings::of_reference(keywords, pointer, notes);
    if is_nullable {
        nullable::restore(keywords);
    }
}

/// Lowers boolean schemas, except for `additionalProperties`, where 3.0 allows them.
fn lower_booleans(schema: &mut Value, pointer: &str) {
    let kept = child(pointer, "additionalProperties");
    subschemas(schema, pointer, &mut |inner, pointer| match inner {
        Value::Bool(accepts_all) if pointer != kept => *inner = boolean(*accepts_all),
        _ => lower_booleans(inner, pointer),
    });
}

/// Returns the 3.0 equivalent of a boolean schema.
fn boolean(accepts_all: bool) -> Value {
    match accepts_all {
        true => json!({}),
        false => json!({"not": {}}),
    }
}
