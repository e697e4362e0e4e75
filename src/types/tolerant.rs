//! Decoding of values that may have another JSON type than documented.

use std::{cell::Cell, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        Error, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::{Map, Value};

use crate::auth::secret::Secret;

use super::{id::Id, string_or_number::string_or_number};

/// A decoded value.
pub(crate) enum Decoded<T> {
    /// A value that is serialized as it was sent.
    Exact(T),
    /// A value that would be serialized differently, and what was sent.
    Converted(T, Value),
    /// A value of an unexpected type.
    Odd(Value),
}

impl<T> Decoded<T> {
    /// Wraps the conversion of `sent`, if there is one.
    pub(crate) fn converted(value: Option<T>, sent: Value) -> Self {
        match value {
            Some(value) => Self::Converted(value, sent),
            None => Self::Odd(sent),
        }
    }

    pub(crate) fn map<U>(self, convert: impl FnOnce(T) -> U) -> Decoded<U> {
        match self {
            Self::Exact(value) => Decoded::Exact(convert(value)),
            Self::Converted(value, sent) => Decoded::Converted(convert(value), sent),
            Self::Odd(sent) => Decoded::Odd(sent),
        }
    }

    /// Returns the value. Fails if it has an unexpected type.
    pub(crate) fn required<E: Error>(self) -> Result<T, E>
    where
        T: Tolerant,
    {
        self.value()
            .ok_or_else(|| E::custom(format_args!("expected {}", T::EXPECTED)))
    }

    /// Returns the value, if there is one.
    pub(crate) fn value(self) -> Option<T> {
        match self {
            Self::Exact(value) | Self::Converted(value, _) => Some(value),
            Self::Odd(_) => None,
        }
    }
}

/// A type that is also decoded from other JSON types than its own, if nothing is lost: 7 from `"7"` and
/// from 7.0, `"7"` from 7, and `true` from `"true"`.
pub(crate) trait Tolerant: Sized {
    /// The JSON type, for errors.
    const EXPECTED: &'static str;

    /// Whether [`decode`](Self::decode) can fail although the JSON is well-formed. Only an object and a
    /// list can: they are decoded while they are read.
    const CAN_FAIL: bool = true;

    /// Decodes the value.
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Self>, D::Error>;

    /// Does the same for a value in memory, and copies only what it keeps.
    fn decode_value(value: &Value) -> Result<Decoded<Self>, serde_json::Error> {
        Self::decode(value)
    }
}

/// A type of single values, which are decoded without a copy if they are as documented.
pub(crate) trait Scalar: Sized {
    const EXPECTED: &'static str;

    fn text(text: &str) -> Decoded<Self> {
        Self::other(text.into())
    }

    fn integer(integer: i64) -> Decoded<Self> {
        Self::other(integer.into())
    }

    fn boolean(boolean: bool) -> Decoded<Self> {
        Self::other(boolean.into())
    }

    /// Decodes a value of another type.
    fn other(sent: Value) -> Decoded<Self>;
}

struct ScalarVisitor<T>(PhantomData<T>);

impl<'de, T: Scalar> Visitor<'de> for ScalarVisitor<T> {
    type Value = Decoded<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Decoded<T>, E> {
        Ok(T::text(text))
    }

    fn visit_i64<E: Error>(self, integer: i64) -> Result<Decoded<T>, E> {
        Ok(T::integer(integer))
    }

    fn visit_u64<E: Error>(self, integer: u64) -> Result<Decoded<T>, E> {
        Ok(match i64::try_from(integer) {
            Ok(integer) => T::integer(integer),
            Err(_) => T::other(integer.into()),
        })
    }

    fn visit_f64<E: Error>(self, float: f64) -> Result<Decoded<T>, E> {
        Ok(T::other(float.into()))
    }

    fn visit_bool<E: Error>(self, boolean: bool) -> Result<Decoded<T>, E> {
        Ok(T::boolean(boolean))
    }

    fn visit_unit<E: Error>(self) -> Result<Decoded<T>, E> {
        Ok(T::other(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Decoded<T>, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(items)).map(T::other)
    }

    // Also a number, if any crate of the program enables `arbitrary_precision` of serde_json.
    fn visit_map<A: MapAccess<'de>>(self, properties: A) -> Result<Decoded<T>, A::Error> {
        let sent = Value::deserialize(MapAccessDeserializer::new(properties))?;
        Ok(match sent.as_i64() {
            Some(integer) => T::integer(integer),
            None => T::other(sent),
        })
    }
}

/// Decodes a scalar.
pub(crate) fn decode_scalar<'de, T: Scalar, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Decoded<T>, D::Error> {
    deserializer.deserialize_any(ScalarVisitor(PhantomData))
}

impl Scalar for String {
    const EXPECTED: &'static str = "a string";

    fn text(text: &str) -> Decoded<Self> {
        Decoded::Exact(text.to_owned())
    }

    fn other(sent: Value) -> Decoded<Self> {
        Decoded::converted(string_or_number(&sent).ok(), sent)
    }
}

impl Scalar for Id {
    const EXPECTED: &'static str = "a string or a number";

    fn text(text: &str) -> Decoded<Self> {
        Decoded::Exact(text.into())
    }

    fn other(sent: Value) -> Decoded<Self> {
        Decoded::converted(string_or_number(&sent).ok().map(Id::from), sent)
    }
}

impl Scalar for Secret {
    const EXPECTED: &'static str = "a string or a number";

    fn text(text: &str) -> Decoded<Self> {
        Decoded::Exact(text.into())
    }

    fn other(sent: Value) -> Decoded<Self> {
        Decoded::converted(string_or_number(&sent).ok().map(Secret::from), sent)
    }
}

impl Scalar for i64 {
    const EXPECTED: &'static str = "an integer";

    fn integer(integer: i64) -> Decoded<Self> {
        Decoded::Exact(integer)
    }

    fn other(sent: Value) -> Decoded<Self> {
        Decoded::converted(integer(&sent), sent)
    }
}

impl Scalar for f64 {
    const EXPECTED: &'static str = "a number";

    fn other(sent: Value) -> Decoded<Self> {
        match (sent.is_f64(), sent.as_f64()) {
            (true, Some(number)) => Decoded::Exact(number),
            (_, Some(number)) => Decoded::Converted(number, sent),
            (_, None) => Decoded::converted(parsed(&sent).and_then(|value| value.as_f64()), sent),
        }
    }
}

impl Scalar for bool {
    const EXPECTED: &'static str = "a boolean";

    fn boolean(boolean: bool) -> Decoded<Self> {
        Decoded::Exact(boolean)
    }

    fn other(sent: Value) -> Decoded<Self> {
        Decoded::converted(parsed(&sent).and_then(|value| value.as_bool()), sent)
    }
}

macro_rules! tolerant {
    ($($type:ty),*) => {$(
        impl Tolerant for $type {
            const EXPECTED: &'static str = <Self as Scalar>::EXPECTED;
            const CAN_FAIL: bool = false;

            fn decode<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Decoded<Self>, D::Error> {
                decode_scalar(deserializer)
            }
        }
    )*};
}

tolerant!(String, Id, Secret, i64, f64, bool);

impl Tolerant for Value {
    const EXPECTED: &'static str = "a value";
    const CAN_FAIL: bool = false;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Self>, D::Error> {
        Value::deserialize(deserializer).map(Decoded::Exact)
    }
}

impl Tolerant for Map<String, Value> {
    const EXPECTED: &'static str = "an object";
    const CAN_FAIL: bool = false;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Self>, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Object(map) => Decoded::Exact(map),
            sent => Decoded::Odd(sent),
        })
    }
}

/// Returns an integer that is written as a string, or as a float such as `7.0`.
fn integer(value: &Value) -> Option<i64> {
    match value.as_f64() {
        // Larger floats may have lost digits.
        Some(float) => (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64),
        None => parsed(value)?.as_i64(),
    }
}

/// Parses a string as JSON.
fn parsed(value: &Value) -> Option<Value> {
    serde_json::from_str(value.as_str()?).ok()
}

/// A list that is not decoded if one item cannot be decoded.
impl<T: Tolerant> Tolerant for Vec<T> {
    const EXPECTED: &'static str = "a list";
    const CAN_FAIL: bool = false;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Self>, D::Error> {
        Self::decode_value(&Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }

    fn decode_value(value: &Value) -> Result<Decoded<Self>, serde_json::Error> {
        let mut is_exact = true;
        let mut decode = |item: &Value| {
            let decoded = T::decode_value(item).ok()?;
            is_exact &= matches!(decoded, Decoded::Exact(_));
            decoded.value()
        };
        let items = value.as_array();
        let items = items.map(|items| items.iter().map(&mut decode).collect());
        Ok(match items.flatten() {
            Some(items) if is_exact => Decoded::Exact(items),
            items => Decoded::converted(items, value.clone()),
        })
    }
}

impl<T: Tolerant> Tolerant for Box<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    const CAN_FAIL: bool = T::CAN_FAIL;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Self>, D::Error> {
        T::decode(deserializer).map(|decoded| decoded.map(Box::new))
    }

    fn decode_value(value: &Value) -> Result<Decoded<Self>, serde_json::Error> {
        T::decode_value(value).map(|decoded| decoded.map(Box::new))
    }
}

thread_local! {
    static FAILS_FAST: Cell<bool> = const { Cell::new(false) };
}

/// Returns whether decoding may fail although another attempt would succeed: an object or an item of a
/// list that cannot be decoded can only be kept if it is copied before.
pub(crate) fn fails_fast() -> bool {
    FAILS_FAST.get()
}

/// Runs `decode` without such copies, which responses as documented do not need.
pub(crate) fn failing_fast<T>(decode: impl FnOnce() -> T) -> T {
    struct Reset(bool);

    impl Drop for Reset {
        fn drop(&mut self) {
            FAILS_FAST.set(self.0);
        }
    }

    let _reset = Reset(FAILS_FAST.replace(true));
    decode()
}
