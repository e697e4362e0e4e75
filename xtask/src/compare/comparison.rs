//! The comparison of two documents.

mod malformed;
mod unused;

use std::thread;

use serde_json::Value;

use super::{
    changes::Change, comparer::Comparer, cursor::Cursor, operations, rules::Rule, schemas, security,
};

/// The size of the stack in bytes. Long chains of references recurse deeply; the system allocates
/// only what is used.
const STACK: usize = 512 << 20;

/// Returns all changes from `old` to `new`, the worst first.
pub fn compare(old: &Value, new: &Value) -> Vec<Change> {
    on_large_stack(|| {
        let comparer = Comparer::new(old, new);
        let root = Cursor::root(&comparer);
        compare_operations(&root);
        unused::compare(&root.child("components"));
        schemas::compare_queued(&comparer);
        malformed::compare(&root);
        compare_fields(&root);
        comparer.finish()
    })
}

/// Returns the changes of operations, and of what they use, the worst first. The names of components
/// have no meaning.
pub fn compare_on_the_wire(old: &Value, new: &Value) -> Vec<Change> {
    on_large_stack(|| {
        let comparer = Comparer::new(old, new);
        compare_operations(&Cursor::root(&comparer));
        comparer.finish()
    })
}

fn compare_operations(root: &Cursor<'_, '_>) {
    security::compare_schemes(root);
    operations::compare(root);
    schemas::compare_queued(root.comparer);
}

fn on_large_stack(compare: impl Fn() -> Vec<Change> + Sync) -> Vec<Change> {
    thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(STACK);
        let worker = builder.spawn_scoped(scope, &compare);
        match worker.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(changes)) => changes,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            // The default stack is enough for most documents.
            Err(_) => compare(),
        }
    })
}

/// Compares the fields of the document that have no comparison of their own.
fn compare_fields(root: &Cursor<'_, '_>) {
    for key in root.keys() {
        match key {
            // The versions of the formats have no meaning for callers.
            "openapi" | "swagger" | "$schema" => {}
            "paths" | "webhooks" | "components" | "security" | "servers" => {}
            "tags" => root.compare_tags(),
            "info" => compare_info(&root.child(key)),
            _ => root.compare_keyword(key),
        }
    }
}

fn compare_info(info: &Cursor<'_, '_>) {
    for key in info.keys() {
        info.child(key).record_docs(Rule::InfoChanged, key);
    }
}
