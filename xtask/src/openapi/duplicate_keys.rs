//! Detection of duplicate keys in JSON, which serde_json accepts.

use std::{collections::HashSet, fmt};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::Error;

use crate::openapi::pointer::{child, place};

/// Fails if an object in the JSON `text` has a duplicate key, since parsers differ in which value
/// they use. The error contains the JSON Pointer of the object.
pub fn reject(text: &str) -> Result<(), Error> {
    let mut keys = serde_json::Deserializer::from_str(text);
    Visit { pointer: "" }.deserialize(&mut keys)
}

/// A visitor of the value at `pointer`.
struct Visit<'p> {
    pointer: &'p str,
}

impl<'de> DeserializeSeed<'de> for Visit<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Visit<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    /// Visits an object, or a number: serde_json represents it as an object with one private key.
    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = object.next_key::<String>()? {
            let pointer = child(self.pointer, &key);
            if keys.contains(&key) {
                return Err(A::Error::custom(format!(
                    "duplicate key `{key}` in {}",
                    place(self.pointer)
                )));
            }
            keys.insert(key);
            object.next_value_seed(Visit { pointer: &pointer })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        for index in 0_usize.. {
            let pointer = child(self.pointer, &index.to_string());
            if array
                .next_element_seed(Visit { pointer: &pointer })?
                .is_none()
            {
                break;
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::reject;

    #[test]
    fn reports_the_place_of_a_duplicate_key() {
        for (text, place) in [
            (r#"{"a":1,"a":1}"#, "duplicate key `a` in the document"),
            (
                r#"{"a/b":[{},{"c":{},"\u0063":1}]}"#,
                "duplicate key `c` in /a~1b/1",
            ),
        ] {
            let error = reject(text).unwrap_err().to_string();
            assert!(error.starts_with(place), "{error}");
            assert!(error.contains("line 1 column"), "{error}");
        }
    }

    #[test]
    fn accepts_equal_keys_in_different_objects() {
        let text = r#"[{"a":1.0},{"a":{"a":[1e400,1e400,-1,null,"é\n","é\n",true,true]}}]"#;
        reject(text).unwrap();
    }

    #[test]
    fn rejects_malformed_json_without_panicking() {
        let deep = "[".repeat(100_000);
        for text in ["", "{", "NaN", &deep, &deep.replace('[', "{\"a\":")] {
            assert!(reject(text).is_err(), "{text:.20}");
        }
    }
}
