//! One test for each promise of the crate, against a real HTTP server on this machine.

#![cfg(all(feature = "dialog360", feature = "graph"))]
#![allow(clippy::expect_used, clippy::panic)] // A failed test panics.

mod app_secrets;
mod cancellation;
mod configuration;
mod credentials;
mod custom_requests;
mod documents;
mod edge_cases;
mod enums;
mod environment;
mod ergonomics;
mod error_messages;
mod errors;
mod fault_server;
mod faults;
mod made_errors;
mod meta_errors;
mod metrics;
mod mocks;
mod observation;
mod paging;
mod published_examples;
mod rate_limits;
mod requests;
mod responses;
mod retries;
mod schemas;
mod server;
mod tls;
mod tokens;
mod webhooks;
