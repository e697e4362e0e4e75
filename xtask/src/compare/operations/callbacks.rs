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
        callback.compare_entry(&format!("the callback `{name}`"), RULES, compare_callback);
    }
}

/// Compares the path items of a callback, by the expression of their URL.
fn compare_callback(callback: &Cursor<'_, '_>) {
    let callback = callback.resolve();
    for (expression, item) in callback.entries(str::to_owned) {
        if docs::rule(&expression).is_some() {
            callback.compare_keyword(&expression);
            continue;
        }
        let subject = format!("the callback to `{expression}`");
        item.compare_entry(&subject, RULES, compare_item);
    }
}

fn compare_item(item: &Cursor<'_, '_>) {
    let path_item = item.resolve();
    let item = item.resolve_in_place();
    compare_path_item(&item);
    for method in METHODS {
        let operation = item.entry(method);
        if operation.old.is_some() || operation.new.is_some() {
            let subject = format!("the callback by {}", method.to_uppercase());
            operation.compare_entry(&subject, RULES, |operation| {
                compare_operation(&operation.flipped(), &path_item);
            });
        }
    }
}
