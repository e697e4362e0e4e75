//! The promises of the crate, one test each, against a real HTTP server on this machine.

#![cfg(all(feature = "dialog360", feature = "graph"))]
#![allow(clippy::expect_used, clippy::panic)] // A test that cannot go on says why and stops.

mod cancellation;
mod configuration;
mod credentials;
mod custom;
mod documents;
mod enums;
mod environment;
mod errors;
mod fault_server;
mod faults;
mod limits;
mod mocks;
mod pages;
mod requests;
mod responses;
mod retries;
mod schemas;
mod seen;
mod server;
mod tls;
mod tokens;
mod upstream;
