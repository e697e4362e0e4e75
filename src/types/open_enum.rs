//! Enums that accept values which their document does not list.

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

            #[inline]
            fn known(value: &str) -> ::std::option::Option<Self> {
                $(if value == $value {
                    return Some(Self::$variant);
                })*
                $(if value.eq_ignore_ascii_case($value) {
                    return Some(Self::$variant);
                })*
                None
            }
        }

        impl ::std::convert::From<&str> for $name {
            #[inline]
            fn from(value: &str) -> Self {
                Self::known(value).unwrap_or_else(|| Self::Unknown(value.to_owned()))
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            #[inline]
            fn from(value: ::std::string::String) -> Self {
                Self::known(&value).unwrap_or(Self::Unknown(value))
            }
        }

        impl ::std::convert::From<&Self> for $name {
            #[inline]
            fn from(value: &Self) -> Self {
                value.clone()
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

        impl ::std::convert::From<$name> for crate::CommaSeparated<$name> {
            #[inline]
            fn from(item: $name) -> Self {
                ::std::iter::once(item).collect()
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

        impl crate::types::tolerant::Scalar for $name {
            const EXPECTED: &'static str = "a string or a number";

            #[inline]
            fn text(text: &str) -> crate::types::tolerant::Decoded<Self> {
                use crate::types::tolerant::Decoded;

                let value = Self::from(text);
                match value.as_str() == text {
                    true => Decoded::Exact(value),
                    false => Decoded::Converted(value, text.into()),
                }
            }

            #[inline]
            fn other(sent: ::serde_json::Value) -> crate::types::tolerant::Decoded<Self> {
                let digits = crate::types::string_or_number::string_or_number(&sent);
                crate::types::tolerant::Decoded::converted(digits.ok().map(Self::from), sent)
            }
        }

        impl crate::types::tolerant::Tolerant for $name {
            const EXPECTED: &'static str = <Self as crate::types::tolerant::Scalar>::EXPECTED;

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
