//! Arguments of setters for optional properties.

/// A value for an optional property of a request: anything that converts into the type of the
/// property.
///
/// It lets setters accept `"text"` where the property is an `Option<String>`. To leave a property out
/// of a request, do not call its setter.
pub trait TryIntoSome<Target>: Sized {
    /// The error of the conversion.
    type Error;

    /// Converts the value into `Some` of the type of the property.
    ///
    /// # Errors
    ///
    /// Fails if the conversion fails, for example for text that is too long.
    fn try_into_some(self) -> Result<Target, Self::Error>;
}

impl<T, V: TryInto<T>> TryIntoSome<Option<T>> for V {
    type Error = V::Error;

    fn try_into_some(self) -> Result<Option<T>, V::Error> {
        self.try_into().map(Some)
    }
}
