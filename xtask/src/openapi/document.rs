//! Reading documents, and writing them in the one form that all files under `specs/` have.

use std::{fs, io::Write, path::Path};

use anyhow::{Context, Result, anyhow};
use atomic_write_file::AtomicWriteFile;
use serde_json::Value;

use crate::openapi::strict_json;

/// Reads a JSON or YAML document. Numbers of JSON are kept exactly, whatever their size.
pub fn read(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("{}: cannot be read; check the path", path.display()))?;
    parse(&text).with_context(|| {
        format!(
            "{}: is neither JSON nor YAML; correct it there",
            path.display()
        )
    })
}

/// Parses JSON, else YAML; a key that an object has twice is an error in both.
pub fn parse(text: &str) -> Result<Value> {
    // JSON is tried by its first character, so that a slip in a JSON file is told by its place
    // in JSON and not by what a YAML reader makes of it.
    if text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('{')
    {
        let text = text.trim_start_matches('\u{feff}');
        let document = serde_json::from_str(text)?;
        strict_json::unique_keys(text)?;
        return Ok(document);
    }
    // Norway's `NO` is text in YAML 1.2, which OpenAPI asks for.
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| anyhow!("{error}"))
}

/// `document` as it stands in a file: two spaces of indentation and a newline at the end.
pub fn to_text(document: &Value) -> Result<String> {
    Ok(serde_json::to_string_pretty(document)? + "\n")
}

/// The SHA-256 of `text`, in hexadecimal digits.
pub fn sha256(text: &str) -> String {
    let hash = hmac_sha256::Hash::hash(text.as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes `text` beside `path` and renames it, so that `path` holds the old or the new, whole.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let attempt = || {
        let mut file = AtomicWriteFile::open(path)?;
        file.write_all(text.as_bytes())?;
        file.commit()
    };
    attempt().with_context(|| {
        format!(
            "{}: cannot be written; check that its folder exists and has room",
            path.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn yaml_is_read_as_openapi_asks_for() {
        let yaml = "country: NO\nresponses:\n  200: yes\nversion: '1.0'\nnothing: ~\ntrue: true\n";
        let document = json!({
            "country": "NO", "responses": {"200": "yes"}, "version": "1.0", "nothing": null, "true": true
        });
        assert_eq!(parse(yaml).unwrap(), document);
    }

    #[test]
    fn numbers_of_json_are_exact() {
        let text = r#"{"a": 1.0, "b": 1e+3, "c": 18446744073709551616, "d": 0.10}"#;
        assert_eq!(parse(text).unwrap().to_string(), text.replace(' ', ""));
    }

    #[test]
    fn a_slip_in_json_is_told_by_its_place_in_json() {
        let error = parse("{\"a\": 1,}").unwrap_err().to_string();
        assert!(error.contains("line 1 column 9"), "{error}");
    }

    #[test]
    fn a_key_that_an_object_has_twice_is_an_error() {
        for text in ["{\"a\": {\"b\": 1, \"b\": 2}}", "a: {b: 1, b: 2}"] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains('b'), "{error}");
        }
    }

    #[test]
    fn nothing_that_is_wrong_makes_it_panic() {
        let deep = "[".repeat(10_000);
        for text in [
            "",
            "{",
            "\u{feff}{}",
            "a: b: c",
            "- &a [*a]",
            "\t",
            "{\"a\":1,\"a\":2}",
            &deep,
        ] {
            let _ = parse(text);
        }
        assert!(parse(&deep).is_err());
        assert!(parse(&format!("{{\"a\":{deep}")).is_err());
    }
}
