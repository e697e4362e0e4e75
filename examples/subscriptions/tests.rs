use clap::CommandFactory;
use serde_json::json;

use super::*;
use crate::shared::{
    accounts::Relation,
    fake_graph::{BUSINESS, FakeGraph, Outcome, error},
};

const TOKEN: &str = "planted-secret-of-the-webhook";
const POST: &str = "POST /1/subscribed_apps";
const DELETE: &str = "DELETE /1/subscribed_apps";

/// Starts a server with an account of the id 1, and these apps subscribed to it.
async fn server_with(apps: serde_json::Value) -> FakeGraph {
    let server = FakeGraph::start().await.expect("a server");
    server.add_account(BUSINESS, Relation::Owned, "1", json!({"name": "account 1"}));
    server.edit("1", |account| {
        account.apps = apps.as_array().expect("a list").clone()
    });
    server
}

fn own(override_url: Option<&str>) -> serde_json::Value {
    let mut app = json!({"whatsapp_business_api_data": {"id": FakeGraph::APP, "name": "own"}});
    if let Some(url) = override_url {
        app["override_callback_uri"] = json!(url);
    }
    app
}

fn target(apply: bool) -> Target {
    Target {
        waba_id: "1".to_owned(),
        apply,
    }
}

fn subscribe(override_url: Option<&str>, apply: bool) -> Command {
    Command::Subscribe {
        target: target(apply),
        override_url: override_url.map(str::to_owned),
    }
}

/// Returns the outcome and the output, in which the verify token never is.
async fn run_on(server: &FakeGraph, command: Command) -> (Result<bool>, String) {
    let meta = server.client().expect("a client");
    let mut output = Output::new(Vec::new());
    let token = Some(Secret::from(TOKEN));
    let outcome = run(&command, &meta, token, &mut output).await;
    let text = String::from_utf8(output.into_inner()).expect("UTF-8");
    let printed = outcome
        .as_ref()
        .map_or_else(ToString::to_string, ToString::to_string);
    assert!(
        !format!("{text}{printed}").contains("planted"),
        "{text}{printed}"
    );
    (outcome, text)
}

fn override_url(server: &FakeGraph) -> Option<String> {
    let mut url = None;
    server.edit("1", |account| {
        url = account.apps[0]["override_callback_uri"]
            .as_str()
            .map(str::to_owned);
    });
    url
}

#[test]
fn the_arguments_are_consistent() {
    Arguments::command().debug_assert();
    let parse = |line: &str| Arguments::try_parse_from(line.split(' '));
    for line in [
        "s --demo",
        "s list --business-id 1",
        "s subscribe --waba-id 1 --override-url https://example.com --apply",
        "s clear-override --waba-id 1",
        "s unsubscribe --waba-id 1 --apply",
    ] {
        assert!(parse(line).is_ok(), "{line}");
    }
    for line in [
        "s",
        "s list",
        "s subscribe --waba-id 1 --override-url http://example.com",
    ] {
        assert!(parse(line).is_err(), "{line}");
    }
}

#[tokio::test]
async fn an_app_is_subscribed_before_its_override_is_set() {
    let server = server_with(json!([])).await;
    let url = Some("https://example.com/a");
    let (outcome, text) = run_on(&server, subscribe(url, false)).await;
    assert!(outcome.expect("a plan"));
    assert!(
        text.ends_with("Nothing was changed. Add --apply to do it.\n"),
        "{text}"
    );
    assert_eq!(server.writes(), [""; 0]);

    let (outcome, text) = run_on(&server, subscribe(url, true)).await;
    assert!(outcome.expect("done"));
    insta::assert_snapshot!(text, @r"
    app Lucky Shrub (670843887433847), account 1: not subscribed
    1. subscribe the app
       done
    2. send the webhooks to https://example.com/a, which Meta verifies
       done
    ");
    assert_eq!(server.writes(), [POST, POST]);
    assert_eq!(override_url(&server).as_deref(), url);

    let (outcome, text) = run_on(&server, subscribe(url, true)).await;
    assert!(
        outcome.expect("done") && text.ends_with("nothing to do\n"),
        "{text}"
    );
    assert_eq!(server.writes().len(), 2);
}

#[tokio::test]
async fn an_override_is_replaced_without_being_cleared_in_between() {
    let server = server_with(json!([own(Some("https://example.com/old"))])).await;
    let new = Some("https://example.com/new");
    assert!(run_on(&server, subscribe(new, true)).await.0.expect("done"));
    assert_eq!(
        server.writes(),
        [POST],
        "a call without an override would clear it"
    );
    assert_eq!(override_url(&server).as_deref(), new);
}

#[tokio::test]
async fn subscribing_again_does_not_clear_an_override() {
    let server = server_with(json!([own(Some("https://example.com/old"))])).await;
    let (outcome, text) = run_on(&server, subscribe(None, true)).await;
    assert!(
        outcome.expect("done") && text.ends_with("nothing to do\n"),
        "{text}"
    );
    assert_eq!(server.writes(), [""; 0]);
}

#[tokio::test]
async fn a_failed_override_says_that_the_app_is_subscribed() {
    let server = server_with(json!([])).await;
    // The server repeats the verify token.
    let message = format!("(#2200) Callback verification failed for {TOKEN}");
    server.fail(POST, 1, Outcome::Reject(400, error(2200, 0, &message)));
    let url = Some("https://example.com/a");
    let (outcome, _) = run_on(&server, subscribe(url, true)).await;
    let error = outcome.expect_err("the override fails").to_string();
    assert!(error.contains("Callback verification failed"), "{error}");
    assert!(
        error.contains("The app is subscribed without the override"),
        "{error}"
    );
    assert_eq!(override_url(&server), None);
    // The next run sets only the override.
    assert!(run_on(&server, subscribe(url, true)).await.0.expect("done"));
    assert_eq!(server.writes(), [POST, POST, POST]);
}

#[tokio::test]
async fn an_override_needs_a_verify_token_before_anything_is_sent() {
    let server = server_with(json!([])).await;
    let mut output = Output::new(Vec::new());
    let command = subscribe(Some("https://example.com/a"), true);
    let meta = server.client().expect("a client");
    let error = run(&command, &meta, None, &mut output)
        .await
        .expect_err("no token");
    assert!(
        error
            .to_string()
            .contains("WEBHOOK_VERIFY_TOKEN is not set"),
        "{error}"
    );
    assert_eq!(server.count(""), 0);
}

#[tokio::test]
async fn clearing_an_override_keeps_the_subscription() {
    let server = server_with(json!([own(Some("https://example.com/old"))])).await;
    let (outcome, text) = run_on(&server, Command::ClearOverride(target(false))).await;
    assert!(
        outcome.expect("a plan") && text.contains("no longer to https://example.com/old"),
        "{text}"
    );
    assert_eq!(server.writes(), [""; 0]);
    assert!(
        run_on(&server, Command::ClearOverride(target(true)))
            .await
            .0
            .expect("done")
    );
    assert_eq!(
        (server.writes(), override_url(&server)),
        (vec![POST.to_owned()], None)
    );
    let (_, text) = run_on(&server, Command::ClearOverride(target(true))).await;
    assert!(text.ends_with("nothing to do\n"), "{text}");
}

#[tokio::test]
async fn clearing_an_override_does_not_subscribe_an_app() {
    let server = server_with(json!([])).await;
    let (outcome, _) = run_on(&server, Command::ClearOverride(target(true))).await;
    let error = outcome.expect_err("not subscribed").to_string();
    assert!(
        error.contains("is not subscribed to the account 1"),
        "{error}"
    );
    assert_eq!(server.writes(), [""; 0]);
}

#[tokio::test]
async fn unsubscribing_leaves_other_apps_alone() {
    let other = json!({"whatsapp_business_api_data": {"id": "88", "name": "Help desk"}});
    let server = server_with(json!([own(None), other])).await;
    run_on(&server, Command::Unsubscribe(target(false)))
        .await
        .0
        .expect("a plan");
    assert_eq!(server.writes(), [""; 0]);
    run_on(&server, Command::Unsubscribe(target(true)))
        .await
        .0
        .expect("done");
    assert_eq!(server.writes(), [DELETE]);
    server.edit("1", |account| assert_eq!(account.apps, [other]));
    let (_, text) = run_on(&server, Command::Unsubscribe(target(true))).await;
    assert!(text.ends_with("not subscribed\nnothing to do\n"), "{text}");
    assert_eq!(server.writes(), [DELETE], "another app is not unsubscribed");
}

#[tokio::test]
async fn the_apps_of_all_accounts_are_listed() {
    let server = demo::server().await.expect("a server");
    let list = || Command::List {
        business_id: BUSINESS.to_owned(),
    };
    let (outcome, text) = run_on(&server, list()).await;
    assert!(!outcome.expect("a list"), "one account cannot be read");
    insta::assert_snapshot!(text, @r"
    ACCOUNT              ID    RELATION  APP          APP_ID           WEBHOOKS_GO_TO
    Lucky Shrub          1001  owned     Lucky Shrub  670843887433847  the URL of the app
    Lucky Shrub          1001  owned     Help desk    88               the URL of the app
    Lucky Shrub Support  1002  owned     Lucky Shrub  670843887433847  https://example.com/support
    花屋                 1003  owned     none         -                nowhere: no app is subscribed
    Jasper's Market      2001  client    unknown      -                not read: no permission
    ");
    server.repair();
    assert!(run_on(&server, list()).await.0.expect("a list"));
}

#[tokio::test]
async fn an_account_with_an_app_that_cannot_be_decoded_is_not_shown_as_one_without_apps() {
    let server = server_with(json!(["not an object"])).await;
    let business_id = BUSINESS.to_owned();
    let (outcome, text) = run_on(&server, Command::List { business_id }).await;
    assert!(!outcome.expect("a list"), "the app was not read");
    assert!(text.contains("not read: not a valid app"), "{text}");
    assert!(!text.contains("no app is subscribed"), "{text}");
}

#[tokio::test]
async fn an_app_that_cannot_be_decoded_is_not_treated_as_not_subscribed() {
    let odd = json!("not an object");
    let server = server_with(json!([odd])).await;
    let (outcome, _) = run_on(&server, subscribe(None, true)).await;
    outcome.expect_err("the odd app could be the own one, with an override");
    assert_eq!(server.writes(), [""; 0]);
    // It is not, if another one is.
    let server = server_with(json!([odd, own(None)])).await;
    let (outcome, text) = run_on(&server, subscribe(None, true)).await;
    assert!(
        outcome.expect("done") && text.ends_with("nothing to do\n"),
        "{text}"
    );
}

#[tokio::test]
async fn an_app_on_the_second_page_is_found() {
    let other = |id| json!({"whatsapp_business_api_data": {"id": id}});
    let server = server_with(json!([other("88"), other("89"), own(None)])).await;
    let (outcome, text) = run_on(&server, subscribe(None, true)).await;
    assert!(
        outcome.expect("done") && text.ends_with("nothing to do\n"),
        "{text}"
    );
    assert_eq!(server.count("GET /1/subscribed_apps"), 2, "both pages");
}

#[tokio::test]
async fn an_id_in_the_other_place_is_found() {
    let server = server_with(json!([{"id": FakeGraph::APP, "name": "own"}])).await;
    let (outcome, text) = run_on(&server, subscribe(None, true)).await;
    assert!(
        outcome.expect("done") && text.ends_with("nothing to do\n"),
        "{text}"
    );
}

#[tokio::test]
async fn a_lost_credential_ends_the_calls_and_a_missing_response_does_not() {
    let server = server_with(json!([])).await;
    for id in 2..30 {
        server.add_account(
            BUSINESS,
            Relation::Owned,
            &id.to_string(),
            json!({"name": "n"}),
        );
    }
    let list = || Command::List {
        business_id: BUSINESS.to_owned(),
    };
    server.fail("GET /1/", 0, Outcome::Lose);
    let (outcome, text) = run_on(&server, list()).await;
    assert!(!outcome.expect("a list"));
    assert_eq!(text.matches("not read: server failed").count(), 1);
    assert_eq!(text.matches("nowhere: no app").count(), 28);

    let message = "Error validating access token: The user has removed the app";
    server.fail("GET /1/", 0, Outcome::Reject(401, error(190, 458, message)));
    let before = server.count("GET /29/");
    let (outcome, text) = run_on(&server, list()).await;
    assert!(!outcome.expect("a list"));
    assert!(text.contains("not read: credential lost"), "{text}");
    assert_eq!(server.count("GET /29/"), before, "no call that had to fail");
}

#[tokio::test]
async fn an_empty_business_has_an_empty_list() {
    let server = FakeGraph::start().await.expect("a server");
    let business_id = BUSINESS.to_owned();
    let (outcome, text) = run_on(&server, Command::List { business_id }).await;
    assert!(outcome.expect("a list"));
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[tokio::test]
async fn the_demo_runs_all_commands() {
    let mut output = Output::new(Vec::new());
    assert!(demo::run(&mut output).await.expect("no error"));
    let text = String::from_utf8(output.into_inner()).expect("UTF-8");
    assert!(
        text.contains("1. end the subscription: the app gets no more webhooks\n   done"),
        "{text}"
    );
    assert!(!text.contains("example-verify-token"), "{text}");
}
