use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{field::Field, prose::is_prose, types::Type, unplaced};
use crate::{
    cases,
    openapi::document,
    pipeline::{lower, notes::Notes},
};

/// A page with one of everything, which the cases change.
const SMALL: &str = include_str!("../../../tests/cases/meta-page.md");

fn read(page: &str, markdown: &str) -> anyhow::Result<Value> {
    Ok(super::read(page, markdown)?.document)
}

/// Returns the page of a case.
fn page_of(case: &Map<String, Value>) -> Result<String, String> {
    let mut page = SMALL.to_owned();
    let changes = case.get("changes").and_then(Value::as_array);
    for change in changes.into_iter().flatten() {
        let from = change["from"].as_str().unwrap();
        if !page.contains(from) {
            return Err(format!("the page has no `{from}`"));
        }
        page = page.replacen(from, change["to"].as_str().unwrap(), 1);
    }
    Ok(page)
}

/// Runs one case. The error is the difference from what the case expects.
fn check(case: &Map<String, Value>) -> Result<(), String> {
    let read = read("page.md", &page_of(case)?).map_err(|error| error.to_string());
    match (&read, case.get("error"), case.get("at")) {
        (Err(actual), Some(Value::String(error)), None)
            if actual.starts_with("page.md line ") && actual.contains(error) =>
        {
            Ok(())
        }
        (Ok(read), None, Some(Value::String(at))) => {
            let found = read.pointer(at);
            if found.is_some() && found == case.get("expected") {
                return Ok(());
            }
            let document = document::to_text(read).unwrap();
            Err(format!("got {found:?} in\n{document}"))
        }
        _ => Err(format!("got {read:?}")),
    }
}

#[test]
fn golden_cases() {
    let cases = cases::of("meta-page");
    let failures: Vec<_> = cases
        .iter()
        .filter_map(|(name, case)| Some(format!("{name}: {}", check(case).err()?)))
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

/// Returns the captured pages, by their paths below `tests/fixtures`.
fn captured() -> Vec<(String, String)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut folders: Vec<PathBuf> = ["pages", "mirror"]
        .iter()
        .map(|origin| fixtures.join(origin).join("developers.facebook.com"))
        .collect();
    let mut pages = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                let name = path.strip_prefix(&fixtures).unwrap().display().to_string();
                pages.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    pages.sort();
    assert!(pages.len() > 2);
    pages
}

#[test]
fn captured_pages_become_documents_that_can_be_lowered() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../tests/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (name, page) in captured() {
        let mut document = read(&name, &page).unwrap();
        if name.ends_with("schedules-api/v25.0.md") {
            let text = document::to_text(&document).unwrap();
            settings.bind(|| insta::assert_snapshot!("meta_page_schedules", text));
        }
        let mut notes = Notes::default();
        lower::lower(&mut document, &mut notes);
        assert!(notes.refused.is_empty(), "{name}");
    }
}

#[test]
fn a_page_that_was_cut_off_is_refused_or_means_the_same() {
    for (end, _) in SMALL.char_indices() {
        let cut = &SMALL[..end];
        match read("page.md", cut) {
            Ok(document) => assert_eq!(document, read("page.md", SMALL).unwrap(), "{cut}"),
            Err(error) => assert!(error.to_string().starts_with("page.md line ")),
        }
    }
}

#[test]
fn line_ends_and_spaces_do_not_matter() {
    for (name, page) in captured() {
        let expected = read(&name, &page).unwrap();
        for other in [
            format!("\u{feff}{page}"),
            page.replace('\n', "\r\n"),
            page.replace('\n', " \n"),
            page.replace("\\_", "\u{200b}\\_")
                .replace("string", "\u{ad}string"),
            page.replace("\n\n---\n", "\n\n* * *\n"),
        ] {
            assert_eq!(read(&name, &other).unwrap(), expected, "{name}");
        }
    }
}

/// Returns the indices of the lines of `page` that declare a field.
fn fields_of(page: &str) -> Vec<usize> {
    let lines = (0..).zip(page.lines());
    let unescaped = lines.map(|(index, line)| (index, line.replace('\\', "")));
    let fields = unescaped.filter(|(_, line)| Field::parse(line).is_some());
    fields.map(|(index, _)| index).collect()
}

/// Returns `page` with `new` before the line at `index`.
fn with_lines(page: &str, index: usize, new: &str) -> String {
    let mut lines: Vec<_> = page.lines().collect();
    lines.insert(index, new);
    lines.join("\n")
}

#[test]
fn a_field_that_is_added_or_removed_never_goes_unnoticed() {
    let mut pages = captured();
    pages.push(("small".to_owned(), SMALL.to_owned()));
    for (name, page) in pages {
        let whole = read(&name, &page).unwrap();
        // Long pages repeat themselves.
        let step = page.len() / 4000 + 1;
        for index in fields_of(&page).into_iter().step_by(step) {
            let mut others: Vec<_> = page.lines().collect();
            others.remove(index);
            for changed in [
                others.join("\n"),
                with_lines(&page, index, "zzzstring\n\n* * *\n"),
                with_lines(&page, index, "zzzstring\n"),
                with_lines(&page, index, "zzz: string\n"),
                with_lines(&page, index, "zzzarray<Zz> or null\n\n* * *\n"),
            ] {
                let read = read(&name, &changed);
                assert!(
                    read.is_err() || read.unwrap() != whole,
                    "{name} line {index}"
                );
            }
        }
    }
}

#[test]
fn names_and_types_are_told_apart() {
    let string = || Type::Primitive("string", Map::new());
    let named = |name: &str| Type::Named(name.to_owned());
    let array = |items| Type::Array(Some(Box::new(items)));
    for (text, name, kind) in [
        ("idstring", "id", string()),
        ("WABA-IDstring", "WABA-ID", string()),
        ("phone_numberstring", "phone_number", string()),
        ("stringstring", "string", string()),
        ("clientIdstring", "clientId", string()),
        ("statusAccountStatus", "status", named("AccountStatus")),
        ("statusSubstring", "statusSub", string()),
        ("subarray of string", "sub", array(string())),
        (
            "numbersarray<PhoneNumber>",
            "numbers",
            array(named("PhoneNumber")),
        ),
        ("idstring or null", "id", Type::Nullable(Box::new(string()))),
    ] {
        let field = Field::parse(text).unwrap();
        assert_eq!((field.name.as_str(), field.kind), (name, kind), "{text}");
    }
    for text in [
        "",
        "string",
        "phone_number",
        "timezone_idfloat",
        "id string",
        "id: string",
        "idstring·nullable",
        "idstring·required·required",
        "WhatsAppBusinessAccount",
        "PhoneIdPhoneId",
        "Unique identifier of the string",
        "toOne of a, b",
    ] {
        assert_eq!(Field::parse(text), None, "{text}");
    }
}

#[test]
fn lines_that_resemble_a_field_are_not_prose() {
    for text in [
        "Unique identifier of the string",
        "phone_number, in E.164 format",
        "name_status: Display name certification status",
        "GREEN: High Quality",
        "default fields will be returned (id, name).",
        "* MANAGE: General account management",
        "(required when enabling encryption)",
        "Update display names for name verification",
        "Business ID",
        "Use Cases:",
        "JSON object",
        "Status of any pending request",
        "* First",
        "1. First",
        "Show the number to customers",
        "See [the guide](https://example.com/).",
        "Use \"a\" or \"b\".",
    ] {
        assert!(is_prose(text), "{text}");
    }
    for text in [
        "idstring·required",
        "currency: string",
        "currency string",
        "tagsmap of Number",
        "tagsset of string",
        "tagsmap of string to Tag",
        "Tagsset of string",
        "pricelong | null",
        "* price: string",
        "* pricestring",
        "Price-IDnumeric string",
        "price Array of Price",
        "price Price",
        "price: Price",
        "price: Any text (required)",
        "price — string",
        "pricestring?",
        "priceenum {A, B}",
        "age (integer, required)",
        "age - integer",
        "`age` integer",
        "pricefloat",
        "pricefloat or null",
        "pricelong [min: 1]",
        "deliverylong (int64)",
        "numberslist<Number>",
        "numbers[]Number or Other",
        "statusAccountStatus or else",
        "limitinteger, at most 100",
        "Versionstring of characters",
        "| id | string |",
        "**id** string",
        "1. pricestring",
        "+ price: string",
        "price (ipv4)",
        "Show attributes",
        "Hide child attributes",
    ] {
        assert!(!is_prose(text), "{text}");
    }
}

#[test]
fn unplaced_fields_are_reported_by_their_place() {
    let field = json!({"name": "b", "parents": ["", "a.c"], "schema": {}});
    let document = json!({"components": {"schemas": {"A": {"x-unplaced-fields": [field]}}}});
    assert_eq!(
        unplaced("page.md", &document, &vec![(field, 7)]),
        [
            "page.md line 7: the page does not show whether `b` belongs to the outermost object or \
             to `a.c`; in an overlay (--overlay), add it to one of them, and remove it from \
             /components/schemas/A/x-unplaced-fields"
        ]
    );
}

// A reader whose time grows with the square of the length would not finish.
#[test]
fn long_pages_are_read_or_refused() {
    let nested = "aobject\n\nShow child attributes\n\n---\n\n";
    let in_list = |fields: String| SMALL.replacen("numberstring·required", &fields, 1);
    let pages = [
        SMALL.replacen("Fields to", &"a".repeat(200_000), 1),
        SMALL.replacen("afterstring", &"array of ".repeat(20_000), 1),
        SMALL.replacen("afterstring", &"aA".repeat(100_000), 1),
        SMALL.replacen("v24.0v25.0", &"v24.0".repeat(50_000), 1),
        SMALL.replacen("200400", &"200".repeat(70_000), 1),
        SMALL.replacen("| GET |", &"|".repeat(200_000), 1),
        in_list(format!("{}bstring", nested.repeat(5_000))),
        in_list(
            (0..900)
                .map(|at| {
                    format!("a{at}object\n\nShow child attributes\n\n---\n\nb{at}string\n\n---\n\n")
                })
                .collect::<String>()
                + "cstring",
        ),
        in_list(
            (0..5_000)
                .map(|at| format!("a{at}string\n\n---\n\n"))
                .collect::<String>()
                + "cstring",
        ),
        "\\".repeat(200_000),
        "---\n".repeat(200_000),
        "```\n".repeat(200_000),
    ];
    for page in pages {
        let _ = read("page.md", &page);
    }
}

proptest! {
    #![proptest_config(cases::properties(300, 1000))]

    #[test]
    fn any_text_becomes_a_document_or_an_error_with_a_line(text in "(\\PC|\n){0,400}") {
        if let Err(error) = read("page.md", &text) {
            prop_assert!(error.to_string().starts_with("page.md line "));
        }
    }

    #[test]
    fn a_changed_page_becomes_a_document_or_an_error_with_a_line(
        pick in any::<prop::sample::Index>(),
        changes in prop::collection::vec((0..5_u8, any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4),
    ) {
        let mut pages: Vec<_> = captured().into_iter().map(|(_, page)| page).collect();
        pages.push(SMALL.to_owned());
        let page = pick.get(&pages);
        let mut lines: Vec<_> = page.lines().collect();
        for (kind, one, two) in changes {
            let (one, two) = (one.index(lines.len()), two.index(lines.len()));
            match kind {
                0 => drop(lines.remove(one)),
                1 => lines.insert(one, lines[two]),
                2 => lines.swap(one, two),
                3 => lines.insert(one, "zzzstring"),
                _ => lines.truncate(one.max(1)),
            }
        }
        match read("page.md", &lines.join("\n")) {
            Ok(document) => prop_assert!(document["openapi"].is_string()),
            Err(error) => prop_assert!(error.to_string().starts_with("page.md line ")),
        }
    }
}
