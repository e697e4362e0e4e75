//! Arguments of calls: the requests that the server receives, and arguments that are rejected.

use reqwest::Method;
use waba::{
    Error, ErrorKind,
    graph::types::{Field, WhatsAppBusinessAccountUpdate},
};

use crate::server::{self, SECRET, hub, json, meta};

#[tokio::test]
async fn sends_a_bearer_token_instead_of_the_api_key() {
    let server = server::start(json(200, "{}")).await;
    let hub = waba::dialog360::Client::builder()
        .bearer_token(SECRET)
        .base_url(server.uri());
    let hub = hub.build().expect("a client");
    let call = hub
        .get_waba_account()
        .partner_id("examplePA")
        .waba_account_id("exampleWA");
    call.send().await.expect("an account");
    let requests = server.received_requests().await.expect("recorded requests");
    let headers = &requests.last().expect("a request").headers;
    assert_eq!(headers["authorization"], format!("Bearer {SECRET}"));
    assert!(!headers.contains_key("x-api-key"), "{headers:?}");
}

#[tokio::test]
async fn sends_undocumented_properties_of_a_body() {
    let server = server::start(json(200, r#"{"success":true}"#)).await;
    let meta = meta(&server.uri());
    let call = meta.update_whatsapp_business_account().waba_id("1");
    let call = call.body_map(|body| {
        let extra = serde_json::Map::from_iter([("new_setting".to_owned(), 1.into())]);
        body.name("Lucky Shrub").extra(extra)
    });
    call.send().await.expect("a result");
    let requests = server.received_requests().await.expect("recorded requests");
    let body = &requests.last().expect("a request").body;
    assert_eq!(body, br#"{"name":"Lucky Shrub","new_setting":1}"#);
}

#[tokio::test]
async fn accepts_a_struct_a_builder_or_a_closure_as_the_body() {
    let server = server::start(json(200, r#"{"success":true}"#)).await;
    let meta = meta(&server.uri());
    let call = || meta.update_whatsapp_business_account().waba_id("1");
    let by_struct = WhatsAppBusinessAccountUpdate {
        timezone_id: Some("43".to_owned()),
        ..WhatsAppBusinessAccountUpdate::default()
    };
    let by_builder = WhatsAppBusinessAccountUpdate::builder().timezone_id("43");
    call().body(by_struct).send().await.expect("a response");
    call().body(by_builder).send().await.expect("a response");
    call()
        .body_map(|body| body.timezone_id("43"))
        .send()
        .await
        .expect("a response");
    for request in server.received_requests().await.expect("recorded requests") {
        assert_eq!(request.body, br#"{"timezone_id":"43"}"#);
    }
}

#[tokio::test]
async fn sends_fields_of_every_form_as_one_parameter() {
    let server = server::start(json(200, r#"{"id":"1"}"#)).await;
    let meta = meta(&server.uri());
    let call = || meta.get_whatsapp_business_account().waba_id("1");
    let names = vec![Field::Name];
    for (call, query) in [
        (
            call().fields([Field::Id, Field::Country]),
            Some("fields=id%2Ccountry"),
        ),
        (call().fields(vec![Field::Id]), Some("fields=id")),
        (
            call().fields(["id", "phone_numbers{id,name}"]),
            Some("fields=id%2Cphone_numbers%7Bid%2Cname%7D"),
        ),
        (call().fields("id,country"), Some("fields=id%2Ccountry")),
        (
            call().fields([Field::Id, "new one".into()]),
            Some("fields=id%2Cnew+one"),
        ),
        (call().fields(&[Field::Name][..]), Some("fields=name")),
        (call().fields(Vec::<Field>::new()), None),
        (call().fields(""), None),
        (call().fields(&names), Some("fields=name")),
        (
            call().fields(Field::ALL.iter().filter(|field| **field == "name")),
            Some("fields=name"),
        ),
        (
            call().fields(names.iter().map(|field| field.as_str())),
            Some("fields=name"),
        ),
        (
            call().fields(names.clone().into_iter().chain([Field::Id])),
            Some("fields=name%2Cid"),
        ),
        (call().fields("id".to_owned()), Some("fields=id")),
        (call(), None),
    ] {
        call.send().await.expect("a response");
        let requests = server.received_requests().await.expect("recorded requests");
        let sent = requests.last().expect("a request").url.query();
        assert_eq!(sent.filter(|query| !query.is_empty()), query);
    }
}

#[tokio::test]
async fn percent_encodes_an_id_as_one_path_segment() {
    let server = server::start(json(200, "{}")).await;
    let hub = hub(&server.uri());
    for (id, segment) in [
        ("a/b", "a%2Fb"),
        ("../x", "..%2Fx"),
        ("...", "..."),
        ("a?b#c", "a%3Fb%23c"),
        ("100%", "100%25"),
        ("%2e%2e%2f", "%252e%252e%252f"),
        ("ünï", "%C3%BCn%C3%AF"),
        ("a b", "a%20b"),
        ("a\\b", "a%5Cb"),
    ] {
        hub.get_waba_account()
            .partner_id(id)
            .waba_account_id("xWA")
            .send()
            .await
            .expect("a response");
        let requests = server.received_requests().await.expect("recorded requests");
        let path = requests.last().expect("a request").url.path().to_owned();
        assert_eq!(
            path,
            format!("/api/v2/partners/{segment}/waba_accounts/xWA"),
            "{id}"
        );
    }
}

#[tokio::test]
async fn an_id_from_a_response_can_be_used_in_the_next_call() {
    let server = server::start(json(200, r#"{"id":7}"#)).await;
    let meta = meta(&server.uri());
    let first = meta
        .get_whatsapp_business_account()
        .waba_id("7")
        .send()
        .await
        .expect("a response");
    meta.get_whatsapp_business_account()
        .waba_id(&first.id)
        .send()
        .await
        .expect("a response");
    meta.get_whatsapp_business_account()
        .waba_id(first.id.clone())
        .send()
        .await
        .expect("a response");
}

#[track_caller]
fn assert_rejected(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
    assert_eq!(error.status(), None, "{error}");
    assert!(!error.is_retryable(), "{error}");
}

#[tokio::test]
async fn names_a_missing_argument_and_sends_nothing() {
    let server = server::start(json(200, "{}")).await;
    let hub = hub(&server.uri());
    let error = hub.get_waba_account().partner_id("examplePA").send().await;
    let error = error.expect_err("an argument is missing");
    assert_rejected(&error);
    assert!(
        error.to_string().contains("`waba_account_id` is missing"),
        "{error}"
    );
    assert_eq!(
        server
            .received_requests()
            .await
            .expect("recorded requests")
            .len(),
        0
    );
}

#[tokio::test]
async fn rejects_an_id_that_is_not_one_path_segment_and_sends_nothing() {
    let server = server::start(json(200, "{}")).await;
    let (hub, meta) = (hub(&server.uri()), meta(&server.uri()));
    for id in [
        "", ".", "..", "%2e", "%2E%2e", ".%2e", "a\nb", "\0", "a\u{7f}",
    ] {
        let error = hub
            .get_waba_account()
            .partner_id(id)
            .waba_account_id("xWA")
            .send()
            .await;
        let error = error.expect_err(id);
        assert_rejected(&error);
        assert!(error.to_string().contains("`partner_id`"), "{error}");
        let error = meta
            .get_whatsapp_business_account()
            .waba_id(id)
            .send()
            .await;
        assert_rejected(&error.expect_err(id));
    }
    assert_eq!(
        server
            .received_requests()
            .await
            .expect("recorded requests")
            .len(),
        0
    );
}

#[tokio::test]
async fn rejects_an_update_without_properties_and_sends_nothing() {
    let server = server::start(json(200, r#"{"success":true}"#)).await;
    let meta = meta(&server.uri());
    let error = meta
        .update_whatsapp_business_account()
        .waba_id("1")
        .send()
        .await;
    let error = error.expect_err("nothing to set");
    assert_rejected(&error);
    assert_eq!(
        server
            .received_requests()
            .await
            .expect("recorded requests")
            .len(),
        0
    );
}

#[tokio::test]
async fn accepts_names_of_1_to_100_characters() {
    let server = server::start(json(200, r#"{"success":true}"#)).await;
    let meta = meta(&server.uri());
    for (name, fits) in [
        ("", false),
        ("é".repeat(100).as_str(), true),
        (&"é".repeat(101), false),
    ] {
        let call = meta
            .update_whatsapp_business_account()
            .waba_id("1")
            .body_map(|body| body.name(name));
        let result = call.send().await;
        assert_eq!(
            result.is_ok(),
            fits,
            "{} characters: {result:?}",
            name.chars().count()
        );
    }
}

#[tokio::test]
async fn an_empty_list_that_would_change_everything_is_not_sent() {
    let meta = crate::server::meta("http://127.0.0.1:9");
    let none: Vec<String> = Vec::new();
    let migrate = meta.migrate_flows().waba_id("1").source_waba_id("2");
    let delete = meta.delete_message_templates().waba_id("1").name("promo");
    let compare = meta
        .compare_message_templates()
        .template_id("1")
        .start(1)
        .end(2);
    for (error, name) in [
        (
            migrate.source_flow_names(none.clone()).send().await.err(),
            "source_flow_names",
        ),
        (delete.hsm_ids(none.clone()).send().await.err(), "hsm_ids"),
        (
            compare.template_ids(none).send().await.err(),
            "template_ids",
        ),
    ] {
        let error = error.expect("an error");
        assert_eq!(error.kind(), waba::ErrorKind::InvalidRequest);
        assert!(
            error.to_string().contains(&format!("`{name}` is empty")),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_argument_of_analytics_cannot_ask_for_other_fields() {
    let meta = crate::server::meta("http://127.0.0.1:9");
    for granularity in [
        "DAY),owner_business_info,x(1",
        "[DAY),owner_business_info,x(1",
    ] {
        let call = meta.get_analytics().waba_id("1").start(1).end(2);
        let error = call.granularity(granularity).send().await;
        let error = error.expect_err("another field");
        assert_eq!(error.kind(), waba::ErrorKind::InvalidRequest);
        assert!(
            error.to_string().contains("invalid `granularity`"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_url_that_is_too_long_is_rejected_and_not_sent() {
    let meta = crate::server::meta("http://127.0.0.1:9");
    let id = "1".repeat(100_000);
    for error in [
        meta.get_whatsapp_business_account()
            .waba_id(&id)
            .send()
            .await
            .map(drop),
        meta.request(Method::GET, "/{id}")
            .path("id", &id)
            .send::<()>()
            .await
            .map(drop),
    ] {
        let error = error.expect_err("an error");
        assert_eq!(error.kind(), waba::ErrorKind::InvalidRequest);
        assert_eq!(error.attempts(), 0);
        assert!(error.to_string().contains("the URL has 100"), "{error}");
    }
}
