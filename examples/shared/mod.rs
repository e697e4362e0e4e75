//! The code that `accounts` and the tools for Meta's accounts share.

#![allow(dead_code)] // Each example uses a part.

pub mod accounts;
pub mod cause;
pub mod client;
pub mod fake_graph;
pub mod file;
pub mod list;
pub mod output;
pub mod progress;
pub mod subscriptions;
pub mod table;
