//! The golden cases under `tests/cases/diff`. `before` is a JSON Patch that makes the old document
//! from the base, `after` is one that makes the new document from the old.

mod adversarial;
mod properties;

use std::{collections::BTreeSet, path::Path};

use clap::ValueEnum;
use json_patch::Patch;
use serde_json::{Map, Value};

use super::{changes::Change, comparison::compare, rules::Rule, text::visible};
use crate::{cases, openapi::document};

/// A case with its name, both documents, and the expected changes.
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

/// Returns the changes from `old` to `new`, one line each.
fn lines(old: &Value, new: &Value) -> Vec<String> {
    let changes = compare(old, new).into_iter().map(|change| {
        let (level, rule) = (change.level.name(), change.rule.id());
        visible(&format!("{level} {rule} {}: {}", change.at, change.message))
    });
    changes.collect()
}

#[test]
fn each_case_reports_exactly_its_changes() {
    for case in all() {
        let found = lines(&case.old, &case.new);
        assert_eq!(found, case.changes, "{}", case.name);
    }
}

#[test]
fn each_rule_has_a_case() {
    let covered: BTreeSet<String> = all()
        .iter()
        .flat_map(|case| &case.changes)
        .filter_map(|line| Some(line.split(' ').nth(1)?.to_owned()))
        .collect();
    let rules = Rule::value_variants().iter().map(|rule| rule.id());
    let without: Vec<String> = rules.filter(|rule| !covered.contains(rule)).collect();
    assert!(
        without.is_empty(),
        "no case in tests/cases/diff covers {}",
        without.join(", ")
    );
}

/// The rules of a change and of its reverse, when the documents are exchanged.
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
    // Callers can rely on additional properties that have a schema.
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
    let is_listed = |rule: Rule| OPPOSITES.iter().any(|(a, b)| *a == rule || *b == rule);
    let pair = |a: Rule, b: Rule| OPPOSITES.contains(&(a, b)) || OPPOSITES.contains(&(b, a));
    // A rule without an opposite is its own.
    pair(one, two) || (one == two && !is_listed(one))
}

/// Returns whether `other` changes the type of a schema that contains `change`.
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

/// Returns the changes without an opposite when the documents are exchanged.
fn without_opposite(old: &Value, new: &Value) -> Vec<String> {
    let (forward, backward) = (compare(old, new), compare(new, old));
    let unmatched = |some: &[Change], others: &[Change]| -> Vec<String> {
        let unmatched = some.iter().filter(|change| {
            !others.iter().any(|other| {
                // Changes with the same text were merged, so that one side can be enough.
                let is_same =
                    |one: &Option<String>, two: &Option<String>| one.is_some() && one == two;
                let same = is_same(&change.pointers.before, &other.pointers.after)
                    || is_same(&change.pointers.after, &other.pointers.before);
                (same && are_opposites(change.rule, other.rule)) || covers(other, change)
            })
        });
        unmatched
            .map(|change| format!("{} {}: {}", change.rule.id(), change.at, change.message))
            .collect()
    };
    let mut all = unmatched(&forward, &backward);
    all.extend(unmatched(&backward, &forward));
    all
}

#[test]
fn exchanging_the_documents_reverses_each_change() {
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
fn a_document_has_no_changes_to_itself() {
    for case in all() {
        for document in [&case.old, &case.new] {
            assert_eq!(lines(document, document), [""; 0], "{}", case.name);
        }
    }
}
