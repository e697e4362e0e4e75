//! Authentication: credentials, tokens that expire, and redaction.

pub(crate) mod credential;
#[cfg(feature = "dialog360")]
pub(crate) mod login;
pub(crate) mod redaction;
pub(crate) mod secret;
pub(crate) mod token;
pub(crate) mod token_cache;
