//! The feature `mock`: typed mock servers.

use std::time::Duration;

use waba::{
    ErrorKind, Id, RetryPolicy, Secret, dialog360,
    graph::{
        self,
        mock::MockServerExt,
        types::{Field, WhatsAppBusinessAccountOrder, WhatsAppBusinessAccountUpdate},
    },
    mock::{Mock, MockServer, Response},
};

use crate::server::{self, meta};

fn account() -> graph::types::WhatsAppBusinessAccount {
    let account = graph::types::WhatsAppBusinessAccount::builder()
        .id("1.2")
        .name("Lucky Shrub");
    account.try_into().expect("an account")
}

async fn get(meta: &graph::Client, id: &str) -> Result<Option<String>, waba::Error> {
    let call = meta.get_whatsapp_business_account().waba_id(id);
    Ok(call.send().await?.into_inner().name)
}

#[tokio::test]
async fn a_mock_matches_its_account_and_fields_only() {
    let mocks = MockServer::start().await;
    let account = account();
    let mock = mocks.get_whatsapp_business_account(|when, then| {
        when.waba_id("1.2").fields([Field::Name]);
        then.ok(&account);
    });
    let meta = server::meta(&mocks.base_url());

    let call = meta
        .get_whatsapp_business_account()
        .waba_id("1.2")
        .fields([Field::Name]);
    assert_eq!(call.send().await.expect("an account").name, account.name);
    let call = meta
        .get_whatsapp_business_account()
        .waba_id("1x2")
        .fields([Field::Name]);
    assert_eq!(
        call.send().await.expect_err("not found").kind(),
        ErrorKind::NotFound
    );
    let call = meta.get_whatsapp_business_account().waba_id("1.2");
    assert_eq!(
        call.send().await.expect_err("not found").kind(),
        ErrorKind::NotFound
    );
    mock.assert();
}

#[tokio::test]
async fn a_mock_matches_ids_as_the_client_encodes_them() {
    let mocks = MockServer::start().await;
    mocks.get_whatsapp_business_account(|when, then| {
        when.waba_id("a/b c?");
        then.ok(&account());
    });
    let name = get(&server::meta(&mocks.base_url()), "a/b c?").await;
    assert_eq!(name.expect("an account").as_deref(), Some("Lucky Shrub"));
}

#[tokio::test]
async fn mocks_of_operations_with_the_same_path_are_told_apart_by_ids_and_arguments() {
    let mocks = MockServer::start().await;
    let analytics = mocks.get_analytics(|when, then| {
        when.waba_id("1").start(5);
        let result = graph::types::AccountAnalytics::builder().id("1");
        then.ok(&result.try_into().expect("analytics"));
    });
    let read = mocks.get_whatsapp_business_account(|when, then| {
        when.waba_id("1");
        then.ok(&account());
    });
    let template = mocks.get_message_template(|when, then| {
        when.template_id("2");
        let result = graph::types::MessageTemplate::builder()
            .id("2")
            .name("order");
        then.ok(&result.try_into().expect("a template"));
    });
    let meta = server::meta(&mocks.base_url());
    let found = meta.get_message_template().template_id("2").send().await;
    assert_eq!(found.expect("a template").name.as_deref(), Some("order"));
    get(&meta, "1").await.expect("an account");
    let call = meta.get_analytics().waba_id("1").start(5).end(6);
    let call = call.granularity(graph::types::AnalyticsGranularity::Day);
    call.send().await.expect("analytics");
    for mock in [analytics, read, template] {
        mock.assert_calls(1);
    }
    let error = get(&meta, "3").await.expect_err("no mock has this id");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_mocked_error_response_becomes_the_matching_error() {
    let mocks = MockServer::start().await;
    let error = graph::types::GraphApiError::builder();
    let error = error.code(190).type_("OAuthException").message("expired");
    let error = graph::types::GraphApiErrorResponse::builder().error(error);
    let error = error.try_into().expect("an error");
    mocks.get_whatsapp_business_account(|_, then| {
        then.bad_request(&error);
    });
    let error = get(&server::meta(&mocks.base_url()), "1").await;
    assert_eq!(
        error.expect_err("an error").kind(),
        ErrorKind::Authentication
    );
}

#[tokio::test]
async fn a_mock_that_fails_twice_and_then_succeeds_is_survived_by_the_retries_of_the_client() {
    let mocks = MockServer::start().await;
    let mock = mocks.get_whatsapp_business_account(|when, then| {
        when.waba_id("1");
        then.response(503).times(2).ok(&account());
    });
    let policy = RetryPolicy::default().initial_backoff(Duration::from_millis(1));
    let meta = server::meta(&mocks.base_url()).with_retry_policy(policy);
    let name = get(&meta, "1").await.expect("an account");
    assert_eq!(name.as_deref(), Some("Lucky Shrub"));
    mock.assert_calls(3);
    // The last response is returned to any number of requests.
    get(&meta, "1").await.expect("an account");
    mock.assert_calls(4);
}

#[tokio::test]
async fn each_response_is_returned_exactly_so_often_to_concurrent_requests() {
    let mocks = MockServer::start().await;
    let mock = mocks.get_whatsapp_business_account(|_, then| {
        then.response(503).times(10).ok(&account());
    });
    let meta = server::meta(&mocks.base_url());
    let calls = (0..64).map(|_| get(&meta, "1"));
    let results = futures::future::join_all(calls).await;
    assert_eq!(results.iter().filter(|result| result.is_err()).count(), 10);
    mock.assert_calls(64);
}

#[tokio::test]
async fn a_mock_whose_responses_are_used_up_leaves_requests_to_the_next_mock() {
    let mocks = MockServer::start().await;
    let first = mocks.get_whatsapp_business_account(|_, then| {
        then.response(503).times(1).response(500).times(1);
    });
    let second = mocks.get_whatsapp_business_account(|_, then| {
        then.ok(&account()).times(1);
    });
    let meta = server::meta(&mocks.base_url());
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let error = get(&meta, "1").await.err();
        statuses.push(error.and_then(|error| Some(error.status()?.as_u16())));
    }
    assert_eq!(statuses, [Some(503), Some(500), None, Some(404)]);
    assert_eq!((first.calls(), second.calls()), (2, 1));
}

#[tokio::test]
async fn a_mock_returns_any_status_headers_and_body() {
    let mocks = MockServer::start().await;
    mocks.get_whatsapp_business_account(|_, then| {
        let limited = Response::new(429)
            .header("retry-after", "7")
            .header("x-app-usage", r#"{"call_count":100}"#)
            .body("<html>slow down</html>");
        then.response(limited);
    });
    let error = get(&server::meta(&mocks.base_url()), "1").await;
    let error = error.expect_err("429");
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(error.usage().map(|usage| usage.max_percent()), Some(100.0));
    assert_eq!(error.body_excerpt(), Some("<html>slow down</html>"));
}

#[tokio::test]
async fn a_delayed_response_can_exceed_the_timeout_of_the_client() {
    let mocks = MockServer::start().await;
    mocks.get_whatsapp_business_account(|_, then| {
        then.ok(&account())
            .delay(Duration::from_secs(3600))
            .times(1)
            .ok(&account())
            .header("x-app-usage", r#"{"call_count":7}"#);
    });
    let meta = graph::Client::builder()
        .access_token("t")
        .base_url(mocks.base_url())
        .timeout(Duration::from_millis(100))
        .retry_policy(RetryPolicy::none())
        .build()
        .expect("a client");
    let error = get(&meta, "1").await.expect_err("a timeout");
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let meta = server::meta(&mocks.base_url());
    let call = meta.get_whatsapp_business_account().waba_id("1");
    let response = call.send().await.expect("an account");
    assert!(response.headers().contains_key("x-app-usage"));
}

#[tokio::test]
async fn an_unmatched_request_is_told_the_nearest_mock_and_what_differs() {
    let mocks = MockServer::start().await;
    let meta = server::meta(&mocks.base_url());
    let message = |error: waba::Error| error.message().unwrap_or_default().to_owned();
    assert_eq!(
        message(get(&meta, "1").await.expect_err("no mock")),
        "no mock matches GET /v23.0/1; no mock was added"
    );

    mocks.get_whatsapp_business_account(|when, then| {
        when.waba_id("1").fields([Field::Name]);
        then.ok(&account());
    });
    mocks.update_whatsapp_business_account(|when, then| {
        let update = graph::types::WhatsAppBusinessAccountUpdate::builder();
        let update = update.name("Lucky Shrub").timezone_id("1");
        when.waba_id("1")
            .body(&update.try_into().expect("an update"));
        then.ok(&Default::default()).times(0);
    });
    let call = meta.get_whatsapp_business_account().waba_id("1");
    let error = call.fields([Field::Id]).send().await;
    assert_eq!(
        message(error.expect_err("other fields")),
        "no mock matches GET /v23.0/1; the nearest is the mock of `get_whatsapp_business_account`: \
         the query parameter `fields` is `id`, expected `name`"
    );
    assert_eq!(
        message(get(&meta, "2").await.expect_err("another account")),
        "no mock matches GET /v23.0/2; the nearest is the mock of `get_whatsapp_business_account`: \
         `waba_id` is `2`, expected `1`, and the query parameter `fields` is missing, expected `name`"
    );
    let update = |name: &'static str| {
        let call = meta.update_whatsapp_business_account().waba_id("1");
        call.body_map(move |body| body.name(name).timezone_id("1"))
            .send()
    };
    assert_eq!(
        message(update("Other").await.expect_err("another body")),
        "no mock matches POST /v23.0/1; the nearest is the mock of `update_whatsapp_business_account`: \
         `name` in the body is \"Other\", expected \"Lucky Shrub\""
    );
    assert_eq!(
        message(
            update("Lucky Shrub")
                .await
                .expect_err("no response is left")
        ),
        "no mock matches POST /v23.0/1; the nearest is the mock of `update_whatsapp_business_account`: \
         it has returned all its 0 responses"
    );
}

#[tokio::test]
async fn the_server_of_one_api_tells_requests_of_the_other_what_differs() {
    let mocks = MockServer::start().await;
    mocks.get_whatsapp_business_account(|_, then| {
        then.ok(&account());
    });
    let call = server::hub(&mocks.base_url());
    let call = call.get_waba_account();
    let call = call.partner_id("p").waba_account_id("w").send().await;
    assert_eq!(
        call.expect_err("another API").message(),
        Some(
            "no mock matches GET /api/v2/partners/p/waba_accounts/w; the nearest is the mock of \
             `get_whatsapp_business_account`: the path is /api/v2/partners/p/waba_accounts/w, \
             expected /{waba_id}"
        )
    );
    // Both APIs can have mocks on one server.
    dialog360::mock::MockServerExt::get_waba_account(&mocks, |_, then| {
        then.ok(&Default::default());
    });
    let call = server::hub(&mocks.base_url());
    let call = call.get_waba_account();
    let call = call.partner_id("p").waba_account_id("w").send().await;
    call.expect("an account");
}

#[tokio::test]
async fn an_untyped_mock_answers_custom_requests() {
    let mocks = MockServer::start().await;
    mocks.mock(|when, then| {
        when.method(waba::reqwest::Method::GET)
            .path("/1/phone_numbers")
            .query_param("limit", "2")
            .query_param_missing("after")
            .header("authorization", format!("Bearer {}", server::SECRET))
            .header_missing("x-api-key")
            .body("")
            .matches("the user agent is another", |request| {
                request.headers().contains_key("user-agent")
            });
        then.response(Response::new(200).json(&serde_json::json!({"data": []})));
    });
    let meta = server::meta(&mocks.base_url());
    let request = |limit: &'static str| {
        let request = meta.request(waba::reqwest::Method::GET, "/{waba_id}/phone_numbers");
        request.path("waba_id", "1").query("limit", limit)
    };
    let found = request("2").send::<serde_json::Value>().await;
    let found = found.expect("a response").into_inner();
    assert_eq!(found, serde_json::json!({"data": []}));
    let error = request("3").send::<serde_json::Value>().await;
    assert_eq!(
        error.expect_err("another limit").message(),
        Some(
            "no mock matches GET /v23.0/1/phone_numbers; the nearest is a mock without an operation: \
             the query parameter `limit` is `3`, expected `2`"
        )
    );
}

#[tokio::test]
async fn a_mock_is_asserted_by_its_number_of_requests() {
    let mocks = MockServer::start().await;
    let mock = mocks.get_whatsapp_business_account(|when, then| {
        when.waba_id("1");
        then.ok(&account());
    });
    let meta = server::meta(&mocks.base_url());
    get(&meta, "2").await.expect_err("another account");
    let failed = std::panic::catch_unwind(|| mock.assert()).expect_err("a panic");
    assert_eq!(
        failed.downcast_ref::<String>().map(String::as_str),
        Some(
            "the mock of `get_whatsapp_business_account` has answered 0 requests, expected 1\n\
             no mock matches GET /v23.0/2; the nearest is the mock of \
             `get_whatsapp_business_account`: `waba_id` is `2`, expected `1`"
        )
    );
    get(&meta, "1").await.expect("an account");
    mock.assert();
}

#[tokio::test]
async fn a_mock_of_analytics_matches_the_arguments_of_the_field() {
    let server = MockServer::start().await;
    let mut analytics = graph::types::AccountAnalytics::builder()
        .id("7")
        .build()
        .expect("analytics");
    analytics.extra.insert("asked".to_owned(), true.into());
    let mock = server.get_analytics(|when, then| {
        when.waba_id("7").start(1).granularity("DAY");
        then.ok(&analytics);
    });
    let client = server::meta(&server.base_url());
    let call = client
        .get_analytics()
        .waba_id("7")
        .start(1)
        .end(2)
        .granularity("DAY");
    let found = call
        .phone_numbers(["15550100"])
        .send()
        .await
        .expect("analytics");
    assert_eq!(found.into_inner(), analytics);
    mock.assert();

    let call = client
        .get_analytics()
        .waba_id("7")
        .start(9)
        .end(2)
        .granularity("DAY");
    let error = call.send().await.expect_err("another start").to_string();
    assert!(
        error.contains("the query parameter `start` is `9`, expected `1`"),
        "{error}"
    );
    let call = client.get_whatsapp_business_account().waba_id("7");
    let error = call
        .send()
        .await
        .expect_err("another operation")
        .to_string();
    assert!(error.contains("does not ask for `analytics`"), "{error}");
}

#[tokio::test]
async fn a_line_of_a_call_can_be_copied_into_a_mock() {
    let server = MockServer::start().await;
    let order = WhatsAppBusinessAccountOrder::from("creation_time_ascending");
    let (cursor, fields) = ("a b".to_owned(), vec![Field::Id]);
    let secret = Secret::from("s");
    // The same lines, once for the mock and once for the call.
    macro_rules! list {
        ($with:expr) => {
            $with
                .business_id(7_u64)
                .after(&cursor)
                .before(cursor.clone())
                .limit(25_u8)
                .fields(&fields)
                .find(None::<String>)
                .business_type(["OWNED"].iter().copied())
                .sort(&order)
        };
    }
    macro_rules! exchange {
        ($with:expr) => {
            $with.client_id("1").client_secret(&secret).code("c")
        };
    }
    macro_rules! metrics {
        ($with:expr) => {
            $with
                .waba_id(&Id::from("7"))
                .start(1)
                .end(2_u32)
                .granularity("DAY")
                .phone_numbers(["1", "2"])
        };
    }
    macro_rules! update {
        ($with:expr) => {
            $with.waba_id("7").body_map(|body| body.timezone_id(1_u32))
        };
    }
    let mocks = [
        server.list_owned_whatsapp_business_accounts(|when, then| {
            list!(when);
            then.response(Response::new(200).body(r#"{"data":[]}"#));
        }),
        server.exchange_code(|when, then| {
            exchange!(when);
            then.response(Response::new(200).body(r#"{"access_token":"t"}"#));
        }),
        server.get_analytics(|when, then| {
            metrics!(when);
            then.response(Response::new(200).body(r#"{"id":"7"}"#));
        }),
        server.update_whatsapp_business_account(|when, then| {
            update!(when);
            then.response(Response::new(200).body(r#"{"success":true}"#));
        }),
    ];
    let meta = meta(&server.base_url());
    list!(meta.list_owned_whatsapp_business_accounts())
        .send()
        .await
        .expect("a list");
    let found = list!(meta.list_owned_whatsapp_business_accounts()).find("7");
    let error = found.send().await.expect_err("another query").to_string();
    assert!(error.contains("`find`"), "{error}");
    exchange!(meta.exchange_code())
        .send()
        .await
        .expect("a token");
    metrics!(meta.get_analytics())
        .send()
        .await
        .expect("metrics");
    update!(meta.update_whatsapp_business_account())
        .send()
        .await
        .expect("an update");
    mocks.iter().for_each(Mock::assert);
}

#[tokio::test]
async fn a_mock_takes_a_body_its_builder_or_a_reference_to_it() {
    let builder = || WhatsAppBusinessAccountUpdate::builder().timezone_id("1");
    let update = builder().build().expect("an update");
    for form in 0..3 {
        let server = MockServer::start().await;
        let mock = server.update_whatsapp_business_account(|when, then| {
            match form {
                0 => when.body(update.clone()),
                1 => when.body(&update),
                _ => when.body(builder()),
            };
            then.response(Response::new(200).body("{}"));
        });
        let meta = meta(&server.base_url());
        let call = meta.update_whatsapp_business_account().waba_id("7");
        call.body(update.clone()).send().await.expect("an update");
        let call = meta.update_whatsapp_business_account().waba_id("7");
        let other = call.body_map(|body| body.timezone_id("2")).send().await;
        other.expect_err("another body");
        mock.assert();
    }
}

#[tokio::test]
async fn a_mock_with_an_empty_list_expects_that_the_call_leaves_it_out() {
    let server = MockServer::start().await;
    server.get_whatsapp_business_account(|when, then| {
        when.fields(Vec::<Field>::new());
        then.response(Response::new(200).body(r#"{"id":"1"}"#));
    });
    let meta = meta(&server.base_url());
    let call = || meta.get_whatsapp_business_account().waba_id("1");
    call()
        .fields([] as [Field; 0])
        .send()
        .await
        .expect("it matches");
    call()
        .fields(Field::Id)
        .send()
        .await
        .expect_err("it has fields");
}

#[tokio::test]
#[should_panic(expected = "invalid `limit` of a mock")]
async fn a_mock_rejects_an_argument_that_the_call_would_reject() {
    let server = MockServer::start().await;
    server.list_owned_whatsapp_business_accounts(|when, _| {
        when.limit(-1);
    });
}

#[tokio::test]
async fn a_mock_of_a_body_without_properties_matches_a_call_that_leaves_it_out() {
    let server = MockServer::start().await;
    let mock = server.create_subscribed_app(|when, then| {
        when.waba_id("7").body_map(|body| body);
        then.response(Response::new(200).body(r#"{"success":true}"#));
    });
    let meta = meta(&server.base_url());
    let call = meta.create_subscribed_app().waba_id("7");
    call.send().await.expect("a subscription");
    assert_eq!(mock.calls(), 1);
}
