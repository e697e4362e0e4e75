//! Exact comparison of JSON numbers. Conversion to `f64` would lose digits of large ones.

use std::cmp::Ordering;

use bigdecimal::BigDecimal;
use serde_json::{Number, Value};

/// Returns the exact value of a JSON number.
fn decimal(number: &Number) -> BigDecimal {
    let text = number.to_string();
    text.parse().unwrap_or_else(|_| {
        // An exponent that does not fit is larger than all others in practice.
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, ""));
        let sign = if exponent.starts_with('-') { "-" } else { "" };
        let text = format!("{mantissa}e{sign}{}", i64::MAX / 2);
        text.parse().unwrap_or_default()
    })
}

/// Returns a text that is equal for equal numbers.
pub fn canonical(number: &Number) -> String {
    let (digits, scale) = decimal(number).normalized().into_bigint_and_scale();
    format!("{digits}e-{scale}")
}

/// Compares two numbers by value.
pub fn compare(left: &Number, right: &Number) -> Ordering {
    decimal(left).cmp(&decimal(right))
}

/// Returns whether the value of the number is an integer, in any notation (`1.0`, `1e3`).
pub fn is_integer(number: &Number) -> bool {
    decimal(number).normalized().fractional_digit_count() <= 0
}

/// Returns whether two values are equal in JSON Schema: numbers by value, objects in any key order.
pub fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => compare(left, right) == Ordering::Equal,
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(l, r)| same(l, r))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, l)| right.get(key).is_some_and(|r| same(l, r)))
        }
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn compares_numbers_by_value() {
        let ordered = [
            "-1e400",
            "-100000000000000000001",
            "-1e20",
            "-2",
            "-1.5",
            "-1e-400",
            "-1e-99999999999999999999",
            "0",
            "1e-400",
            "0.001",
            "0.01",
            "1",
            "1.5",
            "2",
            "10",
            "9007199254740992",
            "9007199254740993",
            "1e4000000000000000000",
            "1e99999999999999999999",
        ];
        for (left, l) in ordered.iter().enumerate() {
            for (right, r) in ordered.iter().enumerate() {
                assert_eq!(
                    compare(&number(l), &number(r)),
                    left.cmp(&right),
                    "{l} and {r}"
                );
            }
        }
        for (left, right) in [
            ("1", "1.0"),
            ("1000", "1e3"),
            ("0", "-0.0"),
            ("0.5", "5E-1"),
        ] {
            assert_eq!(compare(&number(left), &number(right)), Ordering::Equal);
        }
    }

    #[test]
    fn recognizes_integers_in_any_notation() {
        for text in [
            "0",
            "-0.0",
            "1.0",
            "1e3",
            "1.5e1",
            "100000000000000000000000",
        ] {
            assert!(is_integer(&number(text)), "{text}");
        }
        for text in ["0.5", "1e-1", "1e-9000000000000000000", "1.50", "-2.000001"] {
            assert!(!is_integer(&number(text)), "{text}");
        }
    }
}
