//! Compares documentation, flags, and the other keywords that hold no schemas.

use std::collections::BTreeSet;

use serde_json::Value;

use super::SchemaPair;
use crate::{
    compare::{
        changes::{Details, Pointers},
        docs,
        normalize::NormalizedSchema,
        rules::Rule,
        values::describe_change,
    },
    openapi::{node::Node, number::same},
};

/// The keywords that have rules.
const KNOWN: [&str; 9] = [
    "contentEncoding",
    "contentMediaType",
    "default",
    "dependentRequired",
    "discriminator",
    "format",
    "multipleOf",
    "pattern",
    "uniqueItems",
];

type Nodes<'s, 'd> = Vec<&'s Node<'d>>;

impl<'d> SchemaPair<'_, 'd> {
    /// Compares the keywords that are documentation only.
    pub(super) fn docs(&self) {
        for keyword in self.keywords() {
            let Some(rule) = docs::rule(keyword) else {
                continue;
            };
            let (removed, added) = self.differences(keyword);
            if removed.is_empty() && added.is_empty() {
                continue;
            }
            let pointer = |side: &NormalizedSchema<'d>, nodes: &[&Node<'d>]| match nodes {
                [node, ..] => node.pointer.clone(),
                [] => side.pointer_to(keyword),
            };
            let value = |nodes: &[&Node<'d>]| nodes.first().map(|node| node.value);
            let pointers = Pointers::both(pointer(&self.old, &removed), pointer(&self.new, &added));
            self.comparer
                .record_docs(rule, keyword, value(&removed), value(&added), pointers);
        }
    }

    /// Compares `deprecated`, `readOnly` and `writeOnly`.
    pub(super) fn flags(&self) {
        for (keyword, set, unset) in [
            (
                "deprecated",
                (Rule::DeprecationChanged, "the schema became deprecated"),
                (
                    Rule::DeprecationChanged,
                    "the schema stopped being deprecated",
                ),
            ),
            (
                "readOnly",
                (Rule::FieldReadOnly, "the property became read-only"),
                (Rule::FieldWritable, "the property stopped being read-only"),
            ),
            (
                "writeOnly",
                (Rule::FieldWriteOnly, "the property became write-only"),
                (Rule::FieldReadable, "the property stopped being write-only"),
            ),
        ] {
            let (rule, message) = match (self.old.is_set(keyword), self.new.is_set(keyword)) {
                (false, true) => set,
                (true, false) => unset,
                _ => continue,
            };
            self.record(rule, self.pointers_to(keyword), message);
        }
    }

    /// Returns the keywords of both schemas that have no field in [`NormalizedSchema`].
    fn keywords(&self) -> BTreeSet<&'d str> {
        let (old, new) = (&self.old.others, &self.new.others);
        old.keys().chain(new.keys()).copied().collect()
    }

    /// Returns the values of `keyword` that only the old or only the new schema has. A merged schema
    /// can have several.
    fn differences<'s>(&'s self, keyword: &str) -> (Nodes<'s, 'd>, Nodes<'s, 'd>) {
        fn without<'s, 'd>(nodes: &'s [Node<'d>], others: &[Node<'d>]) -> Nodes<'s, 'd> {
            let is_in_others =
                |node: &Node<'d>| others.iter().any(|other| same(other.value, node.value));
            nodes.iter().filter(|node| !is_in_others(node)).collect()
        }
        let nodes = |side: &'s NormalizedSchema<'d>| {
            side.others.get(keyword).map_or(&[][..], Vec::as_slice)
        };
        let (old, new) = (nodes(&self.old), nodes(&self.new));
        (without(old, new), without(new, old))
    }

    /// Compares the keywords that have rules.
    pub(super) fn known_keywords(&self) {
        for keyword in KNOWN {
            self.keyword(keyword);
        }
    }

    /// Compares the keywords that have no rules.
    pub(super) fn unknown_keywords(&self) {
        for keyword in self.keywords() {
            if docs::rule(keyword).is_none() && !KNOWN.contains(&keyword) {
                self.keyword(keyword);
            }
        }
    }

    fn keyword(&self, keyword: &str) {
        let is_flag = ["deprecated", "readOnly", "writeOnly"].contains(&keyword);
        let (removed, added) = self.differences(keyword);
        let values = |nodes: Nodes<'_, 'd>| -> Vec<&'d Value> {
            let values = nodes.into_iter().map(|node| node.value);
            values
                .filter(|value| !(is_flag && value.is_boolean()))
                .collect()
        };
        let (removed, added) = (values(removed), values(added));
        if removed.is_empty() && added.is_empty() {
            return;
        }
        let (old, new) = (removed.first().copied(), added.first().copied());
        let pointers = self.pointers_to(keyword);
        let is_single = removed.len() <= 1 && added.len() <= 1;
        if is_single
            && keyword == "discriminator"
            && let (Some(old @ Value::Object(_)), Some(new @ Value::Object(_))) = (old, new)
        {
            return self.discriminator(old, new);
        }
        match rule(keyword, old, new).filter(|_| is_single) {
            Some(rule) => {
                let message = describe_change(&format!("`{keyword}`"), old, new);
                let details = Details::new(message, old, new);
                self.record(rule, pointers, details);
            }
            None => self
                .comparer
                .record_unjudged(self.direction, keyword, old, new, pointers),
        }
    }
}

/// Returns the rule for a change of `keyword`, if its effect is known.
fn rule(keyword: &str, old: Option<&Value>, new: Option<&Value>) -> Option<Rule> {
    Some(match (keyword, old, new) {
        ("pattern", None, _) => Rule::PatternSet,
        ("pattern", _, None) => Rule::PatternUnset,
        ("pattern", ..) => Rule::PatternChanged,
        ("format" | "contentEncoding" | "contentMediaType", None, _) => Rule::FormatSet,
        ("format" | "contentEncoding" | "contentMediaType", _, None) => Rule::FormatUnset,
        ("format" | "contentEncoding" | "contentMediaType", Some(old), Some(new)) => {
            format_rule(old, new)
        }
        ("default", ..) => Rule::DefaultChanged,
        ("uniqueItems", None, Some(Value::Bool(true))) => Rule::LimitTightened,
        ("uniqueItems", Some(Value::Bool(true)), None) => Rule::LimitLoosened,
        ("multipleOf", old, new) => return multiple_of_rule(old, new),
        ("discriminator", None, _) | ("discriminator", _, None) => Rule::DiscriminatorChanged,
        ("dependentRequired", None, _) => Rule::DependencySet,
        ("dependentRequired", _, None) => Rule::DependencyUnset,
        _ => return None,
    })
}

fn format_rule(old: &Value, new: &Value) -> Rule {
    match (old.as_str(), new.as_str()) {
        (Some("int32"), Some("int64")) | (Some("float"), Some("double")) => Rule::FormatWidened,
        (Some("int64"), Some("int32")) | (Some("double"), Some("float")) => Rule::FormatNarrowed,
        _ => Rule::FormatChanged,
    }
}

fn multiple_of_rule(old: Option<&Value>, new: Option<&Value>) -> Option<Rule> {
    let number = |value: &Value| value.as_f64().filter(|number| *number > 0.0);
    let is_whole = |quotient: f64| (quotient - quotient.round()).abs() < 1e-9;
    match (old, new) {
        (None, _) => Some(Rule::LimitTightened),
        (_, None) => Some(Rule::LimitLoosened),
        (Some(old), Some(new)) => {
            let (old, new) = (number(old)?, number(new)?);
            if is_whole(new / old) {
                Some(Rule::LimitTightened)
            } else if is_whole(old / new) {
                Some(Rule::LimitLoosened)
            } else {
                None
            }
        }
    }
}
