//! Compares schemas, for values of one direction.

mod discriminator;
mod keywords;
mod properties;
mod subschemas;
mod unions;

use std::{
    collections::{BTreeSet, HashSet},
    iter,
    rc::Rc,
};

use serde_json::Value;

use super::{
    changes::Pointers,
    comparer::{Comparer, Position, QueuedSchemas},
    cursor::Cursor,
    level::Direction,
    normalize::{Limit, NormalizedSchema, Schema, Types},
    rules::Rule,
    values::{canonical, describe_texts, quoted},
};

/// Compares the schemas in the queue, and all schemas in them.
pub fn compare_queued(comparer: &Comparer<'_>) {
    while let Some(queued) = comparer.next_schemas() {
        let pair = compare_schemas(comparer, &queued);
        comparer.old.mark_compared(&pair.old);
        comparer.new.mark_compared(&pair.new);
    }
}

fn compare_schemas<'c, 'd>(
    comparer: &'c Comparer<'d>,
    queued: &QueuedSchemas<'d>,
) -> SchemaPair<'c, 'd> {
    let [old, new] = comparer.normalized([&queued.old, &queued.new]);
    let pair = SchemaPair {
        comparer,
        old,
        new,
        direction: queued.direction,
        position: queued.position,
    };
    pair.docs();
    pair.flags();
    pair.with_unions(queued).compare();
    pair
}

/// Returns whether two schemas differ in documentation at most.
pub fn are_equivalent<'d>(
    comparer: &Comparer<'d>,
    [old, new]: [&Schema<'d>; 2],
    position: Position,
) -> bool {
    let key = (position, old.key(), new.key());
    let known = comparer.equivalences.borrow().known(&key);
    if let Some(known) = known {
        return known;
    }
    let start = comparer.equivalences.borrow_mut().start(key.clone());
    let dry_run = comparer.dry_run();
    for direction in [Direction::Request, Direction::Response] {
        let pair = QueuedSchemas {
            old: old.clone(),
            new: new.clone(),
            direction,
            position,
        };
        compare_schemas(&dry_run, &pair);
    }
    let equivalent = finds_no_difference(&dry_run);
    let mut equivalences = comparer.equivalences.borrow_mut();
    equivalences.finish(key, start, equivalent);
    equivalent
}

/// Returns whether the parts that a dry run compared differ in documentation at most, with the schemas
/// in them.
pub fn finds_no_difference(dry_run: &Comparer<'_>) -> bool {
    let mut queued = iter::from_fn(|| dry_run.next_schemas());
    !dry_run.goes_beyond_docs()
        && queued.all(|pair| are_equivalent(dry_run, [&pair.old, &pair.new], pair.position))
}

/// Two normalized schemas.
#[derive(Clone)]
struct SchemaPair<'c, 'd> {
    comparer: &'c Comparer<'d>,
    old: Rc<NormalizedSchema<'d>>,
    new: Rc<NormalizedSchema<'d>>,
    direction: Direction,
    position: Position,
}

impl<'c, 'd> SchemaPair<'c, 'd> {
    /// Returns the pair with one schema as a union of one variant, if only the other is a union.
    fn with_unions(&self, queued: &QueuedSchemas<'d>) -> Self {
        let mut pair = self.clone();
        if self.old.is_union() && self.new.unions.is_empty() && !self.new.is_any() {
            pair.new = Rc::new(self.new.as_union(&queued.new, &self.old));
        } else if self.new.is_union() && self.old.unions.is_empty() && !self.old.is_any() {
            pair.old = Rc::new(self.old.as_union(&queued.old, &self.new));
        }
        pair
    }

    fn compare(&self) {
        let comparable = self.types();
        self.other_keywords(comparable == Comparable::All);
        if comparable == Comparable::None {
            return;
        }
        // Names that callers use can be removed even if any value is valid now.
        self.values();
        self.properties();
        self.unions();
        if comparable == Comparable::Names {
            return;
        }
        self.limits();
        self.subschemas();
    }

    /// Returns the cursor to `keyword`, or to the schemas if they do not have it.
    fn at(&self, keyword: &str, values: [Option<&'d Value>; 2]) -> Cursor<'c, 'd> {
        let before = self.old.pointer_to(keyword);
        let after = self.new.pointer_to(keyword);
        Cursor {
            old: values[0],
            new: values[1],
            ..self.between(before, after)
        }
    }

    /// Returns the cursor to these pointers.
    fn between(&self, before: String, after: String) -> Cursor<'c, 'd> {
        Cursor {
            pointers: Pointers::both(before, after),
            ..self.entry(None, None)
        }
    }

    /// Returns the cursor to two schemas in this pair.
    fn entry(&self, old: Option<&Schema<'d>>, new: Option<&Schema<'d>>) -> Cursor<'c, 'd> {
        let [old, new] = [old, new].map(|schema| schema.and_then(Schema::node));
        Cursor::new(self.comparer, self.direction, old, new)
    }

    fn record(&self, keyword: &str, rule: Rule, message: impl Into<String>) {
        self.at(keyword, [None, None]).record(rule, message);
    }

    /// Queues two schemas in this pair.
    fn queue(&self, old: &Schema<'d>, new: &Schema<'d>, position: Position) {
        self.comparer
            .queue_schemas(old, new, self.direction, position);
    }

    fn are_equivalent(&self, old: &Schema<'d>, new: &Schema<'d>, position: Position) -> bool {
        are_equivalent(self.comparer, [old, new], position)
    }

    /// Compares the types, and returns what else can be compared.
    fn types(&self) -> Comparable {
        let (old, new) = (&*self.old, &*self.new);
        let any_and_union = |one: &NormalizedSchema<'_>, two: &NormalizedSchema<'_>| {
            one.is_any() && !two.unions.is_empty()
        };
        if old.types == new.types && !any_and_union(old, new) && !any_and_union(new, old) {
            self.null();
            return Comparable::All;
        }
        let rule = if new.types.is_empty() {
            Rule::TypeChanged
        } else if old.is_any() || (!new.is_any() && covers(&old.types, &new.types)) {
            Rule::TypeNarrowed
        } else if covers(&new.types, &old.types) {
            Rule::TypeWidened
        } else {
            Rule::TypeChanged
        };
        let (before, after) = (describe_types(old), describe_types(new));
        let message = format!("the type changed from {before} to {after}");
        let values = [Some(&before.into()), Some(&after.into())];
        self.at("type", [None, None])
            .record_with(rule, message, values, None);
        let shared = |name: &&&str| {
            new.types.contains(**name)
                || (**name == "integer" && new.types.contains("number"))
                || (**name == "number" && new.types.contains("integer"))
        };
        if old.is_any() || !old.types.iter().any(|name| shared(&name)) {
            Comparable::None
        } else if new.is_any() {
            Comparable::Names
        } else {
            self.null();
            Comparable::All
        }
    }

    fn null(&self) {
        let (old, new) = (self.old.nullable, self.new.nullable);
        if old == new || self.position == Position::Variant {
            return;
        }
        let optional = self.position == Position::OptionalProperty;
        let (rule, message) = match (new, optional && self.direction == Direction::Response) {
            (true, false) => (Rule::NullAllowed, "the value became nullable"),
            (true, true) => (Rule::NullAllowedOnOptional, "the value became nullable"),
            (false, _) => (Rule::NullRefused, "the value became non-nullable"),
        };
        self.record("type", rule, message);
    }

    fn values(&self) {
        match (&self.old.values, &self.new.values) {
            (None, None) => {}
            (None, Some(new)) => {
                let message = format!("the value was restricted to {}", list(new));
                self.record("enum", Rule::EnumSet, message);
            }
            (Some(old), None) => {
                let message = format!("the enum of {} was removed", list(old));
                self.record("enum", Rule::EnumUnset, message);
            }
            (Some(old), Some(new)) => {
                let missing = |values: &[&'d Value], from: &[&'d Value]| -> Vec<&'d Value> {
                    let from: HashSet<String> = from.iter().map(|value| canonical(value)).collect();
                    let mut values = values.to_vec();
                    values.retain(|value| !from.contains(&canonical(value)));
                    values
                };
                for value in missing(old, new) {
                    let message = format!("the enum value {} was removed", quoted(value));
                    self.at("enum", [Some(value), None])
                        .record_values(Rule::EnumValueRemoved, message);
                }
                for value in missing(new, old) {
                    let message = format!("the enum value {} was added", quoted(value));
                    self.at("enum", [None, Some(value)])
                        .record_values(Rule::EnumValueAdded, message);
                }
            }
        }
    }

    fn limits(&self) {
        let keywords: BTreeSet<&str> = self
            .old
            .limits
            .keys()
            .chain(self.new.limits.keys())
            .copied()
            .collect();
        for keyword in keywords {
            let (old, new) = (self.old.limits.get(keyword), self.new.limits.get(keyword));
            let rule = match Limit::tightens(keyword, old, new) {
                None => continue,
                Some(true) => Rule::LimitTightened,
                Some(false) => Rule::LimitLoosened,
            };
            let subject = format!("`{keyword}`");
            let message = describe_texts(&subject, old.map(show_limit), new.map(show_limit));
            let number = |limit: &Limit<'_>| Value::Number(limit.value.clone());
            let [before, after] = [old, new].map(|limit| limit.map(number));
            let values = [before.as_ref(), after.as_ref()];
            self.at(keyword, [None, None])
                .record_with(rule, message, values, None);
        }
    }
}

/// The aspects in which two schemas can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparable {
    All,
    /// The names that callers use: properties, enum values, variants.
    Names,
    None,
}

fn covers(wide: &Types, narrow: &Types) -> bool {
    narrow
        .iter()
        .all(|name| wide.contains(name) || (*name == "integer" && wide.contains("number")))
}

fn describe_types(schema: &NormalizedSchema<'_>) -> String {
    if schema.is_never() {
        return "a schema that no value matches".to_owned();
    }
    let types: Vec<&str> = schema.types.iter().copied().collect();
    match types.as_slice() {
        [] => "null".to_owned(),
        _ if !schema.unions.is_empty() && types.len() == 5 => "a union".to_owned(),
        _ if types.len() == 5 => "any type".to_owned(),
        types => types.join(" or "),
    }
}

fn list(values: &[&Value]) -> String {
    const SHOWN: usize = 8;
    let mut texts: Vec<String> = values
        .iter()
        .take(SHOWN)
        .map(|value| quoted(value))
        .collect();
    if values.len() > SHOWN {
        texts.push(format!("{} more", values.len() - SHOWN));
    }
    texts.join(", ")
}

fn show_limit(limit: &Limit<'_>) -> String {
    match limit.exclusive {
        true => format!("{} (exclusive)", limit.value),
        false => limit.value.to_string(),
    }
}
