//! What to know beyond the reference, by what you are about to do.
//!
//! - [`errors`]: tell apart what can go wrong, and report it so that support can help.
//! - [`retries`]: what is sent again, rate limits, tokens that expire, many accounts.
//! - [`regenerating`]: upstream has changed, and you need it before the next release.
//! - [`testing`]: your own code, without a network.
//! - [`upgrading`]: what may change between versions, and what will not.

#[doc = include_str!("guide/errors.md")]
pub mod errors {}

#[doc = include_str!("guide/regenerating.md")]
pub mod regenerating {}

#[doc = include_str!("guide/retries.md")]
pub mod retries {}

// Its example has a mock server.
#[cfg_attr(feature = "mock", doc = include_str!("guide/testing.md"))]
#[cfg_attr(
    not(feature = "mock"),
    doc = "Testing your own code: turn on the feature `mock`."
)]
pub mod testing {}

#[doc = include_str!("guide/upgrading.md")]
pub mod upgrading {}
