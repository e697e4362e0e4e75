//! Compares callbacks, whose requests the server sends.

use super::{compare_operation, compare_path_item};
use crate::{
    compare::{cursor::Cursor, docs, rules::Rule},
    openapi::walk::METHODS,
};

/// The rules for callbacks that only one of the documents has.
const RULES: [Rule; 2] = [Rule::CallbackRemoved, Rule::CallbackAdded];

/// Compares the `callbacks` of two operations.
pub fn compare(callbacks: &Cursor<'_, '_>) {
    for (name, callback) in callbacks.entries(str::to_owned) {
        match callback.is_in_both() {
            true => compare_callback(&callback.resolve()),
            false => callback.record_one_sided(&format!("the callback `{name}`"), RULES),
        }
    }
}

/// Compares the path items of a callback, by the expression of their URL.
fn compare_callback(callback: &Cursor<'_, '_>) {
    for (expression, item) in callback.entries(str::to_owned) {
        if docs::rule(&expression).is_some() {
            callback.compare_keyword(&expression);
            continue;
        }
        match item.is_in_both() {
            true => compare_item(&item),
            false => item.record_one_sided(&format!("the callback to `{expression}`"), RULES),
        }
    }
}

fn compare_item(item: &Cursor<'_, '_>) {
    let path_item = item.resolve();
    let item = item.resolve_in_place();
    compare_path_item(&item);
    for method in METHODS {
        let operation = item.entry(method);
        if operation.is_in_both() {
            compare_operation(&operation.flipped(), &path_item);
        } else if operation.old.is_some() || operation.new.is_some() {
            let subject = format!("the callback by {}", method.to_uppercase());
            operation.record_one_sided(&subject, RULES);
        }
    }
}
