//! OpenAPI documents as JSON: reading, writing, pointers, traversal and names.

pub mod document;
pub mod duplicate_keys;
pub mod edges;
pub mod grammar;
pub mod keys;
pub mod names;
pub mod node;
pub mod number;
pub mod pointer;
pub mod walk;
