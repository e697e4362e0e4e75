//! Compares what objects and lists hold.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Pair, Position, place};
use crate::compare::{
    changes::{Pointers, Said},
    comparison::Comparison,
    level::Direction,
    normal::{ANY, Normal, Schema},
    renames,
    rules::Rule,
};

fn position(required: bool) -> Position {
    match required {
        true => Position::Other,
        false => Position::OptionalField,
    }
}

/// A schema as the document has it, before references are followed.
fn written<'d>(schema: &Schema<'d>) -> &'d Value {
    schema.parts.first().map_or(&Value::Null, |part| part.value)
}

impl<'d> Pair<'d> {
    /// The old names of properties that have new ones, by the new.
    fn renamed(&self, to: &Comparison<'d>) -> BTreeMap<&str, &str> {
        // On trial it does not matter what becomes of a property that went.
        if to.on_trial {
            return BTreeMap::new();
        }
        let (old, new) = (&self.old, &self.new);
        let gone = old
            .properties
            .iter()
            .filter(|(name, _)| !new.properties.contains_key(*name));
        let gone: Vec<_> = gone.collect();
        let come = new
            .properties
            .iter()
            .filter(|(name, _)| !old.properties.contains_key(*name));
        let come: Vec<_> = come.collect();
        let pairs = renames::pairs(&gone, &come, |(from, before), (to_name, after)| {
            let (was, is) = (
                old.required.contains(*from),
                new.required.contains(*to_name),
            );
            let position = position(was);
            was == is
                && renames::may_be_renamed((from, to_name), (written(before), written(after)))
                && to.mean_the_same(before, after, position)
        });
        let names = pairs
            .iter()
            .map(|(old, new)| (*come[*new].0, *gone[*old].0));
        names.collect()
    }

    pub(super) fn properties(&self, to: &mut Comparison<'d>) {
        let renamed = self.renamed(to);
        for (new_name, old_name) in &renamed {
            let (old, new) = (
                &self.old.properties[*old_name],
                &self.new.properties[*new_name],
            );
            let pointers = Pointers::both(place(old), place(new));
            let message = format!("renamed from `{old_name}` to `{new_name}`");
            self.note(to, Rule::FieldRenamed, pointers, Said::new(message));
            let position = position(self.old.required.contains(*old_name));
            to.schemas(old, new, self.direction, position);
        }
        for (name, old) in &self.old.properties {
            if renamed.values().any(|old_name| *old_name == &**name) {
                continue;
            }
            let Some(new) = self.new.properties.get(name) else {
                let said = Said {
                    message: format!("the field `{name}` is gone"),
                    before: old.parts.first().map(|part| part.value.clone()),
                    after: None,
                };
                self.note(to, Rule::FieldRemoved, Pointers::gone(place(old)), said);
                continue;
            };
            let was = self.old.required.contains(name);
            let is = self.new.required.contains(name);
            // What only travels one way is compared that way alone, and what never travels
            // this way has to be there in no case.
            let both = [Normal::of(&to.old, old), Normal::of(&to.new, new)];
            let travels = |flag: &str| both.iter().all(|side| side.is_set(flag));
            let direction = if travels("readOnly") {
                Direction::Response
            } else if travels("writeOnly") {
                Direction::Request
            } else {
                self.direction
            };
            if was != is {
                let (rule, words) = match (is, self.direction) {
                    (true, Direction::Request) => (Rule::FieldRequired, "has to be given now"),
                    (true, Direction::Response) => (Rule::FieldRequired, "is always there now"),
                    (false, Direction::Request) => (Rule::FieldOptional, "may be left out now"),
                    (false, Direction::Response) => (Rule::FieldOptional, "may be absent now"),
                };
                let pointers = Pointers::both(place(old), place(new));
                to.note(rule, direction, pointers, words);
            }
            to.schemas(old, new, direction, position(was));
        }
        for (name, new) in &self.new.properties {
            if self.old.properties.contains_key(name) || renamed.contains_key(&**name) {
                continue;
            }
            let read_only = Normal::of(&to.new, new).is_set("readOnly");
            let required = self.new.required.contains(name)
                && !(read_only && self.direction == Direction::Request);
            let (rule, words) = match (required, self.direction) {
                (true, Direction::Request) => {
                    (Rule::RequiredFieldAdded, "is new and has to be given")
                }
                (true, Direction::Response) => (Rule::RequiredFieldAdded, "is new"),
                (false, _) => (Rule::OptionalFieldAdded, "is new"),
            };
            let said = Said {
                message: format!("the field `{name}` {words}"),
                before: None,
                after: new.parts.first().map(|part| part.value.clone()),
            };
            self.note(to, rule, Pointers::new(place(new)), said);
        }
        // Names that are required without being described.
        let described = |name: &&str| {
            self.old.properties.contains_key(name) || self.new.properties.contains_key(name)
        };
        for name in self
            .new
            .required
            .difference(&self.old.required)
            .filter(|name| !described(name))
        {
            let said = Said::new(format!("the field `{name}` is required now"));
            self.note(to, Rule::FieldRequired, self.places("required"), said);
        }
        for name in self
            .old
            .required
            .difference(&self.new.required)
            .filter(|name| !described(name))
        {
            let said = Said::new(format!("the field `{name}` is required no longer"));
            self.note(to, Rule::FieldOptional, self.places("required"), said);
        }
    }

    /// Items, further members, and rules for them.
    pub(super) fn members(&self, to: &mut Comparison<'d>) {
        let (old, new) = (&self.old.inner, &self.new.inner);
        let keywords: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        for keyword in keywords {
            let (old, new) = (old.get(keyword), new.get(keyword));
            match keyword {
                "additionalProperties" | "unevaluatedProperties" | "unevaluatedItems" => {
                    self.further(to, keyword, old, new);
                }
                "items" | "propertyNames" | "contentSchema" => self.held(to, keyword, old, new),
                _ => self.condition(to, keyword, old, new, self.places(keyword)),
            }
        }
        let (old, new) = (&self.old.dependent_schemas, &self.new.dependent_schemas);
        let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        for name in names {
            let places = self.places("dependentSchemas");
            self.condition(to, "dependentSchemas", old.get(name), new.get(name), places);
        }
        self.patterns(to);
        self.prefix_items(to);
    }

    /// Compares a schema of values, where none says nothing of them.
    fn held(
        &self,
        to: &mut Comparison<'d>,
        keyword: &str,
        old: Option<&Schema<'d>>,
        new: Option<&Schema<'d>>,
    ) {
        let places = self.places(keyword);
        // An absent schema has no place of its own.
        let placed = |schema: Option<&Schema<'d>>, at: Option<String>| {
            schema
                .cloned()
                .unwrap_or_else(|| Schema::new(at.unwrap_or_default(), &ANY))
        };
        let (old, new) = (placed(old, places.before), placed(new, places.after));
        to.schemas(&old, &new, self.direction, Position::Other);
    }

    /// Compares schemas that decide whether others apply, or what must not be: which way a change
    /// of them leads cannot be told.
    fn condition(
        &self,
        to: &mut Comparison<'d>,
        keyword: &str,
        old: Option<&Schema<'d>>,
        new: Option<&Schema<'d>>,
        places: Pointers,
    ) {
        let same = match (old, new) {
            (Some(old), Some(new)) => to.mean_the_same(old, new, Position::Other),
            _ => false,
        };
        if !same {
            let written = |schema: Option<&Schema<'d>>| {
                let value = schema?.parts.first()?.value;
                Some(value)
            };
            to.differ(self.direction, keyword, written(old), written(new), places);
        }
    }

    /// Members beyond the listed ones.
    fn further(
        &self,
        to: &mut Comparison<'d>,
        keyword: &str,
        old: Option<&Schema<'d>>,
        new: Option<&Schema<'d>>,
    ) {
        let refused = |schema: Option<&Schema<'d>>, document| {
            schema.is_some_and(|schema| Normal::of(document, schema).is_never())
        };
        let places = self.places(keyword);
        let what = if keyword == "unevaluatedItems" {
            "items"
        } else {
            "fields"
        };
        match (refused(old, &to.old), refused(new, &to.new)) {
            (true, true) => {}
            (true, false) => {
                let said = Said::new(format!("further {what} are taken now"));
                self.note(to, Rule::FurtherMembersAllowed, places, said);
            }
            // Further ones that were described were something to rely on.
            (false, true) if old.is_some() && self.direction == Direction::Response => {
                let said = Said::new(format!("there are no further {what} any longer"));
                self.note(to, Rule::FieldRemoved, places, said);
            }
            (false, true) => {
                let said = Said::new(format!("further {what} are refused now"));
                self.note(to, Rule::FurtherMembersRefused, places, said);
            }
            (false, false) => self.held(to, keyword, old, new),
        }
    }

    fn patterns(&self, to: &mut Comparison<'d>) {
        for (pattern, old) in &self.old.pattern_properties {
            match self.new.pattern_properties.get(pattern) {
                Some(new) => to.schemas(old, new, self.direction, Position::Other),
                None => {
                    let said = Said::new(format!(
                        "fields named like `{pattern}` have no rule any longer"
                    ));
                    self.note(to, Rule::MemberRuleUnset, Pointers::gone(place(old)), said);
                }
            }
        }
        for (pattern, new) in &self.new.pattern_properties {
            if !self.old.pattern_properties.contains_key(pattern) {
                let said = Said::new(format!("fields named like `{pattern}` have a rule now"));
                self.note(to, Rule::MemberRuleSet, Pointers::new(place(new)), said);
            }
        }
    }

    fn prefix_items(&self, to: &mut Comparison<'d>) {
        let (old, new) = (&self.old.prefix_items, &self.new.prefix_items);
        for (old, new) in old.iter().zip(new) {
            to.schemas(old, new, self.direction, Position::Other);
        }
        for old in old.iter().skip(new.len()) {
            let said = Said::new("this place has no rule any longer");
            self.note(to, Rule::MemberRuleUnset, Pointers::gone(place(old)), said);
        }
        for new in new.iter().skip(old.len()) {
            let said = Said::new("this place has a rule now");
            self.note(to, Rule::MemberRuleSet, Pointers::new(place(new)), said);
        }
    }
}
