//! The fields for which a page does not show to which object they belong.

use serde_json::Value;

use crate::openapi::{pointer::child, walk::schemas};

/// The extension of an object that lists the fields somewhere below it whose parent the page
/// leaves open: their names, all possible parents, and their schemas.
pub const UNPLACED: &str = "x-unplaced-fields";

/// The entries of all these lists, each with the line of the page that declares the field.
pub type UnplacedLines = Vec<(Value, usize)>;

/// Returns a message for each unplaced field of `page` that `document` still has.
pub fn unplaced(page: &str, document: &Value, lines: &UnplacedLines) -> Vec<String> {
    let mut messages = Vec::new();
    schemas(&mut document.clone(), &mut |schema, pointer| {
        let fields = schema.get(UNPLACED).and_then(Value::as_array);
        for field in fields.into_iter().flatten() {
            let lines = lines.iter().filter(|(entry, _)| entry == field);
            let lines: Vec<_> = lines.map(|(_, line)| format!("line {line}")).collect();
            messages.push(format!(
                "{page} {}: {}",
                lines.join(" and "),
                message(field, &child(pointer, UNPLACED))
            ));
        }
    });
    messages
}

fn message(field: &Value, pointer: &str) -> String {
    let parents = field["parents"].as_array().into_iter().flatten();
    let parents = parents
        .filter_map(Value::as_str)
        .map(|parent| match parent {
            "" => "the outermost object".to_owned(),
            parent => format!("`{parent}`"),
        });
    format!(
        "the page does not show whether `{}` belongs to {}; in an overlay (--overlay), add it to one \
         of them, and remove it from {pointer}",
        field["name"].as_str().unwrap_or_default(),
        parents.collect::<Vec<_>>().join(" or to "),
    )
}
