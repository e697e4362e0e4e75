//! Compares the schemas of array items, additional properties and conditions.

use std::collections::BTreeSet;

use super::{Position, SchemaPair};
use crate::compare::{
    changes::Pointers,
    level::Direction,
    normalize::{ANY, Document, NormalizedSchema, Schema},
    rules::Rule,
};

impl<'d> SchemaPair<'_, 'd> {
    pub(super) fn subschemas(&self) {
        let (old, new) = (&self.old.subschemas, &self.new.subschemas);
        let keywords: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        for keyword in keywords {
            let (old, new) = (old.get(keyword), new.get(keyword));
            match keyword {
                "additionalProperties" | "unevaluatedProperties" | "unevaluatedItems" => {
                    self.additional(keyword, old, new);
                }
                "items" | "propertyNames" | "contentSchema" => {
                    self.subschema(keyword, old, new);
                }
                _ => self.condition(keyword, old, new),
            }
        }
        let (old, new) = (&self.old.dependent_schemas, &self.new.dependent_schemas);
        let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        for name in names {
            self.condition("dependentSchemas", old.get(name), new.get(name));
        }
        self.pattern_properties();
        self.prefix_items();
    }

    /// Compares the schemas of a keyword. Without the keyword, any value is valid.
    fn subschema(&self, keyword: &str, old: Option<&Schema<'d>>, new: Option<&Schema<'d>>) {
        let pointers = self.pointers_to(keyword);
        let or_any = |schema: Option<&Schema<'d>>, pointer: Option<String>| {
            schema
                .cloned()
                .unwrap_or_else(|| Schema::new(pointer.unwrap_or_default(), &ANY))
        };
        let (old, new) = (or_any(old, pointers.before), or_any(new, pointers.after));
        self.queue(&old, &new, Position::Other);
    }

    /// Compares schemas of keywords such as `if` and `not`. Only equivalent ones can be judged.
    fn condition(&self, keyword: &str, old: Option<&Schema<'d>>, new: Option<&Schema<'d>>) {
        let equivalent = match (old, new) {
            (Some(old), Some(new)) => self.are_equivalent(old, new, Position::Other),
            _ => false,
        };
        if !equivalent {
            let (old, new) = (old.and_then(Schema::written), new.and_then(Schema::written));
            let pointers = self.pointers_to(keyword);
            self.comparer
                .record_unjudged(self.direction, keyword, old, new, pointers);
        }
    }

    /// Compares the schemas of properties or items that are not listed.
    fn additional(&self, keyword: &str, old: Option<&Schema<'d>>, new: Option<&Schema<'d>>) {
        let is_forbidden = |schema: Option<&Schema<'d>>, document: &Document<'d>| {
            schema.is_some_and(|schema| NormalizedSchema::of(document, schema).is_never())
        };
        let subject = match keyword {
            "unevaluatedItems" => "additional items",
            _ => "additional properties",
        };
        let (rule, change) = match (
            is_forbidden(old, &self.comparer.old),
            is_forbidden(new, &self.comparer.new),
        ) {
            (true, true) => return,
            (false, false) => return self.subschema(keyword, old, new),
            (true, false) => (Rule::FurtherMembersAllowed, "became valid"),
            // Callers can rely on additional properties that have a schema.
            (false, true) if old.is_some() && self.direction == Direction::Response => {
                (Rule::FieldRemoved, "were removed")
            }
            (false, true) => (Rule::FurtherMembersRefused, "became invalid"),
        };
        let message = format!("{subject} {change}");
        self.record(rule, self.pointers_to(keyword), message);
    }

    fn pattern_properties(&self) {
        let (old, new) = (&self.old.pattern_properties, &self.new.pattern_properties);
        for (pattern, old) in old {
            match new.get(pattern) {
                Some(new) => self.queue(old, new, Position::Other),
                None => {
                    let message = format!(
                        "the schema of properties whose names match `{pattern}` was removed"
                    );
                    let pointers = Pointers::removed(old.pointer());
                    self.record(Rule::MemberRuleUnset, pointers, message);
                }
            }
        }
        for (pattern, new) in new {
            if !old.contains_key(pattern) {
                let message =
                    format!("the schema of properties whose names match `{pattern}` was added");
                let pointers = Pointers::added(new.pointer());
                self.record(Rule::MemberRuleSet, pointers, message);
            }
        }
    }

    fn prefix_items(&self) {
        let (old, new) = (&self.old.prefix_items, &self.new.prefix_items);
        for (old, new) in old.iter().zip(new) {
            self.queue(old, new, Position::Other);
        }
        for old in old.iter().skip(new.len()) {
            let message = "the schema of this array item was removed";
            let pointers = Pointers::removed(old.pointer());
            self.record(Rule::MemberRuleUnset, pointers, message);
        }
        for new in new.iter().skip(old.len()) {
            let message = "the schema of this array item was added";
            let pointers = Pointers::added(new.pointer());
            self.record(Rule::MemberRuleSet, pointers, message);
        }
    }
}
