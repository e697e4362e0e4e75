//! Types that both APIs share.

pub(crate) mod comma_separated;
pub(crate) mod extra;
pub(crate) mod id;
pub(crate) mod into_list;
pub(crate) mod json_list;
pub(crate) mod lenient;
pub(crate) mod list;
pub(crate) mod list_parameter;
pub(crate) mod object;
pub(crate) mod open_enum;
pub(crate) mod path_segment;
pub(crate) mod string_or_number;
pub(crate) mod tolerant;
pub(crate) mod try_into_some;
// Without Graph, `Usage` cannot be named outside the crate.
#[cfg_attr(not(feature = "graph"), allow(dead_code, unnameable_types))]
pub(crate) mod usage;
