use std::{fs, path::Path};

use clap::CommandFactory;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::{
    file::Key,
    shared::{
        accounts::Relation,
        fake_graph::{FakeGraph, Outcome, error},
    },
};

const LIST: &str = "GET /1/message_templates";
const CREATE: &str = "POST /1/message_templates";

/// An account with the id 1, and a folder.
struct Scene {
    server: FakeGraph,
    folder: TempDir,
}

impl Scene {
    /// The account has templates with these names, which are approved.
    async fn new(names: &[&str]) -> Self {
        let server = FakeGraph::start().await.expect("a server");
        server.add_account("b", Relation::Owned, "1", json!({}));
        let templates = names.iter().enumerate().map(|(index, name)| {
            let mut template = template(name, "en_US");
            template["id"] = json!(format!("9{index:03}"));
            template["status"] = json!("APPROVED");
            template
        });
        let templates = templates.collect();
        server.edit("1", |account| account.templates = templates);
        let folder = tempfile::tempdir().expect("a folder");
        Self { server, folder }
    }

    fn place(&self) -> Place {
        Place {
            waba_id: "1".to_owned(),
            folder: self.folder.path().to_owned(),
        }
    }

    async fn run(&self, command: Command) -> (Result<bool>, String) {
        let meta = self.server.client().expect("a client");
        let mut output = Output::new(Vec::new());
        let outcome = run(&command, &meta, &mut output).await;
        let text = String::from_utf8(output.into_inner()).expect("UTF-8");
        (outcome, text)
    }

    async fn export(&self) -> (Result<bool>, String) {
        self.run(Command::Export(self.place())).await
    }

    async fn import(&self, apply: bool) -> (Result<bool>, String) {
        let place = self.place();
        self.run(Command::Import { place, apply }).await
    }

    fn write(&self, file: &str, template: &Value) {
        fs::write(self.folder.path().join(file), template.to_string()).expect("written");
    }

    /// Returns the names of the files that are not hidden.
    fn files(&self) -> Vec<String> {
        files(self.folder.path(), false)
    }

    fn hidden_files(&self) -> Vec<String> {
        files(self.folder.path(), true)
    }

    /// Returns the names of the account's templates.
    fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.server.edit("1", |account| {
            let templates = account.templates.iter();
            names = templates
                .map(|template| template["name"].as_str().expect("a name").to_owned())
                .collect();
        });
        names
    }
}

fn files(folder: &Path, hidden: bool) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let names = names.map(|name| name.into_string().expect("UTF-8"));
    let mut names: Vec<String> = names
        .filter(|name| name.starts_with('.') == hidden)
        .collect();
    names.sort();
    names
}

fn template(name: &str, language: &str) -> Value {
    json!({
        "name": name,
        "language": language,
        "category": "UTILITY",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {"header_text": ["7"]}},
            {"type": "BODY", "text": "It is on its way."},
            {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "CARIBE25"}]},
        ],
    })
}

/// Returns whether a run succeeded and everything was done.
fn complete(outcome: Result<bool>) -> bool {
    outcome.expect("no error")
}

#[test]
fn the_arguments_are_consistent() {
    Arguments::command().debug_assert();
    for arguments in [
        "templates --demo",
        "templates export --waba-id 1 folder",
        "templates import --waba-id 1 folder --apply",
    ] {
        assert!(
            Arguments::try_parse_from(arguments.split(' ')).is_ok(),
            "{arguments}"
        );
    }
    for arguments in [
        "templates",
        "templates export folder",
        "templates --demo export",
    ] {
        assert!(
            Arguments::try_parse_from(arguments.split(' ')).is_err(),
            "{arguments}"
        );
    }
}

#[tokio::test]
async fn an_import_of_an_export_changes_nothing() {
    let scene = Scene::new(&["a", "b", "c", "d", "e"]).await;
    let (outcome, text) = scene.export().await;
    assert!(complete(outcome));
    assert!(text.ends_with(": 5 templates written\n"), "{text}");
    let files = ["a", "b", "c", "d", "e"].map(|name| format!("{name}@en_US.json"));
    assert_eq!(scene.files(), files);
    assert_eq!(scene.hidden_files(), [""; 0]);
    let written = fs::read(scene.folder.path().join("a@en_US.json")).expect("a file");
    let written: Value = serde_json::from_slice(&written).expect("JSON");
    assert_eq!(written, template("a", "en_US"));

    let (outcome, text) = scene.import(true).await;
    assert!(complete(outcome));
    assert!(
        text.contains("create: 0, update: 0, unchanged: 5, impossible: 0"),
        "{text}"
    );
    assert_eq!(scene.server.writes(), [""; 0]);
}

#[tokio::test]
async fn templates_move_to_an_empty_account() {
    let scene = Scene::new(&["a", "b", "c"]).await;
    assert!(complete(scene.export().await.0));
    scene.server.edit("1", |account| account.templates.clear());
    assert!(complete(scene.import(true).await.0));
    assert_eq!(scene.names(), ["a", "b", "c"]);
}

#[tokio::test]
async fn an_account_without_templates_has_an_empty_export() {
    let scene = Scene::new(&[]).await;
    let (outcome, text) = scene.export().await;
    assert!(complete(outcome));
    assert!(text.ends_with(": 0 templates written\n"), "{text}");
    assert!(complete(scene.import(true).await.0));
    assert_eq!(scene.server.writes(), [""; 0]);
}

#[tokio::test]
async fn an_interrupted_export_continues_at_the_page_that_failed() {
    let scene = Scene::new(&["a", "b", "c", "d", "e"]).await;
    let failure = Outcome::Reject(500, error(2, 0, "Service temporarily unavailable"));
    scene.server.fail(LIST, 1, failure);
    let error = scene
        .export()
        .await
        .0
        .expect_err("page 2 fails")
        .to_string();
    assert!(
        error.contains("Start the export again to continue it"),
        "{error}"
    );
    assert_eq!(scene.files().len(), 2);

    let (outcome, text) = scene.export().await;
    assert!(complete(outcome));
    assert!(text.ends_with(": 5 templates written\n"), "{text}");
    assert_eq!(scene.files().len(), 5);
    assert_eq!(scene.hidden_files(), [""; 0]);
    // Page 1, page 2 twice, page 3.
    assert_eq!(scene.server.count(LIST), 4);
}

#[tokio::test]
async fn an_export_starts_again_if_meta_has_forgotten_its_place() {
    let scene = Scene::new(&["a", "b", "c", "d", "e"]).await;
    scene.server.fail(LIST, 1, Outcome::Lose);
    scene.export().await.0.expect_err("page 2 fails");
    // The cursor of page 2 points to it.
    scene
        .server
        .edit("1", |account| _ = account.templates.remove(1));
    let (outcome, text) = scene.export().await;
    assert!(complete(outcome));
    assert!(text.ends_with(": 4 templates written\n"), "{text}");
}

#[tokio::test]
async fn templates_that_are_being_deleted_are_left_out() {
    let scene = Scene::new(&["a", "b"]).await;
    scene.server.edit("1", |account| {
        account.templates[0]["status"] = json!("PENDING_DELETION")
    });
    let (outcome, text) = scene.export().await;
    assert!(
        complete(outcome) && text.contains("1 templates left out"),
        "{text}"
    );
    assert_eq!(scene.files(), ["b@en_US.json"]);
}

#[tokio::test]
async fn an_odd_item_is_reported_and_the_others_are_written() {
    let scene = Scene::new(&["a", "b", "c"]).await;
    scene.server.edit("1", |account| {
        _ = account.templates[0]
            .as_object_mut()
            .expect("an object")
            .remove("category");
    });
    let (outcome, text) = scene.export().await;
    assert!(!complete(outcome), "not all were written");
    assert!(text.contains("1 templates could not be read"), "{text}");
    assert_eq!(scene.files().len(), 2);
}

#[tokio::test]
async fn hostile_names_stay_in_the_folder() {
    let long = "x".repeat(600);
    let other = format!("{long}y");
    let names = [
        "../../etc/passwd",
        "..",
        "",
        ".hidden",
        "con",
        "a/b",
        "a\\b",
        "A",
        "a",
        "a%41",
        "ü",
        "-rf",
        "a\n",
        "a\0b",
        &long,
        &other,
    ];
    let scene = Scene::new(&names).await;
    assert!(complete(scene.export().await.0));
    let files = scene.files();
    assert_eq!(files.len(), names.len(), "{files:?}");
    let mut folded: Vec<_> = files.iter().map(|file| file.to_lowercase()).collect();
    folded.sort();
    folded.dedup();
    assert_eq!(
        folded.len(),
        names.len(),
        "they also differ where case is ignored"
    );
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "_%@~.".contains(c);
    for file in &files {
        assert!(file.len() < 255 && file.chars().all(is_safe), "{file}");
    }
    let (outcome, text) = scene.import(false).await;
    assert!(
        complete(outcome) && text.contains("unchanged: 16"),
        "{text}"
    );
    let folder = Path::new("/folder");
    let key = Key {
        name: "a".to_owned(),
        language: "../b".to_owned(),
    };
    assert_eq!(file::path(folder, &key), folder.join("a@%2e%2e%2fb.json"));
}

#[tokio::test]
async fn without_apply_the_plan_is_printed_and_nothing_is_changed() {
    let scene = Scene::new(&["changed", "same", "pending"]).await;
    assert!(complete(scene.export().await.0));
    scene.server.edit("1", |account| {
        account.templates[2]["status"] = json!("PENDING")
    });
    for name in ["changed", "pending"] {
        let mut changed = template(name, "en_US");
        changed["components"][1]["text"] = json!("It has arrived.");
        scene.write(&format!("{name}@en_US.json"), &changed);
    }
    scene.write("new.json", &template("changed", "de"));
    let (outcome, text) = scene.import(false).await;
    assert!(!complete(outcome), "one is impossible");
    insta::assert_snapshot!(text, @r"
    update     changed (en_US): components
    create     changed (de)
    impossible pending (en_US): components: Meta accepts no edits while the status is PENDING
    unchanged  same (en_US)
    create: 1, update: 1, unchanged: 1, impossible: 1
    Nothing was changed. Add --apply to create and update.
    ");
    assert_eq!(scene.server.writes(), [""; 0]);

    let (outcome, text) = scene.import(true).await;
    assert!(!complete(outcome));
    let lines = "updated changed (en_US)\ncreated changed (de)\ndone: 2, failed: 0\n";
    assert!(text.ends_with(lines), "{text}");
    assert_eq!(scene.server.writes(), ["POST /9000", CREATE]);
    let (_, text) = scene.import(true).await;
    assert!(
        text.contains("create: 0, update: 0, unchanged: 3, impossible: 1"),
        "{text}"
    );
    assert_eq!(scene.server.writes().len(), 2, "nothing is sent again");
}

#[tokio::test]
async fn what_meta_would_reject_is_not_sent() {
    let scene = Scene::new(&["approved"]).await;
    let mut category = template("approved", "en_US");
    category["category"] = json!("MARKETING");
    scene.write("1.json", &category);
    let mut header = template("header", "en_US");
    let url = json!(["https://scontent.example.com/file.png"]);
    header["components"][0] =
        json!({"type": "HEADER", "format": "IMAGE", "example": {"header_handle": url}});
    scene.write("2.json", &header);
    let button =
        json!({"type": "URL", "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE"});
    scene.write(
        "3.json",
        &json!({"name": "code", "language": "en_US", "category": "AUTHENTICATION",
        "components": [{"type": "BODY"}, {"type": "BUTTONS", "buttons": [button]}]}),
    );
    let (outcome, text) = scene.import(true).await;
    assert!(!complete(outcome));
    for part in [
        "impossible approved (en_US): category: Meta accepts no other category",
        "impossible header (en_US): Meta returns the file of a header as a URL",
        "impossible code (en_US): Meta returns the button of an authentication template",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(scene.server.writes(), [""; 0]);
}

#[tokio::test]
async fn values_that_meta_returns_in_another_form_are_no_difference() {
    let scene = Scene::new(&["header", "code"]).await;
    scene.server.edit("1", |account| {
        account.templates[0]["components"] = json!([{"type": "HEADER", "format": "IMAGE",
            "example": {"header_handle": ["https://scontent.example.com/file.png?signature=2"]}}]);
        account.templates[1]["category"] = json!("AUTHENTICATION");
        account.templates[1]["components"] = json!([
            {"type": "BODY", "text": "*{{1}}* is your code.", "add_security_recommendation": true},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Copy", "url": "https://w.com"}]},
        ]);
    });
    scene.write("1.json", &json!({"name": "header", "language": "en_US", "category": "utility",
        "components": [{"type": "header", "format": "image", "example": {"header_handle": ["4::aW"]}}]}));
    scene.write(
        "2.json",
        &json!({"name": "code", "language": "en_US", "category": "AUTHENTICATION",
        "components": [{"type": "BODY", "add_security_recommendation": true},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}]}),
    );
    let (outcome, text) = scene.import(false).await;
    assert!(complete(outcome) && text.contains("unchanged: 2"), "{text}");
}

#[tokio::test]
async fn after_a_lost_response_the_template_is_looked_up_and_not_created_twice() {
    // The filter of the server also finds the other name.
    let scene = Scene::new(&["new_order"]).await;
    scene.write("1.json", &template("new", "en_US"));
    scene.server.fail(CREATE, 0, Outcome::Lose);
    let (outcome, text) = scene.import(true).await;
    assert!(
        complete(outcome) && text.contains("created new (en_US)"),
        "{text}"
    );
    assert_eq!(scene.names(), ["new_order", "new"]);
    assert_eq!(scene.server.count(CREATE), 1);
}

#[tokio::test]
async fn a_template_that_is_missing_after_a_lost_response_is_left_to_the_next_run() {
    let scene = Scene::new(&[]).await;
    scene.write("1.json", &template("new", "en_US"));
    scene
        .server
        .fail(CREATE, 0, Outcome::Reject(503, json!(null)));
    let (outcome, text) = scene.import(true).await;
    assert!(
        !complete(outcome) && text.contains("start the import again later"),
        "{text}"
    );
    assert_eq!(scene.server.count(CREATE), 1, "not sent again in doubt");

    let (outcome, text) = scene.import(true).await;
    assert!(complete(outcome), "{text}");
    assert_eq!(scene.names(), ["new"]);
}

#[tokio::test]
async fn a_template_that_an_interrupted_run_has_sent_is_looked_up_first() {
    let scene = Scene::new(&[]).await;
    scene.write("1.json", &template("new", "en_US"));
    // The journal of a run that was interrupted before it saw the response.
    scene.server.fail(CREATE, 0, Outcome::Lose);
    scene.server.fail(LIST, 1, Outcome::Lose);
    assert!(!complete(scene.import(true).await.0));
    // The list does not have the template yet.
    let empty = json!({"data": [], "paging": {}});
    scene.server.fail(LIST, 0, Outcome::Reject(200, empty));
    let (outcome, text) = scene.import(true).await;
    assert!(complete(outcome) && text.contains("create: 1"), "{text}");
    assert_eq!(scene.server.count(CREATE), 1);
}

#[tokio::test]
async fn an_import_that_ends_in_the_middle_creates_the_rest_the_next_time() {
    let scene = Scene::new(&[]).await;
    for name in ["a", "b", "c", "d"] {
        scene.write(&format!("{name}.json"), &template(name, "en_US"));
    }
    let message = "Error validating access token: Session has expired";
    scene
        .server
        .fail(CREATE, 2, Outcome::Reject(401, error(190, 463, message)));
    let error = scene
        .import(true)
        .await
        .0
        .expect_err("the token has expired")
        .to_string();
    assert!(error.contains("the token has expired"), "{error}");
    assert_eq!(scene.names(), ["a", "b"]);
    let (outcome, text) = scene.import(true).await;
    assert!(
        complete(outcome) && text.contains("create: 2, update: 0, unchanged: 2"),
        "{text}"
    );
    assert_eq!(scene.names(), ["a", "b", "c", "d"]);
    assert_eq!(scene.server.count(CREATE), 5, "one was rejected");
}

#[tokio::test]
async fn one_rejected_template_does_not_end_the_import() {
    let scene = Scene::new(&[]).await;
    for name in ["a", "b", "c"] {
        scene.write(&format!("{name}.json"), &template(name, "en_US"));
    }
    let message = "(#100) Invalid parameter";
    scene
        .server
        .fail(CREATE, 1, Outcome::Reject(400, error(100, 0, message)));
    let (outcome, text) = scene.import(true).await;
    assert!(!complete(outcome));
    assert!(
        text.contains("failed  b (en_US): create_message_template: "),
        "{text}"
    );
    assert!(text.ends_with("done: 2, failed: 1\n"), "{text}");
    assert_eq!(scene.names(), ["a", "c"]);
}

#[tokio::test]
async fn at_metas_limit_the_import_says_when_to_go_on() {
    let scene = Scene::new(&["old"]).await;
    for name in ["a", "b", "c", "old"] {
        let mut template = template(name, "en_US");
        template["components"][1]["text"] = json!("It has arrived.");
        scene.write(&format!("{name}.json"), &template);
    }
    scene.server.limit_creations(1);
    let (outcome, text) = scene.import(true).await;
    assert!(!complete(outcome));
    assert!(
        text.contains("updated old (en_US)\ncreated a (en_US)\nMeta's rate limit is reached"),
        "{text}"
    );
    // The server asks for this wait.
    assert!(
        text.contains("Templates left: 2. Start the import again in 42 minutes, at "),
        "{text}"
    );
    scene.server.limit_creations(10);
    let (outcome, text) = scene.import(true).await;
    assert!(
        complete(outcome) && text.contains("create: 2, update: 0, unchanged: 2"),
        "{text}"
    );
    assert_eq!(scene.names(), ["old", "a", "b", "c"]);
}

#[tokio::test]
async fn no_more_than_100_templates_are_created_in_an_hour() {
    let scene = Scene::new(&[]).await;
    for number in 0..102 {
        let name = format!("t{number:03}");
        scene.write(&format!("{name}.json"), &template(&name, "en_US"));
    }
    for left in [2, 2] {
        let (outcome, text) = scene.import(true).await;
        assert!(!complete(outcome));
        let line = format!("Templates left: {left}. Start the import again in 60 minutes, at ");
        assert!(text.contains(&line), "{text}");
        assert_eq!(scene.server.count(CREATE), 100, "also in the next run");
    }
}

#[tokio::test]
async fn an_update_whose_response_was_lost_is_checked_and_not_sent_again() {
    let scene = Scene::new(&["a", "b"]).await;
    for name in ["a", "b"] {
        let mut template = template(name, "en_US");
        template["components"][1]["text"] = json!("It has arrived.");
        scene.write(&format!("{name}.json"), &template);
    }
    scene.server.fail("POST /9000", 0, Outcome::Lose);
    scene
        .server
        .fail("POST /9001", 0, Outcome::Reject(500, json!(null)));
    let (outcome, text) = scene.import(true).await;
    assert!(!complete(outcome));
    assert!(
        text.contains("updated a (en_US)\nfailed  b (en_US): "),
        "{text}"
    );
    assert_eq!(scene.server.writes(), ["POST /9000", "POST /9001"]);
}

#[tokio::test]
async fn no_template_is_created_from_an_incomplete_list() {
    let scene = Scene::new(&["a", "b", "c"]).await;
    scene.write("1.json", &template("c", "en_US"));
    scene.server.fail(
        LIST,
        1,
        Outcome::Reject(500, error(2, 0, "Service unavailable")),
    );
    scene.import(true).await.0.expect_err("page 2 fails");
    assert_eq!(scene.server.writes(), [""; 0]);
}

#[tokio::test]
async fn files_that_are_not_templates_are_named_before_anything_is_sent() {
    let scene = Scene::new(&[]).await;
    scene.write("1.json", &template("a", "en_US"));
    for (content, part) in [
        (json!([]), "2.json: not a template: "),
        (
            json!({"name": "b", "language": "de", "category": "UTILITY"}),
            "2.json: the template has no",
        ),
        (
            template("a", "en_US"),
            "2.json: the template a (en_US) is also in ",
        ),
    ] {
        scene.write("2.json", &content);
        let error = scene.import(true).await.0.expect_err(part).to_string();
        assert!(error.contains(part), "{error}");
    }
    let place = Place {
        waba_id: "1".to_owned(),
        folder: scene.folder.path().join("missing"),
    };
    let (outcome, _) = scene.run(Command::Import { place, apply: true }).await;
    let error = outcome.expect_err("no folder").to_string();
    assert!(error.contains("missing: "), "{error}");
    assert_eq!(scene.server.count(""), 0);
}

#[tokio::test]
async fn the_demo_ends_with_what_meta_would_reject() {
    let mut output = Output::new(Vec::new());
    assert!(complete(demo::run(&mut output).await));
    let text = String::from_utf8(output.into_inner()).expect("UTF-8");
    assert!(
        text.contains("create: 1, update: 1, unchanged: 1, impossible: 1"),
        "{text}"
    );
    assert!(text.ends_with("done: 0, failed: 0\n"), "{text}");
}
