//! What the setters of optional members take.

/// A value for an optional member of a request: whatever converts into the member's type.
///
/// It lets the builders of bodies take `"text"` where the member is an `Option<String>`. A member
/// that is to stay as it is on the server is left out, by not calling its setter.
pub trait TryIntoSome<Target>: Sized {
    /// Why the value cannot be one of the member's.
    type Error;

    /// The value as `Some` of the member's type.
    ///
    /// # Errors
    ///
    /// Those of the conversion into the member's type, such as a text that is too long.
    fn try_into_some(self) -> Result<Target, Self::Error>;
}

impl<T, V: TryInto<T>> TryIntoSome<Option<T>> for V {
    type Error = V::Error;

    fn try_into_some(self) -> Result<Option<T>, V::Error> {
        self.try_into().map(Some)
    }
}
