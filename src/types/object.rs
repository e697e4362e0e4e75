//! Objects that are decoded property by property, and encoded as they were sent.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, DeserializeSeed, Error, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::Value;

use super::{
    extra::Extra,
    lenient::describe,
    tolerant::{Decoded, Tolerant, fails_fast},
};

/// Implements `Deserialize` and `Serialize` for a struct with the field `extra`.
///
/// Each other field has one of the kinds below, and its name in JSON. The derives of serde would fail
/// at the first property of an unexpected type.
macro_rules! object {
    ($name:ident { $($field:ident: $kind:ident = $property:literal,)* }) => {
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                deserializer.deserialize_map(crate::types::object::ObjectVisitor::new())
            }
        }

        impl crate::types::object::Object for $name {
            fn index(property: &str) -> ::std::option::Option<usize> {
                #[allow(non_camel_case_types)]
                enum Index { $($field),* }

                match property {
                    $($property => Some(Index::$field as usize),)*
                    _ => None,
                }
            }

            fn visit<'de, S: crate::types::object::Source<'de>>(
                mut map: crate::types::object::Properties<S>,
            ) -> ::std::result::Result<Self, S::Error> {
                use crate::types::object::{self, kind};

                #[allow(non_camel_case_types)]
                enum Index { $($field),* }

                $(let mut $field = ::std::option::Option::None;)*
                while let Some(index) = map.next(Self::index)? {
                    match index {
                        $(i if i == Index::$field as usize => {
                            map.read::<kind::$kind, _>($property, &mut $field)?;
                        })*
                        _ => {}
                    }
                }
                Ok(Self {
                    $($field: object::or_absent::<kind::$kind, _, _>($property, $field)?,)*
                    extra: map.extra,
                })
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                use crate::types::object::{Encoder, kind};

                let mut object = Encoder::new(serializer.serialize_map(None)?, &self.extra);
                $(object.write::<kind::$kind, _>($property, &self.$field)?;)*
                object.end()
            }
        }

        impl crate::types::tolerant::Tolerant for $name {
            const EXPECTED: &'static str = "an object";

            fn decode<'de, D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<crate::types::tolerant::Decoded<Self>, D::Error> {
                <Self as ::serde::Deserialize>::deserialize(deserializer)
                    .map(crate::types::tolerant::Decoded::Exact)
            }

            fn decode_value(
                value: &::serde_json::Value,
            ) -> ::std::result::Result<
                crate::types::tolerant::Decoded<Self>,
                ::serde_json::Error,
            > {
                crate::types::object::decode_value(value)
                    .map(crate::types::tolerant::Decoded::Exact)
            }
        }
    };
}

pub(crate) use object;

/// A struct that [`object`] implements.
pub(crate) trait Object: Sized {
    /// Returns the index of the field of a property.
    fn index(property: &str) -> Option<usize>;

    /// Decodes the properties of an object.
    fn visit<'de, S: Source<'de>>(properties: Properties<S>) -> Result<Self, S::Error>;
}

/// How the property of a field of type `T` is decoded and encoded.
pub(crate) trait Kind<T> {
    /// The JSON type, for errors.
    const EXPECTED: &'static str;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<T>, D::Error>;

    /// Does the same for a value in memory, and copies only what it keeps.
    fn decode_value(value: &Value) -> Result<Decoded<T>, serde_json::Error> {
        Self::decode(value)
    }

    /// Returns the value of the field if the property is absent or has an unexpected type.
    fn absent() -> Option<T>;

    /// Returns whether the property is left out.
    fn is_absent(value: &T) -> bool;
}

/// The kinds of fields.
pub(crate) mod kind {
    /// A property that must be present.
    pub(crate) struct Required;
    /// A property of an `Option`.
    pub(crate) struct Optional;
    /// A required property whose type decides itself what it accepts.
    #[allow(dead_code)] // Not every document has one.
    pub(crate) struct RequiredAny;
    /// A property of an `Option` of a type that decides itself what it accepts.
    #[allow(dead_code)] // Not every document has one.
    pub(crate) struct OptionalAny;
    /// A property whose type has a value for its absence.
    #[allow(dead_code)] // Not every document has one.
    pub(crate) struct DefaultAny;
}

impl<T: Tolerant> Kind<T> for kind::Required {
    const EXPECTED: &'static str = T::EXPECTED;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<T>, D::Error> {
        T::decode(deserializer)
    }

    fn decode_value(value: &Value) -> Result<Decoded<T>, serde_json::Error> {
        T::decode_value(value)
    }

    fn absent() -> Option<T> {
        None
    }

    fn is_absent(_: &T) -> bool {
        false
    }
}

impl<T: Tolerant> Kind<Option<T>> for kind::Optional {
    const EXPECTED: &'static str = T::EXPECTED;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Option<T>>, D::Error> {
        struct OptionVisitor<T>(PhantomData<T>);

        impl<'de, T: Tolerant> Visitor<'de> for OptionVisitor<T> {
            type Value = Decoded<Option<T>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(T::EXPECTED)
            }

            fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
                Ok(Decoded::Converted(None, Value::Null))
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                self.visit_none()
            }

            fn visit_some<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<Self::Value, D::Error> {
                if fails_fast() || !T::CAN_FAIL {
                    return T::decode(deserializer).map(|decoded| decoded.map(Some));
                }
                let sent = Value::deserialize(deserializer)?;
                Ok(match T::decode_value(&sent) {
                    Ok(decoded) => decoded.map(Some),
                    Err(_) => Decoded::Odd(sent),
                })
            }
        }

        deserializer.deserialize_option(OptionVisitor(PhantomData))
    }

    fn decode_value(value: &Value) -> Result<Decoded<Option<T>>, serde_json::Error> {
        if value.is_null() {
            return Ok(Decoded::Converted(None, Value::Null));
        }
        Ok(match T::decode_value(value) {
            Ok(decoded) => decoded.map(Some),
            Err(_) => Decoded::Odd(value.clone()),
        })
    }

    fn absent() -> Option<Option<T>> {
        Some(None)
    }

    fn is_absent(value: &Option<T>) -> bool {
        value.is_none()
    }
}

/// Decodes a type by its own rules.
#[allow(dead_code)] // Not every document has such a property.
fn decode_any<T: DeserializeOwned + Serialize>(
    sent: Value,
) -> Result<Decoded<T>, serde_json::Error> {
    let value = T::deserialize(&sent)?;
    Ok(match serde_json::to_value(&value) {
        Ok(encoded) if encoded == sent => Decoded::Exact(value),
        _ => Decoded::Converted(value, sent),
    })
}

impl<T: DeserializeOwned + Serialize> Kind<T> for kind::RequiredAny {
    const EXPECTED: &'static str = "a value";

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<T>, D::Error> {
        decode_any(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }

    fn absent() -> Option<T> {
        None
    }

    fn is_absent(_: &T) -> bool {
        false
    }
}

impl<T: DeserializeOwned + Serialize> Kind<Option<T>> for kind::OptionalAny {
    const EXPECTED: &'static str = "a value";

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Option<T>>, D::Error> {
        let sent = Value::deserialize(deserializer)?;
        if sent.is_null() {
            return Ok(Decoded::Converted(None, sent));
        }
        let decoded = decode_any(sent.clone()).map(|decoded| decoded.map(Some));
        Ok(decoded.unwrap_or(Decoded::Odd(sent)))
    }

    fn absent() -> Option<Option<T>> {
        Some(None)
    }

    fn is_absent(value: &Option<T>) -> bool {
        value.is_none()
    }
}

impl<T: DeserializeOwned + Serialize + Default + PartialEq> Kind<T> for kind::DefaultAny {
    const EXPECTED: &'static str = "a value";

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<T>, D::Error> {
        let sent = Value::deserialize(deserializer)?;
        Ok(decode_any(sent.clone()).unwrap_or(Decoded::Odd(sent)))
    }

    fn absent() -> Option<T> {
        Some(T::default())
    }

    fn is_absent(value: &T) -> bool {
        *value == T::default()
    }
}

/// Returns the value that was read, or that of an absent property.
pub(crate) fn or_absent<K: Kind<T>, T, E: Error>(
    property: &'static str,
    value: Option<T>,
) -> Result<T, E> {
    value
        .or_else(K::absent)
        .ok_or_else(|| E::missing_field(property))
}

/// Where the properties of an object are read from.
pub(crate) trait Source<'de> {
    type Error: Error;

    /// Reads the name of the next property, as its index or as itself.
    fn name(
        &mut self,
        index: fn(&str) -> Option<usize>,
    ) -> Result<Option<Result<usize, String>>, Self::Error>;

    /// Reads the value of that property.
    fn value(&mut self) -> Result<Value, Self::Error>;

    /// Decodes the value of that property.
    fn decode<K: Kind<T>, T>(&mut self) -> Result<Decoded<T>, Self::Error>;
}

impl<'de, A: MapAccess<'de>> Source<'de> for A {
    type Error = A::Error;

    fn name(
        &mut self,
        index: fn(&str) -> Option<usize>,
    ) -> Result<Option<Result<usize, String>>, A::Error> {
        self.next_key_seed(Name(index))
    }

    fn value(&mut self) -> Result<Value, A::Error> {
        self.next_value()
    }

    fn decode<K: Kind<T>, T>(&mut self) -> Result<Decoded<T>, A::Error> {
        self.next_value_seed(Seed::<K, T>(PhantomData))
    }
}

/// An object in memory. Unlike a `MapAccess`, it can give a value to a decoder that may need a copy.
struct InMemory<'v> {
    properties: serde_json::map::Iter<'v>,
    /// The value of the property whose name was read last.
    value: &'v Value,
}

impl<'de> Source<'de> for InMemory<'_> {
    type Error = serde_json::Error;

    fn name(
        &mut self,
        index: fn(&str) -> Option<usize>,
    ) -> Result<Option<Result<usize, String>>, Self::Error> {
        let Some((name, value)) = self.properties.next() else {
            return Ok(None);
        };
        self.value = value;
        Ok(Some(index(name).ok_or_else(|| name.clone())))
    }

    fn value(&mut self) -> Result<Value, Self::Error> {
        Ok(self.value.clone())
    }

    fn decode<K: Kind<T>, T>(&mut self) -> Result<Decoded<T>, Self::Error> {
        K::decode_value(self.value)
    }
}

/// Decodes an object in memory.
pub(crate) fn decode_value<T: Object>(value: &Value) -> Result<T, serde_json::Error> {
    let Some(object) = value.as_object() else {
        return Err(Error::custom("expected an object"));
    };
    T::visit(Properties::new(InMemory {
        properties: object.iter(),
        value,
    }))
}

/// The properties of an object that is decoded.
pub(crate) struct Properties<S> {
    source: S,
    /// The properties that have no field.
    pub(crate) extra: Extra,
}

impl<'de, S: Source<'de>> Properties<S> {
    fn new(source: S) -> Self {
        Self {
            source,
            extra: Extra::default(),
        }
    }

    /// Returns the index of the next property that has a field. The properties before it are kept in
    /// `extra`.
    pub(crate) fn next(
        &mut self,
        index: fn(&str) -> Option<usize>,
    ) -> Result<Option<usize>, S::Error> {
        while let Some(name) = self.source.name(index)? {
            match name {
                Ok(index) => return Ok(Some(index)),
                Err(name) => {
                    let value = self.source.value()?;
                    self.extra.insert(name, value);
                }
            }
        }
        Ok(None)
    }

    /// Reads the value of `property` into its field.
    pub(crate) fn read<K: Kind<T>, T>(
        &mut self,
        property: &'static str,
        field: &mut Option<T>,
    ) -> Result<(), S::Error> {
        if field.is_some() {
            self.extra.forget(property);
        }
        let decoded = self.source.decode::<K, T>();
        *field = match decoded.map_err(|error| locate(property, error))? {
            Decoded::Exact(value) => Some(value),
            Decoded::Converted(value, sent) => {
                self.extra.keep_original(property, sent);
                Some(value)
            }
            Decoded::Odd(sent) => {
                let absent = K::absent();
                if absent.is_none() {
                    let message = format_args!("expected {}", K::EXPECTED);
                    return Err(locate(property, S::Error::custom(message)));
                }
                self.extra.insert(property.to_owned(), sent);
                absent
            }
        };
        Ok(())
    }
}

/// Adds the property to the path in the text of an error.
fn locate<E: Error>(property: &'static str, error: E) -> E {
    if fails_fast() {
        return error;
    }
    let text = error.to_string();
    E::custom(match text.strip_prefix("at `") {
        Some(rest) => format!("at `{property}.{rest}"),
        None => format!("at `{property}`: {}", describe(&text)),
    })
}

/// Deserializes the name of a property to its index, or to itself.
struct Name(fn(&str) -> Option<usize>);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Result<usize, String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Result<usize, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok((self.0)(name).ok_or_else(|| name.to_owned()))
    }
}

/// Decodes a value as the field of type `T` and kind `K`.
struct Seed<K, T>(PhantomData<(K, T)>);

impl<'de, K: Kind<T>, T> DeserializeSeed<'de> for Seed<K, T> {
    type Value = Decoded<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Decoded<T>, D::Error> {
        K::decode(deserializer)
    }
}

/// Visits an object.
pub(crate) struct ObjectVisitor<T>(PhantomData<T>);

impl<T> ObjectVisitor<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Object> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::visit(Properties::new(map))
    }
}

/// Writes the properties of an object.
pub(crate) struct Encoder<'e, M> {
    map: M,
    extra: &'e Extra,
    /// The properties in `extra` whose field has a value.
    replaced: Vec<&'static str>,
}

impl<'e, M: SerializeMap> Encoder<'e, M> {
    pub(crate) fn new(map: M, extra: &'e Extra) -> Self {
        Self {
            map,
            extra,
            replaced: Vec::new(),
        }
    }

    /// Writes a property as it was sent, unless its field has been changed since.
    pub(crate) fn write<K: Kind<T>, T: Serialize + PartialEq>(
        &mut self,
        property: &'static str,
        value: &T,
    ) -> Result<(), M::Error> {
        let is_unchanged = |sent: &&Value| {
            let decoded = K::decode_value(sent).ok().and_then(Decoded::value);
            decoded.is_some_and(|decoded| decoded == *value)
        };
        if let Some(sent) = self.extra.original(property).filter(is_unchanged) {
            return self.map.serialize_entry(property, sent);
        }
        if K::is_absent(value) {
            return Ok(());
        }
        if self.extra.contains_key(property) {
            self.replaced.push(property);
        }
        self.map.serialize_entry(property, value)
    }

    /// Writes the properties that have no field.
    pub(crate) fn end(mut self) -> Result<M::Ok, M::Error> {
        for (name, value) in self.extra {
            if !self.replaced.contains(&name.as_str()) {
                self.map.serialize_entry(name, value)?;
            }
        }
        self.map.end()
    }
}
