//! Compares schemas, by the direction in which their values travel.

mod discriminator;
mod keywords;
mod properties;

use std::{collections::BTreeSet, rc::Rc};

use serde_json::Value;

use super::{
    changes::{Pointers, Said},
    comparison::Comparison,
    level::Direction,
    normalize::{Limit, Normal, Schema, Types},
    rules::Rule,
    unions,
    values::{Set, quoted},
};

/// Where a schema stands, as far as it matters to what may change in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Position {
    /// A field that may be absent.
    OptionalField,
    /// A variant of a union, which says itself whether null matches.
    Variant,
    Other,
}

/// Two schemas that are to be compared.
#[derive(Debug)]
pub struct Task<'d> {
    old: Schema<'d>,
    new: Schema<'d>,
    direction: Direction,
    position: Position,
}

impl<'d> Comparison<'d> {
    /// Has two schemas compared, of values that travel in this direction: later, for schemas hold
    /// schemas without end.
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
            self.tasks.push(Task {
                old: old.clone(),
                new: new.clone(),
                direction,
                position,
            });
        }
    }

    /// Whether values are neither lists nor objects on both sides.
    pub fn is_scalar(&self, old: &Schema<'d>, new: &Schema<'d>) -> bool {
        let sides = [Normal::of(&self.old, old), Normal::of(&self.new, new)];
        let composite = ["array", "object"];
        let mut types = sides.iter().flat_map(|side| &side.types);
        !types.any(|name| composite.contains(name))
    }

    /// Compares the schemas that are waiting for it, and those within.
    pub fn work(&mut self) {
        while let Some(task) = self.tasks.pop() {
            let (old, new) = (
                Normal::of(&self.old, &task.old),
                Normal::of(&self.new, &task.new),
            );
            if !self.on_trial {
                self.old.mark_used(&old);
                self.new.mark_used(&new);
            }
            let pair = Pair {
                old,
                new,
                direction: task.direction,
                position: task.position,
            };
            pair.words(self);
            pair.flags(self);
            pair.choices(&task).compare(self);
            // Whoever is on trial is told by the first difference.
            if self.on_trial && self.changes.matter() {
                return;
            }
        }
    }
}

/// Two schemas in the one spelling.
#[derive(Clone)]
struct Pair<'d> {
    old: Rc<Normal<'d>>,
    new: Rc<Normal<'d>>,
    direction: Direction,
    position: Position,
}

impl<'d> Pair<'d> {
    /// The pair with one schema as a choice among one, where the other is a choice.
    fn choices(&self, task: &Task<'d>) -> Self {
        let mut pair = self.clone();
        if self.old.is_choice() && self.new.unions.is_empty() && !self.new.is_any() {
            pair.new = Rc::new(self.new.as_choice(&task.new, &self.old));
        } else if self.new.is_choice() && self.old.unions.is_empty() && !self.old.is_any() {
            pair.old = Rc::new(self.old.as_choice(&task.old, &self.new));
        }
        pair
    }

    fn compare(&self, to: &mut Comparison<'d>) {
        let comparable = self.types(to);
        self.unknown(to);
        if comparable == Comparable::None {
            return;
        }
        // What can be named goes, whatever is valid from now on.
        self.values(to);
        self.properties(to);
        unions::compare(to, &self.old, &self.new, self.direction);
        if comparable == Comparable::Names {
            return;
        }
        self.limits(to);
        self.members(to);
        self.others(to);
    }

    fn note(&self, to: &mut Comparison<'d>, rule: Rule, pointers: Pointers, said: Said) {
        to.note(rule, self.direction, pointers, said);
    }

    fn places(&self, keyword: &str) -> Pointers {
        Pointers::both(self.old.place(keyword), self.new.place(keyword))
    }

    /// Compares types and null; what it makes sense to compare besides.
    fn types(&self, to: &mut Comparison<'d>) -> Comparable {
        let (old, new) = (&*self.old, &*self.new);
        let choice = |one: &Normal<'_>, two: &Normal<'_>| one.is_any() && !two.unions.is_empty();
        if old.types == new.types && !choice(old, new) && !choice(new, old) {
            self.null(to);
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
        let (was, is) = (type_words(old), type_words(new));
        let message = format!("is {is} now, was {was}");
        let said = Said::from_to(message, &was.into(), &is.into());
        self.note(to, rule, self.places("type"), said);
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
            self.null(to);
            Comparable::All
        }
    }

    fn null(&self, to: &mut Comparison<'d>) {
        let (old, new) = (self.old.null, self.new.null);
        if old == new || self.position == Position::Variant {
            return;
        }
        let optional = self.position == Position::OptionalField;
        let (rule, words) = match (new, optional && self.direction == Direction::Response) {
            (true, false) => (Rule::NullAllowed, "may be null now"),
            (true, true) => (Rule::NullAllowedOnOptional, "may be null now"),
            (false, _) => (Rule::NullRefused, "may not be null any longer"),
        };
        self.note(to, rule, self.places("type"), Said::new(words));
    }

    fn values(&self, to: &mut Comparison<'d>) {
        let places = self.places("enum");
        match (&self.old.values, &self.new.values) {
            (None, None) => {}
            (None, Some(new)) => {
                let message = format!("has to be one of {} now", list(new));
                self.note(to, Rule::EnumSet, places, Said::new(message));
            }
            (Some(old), None) => {
                let message = format!("can be any value now, was one of {}", list(old));
                self.note(to, Rule::EnumUnset, places, Said::new(message));
            }
            (Some(old), Some(new)) => {
                let missing = |values: &[&'d Value], from: &[&'d Value]| -> Vec<&'d Value> {
                    let from = Set::of(from.iter().copied());
                    let mut values = values.to_vec();
                    values.retain(|value| !from.contains(value));
                    values
                };
                for value in missing(old, new) {
                    let said = Said {
                        message: format!("the value {} is gone", quoted(value)),
                        before: Some(value.clone()),
                        after: None,
                    };
                    self.note(to, Rule::EnumValueRemoved, places.clone(), said);
                }
                for value in missing(new, old) {
                    let said = Said {
                        message: format!("the value {} is new", quoted(value)),
                        before: None,
                        after: Some(value.clone()),
                    };
                    self.note(to, Rule::EnumValueAdded, places.clone(), said);
                }
            }
        }
    }

    fn limits(&self, to: &mut Comparison<'d>) {
        let names: BTreeSet<&str> = self
            .old
            .limits
            .keys()
            .chain(self.new.limits.keys())
            .copied()
            .collect();
        for name in names {
            let (old, new) = (self.old.limits.get(name), self.new.limits.get(name));
            let rule = match Limit::tightens(name, old, new) {
                None => continue,
                Some(true) => Rule::LimitTightened,
                Some(false) => Rule::LimitLoosened,
            };
            let message = format!("`{name}` is {}, was {}", limit(new), limit(old));
            let number =
                |limit: Option<&Limit<'_>>| limit.map(|limit| Value::Number(limit.value.clone()));
            let said = Said {
                message,
                before: number(old),
                after: number(new),
            };
            self.note(to, rule, self.places(name), said);
        }
    }
}

/// What two schemas can be compared in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparable {
    All,
    /// In what a caller can name: fields, values, variants.
    Names,
    None,
}

/// The place of a schema as it is written, before references are followed.
fn place(schema: &Schema<'_>) -> String {
    schema
        .parts
        .first()
        .map_or_else(String::new, |part| part.at.clone())
}

fn covers(wide: &Types, narrow: &Types) -> bool {
    narrow
        .iter()
        .all(|name| wide.contains(name) || (*name == "integer" && wide.contains("number")))
}

fn type_words(schema: &Normal<'_>) -> String {
    if schema.is_never() {
        return "nothing".to_owned();
    }
    let types: Vec<&str> = schema.types.iter().copied().collect();
    match types.as_slice() {
        [] => "null".to_owned(),
        _ if !schema.unions.is_empty() && types.len() == 5 => "a choice of variants".to_owned(),
        _ if types.len() == 5 => "any JSON".to_owned(),
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

fn limit(limit: Option<&Limit<'_>>) -> String {
    match limit {
        None => "unset".to_owned(),
        Some(limit) if limit.exclusive => format!("{} (exclusive)", limit.value),
        Some(limit) => limit.value.to_string(),
    }
}
