//! Credentials go into their header and nowhere else.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::{Map, Value};
use waba::{Error, dialog360, graph};
use wiremock::{MockServer, ResponseTemplate};

use crate::server::{self, SECRET, hub, json, meta};

#[test]
fn no_debug_output_shows_a_credential() {
    let builders = (
        dialog360::Client::builder().api_key(SECRET),
        dialog360::Client::builder().bearer_token(SECRET),
        graph::Client::builder().access_token(SECRET),
    );
    let clients = (hub("http://127.0.0.1:9"), meta("http://127.0.0.1:9"));
    let shown = format!(
        "{builders:#?} {clients:#?} {:?}",
        clients.0.get_waba_account()
    );
    assert!(!shown.contains(SECRET), "{shown}");
}

#[tokio::test]
async fn no_error_shows_a_credential_even_if_the_server_echoes_it() {
    let message = format!("Malformed access token {SECRET}");
    let body =
        format!(r#"{{"error":{{"message":"{message}","type":"OAuthException","code":190}}}}"#);
    // Longer than what is kept, so that the cut would go through it.
    let late = format!("{}{SECRET}", "x".repeat(1015));
    for answer in [
        ResponseTemplate::new(502).set_body_string(late),
        json(401, &body),
        json(200, &body),
        ResponseTemplate::new(502).set_body_string(message.clone()),
        json(200, &message),
        json(200, &format!(r#"{{"id":["{SECRET}"]}}"#)),
    ] {
        let error = server::ask_meta(answer).await.expect_err("an error");
        let shown = shown(&error);
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[tokio::test]
async fn a_short_password_that_the_server_repeats_is_not_shown() {
    let server = server::answering(json(401, r#"{"message":"wrong password 'ab1'"}"#)).await;
    let hub = dialog360::Client::builder()
        .login("name", "ab1")
        .base_url(server.uri());
    let hub = hub.build().expect("a client");
    let call = hub.get_waba_account().partner_id("p").waba_account_id("w");
    let error = call.send().await.expect_err("a refusal");
    assert_eq!(error.message(), Some("wrong password '[redacted]'"));
    assert!(!shown(&error).contains("ab1"), "{}", shown(&error));
}

#[tokio::test]
async fn what_is_too_short_to_be_a_credential_does_not_spoil_the_words_of_an_error() {
    let body =
        r#"{"error":{"message":"No permission for this","code":200,"error_data":{"a":"x"}}}"#;
    let server = server::answering(json(403, body)).await;
    let meta = graph::Client::builder()
        .access_token("is")
        .base_url(server.uri());
    let call = meta.build().expect("a client");
    let call = call
        .get_whatsapp_business_account()
        .waba_id("1")
        .send()
        .await;
    let error = call.expect_err("a refusal");
    assert_eq!(error.message(), Some("No permission for this"));
    assert!(error.details().is_some());
}

/// All that an error says of itself.
fn shown(error: &Error) -> String {
    let mut shown = format!(
        "{error} {error:#?} {:?} {:?}",
        error.message(),
        error.body_excerpt()
    );
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        shown += &format!(" {error} {error:?}");
        source = error.source();
    }
    shown
}

#[tokio::test]
async fn a_credential_that_no_header_can_carry_is_refused_without_being_shown() {
    for error in [
        dialog360::Client::builder()
            .api_key(format!("{SECRET} "))
            .build()
            .expect_err("a space"),
        dialog360::Client::builder()
            .api_key(format!("{SECRET} b"))
            .build()
            .expect_err("a space"),
        dialog360::Client::builder()
            .api_key(format!("{SECRET}ß"))
            .build()
            .expect_err("no ASCII"),
    ] {
        let shown = shown(&error);
        assert!(!shown.contains(SECRET), "{shown}");
    }
    let secret = format!("{SECRET}\n");
    for error in [
        dialog360::Client::builder()
            .api_key(&secret)
            .build()
            .expect_err("a line break"),
        dialog360::Client::builder()
            .bearer_token(&secret)
            .build()
            .expect_err("a line break"),
        graph::Client::builder()
            .access_token(&secret)
            .build()
            .expect_err("a line break"),
    ] {
        let shown = shown(&error);
        assert!(!shown.contains(SECRET), "{shown}");
        assert!(shown.contains("line break"), "{shown}");
    }
}

#[tokio::test]
async fn a_credential_is_recognised_however_an_answer_writes_it() {
    let key = "ab/cd+ef==\"gh";
    for echo in [
        r#"ab/cd+ef==\"gh"#,
        r#"ab\/cd+ef==\"gh"#,
        "ab%2Fcd%2Bef%3D%3D%22gh",
    ] {
        let server = server::answering(json(400, &format!(r#"{{"bad":"{echo}"}}"#))).await;
        let hub = dialog360::Client::builder()
            .api_key(key)
            .base_url(server.uri());
        let hub = hub.build().expect("a client");
        let call = hub
            .get_waba_account()
            .partner_id("a")
            .waba_account_id("b")
            .send()
            .await;
        let shown = shown(&call.expect_err("400"));
        assert!(
            shown.contains("[redacted]") && !shown.contains("ef=="),
            "{echo}: {shown}"
        );
    }
}

/// A change of the security schemes upstream has to reach the credentials, which are written by
/// hand.
#[tokio::test]
async fn the_clients_send_credentials_that_every_operation_of_the_documents_accepts() {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs");
    for entry in fs::read_dir(specs).expect("the specs") {
        let folder = entry.expect("an entry").path();
        if !folder.is_dir() {
            continue;
        }
        let api = folder.file_name().expect("a name").to_string_lossy();
        let sent = match &*api {
            "dialog360" => sent_by_hub().await,
            "graph" => sent_by_meta().await,
            api => panic!(
                "specs/{api}: this test does not know its client; add a function like \
                 `sent_by_hub`, which sends each of its credentials once"
            ),
        };
        let text = fs::read_to_string(folder.join("openapi.json")).expect("openapi.json");
        let accepted = accepted(&serde_json::from_str(&text).expect("JSON"));
        for (operation, alternatives) in &accepted {
            assert!(
                alternatives.is_empty() || !alternatives.is_disjoint(&sent),
                "specs/{api}/openapi.json: {operation} accepts {alternatives:?} alone, and \
                 src/{api}.rs sends {sent:?}; give its builder a way to send one of those, and do \
                 the same in this test"
            );
        }
        for credential in &sent {
            assert!(
                accepted
                    .values()
                    .any(|accepted| accepted.contains(credential)),
                "specs/{api}/openapi.json: no operation accepts `{credential}` any longer; remove \
                 it from src/{api}.rs and from this test"
            );
        }
    }
}

/// Returns, for each operation of `document`, the credentials it accepts, by what they make a client
/// send. Those that have to be sent together are joined.
fn accepted(document: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let schemes = &document["components"]["securitySchemes"];
    let words = |name: &String| {
        let scheme = &schemes[name];
        let text = |key: &str| scheme[key].as_str().unwrap_or("nothing").to_lowercase();
        match scheme["type"].as_str() {
            Some("http") => format!("authorization: {}", text("scheme")),
            Some("apiKey") => format!("{} {}", text("in"), text("name")),
            kind => format!("{} of type {}", name, kind.unwrap_or("nothing")),
        }
    };
    let together = |alternative: &Map<String, Value>| {
        let together: Vec<String> = alternative.keys().map(words).collect();
        together.join(" and ")
    };
    let items = document["paths"].as_object().into_iter().flatten();
    let operations = items.flat_map(|(_, item)| item.as_object().into_iter().flatten());
    operations
        .filter_map(|(_, operation)| {
            let id = operation["operationId"].as_str()?;
            let security = operation.get("security").unwrap_or(&document["security"]);
            let alternatives = security.as_array().into_iter().flatten();
            let alternatives: Vec<_> = alternatives.filter_map(Value::as_object).collect();
            // A call without credentials is accepted as well.
            let is_open = alternatives
                .iter()
                .any(|alternative| alternative.is_empty());
            let alternatives = alternatives.into_iter().filter(|_| !is_open);
            Some((id.to_owned(), alternatives.map(together).collect()))
        })
        .collect()
}

/// Returns what 360dialog's client sends for each of its credentials.
async fn sent_by_hub() -> BTreeSet<String> {
    let builder = dialog360::Client::builder;
    let mut sent = BTreeSet::new();
    for builder in [builder().api_key(SECRET), builder().bearer_token(SECRET)] {
        let server = server::answering(json(200, "{}")).await;
        let hub = builder.base_url(server.uri()).build().expect("a client");
        let call = hub.get_waba_account().partner_id("p").waba_account_id("w");
        call.send().await.expect("an account");
        sent.insert(sent_to(&server).await);
    }
    sent
}

/// Returns what Meta's client sends for each of its credentials.
async fn sent_by_meta() -> BTreeSet<String> {
    let server = server::answering(json(200, r#"{"id":"1"}"#)).await;
    let call = meta(&server.uri());
    let call = call.get_whatsapp_business_account().waba_id("1").send();
    call.await.expect("an account");
    BTreeSet::from([sent_to(&server).await])
}

/// Where the only request to `server` has the secret, in the words of `accepted`.
async fn sent_to(server: &MockServer) -> String {
    let requests = server.received_requests().await.expect("recorded");
    let [request] = requests.as_slice() else {
        panic!("{} requests", requests.len());
    };
    let headers = request.headers.iter().filter_map(|(name, value)| {
        let value = value.to_str().ok()?;
        match value.strip_suffix(SECRET)?.trim_end() {
            "" => Some(format!("header {name}")),
            scheme => Some(format!("{name}: {}", scheme.to_lowercase())),
        }
    });
    let query = request.url.query_pairs();
    let query = query.filter(|(_, value)| value == SECRET);
    let query = query.map(|(name, _)| format!("query {}", name.to_lowercase()));
    headers.chain(query).collect::<Vec<_>>().join(" and ")
}
