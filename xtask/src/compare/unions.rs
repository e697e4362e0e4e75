//! Compares unions. Their variants have no names, so that equal variants must be found first.

use super::{
    changes::{Details, Pointers},
    comparison::Comparer,
    level::Direction,
    normalize::{Document, NormalizedSchema, Schema, Types, Union},
    rules::Rule,
    schemas::Position,
};

/// Compares the unions of two schemas.
pub fn compare<'d>(
    comparer: &mut Comparer<'d>,
    old: &NormalizedSchema<'d>,
    new: &NormalizedSchema<'d>,
    direction: Direction,
) {
    match (old.unions.as_slice(), new.unions.as_slice()) {
        ([], []) => {}
        ([old], [new]) => {
            if old.exclusive != new.exclusive {
                let (rule, message) = match new.exclusive {
                    true => (
                        Rule::UnionExclusive,
                        "the union changed from `anyOf` to `oneOf`",
                    ),
                    false => (
                        Rule::UnionInclusive,
                        "the union changed from `oneOf` to `anyOf`",
                    ),
                };
                let pointers = Pointers::both(&old.pointer, &new.pointer);
                comparer.record(rule, direction, pointers, message);
            }
            compare_variants(comparer, old, new, direction);
        }
        // A value must match all unions of a schema, so that only equal ones can be judged.
        (old_unions, new_unions) => {
            for old in old_unions {
                if !new_unions.iter().any(|new| is_equal(comparer, old, new)) {
                    let message = "one of the unions was removed or changed; check whether this breaks callers";
                    let pointers = Pointers::both(&old.pointer, &new.pointer);
                    comparer.record(Rule::Unjudged, direction, pointers, message);
                }
            }
            for new in new_unions {
                if !old_unions.iter().any(|old| is_equal(comparer, old, new)) {
                    let message =
                        "one of the unions was added or changed; check whether this breaks callers";
                    let pointers = Pointers::both(&old.pointer, &new.pointer);
                    comparer.record(Rule::Unjudged, direction, pointers, message);
                }
            }
        }
    }
}

fn is_equal<'d>(comparer: &Comparer<'d>, old: &Union<'d>, new: &Union<'d>) -> bool {
    old.exclusive == new.exclusive
        && old.variants.len() == new.variants.len()
        && equivalent_pairs(comparer, old, new).len() == old.variants.len()
}

/// Returns the pairs of equivalent variants, by their indices.
fn equivalent_pairs<'d>(
    comparer: &Comparer<'d>,
    old: &Union<'d>,
    new: &Union<'d>,
) -> Vec<(usize, usize)> {
    let mut unpaired: Vec<usize> = (0..new.variants.len()).collect();
    let mut pairs = Vec::new();
    for (index, variant) in old.variants.iter().enumerate() {
        // The same index is the most likely.
        unpaired.sort_by_key(|other| other.abs_diff(index));
        let found = unpaired.iter().position(|other| {
            comparer.are_equivalent(variant, &new.variants[*other], Position::Variant)
        });
        match found {
            Some(found) => pairs.push((index, unpaired.remove(found))),
            // One difference decides a dry run.
            None if comparer.is_dry_run => break,
            None => {}
        }
    }
    pairs
}

fn compare_variants<'d>(
    comparer: &mut Comparer<'d>,
    old: &Union<'d>,
    new: &Union<'d>,
    direction: Direction,
) {
    let mut pairs = equivalent_pairs(comparer, old, new);
    // A dry run does not need to know which variants differ.
    if comparer.is_dry_run {
        if pairs.len() != old.variants.len() || pairs.len() != new.variants.len() {
            let pointers = Pointers::both(&old.pointer, &new.pointer);
            comparer.record(Rule::Unjudged, direction, pointers, "the variants changed");
        }
        return;
    }
    let rest = |count: usize, paired: Vec<usize>| -> Vec<usize> {
        (0..count).filter(|index| !paired.contains(index)).collect()
    };
    let mut removed = rest(
        old.variants.len(),
        pairs.iter().map(|(old, _)| *old).collect(),
    );
    let mut added = rest(
        new.variants.len(),
        pairs.iter().map(|(_, new)| *new).collect(),
    );
    for matches in [has_same_component, has_same_tag] {
        removed.retain(|old_index| {
            let variant = &old.variants[*old_index];
            let found = added
                .iter()
                .position(|new_index| matches(comparer, variant, &new.variants[*new_index]));
            found.is_none_or(|found| {
                pairs.push((*old_index, added.remove(found)));
                false
            })
        });
    }
    pairs.extend(pairs_by_type(comparer, old, new, &mut removed, &mut added));
    if let ([old_index], [new_index]) = (removed.as_slice(), added.as_slice())
        && old.variants.len() == new.variants.len()
    {
        pairs.push((*old_index, *new_index));
        removed.clear();
        added.clear();
    }
    for (old_index, new_index) in pairs {
        let (old, new) = (&old.variants[old_index], &new.variants[new_index]);
        comparer.schemas(old, new, direction, Position::Variant);
    }
    let pointers = Pointers::both(&old.pointer, &new.pointer);
    for index in removed {
        let variant = &old.variants[index];
        let message = format!("the variant {} was removed", name(variant, index));
        let details = Details::new(message, variant.written(), None);
        comparer.record(Rule::VariantRemoved, direction, pointers.clone(), details);
    }
    for index in added {
        let variant = &new.variants[index];
        let message = format!("the variant {} was added", name(variant, index));
        let details = Details::new(message, None, variant.written());
        comparer.record(Rule::VariantAdded, direction, pointers.clone(), details);
    }
}

/// Returns the reference to the component that is the variant.
fn component<'d>(variant: &Schema<'d>) -> Option<&'d str> {
    variant.written()?.get("$ref")?.as_str()
}

fn has_same_component<'d>(_: &Comparer<'d>, old: &Schema<'d>, new: &Schema<'d>) -> bool {
    component(old).is_some() && component(old) == component(new)
}

/// Returns whether both variants have a property with the same only value, or the same title.
fn has_same_tag<'d>(comparer: &Comparer<'d>, old: &Schema<'d>, new: &Schema<'d>) -> bool {
    let old = NormalizedSchema::of(&comparer.old, old);
    let new = NormalizedSchema::of(&comparer.new, new);
    let only_value = |document: &Document<'d>, side: &NormalizedSchema<'d>, name: &str| {
        let property = NormalizedSchema::of(document, side.properties.get(name)?);
        match property.values.as_deref()? {
            [only] => Some(*only),
            _ => None,
        }
    };
    let same_value = old.properties.keys().any(|name| {
        let old_value = only_value(&comparer.old, &old, name);
        old_value.is_some() && old_value == only_value(&comparer.new, &new, name)
    });
    let title = |side: &NormalizedSchema<'d>| side.others.get("title").map(|nodes| nodes[0].value);
    same_value || (title(&old).is_some() && title(&old) == title(&new))
}

/// Pairs the variants that are the only ones of their types on both sides, and removes them from
/// both lists.
fn pairs_by_type<'d>(
    comparer: &Comparer<'d>,
    old: &Union<'d>,
    new: &Union<'d>,
    removed: &mut Vec<usize>,
    added: &mut Vec<usize>,
) -> Vec<(usize, usize)> {
    let types_of = |document: &Document<'d>, variant: &Schema<'d>| {
        NormalizedSchema::of(document, variant).types.clone()
    };
    let removed_types: Vec<Types> = removed
        .iter()
        .map(|index| types_of(&comparer.old, &old.variants[*index]))
        .collect();
    let added_types: Vec<Types> = added
        .iter()
        .map(|index| types_of(&comparer.new, &new.variants[*index]))
        .collect();
    let only = |all: &[Types], types: &Types| {
        let mut found = (0..all.len()).filter(|index| all[*index] == *types);
        found.next().filter(|_| found.next().is_none())
    };
    let mut pairs = Vec::new();
    for types in &removed_types {
        if let (Some(before), Some(after)) =
            (only(&removed_types, types), only(&added_types, types))
        {
            pairs.push((removed[before], added[after]));
        }
    }
    removed.retain(|index| !pairs.iter().any(|(old, _)| old == index));
    added.retain(|index| !pairs.iter().any(|(_, new)| new == index));
    pairs
}

/// Returns the name of a variant in messages: that of its component, or its number.
fn name(variant: &Schema<'_>, index: usize) -> String {
    match component(variant).and_then(|reference| reference.rsplit('/').next()) {
        Some(name) => format!("`{name}`"),
        None => format!("{}", index + 1),
    }
}
