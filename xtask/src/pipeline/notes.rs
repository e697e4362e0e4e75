//! Findings of the passes about a document.

use std::fmt;

use crate::openapi::pointer::place;

/// A finding about one place of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The JSON Pointer of the place.
    pub pointer: String,
    pub text: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", place(&self.pointer), self.text)
    }
}

/// The findings of all passes about one document, in the order of the passes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Notes {
    /// Rewrites that lose information.
    pub warnings: Vec<Note>,
    /// Constructs that are not supported. With any of these, the document is not written.
    pub refused: Vec<Note>,
}

impl Notes {
    /// Adds a warning, unless the same one exists.
    pub fn warn(&mut self, pointer: &str, text: impl Into<String>) {
        let note = Note {
            pointer: pointer.to_owned(),
            text: text.into(),
        };
        if !self.warnings.contains(&note) {
            self.warnings.push(note);
        }
    }

    /// Refuses the construct at `pointer`, unless it is refused with the same text. `fix` says what to
    /// write instead, in an overlay or in the document.
    pub fn refuse(&mut self, pointer: &str, problem: &str, fix: &str) {
        let note = Note {
            pointer: pointer.to_owned(),
            text: format!("{problem}; {fix}"),
        };
        if !self.refused.contains(&note) {
            self.refused.push(note);
        }
    }
}
