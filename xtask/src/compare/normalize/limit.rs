//! Limits of numbers and sizes.

use serde_json::Number;

use crate::openapi::number;

/// The keywords of limits.
pub const LIMITS: [&str; 10] = [
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
];

/// A limit of a number or size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit<'d> {
    pub value: &'d Number,
    /// Whether the value itself is invalid.
    pub exclusive: bool,
}

impl Limit<'_> {
    /// Returns whether `new` is tighter than `old`; none if both are equal.
    pub fn tightens(keyword: &str, old: Option<&Self>, new: Option<&Self>) -> Option<bool> {
        let (old, new) = match (old, new) {
            (None, None) => return None,
            (None, Some(_)) => return Some(true),
            (Some(_), None) => return Some(false),
            (Some(old), Some(new)) => (old, new),
        };
        let order = number::compare(new.value, old.value);
        let order = match keyword.starts_with("max") {
            true => order.reverse(),
            false => order,
        };
        match (order.is_eq(), old.exclusive == new.exclusive) {
            (true, true) => None,
            (true, false) => Some(new.exclusive),
            (false, _) => Some(order.is_gt()),
        }
    }
}
