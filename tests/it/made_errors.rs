//! Errors that are created without a server, to test code that handles errors.

use std::{future::Future, time::Duration};

use waba::{Error, ErrorKind, mock::Response};

use crate::server::{get_hub_account, get_meta_account, json, update_meta_account};

/// Calls `call` up to three times, as a caller with retries of its own would. Returns the waits too.
async fn with_retries<T, F>(mut call: impl FnMut() -> F) -> (Result<T, Error>, Vec<Duration>)
where
    F: Future<Output = Result<T, Error>>,
{
    const LONGEST: Duration = Duration::from_secs(60);
    let mut waits = Vec::new();
    loop {
        let error = match call().await {
            Ok(value) => return (Ok(value), waits),
            Err(error) => error,
        };
        let wait = error.retry_after().unwrap_or(Duration::from_secs(1));
        if !error.is_retryable() || waits.len() == 2 || wait > LONGEST {
            return (Err(error), waits);
        }
        waits.push(wait);
    }
}

/// Returns the result of the retries of a call that has these results.
async fn retried(results: Vec<Result<u8, Error>>) -> (Result<u8, ErrorKind>, Vec<u64>, usize) {
    let mut left = results.into_iter();
    let next = || {
        let result = left.next().expect("no further call");
        async move { result }
    };
    let (result, waits) = with_retries(next).await;
    let waits = waits.iter().map(Duration::as_secs).collect();
    (result.map_err(|error| error.kind()), waits, left.len())
}

#[tokio::test]
async fn the_retries_of_a_caller_are_tested_without_a_server() {
    let limited = |seconds: &str| {
        let response = Response::new(429).header("retry-after", seconds);
        Err(Error::from_response(response))
    };
    let network = || Err(Error::from_kind(ErrorKind::Network));
    let timeout = || Err(Error::from_kind(ErrorKind::Timeout));

    let results = vec![network(), limited("30"), Ok(7)];
    assert_eq!(retried(results).await, (Ok(7), vec![1, 30], 0));
    let results = vec![timeout(), network(), timeout(), Ok(7)];
    let expected = (Err(ErrorKind::Timeout), vec![1, 1], 1);
    assert_eq!(retried(results).await, expected);
    let results = vec![limited("61"), Ok(7)];
    assert_eq!(
        retried(results).await,
        (Err(ErrorKind::RateLimited), vec![], 1)
    );
    let expired = r#"{"error":{"code":190,"message":"expired"}}"#;
    let expired = Error::from_response(Response::new(400).body(expired));
    let results = vec![Err(expired), Ok(7)];
    assert_eq!(
        retried(results).await,
        (Err(ErrorKind::Authentication), vec![], 1)
    );
}

/// Compares the public fields of two errors of the same operation.
fn assert_same(made: Error, received: &Error) {
    let operation = if received.operation() == Some("get_waba_account") {
        "get_waba_account"
    } else {
        "get_whatsapp_business_account"
    };
    let made = made.with_operation(operation);
    assert_eq!(format!("{made:?}"), format!("{received:?}"));
    assert_eq!(made.to_string(), received.to_string());
    assert_eq!(made.body_excerpt(), received.body_excerpt());
}

#[tokio::test]
async fn an_error_made_from_a_response_is_the_error_of_that_response() {
    let meta = r#"{\"error\":{\"code\":4,\"message\":\"slow\",\"fbtrace_id\":\"A1\"}}"#;
    let cases = [
        (503, "".to_owned()),
        (404, "<html>".to_owned()),
        (418, r#"{"message":"teapot"}"#.to_owned()),
        (302, "".to_owned()),
        (200, r#"{"success":false}"#.to_owned()),
        (
            400,
            r#"{"error":{"code":80007,"error_subcode":1,"message":"m","fbtrace_id":"A","error_data":{"a":1}}}"#
                .to_owned(),
        ),
        (500, r#"{"error":{"code":1,"is_transient":true}}"#.to_owned()),
        (
            400,
            format!(r#"{{"meta":{{"http_code":400,"developer_message":"{meta}","360dialog_trace_id":"T"}}}}"#),
        ),
        (429, "x".repeat(5000)),
    ];
    for (status, body) in cases {
        let headers = [
            ("retry-after", "7"),
            ("facebook-api-version", "v24.0"),
            ("x-app-usage", r#"{"call_count":7}"#),
        ];
        let made = || {
            let response = Response::new(status).body(body.clone());
            let add = |response: Response, (name, value)| response.header(name, value);
            Error::from_response(headers.into_iter().fold(response, add))
        };
        let served = || {
            let response = json(status, &body);
            headers
                .into_iter()
                .fold(response, |response, (name, value)| {
                    response.append_header(name, value)
                })
        };
        let received = get_meta_account(served()).await.expect_err("an error");
        assert_same(made(), &received);
        let received = get_hub_account(served()).await.expect_err("an error");
        assert_same(made(), &received);
    }
}

#[tokio::test]
async fn an_error_made_for_a_write_is_the_error_of_a_write() {
    for (status, may_have_taken_effect) in [(500, true), (400, false), (429, false)] {
        let received = update_meta_account(json(status, "")).await;
        let received = received.expect_err("an error");
        let made = Error::from_response(status).for_write();
        let made = made.with_operation("update_whatsapp_business_account");
        assert_eq!(made.to_string(), received.to_string());
        assert_eq!(made.may_have_taken_effect(), may_have_taken_effect);
        assert_eq!(received.may_have_taken_effect(), may_have_taken_effect);
        let text = "the change may have taken effect";
        assert_eq!(made.to_string().contains(text), may_have_taken_effect);
        assert!(!Error::from_response(status).to_string().contains(text));
    }
}

#[test]
fn an_error_of_every_kind_can_be_made() {
    for kind in [
        ErrorKind::Configuration,
        ErrorKind::InvalidRequest,
        ErrorKind::Authentication,
        ErrorKind::Permission,
        ErrorKind::NotFound,
        ErrorKind::RateLimited,
        ErrorKind::Server,
        ErrorKind::Api,
        ErrorKind::Network,
        ErrorKind::Timeout,
        ErrorKind::Decode,
    ] {
        let error = Error::from_kind(kind);
        assert_eq!(error.kind(), kind);
        let temporary = matches!(
            kind,
            ErrorKind::RateLimited | ErrorKind::Server | ErrorKind::Network | ErrorKind::Timeout
        );
        assert_eq!(error.is_retryable(), temporary, "{error}");
        let unsent = matches!(
            kind,
            ErrorKind::Configuration | ErrorKind::InvalidRequest | ErrorKind::Authentication
        );
        assert_eq!(error.attempts() == 0, unsent, "{error}");
        let error = error.with_operation("get_waba_account").with_attempts(3);
        assert_eq!(error.operation(), Some("get_waba_account"));
        assert!(error.to_string().contains("after 3 attempts"), "{error}");
    }
    // `Network` and `Timeout` are the kinds without a response that are retryable.
    assert_eq!(Error::from_kind(ErrorKind::Network).status(), None);
    assert_eq!(Error::from_kind(ErrorKind::Timeout).status(), None);
}
