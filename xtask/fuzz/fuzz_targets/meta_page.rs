//! A page of Meta's, whatever it holds, becomes a document or is refused with a line.

#![no_main]
#![allow(dead_code, unused_imports)]

use libfuzzer_sys::fuzz_target;
// The modules look for each other here.
use xtask::{excerpt, openapi, upstream};

/// Modules of xtask, which is not a library.
#[path = "../../src"]
mod xtask {
    pub mod excerpt;

    pub mod openapi {
        pub mod grammar;
        pub mod pointer;
        pub mod walk;
    }

    pub mod upstream {
        pub mod meta_page;
    }
}

fuzz_target!(|markdown: &str| {
    match upstream::meta_page::read("page.md", markdown) {
        Ok(page) => {
            assert!(page.document["openapi"].is_string());
            // The same page has the same document.
            assert_eq!(page, upstream::meta_page::read("page.md", markdown).unwrap());
        }
        Err(error) => assert!(error.to_string().starts_with("page.md line ")),
    }
});
