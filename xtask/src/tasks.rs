//! The tasks of `cargo xtask`, one file each.

pub mod diff;
pub mod export;
pub mod prepare;
pub mod refresh;
pub mod release;
