//! The tasks as a maintainer runs them.

#![allow(clippy::expect_used)] // A test that cannot go on says why and stops.

mod prepare;
mod refresh;
mod repository;
