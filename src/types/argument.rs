//! The arguments of builders, which are checked when the value or the request is built.

use std::fmt::Display;

use super::try_into_some::TryIntoSome;

/// The arguments that could not be converted, in the order in which they were set.
#[derive(Clone, Debug)]
pub(crate) struct Rejected(Vec<Rejection>);

#[derive(Clone, Debug)]
struct Rejection {
    setter: &'static str,
    reason: String,
}

impl Rejected {
    pub(crate) const NONE: Self = Self(Vec::new());

    /// Sets an optional field.
    pub(crate) fn set_option<T, By>(
        &mut self,
        setter: &'static str,
        value: impl TryIntoSome<Option<T>, By>,
        field: &mut Option<T>,
    ) {
        self.set(setter, value.try_into_some(), field);
    }

    /// Sets a required field.
    pub(crate) fn set_required<T>(
        &mut self,
        setter: &'static str,
        value: impl TryInto<T, Error: Display>,
        field: &mut Required<T>,
    ) {
        self.set(setter, value.try_into().map(Some), &mut field.0);
    }

    /// Sets a required field that is a list. `None` is a missing argument.
    #[cfg_attr(not(feature = "graph"), allow(dead_code))] // No operation of 360dialog has one.
    pub(crate) fn set_required_list<T, By>(
        &mut self,
        setter: &'static str,
        value: impl TryIntoSome<Option<T>, By>,
        field: &mut Required<T>,
    ) {
        self.set_option(setter, value, &mut field.0);
    }

    /// Sets a field to the result of a conversion.
    pub(crate) fn set<T>(
        &mut self,
        setter: &'static str,
        value: Result<T, impl Display>,
        field: &mut T,
    ) {
        // A value replaces an earlier one, also one that could not be converted.
        self.0.retain(|rejection| rejection.setter != setter);
        match value {
            Ok(value) => *field = value,
            Err(reason) => self.0.push(Rejection {
                setter,
                reason: reason.to_string(),
            }),
        }
    }

    /// Fails with the first rejected argument.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self.0.first() {
            Some(Rejection { setter, reason }) => Err(format!("invalid `{setter}`: {reason}")),
            None => Ok(()),
        }
    }
}

/// A field that must be set.
#[derive(Clone, Debug)]
pub(crate) struct Required<T>(Option<T>);

impl<T> Required<T> {
    pub(crate) const MISSING: Self = Self(None);

    pub(crate) fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// Returns the value, or an error that names the setter.
    pub(crate) fn take(self, setter: &'static str) -> Result<T, String> {
        self.0
            .ok_or_else(|| format!("`{setter}` is missing; set it with `.{setter}(…)`"))
    }
}
