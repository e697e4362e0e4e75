//! The places at which witnesses contradict each other.

use indexmap::IndexMap;
use serde_json::Value;

use super::{Compared, Deviations, operations::retain, policy::is_in_other_case};
use crate::{
    compare::{self, Change, Pointers, Rule, visible},
    openapi::pointer::below,
};

/// Returns a sentence for each place of an operation in spec.yaml at which two witnesses have
/// different types or enum values, or only one of them requires a part. A declared difference at
/// this place explains it.
pub fn find(compared: &[Compared<'_>], deviations: &Deviations) -> Vec<String> {
    let mut found = Vec::new();
    for (nth, two) in compared.iter().enumerate() {
        for one in &compared[..nth] {
            found.extend(between(one, two, deviations));
        }
    }
    found
}

fn between(one: &Compared<'_>, two: &Compared<'_>, deviations: &Deviations) -> Vec<String> {
    let shared = one.pairs.pairs.iter().filter_map(|pair| {
        let other = two.pairs.witness_of(&pair.spec)?;
        Some((&pair.witness, other))
    });
    let (old_kept, new_kept): (Vec<_>, Vec<_>) = shared.unzip();
    if old_kept.is_empty() {
        return Vec::new();
    }
    let (mut old, mut new) = (one.document.clone(), two.document.clone());
    retain(&mut old, &old_kept);
    retain(&mut new, &new_kept);
    let explained = [one, two].map(|side| explained_places(side, deviations));
    let mut places: IndexMap<(Pointers, String), Claims> = IndexMap::new();
    for change in compare::compare_on_the_wire(&old, &new) {
        let Some((subject, rest)) = claim(&change, [&old, &new], [one, two]) else {
            continue;
        };
        let Pointers { before, after } = &change.pointers;
        let is_explained = is_at(before, &explained[0]) || is_at(after, &explained[1]);
        if !is_explained {
            let claims = places.entry((change.pointers, change.at)).or_default();
            claims.entry(subject).or_default().push(rest);
        }
    }
    let messages = places.into_iter().map(|((pointers, at), claims)| {
        let place = |side: &Compared<'_>, pointer: Option<String>| {
            side.places.in_witness(&pointer.unwrap_or_default())
        };
        let claims = claims.iter();
        let claims = claims.map(|(subject, rest)| format!("{subject} {}", rest.join(", ")));
        visible(&format!(
            "{} contradicts {}: {at}: {}",
            place(one, pointers.before),
            place(two, pointers.after),
            claims.collect::<Vec<_>>().join("; "),
        ))
    });
    messages.collect()
}

/// What the witnesses differ in at one place: the subjects, and what is true of them.
type Claims = IndexMap<String, Vec<String>>;

/// Returns the subject and what is true of it, if the change between two witnesses is a
/// contradiction. Where one of them only shows less, it is not.
fn claim(
    change: &Change,
    documents: [&Value; 2],
    [one, two]: [&Compared<'_>; 2],
) -> Option<(String, String)> {
    use Rule as R;
    let [one, two] = [one, two].map(|side| side.witness.name);
    let before = change.before.as_ref();
    let after = change.after.as_ref();
    let only = |name: &str| (format!("only {name}"), "requires it".to_owned());
    let value = |name: &str, value: Option<&Value>| {
        let value = value.filter(|_| !is_in_other_case(change, documents))?;
        Some((
            format!("in the enum, only {name} has"),
            format!("`{value}`"),
        ))
    };
    match change.rule {
        R::TypeChanged | R::TypeNarrowed | R::TypeWidened => {
            let (before, after) = (before?.as_str()?, after?.as_str()?);
            let is_shown = ![before, after].contains(&"any type");
            let rest = format!("{before} in {one} and {after} in {two}");
            is_shown.then(|| ("the type is".to_owned(), rest))
        }
        R::EnumValueRemoved => value(one, before),
        R::EnumValueAdded => value(two, after),
        R::FieldOptional | R::ParameterOptional | R::RequestBodyOptional => Some(only(one)),
        R::FieldRequired | R::ParameterRequired | R::RequestBodyRequired => Some(only(two)),
        _ => None,
    }
}

/// Returns the places in the witness at which a difference is declared.
fn explained_places<'c>(side: &'c Compared<'_>, deviations: &Deviations) -> Vec<&'c str> {
    let declared = side
        .differences
        .iter()
        .filter(|one| deviations.declare(one));
    declared
        .filter_map(|one| Some(place(one.in_witness.as_deref()?)))
        .collect()
}

/// Returns whether `pointer` is at or below one of the places.
fn is_at(pointer: &Option<String>, places: &[&str]) -> bool {
    let Some(pointer) = pointer.as_deref().map(place) else {
        return false;
    };
    places.iter().any(|above| below(pointer, above).is_some())
}

/// Returns the pointer without the keyword that differs.
fn place(pointer: &str) -> &str {
    let keywords = ["/type", "/enum"];
    let mut shorter = keywords
        .iter()
        .filter_map(|keyword| pointer.strip_suffix(keyword));
    shorter.next().unwrap_or(pointer)
}
