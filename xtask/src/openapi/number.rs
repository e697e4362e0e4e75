//! Exact comparison of JSON numbers. Conversion to `f64` would lose digits of large ones.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// A number of the form `0.DIGITS * 10^exponent`, without leading or trailing zeros. Zero has no
/// digits.
#[derive(Debug, PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

/// Parses the text of a JSON number.
fn decimal(number: &Number) -> Decimal {
    let text = number.to_string();
    let (negative, text) = text
        .strip_prefix('-')
        .map_or((false, text.as_str()), |t| (true, t));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    // An exponent that does not fit is larger than all others in practice.
    let out_of_range = if exponent.starts_with('-') {
        i64::MIN / 2
    } else {
        i64::MAX / 2
    };
    let exponent = exponent
        .trim_start_matches('+')
        .parse()
        .unwrap_or(out_of_range);

    let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    let leading = all.iter().take_while(|digit| **digit == b'0').count();
    let end = all.len() - all.iter().rev().take_while(|digit| **digit == b'0').count();
    if leading >= end {
        return Decimal {
            negative: false,
            digits: Vec::new(),
            exponent: 0,
        };
    }
    let point = whole.len() as i64 - leading as i64;
    let exponent = point.saturating_add(exponent);
    Decimal {
        negative,
        digits: all[leading..end].to_vec(),
        exponent,
    }
}

/// Returns a text that is equal for equal numbers.
pub fn canonical(number: &Number) -> String {
    let Decimal {
        negative,
        digits,
        exponent,
    } = decimal(number);
    let sign = if negative { "-" } else { "" };
    format!("{sign}0.{}e{exponent}", String::from_utf8_lossy(&digits))
}

/// Compares two numbers by value.
pub fn compare(left: &Number, right: &Number) -> Ordering {
    let (left, right) = (decimal(left), decimal(right));
    let sign = |d: &Decimal| match (d.digits.is_empty(), d.negative) {
        (true, _) => 0,
        (false, true) => -1,
        (false, false) => 1,
    };
    let magnitude = || {
        left.exponent
            .cmp(&right.exponent)
            .then_with(|| left.digits.cmp(&right.digits))
    };
    sign(&left)
        .cmp(&sign(&right))
        .then_with(|| match sign(&left) {
            0 => Ordering::Equal,
            1 => magnitude(),
            _ => magnitude().reverse(),
        })
}

/// Returns whether the value of the number is an integer, in any notation (`1.0`, `1e3`).
pub fn is_integer(number: &Number) -> bool {
    let decimal = decimal(number);
    i64::try_from(decimal.digits.len()).is_ok_and(|digits| digits <= decimal.exponent)
        || decimal.digits.is_empty()
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
        for text in ["0.5", "1e-1", "1.50", "-2.000001"] {
            assert!(!is_integer(&number(text)), "{text}");
        }
    }
}
