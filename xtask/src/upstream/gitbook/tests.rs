//! Tests with the pages in `tests/cases/gitbook` (`.md`, with the expected result in `.yaml`), with the
//! indexes in `tests/cases/llms-txt`, and with random pages.

use std::{
    fs,
    path::{Path, PathBuf},
};

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use url::Url;

use super::{MAX_BYTES, Page, index, matches, read};
use crate::{cases, openapi::document};

const URL: &str = "https://docs.example/a/b.md";

/// Returns the pages of the cases with their files.
fn pages() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/gitbook");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let pages = files.filter(|file| file.extension().is_some_and(|extension| extension == "md"));
    let mut pages: Vec<_> = pages
        .map(|file| (file.clone(), fs::read_to_string(&file).unwrap()))
        .collect();
    pages.sort();
    assert!(!pages.is_empty());
    pages
}

/// Returns the result of reading a page, in the form of the expectations.
fn outcome(page: anyhow::Result<Page>) -> Value {
    let page = match page {
        Ok(page) => page,
        Err(error) => return json!({"error": format!("{error:#}")}),
    };
    let mut outcome = Map::new();
    let blocks = page.blocks.iter().map(|block| {
        assert_eq!(block.page, URL);
        json!({"line": block.line, "heading": block.heading, "document": block.document})
    });
    outcome.insert("blocks".to_owned(), blocks.collect());
    if !page.without_json.is_empty() {
        let without = page
            .without_json
            .iter()
            .map(|block| json!({"line": block.line, "what": block.what}));
        outcome.insert("without_json".to_owned(), without.collect());
    }
    Value::Object(outcome)
}

#[test]
fn reads_each_page_as_expected() {
    let mut failures = Vec::new();
    for (file, page) in pages() {
        let expected = document::read(&file.with_extension("yaml")).unwrap();
        let actual = outcome(read(URL, &page));
        if actual != expected {
            failures.push(format!(
                "{}: expected {expected:#} but got {actual:#}",
                file.display()
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn ignores_line_endings_and_byte_order_marks() {
    for (file, page) in pages() {
        let expected = outcome(read(URL, &page));
        for other in [
            page.replace('\n', "\r\n"),
            page.replace('\n', "\r"),
            format!("\u{feff}{page}"),
        ] {
            assert_eq!(outcome(read(URL, &other)), expected, "{}", file.display());
        }
    }
}

#[test]
fn a_stray_fence_loses_no_document_silently() {
    for (file, page) in pages() {
        let Ok(whole) = read(URL, &page) else {
            continue;
        };
        let lines: Vec<_> = page.lines().collect();
        for at in 0..=lines.len() {
            for fence in ["```", "````", "~~~", "```json", "> ```", "- ```", "<!--"] {
                let mut lines = lines.clone();
                lines.insert(at, fence);
                if let Ok(read) = read(URL, &lines.join("\n")) {
                    let documents = |page: &Page| -> Vec<_> {
                        page.blocks
                            .iter()
                            .map(|block| block.document.clone())
                            .collect()
                    };
                    let place = format!("{} with {fence} at line {}", file.display(), at + 1);
                    assert_eq!(documents(&read), documents(&whole), "{place}");
                }
            }
        }
    }
}

#[test]
fn reads_part_of_a_truncated_page_or_refuses_it() {
    for (_, page) in pages() {
        let Ok(whole) = read(URL, &page) else {
            continue;
        };
        for (end, _) in page.char_indices() {
            if let Ok(part) = read(URL, &page[..end]) {
                let is_part = part.blocks.iter().all(|block| whole.blocks.contains(block));
                assert!(is_part, "{:?}", &page[..end]);
            }
        }
    }
}

#[test]
fn reads_one_document_from_the_captured_page() {
    let page = include_str!(
        "../../../tests/fixtures/mirror/docs.360dialog.com/partner/partner-api/api-reference/waba-account-management.md"
    );
    let page = read(URL, page).unwrap();
    assert_eq!((page.blocks.len(), page.without_json.len()), (1, 0));
    assert_eq!(page.blocks[0].line, 11);
    assert_eq!(
        page.blocks[0].heading.as_deref(),
        Some("Retrieve waba account")
    );
}

// A reader whose time grows with the square of the length would not finish.
#[test]
fn long_pages_are_read_or_refused() {
    let document = "{\"openapi\":\"3.1.0\",\"info\":";
    let pages = [
        format!("```json\n{document}{}\n```\n", "[".repeat(1 << 20)),
        format!(
            "```json\n{document}{}1{}}}\n```\n",
            "[".repeat(10_000),
            "]".repeat(10_000)
        ),
        "```\n```\n".repeat(1 << 17),
        "{\"openapi\":\n".repeat(1 << 16),
        "```json\n{\n".repeat(1 << 16),
        "{% openapi ".repeat(1 << 16),
        "{%".repeat(1 << 18) + "%}",
        ">".repeat(1 << 16),
        "- ".repeat(1 << 16),
        "[".repeat(1 << 16),
        "*a_".repeat(1 << 16),
    ];
    for page in &pages {
        let _ = read(URL, page);
        let _ = index(page, &Url::parse(URL).unwrap(), "*");
    }
}

#[test]
fn refuses_a_page_that_is_too_large() {
    let error = read(URL, &" ".repeat(MAX_BYTES + 1))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with(&format!("{URL}: has 16777217 bytes")),
        "{error}"
    );
}

/// Returns the pages of an index that match a pattern, or the error.
fn listed(case: &Map<String, Value>) -> Value {
    let text = |key: &str| case.get(key).and_then(Value::as_str);
    let at = Url::parse(text("at").unwrap_or("https://docs.example/space/llms.txt")).unwrap();
    match index(
        text("index").unwrap(),
        &at,
        text("pattern").unwrap_or("api/*"),
    ) {
        Ok(pages) => json!({"pages": pages.iter().map(Url::as_str).collect::<Vec<_>>()}),
        Err(error) => json!({"error": format!("{error:#}")}),
    }
}

#[test]
fn reads_each_index_as_expected() {
    let mut failures = Vec::new();
    for (name, mut case) in cases::of("llms-txt") {
        let actual = listed(&case);
        for key in ["at", "index", "pattern"] {
            case.remove(key);
        }
        if actual != Value::Object(case) {
            failures.push(format!("{name}: got {actual:#}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn lists_the_reference_pages_of_the_captured_index() {
    let llms_txt =
        include_str!("../../../tests/fixtures/pages/docs.360dialog.com/partner/llms.txt");
    let at = Url::parse("https://docs.360dialog.com/partner/llms.txt").unwrap();
    let pages = index(llms_txt, &at, "partner-api/api-reference/*").unwrap();
    let names: Vec<_> = pages
        .iter()
        .filter_map(|page| page.path_segments()?.next_back())
        .collect();
    let expected = [
        "client-management.md",
        "partner-management.md",
        "waba-account-management.md",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_pattern_matches_the_whole_path() {
    for (pattern, path, expected) in [
        ("api/*", "api/page.md", true),
        ("api/*", "api/page", true),
        ("api/*.md", "api/page.md", true),
        ("api/*", "api/", false),
        ("api/*", "api", false),
        ("api/*", "api/page/part", false),
        ("api/*", "other/api/page", false),
        ("*/*", "api/page", true),
        ("api/*-management", "api/client-management.md", true),
        ("api/*-management", "api/-management.md", false),
        ("api/w*-*s", "api/webhook-events", true),
        ("api/w*-*s", "api/webhook-event", false),
        ("api/é*", "api/éà", true),
        ("api/page", "api/pages", false),
    ] {
        assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
    }
}

/// Parts of random pages, including broken ones.
const PIECES: [&str; 24] = [
    "\n",
    "\n\n",
    "\r\n",
    "```",
    "````",
    "~~~",
    "json",
    " ",
    "    ",
    "> ",
    "- ",
    "1. ",
    "<!--",
    "-->",
    "# A\n",
    "{",
    "}",
    "\"",
    "é",
    "\u{2028}",
    "{% openapi spec=\"é\" ",
    "%}",
    "{\"openapi\":\"3.1.0\"}",
    "{\"openapi\":\"3.0.0\",",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn loses_no_document_of_a_random_page(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40)
    ) {
        let page = pieces.concat();
        if let Ok(read) = read(URL, &page) {
            let versions = page.replace('\r', "\n");
            let begins_document = |line: &&str| line.starts_with("{\"openapi\":");
            // At least, because documents in lists and quotes and indented ones are read too.
            let minimum = versions.lines().filter(begins_document).count();
            prop_assert!(read.blocks.len() >= minimum, "{}", page);
        }
        let _ = index(&page, &Url::parse(URL).unwrap(), "*");
    }
}
