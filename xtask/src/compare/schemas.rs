//! Compares schemas, for values of one direction.

mod discriminator;
mod keywords;
mod properties;
mod subschemas;

use std::{collections::BTreeSet, rc::Rc};

use serde_json::Value;

use super::{
    changes::{Details, Pointers},
    comparison::Comparer,
    level::Direction,
    normalize::{Limit, NormalizedSchema, Schema, Types},
    rules::Rule,
    unions,
    values::{Set, describe_texts, quoted},
};

/// The position of a schema, as far as it affects the level of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Position {
    /// A property that can be absent.
    OptionalProperty,
    /// A variant of a union. The union decides whether null is valid.
    Variant,
    Other,
}

/// Two schemas in the queue.
#[derive(Debug)]
pub struct Task<'d> {
    old: Schema<'d>,
    new: Schema<'d>,
    direction: Direction,
    position: Position,
}

impl<'d> Comparer<'d> {
    /// Adds two schemas to the queue, unless they were added before. Schemas can be recursive.
    pub fn schemas(
        &mut self,
        old: &Schema<'d>,
        new: &Schema<'d>,
        direction: Direction,
        position: Position,
    ) {
        if self
            .visited
            .insert((direction, position, old.key(), new.key()))
        {
            self.queue.push(Task {
                old: old.clone(),
                new: new.clone(),
                direction,
                position,
            });
        }
    }

    /// Returns whether the values of both schemas are neither arrays nor objects.
    pub fn is_scalar(&self, old: &Schema<'d>, new: &Schema<'d>) -> bool {
        let sides = [
            NormalizedSchema::of(&self.old, old),
            NormalizedSchema::of(&self.new, new),
        ];
        let composite = ["array", "object"];
        let mut types = sides.iter().flat_map(|side| &side.types);
        !types.any(|name| composite.contains(name))
    }

    /// Compares the schemas in the queue, and all schemas in them.
    pub fn run(&mut self) {
        while let Some(task) = self.queue.pop() {
            let (old, new) = (
                NormalizedSchema::of(&self.old, &task.old),
                NormalizedSchema::of(&self.new, &task.new),
            );
            if !self.is_dry_run {
                self.old.mark_compared(&old);
                self.new.mark_compared(&new);
            }
            let pair = SchemaPair {
                old,
                new,
                direction: task.direction,
                position: task.position,
            };
            pair.docs(self);
            pair.flags(self);
            pair.with_unions(&task).compare(self);
            // One difference decides a dry run.
            if self.is_dry_run && self.changes.go_beyond_docs() {
                return;
            }
        }
    }
}

/// Two normalized schemas.
#[derive(Clone)]
struct SchemaPair<'d> {
    old: Rc<NormalizedSchema<'d>>,
    new: Rc<NormalizedSchema<'d>>,
    direction: Direction,
    position: Position,
}

impl<'d> SchemaPair<'d> {
    /// Returns the pair with one schema as a union of one variant, if only the other is a union.
    fn with_unions(&self, task: &Task<'d>) -> Self {
        let mut pair = self.clone();
        if self.old.is_union() && self.new.unions.is_empty() && !self.new.is_any() {
            pair.new = Rc::new(self.new.as_union(&task.new, &self.old));
        } else if self.new.is_union() && self.old.unions.is_empty() && !self.old.is_any() {
            pair.old = Rc::new(self.old.as_union(&task.old, &self.new));
        }
        pair
    }

    fn compare(&self, comparer: &mut Comparer<'d>) {
        let comparable = self.types(comparer);
        self.unknown_keywords(comparer);
        if comparable == Comparable::None {
            return;
        }
        // Names that callers use can be removed even if any value is valid now.
        self.values(comparer);
        self.properties(comparer);
        unions::compare(comparer, &self.old, &self.new, self.direction);
        if comparable == Comparable::Names {
            return;
        }
        self.limits(comparer);
        self.subschemas(comparer);
        self.known_keywords(comparer);
    }

    fn record(
        &self,
        comparer: &mut Comparer<'d>,
        rule: Rule,
        pointers: Pointers,
        details: impl Into<Details>,
    ) {
        comparer.record(rule, self.direction, pointers, details);
    }

    fn pointers_to(&self, keyword: &str) -> Pointers {
        Pointers::both(self.old.pointer_to(keyword), self.new.pointer_to(keyword))
    }

    /// Compares the types, and returns what else can be compared.
    fn types(&self, comparer: &mut Comparer<'d>) -> Comparable {
        let (old, new) = (&*self.old, &*self.new);
        let any_and_union = |one: &NormalizedSchema<'_>, two: &NormalizedSchema<'_>| {
            one.is_any() && !two.unions.is_empty()
        };
        if old.types == new.types && !any_and_union(old, new) && !any_and_union(new, old) {
            self.null(comparer);
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
        let details = Details::new(message, Some(&before.into()), Some(&after.into()));
        self.record(comparer, rule, self.pointers_to("type"), details);
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
            self.null(comparer);
            Comparable::All
        }
    }

    fn null(&self, comparer: &mut Comparer<'d>) {
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
        self.record(comparer, rule, self.pointers_to("type"), message);
    }

    fn values(&self, comparer: &mut Comparer<'d>) {
        let pointers = self.pointers_to("enum");
        match (&self.old.values, &self.new.values) {
            (None, None) => {}
            (None, Some(new)) => {
                let message = format!("the value was restricted to {}", list(new));
                self.record(comparer, Rule::EnumSet, pointers, message);
            }
            (Some(old), None) => {
                let message = format!("the enum of {} was removed", list(old));
                self.record(comparer, Rule::EnumUnset, pointers, message);
            }
            (Some(old), Some(new)) => {
                let missing = |values: &[&'d Value], from: &[&'d Value]| -> Vec<&'d Value> {
                    let from = Set::of(from.iter().copied());
                    let mut values = values.to_vec();
                    values.retain(|value| !from.contains(value));
                    values
                };
                for value in missing(old, new) {
                    let message = format!("the enum value {} was removed", quoted(value));
                    let details = Details::new(message, Some(value), None);
                    self.record(comparer, Rule::EnumValueRemoved, pointers.clone(), details);
                }
                for value in missing(new, old) {
                    let message = format!("the enum value {} was added", quoted(value));
                    let details = Details::new(message, None, Some(value));
                    self.record(comparer, Rule::EnumValueAdded, pointers.clone(), details);
                }
            }
        }
    }

    fn limits(&self, comparer: &mut Comparer<'d>) {
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
            let details = Details {
                message,
                before: old.map(number),
                after: new.map(number),
            };
            self.record(comparer, rule, self.pointers_to(keyword), details);
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
