//! Compares unions, whose variants have no names to find them again by.

use super::{
    changes::{Pointers, Said},
    comparison::Comparison,
    level::Direction,
    normalize::{Document, Normal, Schema, Types, Union},
    rules::Rule,
    schemas::Position,
};

/// Compares the unions of two schemas.
pub fn compare<'d>(
    to: &mut Comparison<'d>,
    old: &Normal<'d>,
    new: &Normal<'d>,
    direction: Direction,
) {
    match (old.unions.as_slice(), new.unions.as_slice()) {
        ([], []) => {}
        ([old], [new]) => {
            if old.exclusive != new.exclusive {
                let (rule, words) = match new.exclusive {
                    true => (Rule::UnionExclusive, "is `oneOf`, was `anyOf`"),
                    false => (Rule::UnionInclusive, "is `anyOf`, was `oneOf`"),
                };
                let pointers = Pointers::both(&old.at, &new.at);
                to.note(rule, direction, pointers, words);
            }
            variants(to, old, new, direction);
        }
        // Several unions at once have to match together: judged only where they are found again.
        (olds, news) => {
            for old in olds {
                if !news.iter().any(|new| the_same(to, old, new)) {
                    let pointers = Pointers::both(&old.at, &new.at);
                    to.note(
                        Rule::Unjudged,
                        direction,
                        pointers,
                        "a choice among variants is gone, or is another",
                    );
                }
            }
            for new in news {
                if !olds.iter().any(|old| the_same(to, old, new)) {
                    let pointers = Pointers::both(&old.at, &new.at);
                    to.note(
                        Rule::Unjudged,
                        direction,
                        pointers,
                        "a choice among variants is new, or is another",
                    );
                }
            }
        }
    }
}

fn the_same<'d>(to: &Comparison<'d>, old: &Union<'d>, new: &Union<'d>) -> bool {
    old.exclusive == new.exclusive
        && old.variants.len() == new.variants.len()
        && pairs(to, old, new).len() == old.variants.len()
}

/// The variants that are the same on both sides, by their positions.
fn pairs<'d>(to: &Comparison<'d>, old: &Union<'d>, new: &Union<'d>) -> Vec<(usize, usize)> {
    let mut free: Vec<usize> = (0..new.variants.len()).collect();
    let mut pairs = Vec::new();
    for (index, variant) in old.variants.iter().enumerate() {
        // The same place is the likeliest one.
        free.sort_by_key(|other| other.abs_diff(index));
        let found = free
            .iter()
            .position(|other| to.mean_the_same(variant, &new.variants[*other], Position::Variant));
        match found {
            Some(found) => pairs.push((index, free.remove(found))),
            // One without its like tells that the unions differ.
            None if to.on_trial => break,
            None => {}
        }
    }
    pairs
}

fn variants<'d>(to: &mut Comparison<'d>, old: &Union<'d>, new: &Union<'d>, direction: Direction) {
    let mut pairs = pairs(to, old, new);
    // On trial it does not matter which is which.
    if to.on_trial {
        if pairs.len() != old.variants.len() || pairs.len() != new.variants.len() {
            let pointers = Pointers::both(&old.at, &new.at);
            to.note(Rule::Unjudged, direction, pointers, "has other variants");
        }
        return;
    }
    let rest = |of: usize, taken: Vec<usize>| -> Vec<usize> {
        (0..of).filter(|index| !taken.contains(index)).collect()
    };
    let mut gone = rest(
        old.variants.len(),
        pairs.iter().map(|(old, _)| *old).collect(),
    );
    let mut come = rest(
        new.variants.len(),
        pairs.iter().map(|(_, new)| *new).collect(),
    );
    for alike in [same_component, same_mark] {
        gone.retain(|old_index| {
            let variant = &old.variants[*old_index];
            let found = come
                .iter()
                .position(|new_index| alike(to, variant, &new.variants[*new_index]));
            found.is_none_or(|found| {
                pairs.push((*old_index, come.remove(found)));
                false
            })
        });
    }
    pairs.extend(of_a_kind(to, old, new, &mut gone, &mut come));
    if let ([old_index], [new_index]) = (gone.as_slice(), come.as_slice())
        && old.variants.len() == new.variants.len()
    {
        pairs.push((*old_index, *new_index));
        gone.clear();
        come.clear();
    }
    for (old_index, new_index) in pairs {
        let (old, new) = (&old.variants[old_index], &new.variants[new_index]);
        to.schemas(old, new, direction, Position::Variant);
    }
    for index in gone {
        let variant = &old.variants[index];
        let said = Said {
            message: format!("the variant {} is gone", name(variant, index)),
            before: variant.parts.first().map(|part| part.value.clone()),
            after: None,
        };
        let pointers = Pointers::both(&old.at, &new.at);
        to.note(Rule::VariantRemoved, direction, pointers, said);
    }
    for index in come {
        let variant = &new.variants[index];
        let said = Said {
            message: format!("the variant {} is new", name(variant, index)),
            before: None,
            after: variant.parts.first().map(|part| part.value.clone()),
        };
        let pointers = Pointers::both(&old.at, &new.at);
        to.note(Rule::VariantAdded, direction, pointers, said);
    }
}

/// The component that a variant refers to.
fn component<'d>(variant: &Schema<'d>) -> Option<&'d str> {
    variant.parts.first()?.value.get("$ref")?.as_str()
}

fn same_component<'d>(_: &Comparison<'d>, old: &Schema<'d>, new: &Schema<'d>) -> bool {
    component(old).is_some() && component(old) == component(new)
}

/// Whether a field that can have one value alone has the same one on both sides, or the titles
/// are the same.
fn same_mark<'d>(to: &Comparison<'d>, old: &Schema<'d>, new: &Schema<'d>) -> bool {
    let (old, new) = (Normal::of(&to.old, old), Normal::of(&to.new, new));
    let mark = |document: &Document<'d>, side: &Normal<'d>, name: &str| {
        let field = Normal::of(document, side.properties.get(name)?);
        match field.values.as_deref()? {
            [only] => Some(*only),
            _ => None,
        }
    };
    let marked = old.properties.keys().any(|name| {
        let mark_of_old = mark(&to.old, &old, name);
        mark_of_old.is_some() && mark_of_old == mark(&to.new, &new, name)
    });
    let title = |side: &Normal<'d>| side.others.get("title").map(|said| said[0].1);
    marked || (title(&old).is_some() && title(&old) == title(&new))
}

/// Takes the variants out of both lists that are the only ones of their types there.
fn of_a_kind<'d>(
    to: &Comparison<'d>,
    old: &Union<'d>,
    new: &Union<'d>,
    gone: &mut Vec<usize>,
    come: &mut Vec<usize>,
) -> Vec<(usize, usize)> {
    let kind = |index: &usize| Normal::of(&to.old, &old.variants[*index]).types.clone();
    let gone_kinds: Vec<_> = gone.iter().map(kind).collect();
    let kind = |index: &usize| Normal::of(&to.new, &new.variants[*index]).types.clone();
    let come_kinds: Vec<_> = come.iter().map(kind).collect();
    let only = |kinds: &[Types], kind: &Types| {
        let mut found = (0..kinds.len()).filter(|index| kinds[*index] == *kind);
        found.next().filter(|_| found.next().is_none())
    };
    let mut pairs = Vec::new();
    for kind in &gone_kinds {
        if let (Some(before), Some(after)) = (only(&gone_kinds, kind), only(&come_kinds, kind)) {
            pairs.push((gone[before], come[after]));
        }
    }
    gone.retain(|index| !pairs.iter().any(|(old, _)| old == index));
    come.retain(|index| !pairs.iter().any(|(_, new)| new == index));
    pairs
}

/// What a person would call a variant.
fn name(variant: &Schema<'_>, index: usize) -> String {
    match component(variant).and_then(|reference| reference.rsplit('/').next()) {
        Some(name) => format!("`{name}`"),
        None => format!("{}", index + 1),
    }
}
