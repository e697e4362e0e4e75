//! Compares the schemas of array items, additional properties and conditions.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::{Position, SchemaPair};
use crate::{
    compare::{
        level::Direction,
        normalize::{ANY, NormalizedSchema, Schema},
        pairing::entries,
        rules::Rule,
    },
    openapi::pointer::child,
};

impl<'d> SchemaPair<'_, 'd> {
    pub(super) fn subschemas(&self) {
        let (old, new) = (&self.old.subschemas, &self.new.subschemas);
        let keywords: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        let none = IndexMap::new();
        for keyword in keywords {
            let [old, new] = [old, new].map(|side| side.get(keyword).unwrap_or(&none));
            for (key, old, new) in entries(old, new) {
                match keyword {
                    "additionalProperties" | "unevaluatedProperties" | "unevaluatedItems" => {
                        self.additional(keyword, old, new);
                    }
                    "items" | "propertyNames" | "contentSchema" => {
                        self.subschema(keyword, old, new);
                    }
                    "patternProperties" => {
                        let subject = format!("the schema of properties whose names match `{key}`");
                        self.member(&subject, old, new);
                    }
                    "prefixItems" => self.member("the schema of this array item", old, new),
                    _ => self.condition(keyword, old, new),
                }
            }
        }
    }

    /// Compares the schemas of a keyword. Without the keyword, any value is valid.
    fn subschema(&self, keyword: &str, old: Option<&Schema<'d>>, new: Option<&Schema<'d>>) {
        let or_any = |schema: Option<&Schema<'d>>, parent: &NormalizedSchema<'d>| {
            let any = || Schema::new(child(&parent.pointer, keyword), &ANY);
            schema.cloned().unwrap_or_else(any)
        };
        let (old, new) = (or_any(old, &self.old), or_any(new, &self.new));
        self.queue(&old, &new, Position::Other);
    }

    /// Compares schemas of keywords such as `if` and `not`. Only equivalent ones can be judged.
    fn condition(&self, keyword: &str, old: Option<&Schema<'d>>, new: Option<&Schema<'d>>) {
        let equivalent = match (old, new) {
            (Some(old), Some(new)) => self.are_equivalent(old, new, Position::Other),
            _ => false,
        };
        if !equivalent {
            let written = [old, new].map(|schema| schema.and_then(Schema::written));
            self.at(keyword, written).record_unjudged(keyword);
        }
    }

    /// Compares the schemas of properties or items that are not listed.
    fn additional(&self, keyword: &str, old: Option<&Schema<'d>>, new: Option<&Schema<'d>>) {
        let [before, after] = [old, new].map(|schema| schema.cloned().unwrap_or_default());
        let [before, after] = self.comparer.normalized([&before, &after]);
        let subject = match keyword {
            "unevaluatedItems" => "additional items",
            _ => "additional properties",
        };
        let (rule, change) = match (before.is_never(), after.is_never()) {
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
        self.record(keyword, rule, message);
    }

    /// Compares the schemas of some properties or of an array item, which `subject` names.
    fn member(&self, subject: &str, old: Option<&Schema<'d>>, new: Option<&Schema<'d>>) {
        match (old, new) {
            (Some(old), Some(new)) => self.queue(old, new, Position::Other),
            _ => self
                .entry(old, new)
                .record_one_sided(subject, [Rule::MemberRuleUnset, Rule::MemberRuleSet]),
        }
    }
}
