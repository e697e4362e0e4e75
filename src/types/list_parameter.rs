//! Lists in parameters, of which an empty one would have another meaning than its caller expects.

use super::{comma_separated::CommaSeparated, json_list::JsonList};

/// A list, or an optional one.
#[cfg_attr(not(feature = "graph"), allow(dead_code))] // No document of 360dialog needs it.
pub(crate) trait ListParameter {
    /// Returns whether the list was given without items.
    fn is_empty_list(&self) -> bool;
}

impl<T> ListParameter for JsonList<T> {
    fn is_empty_list(&self) -> bool {
        self.is_empty()
    }
}

impl<T> ListParameter for CommaSeparated<T> {
    fn is_empty_list(&self) -> bool {
        self.is_empty()
    }
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
