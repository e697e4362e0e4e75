//! The JSON types of generated types, by which a response with unexpected types is decoded.

use serde_json::{Map, Value};

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

/// Marks the name of a property whose value does not fit, so that the value is kept in `extra`.
const MISFIT: &str = "\0misfit:";

impl Shape {
    /// Makes `value` fit as far as possible, in one pass. A scalar of another type is converted
    /// (`"7"` to 7). An optional property that cannot be converted is renamed, and [`restore`] gives it
    /// its name again. Returns whether the value fits now.
    pub(crate) fn fit(&self, value: &mut Value) -> bool {
        match (self, value) {
            (Self::Any, _)
            | (Self::String, Value::String(_))
            | (Self::Number, Value::Number(_))
            | (Self::Boolean, Value::Bool(_))
            | (Self::Map, Value::Object(_)) => true,
            (Self::StringOrNumber, Value::String(_)) => true,
            (Self::StringOrNumber, Value::Number(number)) => is_integer(&number.to_string()),
            (Self::String, value @ Value::Number(_)) => {
                let digits = value.to_string();
                let fits = is_integer(&digits);
                if fits {
                    *value = Value::String(digits);
                }
                fits
            }
            (Self::Integer, value) => replace(value, integer),
            (Self::Number, value) => replace(value, |value| parsed(value).filter(Value::is_number)),
            (Self::Boolean, value) => {
                replace(value, |value| parsed(value).filter(Value::is_boolean))
            }
            (Self::List(item), Value::Array(items)) => {
                // `all` would stop at the first item that does not fit.
                let misfits = items
                    .iter_mut()
                    .filter_map(|value| (!item.fit(value)).then_some(()));
                misfits.count() == 0
            }
            (Self::Object(properties), Value::Object(values)) => fit_object(properties, values),
            _ => false,
        }
    }
}

fn fit_object(properties: &[Property], values: &mut Map<String, Value>) -> bool {
    let mut fits = true;
    for property in properties {
        let Some(value) = values.get_mut(property.name) else {
            fits &= !property.required;
            continue;
        };
        match (property.shape.fit(value), property.required) {
            (true, _) => {}
            (false, true) => fits = false,
            (false, false) => {
                let misfit = values.remove(property.name);
                // `null` is the same as absent.
                if let Some(misfit) = misfit.filter(|misfit| !misfit.is_null()) {
                    values.insert(format!("{MISFIT}{}", property.name), misfit);
                }
            }
        }
    }
    fits
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

/// Replaces `value` by its conversion, if there is one.
fn replace(value: &mut Value, convert: impl Fn(&Value) -> Option<Value>) -> bool {
    match convert(value) {
        Some(converted) => {
            *value = converted;
            true
        }
        None => false,
    }
}

/// Returns an integer that may be written as a string or as a float such as `7.0`.
fn integer(value: &Value) -> Option<Value> {
    match value {
        Value::Number(number) if number.is_i64() => Some(value.clone()),
        // Larger floats may have lost digits.
        Value::Number(number) => {
            let float = number.as_f64()?;
            (float.fract() == 0.0 && float.abs() < 9e15).then(|| Value::from(float as i64))
        }
        Value::String(_) => parsed(value).filter(Value::is_i64),
        _ => None,
    }
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
        Property::optional("tags", &Shape::List(&Shape::String)),
        Property::optional("inner", &ITEM),
    ]);

    /// Returns the value after `fit` and `restore`, or `None` if it does not fit.
    fn fitted(mut value: Value) -> Option<Value> {
        ITEM.fit(&mut value).then_some(value)
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
        assert!(Shape::List(&ITEM).fit(&mut list));
        assert!(list[9_999]["name"] == "5" && list[9_999]["on"].is_null());
    }
}
