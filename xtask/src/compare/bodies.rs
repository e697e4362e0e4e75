//! Compares bodies and answers.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    changes::{Pointers, Said},
    comparison::{Comparison, keys},
    level::Direction,
    normalize::{ANY, Document, Schema},
    parameters,
    rules::Rule,
    schemas::Position,
};
use crate::openapi::pointer::child;

/// The place of `key` below a place that exists on both sides.
fn below(at: &Pointers, key: &str) -> (String, String) {
    let place = |at: &Option<String>| child(at.as_deref().unwrap_or_default(), key);
    (place(&at.before), place(&at.after))
}

/// Compares what an operation is sent.
pub fn request<'d>(
    to: &mut Comparison<'d>,
    old: Option<&'d Value>,
    new: Option<&'d Value>,
    direction: Direction,
    at: &Pointers,
) {
    let place = |at: &Option<String>| at.clone().unwrap_or_default();
    let (old, new) = match (old, new) {
        (None, None) => return,
        (Some(old), Some(new)) => (
            to.old.at(place(&at.before), old),
            to.new.at(place(&at.after), new),
        ),
        (None, Some(new)) => {
            let (_, new) = to.new.at(place(&at.after), new);
            let (rule, words) = match new["required"] == true {
                true => (Rule::RequiredRequestBodyAdded, "a body has to be sent now"),
                false => (Rule::OptionalRequestBodyAdded, "a body may be sent now"),
            };
            let pointers = Pointers::new(place(&at.after));
            return to.note(rule, direction, pointers, words);
        }
        (Some(_), None) => {
            let pointers = Pointers::gone(place(&at.before));
            return to.note(
                Rule::RequestBodyRemoved,
                direction,
                pointers,
                "no body is taken any longer",
            );
        }
    };
    let places = Pointers::both(old.0, new.0);
    let (old, new) = (old.1, new.1);
    if (old["required"] == true) != (new["required"] == true) {
        let (rule, words) = match new["required"] == true {
            true => (Rule::RequestBodyRequired, "the body has to be sent now"),
            false => (Rule::RequestBodyOptional, "the body may be left out now"),
        };
        to.note(rule, direction, places.clone(), words);
    }
    for keyword in keys(old, new) {
        if !["required", "content"].contains(&keyword) {
            to.keyword(
                direction,
                keyword,
                old.get(keyword),
                new.get(keyword),
                &places,
            );
        }
    }
    let (before, after) = below(&places, "content");
    content(
        to,
        &old["content"],
        &new["content"],
        direction,
        &Pointers::both(before, after),
    );
}

/// The name of a media type as all its spellings have it.
pub fn media_type(name: &str) -> String {
    let (essence, parameters) = name.split_once(';').unwrap_or((name, ""));
    let mut parameters: Vec<String> = parameters
        .split(';')
        .map(|parameter| parameter.trim().to_lowercase().replace('"', ""))
        // JSON is in UTF-8 in any case.
        .filter(|parameter| !parameter.is_empty() && parameter != "charset=utf-8")
        .collect();
    parameters.sort();
    parameters.insert(0, essence.trim().to_lowercase());
    parameters.join(";")
}

/// The entries of a map whose names have several spellings, by one of them.
fn by_name(map: &Value, spelling: impl Fn(&str) -> String) -> BTreeMap<String, (&String, &Value)> {
    let mut all = BTreeMap::new();
    for (name, value) in map.as_object().into_iter().flatten() {
        let mut key = spelling(name);
        // The same name in two spellings is two entries.
        while all.contains_key(&key) {
            key.push('\'');
        }
        all.insert(key, (name, value));
    }
    all
}

/// Compares the media types of a body.
pub fn content<'d>(
    to: &mut Comparison<'d>,
    old: &'d Value,
    new: &'d Value,
    direction: Direction,
    at: &Pointers,
) {
    let (olds, mut news) = (by_name(old, media_type), by_name(new, media_type));
    for (kind, (name, old)) in olds {
        let (before, _) = below(at, name);
        let Some((name, new)) = news.remove(&kind) else {
            to.note(
                Rule::MediaTypeRemoved,
                direction,
                Pointers::gone(before),
                format!("the media type `{kind}` is gone"),
            );
            continue;
        };
        let (_, after) = below(at, name);
        body(to, old, new, direction, &Pointers::both(before, after));
    }
    for (kind, (name, _)) in news {
        let (_, after) = below(at, name);
        to.note(
            Rule::MediaTypeAdded,
            direction,
            Pointers::new(after),
            format!("the media type `{kind}` is new"),
        );
    }
}

fn body<'d>(
    to: &mut Comparison<'d>,
    old: &'d Value,
    new: &'d Value,
    direction: Direction,
    at: &Pointers,
) {
    for keyword in keys(old, new) {
        match keyword {
            "schema" => {}
            "encoding" => encoding(to, &old[keyword], &new[keyword], direction, at),
            _ => to.keyword(direction, keyword, old.get(keyword), new.get(keyword), at),
        }
    }
    let (before, after) = below(at, "schema");
    let schema = |at: String, value: &'d Value| match value.get("schema") {
        Some(schema) => Schema::new(at, schema),
        None => Schema::new(at, &ANY),
    };
    to.schemas(
        &schema(before, old),
        &schema(after, new),
        direction,
        Position::Other,
    );
}

fn encoding<'d>(
    to: &mut Comparison<'d>,
    old: &'d Value,
    new: &'d Value,
    direction: Direction,
    at: &Pointers,
) {
    let (before, after) = below(at, "encoding");
    let at = Pointers::both(before, after);
    for part in keys(old, new) {
        let (before, after) = below(&at, part);
        let (old, new) = (&old[part], &new[part]);
        let places = Pointers::both(&*before, &*after);
        headers(
            to,
            &old["headers"],
            &new["headers"],
            direction.flipped(),
            &places,
        );
        for keyword in keys(old, new) {
            let (old, new) = (old.get(keyword), new.get(keyword));
            let known = ["contentType", "style", "explode", "allowReserved"].contains(&keyword);
            let pointers = Pointers::both(child(&before, keyword), child(&after, keyword));
            if known && old != new {
                let said = Said {
                    message: format!("`{keyword}` of the part `{part}` has changed"),
                    before: old.cloned(),
                    after: new.cloned(),
                };
                to.note(Rule::SerializationChanged, direction, pointers, said);
            } else if !known && keyword != "headers" {
                to.keyword(
                    direction,
                    keyword,
                    old,
                    new,
                    &Pointers::both(&*before, &*after),
                );
            }
        }
    }
}

/// Compares what an operation answers.
pub fn responses<'d>(
    to: &mut Comparison<'d>,
    old: &'d Value,
    new: &'d Value,
    direction: Direction,
    at: &Pointers,
) {
    for status in keys(old, new) {
        let (before, after) = below(at, status);
        if status.starts_with("x-") {
            to.keyword(direction, status, old.get(status), new.get(status), at);
            continue;
        }
        match (old.get(status), new.get(status)) {
            (Some(old), Some(new)) => {
                let (old, new) = (to.old.at(before, old), to.new.at(after, new));
                response(to, old, new, direction);
            }
            (None, Some(described)) => {
                if let Some((at, wider)) = wider(&to.old, old, status, &at.before) {
                    let place = Pointers::new(&*after);
                    to.note(
                        Rule::StatusSplit,
                        direction,
                        place,
                        format!("the response {status} is described of its own"),
                    );
                    let described = to.new.at(after, described);
                    response(to, (at, wider), described, direction);
                    continue;
                }
                let rule = match success(status) {
                    true => Rule::SuccessAdded,
                    false => Rule::RefusalAdded,
                };
                to.note(
                    rule,
                    direction,
                    Pointers::new(after),
                    format!("the response {status} is new"),
                );
            }
            (Some(described), None) => {
                if let Some((at, wider)) = wider(&to.new, new, status, &at.after) {
                    let place = Pointers::gone(&*before);
                    to.note(
                        Rule::StatusMerged,
                        direction,
                        place,
                        format!("the response {status} is described with others"),
                    );
                    let described = to.old.at(before, described);
                    response(to, described, (at, wider), direction);
                    continue;
                }
                let rule = match success(status) {
                    true => Rule::SuccessRemoved,
                    false => Rule::RefusalRemoved,
                };
                to.note(
                    rule,
                    direction,
                    Pointers::gone(before),
                    format!("the response {status} is gone"),
                );
            }
            (None, None) => {}
        }
    }
}

fn success(status: &str) -> bool {
    status.starts_with('2')
}

/// The answer that stands for `status` among others: that of its range, such as `2XX`.
fn wider<'d>(
    document: &Document<'d>,
    responses: &'d Value,
    status: &str,
    at: &Option<String>,
) -> Option<(String, &'d Value)> {
    let range = format!("{}XX", status.get(..1)?);
    let response = responses.get(&range).filter(|_| range != status)?;
    let at = child(at.as_deref().unwrap_or_default(), &range);
    Some(document.at(at, response))
}

fn response<'d>(
    to: &mut Comparison<'d>,
    (old_at, old): (String, &'d Value),
    (new_at, new): (String, &'d Value),
    direction: Direction,
) {
    let places = Pointers::both(old_at, new_at);
    for keyword in keys(old, new) {
        if !["content", "headers", "links"].contains(&keyword) {
            to.keyword(
                direction,
                keyword,
                old.get(keyword),
                new.get(keyword),
                &places,
            );
        }
    }
    headers(to, &old["headers"], &new["headers"], direction, &places);
    links(to, &old["links"], &new["links"], direction, &places);
    let (before, after) = below(&places, "content");
    let at = Pointers::both(before, after);
    content(
        to,
        &old["content"],
        &new["content"],
        direction.flipped(),
        &at,
    );
}

fn headers<'d>(
    to: &mut Comparison<'d>,
    old: &'d Value,
    new: &'d Value,
    direction: Direction,
    at: &Pointers,
) {
    let (before, after) = below(at, "headers");
    let at = Pointers::both(before, after);
    // Names of headers have no case; that of the content stands with the media types.
    let mut olds = by_name(old, str::to_lowercase);
    let mut news = by_name(new, str::to_lowercase);
    for all in [&mut olds, &mut news] {
        all.remove("content-type");
    }
    for (key, (name, old)) in olds {
        let (before, _) = below(&at, name);
        let Some((name, new)) = news.remove(&key) else {
            to.note(
                Rule::HeaderRemoved,
                direction,
                Pointers::gone(before),
                format!("the header `{name}` is gone"),
            );
            continue;
        };
        let (_, after) = below(&at, name);
        let (old, new) = (to.old.at(before, old), to.new.at(after, new));
        if (old.1["required"] == true) != (new.1["required"] == true) {
            let (rule, words) = match new.1["required"] == true {
                true => (Rule::HeaderRequired, "is always there now"),
                false => (Rule::HeaderOptional, "is not always there any longer"),
            };
            let pointers = Pointers::both(&*old.0, &*new.0);
            to.note(rule, direction, pointers, words);
        }
        parameters::value(to, old, new, direction.flipped());
    }
    for (_, (name, _)) in news {
        let (_, after) = below(&at, name);
        to.note(
            Rule::HeaderAdded,
            direction,
            Pointers::new(after),
            format!("the header `{name}` is new"),
        );
    }
}

fn links<'d>(
    to: &mut Comparison<'d>,
    old: &'d Value,
    new: &'d Value,
    direction: Direction,
    at: &Pointers,
) {
    let (before, after) = below(at, "links");
    let at = Pointers::both(before, after);
    for name in keys(old, new) {
        let (before, after) = below(&at, name);
        match (old.get(name), new.get(name)) {
            (Some(old), Some(new)) => {
                let (old, new) = (to.old.at(before, old), to.new.at(after, new));
                let places = Pointers::both(old.0, new.0);
                for keyword in keys(old.1, new.1) {
                    to.keyword(
                        direction,
                        keyword,
                        old.1.get(keyword),
                        new.1.get(keyword),
                        &places,
                    );
                }
            }
            (None, _) => {
                to.note(
                    Rule::LinkAdded,
                    direction,
                    Pointers::new(after),
                    format!("the link `{name}` is new"),
                );
            }
            (_, None) => {
                to.note(
                    Rule::LinkRemoved,
                    direction,
                    Pointers::gone(before),
                    format!("the link `{name}` is gone"),
                );
            }
        }
    }
}
