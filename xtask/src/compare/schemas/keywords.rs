//! Compares documentation, flags, and the other keywords that hold no schemas.

use std::collections::BTreeSet;

use serde_json::Value;

use super::SchemaPair;
use crate::{
    compare::{cursor::Cursor, docs, rules::Rule, values::describe_change},
    openapi::{node::Node, number::same},
};

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
            if docs::rule(keyword).is_none() && (has_rules || rules(keyword).is_none()) {
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

/// Returns the rules for a keyword that was added, removed or changed, if it has rules.
fn rules(keyword: &str) -> Option<[Rule; 3]> {
    Some(match keyword {
        "pattern" => [Rule::PatternSet, Rule::PatternUnset, Rule::PatternChanged],
        "format" | "contentEncoding" | "contentMediaType" => {
            [Rule::FormatSet, Rule::FormatUnset, Rule::FormatChanged]
        }
        "default" => [Rule::DefaultChanged; 3],
        "uniqueItems" | "multipleOf" => [Rule::LimitTightened, Rule::LimitLoosened, Rule::Unjudged],
        "discriminator" => [
            Rule::DiscriminatorChanged,
            Rule::DiscriminatorChanged,
            Rule::Unjudged,
        ],
        "dependentRequired" => [Rule::DependencySet, Rule::DependencyUnset, Rule::Unjudged],
        _ => return None,
    })
}

/// Returns the rule for a change of `keyword`, if its effect is known.
fn rule(keyword: &str, old: Option<&Value>, new: Option<&Value>) -> Option<Rule> {
    let [set, unset, changed] = rules(keyword)?;
    let is_flag = |value: &Value| keyword != "uniqueItems" || value.is_boolean();
    let rule = match (keyword, old, new) {
        _ if ![old, new].into_iter().flatten().all(is_flag) => changed,
        (_, None, _) => set,
        (_, _, None) => unset,
        ("format", Some(old), Some(new)) => format_rule(old, new),
        ("multipleOf", Some(old), Some(new)) => multiple_of_rule(old, new)?,
        _ => changed,
    };
    (rule != Rule::Unjudged).then_some(rule)
}

fn format_rule(old: &Value, new: &Value) -> Rule {
    match (old.as_str(), new.as_str()) {
        (Some("int32"), Some("int64")) | (Some("float"), Some("double")) => Rule::FormatWidened,
        (Some("int64"), Some("int32")) | (Some("double"), Some("float")) => Rule::FormatNarrowed,
        _ => Rule::FormatChanged,
    }
}

fn multiple_of_rule(old: &Value, new: &Value) -> Option<Rule> {
    let number = |value: &Value| value.as_f64().filter(|number| *number > 0.0);
    let is_whole = |quotient: f64| (quotient - quotient.round()).abs() < 1e-9;
    let (old, new) = (number(old)?, number(new)?);
    if is_whole(new / old) {
        Some(Rule::LimitTightened)
    } else if is_whole(old / new) {
        Some(Rule::LimitLoosened)
    } else {
        None
    }
}
