//! Compares callbacks, whose requests the server sends.

use super::{Operation, compare_operation, compare_path_item};
use crate::{
    compare::{
        changes::Pointers,
        comparison::Comparer,
        docs,
        level::Direction,
        normalize::Node,
        pairs::{Pair, pair},
        rules::Rule,
    },
    openapi::walk::METHODS,
};

/// Compares the `callbacks` of two operations.
pub fn compare<'d>(
    comparer: &mut Comparer<'d>,
    old: &Node<'d>,
    new: &Node<'d>,
    direction: Direction,
) {
    for (name, callback) in pair(old, new, str::to_owned) {
        match callback {
            Pair::Both(old, new) => {
                let (old, new) = (comparer.old.resolve(old), comparer.new.resolve(new));
                compare_callback(comparer, &old, &new, direction);
            }
            one_sided => {
                let subject = format!("the callback `{name}`");
                record_callback(comparer, &subject, one_sided, direction);
            }
        }
    }
}

/// Compares the path items of a callback, by the expression of their URL.
fn compare_callback<'d>(
    comparer: &mut Comparer<'d>,
    old: &Node<'d>,
    new: &Node<'d>,
    direction: Direction,
) {
    let pointers = Pointers::of(old, new);
    for (expression, item) in pair(old, new, str::to_owned) {
        if docs::rule(&expression).is_some() {
            let (before, after) = (old.value.get(&expression), new.value.get(&expression));
            comparer.keyword(direction, &expression, before, after, &pointers);
            continue;
        }
        let subject = format!("the callback to `{expression}`");
        // The target of a reference counts as compared, even if only one side has it.
        match &item {
            Pair::Both(old, new) => {
                compare_item(comparer, old, new, direction);
                continue;
            }
            Pair::Removed(old) => comparer.old.resolve(old.clone()),
            Pair::Added(new) => comparer.new.resolve(new.clone()),
        };
        record_callback(comparer, &subject, item, direction);
    }
}

fn compare_item<'d>(
    comparer: &mut Comparer<'d>,
    old: &Node<'d>,
    new: &Node<'d>,
    direction: Direction,
) {
    let old_item = comparer.old.resolve(old.clone());
    let new_item = comparer.new.resolve(new.clone());
    compare_path_item(
        comparer,
        &Node::new(&*old.pointer, old_item.value),
        &Node::new(&*new.pointer, new_item.value),
        direction,
    );
    for method in METHODS {
        let node = |at: &Node<'d>, item: &Node<'d>| {
            let operation = item.value.get(method)?;
            Some(Node::new(at.child(method).pointer, operation))
        };
        match (node(old, &old_item), node(new, &new_item)) {
            (Some(old), Some(new)) => {
                let old = Operation {
                    node: old,
                    path_item: old_item.clone(),
                };
                let new = Operation {
                    node: new,
                    path_item: new_item.clone(),
                };
                compare_operation(comparer, &old, &new, direction.flipped());
            }
            (None, None) => {}
            (Some(old), None) => {
                let subject = format!("the callback by {}", method.to_uppercase());
                record_callback(comparer, &subject, Pair::Removed(old), direction);
            }
            (None, Some(new)) => {
                let subject = format!("the callback by {}", method.to_uppercase());
                record_callback(comparer, &subject, Pair::Added(new), direction);
            }
        }
    }
}

/// Records a callback that only one of the documents has.
fn record_callback(
    comparer: &mut Comparer<'_>,
    subject: &str,
    callback: Pair<'_>,
    direction: Direction,
) {
    let (rule, pointers, change) = match callback {
        Pair::Removed(old) => (
            Rule::CallbackRemoved,
            Pointers::removed(old.pointer),
            "removed",
        ),
        Pair::Added(new) => (Rule::CallbackAdded, Pointers::added(new.pointer), "added"),
        Pair::Both(..) => return,
    };
    let message = format!("{subject} was {change}");
    comparer.record(rule, direction, pointers, message);
}
