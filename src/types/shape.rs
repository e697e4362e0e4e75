//! The JSON types of generated types, by which a response with unexpected types is decoded.

use std::{borrow::Cow, fmt, mem};

use serde_json::{Map, Value};

use super::list::{self, UndecodedItem};

/// The JSON that a generated type is decoded from.
#[allow(dead_code)] // No document needs all of them.
pub(crate) enum Shape {
    /// Any value. Whether it fits is only known once it is decoded.
    Any,
    String,
    StringOrNumber,
    Integer,
    Number,
    Boolean,
    /// A `Vec`, which fits if all its items do.
    Vec(&'static Shape),
    /// A [`List`](super::list::List), which keeps the items that do not fit.
    List(&'static Shape),
    /// An object without documented properties.
    Map,
    Object(&'static [Property]),
}

/// A documented property of an object.
pub(crate) struct Property {
    name: &'static str,
    required: bool,
    shape: &'static Shape,
}

impl Property {
    pub(crate) const fn required(name: &'static str, shape: &'static Shape) -> Self {
        Self {
            name,
            required: true,
            shape,
        }
    }

    pub(crate) const fn optional(name: &'static str, shape: &'static Shape) -> Self {
        Self {
            name,
            required: false,
            shape,
        }
    }
}

/// The reason why a value does not fit.
pub(crate) struct Misfit {
    /// The names of the properties that contain the value, the innermost first.
    path: Vec<&'static str>,
    problem: Cow<'static, str>,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            let path: Vec<&str> = self.path.iter().rev().copied().collect();
            write!(f, "at `{}`: ", path.join("."))?;
        }
        f.write_str(&self.problem)
    }
}

/// Marks the name of a property whose value does not fit, so that the value is kept in `extra`.
const MISFIT: &str = "\0misfit:";

impl Shape {
    /// Makes `value` fit as far as possible. A scalar of another type is converted (`"7"` to 7). An
    /// optional property that cannot be converted is renamed, and [`restore`] gives it its name again.
    /// An item of a list that cannot be converted is moved to the undecoded items of the list.
    ///
    /// Fails if a required property is missing or cannot be converted.
    pub(crate) fn fit(&self, value: &mut Value) -> Result<(), Misfit> {
        self.check(value)?;
        self.convert(value);
        Ok(())
    }

    /// Returns whether `value` has the documented type.
    fn is_documented(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Any, _)
            | (Self::String | Self::StringOrNumber, Value::String(_))
            | (Self::Number, Value::Number(_))
            | (Self::Boolean, Value::Bool(_)) => true,
            (Self::Integer, value) => value.is_i64(),
            _ => false,
        }
    }

    /// Checks whether `value` fits once it is converted.
    fn check(&self, value: &Value) -> Result<(), Misfit> {
        let (fits, problem) = match (self, value) {
            (_, value) if self.is_documented(value) => return Ok(()),
            (Self::String, value) => (text(value).is_some(), "expected a string"),
            (Self::StringOrNumber, value) => {
                (text(value).is_some(), "expected a string or a number")
            }
            (Self::Integer, value) => (integer(value).is_some(), "expected an integer"),
            (Self::Number, value) => (number(value).is_some(), "expected a number"),
            (Self::Boolean, value) => (boolean(value).is_some(), "expected a boolean"),
            (Self::Vec(item), Value::Array(items)) => {
                return items.iter().try_for_each(|value| item.check(value));
            }
            (Self::Vec(_) | Self::List(_), value) => (value.is_array(), "expected a list"),
            (Self::Object(properties), Value::Object(values)) => {
                let mut required = properties.iter().filter(|property| property.required);
                return required.try_for_each(|property| property.check(values));
            }
            (Self::Any | Self::Map | Self::Object(_), value) => {
                (value.is_object(), "expected an object")
            }
        };
        match fits {
            true => Ok(()),
            false => Err(Misfit {
                path: Vec::new(),
                problem: problem.into(),
            }),
        }
    }

    /// Converts a value that passes [`Self::check`].
    fn convert(&self, value: &mut Value) {
        let converted = match (self, &mut *value) {
            (_, value) if self.is_documented(value) => return,
            (Self::String, value) => text(value),
            (Self::Integer, value) => integer(value),
            (Self::Number, value) => number(value),
            (Self::Boolean, value) => boolean(value),
            (Self::Vec(item), Value::Array(items)) => {
                return items.iter_mut().for_each(|value| item.convert(value));
            }
            (Self::List(item), Value::Array(items)) => Some(convert_list(item, mem::take(items))),
            (Self::Object(properties), Value::Object(values)) => {
                return properties
                    .iter()
                    .for_each(|property| property.convert(values));
            }
            _ => return,
        };
        if let Some(converted) = converted {
            *value = converted;
        }
    }
}

/// Converts the items that fit, and keeps the others apart from them.
fn convert_list(item: &Shape, values: Vec<Value>) -> Value {
    let mut items = Vec::with_capacity(values.len());
    let mut undecoded = Vec::new();
    for (index, mut value) in values.into_iter().enumerate() {
        match item.check(&value) {
            Ok(()) => {
                item.convert(&mut value);
                items.push(value);
            }
            Err(misfit) => undecoded.push(UndecodedItem {
                index,
                reason: misfit.to_string(),
                value,
            }),
        }
    }
    match undecoded.is_empty() {
        true => items.into(),
        false => list::mark(items, undecoded),
    }
}

impl Property {
    /// Checks a required property of an object.
    fn check(&self, values: &Map<String, Value>) -> Result<(), Misfit> {
        let Some(value) = values.get(self.name) else {
            return Err(Misfit {
                path: Vec::new(),
                problem: format!("missing field `{}`", self.name).into(),
            });
        };
        self.shape.check(value).map_err(|mut misfit| {
            misfit.path.push(self.name);
            misfit
        })
    }

    /// Converts the property of an object that has all its required properties.
    fn convert(&self, values: &mut Map<String, Value>) {
        let Some(value) = values.get_mut(self.name) else {
            return;
        };
        if self.required || self.shape.check(value).is_ok() {
            return self.shape.convert(value);
        }
        // `null` is the same as absent.
        if let Some(misfit) = values.remove(self.name).filter(|misfit| !misfit.is_null()) {
            values.insert(format!("{MISFIT}{}", self.name), misfit);
        }
    }
}

/// Gives the properties in `extra` that [`Shape::fit`] renamed their own names.
pub(crate) fn restore(extra: Map<String, Value>) -> Map<String, Value> {
    if !extra.keys().any(|name| name.starts_with(MISFIT)) {
        return extra;
    }
    let restored = extra.into_iter().map(|(name, value)| {
        let name = name
            .strip_prefix(MISFIT)
            .map(ToOwned::to_owned)
            .unwrap_or(name);
        (name, value)
    });
    restored.collect()
}

/// Returns a string that is written as an integer.
fn text(value: &Value) -> Option<Value> {
    let digits = value.is_number().then(|| value.to_string());
    digits.filter(|digits| is_integer(digits)).map(Value::from)
}

/// Returns an integer that is written as a string, or as a float such as `7.0`.
fn integer(value: &Value) -> Option<Value> {
    match value {
        // Larger floats may have lost digits.
        Value::Number(number) => {
            let float = number.as_f64()?;
            (float.fract() == 0.0 && float.abs() < 9e15).then(|| Value::from(float as i64))
        }
        value => parsed(value).filter(Value::is_i64),
    }
}

/// Returns a number that is written as a string.
fn number(value: &Value) -> Option<Value> {
    parsed(value).filter(Value::is_number)
}

/// Returns a boolean that is written as a string.
fn boolean(value: &Value) -> Option<Value> {
    parsed(value).filter(Value::is_boolean)
}

/// Parses a string as JSON.
fn parsed(value: &Value) -> Option<Value> {
    serde_json::from_str(value.as_str()?).ok()
}

fn is_integer(digits: &str) -> bool {
    digits
        .bytes()
        .all(|byte| byte == b'-' || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{Property, Shape, restore};

    static ITEM: Shape = Shape::Object(&[
        Property::required("id", &Shape::StringOrNumber),
        Property::optional("name", &Shape::String),
        Property::optional("count", &Shape::Integer),
        Property::optional("share", &Shape::Number),
        Property::optional("on", &Shape::Boolean),
        Property::optional("tags", &Shape::Vec(&Shape::String)),
        Property::optional("inner", &ITEM),
    ]);

    /// Returns the value after `fit` and `restore`, or `None` if it does not fit.
    fn fitted(mut value: Value) -> Option<Value> {
        ITEM.fit(&mut value).ok().map(|()| value)
    }

    fn misfits(value: &Value) -> Map<String, Value> {
        let all = value.as_object().expect("an object").clone();
        let marked = all.into_iter().filter(|(name, _)| name.starts_with('\0'));
        restore(marked.collect())
    }

    #[test]
    fn converts_scalars_of_other_types() {
        let value = fitted(json!({
            "id": 7, "name": 5, "count": "3", "share": "0.5", "on": "true", "tags": [1, "a"],
        }));
        let expected = json!({
            "id": 7, "name": "5", "count": 3, "share": 0.5, "on": true, "tags": ["1", "a"],
        });
        assert_eq!(value, Some(expected));
        assert_eq!(
            fitted(json!({"id": "1", "count": 4.0})),
            Some(json!({"id": "1", "count": 4}))
        );
    }

    #[test]
    fn keeps_optional_values_that_do_not_fit_under_their_names() {
        let odd = json!({"name": {"a": 1}, "count": "many", "on": 7, "tags": [[]], "inner": {}});
        let mut value = odd.clone();
        value["id"] = json!("1");
        let value = fitted(value).expect("the required property fits");
        assert_eq!(Value::from(misfits(&value)), odd);
        // In a nested object, it is kept there.
        let value = fitted(json!({"id": "1", "inner": {"id": "2", "on": []}}));
        let inner = value.expect("it fits")["inner"].clone();
        assert_eq!(Value::from(misfits(&inner)), json!({"on": []}));
    }

    #[test]
    fn rejects_a_required_property_that_is_missing_or_does_not_fit() {
        for value in [
            json!({}),
            json!({"id": []}),
            json!({"id": 1.5}),
            json!([]),
            json!(null),
        ] {
            assert_eq!(fitted(value.clone()), None, "{value}");
        }
    }

    #[test]
    fn any_number_of_properties_may_have_unexpected_types() {
        let item = json!({"id": 1, "name": 5, "on": []});
        let mut list = Value::from(vec![item; 10_000]);
        assert!(Shape::List(&ITEM).fit(&mut list).is_ok());
        assert!(list[9_999]["name"] == "5" && list[9_999]["on"].is_null());
    }
}
