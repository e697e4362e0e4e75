//! The golden cases under `tests/cases/diff`: `before` makes the old document from the base,
//! `after` the new one from the old, both as JSON Patch.

mod adversarial;
mod properties;

use std::{collections::BTreeSet, path::Path};

use clap::ValueEnum;
use json_patch::Patch;
use serde_json::{Map, Value};

use super::{changes::Change, comparison::compare, rules::Rule, text::visible};
use crate::{cases, openapi::document};

/// A case: its name, both documents, and the changes that are to be found.
struct Case {
    name: String,
    old: Value,
    new: Value,
    changes: Vec<String>,
}

fn all() -> Vec<Case> {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/diff-base.yaml");
    let base = document::read(&base).unwrap();
    let cases = cases::of("diff").into_iter().map(|(name, case)| {
        let old = patched(&name, &base, &case, "before");
        let new = patched(&name, &old, &case, "after");
        let changes = cases::texts(&case, "changes");
        Case {
            name,
            old,
            new,
            changes,
        }
    });
    cases.collect()
}

fn patched(name: &str, document: &Value, case: &Map<String, Value>, key: &str) -> Value {
    let mut document = document.clone();
    if let Some(patch) = case.get(key) {
        let patch: Patch = serde_json::from_value(patch.clone()).unwrap();
        json_patch::patch(&mut document, &patch)
            .unwrap_or_else(|error| panic!("{name}: {key}: {error}"));
    }
    document
}

/// The changes from `old` to `new`, a line each.
fn lines(old: &Value, new: &Value) -> Vec<String> {
    let changes = compare(old, new).into_iter().map(|change| {
        let (level, rule) = (change.level.name(), change.rule.id());
        visible(&format!("{level} {rule} {}: {}", change.at, change.message))
    });
    changes.collect()
}

#[test]
fn each_case_finds_its_changes_and_no_others() {
    for case in all() {
        let found = lines(&case.old, &case.new);
        assert_eq!(found, case.changes, "{}", case.name);
    }
}

#[test]
fn each_rule_has_a_case() {
    let shown: BTreeSet<String> = all()
        .iter()
        .flat_map(|case| &case.changes)
        .filter_map(|line| Some(line.split(' ').nth(1)?.to_owned()))
        .collect();
    let rules = Rule::value_variants().iter().map(|rule| rule.id());
    let without: Vec<String> = rules.filter(|rule| !shown.contains(rule)).collect();
    assert!(
        without.is_empty(),
        "no case in tests/cases/diff shows {}",
        without.join(", ")
    );
}

/// What a change is when the documents are compared the other way round.
const OPPOSITES: [(Rule, Rule); 49] = [
    (Rule::OperationRemoved, Rule::OperationAdded),
    (Rule::ServerRemoved, Rule::ServerAdded),
    (Rule::SecurityTightened, Rule::SecurityLoosened),
    (Rule::SecuritySchemeRemoved, Rule::SecuritySchemeAdded),
    (Rule::SecuritySchemeChanged, Rule::SecurityLoosened),
    (Rule::SecuritySchemeChanged, Rule::SecuritySchemeChanged),
    (Rule::ScopeRemoved, Rule::ScopeAdded),
    (Rule::ParameterRemoved, Rule::OptionalParameterAdded),
    (Rule::ParameterRemoved, Rule::RequiredParameterAdded),
    (Rule::ParameterRequired, Rule::ParameterOptional),
    (Rule::EmptyValueAllowed, Rule::EmptyValueRefused),
    (Rule::RequestBodyRemoved, Rule::OptionalRequestBodyAdded),
    (Rule::RequestBodyRemoved, Rule::RequiredRequestBodyAdded),
    (Rule::RequestBodyRequired, Rule::RequestBodyOptional),
    (Rule::MediaTypeRemoved, Rule::MediaTypeAdded),
    (Rule::SuccessRemoved, Rule::SuccessAdded),
    (Rule::RefusalRemoved, Rule::RefusalAdded),
    (Rule::StatusSplit, Rule::StatusMerged),
    (Rule::HeaderRemoved, Rule::HeaderAdded),
    (Rule::HeaderRequired, Rule::HeaderOptional),
    (Rule::CallbackAdded, Rule::CallbackRemoved),
    (Rule::LinkAdded, Rule::LinkRemoved),
    (Rule::SchemaRemoved, Rule::SchemaAdded),
    (Rule::TypeNarrowed, Rule::TypeWidened),
    (Rule::TypeNarrowed, Rule::TypeChanged),
    (Rule::TypeWidened, Rule::TypeChanged),
    (Rule::TypeChanged, Rule::TypeChanged),
    (Rule::NullAllowed, Rule::NullRefused),
    (Rule::NullAllowedOnOptional, Rule::NullRefused),
    (Rule::FieldRemoved, Rule::OptionalFieldAdded),
    (Rule::FieldRemoved, Rule::RequiredFieldAdded),
    // Further members that are described are something to rely on.
    (Rule::FieldRemoved, Rule::FurtherMembersAllowed),
    (Rule::FieldRequired, Rule::FieldOptional),
    (Rule::FieldReadOnly, Rule::FieldWritable),
    (Rule::FieldWriteOnly, Rule::FieldReadable),
    (Rule::EnumValueRemoved, Rule::EnumValueAdded),
    (Rule::EnumSet, Rule::EnumUnset),
    (Rule::LimitTightened, Rule::LimitLoosened),
    (Rule::PatternSet, Rule::PatternUnset),
    (Rule::FormatSet, Rule::FormatUnset),
    (Rule::FormatNarrowed, Rule::FormatWidened),
    (Rule::FurtherMembersRefused, Rule::FurtherMembersAllowed),
    (Rule::MemberRuleSet, Rule::MemberRuleUnset),
    (Rule::DependencySet, Rule::DependencyUnset),
    (Rule::VariantRemoved, Rule::VariantAdded),
    (Rule::VariantAdded, Rule::DiscriminatorChanged),
    (Rule::DiscriminatorChanged, Rule::DiscriminatorChanged),
    (Rule::UnionExclusive, Rule::UnionInclusive),
    (Rule::DefaultChanged, Rule::DefaultChanged),
];

fn are_opposites(one: Rule, two: Rule) -> bool {
    let listed = |rule: Rule| OPPOSITES.iter().any(|(a, b)| *a == rule || *b == rule);
    let pair = |a: Rule, b: Rule| OPPOSITES.contains(&(a, b)) || OPPOSITES.contains(&(b, a));
    // Whatever has no opposite is the same in both directions.
    pair(one, two) || (one == two && !listed(one))
}

/// Whether `other` says of all there is at a place what `change` says of a part of it.
fn covers(other: &Change, change: &Change) -> bool {
    let types = [Rule::TypeNarrowed, Rule::TypeWidened, Rule::TypeChanged];
    let within = |inner: &Option<String>, outer: &Option<String>| match (inner, outer) {
        (Some(inner), Some(outer)) => {
            let outer = outer.trim_end_matches("/type");
            inner
                .strip_prefix(outer)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
        _ => false,
    };
    let pointers = (&change.pointers, &other.pointers);
    types.contains(&other.rule)
        && (within(&pointers.0.before, &pointers.1.after)
            || within(&pointers.0.after, &pointers.1.before))
}

/// The changes that nothing answers to when the documents are compared the other way round.
fn without_opposite(old: &Value, new: &Value) -> Vec<String> {
    let (forward, backward) = (compare(old, new), compare(new, old));
    let lonely = |some: &[Change], others: &[Change]| -> Vec<String> {
        let lonely = some.iter().filter(|change| {
            !others.iter().any(|other| {
                // Of several places that read the same one stands for all.
                let meet = |one: &Option<String>, two: &Option<String>| one.is_some() && one == two;
                let same = meet(&change.pointers.before, &other.pointers.after)
                    || meet(&change.pointers.after, &other.pointers.before);
                (same && are_opposites(change.rule, other.rule)) || covers(other, change)
            })
        });
        lonely
            .map(|change| format!("{} {}: {}", change.rule.id(), change.at, change.message))
            .collect()
    };
    let mut all = lonely(&forward, &backward);
    all.extend(lonely(&backward, &forward));
    all
}

#[test]
fn what_one_direction_adds_the_other_removes() {
    for case in all() {
        assert_eq!(
            without_opposite(&case.old, &case.new),
            [""; 0],
            "{}",
            case.name
        );
    }
}

#[test]
fn every_document_is_the_same_as_itself() {
    for case in all() {
        for document in [&case.old, &case.new] {
            assert_eq!(lines(document, document), [""; 0], "{}", case.name);
        }
    }
}
