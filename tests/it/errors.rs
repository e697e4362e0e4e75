//! Errors: the kind, the fields and the limits of every failure.

use std::time::Duration;

use waba::{Error, ErrorKind};
use wiremock::ResponseTemplate;

use crate::server::{
    self, get_hub_account, get_meta_account, hub, json, meta, update_meta_account,
};

const ACCOUNT: &str = r#"{"id":"1","name":"Lucky Shrub","country":"US"}"#;

#[track_caller]
fn assert_error(error: &Error, kind: ErrorKind, status: Option<u16>, retryable: bool) {
    assert_eq!(error.kind(), kind, "kind of: {error}");
    assert_eq!(
        error.status().map(|status| status.as_u16()),
        status,
        "status of: {error}"
    );
    assert_eq!(error.is_retryable(), retryable, "is_retryable of: {error}");
}

fn graph_error(code: i64, more: &str) -> String {
    format!(
        r#"{{"error":{{"message":"Test message","type":"OAuthException","code":{code}{more},
        "fbtrace_id":"Az8or2yhqkZfEZ"}}}}"#
    )
}

#[tokio::test]
async fn an_html_response_of_a_gateway_is_a_retryable_server_error() {
    let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    let response = || ResponseTemplate::new(502).set_body_raw(page, "text/html");
    for error in [
        get_hub_account(response()).await.expect_err("502"),
        get_meta_account(response()).await.expect_err("502"),
        update_meta_account(response()).await.expect_err("502"),
    ] {
        assert_error(&error, ErrorKind::Server, Some(502), true);
        assert_eq!(error.body_excerpt(), Some(page));
        assert_eq!(error.code(), None);
    }
}

#[tokio::test]
async fn recognizes_a_rate_limit_with_status_400_by_its_code() {
    for code in [4, 17, 32, 613, 80007, 80008, 130429, 133008, 133016] {
        let error = get_meta_account(json(400, &graph_error(code, "")))
            .await
            .expect_err("400");
        assert_error(&error, ErrorKind::RateLimited, Some(400), true);
        assert_eq!(error.code(), Some(code));
        assert_eq!(error.message(), Some("Test message"));
        assert_eq!(error.trace_id(), Some("Az8or2yhqkZfEZ"));
    }
}

#[tokio::test]
async fn graph_codes_take_precedence_over_the_status() {
    for (status, code, more, kind, retryable) in [
        (
            400,
            190,
            r#","error_subcode":463"#,
            ErrorKind::Authentication,
            false,
        ),
        (400, 0, "", ErrorKind::Authentication, false),
        (400, 10, "", ErrorKind::Permission, false),
        (400, 200, "", ErrorKind::Permission, false),
        (500, 299, "", ErrorKind::Permission, false),
        (400, 803, "", ErrorKind::NotFound, false),
        (
            400,
            100,
            r#","error_subcode":33"#,
            ErrorKind::NotFound,
            false,
        ),
        (404, 100, "", ErrorKind::InvalidRequest, false),
        (400, 1, "", ErrorKind::Server, true),
        (400, 2, "", ErrorKind::Server, true),
        (400, 131016, "", ErrorKind::Server, true),
        (400, 131057, "", ErrorKind::Server, true),
        (400, 999_999, "", ErrorKind::InvalidRequest, false),
        (418, 999_999, "", ErrorKind::Api, false),
        (
            418,
            999_999,
            r#","is_transient":true"#,
            ErrorKind::Api,
            true,
        ),
    ] {
        let error = get_meta_account(json(status, &graph_error(code, more)))
            .await
            .expect_err("an error");
        assert_error(&error, kind, Some(status), retryable);
    }
}

#[tokio::test]
async fn the_status_decides_the_kind_if_there_is_no_code() {
    for (status, kind, retryable) in [
        (304, ErrorKind::Api, false),
        (400, ErrorKind::InvalidRequest, false),
        (401, ErrorKind::Authentication, false),
        (403, ErrorKind::Permission, false),
        (404, ErrorKind::NotFound, false),
        (408, ErrorKind::Timeout, true),
        (409, ErrorKind::Api, false),
        (422, ErrorKind::InvalidRequest, false),
        (425, ErrorKind::Api, true),
        (429, ErrorKind::RateLimited, true),
        (500, ErrorKind::Server, false),
        (501, ErrorKind::Server, false),
        (502, ErrorKind::Server, true),
        (503, ErrorKind::Server, true),
        (504, ErrorKind::Server, true),
        (599, ErrorKind::Server, false),
    ] {
        let hub = get_hub_account(ResponseTemplate::new(status))
            .await
            .expect_err("an error");
        assert_error(&hub, kind, Some(status), retryable);
        let meta = get_meta_account(ResponseTemplate::new(status))
            .await
            .expect_err("an error");
        assert_error(&meta, kind, Some(status), retryable);
    }
}

#[tokio::test]
async fn parses_an_error_of_360dialog_with_an_undocumented_status() {
    let body = r#"{"meta":{"success":false,"http_code":403,"developer_message":"Not yours",
        "360dialog_trace_id":"TOZ123"}}"#;
    let error = get_hub_account(json(403, body)).await.expect_err("403");
    assert_error(&error, ErrorKind::Permission, Some(403), false);
    assert_eq!(error.code(), Some(403));
    assert_eq!(error.message(), Some("Not yours"));
    assert_eq!(error.trace_id(), Some("TOZ123"));
    assert_eq!(error.operation(), Some("get_waba_account"));
}

#[tokio::test]
async fn the_code_of_360dialog_takes_precedence_over_a_status_changed_by_a_proxy() {
    let body = r#"{"meta":{"success":false,"http_code":404,"developer_message":"No account"}}"#;
    let error = get_hub_account(json(502, body))
        .await
        .expect_err("an error");
    assert_error(&error, ErrorKind::NotFound, Some(502), false);
}

#[tokio::test]
async fn an_empty_500_response_is_a_server_error() {
    let error = get_hub_account(ResponseTemplate::new(500))
        .await
        .expect_err("500");
    assert_error(&error, ErrorKind::Server, Some(500), false);
    assert_eq!(error.message(), None);
    assert_eq!(error.body_excerpt(), None);
}

#[tokio::test]
async fn truncated_json_is_a_decode_error_with_status_and_excerpt() {
    let half = &ACCOUNT[..ACCOUNT.len() / 2];
    let error = get_meta_account(json(200, half))
        .await
        .expect_err("truncated JSON");
    assert_error(&error, ErrorKind::Decode, Some(200), false);
    assert_eq!(error.body_excerpt(), Some(half));
    assert_eq!(error.operation(), Some("get_whatsapp_business_account"));
}

#[tokio::test]
async fn an_empty_success_body_is_a_decode_error() {
    let error = get_meta_account(ResponseTemplate::new(200)).await;
    let error = error.expect_err("no body");
    assert_error(&error, ErrorKind::Decode, Some(200), false);
    assert_eq!(error.message(), Some("the body is empty"));
}

#[tokio::test]
async fn a_body_cut_off_in_transit_is_a_network_error_with_its_status() {
    let url = server::start_raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":").await;
    let error = meta(&url)
        .get_whatsapp_business_account()
        .waba_id("1")
        .send()
        .await;
    let error = error.expect_err("an incomplete body");
    assert_error(&error, ErrorKind::Network, Some(200), true);
    assert_eq!(error.body_excerpt(), Some("{\"id\":"));
}

#[tokio::test]
async fn a_decode_error_names_the_property_but_not_its_value() {
    let error = get_meta_account(json(200, r#"{"id":{"of":"+49 170 1234567"}}"#)).await;
    let error = error.expect_err("an id of another type");
    assert_error(&error, ErrorKind::Decode, Some(200), false);
    let text = error.to_string();
    assert!(
        text.contains("at `id") && text.contains("expected a string or a number"),
        "expected the property in: {text}"
    );
    let shown = format!("{error} {error:?}");
    assert!(
        !shown.contains("1234567"),
        "the error shows a value: {shown}"
    );
}

#[tokio::test]
async fn a_success_status_with_an_error_in_the_body_is_an_error() {
    let error = get_meta_account(json(200, &graph_error(190, "")))
        .await
        .expect_err("an error in a 200");
    assert_error(&error, ErrorKind::Authentication, Some(200), false);
    let error = update_meta_account(json(200, r#"{"success":false}"#))
        .await
        .expect_err("an error in a 200");
    assert_error(&error, ErrorKind::Api, Some(200), false);
    let body = r#"{"meta":{"success":false,"http_code":404,"developer_message":"not found"}}"#;
    let error = get_hub_account(json(200, body))
        .await
        .expect_err("an error in a 200");
    assert_error(&error, ErrorKind::NotFound, Some(200), false);
}

#[tokio::test]
async fn accepts_error_bodies_of_any_json_shape() {
    for (body, message) in [
        (r#""Invalid Parameter""#, Some("Invalid Parameter")),
        (
            r#"{"error":"invalid_grant","error_description":"Wrong password"}"#,
            Some("Wrong password"),
        ),
        (r#"{"error":"invalid_grant"}"#, Some("invalid_grant")),
        (
            r#"{"error":{"message":"x","code":"100","error_data":"text"}}"#,
            Some("x"),
        ),
        (
            r#"{"error":{"message":"x","code":100,"error_data":{"a":[1]}}}"#,
            Some("x"),
        ),
        (r#"{"error":{}}"#, None),
        (r#"{"meta":null}"#, None),
        ("[1,2]", None),
        ("null", None),
        ("7", Some("7")),
        (
            "\u{feff}{\"error\":{\"message\":\"x\",\"code\":100.0}};",
            Some("x"),
        ),
        (r#"{"detail":"x"}"#, Some("x")),
    ] {
        let error = get_meta_account(json(400, body)).await.expect_err(body);
        assert_error(&error, ErrorKind::InvalidRequest, Some(400), false);
        assert_eq!(error.message(), message, "{body}");
    }
}

#[tokio::test]
async fn parses_retry_after_in_seconds_and_as_a_date() {
    let wait = |value: &'static str| ResponseTemplate::new(429).append_header("retry-after", value);
    let error = get_hub_account(wait("120")).await.expect_err("429");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
    let error = get_hub_account(wait("18446744073709551615"))
        .await
        .expect_err("429");
    assert!(
        error.retry_after() <= Some(Duration::from_secs(366 * 86_400)),
        "{error:?}"
    );
    for overflow in ["99999999999999999999", "100000000000000000000000000000"] {
        let error = get_hub_account(wait(overflow)).await.expect_err("429");
        assert_eq!(
            error.retry_after(),
            Some(Duration::from_secs(365 * 86_400)),
            "{overflow} is a long wait"
        );
    }
    for invalid in ["-1", "+5", "1.5", ""] {
        assert_eq!(
            get_hub_account(wait(invalid))
                .await
                .expect_err("429")
                .retry_after(),
            None,
            "{invalid}"
        );
    }
    let error = get_hub_account(wait("120")).await.expect_err("429");
    assert!(error.to_string().contains("wait 120 s"), "{error}");
    let error = get_hub_account(wait("Wed, 21 Oct 2015 07:28:00 GMT"))
        .await
        .expect_err("429");
    assert_eq!(error.retry_after(), Some(Duration::ZERO));
    let error = get_hub_account(wait("Fri, 31 Dec 9999 23:59:59 GMT"))
        .await
        .expect_err("429");
    assert!(
        error.retry_after() > Some(Duration::from_secs(86_400)),
        "{error:?}"
    );
    let error = get_hub_account(wait("soon")).await.expect_err("429");
    assert_eq!(error.retry_after(), None);
    // Our clock may be wrong.
    let dated = wait("Wed, 21 Oct 2015 07:28:30 GMT")
        .append_header("date", "Wed, 21 Oct 2015 07:28:00 GMT");
    let error = get_hub_account(dated).await.expect_err("429");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
}

#[tokio::test]
async fn an_unreachable_server_is_a_network_error_that_names_the_host() {
    let url = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        format!("http://{}", listener.local_addr().expect("an address"))
    };
    let error = hub(&url)
        .get_waba_account()
        .partner_id("aPA")
        .waba_account_id("bWA")
        .send()
        .await;
    let error = error.expect_err("no server");
    assert_error(&error, ErrorKind::Network, None, true);
    assert!(error.to_string().contains("127.0.0.1"), "{error}");
    assert!(
        !format!("{error} {error:?}").contains("aPA"),
        "the error shows an id of the URL: {error:?}"
    );
}

#[tokio::test]
async fn a_missing_response_is_a_timeout() {
    let server = server::start(json(200, ACCOUNT).set_delay(Duration::from_secs(60))).await;
    let meta = waba::graph::Client::builder()
        .access_token("t")
        .base_url(server.uri())
        .timeout(Duration::from_millis(50))
        .build()
        .expect("a client");
    let error = meta
        .get_whatsapp_business_account()
        .waba_id("1")
        .send()
        .await;
    assert_error(
        &error.expect_err("a timeout"),
        ErrorKind::Timeout,
        None,
        true,
    );
}

#[tokio::test]
async fn rejects_a_response_larger_than_8_mib() {
    let body = format!(r#"{{"id":"1","name":"{}"}}"#, "x".repeat(8 * 1024 * 1024));
    let error = get_meta_account(json(200, &body))
        .await
        .expect_err("too large");
    assert_error(&error, ErrorKind::Decode, Some(200), false);
}

#[tokio::test]
async fn accepts_responses_up_to_the_maximum_size() {
    let server = server::start(json(200, ACCOUNT)).await;
    for (bytes, fits) in [
        (ACCOUNT.len(), true),
        (ACCOUNT.len() - 1, false),
        (0, false),
    ] {
        let meta = waba::graph::Client::builder()
            .access_token("t")
            .base_url(server.uri())
            .max_response_bytes(bytes)
            .build()
            .expect("a client");
        let result = meta
            .get_whatsapp_business_account()
            .waba_id("1")
            .send()
            .await;
        assert_eq!(result.is_ok(), fits, "{bytes} bytes: {result:?}");
        if let Err(error) = result {
            assert_error(&error, ErrorKind::Decode, Some(200), false);
        }
    }
}

#[tokio::test]
async fn classifies_an_error_response_whose_body_is_too_large_or_incomplete() {
    let body = "x".repeat(9 * 1024 * 1024);
    let response = ResponseTemplate::new(429)
        .append_header("retry-after", "3")
        .set_body_string(body);
    let error = get_hub_account(response).await.expect_err("429");
    assert_error(&error, ErrorKind::RateLimited, Some(429), true);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
    assert_eq!(error.body_excerpt().map(str::len), Some(1024));

    let url = server::start_raw("HTTP/1.1 401 No\r\ncontent-length: 100\r\n\r\n{\"error\":").await;
    let error = meta(&url)
        .get_whatsapp_business_account()
        .waba_id("1")
        .send()
        .await;
    let error = error.expect_err("an incomplete error response");
    assert_error(&error, ErrorKind::Authentication, Some(401), false);
}

#[tokio::test]
async fn keeps_the_structured_details_of_an_error() {
    let body = r#"{"meta":{"success":false,"http_code":400,"developer_message":"Wrong payload",
        "details":{"name":["too long"]}}}"#;
    let error = get_hub_account(json(400, body)).await.expect_err("400");
    assert_eq!(
        error.details(),
        Some(&serde_json::json!({"name": ["too long"]}))
    );
    let more = r#","error_subcode":2388046,"error_data":"blame the name""#;
    let error = get_meta_account(json(400, &graph_error(100, more)))
        .await
        .expect_err("400");
    assert_eq!(error.subcode(), Some(2_388_046));
    assert_eq!(error.details(), Some(&serde_json::json!("blame the name")));
}

#[tokio::test]
async fn drops_details_that_are_too_large() {
    let more = "y".repeat(1 << 20);
    let body = format!(r#"{{"error":{{"message":"m","code":1,"error_data":["{more}"]}}}}"#);
    let error = get_meta_account(json(400, &body)).await.expect_err("400");
    let shown = format!("{error:?}");
    assert!(
        shown.len() < 10_000,
        "the error shows {} bytes",
        shown.len()
    );
    assert_eq!((error.details(), error.message()), (None, Some("m")));
}

#[tokio::test]
async fn an_error_message_is_one_line_of_limited_length() {
    let long = "x".repeat(100_000);
    let body = serde_json::json!({"error": {
        "message": format!("a\nERROR forged\u{1b}[31m\u{2028}\u{202e}{long}"),
        "type": "x", "code": 1, "fbtrace_id": format!("T\nforged\u{1b}[31m{long}"),
    }});
    let error = get_meta_account(json(400, &body.to_string()))
        .await
        .expect_err("400");
    let text = error.to_string();
    assert!(
        text.chars().count() < 1000,
        "{} characters",
        text.chars().count()
    );
    let is_unsafe = |c: char| c.is_control() || ('\u{2028}'..='\u{202e}').contains(&c);
    assert!(!text.contains(is_unsafe), "{text:?}");
}

#[tokio::test]
async fn a_decode_error_counts_the_attempt_that_was_sent() {
    let error = get_meta_account(ResponseTemplate::new(204))
        .await
        .expect_err("204");
    assert_error(&error, ErrorKind::Decode, Some(204), false);
    // With 0 attempts, the caller could think that the write was not sent, and repeat it.
    let write = update_meta_account(json(200, "[]")).await;
    let write = write.expect_err("a list");
    assert_eq!(write.attempts(), 1, "{write}");
    assert_eq!(write.operation(), Some("update_whatsapp_business_account"));
}

#[tokio::test]
async fn does_not_follow_redirects() {
    let elsewhere = server::start(json(200, ACCOUNT)).await;
    let redirect = ResponseTemplate::new(307).append_header("location", elsewhere.uri());
    let error = get_meta_account(redirect).await.expect_err("a redirect");
    assert_error(&error, ErrorKind::Api, Some(307), false);
    assert_eq!(
        elsewhere
            .received_requests()
            .await
            .expect("recorded requests")
            .len(),
        0
    );
}

#[tokio::test]
async fn does_not_follow_redirects_even_if_configure_http_allows_it() {
    let elsewhere = server::start(json(200, ACCOUNT)).await;
    let redirect = ResponseTemplate::new(307).append_header("location", elsewhere.uri());
    let server = server::start(redirect).await;
    let hub = waba::dialog360::Client::builder()
        .api_key("planted")
        .base_url(server.uri())
        .configure_http(|http| http.redirect(reqwest::redirect::Policy::limited(5)))
        .build()
        .expect("a client");
    let call = hub.get_waba_account().partner_id("a").waba_account_id("b");
    let error = call.send().await.expect_err("a redirect");
    assert_error(&error, ErrorKind::Api, Some(307), false);
    let followed = elsewhere
        .received_requests()
        .await
        .expect("recorded requests");
    assert_eq!(followed.len(), 0, "the redirect was followed: {followed:?}");
}

#[test]
fn errors_can_be_cloned_boxed_and_sent_between_threads() {
    fn check<T: std::error::Error + Clone + Send + Sync + 'static>() {}
    check::<Error>();
}

#[tokio::test]
async fn errors_that_mislead_callers_say_what_to_do() {
    let field = "(#100) Tried accessing nonexisting field (unified_cert_status) on node type";
    for (code, subcode, message, advice) in [
        (
            100,
            0,
            &format!("{field} (Business)")[..],
            "the id belongs to a business",
        ),
        (
            100,
            0,
            &format!("{field} (Application)")[..],
            "the id belongs to an app",
        ),
        (
            100,
            0,
            &format!("{field} (WhatsAppBusinessPhoneNumber)")[..],
            "the whole call failed because of this field",
        ),
        (
            100,
            0,
            "(#100) Before override the current callback uri, your app must be subscribed",
            "call `create_subscribed_app` without a body, then again with",
        ),
        (
            100,
            2388023,
            "Invalid parameter",
            "deleted in the last 30 days",
        ),
        (
            190,
            458,
            "Error validating access token",
            "the user has removed the app",
        ),
        (
            190,
            460,
            "Error validating access token",
            "the user changed the password",
        ),
        (
            190,
            463,
            "Error validating access token",
            "the token has expired",
        ),
        (
            190,
            464,
            "Error validating access token",
            "has to log in at Meta first",
        ),
        (
            190,
            467,
            "Error validating access token",
            "the user has logged out",
        ),
        (
            190,
            1,
            "Error validating access token",
            "check or renew the API key or token",
        ),
    ] {
        let body = format!(
            r#"{{"error":{{"message":"{message}","type":"OAuthException","code":{code},
            "error_subcode":{subcode}}}}}"#
        );
        let error = get_meta_account(json(400, &body)).await.expect_err("400");
        let text = error.to_string();
        assert!(text.contains(advice), "{code}/{subcode}: {text}");
    }
}

#[tokio::test]
async fn a_lost_credential_is_told_apart_from_a_missing_response() {
    let lost = json(400, &graph_error(190, r#","error_subcode":463"#));
    let error = get_meta_account(lost).await.expect_err("400");
    assert_error(&error, ErrorKind::Authentication, Some(400), false);
    for unavailable in [500, 502, 503, 504, 429] {
        let error = get_meta_account(ResponseTemplate::new(unavailable)).await;
        let error = error.expect_err("no response of the API");
        assert_ne!(error.kind(), ErrorKind::Authentication, "{error}");
    }
}
