use std::path::Path;

use serde_json::{Map, Value};

use super::{read, types};
use crate::{cases, openapi::document};

/// A page with each construct, which the cases change.
const SMALL: &str = include_str!("../../../tests/cases/reference-page.md");

/// The reference page of the frozen repository.
const PAGE: &str = include_str!(
    "../../../tests/fixtures/mirror/developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-account/whatsapp-business-account-api/v23.0.md"
);

/// Runs one case. The error describes the difference from the expectation.
fn check(case: &Map<String, Value>) -> Result<(), String> {
    let mut page = SMALL.to_owned();
    if let Some(whole) = case.get("page") {
        page = whole.as_str().unwrap().to_owned();
    }
    for change in case
        .get("changes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let from = change["from"].as_str().unwrap();
        if !page.contains(from) {
            return Err(format!("the page has no `{from}`"));
        }
        page = page.replacen(from, change["to"].as_str().unwrap(), 1);
    }
    let facts = read("page.md", &page).map_err(|error| error.to_string());
    match (&facts, case.get("error"), case.get("at")) {
        (Err(actual), Some(Value::String(error)), None) if actual.contains(error) => Ok(()),
        (Ok(facts), None, Some(Value::String(at))) => {
            let found = facts.pointer(at);
            if found == case.get("expected") {
                return Ok(());
            }
            Err(format!(
                "got {found:?} in\n{}",
                document::to_text(facts).unwrap()
            ))
        }
        _ => Err(format!("got {facts:?}")),
    }
}

#[test]
fn reads_each_golden_case_as_expected() {
    let cases = cases::of("reference-page");
    let failures: Vec<_> = cases
        .iter()
        .filter_map(|(name, case)| Some(format!("{name}: {}", check(case).err()?)))
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[test]
fn reads_the_captured_page_into_the_committed_facts() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/repository/specs/graph/upstream.json");
    let committed = std::fs::read_to_string(path).unwrap();
    let facts = read("page.md", PAGE).unwrap();
    assert_eq!(document::to_text(&facts).unwrap(), committed);
}

#[test]
fn refuses_a_truncated_page_or_reads_the_same_facts() {
    let lines = PAGE.match_indices('\n').map(|(at, _)| (PAGE, at));
    let characters = SMALL.char_indices().map(|(at, _)| (SMALL, at));
    for (page, end) in lines.chain(characters) {
        let cut = &page[..end];
        match read("page.md", cut) {
            Ok(facts) => {
                assert!(cut.contains("## Authentication"), "{cut}");
                assert_eq!(facts, read("page.md", page).unwrap(), "{cut}");
            }
            Err(error) => assert!(error.to_string().starts_with("page.md, line ")),
        }
    }
}

#[test]
fn ignores_markup_and_whitespace() {
    let whole = read("page.md", PAGE).unwrap();
    let mut in_code = false;
    let mut noisy = String::from("\u{feff}");
    for line in PAGE.lines() {
        noisy.push_str(line);
        noisy.push_str(" \n");
        in_code ^= line.starts_with("```");
        if !in_code {
            noisy.push_str("\n* * *\n\n---\n");
        }
    }
    assert_eq!(read("page.md", &noisy).unwrap(), whole);
    assert_eq!(read("page.md", &PAGE.replace('\n', "\r\n")).unwrap(), whole);
    assert_eq!(
        read("page.md", &PAGE.replace(' ', "\u{a0}")).unwrap(),
        whole
    );
    assert_eq!(read("page.md", &PAGE.replace('_', "\\_")).unwrap(), whole);
}

#[test]
fn no_field_is_ignored() {
    let whole = read("page.md", PAGE).unwrap();
    let lines: Vec<_> = PAGE.lines().collect();
    let fields = (0..)
        .zip(&lines)
        .filter(|(_, line)| types::field(line).is_some());
    for (index, field) in fields {
        let mut others = lines.clone();
        others.remove(index);
        let facts = read("page.md", &others.join("\n"));
        assert!(facts.is_err() || facts.unwrap() != whole, "{field}");
    }
}

#[test]
fn splits_names_from_types() {
    let fields = [
        ("idstring·required", "id", "string", true),
        ("successboolean", "success", "boolean", false),
        ("WABA-IDstring · required", "WABA-ID", "string", true),
        ("phone_numberstring", "phone_number", "string", false),
        ("phone_numbernumber", "phone_number", "number", false),
        ("stringstring", "string", "string", false),
        ("clientIdstring", "clientId", "string", false),
        ("statusAccountStatus", "status", "AccountStatus", false),
        ("statusSubstring", "statusSub", "string", false),
        (
            "delivery_timeinteger (int64)",
            "delivery_time",
            "integer (int64)",
            false,
        ),
        (
            "websitesarray of string (uri)",
            "websites",
            "array of string (uri)",
            false,
        ),
        (
            "numbersarray [PhoneNumber]",
            "numbers",
            "array of PhoneNumber",
            false,
        ),
        ("tagsarray", "tags", "array", false),
        (
            "product\"whatsapp\"·required",
            "product",
            "\"whatsapp\"",
            true,
        ),
        ("toOne of \"b\", \"a\"", "to", "one of \"a\", \"b\"", false),
        ("valueMust be one of: B, A", "value", "one of A, B", false),
    ];
    for (text, name, kind, required) in fields {
        let field = types::field(text).unwrap();
        let found = (field.name.as_str(), field.kind.as_str(), field.required);
        assert_eq!(found, (name, kind, required), "{text}");
    }
    let others = [
        "",
        "string",
        "phone_number",
        "timezone_idfloat",
        "id string",
        "idstring·deprecated",
        "idstring·required·required",
        "WhatsAppBusinessAccount",
        "Unique identifier of the string",
        "toOne of a, b",
    ];
    for text in others {
        assert_eq!(types::field(text), None, "{text}");
    }
}

#[test]
fn long_lines_are_read_quickly() {
    let lines = [
        "a".repeat(200_000),
        "array of ".repeat(20_000),
        "|".repeat(200_000),
        "200".repeat(70_000),
        "`".repeat(200_000),
        "\\".repeat(200_000),
    ];
    for line in lines {
        for place in [
            "Timezone",
            "| GET |",
            "200400",
            "Schema: object",
            "idstring·required",
        ] {
            let _ = read("page.md", &SMALL.replacen(place, &line, 1));
            let _ = read(
                "page.md",
                &SMALL.replacen(place, &format!("{place}{line}"), 1),
            );
        }
    }
}
