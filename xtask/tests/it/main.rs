//! The tasks as a maintainer runs them.

#![allow(clippy::expect_used)] // A test that cannot go on says why and stops.

mod committed;
mod diff;
mod history;
mod prepare;
mod refresh;
mod release;
mod repository;
mod workflows;
