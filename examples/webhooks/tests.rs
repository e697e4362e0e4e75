use axum::{body::Body, http::Request};
use hmac_sha256::HMAC;
use tower::ServiceExt;

use super::*;

const NOTIFICATION: &str = r#"{"object": "whatsapp_business_account", "entry": [{"id": "102290129340398",
    "time": 1739321024, "changes": [{"field": "account_review_update",
    "value": {"decision": "APPROVED"}}]}]}"#;

async fn status(request: Request<Body>) -> StatusCode {
    response(request).await.status()
}

async fn response(request: Request<Body>) -> Response {
    let secrets = Secrets {
        meta: Verifier::new(["app secret"]).expect("a secret"),
        verify_token: "verify token".into(),
        dialog360: Verifier::new(["platform secret"]).expect("a secret"),
    };
    let response = router(secrets).oneshot(request).await;
    response.expect("a response")
}

fn signature(secret: &str, body: &str) -> String {
    let code = HMAC::mac(body, secret);
    code.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sent(path: &str, header: &str, signature: &str, body: &str) -> Request<Body> {
    let request = Request::post(path).header(header, signature);
    request
        .body(Body::from(body.to_owned()))
        .expect("a request")
}

#[tokio::test]
async fn receives_what_meta_and_360dialog_signed_each_with_its_own_secret() {
    let meta = format!("sha256={}", signature("app secret", NOTIFICATION));
    let request = sent("/meta", META_SIGNATURE, &meta, NOTIFICATION);
    assert_eq!(status(request).await, StatusCode::OK);

    let event = r#"{"id": "1", "event": "channel_created", "data": {}}"#;
    let dialog360 = signature("platform secret", event);
    let request = sent("/dialog360", DIALOG360_SIGNATURE, &dialog360, event);
    assert_eq!(status(request).await, StatusCode::OK);

    let request = sent("/dialog360", DIALOG360_SIGNATURE, &meta, NOTIFICATION);
    assert_eq!(status(request).await, StatusCode::UNAUTHORIZED);
    let request = Request::post("/meta").body(Body::from(NOTIFICATION));
    let request = request.expect("a request");
    assert_eq!(status(request).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn refuses_a_body_of_10_mb_and_receives_one_of_3_mb() {
    let large = |length| format!("{NOTIFICATION}{}", " ".repeat(length));
    for (length, expected) in [
        (10_000_000, StatusCode::PAYLOAD_TOO_LARGE),
        (3_000_000, StatusCode::OK),
    ] {
        let body = large(length);
        let signature = format!("sha256={}", signature("app secret", &body));
        let request = sent("/meta", META_SIGNATURE, &signature, &body);
        assert_eq!(status(request).await, expected);
    }
}

#[tokio::test]
async fn answers_the_verification_request_of_meta() {
    let request = |token: &str| {
        let query = format!("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}");
        let request = Request::get(format!("/meta?{query}")).body(Body::empty());
        request.expect("a request")
    };
    let answered = response(request("verify%20token")).await;
    assert_eq!(answered.status(), StatusCode::OK);
    let body = axum::body::to_bytes(answered.into_body(), 100).await;
    assert_eq!(body.expect("a body"), "1158201444");
    assert_eq!(status(request("other")).await, StatusCode::FORBIDDEN);
}

#[test]
fn describes_a_change_by_its_account() {
    let notification: webhooks::Notification =
        serde_json::from_str(NOTIFICATION).expect("a notification");
    let changes: Vec<String> = notification
        .changes()
        .map(|change| describe(&change))
        .collect();
    assert_eq!(changes, ["Meta: 102290129340398: review: Some(Approved)"]);
}
