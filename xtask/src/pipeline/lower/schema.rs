//! The rewrites of one schema, in their order.

use serde_json::{Map, Value};

use crate::{
    openapi::{pointer::child, walk::subschemas},
    pipeline::notes::{Note, Notes},
};

use super::{
    arrays, bounds, content, nullable, objects, shape, siblings, types, unions, unknown_keys,
    unsupported, values,
};

type Rewrite = fn(&mut Map<String, Value>, &str, &mut Notes);

/// What is rewritten before the schemas within are: what goes away goes with all it holds.
const BEFORE_SUBSCHEMAS: [Rewrite; 5] = [
    unsupported::identifiers,
    unknown_keys::keywords,
    unions::reference_or_any_object,
    unsupported::unevaluated,
    unsupported::constraints,
];

/// What is rewritten once the schemas within are lowered. The order matters: `const` becomes an
/// `enum`, which the types are told from; the union of types takes the other keywords along; and
/// the siblings of `$ref` move together, when all is done.
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

/// Lowers a schema that is not part of another, and those within.
pub fn lower(schema: &mut Value, pointer: &str, notes: &mut Notes) {
    rewrite(schema, pointer, notes);
    if let Value::Bool(accepts_all) = schema {
        *schema = boolean(*accepts_all);
    }
    lower_booleans(schema, pointer);
}

/// Lowers all but boolean schemas, whose meaning to the keywords around them would be hidden.
fn rewrite(schema: &mut Value, pointer: &str, notes: &mut Notes) {
    let Value::Object(keywords) = schema else {
        if !schema.is_boolean() {
            notes.refuse(
                pointer,
                "the schema is neither an object nor true or false",
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
        // `nullable` is taken as meant there, too.
        let is_loss = |note: &Note| !note.pointer.ends_with("/nullable");
        if pointer == negated && notes.warnings[noted..].iter().any(is_loss) {
            notes.warnings.truncate(noted);
            inexact_not = true;
        }
    });
    let Value::Object(keywords) = schema else {
        return;
    };
    // What takes more than before would exclude more than before.
    if inexact_not {
        keywords.shift_remove("not");
        notes.warn(
            &negated,
            "`not` is dropped, for 3.0 cannot say all of what it excludes",
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

/// Schemas that are `true` or `false` are left to 3.0 at `additionalProperties` only.
fn lower_booleans(schema: &mut Value, pointer: &str) {
    let kept = child(pointer, "additionalProperties");
    subschemas(schema, pointer, &mut |inner, pointer| match inner {
        Value::Bool(accepts_all) if pointer != kept => *inner = boolean(*accepts_all),
        _ => lower_booleans(inner, pointer),
    });
}

/// `true` and `false` as 3.0 says them.
fn boolean(accepts_all: bool) -> Value {
    let all = Value::Object(Map::new());
    if accepts_all {
        all
    } else {
        Value::Object(Map::from_iter([("not".to_owned(), all)]))
    }
}
