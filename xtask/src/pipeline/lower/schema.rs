//! The rewrites of one schema, in order.

use serde_json::{Map, Value, json};

use crate::{
    excerpt::excerpt,
    openapi::{pointer::child, walk::subschemas},
    pipeline::notes::{Note, Notes},
};

use super::{
    arrays, bounds, content, nullable, objects, shape, siblings, types, unions, unsupported, values,
};

type Rewrite = fn(&mut Map<String, Value>, &str, &mut Notes);

/// The rewrites before those of the subschemas, which drop keywords with their subschemas.
const BEFORE_SUBSCHEMAS: [Rewrite; 5] = [
    shape::check,
    nullable::hide,
    unions::reference_or_any_object,
    unsupported::unevaluated,
    unsupported::constraints,
];

/// The rewrites after those of the subschemas. The order matters: `const` becomes an `enum`, from
/// which types are inferred, and the union of types distributes the other keywords.
const AFTER_SUBSCHEMAS: [Rewrite; 14] = [
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
    siblings::of_reference,
    nullable::restore,
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
            let found = excerpt(&schema.to_string(), 40);
            let problem = format!("the schema is {found}: expected an object or a boolean");
            notes.refuse(pointer, &problem, "correct it in the overlay");
        }
        return;
    };
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
