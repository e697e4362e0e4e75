//! Compares responses, with their links.

use super::{content, cursor::Cursor, rules::Rule};

/// Compares the `responses` of two operations.
pub fn compare(responses: &Cursor<'_, '_>) {
    for status in responses.keys() {
        if status.starts_with("x-") {
            responses.compare_keyword(status);
            continue;
        }
        let response = responses.entry(status);
        if response.is_in_both() {
            compare_response(&response);
            continue;
        }
        if let Some(with_range) = with_range(responses, &response, status) {
            let range = format!("{status:.1}XX");
            let (rule, change) = match response.old {
                None => (
                    Rule::StatusSplit,
                    format!("was added; `{range}` described this status before"),
                ),
                Some(_) => (
                    Rule::StatusMerged,
                    format!("was removed; `{range}` now describes this status"),
                ),
            };
            response.record(rule, format!("the response {status} {change}"));
            compare_response(&with_range);
            continue;
        }
        let rules = match status.starts_with('2') {
            true => [Rule::SuccessRemoved, Rule::SuccessAdded],
            false => [Rule::RefusalRemoved, Rule::RefusalAdded],
        };
        response.record_one_sided(&format!("the response {status}"), rules);
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
    response.compare_keywords_except(&["content", "headers", "links"]);
    content::compare_headers(&response);
    compare_links(&response);
    content::compare(&response.flipped());
}

fn compare_links(response: &Cursor<'_, '_>) {
    for (name, link) in response.child("links").entries(str::to_owned) {
        let subject = format!("the link `{name}`");
        link.compare_entry(&subject, [Rule::LinkRemoved, Rule::LinkAdded], |link| {
            link.resolve().compare_keywords_except(&[]);
        });
    }
}
