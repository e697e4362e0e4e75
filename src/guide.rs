//! Guides to tasks that the reference does not explain in one place.
//!
//! - [`errors`]: decide what to do about an error, report it, and log it.
//! - [`retries`]: understand retries, rate limits, tokens that expire, and calls for many accounts.
//! - [`lists`]: read all pages of a list, and continue later.
//! - [`observation`]: trace calls, and measure their durations.
//! - [`testing`]: test your own code without a network.
//! - [`regenerating`]: use a change to the upstream API before the next release of this crate.
//! - [`upgrading`]: learn what may change between versions, and what will not.

#[doc = include_str!("guide/errors.md")]
pub mod errors {}

#[doc = include_str!("guide/retries.md")]
pub mod retries {}

#[doc = include_str!("guide/lists.md")]
pub mod lists {}

#[doc = include_str!("guide/observation.md")]
pub mod observation {}

// The examples need the feature.
#[cfg_attr(feature = "mock", doc = include_str!("guide/testing.md"))]
#[cfg_attr(
    not(feature = "mock"),
    doc = "Testing your own code. Enable the feature `mock` to build this page."
)]
pub mod testing {}

#[doc = include_str!("guide/regenerating.md")]
pub mod regenerating {}

#[doc = include_str!("guide/upgrading.md")]
pub mod upgrading {}
