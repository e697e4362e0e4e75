//! Conversions of lists in one query parameter, and the check that a write has no empty list.

/// A list, or an optional one.
#[cfg_attr(not(feature = "graph"), allow(dead_code))] // No document of 360dialog needs it.
pub(crate) trait ListParameter {
    /// Returns whether the list was given without items.
    fn is_empty_list(&self) -> bool;
}

impl<L: ListParameter> ListParameter for Option<L> {
    fn is_empty_list(&self) -> bool {
        self.as_ref().is_some_and(ListParameter::is_empty_list)
    }
}

/// Rejects an empty list. It would be left out, and many writes without a list apply to everything.
#[cfg_attr(not(feature = "graph"), allow(dead_code))] // No document of 360dialog needs it.
pub(crate) fn require_items(name: &str, list: &impl ListParameter) -> Result<(), String> {
    match list.is_empty_list() {
        true => Err(format!(
            "`{name}` is empty; set at least one item, or do not set it"
        )),
        false => Ok(()),
    }
}

/// The implementation for iterators over values that convert into items.
#[allow(unnameable_types)]
#[derive(Debug)]
pub enum ByItems {}

/// Implements [`ListParameter`] and the conversions for a list `$list(Vec<T>)`.
macro_rules! list_parameter {
    ($list:ident) => {
        impl<T> $crate::types::list_parameter::ListParameter for $list<T> {
            fn is_empty_list(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl<T> FromIterator<T> for $list<T> {
            fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
                Self(items.into_iter().collect())
            }
        }

        impl<T, U: Into<T>, I: Iterator<Item = U>> TryIntoSome<Option<$list<T>>, ByItems> for I {
            type Error = Infallible;

            fn try_into_some(self) -> Result<Option<$list<T>>, Infallible> {
                Ok(Some(self.map(Into::into).collect()))
            }
        }

        impl<'v, T: OpenEnum, I: Iterator<Item = &'v T>> TryIntoSome<Option<$list<T>>, ByVariant>
            for I
        {
            type Error = Infallible;

            fn try_into_some(self) -> Result<Option<$list<T>>, Infallible> {
                Ok(Some(self.cloned().collect()))
            }
        }

        impl<T: Clone> From<&$list<T>> for $list<T> {
            fn from(list: &$list<T>) -> Self {
                list.clone()
            }
        }

        impl<T, U: Into<T>, const N: usize> From<[U; N]> for $list<T> {
            fn from(items: [U; N]) -> Self {
                items.into_iter().map(Into::into).collect()
            }
        }

        impl<T, U: Into<T>> From<Vec<U>> for $list<T> {
            fn from(items: Vec<U>) -> Self {
                items.into_iter().map(Into::into).collect()
            }
        }

        impl<T, U: Into<T> + Clone> From<&[U]> for $list<T> {
            fn from(items: &[U]) -> Self {
                items.iter().cloned().map(Into::into).collect()
            }
        }

        impl<T, U: Into<T> + Clone> From<&Vec<U>> for $list<T> {
            fn from(items: &Vec<U>) -> Self {
                Self::from(items.as_slice())
            }
        }
    };
}

pub(crate) use list_parameter;
