//! Only malformed JSON, or a missing or invalid id, is a decode error.

use serde_json::{Value, json};
use waba::{
    ErrorKind,
    graph::types::{
        WhatsAppBusinessAccount, WhatsAppBusinessAccountOwnershipType as Ownership,
        WhatsAppBusinessAccountReviewStatus as Review,
        WhatsAppBusinessAccountVerificationStatus as Verification,
    },
    reqwest::Method,
};

use crate::server;

#[tokio::test]
async fn a_response_limited_by_fields_requires_the_id_only() {
    let account = server::get_meta_account(server::json(200, r#"{"id":"1","country":"US"}"#)).await;
    let account = account.expect("a response to `fields=country` decodes");
    assert_eq!(account.id, "1");
    assert_eq!(account.country.as_deref(), Some("US"));
    assert_eq!(account.name, None);
}

#[tokio::test]
async fn keeps_every_property_of_a_recorded_response_of_meta() {
    let body = r#"{"id":1906385232743451,"business_verification_status":"verified",
        "ownership_type":"SELF","marketing_messages_ad_account":{}}"#;
    let account = server::get_meta_account(server::json(200, body))
        .await
        .expect("it decodes");
    assert_eq!(account.id, "1906385232743451");
    assert_eq!(
        account.business_verification_status,
        Some(Verification::Verified)
    );
    assert_eq!(account.ownership_type, Some(Ownership::SelfValue));
    assert_eq!(account.extra["marketing_messages_ad_account"], json!({}));
}

#[tokio::test]
async fn accepts_every_2xx_status() {
    for status in [201, 202, 206, 299] {
        let account = server::get_meta_account(server::json(status, r#"{"id":"1"}"#)).await;
        assert_eq!(account.expect("a success").id, "1", "{status}");
    }
}

#[tokio::test]
async fn keeps_unknown_enum_values_verbatim() {
    let body = r#"{"id":"1","account_review_status":"Half_Approved"}"#;
    let account = server::get_meta_account(server::json(200, body)).await;
    let status = account.expect("it decodes").account_review_status;
    assert_eq!(status, Some(Review::Unknown("Half_Approved".to_owned())));
}

#[tokio::test]
async fn decodes_an_update_result_with_success_id_or_both() {
    for (body, success, id) in [
        (r#"{"success":true}"#, Some(true), None),
        (r#"{"id":"102290129340398"}"#, None, Some("102290129340398")),
        (
            r#"{"success":true,"id":102290129340398}"#,
            Some(true),
            Some("102290129340398"),
        ),
    ] {
        let result = server::update_meta_account(server::json(200, body))
            .await
            .expect(body);
        assert_eq!(result.success, success, "{body}");
        assert_eq!(result.id.as_deref(), id, "{body}");
    }
}

#[tokio::test]
async fn responses_expose_their_status_and_headers() {
    let response =
        server::json(200, r#"{"id":"1"}"#).append_header("facebook-api-version", "v24.0");
    let server = server::start(response).await;
    let meta = server::meta(&server.uri());
    let response = meta
        .get_whatsapp_business_account()
        .waba_id("1")
        .send()
        .await
        .expect("it decodes");
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["facebook-api-version"], "v24.0");
}

#[tokio::test]
async fn the_text_error_in_a_success_does_not_make_it_fail() {
    let body = r#"{"id":"1","name":"\"error\"","error":null,"meta":{"api_status":"stable"},"success":true}"#;
    let account = server::get_meta_account(server::json(200, body))
        .await
        .expect("a success");
    assert_eq!(account.name.as_deref(), Some("\"error\""));
    assert_eq!(account.extra["error"], Value::Null);
}

#[tokio::test]
async fn half_an_emoji_or_a_number_out_of_range_does_not_make_a_call_fail() {
    let body = r#"{"id":"1","name":"Shrub \ud83d","creation_time":1e400,"new":["\ude00",-1e400]}"#;
    let account = server::get_meta_account(server::json(200, body))
        .await
        .expect("it decodes");
    assert_eq!(account.name.as_deref(), Some("Shrub \u{fffd}"));
    assert_eq!(account.creation_time, None);
    assert_eq!(account.extra["creation_time"], "1e400");
    assert_eq!(account.extra["new"], json!(["\u{fffd}", "-1e400"]));

    let server = server::start(server::json(200, body)).await;
    let meta = server::meta(&server.uri());
    let own = meta.request(Method::GET, "/x").send::<Value>().await;
    assert_eq!(own.expect("a value")["name"], "Shrub \u{fffd}");
}

#[tokio::test]
async fn half_an_emoji_does_not_hide_an_error() {
    let message = r#"{"error":{"message":"\ud83d","code":190}}"#;
    let unsuccessful = r#"{"success":false,"name":"\ud83d"}"#;
    for (status, body, kind) in [
        (400, message, ErrorKind::Authentication),
        (200, message, ErrorKind::Authentication),
        (200, unsuccessful, ErrorKind::Api),
    ] {
        let error = server::update_meta_account(server::json(status, body)).await;
        assert_eq!(error.expect_err(body).kind(), kind, "{status} {body}");
    }
}

#[tokio::test]
async fn converts_a_property_of_another_type_or_treats_it_as_absent() {
    // A float of this size stands for several integers.
    let body = r#"{"id":"1","creation_time":1e16}"#;
    let account = server::get_meta_account(server::json(200, body)).await;
    assert_eq!(account.expect("it decodes").creation_time, None);

    let body = r#"{"id":"1","name":5,"creation_time":"1700000000","is_enabled_for_insights":"true",
        "purchase_order_number":4711,"currency":["EUR"],"country":{"code":"US"},"status":"live"}"#;
    let account = server::get_meta_account(server::json(200, body))
        .await
        .expect("it decodes");
    assert_eq!(account.name.as_deref(), Some("5"));
    assert_eq!(account.creation_time, Some(1_700_000_000));
    assert_eq!(account.is_enabled_for_insights, Some(true));
    assert_eq!(account.purchase_order_number.as_deref(), Some("4711"));
    assert_eq!(account.currency, None);
    assert_eq!(account.country, None);
    assert_eq!(account.status.as_deref(), Some("live"));
    assert_eq!(account.extra["currency"], json!(["EUR"]));
    assert_eq!(account.extra["country"], json!({"code": "US"}));

    let body = r#"{"id":"1","creation_time":1700000000.0,"is_shared_with_partners":7}"#;
    let account = server::get_meta_account(server::json(200, body))
        .await
        .expect("it decodes");
    assert_eq!(account.creation_time, Some(1_700_000_000));
    assert_eq!(account.is_shared_with_partners, None);

    let body = r#"{"id":"1","account_review_status":[],"name":"a","name":"b"}"#;
    let account = server::get_meta_account(server::json(200, body))
        .await
        .expect("it decodes");
    assert_eq!(account.account_review_status, None);
    assert_eq!(account.name.as_deref(), Some("b"));
}

#[tokio::test]
async fn rejects_an_id_that_is_not_a_string_or_an_integer() {
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
        let result = server::get_meta_account(server::json(200, &body)).await;
        assert!(result.is_err(), "{id} should be rejected: {result:?}");
    }
    for (id, text) in [
        ("-7", "-7"),
        ("18446744073709551615", "18446744073709551615"),
    ] {
        let body = format!(r#"{{"id":{id}}}"#);
        let account = server::get_meta_account(server::json(200, &body))
            .await
            .expect("an id");
        assert_eq!(account.id, text);
    }
}

#[tokio::test]
async fn encoding_returns_what_the_server_sent() {
    for body in [
        r#"{"id":"1","name":"Lucky Shrub","new":{"a":[1,null]},"country":{"code":"US"}}"#,
        r#"{"id":"1","currency":["EUR"],"creation_time":"soon","is_shared_with_partners":7}"#,
        r#"{"id":"1","account_review_status":[],"business_verification_status":"brand_new"}"#,
        r#"{"id":1906385232743451,"business_verification_status":"verified","name":null}"#,
        r#"{"id":"1","creation_time":"1700000000","name":7,"is_shared_with_partners":"true"}"#,
        r#"{"id":"1","creation_time":1700000000.0,"ownership_type":7,"new":18446744073709551615}"#,
    ] {
        let account = server::get_meta_account(server::json(200, body)).await;
        let encoded = serde_json::to_value(account.expect(body)).expect("JSON");
        let sent: Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(encoded, sent);
    }
    let body = r#"{"id":"1","settings":{"marketing_messages_lite_api_status":["x"]},"status":{}}"#;
    let account = server::get_hub_account(server::json(200, body)).await;
    let encoded = format!("{:?}", account.expect(body));
    for kept in [
        "\"marketing_messages_lite_api_status\": Array",
        "\"status\": Object",
    ] {
        assert!(encoded.contains(kept), "{kept}: {encoded}");
    }
}

#[tokio::test]
async fn a_changed_field_is_encoded_instead_of_what_the_server_sent() {
    let body =
        r#"{"id":1,"business_verification_status":"verified","name":null,"currency":["EUR"]}"#;
    let account = server::get_meta_account(server::json(200, body)).await;
    let mut account = account.expect("it decodes");
    account.id = "2".into();
    account.business_verification_status = Some(Verification::Expired);
    account.name = Some("Lucky Shrub".to_owned());
    account.currency = Some("EUR".to_owned());
    let expected = r#"{"id":"2","business_verification_status":"expired","currency":"EUR","name":"Lucky Shrub"}"#;
    assert_eq!(serde_json::to_string(&account).expect("JSON"), expected);
    // An unchanged value that is assigned again is encoded as it was sent.
    account.business_verification_status = Some(Verification::Verified);
    let encoded = serde_json::to_value(&account).expect("JSON");
    assert_eq!(encoded["business_verification_status"], "verified");
}

#[tokio::test]
async fn responses_that_differ_in_spelling_only_are_equal() {
    let verified =
        |value: &str| format!("{{\"id\":\"1\",\"business_verification_status\":{value}}}");
    let documented = server::get_meta_account(server::json(200, &verified("\"VERIFIED\""))).await;
    let sent = server::get_meta_account(server::json(200, &verified("\"verified\""))).await;
    let (documented, sent) = (documented.expect("an account"), sent.expect("an account"));
    assert_eq!(documented, sent);
    assert_eq!(format!("{documented:?}"), format!("{sent:?}"));
    assert!(sent.extra.is_empty());
}

#[tokio::test]
async fn a_response_is_cloned_with_its_status_headers_and_body_as_received() {
    let body = r#"{ "id":"1", "new":123456789012345678901234567890, "share":1.50, "id":"2" }"#;
    let response = server::json(201, body).append_header("facebook-api-version", "v24.0");
    let server = server::start(response).await;
    let meta = server::meta(&server.uri());
    let call = meta.get_whatsapp_business_account().waba_id("2");
    let response = call.send().await.expect("it decodes");
    let copy = response.clone();
    drop(response);
    assert_eq!(copy.id, "2");
    assert_eq!(copy.status(), 201);
    assert_eq!(copy.headers()["facebook-api-version"], "v24.0");
    assert_eq!(copy.body(), body);
    let id = copy.map(|account| account.id);
    assert_eq!((id.as_str(), id.status().as_u16()), ("2", 201));
}

#[test]
fn stored_responses_are_decoded_like_responses() {
    let stored = json!({"id": 1, "name": 7, "currency": ["EUR"], "ownership_type": "self"});
    let account: WhatsAppBusinessAccount =
        serde_json::from_str(&stored.to_string()).expect("an account");
    assert_eq!(account.name.as_deref(), Some("7"));
    assert_eq!(account.ownership_type, Some(Ownership::SelfValue));
    assert_eq!(serde_json::to_value(&account).expect("JSON"), stored);
}

#[tokio::test]
async fn any_number_of_properties_may_have_unexpected_types() {
    let names = [
        "name",
        "country",
        "currency",
        "status",
        "creation_time",
        "primary_funding_id",
        "purchase_order_number",
        "is_enabled_for_insights",
        "is_shared_with_partners",
        "message_template_namespace",
        "primary_business_location",
        "ownership_type",
        "template_auto_archival_enabled",
        "marketing_messages_lite_api_status",
        "marketing_messages_onboarding_status",
        "account_review_status",
    ];
    let mut body: Value = names
        .map(|name| (name.to_owned(), json!([name])))
        .into_iter()
        .collect();
    body["id"] = json!("1");
    let response = server::json(200, &body.to_string());
    let account = server::get_meta_account(response)
        .await
        .expect("it decodes");
    assert_eq!(account.extra.len(), names.len());

    let accounts = json!({"data": vec![body; 100]}).to_string();
    let server = server::start(server::json(200, &accounts)).await;
    let meta = server::meta(&server.uri());
    let call = meta.list_owned_whatsapp_business_accounts();
    let page = call.business_id("1").send().await.expect("it decodes");
    assert_eq!((page.data.len(), page.data.undecoded().len()), (100, 0));
    let kept = page.data.iter().map(|account| account.extra.len());
    assert_eq!(kept.sum::<usize>(), 100 * names.len());
}

#[tokio::test]
async fn a_body_is_read_in_every_framing_of_http() {
    for (name, response) in [
        (
            "up to the end of the connection",
            "HTTP/1.1 200 OK\r\n\r\n{\"id\":\"1\"}",
        ),
        ("HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n{\"id\":\"1\"}"),
        (
            "chunks with an extension and a trailer",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\
             5;a=b\r\n{\"id\"\r\n5\r\n:\"1\"}\r\n0\r\nx-a: b\r\n\r\n",
        ),
        (
            "informational responses before it",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n\
             HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"id\":\"1\"}",
        ),
    ] {
        let meta = server::meta(&server::start_raw(response).await);
        let call = meta.get_whatsapp_business_account().waba_id("1").send();
        let account = call.await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(account.id, "1", "{name}");
    }
}
