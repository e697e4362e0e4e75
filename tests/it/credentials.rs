//! Credentials are sent only where they belong and are never shown.

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
fn debug_output_contains_no_credential() {
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
async fn errors_contain_no_credential_even_if_the_server_echoes_it() {
    let message = format!("Malformed access token {SECRET}");
    let body =
        format!(r#"{{"error":{{"message":"{message}","type":"OAuthException","code":190}}}}"#);
    // The end of the excerpt would cut this credential in two.
    let at_the_cut = format!("{}{SECRET}", "x".repeat(1015));
    for response in [
        ResponseTemplate::new(502).set_body_string(at_the_cut),
        json(401, &body),
        json(200, &body),
        ResponseTemplate::new(502).set_body_string(message.clone()),
        json(200, &message),
        json(200, &format!(r#"{{"id":["{SECRET}"]}}"#)),
    ] {
        let error = server::get_meta_account(response)
            .await
            .expect_err("an error");
        let shown = shown(&error);
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[tokio::test]
async fn redacts_a_short_password_that_the_server_echoes() {
    let server = server::start(json(401, r#"{"message":"wrong password 'ab1'"}"#)).await;
    let hub = dialog360::Client::builder()
        .login("name", "ab1")
        .base_url(server.uri());
    let hub = hub.build().expect("a client");
    let call = hub.get_waba_account().partner_id("p").waba_account_id("w");
    let error = call.send().await.expect_err("an error");
    assert_eq!(error.message(), Some("wrong password '[redacted]'"));
    assert!(!shown(&error).contains("ab1"), "{}", shown(&error));
}

#[tokio::test]
async fn does_not_redact_a_short_credential_inside_other_words() {
    let body =
        r#"{"error":{"message":"No permission for this","code":200,"error_data":{"a":"x"}}}"#;
    let server = server::start(json(403, body)).await;
    let meta = graph::Client::builder()
        .access_token("is")
        .base_url(server.uri());
    let call = meta.build().expect("a client");
    let call = call
        .get_whatsapp_business_account()
        .waba_id("1")
        .send()
        .await;
    let error = call.expect_err("an error");
    assert_eq!(error.message(), Some("No permission for this"));
    assert!(error.details().is_some());
}

/// Returns everything that an error shows.
pub fn shown(error: &Error) -> String {
    let mut shown = format!(
        "{error} {error:#?} {:?} {:?} {:?} {:?} {:?}",
        error.message(),
        error.body_excerpt(),
        error.details(),
        error.meta_error(),
        error.retry_after(),
    );
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        shown += &format!(" {error} {error:?}");
        source = error.source();
    }
    shown
}

#[tokio::test]
async fn rejects_a_credential_that_is_invalid_in_a_header_without_showing_it() {
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
            .expect_err("a character that is not ASCII"),
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
async fn redacts_a_credential_in_every_escaped_form() {
    let key = "ab/cd+ef==\"gh";
    for echo in [
        r#"ab/cd+ef==\"gh"#,
        r#"ab\/cd+ef==\"gh"#,
        "ab%2Fcd%2Bef%3D%3D%22gh",
    ] {
        let server = server::start(json(400, &format!(r#"{{"bad":"{echo}"}}"#))).await;
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

/// The credentials of the clients are written by hand, so a change of the security schemes upstream
/// must be noticed.
#[tokio::test]
async fn credentials_match_the_security_schemes_of_the_documents() {
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
                "specs/{api}: this test does not cover its client; add a function like \
                 `sent_by_hub` that sends each of its credentials once"
            ),
        };
        let text = fs::read_to_string(folder.join("openapi.json")).expect("openapi.json");
        let accepted = accepted(&serde_json::from_str(&text).expect("JSON"));
        for (operation, alternatives) in &accepted {
            assert!(
                alternatives.is_empty() || !alternatives.is_disjoint(&sent),
                "specs/{api}/openapi.json: {operation} accepts only {alternatives:?}, but \
                 src/{api}.rs sends {sent:?}; add a credential to its builder and to this test"
            );
        }
        for credential in &sent {
            assert!(
                accepted
                    .values()
                    .any(|accepted| accepted.contains(credential)),
                "specs/{api}/openapi.json: no operation accepts `{credential}`; remove it from \
                 src/{api}.rs and from this test"
            );
        }
    }
}

/// Returns the credentials that each operation of `document` accepts, in the form of [`sent_to`].
/// Credentials that must be sent together are joined with `and`.
fn accepted(document: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let schemes = &document["components"]["securitySchemes"];
    let describe = |name: &String| {
        let scheme = &schemes[name];
        let text = |key: &str| scheme[key].as_str().unwrap_or("nothing").to_lowercase();
        match scheme["type"].as_str() {
            Some("http") => format!("authorization: {}", text("scheme")),
            Some("apiKey") => format!("{} {}", text("in"), text("name")),
            kind => format!("{} of type {}", name, kind.unwrap_or("nothing")),
        }
    };
    let join = |alternative: &Map<String, Value>| {
        let credentials: Vec<String> = alternative.keys().map(describe).collect();
        credentials.join(" and ")
    };
    let items = document["paths"].as_object().into_iter().flatten();
    let operations = items.flat_map(|(_, item)| item.as_object().into_iter().flatten());
    operations
        .filter_map(|(_, operation)| {
            let id = operation["operationId"].as_str()?;
            let security = operation.get("security").unwrap_or(&document["security"]);
            let alternatives = security.as_array().into_iter().flatten();
            let alternatives: Vec<_> = alternatives.filter_map(Value::as_object).collect();
            // An empty alternative allows calls without credentials.
            let is_public = alternatives
                .iter()
                .any(|alternative| alternative.is_empty());
            let alternatives = alternatives.into_iter().filter(|_| !is_public);
            Some((id.to_owned(), alternatives.map(join).collect()))
        })
        .collect()
}

/// Returns each credential that 360dialog's client can send.
async fn sent_by_hub() -> BTreeSet<String> {
    let builder = dialog360::Client::builder;
    let mut sent = BTreeSet::new();
    for builder in [builder().api_key(SECRET), builder().bearer_token(SECRET)] {
        let server = server::start(json(200, "{}")).await;
        let hub = builder.base_url(server.uri()).build().expect("a client");
        let call = hub.get_waba_account().partner_id("p").waba_account_id("w");
        call.send().await.expect("an account");
        sent.insert(sent_to(&server).await);
    }
    sent
}

/// Returns each credential that Meta's client can send.
async fn sent_by_meta() -> BTreeSet<String> {
    let server = server::start(json(200, r#"{"id":"1"}"#)).await;
    let call = meta(&server.uri());
    let call = call.get_whatsapp_business_account().waba_id("1").send();
    call.await.expect("an account");
    BTreeSet::from([sent_to(&server).await])
}

/// Returns the place of the secret in the only request to `server`, such as `header x-api-key`.
async fn sent_to(server: &MockServer) -> String {
    let requests = server.received_requests().await.expect("recorded requests");
    let [request] = requests.as_slice() else {
        panic!("expected one request, found {}", requests.len());
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
