//! Compares request bodies.

use super::{content, cursor::Cursor, rules::Rule};

/// Compares the request bodies of an operation.
pub fn compare_request(body: &Cursor<'_, '_>) {
    match (body.old, body.new) {
        (None, None) => {}
        (Some(_), Some(_)) => compare_bodies(&body.resolve()),
        (None, Some(_)) => {
            let (rule, kind) = match body.resolve().changed_flag("required") {
                Some(_) => (Rule::RequiredRequestBodyAdded, "a required"),
                None => (Rule::OptionalRequestBodyAdded, "an optional"),
            };
            body.record(rule, format!("{kind} request body was added"));
        }
        (Some(_), None) => body.record(Rule::RequestBodyRemoved, "the request body was removed"),
    }
}

fn compare_bodies(body: &Cursor<'_, '_>) {
    let rules = [Rule::RequestBodyRequired, Rule::RequestBodyOptional];
    body.record_required("the request body", rules);
    body.compare_keywords_except(&["required", "content"]);
    content::compare(body);
}
