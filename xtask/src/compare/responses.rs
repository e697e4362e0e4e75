//! Compares responses, with their headers and links.

use super::{
    bodies,
    changes::Pointers,
    comparison::{Comparer, keys},
    level::Direction,
    normalize::{Document, Node},
    pairs::{Pair, pair},
    parameters,
    rules::Rule,
};

/// Compares the `responses` of two operations.
pub fn compare<'d>(
    comparer: &mut Comparer<'d>,
    old: &Node<'d>,
    new: &Node<'d>,
    direction: Direction,
) {
    for status in keys(old.value, new.value) {
        if status.starts_with("x-") {
            let (before, after) = (old.value.get(status), new.value.get(status));
            comparer.keyword(direction, status, before, after, &Pointers::of(old, new));
            continue;
        }
        match (old.get(status), new.get(status)) {
            (Some(old), Some(new)) => compare_response(comparer, old, new, direction),
            (None, Some(added)) => {
                let pointers = Pointers::added(&*added.pointer);
                if let Some(range) = range_of(&comparer.old, old, status) {
                    let message = format!(
                        "the response {status} was added; `{status:.1}XX` described this status before"
                    );
                    comparer.record(Rule::StatusSplit, direction, pointers, message);
                    compare_response(comparer, range, added, direction);
                    continue;
                }
                let rule = match is_success(status) {
                    true => Rule::SuccessAdded,
                    false => Rule::RefusalAdded,
                };
                let message = format!("the response {status} was added");
                comparer.record(rule, direction, pointers, message);
            }
            (Some(removed), None) => {
                let pointers = Pointers::removed(&*removed.pointer);
                if let Some(range) = range_of(&comparer.new, new, status) {
                    let message = format!(
                        "the response {status} was removed; `{status:.1}XX` now describes this status"
                    );
                    comparer.record(Rule::StatusMerged, direction, pointers, message);
                    compare_response(comparer, removed, range, direction);
                    continue;
                }
                let rule = match is_success(status) {
                    true => Rule::SuccessRemoved,
                    false => Rule::RefusalRemoved,
                };
                let message = format!("the response {status} was removed");
                comparer.record(rule, direction, pointers, message);
            }
            (None, None) => {}
        }
    }
}

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

/// Returns the response for the range of `status`, such as `2XX`.
fn range_of<'d>(document: &Document<'d>, responses: &Node<'d>, status: &str) -> Option<Node<'d>> {
    let range = format!("{}XX", status.get(..1)?);
    let response = responses.get(&range).filter(|_| range != status)?;
    Some(document.resolve(response))
}

fn compare_response<'d>(
    comparer: &mut Comparer<'d>,
    old: Node<'d>,
    new: Node<'d>,
    direction: Direction,
) {
    let (old, new) = (comparer.old.resolve(old), comparer.new.resolve(new));
    comparer.keywords(direction, &old, &new, &["content", "headers", "links"]);
    compare_headers(comparer, &old, &new, direction);
    compare_links(comparer, &old, &new, direction);
    bodies::compare_content(comparer, &old, &new, direction.flipped());
}

/// Compares the `headers` of two responses or parts of a body. `direction` is that of the request.
pub fn compare_headers<'d>(
    comparer: &mut Comparer<'d>,
    old: &Node<'d>,
    new: &Node<'d>,
    direction: Direction,
) {
    let (old, new) = (old.child("headers"), new.child("headers"));
    for (name, header) in pair(&old, &new, str::to_lowercase) {
        // `content` describes the media types.
        if name == "content-type" {
            continue;
        }
        match header {
            Pair::Both(old, new) => compare_header(comparer, old, new, direction),
            Pair::Removed(old) => comparer.record(
                Rule::HeaderRemoved,
                direction,
                Pointers::removed(&*old.pointer),
                format!("the header `{}` was removed", old.key()),
            ),
            Pair::Added(new) => comparer.record(
                Rule::HeaderAdded,
                direction,
                Pointers::added(&*new.pointer),
                format!("the header `{}` was added", new.key()),
            ),
        }
    }
}

fn compare_header<'d>(
    comparer: &mut Comparer<'d>,
    old: Node<'d>,
    new: Node<'d>,
    direction: Direction,
) {
    let (old, new) = (comparer.old.resolve(old), comparer.new.resolve(new));
    if old.is_set("required") != new.is_set("required") {
        let (rule, message) = match new.is_set("required") {
            true => (Rule::HeaderRequired, "the header became required"),
            false => (Rule::HeaderOptional, "the header became optional"),
        };
        comparer.record(rule, direction, Pointers::of(&old, &new), message);
    }
    parameters::compare_value(comparer, "the header", &old, &new, direction.flipped());
}

fn compare_links<'d>(
    comparer: &mut Comparer<'d>,
    old: &Node<'d>,
    new: &Node<'d>,
    direction: Direction,
) {
    let (old, new) = (old.child("links"), new.child("links"));
    for (name, link) in pair(&old, &new, str::to_owned) {
        match link {
            Pair::Both(old, new) => {
                let (old, new) = (comparer.old.resolve(old), comparer.new.resolve(new));
                comparer.keywords(direction, &old, &new, &[]);
            }
            Pair::Removed(old) => comparer.record(
                Rule::LinkRemoved,
                direction,
                Pointers::removed(old.pointer),
                format!("the link `{name}` was removed"),
            ),
            Pair::Added(new) => comparer.record(
                Rule::LinkAdded,
                direction,
                Pointers::added(new.pointer),
                format!("the link `{name}` was added"),
            ),
        }
    }
}
