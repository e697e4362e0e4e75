// Its examples need both.
#![cfg_attr(
    all(feature = "dialog360", feature = "graph"),
    doc = include_str!("../README.md")
)]
#![cfg_attr(
    not(all(feature = "dialog360", feature = "graph")),
    doc = "A typed async client for one of the two APIs that describe a WhatsApp Business Account."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(not(any(feature = "dialog360", feature = "graph")))]
compile_error!("waba has no API; turn on the feature `dialog360`, `graph` or both");

// The generated code names the types it shares with us as `::waba::…`.
extern crate self as waba;

mod answer;
mod builder;
mod client;
#[cfg(feature = "dialog360")]
pub mod dialog360;
mod error;
mod failure;
#[cfg(feature = "graph")]
pub mod graph;
// It leads through both.
#[cfg(all(feature = "dialog360", feature = "graph"))]
pub mod guide;
mod id;
mod lenient;
mod limit;
mod list;
#[cfg(feature = "dialog360")]
mod login;
mod observe;
mod open_enum;
mod request;
mod retry;
mod secret;
mod some;
mod span;
mod text;
mod time;
mod token;
mod transport;
mod upstream;
// What 360dialog's answers never say has no name where Graph's are unknown.
#[cfg_attr(not(feature = "graph"), allow(dead_code, unnameable_types))]
mod usage;

pub use builder::ClientBuilder;
pub use error::{Error, ErrorKind};
#[cfg(feature = "mock")]
pub use httpmock;
pub use id::{Id, InvalidPathSegment, PathSegment};
pub use limit::RateLimit;
pub use list::CommaSeparated;
pub use observe::Attempt;
pub use progenitor_client::ResponseValue;
pub use request::CustomRequest;
pub use reqwest;
pub use retry::RetryPolicy;
#[cfg(feature = "schemars")]
pub use schemars;
pub use some::TryIntoSome;
pub use token::{Token, TokenSource};
pub use upstream::Upstream;
