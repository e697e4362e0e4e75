//! Repair of JSON that is well-formed, but has values that Rust's strings and numbers cannot represent.

use std::str;

use serde_json::Value;

/// Parses `body`, repaired if necessary.
pub(crate) fn parse(body: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(body).or_else(|error| match repaired(body) {
        Some(repaired) => serde_json::from_slice(&repaired),
        None => Err(error),
    })
}

/// Replaces each lone surrogate, such as the `\ud83d` of half an emoji, by U+FFFD, and each number beyond
/// the range of an `f64`, such as `1e400`, by a string that contains it.
///
/// Returns `None` if there is nothing to replace. It is called only after parsing has failed, so that other
/// bodies are read once.
pub(crate) fn repaired(body: &[u8]) -> Option<Vec<u8>> {
    let mut copy = Vec::with_capacity(body.len());
    let mut in_string = false;
    let mut rest = body;
    while let Some(first) = rest.first() {
        let is_number = !in_string && matches!(first, b'-' | b'0'..=b'9');
        let length = match first {
            b'\\' => escape_length(rest),
            _ if is_number => number_length(rest),
            _ => 1,
        };
        let (token, after) = rest.split_at(length);
        if is_number && is_out_of_range(token) {
            copy.extend([b"\"", token, b"\""].concat());
        } else if is_lone_surrogate(token) {
            copy.extend(br"\ufffd");
        } else {
            copy.extend(token);
        }
        in_string ^= *first == b'"';
        rest = after;
    }
    if copy == body {
        return None;
    }
    Some(copy)
}

/// Returns the length of the escape at the beginning of `text`. A surrogate pair is one escape.
fn escape_length(text: &[u8]) -> usize {
    match (code_unit(text), text.get(6..).and_then(code_unit)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
        (Some(_), _) => 6,
        (None, _) => text.len().min(2),
    }
}

/// Returns the UTF-16 code unit of an escape such as `\u00e4`.
fn code_unit(escape: &[u8]) -> Option<u16> {
    let digits = escape.strip_prefix(br"\u")?.get(..4)?;
    u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

fn is_lone_surrogate(token: &[u8]) -> bool {
    token.len() == 6 && matches!(code_unit(token), Some(0xd800..=0xdfff))
}

fn number_length(text: &[u8]) -> usize {
    let end = text
        .iter()
        .position(|byte| !b"+-.eE0123456789".contains(byte));
    end.unwrap_or(text.len())
}

fn is_out_of_range(number: &[u8]) -> bool {
    let number = str::from_utf8(number).ok();
    let number = number.and_then(|number| number.parse::<f64>().ok());
    number.is_some_and(f64::is_infinite)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::repaired;

    #[test]
    fn only_lone_surrogates_and_numbers_out_of_range_are_replaced() {
        for (body, expected) in [
            (r#"["\ud83d"]"#, json!(["\u{fffd}"])),
            (
                r#"["a\ude00b","\uD83D\uD83D\uDE00"]"#,
                json!(["a\u{fffd}b", "\u{fffd}😀"]),
            ),
            (r#"{"\ud83dx":1}"#, json!({"\u{fffd}x": 1})),
            (r#"[1e400,-2.5E+999,1]"#, json!(["1e400", "-2.5E+999", 1])),
            (
                r#"{"a":1e400,"b":"\\ud83d 1e400 \"","c":"\ud83d"}"#,
                json!({"a": "1e400", "b": "\\ud83d 1e400 \"", "c": "\u{fffd}"}),
            ),
        ] {
            let repaired = repaired(body.as_bytes()).expect(body);
            let value: Value = serde_json::from_slice(&repaired).expect(body);
            assert_eq!(value, expected, "{body}");
        }
    }

    #[test]
    fn other_bodies_are_not_repaired() {
        for body in [
            r#"{"a":"\ud83d\ude00 \\ud83d \" 1e400","b":[1e308,-0.5,12345678901234567890123]}"#,
            r#"{"a":"#,
            r#"["\ud8"#,
            r#"["\"#,
            r#"["\u+123"]"#,
            "\\",
            "-",
            "1e",
            "",
        ] {
            assert_eq!(repaired(body.as_bytes()), None, "{body}");
        }
    }
}
