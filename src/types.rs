//! The types that both APIs share.

pub(crate) mod comma_separated;
pub(crate) mod id;
pub(crate) mod lenient;
pub(crate) mod open_enum;
pub(crate) mod string_or_number;
pub(crate) mod try_into_some;
// What 360dialog's answers never say has no name where Graph's are unknown.
#[cfg_attr(not(feature = "graph"), allow(dead_code, unnameable_types))]
pub(crate) mod usage;
