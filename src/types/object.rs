//! Objects that are decoded property by property, and encoded as they were sent.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
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
/// Each other field has an index, one of the kinds below, and its name in JSON. Indices count from 0,
/// required fields first. A required field has the type of the property, an optional one an `Option` of
/// it. The derives of serde would fail at the first property of an unexpected type.
macro_rules! object {
    ($name:ident {
        required { $($required_index:literal $required:ident: $required_kind:ident = $required_name:literal,)* }
        optional { $($optional_index:literal $optional:ident: $optional_kind:ident = $optional_name:literal,)* }
    }) => {
        const _: () = {
            let indices: &[usize] = &[$($required_index,)* $($optional_index,)*];
            let mut index = 0;
            while index < indices.len() {
                assert!(indices[index] == index, "count the indices from 0, required fields first");
                index += 1;
            }
        };

        impl crate::types::object::Object for $name {
            const PROPERTIES: &'static [&'static str] = &[$($required_name,)* $($optional_name,)*];

            fn decode<'de, S: crate::types::object::Source<'de>>(
                mut properties: crate::types::object::Properties<S>,
            ) -> ::std::result::Result<Self, S::Error> {
                use crate::types::object::kind;

                $(let mut $required = ::std::option::Option::None;)*
                $(let mut $optional = ::std::option::Option::None;)*
                while let Some(index) = properties.next(Self::PROPERTIES)? {
                    let read: ::std::result::Result<(), S::Error> = match index {
                        $($required_index => properties.read::<kind::$required_kind, _>(&mut $required),)*
                        $($optional_index => properties.read::<kind::$optional_kind, _>(&mut $optional),)*
                        // There is no other index.
                        _ => Ok(()),
                    };
                    read?;
                }
                Ok(Self {
                    $($required: crate::types::object::required($required, $required_name)?,)*
                    $($optional,)*
                    extra: properties.extra,
                })
            }

            fn encode<M: ::serde::ser::SerializeMap>(
                &self,
                index: usize,
                encoder: &mut crate::types::object::Encoder<'_, M>,
            ) -> ::std::result::Result<(), M::Error> {
                use crate::types::object::kind;

                match index {
                    $($required_index => {
                        encoder.write::<kind::$required_kind, _>(Some(&self.$required))
                    })*
                    $($optional_index => {
                        encoder.write::<kind::$optional_kind, _>(self.$optional.as_ref())
                    })*
                    _ => Ok(()),
                }
            }

            #[inline]
            fn extra(&self) -> &crate::Extra {
                &self.extra
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                crate::types::object::deserialize(deserializer)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                crate::types::object::serialize(self, serializer)
            }
        }

        impl crate::types::tolerant::Tolerant for $name {
            const EXPECTED: &'static str = "an object";

            fn decode<'de, D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<crate::types::tolerant::Decoded<Self>, D::Error> {
                crate::types::object::deserialize(deserializer)
                    .map(crate::types::tolerant::Decoded::Exact)
            }

            // Compiled only in programs that decode this type.
            #[inline]
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
    /// The names of the properties, by the index of their field.
    const PROPERTIES: &'static [&'static str];

    /// Decodes the properties of an object.
    fn decode<'de, S: Source<'de>>(properties: Properties<S>) -> Result<Self, S::Error>;

    /// Encodes the field with this index.
    fn encode<M: SerializeMap>(
        &self,
        index: usize,
        encoder: &mut Encoder<'_, M>,
    ) -> Result<(), M::Error>;

    /// Returns the properties that have no field.
    fn extra(&self) -> &Extra;
}

/// Decodes an object.
pub(crate) fn deserialize<'de, T: Object, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_map(ObjectVisitor(PhantomData))
}

/// Encodes an object.
pub(crate) fn serialize<T: Object, S: Serializer>(
    object: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut encoder = Encoder {
        map: serializer.serialize_map(None)?,
        extra: object.extra(),
        property: "",
        replaced: Vec::new(),
    };
    for (index, property) in T::PROPERTIES.iter().enumerate() {
        encoder.property = property;
        object.encode(index, &mut encoder)?;
    }
    encoder.end()
}

/// The rules for decoding a property of type `T`.
pub(crate) trait Kind<T> {
    /// The JSON type, for errors.
    const EXPECTED: &'static str;

    /// Whether a value of an unexpected type is an error. Else the field is `None`.
    const IS_REQUIRED: bool;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Option<T>>, D::Error>;

    /// Does the same for a value in memory, and copies only what it keeps.
    fn decode_value(value: &Value) -> Result<Decoded<Option<T>>, serde_json::Error> {
        Self::decode(value)
    }
}

/// The kinds of properties.
pub(crate) mod kind {
    /// A property that must be present.
    pub(crate) struct Required;
    /// A property that may be absent.
    pub(crate) struct Optional;
    /// A required property whose type decides itself what it accepts.
    #[allow(dead_code)] // Not every document has one.
    pub(crate) struct RequiredAny;
    /// An optional property whose type decides itself what it accepts.
    #[allow(dead_code)] // Not every document has one.
    pub(crate) struct OptionalAny;
}

impl<T: Tolerant> Kind<T> for kind::Required {
    const EXPECTED: &'static str = T::EXPECTED;
    const IS_REQUIRED: bool = true;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Option<T>>, D::Error> {
        T::decode(deserializer).map(|decoded| decoded.map(Some))
    }

    fn decode_value(value: &Value) -> Result<Decoded<Option<T>>, serde_json::Error> {
        T::decode_value(value).map(|decoded| decoded.map(Some))
    }
}

impl<T: Tolerant> Kind<T> for kind::Optional {
    const EXPECTED: &'static str = T::EXPECTED;
    const IS_REQUIRED: bool = false;

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
}

/// Decodes a type by its own rules.
#[allow(dead_code)] // Not every document has such a property.
fn decode_any<T: DeserializeOwned + Serialize>(
    sent: Value,
) -> Result<Decoded<Option<T>>, serde_json::Error> {
    let value = T::deserialize(&sent)?;
    Ok(match serde_json::to_value(&value) {
        Ok(encoded) if encoded == sent => Decoded::Exact(Some(value)),
        _ => Decoded::Converted(Some(value), sent),
    })
}

impl<T: DeserializeOwned + Serialize> Kind<T> for kind::RequiredAny {
    const EXPECTED: &'static str = "a value";
    const IS_REQUIRED: bool = true;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Option<T>>, D::Error> {
        decode_any(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl<T: DeserializeOwned + Serialize> Kind<T> for kind::OptionalAny {
    const EXPECTED: &'static str = "a value";
    const IS_REQUIRED: bool = false;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Option<T>>, D::Error> {
        let sent = Value::deserialize(deserializer)?;
        if sent.is_null() {
            return Ok(Decoded::Converted(None, sent));
        }
        Ok(decode_any(sent.clone()).unwrap_or(Decoded::Odd(sent)))
    }
}

/// Returns the value of a required property.
pub(crate) fn required<T, E: Error>(value: Option<T>, property: &'static str) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(property))
}

/// A source of the properties of an object.
pub(crate) trait Source<'de> {
    type Error: Error;

    /// Returns the index of the next property, or its name if it has no field.
    fn name(
        &mut self,
        fields: &'static [&'static str],
    ) -> Result<Option<Result<usize, String>>, Self::Error>;

    /// Reads the value of that property.
    fn value(&mut self) -> Result<Value, Self::Error>;

    /// Decodes the value of that property.
    fn decode<K: Kind<T>, T>(&mut self) -> Result<Decoded<Option<T>>, Self::Error>;
}

impl<'de, A: MapAccess<'de>> Source<'de> for A {
    type Error = A::Error;

    fn name(
        &mut self,
        fields: &'static [&'static str],
    ) -> Result<Option<Result<usize, String>>, A::Error> {
        self.next_key_seed(Name(fields))
    }

    fn value(&mut self) -> Result<Value, A::Error> {
        self.next_value()
    }

    fn decode<K: Kind<T>, T>(&mut self) -> Result<Decoded<Option<T>>, A::Error> {
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
        fields: &'static [&'static str],
    ) -> Result<Option<Result<usize, String>>, Self::Error> {
        let Some((name, value)) = self.properties.next() else {
            return Ok(None);
        };
        self.value = value;
        Ok(Some(index(fields, name)))
    }

    fn value(&mut self) -> Result<Value, Self::Error> {
        Ok(self.value.clone())
    }

    fn decode<K: Kind<T>, T>(&mut self) -> Result<Decoded<Option<T>>, Self::Error> {
        K::decode_value(self.value)
    }
}

/// Decodes an object in memory.
pub(crate) fn decode_value<T: Object>(value: &Value) -> Result<T, serde_json::Error> {
    let Some(object) = value.as_object() else {
        return Err(Error::custom("expected an object"));
    };
    T::decode(Properties::new(InMemory {
        properties: object.iter(),
        value,
    }))
}

/// The properties of an object that is decoded.
pub(crate) struct Properties<S> {
    source: S,
    /// The property to read next.
    property: &'static str,
    /// The properties that have no field.
    pub(crate) extra: Extra,
}

impl<'de, S: Source<'de>> Properties<S> {
    fn new(source: S) -> Self {
        Self {
            source,
            property: "",
            extra: Extra::default(),
        }
    }

    /// Returns the index of the next property that has a field. The properties before it are kept in
    /// `extra`.
    pub(crate) fn next(
        &mut self,
        fields: &'static [&'static str],
    ) -> Result<Option<usize>, S::Error> {
        while let Some(name) = self.source.name(fields)? {
            match name {
                Ok(index) => {
                    self.property = fields[index];
                    return Ok(Some(index));
                }
                Err(name) => {
                    let value = self.source.value()?;
                    self.extra.insert(name, value);
                }
            }
        }
        Ok(None)
    }

    /// Reads the value of the property into its field.
    pub(crate) fn read<K: Kind<T>, T>(&mut self, field: &mut Option<T>) -> Result<(), S::Error> {
        let property = self.property;
        self.extra.forget(property);
        let decoded = self.source.decode::<K, T>();
        *field = match decoded.map_err(|error| locate(property, error))? {
            Decoded::Exact(value) => value,
            Decoded::Converted(value, sent) => {
                self.extra.keep_original(property, sent);
                value
            }
            Decoded::Odd(_) if K::IS_REQUIRED => {
                let message = format_args!("expected {}", K::EXPECTED);
                return Err(locate(property, S::Error::custom(message)));
            }
            Decoded::Odd(sent) => {
                self.extra.insert(property.to_owned(), sent);
                None
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

/// Returns the index of a property, or its name if it has no field.
fn index(fields: &[&str], name: &str) -> Result<usize, String> {
    let index = fields.iter().position(|field| *field == name);
    index.ok_or_else(|| name.to_owned())
}

/// Deserializes the name of a property to its index in these names, or to itself.
struct Name(&'static [&'static str]);

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
        Ok(index(self.0, name))
    }
}

/// Decodes a property of type `T` and kind `K`.
struct Seed<K, T>(PhantomData<(K, T)>);

impl<'de, K: Kind<T>, T> DeserializeSeed<'de> for Seed<K, T> {
    type Value = Decoded<Option<T>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        K::decode(deserializer)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Object> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::decode(Properties::new(map))
    }
}

/// Writes the properties of an object.
pub(crate) struct Encoder<'e, M> {
    map: M,
    extra: &'e Extra,
    /// The property to write next.
    property: &'static str,
    /// The properties in `extra` whose field has a value.
    replaced: Vec<&'static str>,
}

impl<M: SerializeMap> Encoder<'_, M> {
    /// Writes the property as it was sent, unless its field has been changed since.
    pub(crate) fn write<K: Kind<T>, T: Serialize + PartialEq>(
        &mut self,
        value: Option<&T>,
    ) -> Result<(), M::Error> {
        let is_unchanged = |sent: &&Value| {
            let decoded = K::decode_value(sent).ok().and_then(Decoded::value);
            decoded.is_some_and(|decoded| decoded.as_ref() == value)
        };
        if let Some(sent) = self.extra.original(self.property).filter(is_unchanged) {
            return self.map.serialize_entry(self.property, sent);
        }
        let Some(value) = value else {
            return Ok(());
        };
        if self.extra.contains_key(self.property) {
            self.replaced.push(self.property);
        }
        self.map.serialize_entry(self.property, value)
    }

    /// Writes the properties that have no field.
    fn end(mut self) -> Result<M::Ok, M::Error> {
        for (name, value) in self.extra {
            if !self.replaced.contains(&name.as_str()) {
                self.map.serialize_entry(name, value)?;
            }
        }
        self.map.end()
    }
}
