//! Arguments of conditions on the body.

use std::fmt::Display;

use crate::types::try_into_some::ByConversion;

/// A body that a mock requires: what the call accepts, which is the value or its builder, or a reference to
/// the value.
///
/// `By` tells the implementations apart. It is always inferred.
pub trait IntoBody<Body, By> {
    /// Converts the value into the body.
    ///
    /// # Panics
    ///
    /// Panics if the value cannot be converted.
    fn into_body(self) -> Body;
}

impl<Body, V: TryInto<Body, Error: Display>> IntoBody<Body, ByConversion> for V {
    #[track_caller]
    #[allow(clippy::panic)] // It is the caller's test that fails.
    fn into_body(self) -> Body {
        self.try_into()
            .unwrap_or_else(|error| panic!("invalid body of a mock: {error}"))
    }
}

/// The implementation for references.
#[allow(unnameable_types)]
#[derive(Debug)]
pub enum ByReference {}

impl<Body: Clone> IntoBody<Body, ByReference> for &Body {
    fn into_body(self) -> Body {
        self.clone()
    }
}
