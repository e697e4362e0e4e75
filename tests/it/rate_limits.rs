//! Rate limits: the usage that Meta reports, and the limits that a client keeps.

use std::time::Duration;

use tokio::{task::JoinSet, time::Instant};
use waba::{
    Error, ErrorKind, RateLimit, RetryPolicy,
    graph::{self, Usage},
};
use wiremock::ResponseTemplate;

use crate::server::{self, json, meta};

const APP: &str = r#"{"call_count":28,"total_cputime":25,"total_time":"30.5"}"#;
const BUSINESS: &str = r#"{"102290129340398":[
    {"type":"whatsapp_business_management","call_count":101,"total_cputime":1,"total_time":1,
     "estimated_time_to_regain_access":17},
    {"type":"whatsapp","call_count":2,"total_cputime":3,"total_time":4,
     "estimated_time_to_regain_access":0}]}"#;

fn with_usage(response: ResponseTemplate) -> ResponseTemplate {
    response
        .append_header("x-app-usage", APP)
        .append_header("x-business-use-case-usage", BUSINESS.replace('\n', ""))
        .append_header("facebook-api-version", "v24.0")
}

async fn get(client: &graph::Client) -> Result<http::HeaderMap, Error> {
    let call = client.get_whatsapp_business_account().waba_id("1");
    Ok(call.send().await?.headers().clone())
}

#[tokio::test]
async fn parses_usage_headers_as_percent_and_minutes() {
    let server = server::start(with_usage(json(200, r#"{"id":"1"}"#))).await;
    let headers = get(&meta(&server.uri())).await.expect("a response");
    let usage = Usage::from_headers(&headers).expect("usage");
    let app = usage.app.expect("the usage of the app");
    assert_eq!(
        (app.call_count, app.total_cputime, app.total_time),
        (28.0, 25.0, 30.5)
    );
    assert_eq!(usage.business.len(), 2);
    let first = &usage.business[0];
    assert_eq!(first.id, "102290129340398");
    assert_eq!(
        first.use_case.as_deref(),
        Some("whatsapp_business_management")
    );
    assert_eq!(
        first.time_to_regain_access,
        Some(Duration::from_secs(17 * 60))
    );
    assert_eq!(
        usage.business[1].time_to_regain_access, None,
        "0 minutes means that the limit is not exceeded"
    );
    assert_eq!(usage.max_percent(), 101.0);
}

#[tokio::test]
async fn an_hourly_rate_limit_of_graph_reports_the_wait_and_is_not_retried() {
    let body = r#"{"error":{"code":80008,"message":"There have been too many calls"}}"#;
    let server = server::start(with_usage(json(400, body))).await;
    let meta = meta(&server.uri()).with_retry_policy(RetryPolicy::default());
    let error = get(&meta).await.expect_err("400");
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(17 * 60)));
    assert_eq!(error.attempts(), 1);
    assert_eq!(error.usage().map(Usage::max_percent), Some(101.0));
    assert_eq!(error.served_version(), Some("v24.0"));
}

#[tokio::test]
async fn retry_after_is_the_longer_of_two_waits() {
    let body = r#"{"error":{"code":80008,"message":"There have been too many calls"}}"#;
    for (header, seconds) in [("0", 17 * 60), ("7200", 7200)] {
        let response = with_usage(json(400, body)).append_header("retry-after", header);
        let server = server::start(response).await;
        let error = get(&meta(&server.uri())).await.expect_err("400");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)));
    }
}

#[tokio::test]
async fn other_errors_do_not_wait_for_the_rate_limit() {
    let body = r#"{"error":{"code":100,"message":"Invalid parameter"}}"#;
    let server = server::start(with_usage(json(400, body))).await;
    let error = get(&meta(&server.uri())).await.expect_err("400");
    assert_eq!(error.retry_after(), None);
}

#[tokio::test]
async fn tolerates_malformed_usage_headers() {
    for (app, business, percent) in [
        ("", "", None),
        ("7", "[]", None),
        ("{}", "{}", Some(0.0)),
        ("not JSON", r#"{"1":[{"call_count":"5"}]}"#, Some(5.0)),
        (
            r#"{"call_count":-1}"#,
            r#"{"1":{"call_count":5}}"#,
            Some(0.0),
        ),
        (r#"{"call_count":"NaN","total_time":[]}"#, "null", Some(0.0)),
        (
            "{}",
            r#"{"1":[7,{"estimated_time_to_regain_access":1e300}]}"#,
            Some(0.0),
        ),
    ] {
        let mut headers = http::HeaderMap::new();
        headers.insert("x-app-usage", app.parse().expect("a value"));
        headers.insert(
            "x-business-use-case-usage",
            business.parse().expect("a value"),
        );
        let usage = Usage::from_headers(&headers);
        assert_eq!(
            usage.as_ref().map(Usage::max_percent),
            percent,
            "{app} {business}"
        );
    }
}

#[tokio::test]
async fn reports_a_served_version_that_differs_from_the_requested_one() {
    for (served, mismatch) in [
        (Some("v99.0"), Some("v99.0")),
        (Some(graph::API_VERSION), None),
        (None, None),
    ] {
        let mut headers = http::HeaderMap::new();
        if let Some(served) = served {
            headers.insert("facebook-api-version", served.parse().expect("a value"));
        }
        assert_eq!(graph::served_version(&headers), served);
        assert_eq!(
            meta("http://127.0.0.1:9").version_mismatch(&headers),
            mismatch
        );
    }
}

#[tokio::test]
async fn clones_of_a_client_share_its_rate_limit_for_all_attempts() {
    let server = server::start(ResponseTemplate::new(503)).await;
    let limit = RateLimit::new(100, Duration::from_secs(1));
    let limited = meta(&server.uri()).with_rate_limit(limit);
    let limited =
        limited.with_retry_policy(RetryPolicy::default().initial_backoff(Duration::from_millis(1)));
    let start = Instant::now();
    let mut calls = JoinSet::new();
    for _ in 0..4 {
        let limited = limited.clone();
        calls.spawn(async move { get(&limited).await.expect_err("503").attempts() });
    }
    assert_eq!(calls.join_all().await, [3, 3, 3, 3]);
    assert!(
        start.elapsed() >= Duration::from_millis(100),
        "12 requests at 100 per second took {:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn waiting_for_the_rate_limit_does_not_count_toward_the_total_timeout() {
    let server = server::start(json(200, r#"{"id":"1"}"#)).await;
    let meta = meta(&server.uri())
        .with_retry_policy(RetryPolicy::default().total_timeout(Duration::from_millis(300)))
        .with_rate_limit(RateLimit::new(2, Duration::from_secs(1)));
    for _ in 0..3 {
        get(&meta).await.expect("a response after the wait");
    }
}
