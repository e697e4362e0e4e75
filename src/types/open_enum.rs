//! Enums that accept values which their document does not list.

use std::convert::Infallible;

use serde_json::Value;

use super::{
    string_or_number::string_or_number,
    tolerant::{Decoded, Scalar},
    try_into_some::TryIntoSome,
};

/// Defines an enum whose variants stand for strings, with `Unknown` for every other string.
///
/// Values match without regard to case. An exact match takes precedence, because `m` and `M` may
/// both be documented. Unknown values are kept verbatim.
macro_rules! open_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($variant:ident = $value:literal,)* }) => {
        $(#[$meta])*
        ///
        /// Values that the document does not list become `Unknown`. Values match without regard to
        /// case.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("`", $value, "`")] $variant,)*
            /// A value that the document does not list, verbatim.
            Unknown(::std::string::String),
        }

        impl $name {
            /// The values that the document lists.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the value as the document spells it, or verbatim if it is unknown.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Unknown(value) => value,
                }
            }
        }

        impl crate::types::open_enum::OpenEnum for $name {
            const KNOWN: &'static [Self] = Self::ALL;
            const VALUES: &'static [&'static str] = &[$($value),*];

            #[inline]
            fn unknown(value: ::std::string::String) -> Self {
                Self::Unknown(value)
            }

            #[inline]
            fn value(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::convert::From<&str> for $name {
            #[inline]
            fn from(value: &str) -> Self {
                crate::types::open_enum::parse(value)
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            #[inline]
            fn from(value: ::std::string::String) -> Self {
                crate::types::open_enum::parse(value)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            #[inline]
            fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl ::std::convert::AsRef<str> for $name {
            #[inline]
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::cmp::PartialEq<str> for $name {
            #[inline]
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl ::std::cmp::PartialEq<&str> for $name {
            #[inline]
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl ::std::cmp::PartialEq<::std::string::String> for $name {
            #[inline]
            fn eq(&self, other: &::std::string::String) -> bool {
                self.as_str() == other
            }
        }

        impl ::std::cmp::PartialEq<$name> for &str {
            #[inline]
            fn eq(&self, other: &$name) -> bool {
                *self == other.as_str()
            }
        }

        impl ::serde::Serialize for $name {
            #[inline]
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl crate::types::tolerant::Tolerant for $name {
            const EXPECTED: &'static str = <Self as crate::types::tolerant::Scalar>::EXPECTED;
            const CAN_FAIL: bool = false;

            #[inline]
            fn decode<'de, D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<crate::types::tolerant::Decoded<Self>, D::Error> {
                crate::types::tolerant::decode_scalar(deserializer)
            }
        }

        /// Any string. The schema lists the documented values first.
        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            #[inline]
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            #[inline]
            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($name)).into()
            }

            #[inline]
            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({
                    "anyOf": [{ "type": "string", "enum": [$($value),*] }, { "type": "string" }]
                })
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                crate::types::string_or_number::string_or_number(deserializer).map(Self::from)
            }
        }
    };
}

pub(crate) use open_enum;

/// An enum that [`open_enum`] defines.
// Public because conversions of all lists depend on it, but not exported.
#[allow(unnameable_types)]
pub trait OpenEnum: Clone + 'static {
    /// The variants but `Unknown`.
    const KNOWN: &'static [Self];

    /// The values of these variants.
    const VALUES: &'static [&'static str];

    fn unknown(value: String) -> Self;

    fn value(&self) -> &str;
}

/// Returns the variant of a value.
pub(crate) fn parse<T: OpenEnum>(value: impl AsRef<str> + Into<String>) -> T {
    let index = position(T::VALUES, value.as_ref());
    match index.and_then(|index| T::KNOWN.get(index)) {
        Some(known) => known.clone(),
        None => T::unknown(value.into()),
    }
}

/// Returns the index of a value among those of an enum.
fn position(values: &[&str], value: &str) -> Option<usize> {
    let exact = values.iter().position(|known| *known == value);
    exact.or_else(|| {
        values
            .iter()
            .position(|known| known.eq_ignore_ascii_case(value))
    })
}

/// The implementations for references to variants, such as those of `Field::ALL.iter()`.
#[allow(unnameable_types)]
#[derive(Debug)]
pub enum ByVariant {}

impl<T: OpenEnum> TryIntoSome<Option<T>, ByVariant> for &T {
    type Error = Infallible;

    fn try_into_some(self) -> Result<Option<T>, Infallible> {
        Ok(Some(self.clone()))
    }
}

impl<T: OpenEnum> Scalar for T {
    const EXPECTED: &'static str = "a string or a number";

    fn text(text: &str) -> Decoded<Self> {
        let value: T = parse(text);
        match value.value() == text {
            true => Decoded::Exact(value),
            false => Decoded::Converted(value, text.into()),
        }
    }

    fn other(sent: Value) -> Decoded<Self> {
        let digits = string_or_number(&sent).ok();
        Decoded::converted(digits.map(parse), sent)
    }
}

#[cfg(test)]
mod tests {
    open_enum! {
        /// A unit.
        #[allow(unnameable_types)]
        pub enum Unit {
            M = "m",
            M2 = "M",
            Hour = "Hour",
        }
    }

    #[test]
    fn values_that_differ_only_in_case_are_distinct() {
        assert_eq!(Unit::from("m"), Unit::M);
        assert_eq!(Unit::from("M"), Unit::M2);
        assert_eq!(Unit::from("HOUR"), Unit::Hour);
        assert_eq!(Unit::from("s"), Unit::Unknown("s".to_owned()));
    }
}
