//! Checks that any document is normalized, lowered and adapted deterministically, or refused with a
//! pointer.

#![no_main]
#![allow(dead_code, unused_imports)]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
// The modules refer to each other through the crate root.
use xtask::{excerpt, openapi, openapi::document, pipeline, pipeline::{adapt, lower, notes}, upstream};

/// Modules of xtask, which is not a library.
#[path = "../../src"]
mod xtask {
    pub mod excerpt;

    pub mod openapi {
        pub mod document;
        pub mod edges;
        pub mod grammar;
        pub mod keys;
        pub mod names;
        pub mod number;
        pub mod pointer;
        pub mod duplicate_keys;
        pub mod walk;
    }

    pub mod pipeline {
        pub mod adapt;
        pub mod lower;
        pub mod notes;
        pub mod round_trip;
    }

    pub mod upstream {
        pub mod gitbook;
        pub mod merge;
        pub mod meta_document;
    }
}

fuzz_target!(|text: &str| {
    let Ok(mut document) = document::parse(text) else {
        return;
    };
    upstream::meta_document::normalize(&mut document);
    let document = upstream::merge::canonical(document);
    // The stored document is read in the same way.
    let mut stored = document::parse(&document::to_text(&document).unwrap()).unwrap();
    assert_eq!(document, stored);
    upstream::meta_document::normalize(&mut stored);
    assert_eq!(document, upstream::merge::canonical(stored));
    let first = adapted(document.clone());
    assert_eq!(first, adapted(document));
    let (document, notes) = first;
    for note in &notes.refused {
        assert!(note.pointer.is_empty() || note.pointer.starts_with('/'));
    }
    if notes.refused.is_empty() {
        assert_eq!(document, adapted(document.clone()).0, "not idempotent");
    }
});

/// Lowers and adapts `document`, without the trial generation, which is too slow for fuzzing.
fn adapted(mut document: Value) -> (Value, notes::Notes) {
    let mut notes = notes::Notes::default();
    lower::lower(&mut document, &mut notes);
    if notes.refused.is_empty() {
        adapt::adapt(&mut document, &mut notes);
    }
    (document, notes)
}
