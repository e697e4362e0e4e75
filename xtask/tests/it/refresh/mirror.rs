//! Refreshes from a mirror in a folder.

use std::fs;

use super::{DIALOG360, GRAPH, Mirror, replaced};
use crate::repository::Repository;

#[test]
fn uses_all_matching_files_of_a_mirror_without_an_index() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let sources = repository.read("specs/sources.toml");
    let pattern = "partner-api/api-reference/*";
    // Names with characters that have a meaning in a URL.
    for name in [
        "a b.md",
        "a:b.md",
        "a?b.md",
        "a#b.md",
        "a%2f..%2fb.md",
        "é.md",
    ] {
        mirror.write(
            &format!("docs.360dialog.com/partner/partner-api/api-reference/{name}"),
            "# Prose\n",
        );
    }
    for (pattern, pages) in [
        (pattern, 7),
        ("partner-api/*/*", 7),
        ("partner-api/api-reference/waba-*", 1),
    ] {
        let edited = replaced(&sources, "partner-api/api-reference/*", pattern);
        repository.write("specs/sources.toml", &edited);
        let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
        assert_eq!(code, 0, "{pattern}: {printed}");
        let fetched = printed
            .matches("fetched https://docs.360dialog.com/")
            .count();
        assert_eq!(fetched, pages, "{pattern}: {printed}");
    }
    let edited = replaced(&sources, pattern, "elsewhere/*");
    repository.write("specs/sources.toml", &edited);
    let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("elsewhere/*"), "{printed}");
}

#[test]
fn reports_a_page_without_operations() {
    let models = r#"{"openapi":"3.1.0","info":{"title":"Partners V2 API","version":"2.0.0"},"components":{}}"#;
    for page in [
        "# Prose\n",
        &format!("# Models\n\n```json\n{models}\n```\n"),
    ] {
        let (repository, mirror) = (Repository::frozen(), Mirror::new());
        let at = DIALOG360.replace("waba-account-management", "other");
        mirror.write(&at, page);
        let (_, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
        let line = format!("https://{at}: describes no operation");
        assert!(printed.contains(&line), "{page}: {printed}");
    }
}

#[cfg(unix)]
#[test]
fn refuses_a_page_of_a_mirror_that_is_not_a_regular_file() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    fs::remove_file(mirror.path(GRAPH)).expect("removed");
    for endless in ["/dev/zero", "/dev/null"] {
        let _ = fs::remove_file(mirror.path(GRAPH));
        std::os::unix::fs::symlink(endless, mirror.path(GRAPH)).expect("a link");
        let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
        assert_eq!(code, 2, "{printed}");
        assert!(printed.contains("it is not a regular file"), "{printed}");
    }
}

#[test]
fn names_a_mirror_that_does_not_exist() {
    let (code, printed) = Repository::frozen().refresh(&["--from", "nowhere"]);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("nowhere"), "{printed}");
}
