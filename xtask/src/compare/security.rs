//! Compares credentials: how they are sent, and which of them are enough.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    changes::{Pointers, Said},
    comparison::{Comparison, entries, keys},
    docs,
    level::Direction,
    normalize::Document,
    parameters,
    rules::Rule,
    values::said,
};
use crate::openapi::{number::same, pointer::child};

const SCHEMES: &str = "/components/securitySchemes";

/// Compares the schemes by name. One under another name is the same one.
pub fn schemes(to: &mut Comparison<'_>) {
    let (olds, news) = (all(&to.old), all(&to.new));
    let renamed = renamed(&to.old, &to.new);
    for (name, old) in &olds {
        let pointer = child(SCHEMES, name);
        match news.get(name) {
            Some(new) => scheme(to, old, new, &Pointers::both(&*pointer, &*pointer)),
            None if renamed.values().any(|old| old == name) => {}
            None => {
                let said = Said::new("the security scheme is gone");
                note(
                    to,
                    Rule::SecuritySchemeRemoved,
                    Pointers::gone(pointer),
                    said,
                );
            }
        }
    }
    for name in news.keys() {
        if let Some(before) = renamed.get(name) {
            let places = Pointers::both(child(SCHEMES, before), child(SCHEMES, name));
            scheme(to, olds[before], news[name], &places);
        } else if !olds.contains_key(name) {
            let said = Said::new("the security scheme is new");
            note(
                to,
                Rule::SecuritySchemeAdded,
                Pointers::new(child(SCHEMES, name)),
                said,
            );
        }
    }
}

fn note(to: &mut Comparison<'_>, rule: Rule, pointers: Pointers, said: Said) {
    to.note(rule, Direction::Request, pointers, said);
}

fn all<'d>(document: &Document<'d>) -> BTreeMap<&'d str, &'d Value> {
    let schemes = entries(&document.value["components"]["securitySchemes"]);
    schemes
        .into_iter()
        .map(|(name, scheme)| (name, document.at(child(SCHEMES, name), scheme).1))
        .collect()
}

/// The old names of schemes that have new ones, by the new.
fn renamed<'d>(old: &Document<'d>, new: &Document<'d>) -> BTreeMap<&'d str, &'d str> {
    let (olds, news) = (all(old), all(new));
    let come = news.iter().filter(|(name, _)| !olds.contains_key(*name));
    come.filter_map(|(name, scheme)| {
        let gone = olds.iter().filter(|(name, _)| !news.contains_key(*name));
        let (old, _) = gone
            .into_iter()
            .find(|(_, old)| same(&meaning(old), &meaning(scheme)))?;
        Some((*name, *old))
    })
    .collect()
}

/// A scheme without words.
fn meaning(scheme: &Value) -> Value {
    let mut scheme = scheme.clone();
    if let Value::Object(scheme) = &mut scheme {
        scheme.retain(|keyword, _| docs::rule(keyword).is_none());
    }
    let flows = scheme.get_mut("flows").and_then(Value::as_object_mut);
    for (_, flow) in flows.into_iter().flatten() {
        let scopes = flow.get_mut("scopes").and_then(Value::as_object_mut);
        for (_, text) in scopes.into_iter().flatten() {
            text.take();
        }
    }
    scheme
}

fn scheme(to: &mut Comparison<'_>, old: &Value, new: &Value, at: &Pointers) {
    let in_header = old["in"] == "header" && new["in"] == "header";
    for keyword in keys(old, new) {
        let places = below(at, keyword);
        let (old, new) = (old.get(keyword), new.get(keyword));
        match keyword {
            "flows" => flows(
                to,
                old.unwrap_or(&Value::Null),
                new.unwrap_or(&Value::Null),
                &places,
            ),
            "deprecated" => {
                parameters::deprecation(to, old, new, Direction::Request, places);
            }
            _ if docs::rule(keyword).is_some() => {
                to.keyword(Direction::Request, keyword, old, new, at);
            }
            // Says what the token is made of, for people.
            "bearerFormat" => to.words(Rule::TextChanged, keyword, old, new, places),
            "scheme" if lower(old) == lower(new) => {}
            "name" if in_header && lower(old) == lower(new) => {}
            _ if old != new => {
                let said = Said {
                    message: format!("`{keyword}` is {}, was {}", said(new), said(old)),
                    before: old.cloned(),
                    after: new.cloned(),
                };
                note(to, Rule::SecuritySchemeChanged, places, said);
            }
            _ => {}
        }
    }
}

fn below(at: &Pointers, key: &str) -> Pointers {
    let below = |at: &Option<String>| at.as_ref().map(|at| child(at, key));
    Pointers {
        before: below(&at.before),
        after: below(&at.after),
    }
}

/// Names of HTTP schemes, and of headers, have no case.
fn lower(value: Option<&Value>) -> Option<String> {
    Some(value?.as_str()?.to_lowercase())
}

fn flows(to: &mut Comparison<'_>, old: &Value, new: &Value, at: &Pointers) {
    for name in keys(old, new) {
        let places = below(at, name);
        match (old.get(name), new.get(name)) {
            (Some(old), Some(new)) => flow(to, name, old, new, &places),
            (None, _) => {
                let said = Said::new(format!("the flow `{name}` is new"));
                let places = Pointers {
                    before: None,
                    ..places
                };
                note(to, Rule::SecurityLoosened, places, said);
            }
            (_, None) => {
                let said = Said::new(format!("the flow `{name}` is gone"));
                let places = Pointers {
                    after: None,
                    ..places
                };
                note(to, Rule::SecuritySchemeChanged, places, said);
            }
        }
    }
}

fn flow(to: &mut Comparison<'_>, name: &str, old: &Value, new: &Value, at: &Pointers) {
    for keyword in keys(old, new) {
        let (old, new) = (old.get(keyword), new.get(keyword));
        if keyword == "scopes" || old == new {
            continue;
        }
        if docs::rule(keyword).is_some() {
            to.keyword(Direction::Request, keyword, old, new, at);
            continue;
        }
        let said = Said {
            message: format!(
                "`{keyword}` of the flow `{name}` is {}, was {}",
                said(new),
                said(old)
            ),
            before: old.cloned(),
            after: new.cloned(),
        };
        note(to, Rule::SecuritySchemeChanged, below(at, keyword), said);
    }
    let (old, new) = (&old["scopes"], &new["scopes"]);
    let at = below(at, "scopes");
    for scope in keys(old, new) {
        let places = below(&at, scope);
        match (old.get(scope), new.get(scope)) {
            (None, _) => {
                let said = Said::new(format!("the scope `{scope}` is new"));
                note(
                    to,
                    Rule::ScopeAdded,
                    Pointers {
                        before: None,
                        ..places
                    },
                    said,
                );
            }
            (_, None) => {
                let said = Said::new(format!("the scope `{scope}` is gone"));
                note(
                    to,
                    Rule::ScopeRemoved,
                    Pointers {
                        after: None,
                        ..places
                    },
                    said,
                );
            }
            (old, new) => {
                let what = format!("scope {scope}");
                to.words(Rule::TextChanged, &what, old, new, places);
            }
        }
    }
}

/// What has to be there together, with its scopes.
type Alternative<'d> = BTreeMap<&'d str, BTreeSet<&'d str>>;

/// Compares which credentials are enough for an operation.
pub fn requirements<'d>(
    to: &mut Comparison<'d>,
    old: (String, &'d Value),
    new: (String, &'d Value),
    operation: &str,
) {
    let renamed = renamed(&to.old, &to.new);
    let olds = alternatives(old.1, &BTreeMap::new());
    let news = alternatives(new.1, &renamed);
    // What is asked for is at most what was given.
    let met = |asked: &Alternative<'_>, given: &Alternative<'_>| {
        asked.iter().all(|(scheme, scopes)| {
            given
                .get(scheme)
                .is_some_and(|given| scopes.is_subset(given))
        })
    };
    let pointers = Pointers::both(old.0, new.0);
    for given in &olds {
        if !news.iter().any(|asked| met(asked, given)) {
            let refused = match given.is_empty() {
                true => "a call without credentials is refused now".to_owned(),
                false => format!("{} is not enough any longer", words(given)),
            };
            let message = format!("{refused}; it takes {}", all_words(&news));
            to.changes.note(
                Rule::SecurityTightened,
                Direction::Request,
                pointers.clone(),
                Said::new(message),
                Some(operation),
            );
        }
    }
    for asked in &news {
        if !olds.iter().any(|given| met(given, asked)) {
            let taken = match asked.is_empty() {
                true => "a call without credentials is taken now".to_owned(),
                false => format!("{} is enough now", words(asked)),
            };
            let message = format!("{taken}; it took {}", all_words(&olds));
            to.changes.note(
                Rule::SecurityLoosened,
                Direction::Request,
                pointers.clone(),
                Said::new(message),
                Some(operation),
            );
        }
    }
}

fn alternatives<'d>(
    security: &'d Value,
    renamed: &BTreeMap<&'d str, &'d str>,
) -> Vec<Alternative<'d>> {
    let listed = security.as_array().into_iter().flatten();
    let mut listed: Vec<Alternative<'d>> = listed
        .map(|alternative| {
            let schemes = alternative.as_object().into_iter().flatten();
            schemes
                .map(|(name, scopes)| {
                    let name = renamed.get(name.as_str()).copied().unwrap_or(name);
                    let scopes = scopes.as_array().into_iter().flatten();
                    (name, scopes.filter_map(Value::as_str).collect())
                })
                .collect()
        })
        .collect();
    if listed.is_empty() {
        listed.push(Alternative::new());
    }
    listed
}

fn words(alternative: &Alternative<'_>) -> String {
    let schemes: Vec<String> = alternative
        .iter()
        .map(|(scheme, scopes)| {
            let scopes: Vec<&str> = scopes.iter().copied().collect();
            match scopes.as_slice() {
                [] => format!("`{scheme}`"),
                scopes => format!("`{scheme}` with {}", scopes.join(" and ")),
            }
        })
        .collect();
    match schemes.as_slice() {
        [] => "no credential".to_owned(),
        schemes => schemes.join(" and "),
    }
}

fn all_words(alternatives: &[Alternative<'_>]) -> String {
    let all: Vec<String> = alternatives.iter().map(words).collect();
    all.join(", or ")
}
