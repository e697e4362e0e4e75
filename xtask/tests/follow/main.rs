//! Applies changes of upstream to a scratch copy of the repository. Each follows the steps of «Upstream
//! has changed» in CONTRIBUTING.md: refresh, accept the snapshots, accept the breaking changes. Then all
//! tests must pass without a file edited by hand.
//!
//! ```sh
//! cargo test --workspace --test follow                   # every change
//! cargo test --workspace --test follow -- enum-value     # one of them
//! ```
//!
//! This compiles and tests the crate once for each change, so `cargo test --workspace` does not run it.

#![allow(clippy::expect_used, clippy::panic)] // In tests, a panic with a message is the right failure.

mod another_api;
mod changes;
mod scratch;

use std::{env, process::ExitCode};

use changes::CHANGES;
use scratch::Scratch;

fn main() -> ExitCode {
    let selected: Vec<String> = env::args().skip(1).collect();
    let is_known = |name: &String| CHANGES.iter().any(|change| change.name == name);
    if let Some(unknown) = selected.iter().find(|name| !is_known(name)) {
        let names: Vec<&str> = CHANGES.iter().map(|change| change.name).collect();
        eprintln!(
            "unknown change `{unknown}`: expected one of {}",
            names.join(", ")
        );
        return ExitCode::FAILURE;
    }
    let scratch = Scratch::new();
    let changes = CHANGES.iter();
    for change in changes
        .filter(|change| selected.is_empty() || selected.iter().any(|name| name == change.name))
    {
        scratch.reset();
        println!("== {}: {}", change.name, change.description);
        match change.follow(&scratch) {
            Ok(()) => println!("passed"),
            Err(reason) => println!("SKIPPED: {reason}"),
        }
    }
    ExitCode::SUCCESS
}
