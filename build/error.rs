//! Errors of the generator.

use std::fmt;

/// The result of a step of the generator.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of the generator: what is wrong, and what to do.
#[derive(Debug, Clone)]
pub struct Error {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub advice: String,
}

impl Error {
    /// An error whose cause is in the document.
    pub fn document(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            advice: "simplify the construct in the overlay".to_owned(),
        }
    }

    /// An error of a fixup that made another number of edits than the document calls for.
    pub fn fixup(name: &str, edits: usize, expected: usize) -> Self {
        Self {
            message: format!(
                "the fixup `{name}` made {edits} edits, but the document calls for {expected}"
            ),
            advice: "progenitor or typify may have changed: update or remove the fixup in \
                     build/fixups/"
                .to_owned(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.advice)
    }
}

impl std::error::Error for Error {}

impl From<progenitor::Error> for Error {
    fn from(error: progenitor::Error) -> Self {
        Self::document(format!("progenitor fails: {error}"))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::document(format!("invalid OpenAPI 3.0 document: {error}"))
    }
}

impl From<syn::Error> for Error {
    fn from(error: syn::Error) -> Self {
        Self::document(format!("the generated code is not valid Rust: {error}"))
    }
}

impl From<proc_macro2::LexError> for Error {
    fn from(error: proc_macro2::LexError) -> Self {
        Self::document(format!("the generated code is not valid Rust: {error}"))
    }
}
