//! Documents as JSON: reading, writing, and finding the way in them.

pub mod document;
pub mod duplicate_keys;
pub mod names;
pub mod number;
pub mod pointer;
pub mod walk;
