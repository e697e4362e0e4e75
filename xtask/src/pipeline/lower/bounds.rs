//! Exclusive bounds: numbers in 3.1, booleans beside the bound in 3.0.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use crate::{
    openapi::{keys, number, pointer::child},
    pipeline::notes::Notes,
};

use super::shape::SYNTAX_OF_3_0;

/// Lowers `exclusiveMinimum: n` to `minimum: n, exclusiveMinimum: true`. Of two bounds, the
/// stricter is kept.
pub fn exclusive(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    bound(
        schema,
        ("minimum", "exclusiveMinimum", Ordering::Greater),
        pointer,
        notes,
    );
    bound(
        schema,
        ("maximum", "exclusiveMaximum", Ordering::Less),
        pointer,
        notes,
    );
}

fn bound(
    schema: &mut Map<String, Value>,
    (plain, exclusive, stricter): (&str, &str, Ordering),
    pointer: &str,
    notes: &mut Notes,
) {
    match (schema.get(exclusive), schema.get(plain)) {
        (Some(Value::Number(limit)), Some(Value::Number(other))) => {
            let order = number::compare(limit, other);
            let limit = Value::Number(limit.clone());
            if order == stricter {
                schema.insert(plain.to_owned(), limit);
            }
            if order == stricter || order == Ordering::Equal {
                schema.insert(exclusive.to_owned(), true.into());
            } else {
                schema.shift_remove(exclusive);
            }
        }
        (Some(Value::Number(limit)), _) => {
            let limit = Value::Number(limit.clone());
            schema.insert(exclusive.to_owned(), true.into());
            keys::insert_before(schema, exclusive, plain, limit);
        }
        (Some(Value::Bool(true)), Some(_)) => notes.warn(
            &child(pointer, exclusive),
            format!("`{exclusive}: true` {SYNTAX_OF_3_0}"),
        ),
        (Some(Value::Bool(true)), None) => {
            schema.shift_remove(exclusive);
            notes.warn(
                &child(pointer, exclusive),
                format!("`{exclusive}: true` without `{plain}` has no effect and is dropped"),
            );
        }
        _ => {}
    }
}
