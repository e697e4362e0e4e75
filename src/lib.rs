// The examples of the README need both APIs.
#![cfg_attr(
    all(feature = "dialog360", feature = "graph"),
    doc = include_str!("../README.md")
)]
#![cfg_attr(
    not(all(feature = "dialog360", feature = "graph")),
    doc = "A typed async client for an API that manages WhatsApp Business Accounts."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(not(any(feature = "dialog360", feature = "graph")))]
compile_error!("no API is enabled; enable the feature `dialog360`, `graph` or both");

// The generated code names the types of this crate `::waba::…`.
extern crate self as waba;

mod auth;
mod builder;
mod client;
#[cfg(feature = "dialog360")]
pub mod dialog360;
mod error;
#[cfg(feature = "graph")]
pub mod graph;
// The guide describes both APIs.
#[cfg(all(feature = "dialog360", feature = "graph"))]
pub mod guide;
mod http;
#[cfg(feature = "mock")]
pub mod mock;
mod paging;
mod types;
#[cfg(feature = "webhooks")]
pub mod webhooks;

pub use auth::{
    secret::Secret,
    token::{Token, TokenSource},
};
pub use builder::ClientBuilder;
pub use error::{Error, kind::ErrorKind, meta_error::MetaError};
pub use http::{
    custom_request::CustomRequest, observer::Attempt, rate_limit::RateLimit,
    response_value::ResponseValue, retry_policy::RetryPolicy,
};
pub use paging::{
    continuation::Continuation,
    items::Items,
    page::{NextPage, Page},
    pages::Pages,
};
pub use reqwest;
#[cfg(feature = "schemars")]
pub use schemars;
pub use types::{
    comma_separated::CommaSeparated,
    extra::Extra,
    id::Id,
    into_list::IntoList,
    json_list::JsonList,
    list::{List, UndecodedItem},
    path_segment::{InvalidPathSegment, PathSegment},
    try_into_some::TryIntoSome,
};
