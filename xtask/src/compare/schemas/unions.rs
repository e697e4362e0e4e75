//! Compares unions. Their variants have no names, so that equal variants must be found first.

use super::SchemaPair;
use crate::compare::{
    changes::{Details, Pointers},
    comparer::{Comparer, Position},
    normalize::{NormalizedSchema, Schema, Types, Union},
    rules::Rule,
};

impl<'d> SchemaPair<'_, 'd> {
    pub(super) fn unions(&self) {
        match (self.old.unions.as_slice(), self.new.unions.as_slice()) {
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
                    self.record(rule, pointers, message);
                }
                self.variants(old, new);
            }
            // A value must match all unions of a schema, so that only equal ones can be judged.
            (old_unions, new_unions) => {
                for old in old_unions {
                    if !new_unions.iter().any(|new| self.is_equal(old, new)) {
                        let pointers = Pointers::both(&old.pointer, &self.new.pointer);
                        self.record(Rule::Unjudged, pointers, "one of the unions was removed or changed; check whether this breaks callers");
                    }
                }
                for new in new_unions {
                    if !old_unions.iter().any(|old| self.is_equal(old, new)) {
                        let pointers = Pointers::both(&self.old.pointer, &new.pointer);
                        self.record(Rule::Unjudged, pointers, "one of the unions was added or changed; check whether this breaks callers");
                    }
                }
            }
        }
    }

    fn is_equal(&self, old: &Union<'d>, new: &Union<'d>) -> bool {
        old.exclusive == new.exclusive
            && old.variants.len() == new.variants.len()
            && self.equivalent_variants(old, new).len() == old.variants.len()
    }

    /// Returns the pairs of equivalent variants, by their indices.
    fn equivalent_variants(&self, old: &Union<'d>, new: &Union<'d>) -> Vec<(usize, usize)> {
        let mut unpaired: Vec<usize> = (0..new.variants.len()).collect();
        let mut pairs = Vec::new();
        for (index, variant) in old.variants.iter().enumerate() {
            // The same index is the most likely.
            unpaired.sort_by_key(|other| other.abs_diff(index));
            let found = unpaired.iter().position(|other| {
                self.are_equivalent(variant, &new.variants[*other], Position::Variant)
            });
            match found {
                Some(found) => pairs.push((index, unpaired.remove(found))),
                // One difference decides a dry run.
                None if self.comparer.is_dry_run => break,
                None => {}
            }
        }
        pairs
    }

    fn variants(&self, old: &Union<'d>, new: &Union<'d>) {
        let pointers = Pointers::both(&old.pointer, &new.pointer);
        let mut pairs = self.equivalent_variants(old, new);
        // A dry run does not need to know which variants differ.
        if self.comparer.is_dry_run {
            if pairs.len() != old.variants.len() || pairs.len() != new.variants.len() {
                self.record(Rule::Unjudged, pointers, "the variants changed");
            }
            return;
        }
        let (mut removed, mut added): (Vec<usize>, Vec<usize>) = (
            (0..old.variants.len()).collect(),
            (0..new.variants.len()).collect(),
        );
        removed.retain(|index| !pairs.iter().any(|(old, _)| old == index));
        added.retain(|index| !pairs.iter().any(|(_, new)| new == index));
        self.pair_changed_variants([old, new], [&mut removed, &mut added], &mut pairs);
        for (old_index, new_index) in pairs {
            let (old, new) = (&old.variants[old_index], &new.variants[new_index]);
            self.queue(old, new, Position::Variant);
        }
        for index in removed {
            let variant = &old.variants[index];
            let message = format!("the variant {} was removed", name(variant, index));
            let details = Details::new(message, variant.written(), None);
            self.record(Rule::VariantRemoved, pointers.clone(), details);
        }
        for index in added {
            let variant = &new.variants[index];
            let message = format!("the variant {} was added", name(variant, index));
            let details = Details::new(message, None, variant.written());
            self.record(Rule::VariantAdded, pointers.clone(), details);
        }
    }

    /// Moves the variants that are versions of each other from `removed` and `added` to `pairs`.
    fn pair_changed_variants(
        &self,
        [old, new]: [&Union<'d>; 2],
        [removed, added]: [&mut Vec<usize>; 2],
        pairs: &mut Vec<(usize, usize)>,
    ) {
        for matches in [has_same_component, has_same_tag] {
            removed.retain(|old_index| {
                let variant = &old.variants[*old_index];
                let found = added.iter().position(|new_index| {
                    matches(self.comparer, [variant, &new.variants[*new_index]])
                });
                found.is_none_or(|found| {
                    pairs.push((*old_index, added.remove(found)));
                    false
                })
            });
        }
        let by_type = self.pairs_by_type([old, new], removed, added);
        removed.retain(|index| !by_type.iter().any(|(old, _)| old == index));
        added.retain(|index| !by_type.iter().any(|(_, new)| new == index));
        pairs.extend(by_type);
        if let ([old_index], [new_index]) = (removed.as_slice(), added.as_slice())
            && old.variants.len() == new.variants.len()
        {
            pairs.push((*old_index, *new_index));
            removed.clear();
            added.clear();
        }
    }

    /// Returns the pairs of variants that are the only ones of their types on both sides.
    fn pairs_by_type(
        &self,
        [old, new]: [&Union<'d>; 2],
        removed: &[usize],
        added: &[usize],
    ) -> Vec<(usize, usize)> {
        let old_types = removed.iter().map(|index| {
            let schema = NormalizedSchema::of(&self.comparer.old, &old.variants[*index]);
            schema.types.clone()
        });
        let new_types = added.iter().map(|index| {
            let schema = NormalizedSchema::of(&self.comparer.new, &new.variants[*index]);
            schema.types.clone()
        });
        let (old_types, new_types): (Vec<Types>, Vec<Types>) =
            (old_types.collect(), new_types.collect());
        let only = |all: &[Types], types: &Types| {
            let mut found = (0..all.len()).filter(|index| all[*index] == *types);
            found.next().filter(|_| found.next().is_none())
        };
        let mut pairs = Vec::new();
        for types in &old_types {
            if let (Some(before), Some(after)) = (only(&old_types, types), only(&new_types, types))
            {
                pairs.push((removed[before], added[after]));
            }
        }
        pairs
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
