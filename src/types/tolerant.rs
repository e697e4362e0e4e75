//! Decoding of values that may have another JSON type than documented.

use std::cell::Cell;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::auth::secret::Secret;

use super::{id::Id, list::List, string_or_number::string_or_number};

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
    fn converted(value: Option<T>, sent: Value) -> Self {
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

    /// Decodes the value. Only an object and a list can fail: they are decoded while they are read.
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Self>, D::Error>;
}

/// Implements [`Tolerant`] by a function from a `Value`.
macro_rules! scalar {
    ($($type:ty, $expected:literal, $decode:expr;)*) => {$(
        impl Tolerant for $type {
            const EXPECTED: &'static str = $expected;

            fn decode<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Decoded<Self>, D::Error> {
                let decode: fn(Value) -> Decoded<Self> = $decode;
                Value::deserialize(deserializer).map(decode)
            }
        }
    )*};
}

scalar! {
    String, "a string", |value| match value {
        Value::String(text) => Decoded::Exact(text),
        sent => Decoded::converted(string_or_number(&sent).ok(), sent),
    };
    Id, "a string or a number", |value| match value {
        Value::String(text) => Decoded::Exact(text.into()),
        sent => Decoded::converted(string_or_number(&sent).ok().map(Id::from), sent),
    };
    Secret, "a string or a number", |value| match value {
        Value::String(text) => Decoded::Exact(text.into()),
        sent => Decoded::converted(string_or_number(&sent).ok().map(Secret::from), sent),
    };
    i64, "an integer", |sent| match sent.as_i64() {
        Some(integer) => Decoded::Exact(integer),
        None => Decoded::converted(integer(&sent), sent),
    };
    f64, "a number", |sent| match (sent.is_f64(), sent.as_f64()) {
        (true, Some(number)) => Decoded::Exact(number),
        (_, Some(number)) => Decoded::Converted(number, sent),
        (_, None) => Decoded::converted(parsed(&sent).and_then(|value| value.as_f64()), sent),
    };
    bool, "a boolean", |value| match value {
        Value::Bool(boolean) => Decoded::Exact(boolean),
        sent => Decoded::converted(parsed(&sent).and_then(|value| value.as_bool()), sent),
    };
    Map<String, Value>, "an object", |value| match value {
        Value::Object(map) => Decoded::Exact(map),
        sent => Decoded::Odd(sent),
    };
    Value, "a value", Decoded::Exact;
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

/// Decodes an enum from a string, or from the digits of a number.
pub(crate) fn decode_enum<'de, T: From<String> + AsRef<str>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Decoded<T>, D::Error> {
    Ok(match String::decode(deserializer)? {
        Decoded::Exact(sent) => {
            let value = T::from(sent.clone());
            match value.as_ref() == sent {
                true => Decoded::Exact(value),
                false => Decoded::Converted(value, sent.into()),
            }
        }
        other => other.map(T::from),
    })
}

/// A list that is not decoded if one item is odd.
impl<T: Tolerant> Tolerant for Vec<T> {
    const EXPECTED: &'static str = "a list";

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Self>, D::Error> {
        let sent = Value::deserialize(deserializer)?;
        let mut is_exact = true;
        let mut decode = |item: &Value| {
            let decoded = T::decode(item).ok()?;
            is_exact &= matches!(decoded, Decoded::Exact(_));
            decoded.value()
        };
        let items = sent
            .as_array()
            .map(|items| items.iter().map(&mut decode).collect());
        Ok(match items.flatten() {
            Some(items) if is_exact => Decoded::Exact(items),
            items => Decoded::converted(items, sent),
        })
    }
}

impl<T: for<'de> Deserialize<'de>> Tolerant for List<T> {
    const EXPECTED: &'static str = "a list";

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Self>, D::Error> {
        Self::deserialize(deserializer).map(Decoded::Exact)
    }
}

impl<T: Tolerant> Tolerant for Box<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Self>, D::Error> {
        T::decode(deserializer).map(|decoded| decoded.map(Box::new))
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
