//! What to know beyond the reference, by what you are about to do.
//!
//! - [`errors`]: tell apart what can go wrong, and report it so that support can help.
//! - [`retries`]: what is sent again, rate limits, tokens that expire, many accounts.
//! - [`regenerating`]: upstream has changed, and you need it before the next release.
//! - [`upgrading`]: what may change between versions, and what will not.

#[doc = include_str!("guide/errors.md")]
pub mod errors {}

#[doc = include_str!("guide/regenerating.md")]
pub mod regenerating {}

#[doc = include_str!("guide/retries.md")]
pub mod retries {}

#[doc = include_str!("guide/upgrading.md")]
pub mod upgrading {}
