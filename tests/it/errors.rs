//! Every failure is a `waba::Error` that says what it is.

use std::time::Duration;

use waba::{Error, ErrorKind};
use wiremock::ResponseTemplate;

use crate::server::{self, ask_hub, ask_meta, change_meta, hub, json, meta};

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
        r#"{{"error":{{"message":"Told so","type":"OAuthException","code":{code}{more},
        "fbtrace_id":"Az8or2yhqkZfEZ"}}}}"#
    )
}

#[tokio::test]
async fn a_gateway_that_answers_html_is_a_server_error_to_retry() {
    let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    let answer = || ResponseTemplate::new(502).set_body_raw(page, "text/html");
    for error in [
        ask_hub(answer()).await.expect_err("502"),
        ask_meta(answer()).await.expect_err("502"),
        change_meta(answer()).await.expect_err("502"),
    ] {
        assert_error(&error, ErrorKind::Server, Some(502), true);
        assert_eq!(error.body_excerpt(), Some(page));
        assert_eq!(error.code(), None);
    }
}

#[tokio::test]
async fn a_rate_limit_sent_as_400_is_known_by_its_code() {
    for code in [4, 17, 32, 613, 80007, 80008, 130429] {
        let error = ask_meta(json(400, &graph_error(code, "")))
            .await
            .expect_err("400");
        assert_error(&error, ErrorKind::RateLimited, Some(400), true);
        assert_eq!(error.code(), Some(code));
        assert_eq!(error.message(), Some("Told so"));
        assert_eq!(error.trace_id(), Some("Az8or2yhqkZfEZ"));
    }
}

#[tokio::test]
async fn graph_codes_decide_before_the_status_does() {
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
        let error = ask_meta(json(status, &graph_error(code, more)))
            .await
            .expect_err("an error");
        assert_error(&error, kind, Some(status), retryable);
    }
}

#[tokio::test]
async fn the_status_decides_where_there_is_no_code() {
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
        let hub = ask_hub(ResponseTemplate::new(status))
            .await
            .expect_err("an error");
        assert_error(&hub, kind, Some(status), retryable);
        let meta = ask_meta(ResponseTemplate::new(status))
            .await
            .expect_err("an error");
        assert_error(&meta, kind, Some(status), retryable);
    }
}

#[tokio::test]
async fn a_status_that_360dialog_does_not_declare_is_read_like_the_declared_ones() {
    let body = r#"{"meta":{"success":false,"http_code":403,"developer_message":"Not yours",
        "360dialog_trace_id":"TOZ123"}}"#;
    let error = ask_hub(json(403, body)).await.expect_err("403");
    assert_error(&error, ErrorKind::Permission, Some(403), false);
    assert_eq!(error.code(), Some(403));
    assert_eq!(error.message(), Some("Not yours"));
    assert_eq!(error.trace_id(), Some("TOZ123"));
    assert_eq!(error.operation(), Some("get_waba_account"));
}

#[tokio::test]
async fn the_code_of_360dialog_counts_where_a_proxy_changed_the_status() {
    let body = r#"{"meta":{"success":false,"http_code":404,"developer_message":"No account"}}"#;
    let error = ask_hub(json(502, body)).await.expect_err("an error");
    assert_error(&error, ErrorKind::NotFound, Some(502), false);
}

#[tokio::test]
async fn an_empty_500_is_a_server_error() {
    let error = ask_hub(ResponseTemplate::new(500)).await.expect_err("500");
    assert_error(&error, ErrorKind::Server, Some(500), false);
    assert_eq!(error.message(), None);
    assert_eq!(error.body_excerpt(), None);
}

#[tokio::test]
async fn half_an_answer_is_a_decode_error_with_its_status_and_beginning() {
    let half = &ACCOUNT[..ACCOUNT.len() / 2];
    let error = ask_meta(json(200, half)).await.expect_err("half an answer");
    assert_error(&error, ErrorKind::Decode, Some(200), false);
    assert_eq!(error.body_excerpt(), Some(half));
    assert_eq!(error.operation(), Some("get_whatsapp_business_account"));
}

#[tokio::test]
async fn an_empty_success_is_a_decode_error_that_says_so() {
    let error = ask_meta(ResponseTemplate::new(200)).await;
    let error = error.expect_err("no body");
    assert_error(&error, ErrorKind::Decode, Some(200), false);
    assert_eq!(error.message(), Some("the body is empty"));
}

#[tokio::test]
async fn an_answer_cut_off_on_its_way_is_a_network_error_with_its_status() {
    let url = server::sending("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":").await;
    let error = meta(&url)
        .get_whatsapp_business_account()
        .waba_id("1")
        .send()
        .await;
    let error = error.expect_err("a broken answer");
    assert_error(&error, ErrorKind::Network, Some(200), true);
    assert_eq!(error.body_excerpt(), Some("{\"id\":"));
}

#[tokio::test]
async fn an_answer_of_another_shape_names_the_member_that_is_wrong() {
    let error = ask_meta(json(200, r#"{"id":{"of":"+49 170 1234567"}}"#)).await;
    let error = error.expect_err("another shape");
    assert_error(&error, ErrorKind::Decode, Some(200), false);
    let text = error.to_string();
    assert!(
        text.contains("at `id") && text.contains("expected a string or a number"),
        "it names the member: {text}"
    );
    let shown = format!("{error} {error:?}");
    assert!(
        !shown.contains("1234567"),
        "values stay out of logs: {shown}"
    );
}

#[tokio::test]
async fn a_success_that_carries_an_error_is_an_error() {
    let error = ask_meta(json(200, &graph_error(190, "")))
        .await
        .expect_err("an error in a 200");
    assert_error(&error, ErrorKind::Authentication, Some(200), false);
    let error = change_meta(json(200, r#"{"success":false}"#))
        .await
        .expect_err("a refusal");
    assert_error(&error, ErrorKind::Api, Some(200), false);
    let body = r#"{"meta":{"success":false,"http_code":404,"developer_message":"gone"}}"#;
    let error = ask_hub(json(200, body))
        .await
        .expect_err("an error in a 200");
    assert_error(&error, ErrorKind::NotFound, Some(200), false);
}

#[tokio::test]
async fn bodies_of_any_json_shape_are_tolerated_in_errors() {
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
        let error = ask_meta(json(400, body)).await.expect_err(body);
        assert_error(&error, ErrorKind::InvalidRequest, Some(400), false);
        assert_eq!(error.message(), message, "{body}");
    }
}

#[tokio::test]
async fn retry_after_is_read_in_both_forms() {
    let wait = |value: &'static str| ResponseTemplate::new(429).append_header("retry-after", value);
    let error = ask_hub(wait("120")).await.expect_err("429");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
    let error = ask_hub(wait("18446744073709551615"))
        .await
        .expect_err("429");
    assert!(
        error.retry_after() <= Some(Duration::from_secs(366 * 86_400)),
        "{error:?}"
    );
    for beyond in ["99999999999999999999", "100000000000000000000000000000"] {
        let error = ask_hub(wait(beyond)).await.expect_err("429");
        assert_eq!(
            error.retry_after(),
            Some(Duration::from_secs(365 * 86_400)),
            "{beyond} is no reason to come back at once"
        );
    }
    for odd in ["-1", "+5", "1.5", ""] {
        assert_eq!(
            ask_hub(wait(odd)).await.expect_err("429").retry_after(),
            None,
            "{odd}"
        );
    }
    let error = ask_hub(wait("120")).await.expect_err("429");
    assert!(error.to_string().contains("wait 120 s"), "{error}");
    let error = ask_hub(wait("Wed, 21 Oct 2015 07:28:00 GMT"))
        .await
        .expect_err("429");
    assert_eq!(error.retry_after(), Some(Duration::ZERO));
    let error = ask_hub(wait("Fri, 31 Dec 9999 23:59:59 GMT"))
        .await
        .expect_err("429");
    assert!(
        error.retry_after() > Some(Duration::from_secs(86_400)),
        "{error:?}"
    );
    let error = ask_hub(wait("soon")).await.expect_err("429");
    assert_eq!(error.retry_after(), None);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_network_error_that_names_the_host() {
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
    let error = error.expect_err("nobody there");
    assert_error(&error, ErrorKind::Network, None, true);
    assert!(error.to_string().contains("127.0.0.1"), "{error}");
    assert!(
        !format!("{error} {error:?}").contains("aPA"),
        "no ids from the URL: {error:?}"
    );
}

#[tokio::test]
async fn silence_is_a_timeout() {
    let server = server::answering(json(200, ACCOUNT).set_delay(Duration::from_secs(60))).await;
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
    assert_error(&error.expect_err("silence"), ErrorKind::Timeout, None, true);
}

#[tokio::test]
async fn an_answer_larger_than_8_mib_is_refused() {
    let body = format!(r#"{{"id":"1","name":"{}"}}"#, "x".repeat(8 * 1024 * 1024));
    let error = ask_meta(json(200, &body)).await.expect_err("too large");
    assert_error(&error, ErrorKind::Decode, Some(200), false);
}

#[tokio::test]
async fn the_largest_answer_can_be_set_and_is_read_whole() {
    let server = server::answering(json(200, ACCOUNT)).await;
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
async fn a_refusal_is_one_however_much_of_it_arrives() {
    let body = "x".repeat(9 * 1024 * 1024);
    let answer = ResponseTemplate::new(429)
        .append_header("retry-after", "3")
        .set_body_string(body);
    let error = ask_hub(answer).await.expect_err("429");
    assert_error(&error, ErrorKind::RateLimited, Some(429), true);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
    assert_eq!(error.body_excerpt().map(str::len), Some(1024));

    let url = server::sending("HTTP/1.1 401 No\r\ncontent-length: 100\r\n\r\n{\"error\":").await;
    let error = meta(&url)
        .get_whatsapp_business_account()
        .waba_id("1")
        .send()
        .await;
    let error = error.expect_err("half a refusal");
    assert_error(&error, ErrorKind::Authentication, Some(401), false);
}

#[tokio::test]
async fn what_an_api_adds_for_programs_is_kept() {
    let body = r#"{"meta":{"success":false,"http_code":400,"developer_message":"Wrong payload",
        "details":{"name":["too long"]}}}"#;
    let error = ask_hub(json(400, body)).await.expect_err("400");
    assert_eq!(
        error.details(),
        Some(&serde_json::json!({"name": ["too long"]}))
    );
    let more = r#","error_subcode":2388046,"error_data":"blame the name""#;
    let error = ask_meta(json(400, &graph_error(100, more)))
        .await
        .expect_err("400");
    assert_eq!(error.subcode(), Some(2_388_046));
    assert_eq!(error.details(), Some(&serde_json::json!("blame the name")));
}

#[tokio::test]
async fn what_an_api_adds_is_left_out_if_nobody_can_read_it() {
    let more = "y".repeat(1 << 20);
    let body = format!(r#"{{"error":{{"message":"m","code":1,"error_data":["{more}"]}}}}"#);
    let error = ask_meta(json(400, &body)).await.expect_err("400");
    let shown = format!("{error:?}");
    assert!(shown.len() < 10_000, "{} bytes are shown", shown.len());
    assert_eq!((error.details(), error.message()), (None, Some("m")));
}

#[tokio::test]
async fn an_error_is_one_line_of_readable_length_whatever_the_server_wrote() {
    let long = "x".repeat(100_000);
    let body = serde_json::json!({"error": {
        "message": format!("a\nERROR forged\u{1b}[31m\u{2028}\u{202e}{long}"),
        "type": "x", "code": 1, "fbtrace_id": format!("T\nforged\u{1b}[31m{long}"),
    }});
    let error = ask_meta(json(400, &body.to_string()))
        .await
        .expect_err("400");
    let text = error.to_string();
    assert!(
        text.chars().count() < 1000,
        "{} characters",
        text.chars().count()
    );
    let odd = |c: char| c.is_control() || ('\u{2028}'..='\u{202e}').contains(&c);
    assert!(!text.contains(odd), "{text:?}");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_says_that_its_request_was_sent() {
    let error = ask_meta(ResponseTemplate::new(204)).await.expect_err("204");
    assert_error(&error, ErrorKind::Decode, Some(204), false);
    // Who takes it for a request that never left might carry out a write twice.
    let write = change_meta(ResponseTemplate::new(204)).await;
    let write = write.expect_err("204");
    assert_eq!(write.attempts(), 1, "{write}");
    assert_eq!(write.operation(), Some("update_whatsapp_business_account"));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = server::answering(json(200, ACCOUNT)).await;
    let redirect = ResponseTemplate::new(307).append_header("location", elsewhere.uri());
    let error = ask_meta(redirect).await.expect_err("a redirect");
    assert_error(&error, ErrorKind::Api, Some(307), false);
    assert_eq!(
        elsewhere.received_requests().await.expect("recorded").len(),
        0
    );
}

#[tokio::test]
async fn redirects_are_not_followed_whatever_the_settings_of_the_http_client() {
    let elsewhere = server::answering(json(200, ACCOUNT)).await;
    let redirect = ResponseTemplate::new(307).append_header("location", elsewhere.uri());
    let server = server::answering(redirect).await;
    let hub = waba::dialog360::Client::builder()
        .api_key("planted")
        .base_url(server.uri())
        .configure_http(|http| http.redirect(reqwest::redirect::Policy::limited(5)))
        .build()
        .expect("a client");
    let call = hub.get_waba_account().partner_id("a").waba_account_id("b");
    let error = call.send().await.expect_err("a redirect");
    assert_error(&error, ErrorKind::Api, Some(307), false);
    let strayed = elsewhere.received_requests().await.expect("recorded");
    assert_eq!(strayed.len(), 0, "the key would be in {strayed:?}");
}

#[tokio::test]
async fn a_missing_argument_is_named_and_nothing_is_sent() {
    let server = server::answering(json(200, ACCOUNT)).await;
    let hub = hub(&server.uri());
    let error = hub.get_waba_account().partner_id("examplePA").send().await;
    let error = error.expect_err("an argument is missing");
    assert_error(&error, ErrorKind::InvalidRequest, None, false);
    assert!(
        error.to_string().contains("`waba_account_id` is missing"),
        "{error}"
    );
    assert_eq!(server.received_requests().await.expect("recorded").len(), 0);
}

#[tokio::test]
async fn an_id_that_is_no_single_segment_is_refused_and_nothing_is_sent() {
    let server = server::answering(json(200, ACCOUNT)).await;
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
        assert_error(&error, ErrorKind::InvalidRequest, None, false);
        assert!(error.to_string().contains("`partner_id`"), "{error}");
        let error = meta
            .get_whatsapp_business_account()
            .waba_id(id)
            .send()
            .await;
        assert_error(
            &error.expect_err(id),
            ErrorKind::InvalidRequest,
            None,
            false,
        );
    }
    assert_eq!(server.received_requests().await.expect("recorded").len(), 0);
}

#[tokio::test]
async fn an_update_that_sets_nothing_is_refused_and_nothing_is_sent() {
    let server = server::answering(json(200, r#"{"success":true}"#)).await;
    let meta = meta(&server.uri());
    let error = meta
        .update_whatsapp_business_account()
        .waba_id("1")
        .send()
        .await;
    let error = error.expect_err("nothing to set");
    assert_error(&error, ErrorKind::InvalidRequest, None, false);
    assert_eq!(server.received_requests().await.expect("recorded").len(), 0);
}

#[tokio::test]
async fn a_name_is_1_to_100_characters() {
    let server = server::answering(json(200, r#"{"success":true}"#)).await;
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

#[test]
fn errors_can_be_sent_shared_and_boxed() {
    fn check<T: std::error::Error + Clone + Send + Sync + 'static>() {}
    check::<Error>();
}

#[tokio::test]
async fn an_error_reads_as_what_happened_where_and_what_to_do() {
    let body = r#"{"meta":{"success":false,"http_code":404,"developer_message":"No such\naccount",
        "360dialog_trace_id":"TOZ123"}}"#;
    let error = ask_hub(json(404, body)).await.expect_err("404");
    insta::assert_snapshot!(error, @"get_waba_account: not found (HTTP 404): No such account; check the ids, and that the credential can see them [trace id TOZ123]");
    let error = ask_meta(json(400, &graph_error(80007, "")))
        .await
        .expect_err("400");
    insta::assert_snapshot!(error, @"get_whatsapp_business_account: the rate limit is used up (HTTP 400, code 80007): Told so; wait before calling again [trace id Az8or2yhqkZfEZ]");
}
