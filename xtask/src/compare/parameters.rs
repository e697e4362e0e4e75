//! Compares parameters and headers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    bodies,
    changes::{Pointers, Said},
    comparison::{Comparison, keys},
    level::Direction,
    normal::{ANY, Document, Schema},
    operations::Operation,
    renames,
    rules::Rule,
    schemas::Position,
};
use crate::openapi::pointer::child;

/// A parameter, and where it stands.
type Parameter<'d> = (String, &'d Value);

/// The parameters of an operation by location and name, those of its path item among them.
fn all<'d>(
    document: &Document<'d>,
    of: Operation<'_, 'd>,
) -> BTreeMap<(String, String), Parameter<'d>> {
    let mut all: BTreeMap<(String, String), Parameter<'d>> = BTreeMap::new();
    for (at, holder) in [(of.item.0.as_str(), of.item.1), (of.at, of.value)] {
        let at = child(at, "parameters");
        let mut mine = BTreeSet::new();
        let listed = holder["parameters"].as_array().into_iter().flatten();
        for (index, parameter) in listed.enumerate() {
            let (at, parameter) = document.at(child(&at, &index.to_string()), parameter);
            let location = parameter["in"].as_str().unwrap_or_default().to_owned();
            // A reference that leads nowhere here is told from others by where it would lead.
            let name = parameter["name"].as_str().or(parameter["$ref"].as_str());
            let name = name.unwrap_or_default();
            // Names of headers have no case.
            let name = match location.as_str() {
                "header" => name.to_lowercase(),
                _ => name.to_owned(),
            };
            let mut key = (location, name);
            // The same name twice in one list is no override: neither is passed over.
            while all.get(&key).is_some_and(|(other, _)| mine.contains(other)) {
                key.1.push('\'');
            }
            mine.insert(at.clone());
            all.insert(key, (at, parameter));
        }
    }
    all
}

/// Compares the parameters of two operations.
pub fn compare<'d>(
    to: &mut Comparison<'d>,
    old: Operation<'_, 'd>,
    new: Operation<'_, 'd>,
    direction: Direction,
) {
    let (mut olds, mut news) = (all(&to.old, old), all(&to.new, new));
    let mut pairs = Vec::new();
    olds.retain(|key, old| match news.remove(key) {
        Some(new) => {
            pairs.push((old.clone(), new));
            false
        }
        None => true,
    });
    // In a path it is the place that tells which is which.
    let (old_names, new_names) = (path_names(old.at), path_names(new.at));
    for (before, after) in old_names.iter().zip(&new_names) {
        let key = |name: &String| ("path".to_owned(), name.clone());
        let both = (
            olds.contains_key(&key(before)),
            news.contains_key(&key(after)),
        );
        if before != after
            && both == (true, true)
            && let (Some(old), Some(new)) = (olds.remove(&key(before)), news.remove(&key(after)))
        {
            let message = format!("renamed from `{before}` to `{after}`");
            let pointers = Pointers::both(&*old.0, &*new.0);
            to.note(Rule::PathParameterRenamed, direction, pointers, message);
            pairs.push((old, new));
        }
    }
    olds.retain(|(location, name), old| {
        let found = news
            .keys()
            .find(|(_, other)| other.eq_ignore_ascii_case(name))
            .cloned();
        let Some(new) = found.as_ref().and_then(|key| news.remove(key)) else {
            return true;
        };
        let now = found.map(|(location, _)| location).unwrap_or_default();
        let message = format!("moved from the {location} to the {now}");
        let pointers = Pointers::both(&*old.0, &*new.0);
        to.note(Rule::ParameterMoved, direction, pointers, message);
        pairs.push((old.clone(), new));
        false
    });
    for (old, new) in renamed(to, &olds, &news) {
        let (Some(before), Some(after)) = (olds.remove(&old), news.remove(&new)) else {
            continue;
        };
        let name = |parameter: &Parameter<'d>, key: &(String, String)| {
            let written = parameter.1["name"].as_str();
            written.unwrap_or(&key.1).to_owned()
        };
        let (from, to_name) = (name(&before, &old), name(&after, &new));
        let message = format!("renamed from `{from}` to `{to_name}`");
        let pointers = Pointers::both(&*before.0, &*after.0);
        to.note(Rule::ParameterRenamed, direction, pointers, message);
        pairs.push((before, after));
    }
    for ((_, name), (at, value)) in olds {
        let name = value["name"].as_str().unwrap_or(&name);
        let said = Said {
            message: format!("the parameter `{name}` is gone"),
            before: Some(value.clone()),
            after: None,
        };
        to.note(Rule::ParameterRemoved, direction, Pointers::gone(at), said);
    }
    for ((_, name), (at, value)) in news {
        let name = value["name"].as_str().unwrap_or(&name);
        let (rule, words) = match value["required"] == true {
            true => (Rule::RequiredParameterAdded, " and required"),
            false => (Rule::OptionalParameterAdded, ""),
        };
        let said = Said {
            message: format!("the parameter `{name}` is new{words}"),
            before: None,
            after: Some(value.clone()),
        };
        to.note(rule, direction, Pointers::new(at), said);
    }
    for (old, new) in pairs {
        if (old.1["required"] == true) != (new.1["required"] == true) {
            let (rule, words) = match new.1["required"] == true {
                true => (Rule::ParameterRequired, "has to be given now"),
                false => (Rule::ParameterOptional, "may be left out now"),
            };
            let pointers = Pointers::both(&*old.0, &*new.0);
            to.note(rule, direction, pointers, words);
        }
        value(to, old, new, direction);
    }
}

/// The keys of parameters that have other names, old and new.
fn renamed<'d>(
    to: &Comparison<'d>,
    olds: &BTreeMap<(String, String), Parameter<'d>>,
    news: &BTreeMap<(String, String), Parameter<'d>>,
) -> Vec<((String, String), (String, String))> {
    // On trial it does not matter what becomes of a parameter that went.
    if to.on_trial {
        return Vec::new();
    }
    let (gone, come): (Vec<_>, Vec<_>) = (olds.iter().collect(), news.iter().collect());
    let pairs = renames::pairs(&gone, &come, |(old_key, old), (new_key, new)| {
        let (old_schema, new_schema) = (schema(&old.0, old.1), schema(&new.0, new.1));
        let scalar = to.is_scalar(&old_schema, &new_schema);
        old_key.0 == new_key.0
            && (old.1["required"] == true) == (new.1["required"] == true)
            && renames::may_be_renamed((&old_key.1, &new_key.1), (old.1, new.1))
            && Serialization::of(old.1, scalar) == Serialization::of(new.1, scalar)
            && to.mean_the_same(&old_schema, &new_schema, Position::Other)
    });
    let keys = pairs
        .iter()
        .map(|(old, new)| (gone[*old].0.clone(), come[*new].0.clone()));
    keys.collect()
}

/// The names in the braces of the path that `pointer` leads through.
fn path_names(pointer: &str) -> Vec<String> {
    let path = crate::openapi::pointer::keys(pointer)
        .nth(1)
        .unwrap_or_default();
    let parts = path.split('{').skip(1);
    parts
        .filter_map(|part| Some(part.split_once('}')?.0.to_owned()))
        .collect()
}

/// Compares what a parameter or header holds, and how it is written.
pub fn value<'d>(
    to: &mut Comparison<'d>,
    (old_at, old): Parameter<'d>,
    (new_at, new): Parameter<'d>,
    direction: Direction,
) {
    let places = Pointers::both(&*old_at, &*new_at);
    let below = |key: &str| Pointers::both(child(&old_at, key), child(&new_at, key));
    for keyword in keys(old, new) {
        let (before, after) = (old.get(keyword), new.get(keyword));
        match keyword {
            // Compared by whoever compares which there are, or below.
            "name" | "in" | "required" | "schema" | "content" | "style" | "explode"
            | "allowReserved" => {}
            "deprecated" => deprecation(to, before, after, direction, below(keyword)),
            "allowEmptyValue" => {
                let set = |value: Option<&Value>| value == Some(&Value::Bool(true));
                match (set(before), set(after)) {
                    (false, true) => {
                        to.note(
                            Rule::EmptyValueAllowed,
                            direction,
                            below(keyword),
                            "may be empty now",
                        );
                    }
                    (true, false) => {
                        to.note(
                            Rule::EmptyValueRefused,
                            direction,
                            below(keyword),
                            "may not be empty any longer",
                        );
                    }
                    _ => {}
                }
            }
            _ => to.keyword(direction, keyword, before, after, &places),
        }
    }
    let (old_schema, new_schema) = (schema(&old_at, old), schema(&new_at, new));
    let scalar = to.is_scalar(&old_schema, &new_schema);
    let (before, after) = (
        Serialization::of(old, scalar),
        Serialization::of(new, scalar),
    );
    // Whoever moves is written in another way in any case.
    if before != after && old["in"] == new["in"] {
        let message = format!(
            "is written as {}, was written as {}",
            after.words(),
            before.words()
        );
        to.note(
            Rule::SerializationChanged,
            direction,
            places.clone(),
            message,
        );
    }
    if old.get("content").is_some() && new.get("content").is_some() {
        bodies::content(
            to,
            &old["content"],
            &new["content"],
            direction,
            &below("content"),
        );
    } else {
        to.schemas(&old_schema, &new_schema, direction, Position::Other);
    }
}

/// The schema of a parameter, which may be that of its only media type.
fn schema<'d>(at: &str, parameter: &'d Value) -> Schema<'d> {
    let content = parameter["content"]
        .as_object()
        .and_then(|content| content.iter().next());
    let (at, holder) = match content {
        Some((name, media_type)) => (child(&child(at, "content"), name), media_type),
        None => (at.to_owned(), parameter),
    };
    Schema::new(child(&at, "schema"), holder.get("schema").unwrap_or(&ANY))
}

/// Notes that something is deprecated, or no longer.
pub fn deprecation(
    to: &mut Comparison<'_>,
    old: Option<&Value>,
    new: Option<&Value>,
    direction: Direction,
    pointers: Pointers,
) {
    let set = |value: Option<&Value>| value == Some(&Value::Bool(true));
    let words = match (set(old), set(new)) {
        (false, true) => "is deprecated",
        (true, false) => "is deprecated no longer",
        _ => return,
    };
    to.note(Rule::DeprecationChanged, direction, pointers, words);
}

/// How a value is written into a request, defaults spelled out.
#[derive(PartialEq)]
enum Serialization {
    /// As text of this kind.
    Content(String),
    Style {
        style: String,
        explode: bool,
        reserved: bool,
    },
}

impl Serialization {
    /// How `parameter` is written, which is a single value if it is `scalar`.
    fn of(parameter: &Value, scalar: bool) -> Self {
        let content = parameter["content"].as_object();
        if let Some((media_type, _)) = content.and_then(|content| content.iter().next()) {
            return Self::Content(bodies::media_type(media_type));
        }
        let location = parameter["in"].as_str();
        let default = match location {
            Some("query" | "cookie") => "form",
            _ => "simple",
        };
        let style = parameter["style"].as_str().unwrap_or(default).to_owned();
        let explode = parameter["explode"].as_bool().unwrap_or(style == "form");
        Self::Style {
            // There is nothing to take apart in a single value.
            explode: explode && !(scalar && ["form", "simple"].contains(&&*style)),
            reserved: parameter["allowReserved"] == true,
            style,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Content(media_type) => format!("`{media_type}`"),
            Self::Style {
                style,
                explode,
                reserved,
            } => {
                let exploded = if *explode { ", exploded" } else { "" };
                let reserved = if *reserved {
                    ", with reserved characters"
                } else {
                    ""
                };
                format!("`{style}`{exploded}{reserved}")
            }
        }
    }
}
