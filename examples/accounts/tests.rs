use std::{collections::BTreeMap, path::Path};

use waba::{RetryPolicy, graph};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use super::*;

/// A server that knows all ids but 7, and fails for 9 the first time.
async fn server() -> MockServer {
    let server = MockServer::start().await;
    let nine = || Mock::given(wiremock::matchers::path("/v23.0/9"));
    nine()
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(1)
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(wiremock::matchers::path("/v23.0/7"))
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

async fn run_on(server: &MockServer, folder: &Path) -> Result<Ended> {
    let ids: String = (0..30).map(|id| format!("{id}\n\n")).collect();
    run_with(&ids, server, folder).await
}

async fn run_with(ids: &str, server: &MockServer, folder: &Path) -> Result<Ended> {
    let path = folder.join("ids.txt");
    fs::write(&path, ids)?;
    run_from(&path, &folder.join("out.jsonl"), server).await
}

async fn run_from(ids: &Path, out: &Path, server: &MockServer) -> Result<Ended> {
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
    run(&arguments, &Service::Meta(client)).await
}

/// The lines of the output by the ids.
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

async fn asked(server: &MockServer) -> usize {
    server.received_requests().await.expect("recorded").len()
}

#[tokio::test]
async fn a_second_run_asks_again_only_for_what_may_have_passed() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server().await;
    let ended = run_on(&server, folder.path()).await.expect("an end");
    assert_eq!(ended, Ended::Done);
    let lines = output(folder.path());
    assert_eq!((lines.len(), asked(&server).await), (30, 30));
    assert_eq!(lines["7"][0]["error"]["kind"], "NotFound");
    assert_eq!(lines["9"][0]["error"]["retryable"], true);
    assert_eq!(lines["8"][0]["account"]["id"], "x");

    run_on(&server, folder.path()).await.expect("an end");
    assert_eq!(asked(&server).await, 31, "the one that failed for now");
    let lines = output(folder.path());
    assert_eq!(lines["9"].len(), 2);
    assert_eq!(lines["9"][1]["account"]["id"], "x");
    run_on(&server, folder.path()).await.expect("an end");
    assert_eq!(asked(&server).await, 31, "all is done");
}

#[tokio::test]
async fn a_run_that_was_killed_goes_on_wherever_its_output_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server().await;
    for _ in 0..2 {
        run_on(&server, folder.path()).await.expect("an end");
    }
    // One line an id: the second of the one that failed first.
    let whole = fs::read_to_string(folder.path().join("out.jsonl")).expect("an output");
    let settled = whole
        .lines()
        .filter(|line| !line.contains("\"retryable\":true"));
    let whole: String = settled.map(|line| format!("{line}\n")).collect();
    let whole = whole.as_bytes();
    let within_a_character = whole.iter().rposition(|byte| *byte == 0xc3).expect("an é") + 1;
    for cut in [0, 1, whole.len() / 2, within_a_character, whole.len() - 1] {
        fs::write(folder.path().join("out.jsonl"), &whole[..cut]).expect("written");
        let kept = whole[..cut].iter().filter(|byte| **byte == b'\n').count();
        let before = asked(&server).await;
        run_on(&server, folder.path()).await.expect("an end");
        assert_eq!(asked(&server).await - before, 30 - kept, "cut at {cut}");
        let lines = output(folder.path());
        assert_eq!(lines.len(), 30);
        assert!(lines.values().all(|lines| lines.len() == 1), "none twice");
    }
}

#[tokio::test]
async fn a_refused_credential_stops_the_run_and_fails_no_id() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(401))
        .mount(&server)
        .await;
    let error = run_on(&server, folder.path()).await.expect_err("401");
    assert!(error.to_string().contains("credential was refused"));
    assert!(output(folder.path()).is_empty());
    assert!(asked(&server).await <= 4, "those under way");
}

#[tokio::test]
async fn ids_may_be_added_at_the_end_but_not_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server().await;
    for ids in ["1\n9\n2\n", "1\n9\n2\n3\n", "1\n9\n2\n3\n4"] {
        let ended = run_with(ids, &server, folder.path()).await;
        assert_eq!(ended.expect("an end"), Ended::Done);
    }
    for ids in ["0\n1\n9\n2\n3\n4\n", "1\n2\n9\n3\n4\n", "1\n9\n2\n", ""] {
        let error = run_with(ids, &server, folder.path()).await;
        let error = error.expect_err("other ids").to_string();
        assert!(error.contains("not those"), "{ids:?}: {error}");
    }
}

#[tokio::test]
async fn ids_are_read_whatever_editor_wrote_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server().await;
    let ids = "\u{feff}1\r\n\r\n  2\t\r\n1\r\n\"3";
    let ended = run_with(ids, &server, folder.path()).await;
    assert_eq!(ended.expect("an end"), Ended::Done);
    let lines = output(folder.path());
    assert_eq!(lines.keys().collect::<Vec<_>>(), ["\"3", "1", "2"]);
    assert_eq!(lines["1"].len(), 2, "as often as it stands there");
}

#[tokio::test]
async fn what_cannot_be_read_or_written_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server().await;
    let (ids, out) = (folder.path().join("ids"), folder.path().join("out"));
    fs::write(&ids, b"1\n\xff\n").expect("written");
    for (ids, out, part) in [
        (ids.as_path(), out.as_path(), "line 2 of the ids"),
        (folder.path(), &out, "line 1 of the ids"),
        (&ids, folder.path(), "is no file"),
        #[cfg(target_os = "linux")]
        (&ids, Path::new("/dev/full"), "/dev/full is no file"),
    ] {
        let error = run_from(ids, out, &server).await;
        let error = error.expect_err(part).to_string();
        assert!(error.contains(part), "{error}");
    }
    let (none, other) = (folder.path().join("none"), folder.path().join("other"));
    let error = run_from(&none, &other, &server).await.expect_err("no ids");
    assert!(error.to_string().contains("none: "), "{error}");
    assert!(!other.exists(), "no output without input");
}

#[cfg(unix)]
#[tokio::test]
async fn ids_may_come_from_a_pipe() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server().await;
    let pipe = folder.path().join("ids.txt");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let (ids, out) = (pipe.clone(), folder.path().join("out.jsonl"));
    let writer = tokio::task::spawn_blocking(move || fs::write(pipe, "1\n2\n"));
    let ended = run_from(&ids, &out, &server).await;
    assert_eq!(ended.expect("an end"), Ended::Done);
    writer.await.expect("a writer").expect("written");
    assert_eq!(output(folder.path()).len(), 2);
}

#[test]
fn another_file_is_not_written_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notes.txt");
    for notes in ["my notes", "my notes\nand more", "\n"] {
        fs::write(&path, notes).expect("written");
        assert!(Done::read(&path).is_err());
        assert_eq!(fs::read_to_string(&path).expect("read"), notes);
    }
}
