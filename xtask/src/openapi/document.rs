//! Reads documents, and writes them in the one format of all files under `specs/`.

use std::{fs, io::Write, path::Path};

use anyhow::{Context, Result, anyhow};
use atomic_write_file::AtomicWriteFile;
use serde_json::Value;

use crate::openapi::duplicate_keys;

/// Reads a JSON or YAML document. JSON numbers keep all their digits.
pub fn read(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("{}: cannot be read; check the path", path.display()))?;
    parse(&text).with_context(|| {
        format!(
            "{}: not valid JSON or YAML; correct the file",
            path.display()
        )
    })
}

/// Parses JSON or YAML. A duplicate key in an object is an error in both.
pub fn parse(text: &str) -> Result<Value> {
    // The first character decides, so that an error in a JSON file comes from the JSON parser.
    if text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('{')
    {
        let text = text.trim_start_matches('\u{feff}');
        let document = serde_json::from_str(text)?;
        duplicate_keys::reject(text)?;
        return Ok(document);
    }
    // OpenAPI requires YAML 1.2, where the country code `NO` is a string.
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| anyhow!("{error}"))
}

/// Formats `document` for a file: indented by two spaces, with a final newline.
pub fn to_text(document: &Value) -> Result<String> {
    Ok(serde_json::to_string_pretty(document)? + "\n")
}

/// Returns the SHA-256 of `text` in hexadecimal.
pub fn sha256(text: &str) -> String {
    let hash = hmac_sha256::Hash::hash(text.as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes `text` to `path` atomically: to a temporary file that is renamed. Creates the folder if it
/// does not exist.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let attempt = || {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = AtomicWriteFile::open(path)?;
        file.write_all(text.as_bytes())?;
        file.commit()
    };
    attempt().with_context(|| {
        format!(
            "{}: cannot be written; check the permissions, and that the disk is not full",
            path.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn parses_yaml_1_2_scalars() {
        let yaml = "country: NO\nresponses:\n  200: yes\nversion: '1.0'\nnothing: ~\ntrue: true\n";
        let document = json!({
            "country": "NO", "responses": {"200": "yes"}, "version": "1.0", "nothing": null, "true": true
        });
        assert_eq!(parse(yaml).unwrap(), document);
    }

    #[test]
    fn keeps_all_digits_of_json_numbers() {
        let text = r#"{"a": 1.0, "b": 1e+3, "c": 18446744073709551616, "d": 0.10}"#;
        assert_eq!(parse(text).unwrap().to_string(), text.replace(' ', ""));
    }

    #[test]
    fn reports_the_position_of_a_json_syntax_error() {
        let error = parse("{\"a\": 1,}").unwrap_err().to_string();
        assert!(error.contains("line 1 column 9"), "{error}");
    }

    #[test]
    fn rejects_duplicate_keys() {
        for text in ["{\"a\": {\"b\": 1, \"b\": 2}}", "a: {b: 1, b: 2}"] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains('b'), "{error}");
        }
    }

    #[test]
    fn does_not_panic_on_malformed_input() {
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
