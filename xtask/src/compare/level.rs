//! The severity of a change, and the direction of the values that it concerns.

/// The effect of a change on a client that was built from the old document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Only descriptions change.
    Docs,
    /// The client keeps working.
    Compatible,
    /// A call that worked is rejected or has another meaning, or something that callers rely on or
    /// can name is removed.
    Breaking,
}

impl Level {
    /// All levels, the most severe first.
    pub const WORST_FIRST: [Self; 3] = [Self::Breaking, Self::Compatible, Self::Docs];

    pub fn name(self) -> &'static str {
        match self {
            Self::Docs => "docs",
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        }
    }
}

/// The direction in which a value is sent. A stricter schema breaks callers in requests; a looser
/// one breaks them in responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    Request,
    Response,
}

impl Direction {
    /// Returns the direction within a callback, where the server is the caller.
    pub fn flipped(self) -> Self {
        match self {
            Self::Request => Self::Response,
            Self::Response => Self::Request,
        }
    }
}
