use serde_json::{Value, json};

use super::{Difference, Witness, compare, declared};
use crate::{cases, openapi::document, pipeline::join::Joined};

#[test]
fn reports_what_each_golden_case_expects() {
    let cases = cases::of("witnesses");
    let failures = cases.iter().filter_map(|(name, case)| {
        let none = json!({"deviations": []});
        let witnesses = case["witnesses"].as_object().expect("witnesses");
        let is_set = |key: &str| case.get(key) == Some(&Value::Bool(true));
        let witnesses: Vec<Witness> = witnesses
            .iter()
            .map(|(name, document)| Witness {
                name,
                document,
                covers_all: is_set("covers_all"),
                has_own_version: is_set("has_own_version"),
            })
            .collect();
        let deviations = case.get("deviations").unwrap_or(&none);
        let spec = Joined::new("specs/api/spec.yaml", case["spec"].clone());
        let messages = match compare("api", &spec, deviations, &witnesses) {
            Ok(findings) => {
                let notes = findings.notes.into_iter();
                let notes = notes.filter(|note| !note.ends_with("declared"));
                findings.messages.into_iter().chain(notes).collect()
            }
            Err(error) => vec![error.to_string()],
        };
        let expected = cases::texts(case, "expected");
        (messages != expected).then(|| format!("{name}: got\n{}", json!(messages)))
    });
    let failures: Vec<_> = failures.collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[test]
fn stubs_have_one_entry_for_a_difference_from_several_sources() {
    let difference = |source: &str, text: &str| Difference {
        source: Some(source.to_owned()),
        text: text.to_owned(),
        message: String::new(),
        in_witness: None,
    };
    let (one, two) = (difference("page", "A: b"), difference("document", "A: b"));
    let three = difference("page", "C: d");
    let expected = "  - differences:\n      - \"A: b\"\n    reason: \"\"\n\
                    \x20 - source: page\n    differences:\n      - \"C: d\"\n    reason: \"\"\n";
    assert_eq!(declared::stub(&[&one, &three, &two]), expected);
}

#[test]
fn stubs_escape_characters_that_a_terminal_hides() {
    let difference = Difference {
        source: None,
        text: "GET /a\u{202e}: \"b\"\n→ c".to_owned(),
        message: String::new(),
        in_witness: None,
    };
    let stub = format!("deviations:\n{}", declared::stub(&[&difference]));
    assert!(stub.contains("/a\\u202e"), "{stub}");
    let parsed = document::parse(&stub).unwrap();
    assert_eq!(parsed["deviations"][0]["differences"][0], difference.text);
}
