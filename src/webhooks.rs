//! Webhooks about accounts, phone numbers and templates: verification and types.
//!
//! Meta signs each request with the app secret, and 360dialog with the platform secret. A [`Verifier`]
//! checks the signature of the body before anything parses it, and returns the body as a type. When a
//! callback URL is set, Meta sends a verification request, which [`challenge`] answers.
//!
//! Nothing here depends on a web framework. `examples/webhooks.rs` uses axum.

mod error;
#[cfg(feature = "graph")]
mod event;
mod handshake;
#[cfg(feature = "dialog360")]
mod partner_event;
mod verifier;

pub use error::Error;
#[cfg(feature = "graph")]
pub use event::{Change, Event};
pub use handshake::challenge;
#[cfg(feature = "dialog360")]
pub use partner_event::{PartnerEvent, PartnerEventType};
pub use verifier::{BODY_LIMIT, Verifier};

#[cfg(feature = "graph")]
pub use crate::graph::types::{
    AccountReviewUpdate, AccountUpdate, BusinessCapabilityUpdate, MessageTemplateQualityUpdate,
    MessageTemplateStatusUpdate, PhoneNumberNameUpdate, PhoneNumberQualityUpdate,
    TemplateCategoryUpdate, WebhookNotification as Notification,
};

/// The name of the header with Meta's signature.
#[cfg(feature = "graph")]
pub const META_SIGNATURE: &str = "x-hub-signature-256";

/// The name of the header with 360dialog's signature.
#[cfg(feature = "dialog360")]
pub const DIALOG360_SIGNATURE: &str = "x-360dialog-signature";
