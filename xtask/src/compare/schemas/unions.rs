//! Compares unions. Their variants have no names, so that equal variants must be found first.

use super::SchemaPair;
use crate::compare::{
    comparer::{Comparer, Position},
    normalize::{NormalizedSchema, Schema, Union},
    pairing,
    rules::Rule,
};

/// A variant with its index.
type Variant<'s, 'd> = (usize, &'s Schema<'d>);

/// The variants that only the old and only the new union has, and the pairs of equivalent ones.
struct Variants<'s, 'd> {
    removed: Vec<Variant<'s, 'd>>,
    added: Vec<Variant<'s, 'd>>,
    pairs: Vec<(Variant<'s, 'd>, Variant<'s, 'd>)>,
}

impl<'d> SchemaPair<'_, 'd> {
    pub(super) fn unions(&self) {
        match (self.old.unions.as_slice(), self.new.unions.as_slice()) {
            ([], []) => {}
            ([old], [new]) => self.union(old, new),
            // A value must match all unions of a schema, so that only equal ones can be judged.
            (old_unions, new_unions) => {
                let record = |before: &str, after: &str, change| {
                    let message = format!(
                        "one of the unions was {change} or changed; check whether this breaks callers"
                    );
                    let union = self.between(before.to_owned(), after.to_owned());
                    union.record(Rule::Unjudged, message);
                };
                for old in old_unions {
                    if !new_unions.iter().any(|new| self.is_equal(old, new)) {
                        record(&old.pointer, &self.new.pointer, "removed");
                    }
                }
                for new in new_unions {
                    if !old_unions.iter().any(|old| self.is_equal(old, new)) {
                        record(&self.old.pointer, &new.pointer, "added");
                    }
                }
            }
        }
    }

    fn is_equal(&self, old: &Union<'d>, new: &Union<'d>) -> bool {
        old.exclusive == new.exclusive
            && old.variants.len() == new.variants.len()
            && self.variants(old, new).removed.is_empty()
    }

    /// Pairs the variants that are equivalent.
    fn variants<'s>(&self, old: &'s Union<'d>, new: &'s Union<'d>) -> Variants<'s, 'd> {
        let [mut removed, mut added] =
            [old, new].map(|union| union.variants.iter().enumerate().collect::<Vec<_>>());
        // One difference decides a dry run.
        let mut is_decided = false;
        let pairs = pairing::take(&mut removed, &mut added, |(index, old), added| {
            if is_decided {
                return None;
            }
            let mut candidates: Vec<usize> = (0..added.len()).collect();
            // The same index is the most likely.
            candidates.sort_by_key(|candidate| added[*candidate].0.abs_diff(*index));
            let found = candidates
                .into_iter()
                .find(|candidate| self.are_equivalent(old, added[*candidate].1, Position::Variant));
            is_decided = found.is_none() && self.comparer.is_dry_run;
            found
        });
        Variants {
            removed,
            added,
            pairs,
        }
    }

    fn union(&self, old: &Union<'d>, new: &Union<'d>) {
        let union = self.between(old.pointer.clone(), new.pointer.clone());
        match (old.exclusive, new.exclusive) {
            (false, true) => union.record(
                Rule::UnionExclusive,
                "the union changed from `anyOf` to `oneOf`",
            ),
            (true, false) => union.record(
                Rule::UnionInclusive,
                "the union changed from `oneOf` to `anyOf`",
            ),
            _ => {}
        }
        let mut variants = self.variants(old, new);
        // A dry run does not need to know which variants differ.
        if self.comparer.is_dry_run {
            if !variants.removed.is_empty() || !variants.added.is_empty() {
                union.record(Rule::Unjudged, "the variants changed");
            }
            return;
        }
        self.pair_changed_variants(&mut variants);
        for ((_, old), (_, new)) in variants.pairs {
            self.queue(old, new, Position::Variant);
        }
        for (index, variant) in variants.removed {
            let message = format!("the variant {} was removed", name(variant, index));
            let values = [variant.written(), None];
            union.record_with(Rule::VariantRemoved, message, values, None);
        }
        for (index, variant) in variants.added {
            let message = format!("the variant {} was added", name(variant, index));
            let values = [None, variant.written()];
            union.record_with(Rule::VariantAdded, message, values, None);
        }
    }

    /// Pairs the variants that are versions of each other.
    fn pair_changed_variants(&self, variants: &mut Variants<'_, 'd>) {
        let comparer = self.comparer;
        let Variants {
            removed,
            added,
            pairs,
        } = variants;
        for matches in [has_same_component, has_same_tag] {
            pairs.extend(pairing::take(removed, added, |(_, old), added| {
                let mut added = added.iter();
                added.position(|(_, new)| matches(comparer, [old, new]))
            }));
        }
        // Those that are the only ones of their types on both sides.
        pairs.extend(pairing::take_unique(
            removed,
            added,
            |(_, old), (_, new)| {
                let [old, new] = comparer.normalized([old, new]);
                old.types == new.types
            },
        ));
        // The only ones that are left, if their number is the same.
        if removed.len() == 1 && added.len() == 1 {
            pairs.extend(removed.drain(..).zip(added.drain(..)));
        }
    }
}

/// Returns the reference to the component that is the variant.
fn component<'d>(variant: &Schema<'d>) -> Option<&'d str> {
    variant.written()?.get("$ref")?.as_str()
}

fn has_same_component<'d>(_: &Comparer<'d>, [old, new]: [&Schema<'d>; 2]) -> bool {
    component(old).is_some() && component(old) == component(new)
}

/// Returns whether both variants have a property with the same only value, or the same title.
fn has_same_tag<'d>(comparer: &Comparer<'d>, variants: [&Schema<'d>; 2]) -> bool {
    let [old, new] = comparer.normalized(variants);
    let same_value = old.properties.iter().any(|(name, old)| {
        new.properties.get(name).is_some_and(|new| {
            let [old, new] = comparer.normalized([old, new]);
            matches!(
                (old.values.as_deref(), new.values.as_deref()),
                (Some([old]), Some([new])) if old == new
            )
        })
    });
    let title = |side: &NormalizedSchema<'d>| side.others.get("title").map(|nodes| nodes[0].value);
    same_value || (title(&old).is_some() && title(&old) == title(&new))
}

/// Returns the name of a variant in messages: that of its component, or its number.
fn name(variant: &Schema<'_>, index: usize) -> String {
    match component(variant).and_then(|reference| reference.rsplit('/').next()) {
        Some(name) => format!("`{name}`"),
        None => format!("{}", index + 1),
    }
}
