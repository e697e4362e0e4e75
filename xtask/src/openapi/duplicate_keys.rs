//! What serde_json lets pass in JSON.

use std::{collections::HashSet, fmt};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::Error;

use crate::openapi::pointer::child;

/// Makes sure that no key of the JSON `text` stands twice in an object, for readers differ in
/// which of the two they take. The error tells the object's JSON Pointer.
pub fn reject(text: &str) -> Result<(), Error> {
    let mut keys = serde_json::Deserializer::from_str(text);
    Visit { pointer: "" }.deserialize(&mut keys)
}

/// A look at the keys of the value at a place.
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

    /// Numbers, too, come as an object here, with a single key that is serde_json's own.
    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = object.next_key::<String>()? {
            let pointer = child(self.pointer, &key);
            if keys.contains(&key) {
                let place = match self.pointer {
                    "" => "the document",
                    pointer => pointer,
                };
                return Err(A::Error::custom(format!(
                    "the key `{key}` stands twice in {place}"
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
    fn a_key_that_stands_twice_is_told_by_its_place() {
        for (text, place) in [
            (
                r#"{"a":1,"a":1}"#,
                "the key `a` stands twice in the document",
            ),
            (
                r#"{"a/b":[{},{"c":{},"\u0063":1}]}"#,
                "the key `c` stands twice in /a~1b/1",
            ),
        ] {
            let error = reject(text).unwrap_err().to_string();
            assert!(error.starts_with(place), "{error}");
            assert!(error.contains("line 1 column"), "{error}");
        }
    }

    #[test]
    fn everything_else_may_stand_twice() {
        let text = r#"[{"a":1.0},{"a":{"a":[1e400,1e400,-1,null,"é\n","é\n",true,true]}}]"#;
        reject(text).unwrap();
    }

    #[test]
    fn nothing_that_is_wrong_makes_it_panic() {
        let deep = "[".repeat(100_000);
        for text in ["", "{", "NaN", &deep, &deep.replace('[', "{\"a\":")] {
            assert!(reject(text).is_err(), "{text:.20}");
        }
    }
}
