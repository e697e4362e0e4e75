//! Nothing in an answer makes it unreadable but JSON that is not JSON, or a missing id.

use serde_json::{Value, json};
use waba::graph::types::{
    WhatsAppBusinessAccountOwnershipType as Ownership,
    WhatsAppBusinessAccountReviewStatus as Review,
    WhatsAppBusinessAccountVerificationStatus as Verification,
};

use crate::server;

#[tokio::test]
async fn an_answer_narrowed_by_fields_needs_the_id_alone() {
    let account = server::ask_meta(server::json(200, r#"{"id":"1","country":"US"}"#)).await;
    let account = account.expect("the answer to `fields=country` decodes");
    assert_eq!(account.id, "1");
    assert_eq!(account.country.as_deref(), Some("US"));
    assert_eq!(account.name, None);
}

#[tokio::test]
async fn an_answer_as_recorded_from_meta_loses_nothing() {
    let body = r#"{"id":1906385232743451,"business_verification_status":"verified",
        "ownership_type":"SELF","health_status":{}}"#;
    let account = server::ask_meta(server::json(200, body))
        .await
        .expect("it decodes");
    assert_eq!(account.id, "1906385232743451");
    assert_eq!(
        account.business_verification_status,
        Some(Verification::Verified)
    );
    assert_eq!(account.ownership_type, Some(Ownership::SelfValue));
    assert_eq!(account.extra["health_status"], json!({}));
}

#[tokio::test]
async fn a_success_of_another_status_is_a_success() {
    for status in [201, 202, 206, 299] {
        let account = server::ask_meta(server::json(status, r#"{"id":"1"}"#)).await;
        assert_eq!(account.expect("a success").id, "1", "{status}");
    }
}

#[tokio::test]
async fn unknown_enum_values_are_kept_verbatim() {
    let body = r#"{"id":"1","account_review_status":"Half_Approved"}"#;
    let account = server::ask_meta(server::json(200, body)).await;
    let status = account.expect("it decodes").account_review_status;
    assert_eq!(status, Some(Review::Unknown("Half_Approved".to_owned())));
}

#[tokio::test]
async fn an_update_may_be_answered_by_success_or_id_or_both() {
    for (body, success, id) in [
        (r#"{"success":true}"#, Some(true), None),
        (r#"{"id":"102290129340398"}"#, None, Some("102290129340398")),
        (
            r#"{"success":true,"id":102290129340398}"#,
            Some(true),
            Some("102290129340398"),
        ),
    ] {
        let result = server::change_meta(server::json(200, body))
            .await
            .expect(body);
        assert_eq!(result.success, success, "{body}");
        assert_eq!(result.id.as_deref(), id, "{body}");
    }
}

#[tokio::test]
async fn status_and_headers_of_an_answer_can_be_read() {
    let answer = server::json(200, r#"{"id":"1"}"#).append_header("facebook-api-version", "v24.0");
    let server = server::answering(answer).await;
    let meta = server::meta(&server.uri());
    let answer = meta
        .get_whatsapp_business_account()
        .waba_id("1")
        .send()
        .await
        .expect("it decodes");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["facebook-api-version"], "v24.0");
}

#[tokio::test]
async fn the_name_error_in_a_success_is_no_error_unless_it_is_one() {
    let body = r#"{"id":"1","name":"\"error\"","error":null,"meta":{"api_status":"stable"},"success":true}"#;
    let account = server::ask_meta(server::json(200, body))
        .await
        .expect("it is a success");
    assert_eq!(account.name.as_deref(), Some("\"error\""));
    assert_eq!(account.extra["error"], Value::Null);
}

#[tokio::test]
async fn a_member_of_another_kind_is_read_as_its_own_kind_or_as_absent() {
    let body = r#"{"id":"1","name":5,"creation_time":"1700000000","is_enabled_for_insights":"true",
        "purchase_order_number":4711,"currency":["EUR"],"country":{"code":"US"},"status":"live"}"#;
    let account = server::ask_meta(server::json(200, body))
        .await
        .expect("it decodes");
    assert_eq!(account.name.as_deref(), Some("5"));
    assert_eq!(account.creation_time, Some(1_700_000_000));
    assert_eq!(account.is_enabled_for_insights, Some(true));
    assert_eq!(account.purchase_order_number.as_deref(), Some("4711"));
    assert_eq!(account.currency, None);
    assert_eq!(account.country, None);
    assert_eq!(account.status.as_deref(), Some("live"));

    let body = r#"{"id":"1","creation_time":1700000000.0,"is_shared_with_partners":7}"#;
    let account = server::ask_meta(server::json(200, body))
        .await
        .expect("it decodes");
    assert_eq!(account.creation_time, Some(1_700_000_000));
    assert_eq!(account.is_shared_with_partners, None);

    let body = r#"{"id":"1","account_review_status":[],"name":"a","name":"b"}"#;
    let account = server::ask_meta(server::json(200, body))
        .await
        .expect("it decodes");
    assert_eq!(account.account_review_status, None);
    assert_eq!(account.name.as_deref(), Some("b"));
}

#[tokio::test]
async fn an_id_whose_digits_are_lost_is_not_taken_for_another() {
    for id in [
        "123456789012345678901234567890.5",
        "1e30",
        "1.5",
        "{}",
        "[1]",
        "true",
        "null",
    ] {
        let body = format!(r#"{{"id":{id}}}"#);
        let answer = server::ask_meta(server::json(200, &body)).await;
        assert!(answer.is_err(), "{id} is no id: {answer:?}");
    }
    for (id, text) in [
        ("-7", "-7"),
        ("18446744073709551615", "18446744073709551615"),
    ] {
        let body = format!(r#"{{"id":{id}}}"#);
        let account = server::ask_meta(server::json(200, &body))
            .await
            .expect("an id");
        assert_eq!(account.id, text);
    }
}
