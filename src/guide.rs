//! Guides to tasks that the reference does not explain in one place.
//!
//! Flows:
//!
//! - [`onboarding`]: bring a customer onto WhatsApp with Meta, from the code of a signup to a template.
//! - [`dialog360`]: the same through 360dialog.
//! - [`tokens`]: choose access tokens, and tell a lost one from a missing response.
//! - [`health`]: watch accounts and numbers.
//! - [`template_sync`]: keep a copy of the message templates.
//!
//! The client:
//!
//! - [`errors`]: decide what to do about an error, report it, and log it.
//! - [`retries`]: understand retries, rate limits, tokens that expire, and calls for many accounts.
//! - [`lists`]: read all pages of a list, and continue later.
//! - [`observation`]: trace calls, and measure their durations.
//! - [`testing`]: test your own code without a network.
//! - [`webhooks`]: receive changes to accounts, phone numbers and templates.
//! - [`regenerating`]: use a change to the upstream API before the next release of this crate.
//! - [`upgrading`]: learn what may change between versions, and what will not.

#[doc = include_str!("guide/onboarding.md")]
pub mod onboarding {}

#[doc = include_str!("guide/dialog360.md")]
pub mod dialog360 {}

#[doc = include_str!("guide/tokens.md")]
pub mod tokens {}

#[doc = include_str!("guide/health.md")]
pub mod health {}

#[doc = include_str!("guide/template_sync.md")]
pub mod template_sync {}

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

// The examples need the feature.
#[cfg_attr(feature = "webhooks", doc = include_str!("guide/webhooks.md"))]
#[cfg_attr(
    not(feature = "webhooks"),
    doc = "Receiving webhooks. Enable the feature `webhooks` to build this page."
)]
pub mod webhooks {}

#[doc = include_str!("guide/regenerating.md")]
pub mod regenerating {}

#[doc = include_str!("guide/upgrading.md")]
pub mod upgrading {}
