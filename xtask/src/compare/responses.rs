//! Compares responses, with their links.

use super::{content, cursor::Cursor, rules::Rule};

/// Compares the `responses` of two operations.
pub fn compare(responses: &Cursor<'_, '_>) {
    for status in responses.keys() {
        if status.starts_with("x-") {
            responses.keyword(status);
            continue;
        }
        let response = responses.entry(status);
        if response.is_in_both() {
            compare_response(&response);
            continue;
        }
        let is_added = response.old.is_none();
        if let Some(with_range) = with_range(responses, &response, status) {
            let (rule, change) = match is_added {
                true => (Rule::StatusSplit, "separated from"),
                false => (Rule::StatusMerged, "merged into"),
            };
            response.record(
                rule,
                format!("the response {status} was {change} its range"),
            );
            compare_response(&with_range);
            continue;
        }
        let is_success = status.starts_with('2');
        let (rule, change) = match (is_success, is_added) {
            (true, true) => (Rule::SuccessAdded, "added"),
            (false, true) => (Rule::RefusalAdded, "added"),
            (true, false) => (Rule::SuccessRemoved, "removed"),
            (false, false) => (Rule::RefusalRemoved, "removed"),
        };
        response.record(rule, format!("the response {status} was {change}"));
    }
}

/// Returns `response` with its absent side replaced by the response for the range of `status`, such
/// as `2XX`, if there is one.
fn with_range<'c, 'd>(
    responses: &Cursor<'c, 'd>,
    response: &Cursor<'c, 'd>,
    status: &str,
) -> Option<Cursor<'c, 'd>> {
    let range = format!("{}XX", status.get(..1)?);
    let both = response.clone().or(responses.entry(&range));
    both.is_in_both().then_some(both)
}

fn compare_response(response: &Cursor<'_, '_>) {
    let response = response.resolve();
    response.keywords(&["content", "headers", "links"]);
    content::compare_headers(&response);
    compare_links(&response);
    content::compare(&response.flipped());
}

fn compare_links(response: &Cursor<'_, '_>) {
    for (name, link) in response.child("links").entries(str::to_owned) {
        if link.is_in_both() {
            link.resolve().keywords(&[]);
            continue;
        }
        let (rule, change) = match link.old {
            Some(_) => (Rule::LinkRemoved, "removed"),
            None => (Rule::LinkAdded, "added"),
        };
        link.record(rule, format!("the link `{name}` was {change}"));
    }
}
