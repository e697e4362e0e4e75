//! Several sources and new versions of an API.

use std::fs;

use super::{GRAPH, Mirror, graph, replaced};
use crate::repository::{Repository, fixtures};

const DOCUMENT: &str = "developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-account/whatsapp-business-account-api/v25.0.openapi.yaml";
const SCHEDULES: &str = "developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-account/schedules-api/v25.0.md";

/// Returns the text of a fixture below this folder.
fn captured(folder: &str, page: &str) -> String {
    fs::read_to_string(fixtures().join(folder).join(page)).expect(page)
}

/// Returns sources.toml with these sources of version v25.0 for Graph: name, kind and page.
fn sources(repository: &Repository, sources: &[(&str, &str, &str)]) -> String {
    let all = repository.read("specs/sources.toml");
    let dialog360 = all.split("[graph]").next().expect("a section");
    let sources = sources.iter().map(|(name, kind, page)| {
        let url = page.replace("v25.0", "{version}");
        format!("[graph.sources.{name}]\n{kind} = \"https://{url}/\"\n")
    });
    let sources: String = sources.collect();
    format!("{dialog360}[graph]\nversion = \"v25.0\"\n{sources}")
}

/// Moves spec.yaml to v25.0, and declares the differences that the messages list.
fn follow_messages(repository: &Repository, refresh: &[&str]) {
    let spec = repository.read("specs/graph/spec.yaml");
    repository.write("specs/graph/spec.yaml", &spec.replace("v23.0", "v25.0"));
    // Outdated declarations are removed, and the printed ones are added.
    repository.write("specs/graph/deviations.yaml", "deviations: []\n");
    let (_, printed) = repository.refresh(refresh);
    let stub = printed.split("deviations.yaml:\n").nth(1).expect(&printed);
    let stub = stub.split("\n\n").next().expect("the entries");
    let declared = |reason: &str| {
        let entries = stub.replace("reason: \"\"", &format!("reason: {reason}"));
        format!("deviations:\n{entries}\n")
    };
    repository.write("specs/graph/deviations.yaml", &declared("\"\""));
    let (code, printed) = repository.refresh(refresh);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("the reason is empty"), "{printed}");
    repository.write("specs/graph/deviations.yaml", &declared("A test."));
    let (code, printed) = repository.refresh(refresh);
    assert_eq!(code, 0, "{printed}");
    let (code, printed) = repository.refresh(&[refresh, &["--check"]].concat());
    assert_eq!(code, 0, "{printed}");
}

#[test]
fn follows_a_new_version_of_a_page_and_of_an_openapi_document() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    mirror.write(DOCUMENT, &captured("documents", DOCUMENT));
    mirror.write(SCHEDULES, &captured("mirror", SCHEDULES));
    let account = ("account", "document", DOCUMENT);
    let sources = sources(&repository, &[account, ("schedules", "page", SCHEDULES)]);
    repository.write("specs/sources.toml", &sources);

    let refresh = ["--only", "graph", "--from", mirror.from()];
    let (code, printed) = repository.refresh(&refresh);
    assert_eq!(code, 2, "{printed}");
    for part in [
        "the source schedules is new and has 2 operations",
        "schedules: spec.yaml does not cover GET /{Version}/{WABA-ID}/schedules",
        "specs/graph/spec.yaml#/info/version differs from specs/graph/upstream/account.json#/info/version: \
         info: the version changed from `v25.0` to `v23.0`",
    ] {
        assert!(printed.contains(part), "no {part}: {printed}");
    }
    follow_messages(&repository, &refresh);
    for file in ["account.json", "schedules.json"] {
        assert!(repository.path("specs/graph/upstream").join(file).exists());
    }

    let required = sources.replace(
        "[graph.sources.schedules]\n",
        "[graph.sources.schedules]\ncovers_all = true\n",
    );
    repository.write("specs/sources.toml", &required);
    let (code, printed) = repository.refresh(&refresh);
    assert_eq!(code, 2, "{printed}");
    let message = "GET /{Version}/{WABA-ID}/schedules: the operation was removed";
    assert!(printed.contains(message), "{printed}");
}

#[test]
fn follows_the_page_and_the_document_of_one_api() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    // The form that pages have since v25.0: a list of versions, and a link to the document.
    let link = format!("v25.0.md/)\n\n[Download OpenAPI spec](https://{DOCUMENT}/)");
    let page = replaced(&graph(), "\n\nv23.0\n", "\n\nv23.0v24.0v25.0\n");
    let page_at = GRAPH.replace("v23.0", "v25.0");
    mirror.write(&page_at, &replaced(&page, "v23.0.md/)", &link));
    let document = captured("documents", DOCUMENT);
    mirror.write(DOCUMENT, &document);
    let of_account = [
        ("account", "page", page_at.as_str()),
        ("account-document", "document", DOCUMENT),
    ];
    repository.write("specs/sources.toml", &sources(&repository, &of_account));
    let refresh = ["--only", "graph", "--from", mirror.from()];
    follow_messages(&repository, &refresh);
    for file in ["account.json", "account-document.json"] {
        let stored = repository.read(&format!("specs/graph/upstream/{file}"));
        assert!(stored.contains("\"version\": \"v25.0\""), "{stored}");
    }

    for page in [&page_at, DOCUMENT] {
        let next = captured("documents", DOCUMENT).replace("v25.0", "v26.0");
        mirror.write(&page.replace("v25.0", "v26.0"), &next);
    }
    let (code, printed) = repository.refresh(&refresh);
    assert_eq!(code, 0, "{printed}");
    let notes = printed.matches("upstream also has v26.0").count();
    assert_eq!(notes, 1, "{printed}");

    let contradicting = replaced(
        &document,
        "timezone_id:\n          type: string",
        "timezone_id:\n          type: integer",
    );
    mirror.write(DOCUMENT, &contradicting);
    let report = ["--report", "report.md"];
    let (code, printed) = repository.refresh(&[&refresh[..], &report].concat());
    assert_eq!(code, 2, "{printed}");
    let message = "the type is string in account and integer in account-document";
    assert!(printed.contains(message), "{printed}");
    assert!(
        repository
            .read("report.md")
            .contains("in account and integer in account")
    );
}

#[test]
fn a_source_can_describe_another_version_than_its_api() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    mirror.write(SCHEDULES, &captured("mirror", SCHEDULES));
    let url = SCHEDULES.replace("v25.0", "{version}");
    let section =
        format!("\n[graph.sources.schedules]\nversion = \"v25.0\"\npage = \"https://{url}/\"\n");
    let sources = repository.read("specs/sources.toml") + &section;
    repository.write("specs/sources.toml", &sources);
    let (code, printed) = repository.refresh(&["--only", "graph", "--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
    let stored = repository.read("specs/graph/upstream/schedules.json");
    assert!(stored.contains("\"version\": \"v25.0\""), "{stored}");
}

#[test]
fn reports_newer_versions_that_the_page_lists() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    mirror.write(
        GRAPH,
        &replaced(&graph(), "\n\nv23.0\n", "\n\nv23.0v24.0v25.0\n"),
    );
    let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
    assert!(
        printed.contains("upstream also has v24.0, v25.0"),
        "{printed}"
    );
}

#[test]
fn reports_the_next_version_if_its_page_exists() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let next = GRAPH.replace("v23.0", "v24.0");
    mirror.write(&next, "# Page Not Found\n");
    let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
    assert!(!printed.contains("upstream also has"), "{printed}");
    mirror.write(&next, &graph().replace("v23.0", "v24.0"));
    let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("upstream also has v24.0"), "{printed}");
}

#[test]
fn reports_the_words_that_changed_on_a_page() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let mut page = graph();
    for (old, new) in [
        // A field, a parameter, an operation, a response and the page itself.
        (
            "\nTimezone identifier for the WhatsApp Business Account\n",
            "\nTimezone identifier for the WhatsApp Business Account\n\nWill be removed on May 1st.\n",
        ),
        (
            "default fields will be returned (id, name).",
            "default fields will be returned (only the id). Max length: 20.",
        ),
        (
            "may change.\n\nImplement appropriate",
            "may change.\n\nDeprecated: use webhooks. Implement suitable",
        ),
        ("\nSuccessfully retrieved", "\nSlowly retrieved"),
        (
            "API for managing WhatsApp",
            "Possible values: A, B. API for managing WhatsApp",
        ),
    ] {
        page = replaced(&page, old, new);
    }
    mirror.write(GRAPH, &page);
    let arguments = [
        "--only",
        "graph",
        "--from",
        mirror.from(),
        "--report",
        "report.md",
    ];
    let (code, printed) = repository.refresh(&arguments);
    assert_eq!(code, 0, "{printed}");
    for text in [printed, repository.read("report.md")] {
        for words in [
            "Will be removed on May 1st.",
            "(only the id). Max length: 20.",
            "Deprecated: use webhooks. Implement suitable",
            "Slowly retrieved",
            "Possible values: A, B.",
        ] {
            assert!(text.contains(words), "no {words}: {text}");
        }
    }
}

#[test]
fn reports_the_words_of_a_description_that_is_new() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let described = "\n\nUnique identifier for the WhatsApp Business Account";
    let page = replaced(&graph(), described, "");
    mirror.write(GRAPH, &page);
    let refresh = ["--only", "graph", "--from", mirror.from()];
    let (code, printed) = repository.refresh(&refresh);
    assert_eq!(code, 0, "{printed}");
    mirror.write(GRAPH, &graph());
    let (code, printed) = repository.refresh(&refresh);
    assert_eq!(code, 0, "{printed}");
    let words =
        "`description` changed: \"\" → \"Unique identifier for the WhatsApp Business Account\"";
    assert!(printed.contains(words), "{printed}");
}
