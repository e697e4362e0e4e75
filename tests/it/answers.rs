//! Nothing in an answer makes it unreadable but JSON that is not JSON, or a missing id.

use serde_json::{Value, json};
use waba::{
    dialog360::types::PartnerWabaAccountOutStatus as Status,
    graph::types::{
        WhatsAppBusinessAccountOwnershipType as Ownership,
        WhatsAppBusinessAccountVerificationStatus as Verification,
    },
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
async fn unknown_fields_are_kept_in_extra_at_every_level() {
    let body = r#"{"id":"xWA","fb_account_status":"verified",
        "settings":{"marketing_messages_lite_api_status":"ELIGIBLE","new":[1,2]}}"#;
    let account = server::ask_hub(server::json(200, body))
        .await
        .expect("it decodes");
    assert_eq!(account.extra["fb_account_status"], json!("verified"));
    let settings = account.settings.expect("settings");
    assert_eq!(
        settings.marketing_messages_lite_api_status.as_deref(),
        Some("ELIGIBLE")
    );
    assert_eq!(settings.extra["new"], json!([1, 2]));
}

#[tokio::test]
async fn unknown_enum_values_are_kept_verbatim() {
    let account = server::ask_hub(server::json(200, r#"{"status":"Half_Approved"}"#)).await;
    let status = account.expect("it decodes").status;
    assert_eq!(status, Some(Status::Unknown("Half_Approved".to_owned())));
}

#[tokio::test]
async fn null_is_the_same_as_absent() {
    let body = r#"{"id":null,"name":null,"status":null,"settings":null,"fb_business_id":null}"#;
    let nulls = server::ask_hub(server::json(200, body))
        .await
        .expect("nulls decode");
    let nothing = server::ask_hub(server::json(200, "{}"))
        .await
        .expect("nothing decodes");
    assert_eq!(serde_json::to_value(&nulls).expect("JSON"), json!({}));
    assert_eq!(serde_json::to_value(&nothing).expect("JSON"), json!({}));
}

#[tokio::test]
async fn ids_may_be_numbers_in_both_apis() {
    let body = r#"{"external_id":21546354756578,"timezone_id":43,"client_id":"xCL"}"#;
    let account = server::ask_hub(server::json(200, body))
        .await
        .expect("it decodes");
    assert_eq!(account.external_id.expect("an id"), "21546354756578");
    assert_eq!(account.timezone_id.expect("an id"), "43");
    assert_eq!(account.client_id.expect("an id"), "xCL");
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
    let body = r#"{"name":"\"error\"","error":null,"meta":{"api_status":"stable"},"success":true}"#;
    let account = server::ask_hub(server::json(200, body))
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

    let body = r#"{"settings":[],"status":true,"name":"a","name":"b"}"#;
    let account = server::ask_hub(server::json(200, body))
        .await
        .expect("it decodes");
    assert!(account.settings.is_none());
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
