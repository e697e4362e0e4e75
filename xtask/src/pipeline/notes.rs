//! What a pass has to say of a document: where it made it weaker, and what it refuses.

use std::fmt;

/// One remark on one place of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// JSON Pointer to the place.
    pub pointer: String,
    pub text: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() {
            "the document"
        } else {
            &self.pointer
        };
        write!(f, "{place}: {}", self.text)
    }
}

/// The remarks of all passes on one document, in the order of the passes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Notes {
    /// Rewrites after which the document says less than before.
    pub warnings: Vec<Note>,
    /// What no rewrite can keep; one of these and the document is not written.
    pub refused: Vec<Note>,
}

impl Notes {
    /// Notes that the document now says less, once for each place and reason.
    pub fn warn(&mut self, pointer: &str, text: impl Into<String>) {
        let note = Note {
            pointer: pointer.to_owned(),
            text: text.into(),
        };
        if !self.warnings.contains(&note) {
            self.warnings.push(note);
        }
    }

    /// Refuses `construct`, and says what an overlay (or the document's author) can write instead.
    pub fn refuse(&mut self, pointer: &str, problem: &str, fix: &str) {
        self.refused.push(Note {
            pointer: pointer.to_owned(),
            text: format!("{problem}; {fix}"),
        });
    }
}
