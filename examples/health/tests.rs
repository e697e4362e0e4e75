use serde_json::{Value, json};
use waba::{RetryPolicy, graph::Client};

use super::*;
use crate::{
    demo::number,
    report::{AccountReport, Level},
    shared::{
        accounts::Relation,
        cause::Cause,
        fake_graph::{BUSINESS, FakeGraph, Outcome, error},
    },
};

async fn server_with(ids: &[&str]) -> FakeGraph {
    let server = FakeGraph::start().await.expect("a server");
    for id in ids {
        let node = json!({
            "name": format!("account {id}"),
            "account_review_status": "APPROVED",
            "business_verification_status": "verified",
            "whatsapp_business_manager_messaging_limit": "TIER_10K",
            "health_status": {"can_send_message": "AVAILABLE"},
        });
        server.add_account(BUSINESS, Relation::Owned, id, node);
        server.edit(id, |account| {
            account.numbers = vec![number(id, "CONNECTED", "GREEN")]
        });
    }
    server
}

async fn read_from(server: &FakeGraph) -> Report {
    read::read(&server.client().expect("a client"), BUSINESS).await
}

fn find<'r>(report: &'r Report, id: &str) -> &'r AccountReport {
    let found = report.accounts.iter().find(|account| account.id == id);
    found.expect("the account")
}

fn written(report: &Report, format: Format) -> String {
    let mut text = Vec::new();
    write(report, format, &mut text).expect("written");
    String::from_utf8(text).expect("UTF-8")
}

/// Returns the causes of the notes of an account.
fn causes(report: &Report, id: &str) -> Vec<Cause> {
    let notes = find(report, id).attention.iter();
    notes.filter_map(|note| note.cause).collect()
}

#[tokio::test]
async fn a_business_without_problems_needs_no_attention() {
    // Three pages of owned accounts, and one account in both lists.
    let server = server_with(&["1", "2", "3", "4", "5"]).await;
    server.add_account(BUSINESS, Relation::Client, "6", json!({"name": "client"}));
    server.add_account(
        BUSINESS,
        Relation::Client,
        "5",
        json!({"name": "account 5"}),
    );
    server.edit("1", |account| {
        account.numbers = (0..5)
            .map(|id| number(&id.to_string(), "CONNECTED", "GREEN"))
            .collect();
    });
    let report = read_from(&server).await;
    assert!(!report.needs_attention(), "{:?}", report.to_table());
    assert_eq!(report.accounts.len(), 6);
    assert_eq!(find(&report, "1").numbers.len(), 5, "all pages");
    assert_eq!(find(&report, "5").relation, Relation::Owned);
    assert_eq!(find(&report, "6").relation, Relation::Client);
    let text = written(&report, Format::Table);
    assert!(
        text.starts_with("Nothing needs attention. Accounts: 6, numbers: 9."),
        "{text}"
    );
}

#[tokio::test]
async fn a_business_without_accounts_needs_no_attention() {
    let server = server_with(&[]).await;
    let report = read_from(&server).await;
    assert!(!report.needs_attention());
    assert_eq!(
        written(&report, Format::Table),
        "Nothing needs attention. Accounts: 0, numbers: 0.\n"
    );
}

#[tokio::test]
async fn the_demo_shows_what_needs_attention_first() {
    let server = demo::server().await.expect("a server");
    let report = read_from(&server).await;
    assert!(report.needs_attention());
    let levels: Vec<_> = report.accounts.iter().map(AccountReport::level).collect();
    let (critical, warning) = (Some(Level::Critical), Some(Level::Warning));
    assert_eq!(levels, [critical, critical, warning, warning, None]);
    let text = written(&report, Format::Table);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "Needs attention:");
    assert!(lines[1].starts_with("  CRITICAL  Jasper's Market (2001): the account was not read: "));
    let blocked = "花屋 (1003): sending messages is BLOCKED at the waba 1003; 141006: There is an \
                   error with the payment method. Possible solution: Add a payment method to the \
                   account.";
    assert!(text.contains(blocked), "{text}");
    let last = "Lucky Shrub          1001  owned     ok        APPROVED  verified      AVAILABLE  \
                TIER_10K  1";
    assert!(text.contains(last), "{text}");
}

#[tokio::test]
async fn json_has_the_accounts_and_numbers_as_meta_returned_them() {
    let server = server_with(&["1"]).await;
    server.edit("1", |account| {
        account.node["account_review_status"] = json!("REJECTED");
        account.numbers[0]["status"] = json!("BRAND_NEW");
    });
    let report = read_from(&server).await;
    let json: Value = serde_json::from_str(&written(&report, Format::Json)).expect("JSON");
    assert_eq!(json["business_id"], BUSINESS);
    let account = &json["accounts"][0];
    assert_eq!(account["account"]["account_review_status"], "REJECTED");
    assert_eq!(account["numbers"][0]["status"], "BRAND_NEW");
    assert_eq!(
        account["attention"][0],
        json!({"level": "critical", "text": "the review is REJECTED"})
    );
    assert_eq!(account["attention"][1]["level"], "warning");
}

#[tokio::test]
async fn each_state_that_needs_attention_is_reported() {
    let server = server_with(&["1"]).await;
    let cases = [
        (
            "/node/account_review_status",
            json!("PENDING"),
            Level::Warning,
        ),
        (
            "/node/account_review_status",
            json!("RESTRICTED"),
            Level::Critical,
        ),
        (
            "/node/business_verification_status",
            json!("expired"),
            Level::Warning,
        ),
        (
            "/node/health_status",
            json!({"can_send_message": "LIMITED"}),
            Level::Warning,
        ),
        ("/number/status", json!("BANNED"), Level::Critical),
        ("/number/status", json!("FLAGGED"), Level::Warning),
        ("/number/quality_rating", json!("RED"), Level::Warning),
        ("/number/name_status", json!("DECLINED"), Level::Warning),
    ];
    for (place, value, level) in cases {
        let (mut node, mut phone) = (Value::Null, Value::Null);
        server.edit("1", |account| {
            (node, phone) = (account.node.clone(), account.numbers[0].clone())
        });
        server.edit("1", |account| match place.strip_prefix("/node/") {
            Some(field) => account.node[field] = value.clone(),
            None => account.numbers[0][place.trim_start_matches("/number/")] = value.clone(),
        });
        let report = read_from(&server).await;
        assert_eq!(find(&report, "1").level(), Some(level), "{place} {value}");
        server.edit("1", |account| {
            (account.node, account.numbers[0]) = (node, phone)
        });
        assert!(!read_from(&server).await.needs_attention());
    }
}

#[tokio::test]
async fn calls_over_sip_that_are_blocked_need_no_attention() {
    let server = server_with(&["1"]).await;
    server.edit("1", |account| {
        account.node["health_status"] = json!({"can_send_message": "BLOCKED", "entities": [
            {"entity_type": "WABA", "can_send_message": "AVAILABLE", "can_receive_call_sip": "BLOCKED"},
        ]});
    });
    assert!(!read_from(&server).await.needs_attention());
}

#[tokio::test]
async fn one_account_that_cannot_be_read_does_not_end_the_run() {
    let server = server_with(&["1", "2", "3"]).await;
    let message = "(#10) Application does not have permission for this action";
    server.fail("GET /2", 0, Outcome::Reject(403, error(10, 0, message)));
    let report = read_from(&server).await;
    assert_eq!(causes(&report, "2"), [Cause::NoPermission]);
    assert_eq!(
        find(&report, "2").numbers.len(),
        1,
        "the numbers are readable"
    );
    for id in ["1", "3"] {
        assert_eq!(find(&report, id).level(), None);
    }
}

#[tokio::test]
async fn a_field_that_the_version_does_not_know_is_left_out() {
    let server = server_with(&["1", "2"]).await;
    server.edit("1", |account| {
        account.unknown_fields = vec!["health_status", "throughput"]
    });
    let report = read_from(&server).await;
    let account = find(&report, "1");
    let read = account.account.as_ref().expect("the account");
    assert_eq!(
        read.account_review_status
            .as_ref()
            .map(|status| status.as_str()),
        Some("APPROVED")
    );
    assert_eq!(account.numbers.len(), 1);
    let notes: Vec<_> = account
        .attention
        .iter()
        .map(|note| note.text.as_str())
        .collect();
    assert_eq!(
        notes,
        [
            "the field health_status is not known here, and was left out",
            "the field throughput is not known here, and was left out",
        ]
    );
    assert_eq!(find(&report, "2").level(), None);
}

#[tokio::test]
async fn a_lost_credential_is_told_apart_from_a_missing_response() {
    let server = server_with(&["1", "2"]).await;
    server.fail("GET /1", 0, Outcome::Lose);
    let report = read_from(&server).await;
    assert_eq!(causes(&report, "1"), [Cause::ServerFailed]);
    assert_eq!(find(&report, "2").level(), None, "the run goes on");

    // Nothing listens at this address.
    let meta = Client::builder()
        .access_token("any")
        .base_url("http://127.0.0.1:9")
        .retry_policy(RetryPolicy::none())
        .build()
        .expect("a client");
    let report = read::read(&meta, BUSINESS).await;
    let causes: Vec<_> = report.problems.iter().map(|note| note.cause).collect();
    assert_eq!(causes, [Some(Cause::NoResponse), Some(Cause::NoResponse)]);
    let text = written(&report, Format::Table);
    assert!(
        text.contains("no response") && !text.contains("credential lost"),
        "{text}"
    );
}

#[tokio::test]
async fn a_credential_that_is_lost_in_the_middle_ends_the_calls() {
    let ids: Vec<String> = (1..=40).map(|id| format!("{id:02}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let server = server_with(&ids).await;
    let message = "Error validating access token: The session has been invalidated";
    server.fail_always("GET /03", Outcome::Reject(401, error(190, 460, message)));
    let report = read_from(&server).await;
    assert_eq!(report.accounts.len(), 40, "every account is in the report");
    assert_eq!(causes(&report, "03"), [Cause::CredentialLost]);
    assert_eq!(causes(&report, "40"), [Cause::CredentialLost]);
    assert_eq!(server.count("GET /40"), 0, "no call that had to fail");
    let text = written(&report, Format::Table);
    assert!(text.contains("the token was revoked"), "{text}");
}

#[tokio::test]
async fn a_page_of_accounts_that_fails_leaves_the_pages_before_it() {
    let server = server_with(&["1", "2", "3", "4", "5"]).await;
    let list = format!("GET /{BUSINESS}/owned");
    server.fail(
        &list,
        1,
        Outcome::Reject(500, error(2, 0, "Service temporarily unavailable")),
    );
    let report = read_from(&server).await;
    assert_eq!(report.accounts.len(), 2);
    assert_eq!(report.problems[0].cause, Some(Cause::ServerFailed));
    assert!(report.needs_attention());
    let text = written(&report, Format::Table);
    assert!(
        text.contains("the list of owned accounts was not read"),
        "{text}"
    );
}
