//! Compares words, flags, and the keywords that hold no schemas.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Pair;
use crate::{
    compare::{
        changes::{Pointers, Said},
        comparison::Comparison,
        docs,
        normalize::Normal,
        rules::Rule,
        values::said,
    },
    openapi::number::same,
};

/// The keywords that there are rules for.
const JUDGED: [&str; 9] = [
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

/// What a keyword says, and where.
type Saying<'d> = (String, &'d Value);
type Sayings<'s, 'd> = Vec<&'s Saying<'d>>;

impl<'d> Pair<'d> {
    /// Compares what is but words.
    pub(super) fn words(&self, to: &mut Comparison<'d>) {
        for keyword in self.keywords() {
            let Some(rule) = docs::rule(keyword) else {
                continue;
            };
            // Several parts may say something each.
            let (gone, come) = self.differences(keyword);
            if gone.is_empty() && come.is_empty() {
                continue;
            }
            let place = |side: &Normal<'d>, said: &[&Saying<'d>]| match said {
                [(at, _), ..] => at.clone(),
                [] => side.place(keyword),
            };
            let value = |said: &[&Saying<'d>]| said.first().map(|(_, value)| *value);
            let pointers = Pointers::both(place(&self.old, &gone), place(&self.new, &come));
            to.words(rule, keyword, value(&gone), value(&come), pointers);
        }
    }

    /// `deprecated`, `readOnly` and `writeOnly`.
    pub(super) fn flags(&self, to: &mut Comparison<'d>) {
        for (keyword, rules, words) in [
            (
                "deprecated",
                [Rule::DeprecationChanged, Rule::DeprecationChanged],
                ["is deprecated", "is deprecated no longer"],
            ),
            (
                "readOnly",
                [Rule::FieldReadOnly, Rule::FieldWritable],
                ["can only be read", "can be written as well"],
            ),
            (
                "writeOnly",
                [Rule::FieldWriteOnly, Rule::FieldReadable],
                ["can only be written", "can be read as well"],
            ),
        ] {
            let index = match (self.old.is_set(keyword), self.new.is_set(keyword)) {
                (false, true) => 0,
                (true, false) => 1,
                _ => continue,
            };
            self.note(
                to,
                rules[index],
                self.places(keyword),
                Said::new(words[index]),
            );
        }
    }

    /// All keywords of either side that have no part of the comparison of their own.
    fn keywords(&self) -> BTreeSet<&'d str> {
        let (old, new) = (&self.old.others, &self.new.others);
        old.keys().chain(new.keys()).copied().collect()
    }

    /// What only one side says at `keyword`.
    fn differences<'s>(&'s self, keyword: &str) -> (Sayings<'s, 'd>, Sayings<'s, 'd>) {
        fn only<'p, 'd>(all: &'p [Saying<'d>], other: &[Saying<'d>]) -> Vec<&'p Saying<'d>> {
            let known = |value| other.iter().any(|(_, said)| same(said, value));
            all.iter().filter(|(_, value)| !known(value)).collect()
        }
        let said = |side: &'s Normal<'d>| side.others.get(keyword).map_or(&[][..], Vec::as_slice);
        let (old, new) = (said(&self.old), said(&self.new));
        (only(old, new), only(new, old))
    }

    /// The keywords that say more of a value of the type.
    pub(super) fn others(&self, to: &mut Comparison<'d>) {
        for keyword in JUDGED {
            self.other(to, keyword);
        }
    }

    /// The keywords that are left, whatever the type.
    pub(super) fn unknown(&self, to: &mut Comparison<'d>) {
        for keyword in self.keywords() {
            if docs::rule(keyword).is_none() && !JUDGED.contains(&keyword) {
                self.other(to, keyword);
            }
        }
    }

    fn other(&self, to: &mut Comparison<'d>, keyword: &str) {
        let flag = ["deprecated", "readOnly", "writeOnly"].contains(&keyword);
        let (gone, come) = self.differences(keyword);
        let values = |said: Sayings<'_, 'd>| -> Vec<&'d Value> {
            let values = said.into_iter().map(|(_, value)| *value);
            values
                .filter(|value| !(flag && value.is_boolean()))
                .collect()
        };
        let (gone, come) = (values(gone), values(come));
        let (old, new) = match (gone.as_slice(), come.as_slice()) {
            ([], []) => return,
            ([], [new]) => (None, Some(*new)),
            ([old], []) => (Some(*old), None),
            ([old], [new]) => (Some(*old), Some(*new)),
            (gone, come) => {
                let (old, new) = (gone.first().copied(), come.first().copied());
                return to.differ(self.direction, keyword, old, new, self.places(keyword));
            }
        };
        let rule = match (keyword, old, new) {
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
            ("multipleOf", old, new) => match multiple_rule(old, new) {
                Some(rule) => rule,
                None => {
                    return to.differ(self.direction, keyword, old, new, self.places(keyword));
                }
            },
            ("discriminator", Some(old @ Value::Object(_)), Some(new @ Value::Object(_))) => {
                return self.discriminator(to, old, new);
            }
            ("discriminator", None, _) | ("discriminator", _, None) => Rule::DiscriminatorChanged,
            ("dependentRequired", None, _) => Rule::DependencySet,
            ("dependentRequired", _, None) => Rule::DependencyUnset,
            _ => return to.differ(self.direction, keyword, old, new, self.places(keyword)),
        };
        let message = format!("`{keyword}` is {}, was {}", said(new), said(old));
        let said = Said {
            message,
            before: old.cloned(),
            after: new.cloned(),
        };
        self.note(to, rule, self.places(keyword), said);
    }
}

fn format_rule(old: &Value, new: &Value) -> Rule {
    match (old.as_str(), new.as_str()) {
        (Some("int32"), Some("int64")) | (Some("float"), Some("double")) => Rule::FormatWidened,
        (Some("int64"), Some("int32")) | (Some("double"), Some("float")) => Rule::FormatNarrowed,
        _ => Rule::FormatChanged,
    }
}

fn multiple_rule(old: Option<&Value>, new: Option<&Value>) -> Option<Rule> {
    let number = |value: &Value| value.as_f64().filter(|number| *number > 0.0);
    let whole = |quotient: f64| (quotient - quotient.round()).abs() < 1e-9;
    match (old, new) {
        (None, _) => Some(Rule::LimitTightened),
        (_, None) => Some(Rule::LimitLoosened),
        (Some(old), Some(new)) => {
            let (old, new) = (number(old)?, number(new)?);
            if whole(new / old) {
                Some(Rule::LimitTightened)
            } else if whole(old / new) {
                Some(Rule::LimitLoosened)
            } else {
                None
            }
        }
    }
}
