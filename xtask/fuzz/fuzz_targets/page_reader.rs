//! Checks that any page is parsed and merged, or refused with a message.

#![no_main]
#![allow(dead_code, unused_imports)]

use libfuzzer_sys::fuzz_target;
// The modules refer to each other through the crate root.
use xtask::{excerpt, openapi, upstream};

/// Modules of xtask, which is not a library.
#[path = "../../src"]
mod xtask {
    pub mod excerpt;

    pub mod openapi {
        pub mod grammar;
        pub mod keys;
        pub mod names;
        pub mod pointer;
        pub mod duplicate_keys;
        pub mod walk;
    }

    pub mod upstream {
        pub mod gitbook;
        pub mod merge;
    }
}

fuzz_target!(|markdown: &str| {
    match upstream::gitbook::read("https://docs.example/page.md", markdown) {
        Ok(page) => match upstream::merge::merge(&page.blocks) {
            // The merged document is in canonical form.
            Ok(merged) => assert_eq!(merged, upstream::merge::canonical(merged.clone())),
            Err(errors) => assert!(!errors.is_empty()),
        },
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
