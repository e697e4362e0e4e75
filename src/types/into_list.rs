//! Arguments of setters for lists in the query.

use super::try_into_some::ByConversion;

/// A value for a list in the query, such as `fields`: anything that converts into the list, or an
/// iterator over items or over values that convert into one.
///
/// `By` tells the implementations apart. It is always inferred.
// Implementations of `From` would overlap: a later version of Rust may make text an iterator.
pub trait IntoList<List, By> {
    /// Converts the value into the list.
    fn into_list(self) -> List;
}

impl<List, V: Into<List>> IntoList<List, ByConversion> for V {
    fn into_list(self) -> List {
        self.into()
    }
}

/// The implementation for iterators.
#[allow(unnameable_types)]
#[derive(Debug)]
pub enum ByItems {}
