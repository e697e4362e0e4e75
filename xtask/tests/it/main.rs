//! Tests of the tasks as a maintainer runs them.

#![allow(clippy::expect_used)] // In tests, a panic with a message is the right failure.

mod committed;
mod diff;
mod export;
mod history;
mod imports;
mod prepare;
mod refresh;
mod release;
mod repository;
mod workflows;
