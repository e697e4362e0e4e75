//! Credentials: fixed ones, and tokens that expire.

pub(crate) mod credential;
#[cfg(feature = "dialog360")]
pub(crate) mod login;
pub(crate) mod token;
