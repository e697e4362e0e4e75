#![doc = include_str!("../README.md")]

// The generated code names the types it shares with us as `::waba::…`.
extern crate self as waba;

mod answer;
mod builder;
mod client;
pub mod dialog360;
mod error;
mod failure;
pub mod graph;
pub mod guide;
mod id;
mod lenient;
mod limit;
mod list;
mod login;
mod observe;
mod open_enum;
mod request;
mod retry;
mod secret;
mod some;
mod span;
mod text;
mod token;
mod transport;
mod upstream;
mod usage;

pub use builder::ClientBuilder;
pub use error::{Error, ErrorKind};
pub use id::{Id, InvalidPathSegment, PathSegment};
pub use limit::RateLimit;
pub use list::CommaSeparated;
pub use observe::Attempt;
pub use progenitor_client::ResponseValue;
pub use request::CustomRequest;
pub use reqwest;
pub use retry::RetryPolicy;
pub use some::TryIntoSome;
pub use token::{Token, TokenSource};
pub use upstream::Upstream;
