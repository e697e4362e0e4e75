use std::{collections::BTreeMap, path::Path};

use waba::{RetryPolicy, graph};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, path},
};

use super::*;

/// Starts a server that has all ids except 7, and fails once for 9.
async fn server() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path(format!("/{}/9", graph::API_VERSION)))
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(1)
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(path(format!("/{}/7", graph::API_VERSION)))
        .respond_with(ResponseTemplate::new(404))
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "x", "name": "é"})))
        .mount(&server)
        .await;
    server
}

async fn run_on(server: &MockServer, folder: &Path) -> Result<Outcome> {
    let ids: String = (0..30).map(|id| format!("{id}\n\n")).collect();
    run_with(&ids, server, folder).await
}

async fn run_with(ids: &str, server: &MockServer, folder: &Path) -> Result<Outcome> {
    let path = folder.join("ids.txt");
    fs::write(&path, ids)?;
    run_from(&path, &folder.join("out.jsonl"), server).await
}

async fn run_from(ids: &Path, out: &Path, server: &MockServer) -> Result<Outcome> {
    let arguments = Arguments {
        ids: Some(ids.to_owned()),
        out: out.to_owned(),
        partner_id: None,
        concurrency: 4,
        per_second: 1000,
    };
    let client = graph::Client::builder()
        .access_token("t")
        .base_url(server.uri())
        .retry_policy(RetryPolicy::none())
        .build()?;
    run(&arguments, &Api::Meta(client)).await
}

/// Returns the lines of the output, grouped by id.
fn output(folder: &Path) -> BTreeMap<String, Vec<Value>> {
    let text = fs::read_to_string(folder.join("out.jsonl")).expect("an output");
    let mut lines: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let id = line["id"].as_str().expect("an id").to_owned();
        lines.entry(id).or_default().push(line);
    }
    lines
}

async fn request_count(server: &MockServer) -> usize {
    server.received_requests().await.expect("recorded").len()
}

#[tokio::test]
async fn a_second_run_retries_only_temporary_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server().await;
    let outcome = run_on(&server, folder.path()).await;
    let outcome = outcome.expect("a complete run");
    assert_eq!(outcome, Outcome::Complete { failed: 2 });
    let lines = output(folder.path());
    assert_eq!((lines.len(), request_count(&server).await), (30, 30));
    assert_eq!(lines["7"][0]["error"]["kind"], "NotFound");
    assert_eq!(lines["9"][0]["error"]["retryable"], true);
    assert_eq!(lines["8"][0]["account"]["id"], "x");

    run_on(&server, folder.path())
        .await
        .expect("a complete run");
    assert_eq!(request_count(&server).await, 31, "only id 9");
    let lines = output(folder.path());
    assert_eq!(lines["9"].len(), 2);
    assert_eq!(lines["9"][1]["account"]["id"], "x");
    run_on(&server, folder.path())
        .await
        .expect("a complete run");
    assert_eq!(request_count(&server).await, 31, "no id is left");
}

#[tokio::test]
async fn the_exit_code_is_1_until_no_id_has_failed() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out.jsonl");
    let server = server().await;
    // Id 9 fails once, and id 7 always.
    for (ids, failed, code) in [
        ("8\n9\n", 1, ExitCode::FAILURE),
        ("8\n9\n", 0, ExitCode::SUCCESS),
        ("8\n9\n7\n", 1, ExitCode::FAILURE),
        ("8\n9\n7\n", 1, ExitCode::FAILURE),
    ] {
        let outcome = run_with(ids, &server, folder.path()).await;
        let outcome = outcome.expect("a complete run");
        assert_eq!(outcome, Outcome::Complete { failed });
        assert_eq!(report(&out, Ok(outcome)), code, "{ids:?}");
    }
    assert_eq!(report(&out, Err("failed".into())), ExitCode::FAILURE);
    assert_eq!(report(&out, Ok(Outcome::Interrupted)), ExitCode::from(130));
}

#[tokio::test]
async fn a_run_continues_wherever_the_output_was_cut_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server().await;
    for _ in 0..2 {
        run_on(&server, folder.path())
            .await
            .expect("a complete run");
    }
    // Keep one line per id: the first line of id 9 has a temporary error.
    let whole = fs::read_to_string(folder.path().join("out.jsonl")).expect("an output");
    let results = whole
        .lines()
        .filter(|line| !line.contains("\"retryable\":true"));
    let whole: String = results.map(|line| format!("{line}\n")).collect();
    let whole = whole.as_bytes();
    let within_a_character = whole.iter().rposition(|byte| *byte == 0xc3).expect("an é") + 1;
    for cut in [0, 1, whole.len() / 2, within_a_character, whole.len() - 1] {
        fs::write(folder.path().join("out.jsonl"), &whole[..cut]).expect("written");
        let kept = whole[..cut].iter().filter(|byte| **byte == b'\n').count();
        let before = request_count(&server).await;
        run_on(&server, folder.path())
            .await
            .expect("a complete run");
        assert_eq!(
            request_count(&server).await - before,
            30 - kept,
            "cut at {cut}"
        );
        let lines = output(folder.path());
        assert_eq!(lines.len(), 30);
        assert!(
            lines.values().all(|lines| lines.len() == 1),
            "one line per id"
        );
    }
}

#[tokio::test]
async fn a_rejected_credential_stops_the_run_and_marks_no_id_as_failed() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(401))
        .mount(&server)
        .await;
    let error = run_on(&server, folder.path()).await.expect_err("401");
    assert!(error.to_string().contains("authentication failed"));
    assert!(output(folder.path()).is_empty());
    assert!(
        request_count(&server).await <= 4,
        "only calls that had started"
    );
}

#[tokio::test]
async fn ids_can_be_added_at_the_end_but_not_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server().await;
    for (ids, failed) in [("1\n9\n2\n", 1), ("1\n9\n2\n3\n", 0), ("1\n9\n2\n3\n4", 0)] {
        let outcome = run_with(ids, &server, folder.path()).await;
        let outcome = outcome.expect("a complete run");
        assert_eq!(outcome, Outcome::Complete { failed });
    }
    for ids in ["0\n1\n9\n2\n3\n4\n", "1\n2\n9\n3\n4\n", "1\n9\n2\n", ""] {
        let error = run_with(ids, &server, folder.path()).await;
        let error = error.expect_err("other ids").to_string();
        assert!(error.contains("other ids than"), "{ids:?}: {error}");
    }
}

#[tokio::test]
async fn a_byte_order_mark_crlf_and_blank_lines_are_accepted() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server().await;
    let ids = "\u{feff}1\r\n\r\n  2\t\r\n1\r\n\"3";
    let outcome = run_with(ids, &server, folder.path()).await;
    let outcome = outcome.expect("a complete run");
    assert_eq!(outcome, Outcome::Complete { failed: 0 });
    let lines = output(folder.path());
    assert_eq!(lines.keys().collect::<Vec<_>>(), ["\"3", "1", "2"]);
    assert_eq!(lines["1"].len(), 2, "one line for each line of the input");
}

#[tokio::test]
async fn errors_name_the_file_that_cannot_be_read_or_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server().await;
    let (ids, out) = (folder.path().join("ids"), folder.path().join("out"));
    fs::write(&ids, b"1\n\xff\n").expect("written");
    for (ids, out, part) in [
        (ids.as_path(), out.as_path(), "line 2 of the input"),
        (folder.path(), &out, "line 1 of the input"),
        (&ids, folder.path(), "not a regular file"),
        #[cfg(target_os = "linux")]
        (
            &ids,
            Path::new("/dev/full"),
            "/dev/full: not a regular file",
        ),
    ] {
        let error = run_from(ids, out, &server).await;
        let error = error.expect_err(part).to_string();
        assert!(error.contains(part), "{error}");
    }
    let (missing, other) = (folder.path().join("missing"), folder.path().join("other"));
    let error = run_from(&missing, &other, &server).await;
    let error = error.expect_err("no input").to_string();
    assert!(error.contains("missing: "), "{error}");
    assert!(!other.exists(), "no output without input");
}

#[cfg(unix)]
#[tokio::test]
async fn ids_can_come_from_a_pipe() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server().await;
    let pipe = folder.path().join("ids.txt");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let (ids, out) = (pipe.clone(), folder.path().join("out.jsonl"));
    let writer = tokio::task::spawn_blocking(move || fs::write(pipe, "1\n2\n"));
    let outcome = run_from(&ids, &out, &server).await;
    let outcome = outcome.expect("a complete run");
    assert_eq!(outcome, Outcome::Complete { failed: 0 });
    writer.await.expect("a writer").expect("written");
    assert_eq!(output(folder.path()).len(), 2);
}

#[test]
fn a_file_of_another_program_is_not_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notes.txt");
    for notes in ["my notes", "my notes\nand more", "\n"] {
        fs::write(&path, notes).expect("written");
        assert!(Results::read(&path).is_err());
        assert_eq!(fs::read_to_string(&path).expect("read"), notes);
    }
}
