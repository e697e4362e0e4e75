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
    let error = match failing_fast(|| serde_json::from_slice(body)) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let value = match repair::parse(body) {
        Ok(value) => value,
        Err(invalid) => return Err((error, format!("the body is not valid JSON: {invalid}"))),
    };
    T::decode_value(&value)
        .and_then(Decoded::required)
        .map_err(|last| (error, describe(&last)))
}

/// Decodes `body` as a type of a caller, which may contain generated types. Fails like [`decode`].
pub(crate) fn decode_as<T: DeserializeOwned>(
    body: &[u8],
) -> Result<T, (serde_json::Error, String)> {
    failing_fast(|| serde_json::from_slice(body))
        .or_else(|_| serde_json::from_slice(body))
        .or_else(|error| match repair::repaired(body) {
            Some(repaired) => serde_json::from_slice(&repaired).map_err(|_| error),
            None => Err(error),
        })
        .map_err(|error| {
            let description = explain_with_path::<T>(body, &error);
            (error, description)
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
