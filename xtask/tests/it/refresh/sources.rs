//! The forms of `specs/sources.toml`.

use std::fs;

use super::Mirror;
use crate::repository::Repository;

#[test]
fn refuses_sources_that_are_not_valid() {
    for (graph, message) in [
        ("", "expected `index` and `pages`, or `document`, or `page`"),
        (
            "page = \"https://example.com/{version}\"",
            "https://example.com/{version}: the API has no `version`; add it",
        ),
        (
            "version = \"23\"\npage = \"https://example.com\"",
            "invalid API version `23`: expected a form like `v1.0`",
        ),
        (
            "version = \"v1.0\"\nsources.a.version = \"2\"\nsources.a.page = \"https://example.com\"",
            "invalid API version `2`: expected a form like `v1.0`",
        ),
        ("page = \"example.com\"", "example.com: is not a valid URL"),
        (
            "page = \"https://example.com\"\nsources.a.page = \"https://example.com\"",
            "expected one source without a name, or `sources` with names",
        ),
        (
            "sources.\"../a\".page = \"https://example.com\"",
            "invalid name of a source `../a`",
        ),
        (
            "sources.a.sources.b.page = \"https://example.com\"",
            "`sources` belong to the API, not to a source",
        ),
        (
            "covers_all = true\npage = \"https://example.com\"",
            "`covers_all` belongs to a source with a name",
        ),
        ("other = 1", "unknown field `other`"),
    ] {
        let (repository, mirror) = (Repository::frozen(), Mirror::new());
        repository.write("specs/sources.toml", &format!("[graph]\n{graph}\n"));
        let (code, printed) = repository.refresh(&["--from", mirror.from()]);
        assert_eq!(code, 2, "{graph}: {printed}");
        assert!(printed.contains(message), "{graph}: {printed}");
    }
}

#[test]
fn refuses_a_source_without_a_name_beside_spec_yaml() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let sources = repository.read("specs/sources.toml");
    let sources = sources.replace("[graph.sources.account]\n", "");
    repository.write("specs/sources.toml", &sources);
    let (code, printed) = repository.refresh(&["--only", "graph", "--from", mirror.from()]);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("[graph.sources.<name>]"), "{printed}");
}

#[test]
fn refuses_a_document_of_upstream_without_a_source() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let folder = repository.path("specs/graph/upstream");
    fs::rename(folder.join("account.json"), folder.join("old.json")).expect("renamed");
    let (code, printed) = repository.refresh(&["--only", "graph", "--from", mirror.from()]);
    assert_eq!(code, 2, "{printed}");
    let message = "old.json: has no source in specs/sources.toml; delete the file";
    assert!(printed.contains(message), "{printed}");
}
