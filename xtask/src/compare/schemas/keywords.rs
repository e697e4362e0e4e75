//! Compares documentation, flags, and the other keywords that hold no schemas.

use std::collections::BTreeSet;

use serde_json::Value;

use super::SchemaPair;
use crate::{
    compare::{cursor::Cursor, docs, rules::Rule, values::describe_change},
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

impl<'d> SchemaPair<'_, 'd> {
    /// Compares the keywords that are documentation only.
    pub(super) fn docs(&self) {
        for keyword in self.keywords() {
            let Some(rule) = docs::rule(keyword) else {
                continue;
            };
            let [old, new] = self
                .differences(keyword)
                .map(|nodes| nodes.into_iter().next());
            if old.is_some() || new.is_some() {
                let values = Cursor::new(self.comparer, self.direction, old, new);
                let values = values.or(self.at(keyword, [None, None]));
                values.record_docs(rule, keyword);
            }
        }
    }

    /// Compares `deprecated`, `readOnly` and `writeOnly`.
    pub(super) fn flags(&self) {
        for (keyword, subject, adjective, [set, unset]) in [
            (
                "deprecated",
                "the schema",
                "deprecated",
                [Rule::DeprecationChanged; 2],
            ),
            (
                "readOnly",
                "the property",
                "read-only",
                [Rule::FieldReadOnly, Rule::FieldWritable],
            ),
            (
                "writeOnly",
                "the property",
                "write-only",
                [Rule::FieldWriteOnly, Rule::FieldReadable],
            ),
        ] {
            let (rule, verb) = match (self.old.is_set(keyword), self.new.is_set(keyword)) {
                (false, true) => (set, "became"),
                (true, false) => (unset, "stopped being"),
                _ => continue,
            };
            self.record(keyword, rule, format!("{subject} {verb} {adjective}"));
        }
    }

    /// Returns the keywords of both schemas that have no field in [`NormalizedSchema`].
    fn keywords(&self) -> BTreeSet<&'d str> {
        let (old, new) = (&self.old.others, &self.new.others);
        old.keys().chain(new.keys()).copied().collect()
    }

    /// Returns the values of `keyword` that only the old or only the new schema has. A merged schema
    /// can have several.
    fn differences(&self, keyword: &str) -> [Vec<Node<'d>>; 2] {
        let [old, new] = [&self.old, &self.new].map(|side| {
            let nodes = side.others.get(keyword);
            nodes.map_or(&[][..], Vec::as_slice)
        });
        let without = |nodes: &[Node<'d>], others: &[Node<'d>]| {
            let mut nodes = nodes.to_vec();
            nodes.retain(|node| !others.iter().any(|other| same(other.value, node.value)));
            nodes
        };
        [without(old, new), without(new, old)]
    }

    /// Compares the keywords that are not documentation. Those that have rules are compared if the
    /// types of both schemas are.
    pub(super) fn other_keywords(&self, has_rules: bool) {
        for keyword in self.keywords() {
            if docs::rule(keyword).is_none() && (has_rules || !KNOWN.contains(&keyword)) {
                self.keyword(keyword);
            }
        }
    }

    fn keyword(&self, keyword: &str) {
        let is_flag = ["deprecated", "readOnly", "writeOnly"].contains(&keyword);
        let [removed, added] = self.differences(keyword).map(|nodes| {
            let values = nodes.into_iter().map(|node| node.value);
            let values = values.filter(|value| !(is_flag && value.is_boolean()));
            values.collect::<Vec<&'d Value>>()
        });
        if removed.is_empty() && added.is_empty() {
            return;
        }
        let (old, new) = (removed.first().copied(), added.first().copied());
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
                self.at(keyword, [old, new]).record_values(rule, message);
            }
            None => self.at(keyword, [old, new]).record_unjudged(keyword),
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
