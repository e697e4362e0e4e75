use std::{fs, io::Write, path::Path};

use clap::CommandFactory;
use wiremock::MockServer;

use super::{
    fake_graph::{APP_SECRET, CODE, EXPIRED_CODE, PIN, SMS_CODE, TOKEN},
    shared::file::write_json,
    stop::Stop,
    *,
};

const VERIFY_TOKEN: &str = "example-verify-token";

/// Every write of an onboarding, in order.
const WRITES: [&str; 7] = [
    "exchange",
    "request_code",
    "verify_code",
    "subscribe",
    "override",
    "register",
    "create template",
];

/// An operator with a good code who allows a number of writes.
struct Limited {
    allowed: usize,
}

impl Operator for Limited {
    fn allows(&mut self, _: &str) -> io::Result<bool> {
        let allows = self.allowed > 0;
        self.allowed = self.allowed.saturating_sub(1);
        Ok(allows)
    }

    fn signup_code(&mut self) -> io::Result<Option<Secret>> {
        Ok(Some(CODE.into()))
    }

    fn verification_code(&mut self) -> io::Result<Option<Secret>> {
        Ok(Some(SMS_CODE.into()))
    }
}

/// Runs an onboarding with the files in `folder`. Returns the outcome and the output.
async fn onboard_in(
    server: &MockServer,
    folder: &Path,
    operator: &mut dyn Operator,
) -> (Result<(), Stop>, String) {
    let mut output = Output::new(Vec::new());
    let outcome = onboard_to(server, folder, operator, &mut output).await;
    let text = String::from_utf8(output.into_inner()).expect("text");
    (outcome, text)
}

/// Does the same, with another output.
async fn onboard_to(
    server: &MockServer,
    folder: &Path,
    operator: &mut dyn Operator,
    output: &mut Output<impl Write>,
) -> Result<(), Stop> {
    let state_path = folder.join("onboard.json");
    let mut onboarding = Onboarding {
        app: demo_client(&server.uri()).expect("a client"),
        settings: demo_settings(),
        state: State::read(&state_path).expect("a state"),
        state_path,
        token_file: TokenFile::new(folder.join("onboard.token")),
        operator,
        output,
    };
    onboarding.run().await
}

#[test]
fn the_arguments_are_consistent() {
    Arguments::command().debug_assert();
    let parse = |line: &str| Arguments::try_parse_from(line.split(' '));
    for line in ["onboard --demo", "onboard --app-id 1 --waba-id 2"] {
        assert!(parse(line).is_ok(), "{line}");
    }
    for line in ["onboard", "onboard --demo --app-id 1"] {
        assert!(parse(line).is_err(), "{line}");
    }
}

#[tokio::test]
async fn the_demo_recovers_from_every_simulated_failure() {
    let folder = tempfile::tempdir().expect("a folder");
    let graph = FakeGraph::default();
    let server = graph.start().await;
    let (outcome, out) = onboard_in(&server, folder.path(), &mut Demo::default()).await;
    outcome.expect("an approved template");
    assert!(
        out.ends_with("8/8 template: 594425479261596 is approved\n"),
        "{out}"
    );
    let mut failures = graph.with(|graph| graph.failures.clone());
    failures.sort_unstable();
    assert_eq!(
        failures,
        [
            "account that is not shared",
            "expired code",
            "id of a business",
            "lost response of the creation",
            "lost response of the verification",
            "name in review",
            "name not ready",
            "override without subscription",
        ]
    );
    // Each of them, except the review, is shown with its recovery.
    assert_eq!(out.matches("    → ").count(), 7, "{out}");
    let mut writes = graph.with(|graph| graph.writes.clone());
    // The subscription was lost once.
    assert_eq!(writes.remove(4), "subscribe");
    assert_eq!(writes, WRITES);
}

/// A pipe whose reader has closed it.
struct ClosedPipe;

impl Write for ClosedPipe {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_closed_pipe_does_not_end_the_onboarding() {
    let folder = tempfile::tempdir().expect("a folder");
    let graph = FakeGraph::default();
    graph.with(|graph| graph.is_healthy = true);
    let server = graph.start().await;
    let operator = &mut Limited { allowed: 99 };
    let output = &mut Output::new(ClosedPipe);
    let outcome = onboard_to(&server, folder.path(), operator, output).await;
    outcome.expect("an approved template");
    assert_eq!(graph.with(|graph| graph.writes.clone()), WRITES);
}

#[tokio::test]
async fn a_run_that_stops_before_any_write_is_continued_without_repeating_one() {
    for allowed in 0..=WRITES.len() {
        let folder = tempfile::tempdir().expect("a folder");
        let graph = FakeGraph::default();
        graph.with(|graph| graph.is_healthy = true);
        let server = graph.start().await;
        let (outcome, _) = onboard_in(&server, folder.path(), &mut Limited { allowed }).await;
        assert_eq!(outcome.is_ok(), allowed == WRITES.len(), "{allowed}");
        assert_eq!(graph.with(|graph| graph.writes.clone()), WRITES[..allowed]);
        let (outcome, out) = onboard_in(&server, folder.path(), &mut Limited { allowed: 99 }).await;
        outcome.unwrap_or_else(|stop| panic!("{allowed}: {stop}\n{out}"));
        let mut writes = graph.with(|graph| graph.writes.clone());
        if allowed == 2 {
            // The code of the first run is not known any more.
            assert_eq!(writes.remove(1), "request_code");
        }
        assert_eq!(writes, WRITES, "{allowed}");
    }
}

#[tokio::test]
async fn no_output_and_no_file_but_the_token_file_contains_a_secret() {
    let secrets = [
        APP_SECRET,
        TOKEN,
        CODE,
        EXPIRED_CODE,
        SMS_CODE,
        PIN,
        VERIFY_TOKEN,
    ];
    let ends = [
        "access_token",
        "debug_token",
        "phone_numbers",
        "request_code",
        "verify_code",
        "subscribed_apps",
        "register",
        "message_templates",
        "nothing",
    ];
    for (end, status) in ends.into_iter().flat_map(|end| [(end, 400), (end, 503)]) {
        let folder = tempfile::tempdir().expect("a folder");
        let graph = FakeGraph::default();
        graph.with(|graph| graph.echo = Some((end, status)));
        let server = graph.start().await;
        let (outcome, mut text) = onboard_in(&server, folder.path(), &mut Demo::default()).await;
        assert_eq!(outcome.is_ok(), end == "nothing", "{end}");
        if let Err(stop) = outcome {
            text += &format!("{stop} {stop:?}");
        }
        for entry in fs::read_dir(folder.path()).expect("files") {
            let path = entry.expect("a file").path();
            match path.ends_with("onboard.token") {
                true => assert_private(&path),
                false => text += &fs::read_to_string(path).expect("text"),
            }
        }
        for secret in secrets {
            assert!(!text.contains(secret), "{end}: {secret}: {text}");
        }
    }
}

/// Asserts that only the owner can read the file.
fn assert_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let mode = fs::metadata(path).expect("a file").mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
}

#[tokio::test]
async fn an_outage_is_not_taken_for_a_lost_token() {
    for (status, code, expected) in [
        (503, 2, "nothing is lost"),
        (400, 190, "the token is lost"),
        (400, 80007, "start again in 3600 s"),
        (403, 200, "the token is accepted"),
    ] {
        let body = serde_json::json!({"error": {"message": "m", "code": code}});
        let response = wiremock::ResponseTemplate::new(status).set_body_json(body);
        let server = MockServer::start().await;
        let mock = wiremock::Mock::given(wiremock::matchers::any()).respond_with(response);
        mock.mount(&server).await;
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("onboard.token"), TOKEN).expect("a token");
        let state = State {
            waba_id: Some("1".to_owned()),
            ..State::default()
        };
        write_json(&folder.path().join("onboard.json"), &state).expect("a state");
        let operator = &mut Limited { allowed: 99 };
        let (outcome, out) = onboard_in(&server, folder.path(), operator).await;
        let stop = outcome.expect_err("an error").to_string();
        assert!(
            format!("{out}{stop}").contains(expected),
            "{code}: {out}{stop}"
        );
    }
}
