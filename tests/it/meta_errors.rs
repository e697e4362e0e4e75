//! Errors of Meta inside the errors of 360dialog.

use serde_json::{Value, json};
use waba::{Error, ErrorKind};

use crate::server::{self, SECRET, get_hub_account};

async fn error_for(meta: Value) -> Error {
    let body = json!({ "meta": meta }).to_string();
    let error = get_hub_account(server::json(400, &body)).await;
    error.expect_err("400")
}

fn graph_error(code: i64) -> String {
    json!({"error": {
        "message": "Invalid parameter", "type": "OAuthException", "code": code,
        "error_data": {"blame_field_specs": [["name"]]}, "error_subcode": 2_388_046,
        "is_transient": false, "fbtrace_id": "Atx123",
    }})
    .to_string()
}

fn in_message(error: &str) -> Value {
    json!({
        "success": false, "http_code": 400, "360dialog_trace_id": "TOZ123",
        "developer_message": format!("Invalid payload ({error})"),
    })
}

#[tokio::test]
async fn finds_metas_error_in_the_developer_message() {
    let error = error_for(in_message(&graph_error(100))).await;
    let meta = error.meta_error().expect("Meta's error");
    assert_eq!(meta.code, Some(100));
    assert_eq!(meta.subcode, Some(2_388_046));
    assert_eq!(meta.message.as_deref(), Some("Invalid parameter"));
    assert_eq!(meta.trace_id.as_deref(), Some("Atx123"));
    assert_eq!(error.trace_id(), Some("TOZ123"));
    let text = error.to_string();
    assert!(
        text.ends_with("[trace id TOZ123] [Meta's trace id Atx123]"),
        "expected both trace ids in: {text}"
    );
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn finds_metas_error_in_every_recorded_form() {
    let inner = serde_json::from_str::<Value>(&graph_error(100)).expect("JSON");
    for meta in [
        json!({"developer_message": "no", "error": graph_error(100)}),
        json!({"developer_message": "no", "error": inner}),
        json!({"developer_message": inner["error"].to_string()}),
        json!({"developer_message": format!("{{not JSON}} {}", graph_error(100))}),
        json!({"developer_message": format!("{{}} {} {{", graph_error(100))}),
    ] {
        let error = error_for(meta.clone()).await;
        let found = error.meta_error().and_then(|meta| meta.trace_id.as_deref());
        assert_eq!(found, Some("Atx123"), "{meta}");
    }
}

#[tokio::test]
async fn ignores_text_that_is_not_an_error_of_meta() {
    for meta in [
        json!({"developer_message": "There is no WABA account {id}"}),
        json!({"developer_message": r#"Wrong payload {"name": "x", "code": 7}"#}),
        json!({"developer_message": "{".repeat(100_000)}),
        json!({"developer_message": "[{\"error\":".repeat(10_000)}),
        json!({"developer_message": 7, "error": "no"}),
        json!({}),
    ] {
        let error = error_for(meta).await;
        assert_eq!(error.meta_error(), None, "{error}");
    }
}

#[tokio::test]
async fn only_rate_limits_and_failures_of_meta_decide_the_kind() {
    for (code, kind, retryable) in [
        (80_007, ErrorKind::RateLimited, true),
        (130_429, ErrorKind::RateLimited, true),
        (2, ErrorKind::Server, true),
        (190, ErrorKind::InvalidRequest, false),
        (200, ErrorKind::InvalidRequest, false),
    ] {
        let error = error_for(in_message(&graph_error(code))).await;
        assert_eq!(
            (error.kind(), error.is_retryable()),
            (kind, retryable),
            "{error}"
        );
    }
}

#[tokio::test]
async fn metas_error_contains_no_credential() {
    let echo = graph_error(100).replace("Invalid parameter", &format!("Bad key {SECRET}"));
    let echo = echo.replace("Atx123", SECRET);
    let error = error_for(in_message(&echo)).await;
    assert!(error.meta_error().is_some());
    let shown = format!("{error} {error:?} {:?}", error.meta_error());
    assert!(!shown.contains(SECRET), "{shown}");
}
