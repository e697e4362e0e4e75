//! Arguments of setters for optional properties and parameters.

use std::{convert::Infallible, fmt::Display, sync::Arc};

/// A value for an optional property or parameter of a request: anything that converts into its type, or
/// an `Option` of that. For text, an `Arc<str>` or an integer is accepted too. For a list in the query,
/// such as `fields`, an iterator is accepted too.
///
/// It lets setters accept `"text"` where the property is an `Option<String>`. `None` leaves the property
/// out of the request, as if its setter had not been called.
///
/// `By` tells the implementations apart. It is always inferred.
pub trait TryIntoSome<Target, By>: Sized {
    /// The error of the conversion.
    type Error: Display;

    /// Converts the value into the type of the property.
    ///
    /// # Errors
    ///
    /// Fails if the conversion fails, for example for text that is too long.
    fn try_into_some(self) -> Result<Target, Self::Error>;
}

/// The implementation by `TryInto`.
#[allow(unnameable_types)]
#[derive(Debug)]
pub enum ByConversion {}

impl<T, V: TryInto<T, Error: Display>> TryIntoSome<Option<T>, ByConversion> for V {
    type Error = V::Error;

    fn try_into_some(self) -> Result<Option<T>, V::Error> {
        self.try_into().map(Some)
    }
}

/// The implementation for an `Option`.
#[allow(unnameable_types)]
#[derive(Debug)]
pub enum ByOption {}

impl<T, V: TryInto<T, Error: Display>> TryIntoSome<Option<T>, ByOption> for Option<V> {
    type Error = V::Error;

    fn try_into_some(self) -> Result<Option<T>, V::Error> {
        self.map(V::try_into).transpose()
    }
}

/// The implementations for values that `String` has no conversion from.
#[allow(unnameable_types)]
#[derive(Debug)]
pub enum ByText {}

macro_rules! text {
    ($($type:ty),*) => {$(
        impl TryIntoSome<Option<String>, ByText> for $type {
            type Error = Infallible;

            fn try_into_some(self) -> Result<Option<String>, Infallible> {
                Ok(Some(self.to_string()))
            }
        }
    )*};
}

text!(Arc<str>, i32, i64, u32, u64);
