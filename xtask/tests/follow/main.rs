//! Follows changes of upstream on a scratch copy of the repository, as CONTRIBUTING.md says under
//! «Upstream has changed»: refresh, accept the snapshots, accept what breaks; then all tests pass
//! and no file was edited by hand.
//!
//! ```sh
//! cargo test --workspace --test follow                   # every change
//! cargo test --workspace --test follow -- enum-value     # one of them
//! ```
//!
//! It compiles and tests the crate once for each change, so `cargo test --workspace` leaves it out.

#![allow(clippy::expect_used, clippy::panic)] // A change that cannot be followed says why and stops.

mod another_api;
mod changes;
mod scratch;

use std::{env, process::ExitCode};

use changes::CHANGES;
use scratch::Scratch;

fn main() -> ExitCode {
    let wanted: Vec<String> = env::args().skip(1).collect();
    let known = |name: &String| CHANGES.iter().any(|change| change.name == name);
    if let Some(unknown) = wanted.iter().find(|name| !known(name)) {
        let names: Vec<&str> = CHANGES.iter().map(|change| change.name).collect();
        eprintln!(
            "unknown change `{unknown}`: expected one of {}",
            names.join(", ")
        );
        return ExitCode::FAILURE;
    }
    let scratch = Scratch::new();
    let changes = CHANGES.iter();
    for change in
        changes.filter(|change| wanted.is_empty() || wanted.iter().any(|name| name == change.name))
    {
        scratch.reset();
        println!("== {}: {}", change.name, change.what);
        match change.follow(&scratch) {
            Ok(()) => println!("followed"),
            Err(reason) => println!("SKIPPED: {reason}"),
        }
    }
    ExitCode::SUCCESS
}
