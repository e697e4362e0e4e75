//! Decoding of JSON whose properties do not all have their documented types.

use std::fmt::Display;

use serde::de::DeserializeOwned;

use super::{
    repair,
    tolerant::{Decoded, Tolerant, failing_fast},
};

/// Decodes `body` as a generated type `T`. Fails with the error of `serde_json`, and with a description
/// that has the path of a property but not its value.
pub(crate) fn decode<T: DeserializeOwned + Tolerant>(
    body: &[u8],
) -> Result<T, (serde_json::Error, String)> {
    if let Ok(value) = failing_fast(|| serde_json::from_slice(body)) {
        return Ok(value);
    }
    let value = match repair::parse(body) {
        Ok(value) => value,
        Err(invalid) => {
            let message = format!("the body is not valid JSON: {invalid}");
            return Err((invalid, message));
        }
    };
    let decoded = T::decode_value(&value).and_then(Decoded::required);
    decoded.map_err(|error| {
        let message = describe(&error);
        (error, message)
    })
}

/// Decodes `body` as a type of a caller, which may contain generated types. Fails like [`decode`].
pub(crate) fn decode_as<T: DeserializeOwned>(
    body: &[u8],
) -> Result<T, (serde_json::Error, String)> {
    let describe = |body: &[u8], error: serde_json::Error| {
        let message = explain_with_path::<T>(body, &error);
        (error, message)
    };
    let decoded = failing_fast(|| serde_json::from_slice(body));
    decoded
        .or_else(|_| serde_json::from_slice(body))
        .or_else(|error| match repair::repaired(body) {
            Some(repaired) => {
                serde_json::from_slice(&repaired).map_err(|error| describe(&repaired, error))
            }
            None => Err(describe(body, error)),
        })
}

/// Describes why `body` cannot be decoded as `T`, with the path of the property.
fn explain_with_path<T: DeserializeOwned>(body: &[u8], error: &serde_json::Error) -> String {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(error) => {
            let text = explain(&error);
            // The path says where.
            match text.rsplit_once(" at line ") {
                Some((text, _)) if error.inner().is_data() => text.to_owned(),
                _ => text,
            }
        }
        Ok(_) => error.to_string(),
    }
}

/// Describes the error with its path, and without the value.
fn explain(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let text = describe(error.inner());
    match error.path().to_string().as_str() {
        "." => text,
        path => format!("at `{path}`: {text}"),
    }
}

/// Describes the error without the value, which logs may not be allowed to contain.
pub(super) fn describe(error: &impl Display) -> String {
    let text = error.to_string();
    match text.rsplit_once(", expected ") {
        // The name of a generated type means nothing in a response.
        Some((_, expected)) if expected.starts_with("struct ") => "expected an object".to_owned(),
        Some((_, expected)) => format!("expected {expected}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde::{Deserializer, Serialize};
    use serde_json::{Value, json};

    use super::{decode, decode_as};
    use crate::{
        Extra,
        types::{
            list::List,
            object::object,
            tolerant::{Decoded, Tolerant},
        },
    };

    thread_local! {
        static DECODED: Cell<usize> = const { Cell::new(0) };
    }

    /// An integer that counts how often one is decoded.
    #[derive(Clone, Debug, PartialEq, Serialize)]
    struct Counted(i64);

    impl Tolerant for Counted {
        const EXPECTED: &'static str = "an integer";

        fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Self>, D::Error> {
            DECODED.set(DECODED.get() + 1);
            Ok(i64::decode(deserializer)?.map(Self))
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    struct Page {
        data: List<Point>,
        extra: Extra,
    }

    object! {
        Page { required { 0 data: Required = "data", } optional {} }
    }

    #[derive(Clone, Debug, PartialEq)]
    struct Point {
        x: Option<Counted>,
        inner: Option<Box<Point>>,
        extra: Extra,
    }

    object! {
        Point { required {} optional { 0 x: Optional = "x", 1 inner: Optional = "inner", } }
    }

    #[test]
    fn half_an_emoji_does_not_hide_another_error() {
        #[derive(Debug, serde::Deserialize)]
        struct Own {
            #[allow(dead_code)]
            count: u32,
        }

        let body = br#"{"name":"\ud83d","count":"x"}"#;
        let (error, message) = decode_as::<Own>(body).expect_err("no count");
        assert!(error.is_data(), "{error}");
        assert!(message.starts_with("at `count`"), "{message}");
        let body = br#"{"name":"\ud83d","data":7}"#;
        let (error, message) = decode::<Page>(body).expect_err("no list");
        assert!(error.is_data(), "{error}");
        assert!(message.starts_with("at `data`"), "{message}");
    }

    #[test]
    fn each_value_is_decoded_at_most_twice_however_many_have_unexpected_types() {
        const POINTS: usize = 1000;
        for (point, odd) in [
            (json!({"x": 1, "inner": {"x": 2}}), 0),
            (json!({"x": [1], "inner": {"x": {}}}), 2),
            (json!({"x": [1], "inner": [2]}), 2),
        ] {
            let body = json!({"data": vec![&point; POINTS]}).to_string();
            DECODED.set(0);
            let page: Page = decode(body.as_bytes()).expect("it decodes");
            assert!(DECODED.get() <= 2 * 2 * POINTS, "{} values", DECODED.get());
            assert_eq!(page.data.len(), POINTS);
            for point in &page.data {
                let inner = point.inner.iter().map(|inner| inner.extra.len());
                assert_eq!(point.extra.len() + inner.sum::<usize>(), odd);
            }
            let encoded: Value = serde_json::to_value(&page).expect("JSON");
            assert_eq!(encoded["data"][POINTS - 1], point);
        }
    }
}
