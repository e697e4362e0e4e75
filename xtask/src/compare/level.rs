//! How much a change matters, and to whom.

use clap::ValueEnum;
use serde::Serialize;

/// What a change does to a client that was built against the old document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing but words.
    Docs,
    /// The client goes on working.
    Compatible,
    /// A call that worked is refused or means something else, or what the caller relied on or
    /// can name is gone.
    Breaking,
}

impl Level {
    /// All levels, the worst first.
    pub const WORST_FIRST: [Self; 3] = [Self::Breaking, Self::Compatible, Self::Docs];

    pub fn name(self) -> &'static str {
        match self {
            Self::Docs => "docs",
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        }
    }
}

/// Which way a value travels: what may be asked of it in one is what must be borne in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    Request,
    Response,
}

impl Direction {
    /// The direction within a callback, which the server calls.
    pub fn flipped(self) -> Self {
        match self {
            Self::Request => Self::Response,
            Self::Response => Self::Request,
        }
    }
}
