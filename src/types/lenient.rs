//! Decoding of JSON whose properties do not all have their documented types.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    list::ITEMS,
    shape::{self, Shape},
};

/// Decodes `body` as `T`, whose documented form is `shape`. A property of an unexpected type is
/// converted if possible (`"7"` for 7), and otherwise kept in `extra`. An item of a [`List`] that
/// does not fit is kept there. Fails with the path of the first required property that allows neither.
///
/// [`List`]: super::list::List
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8], shape: &Shape) -> Result<T, String> {
    let mut value: Value = serde_json::from_slice(body)
        .map_err(|error| format!("the body is not valid JSON: {error}"))?;
    shape.fit(&mut value).map_err(|misfit| misfit.to_string())?;
    serde_path_to_error::deserialize(&value).map_err(|error| explain(&error))
}

/// Decodes the properties that the document does not list, and those that [`decode`] kept.
pub(crate) fn extra<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Map<String, Value>, D::Error> {
    Map::deserialize(deserializer).map(shape::restore)
}

/// Describes why `body` cannot be decoded as `T`, with the path of the property.
pub(crate) fn explain_with_path<T: DeserializeOwned>(
    body: &[u8],
    error: &serde_json::Error,
) -> String {
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

/// Describes the error without the value, which logs may not be allowed to contain.
fn explain(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let text = error.inner().to_string();
    let text = match text.rsplit_once(", expected ") {
        // The name of a generated type means nothing in a response.
        Some((_, expected)) if expected.starts_with("struct ") => "expected an object".to_owned(),
        Some((_, expected)) => format!("expected {expected}"),
        None => text,
    };
    // A marked list is not an object of the response.
    match error
        .path()
        .to_string()
        .replace(&format!(".{ITEMS}"), "")
        .as_str()
    {
        "." => text,
        path => format!("at `{path}`: {text}"),
    }
}
