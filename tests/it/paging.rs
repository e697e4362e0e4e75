//! Lists are read to their end: page by page, without losing or repeating an item.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use waba::{Continuation, Error, ErrorKind, Items, Pages, graph, graph::types};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

use crate::server::{SECRET, meta};

const WABA: &str = "102290129340398";

/// A server that returns one response after another, and then fails.
struct Script {
    responses: Vec<ResponseTemplate>,
    next: Arc<AtomicUsize>,
}

impl Respond for Script {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let index = self.next.fetch_add(1, Ordering::SeqCst);
        let end = || ResponseTemplate::new(418).set_body_string("no further request is expected");
        self.responses.get(index).cloned().unwrap_or_else(end)
    }
}

async fn serve(responses: Vec<ResponseTemplate>) -> MockServer {
    let server = MockServer::start().await;
    let next = Arc::new(AtomicUsize::new(0));
    Mock::given(any())
        .respond_with(Script { responses, next })
        .mount(&server)
        .await;
    server
}

fn page(data: Value, paging: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"data": data, "paging": paging}))
}

fn item(id: &str) -> Value {
    json!({"id": id})
}

/// Returns the paging of a page that is not the last one.
fn more(after: &str) -> Value {
    json!({"cursors": {"before": "b", "after": after},
        "next": format!("https://elsewhere.example/?access_token=EAA&after={after}")})
}

fn last(after: &str) -> Value {
    json!({"cursors": {"before": "b", "after": after}})
}

fn list(client: &graph::Client) -> graph::builder::ListMessageTemplates<'_> {
    client.list_message_templates().waba_id(WABA)
}

fn pages(server: &MockServer) -> Pages<types::MessageTemplateList> {
    list(&meta(&server.uri())).pages()
}

fn items(server: &MockServer) -> Items<types::MessageTemplateList> {
    list(&meta(&server.uri())).items()
}

async fn ids(items: Items<types::MessageTemplateList>) -> Result<Vec<String>, Error> {
    let ids = items.map_ok(|template| template.id.to_string());
    ids.try_collect().await
}

/// Returns the queries of the requests that the server received.
async fn queries(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.expect("recorded requests");
    let query = |request: Request| request.url.query().unwrap_or_default().to_owned();
    requests.into_iter().map(query).collect()
}

#[tokio::test]
async fn a_list_is_read_to_its_end_through_empty_and_short_pages() {
    for end in [
        page(json!([item("4")]), last("C")),
        page(json!([item("4")]), json!({})),
        page(json!([item("4")]), json!({"cursors": {}})),
        ResponseTemplate::new(200).set_body_json(json!({"data": [item("4")]})),
    ] {
        let server = serve(vec![
            page(json!([item("1"), item("2")]), more("A")),
            page(json!([]), more("B")),
            page(json!([item("3")]), more("B2")),
            end,
        ])
        .await;
        assert_eq!(
            ids(items(&server)).await.expect("items"),
            ["1", "2", "3", "4"]
        );
        let sent = queries(&server).await;
        assert_eq!(sent, ["", "after=A", "after=B", "after=B2"]);
    }
}

#[tokio::test]
async fn every_page_has_the_other_parameters_the_credential_and_the_host_of_the_client() {
    let server = serve(vec![
        page(json!([item("1")]), more("A")),
        page(json!([item("2")]), last("B")),
    ])
    .await;
    let client = meta(&server.uri());
    let call = list(&client)
        .fields([types::MessageTemplateField::Name])
        .limit(1)
        .status([types::MessageTemplateStatus::Approved]);
    let mut pages = call.pages();
    while let Some(page) = pages.next().await {
        let page = page.expect("a page");
        assert_eq!((page.data.len(), page.status().as_u16()), (1, 200));
        let next = page.paging.as_ref().and_then(|paging| paging.next.as_ref());
        assert!(!format!("{next:?}").contains("EAA"), "{next:?}");
    }
    assert_eq!(pages.continuation(), None);
    let requests = server.received_requests().await.expect("recorded requests");
    let cursors = [None, Some("A")];
    assert_eq!(requests.len(), cursors.len());
    for (request, cursor) in requests.iter().zip(cursors) {
        let parameter = |name: &str| {
            let mut pairs = request.url.query_pairs();
            let found = pairs.find(|(key, _)| key == name);
            found.map(|(_, value)| value.into_owned())
        };
        assert_eq!(parameter("fields").as_deref(), Some("name"));
        assert_eq!(parameter("limit").as_deref(), Some("1"));
        assert_eq!(parameter("status").as_deref(), Some("APPROVED"));
        assert_eq!(parameter("after").as_deref(), cursor);
        let credential = request.headers["authorization"].to_str().expect("text");
        assert_eq!(credential, format!("Bearer {SECRET}"));
    }
}

#[tokio::test]
async fn nothing_is_sent_before_the_first_item_is_requested() {
    let server = serve(vec![page(json!([item("1")]), last("A"))]).await;
    let mut items = items(&server);
    assert!(queries(&server).await.is_empty());
    assert_eq!(
        items
            .continuation()
            .map(|place| place.to_string())
            .as_deref(),
        Some("start")
    );
    assert!(items.next().await.expect("an item").is_ok());
    assert!(items.next().await.is_none());
    assert!(items.next().await.is_none());
    assert_eq!(queries(&server).await.len(), 1);
}

#[tokio::test]
async fn a_repeated_cursor_ends_the_list_with_an_error() {
    for cursors in [&["A", "A"][..], &["A", "B", "C", "A"]] {
        let responses = cursors
            .iter()
            .enumerate()
            .map(|(index, cursor)| page(json!([item(&index.to_string())]), more(cursor)));
        let server = serve(responses.collect()).await;
        let mut items = items(&server);
        for _ in cursors {
            items.next().await.expect("an item").expect("an item");
        }
        let error = items.next().await.expect("an error").expect_err("a loop");
        assert_eq!(error.kind(), ErrorKind::Decode);
        let text = error.to_string();
        assert!(
            text.contains("the cursor of an earlier page again"),
            "{text}"
        );
        assert!(items.next().await.is_none());
        assert_eq!(queries(&server).await.len(), cursors.len());
    }
}

#[tokio::test]
async fn equal_cursors_of_one_page_are_not_a_repetition() {
    let same = json!({"cursors": {"before": "A", "after": "A"}, "next": "https://x"});
    let server = serve(vec![
        page(json!([item("1")]), same),
        page(json!([item("2")]), last("B")),
    ])
    .await;
    assert_eq!(ids(items(&server)).await.expect("items"), ["1", "2"]);
}

#[tokio::test]
async fn a_next_page_without_a_cursor_is_an_error() {
    let server = serve(vec![page(json!([item("1")]), json!({"next": "https://x"}))]).await;
    let mut items = items(&server);
    items.next().await.expect("an item").expect("an item");
    let error = items
        .next()
        .await
        .expect("an error")
        .expect_err("no cursor");
    assert!(error.to_string().contains("no cursor `after`"), "{error}");
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn an_error_is_returned_once_and_the_same_page_can_be_requested_again() {
    let server = serve(vec![
        page(json!([item("1")]), more("A")),
        page(json!([item("2")]), more("B")),
        ResponseTemplate::new(503),
        page(json!([item("3")]), last("C")),
    ])
    .await;
    let mut items = items(&server);
    for id in ["1", "2"] {
        assert_eq!(
            items.next().await.expect("an item").expect("an item").id,
            id
        );
    }
    let error = items.next().await.expect("an error").expect_err("503");
    assert_eq!(error.kind(), ErrorKind::Server);
    let place = items.continuation().expect("a place");
    assert_eq!(place.to_string(), "after:B");
    assert_eq!(
        items.next().await.expect("an item").expect("an item").id,
        "3"
    );
    assert!(items.next().await.is_none());
    assert_eq!(
        queries(&server).await,
        ["", "after=A", "after=B", "after=B"]
    );
}

#[tokio::test]
async fn a_list_resumes_with_the_page_in_hand() {
    let responses = || {
        vec![
            page(json!([item("1"), item("2")]), more("A")),
            page(json!([item("3"), item("4")]), more("B")),
            page(json!([item("5")]), last("C")),
        ]
    };
    let server = serve(responses()).await;
    let mut first = items(&server);
    let mut places = vec![first.continuation().expect("a place")];
    while let Some(item) = first.next().await {
        item.expect("an item");
        places.extend(first.continuation());
    }
    let places: Vec<String> = places.iter().map(Continuation::to_string).collect();
    // After the last item of a page, it is the next page.
    assert_eq!(places, ["start", "start", "after:A", "after:A", "after:B"]);

    let server = serve(responses().split_off(1)).await;
    let place: Continuation = places[3].parse().expect("a place");
    let rest = ids(items(&server).resume(place)).await.expect("items");
    assert_eq!(rest, ["3", "4", "5"]);
    assert_eq!(queries(&server).await, ["after=A", "after=B"]);
}

#[tokio::test]
async fn the_number_of_pages_can_be_limited() {
    let server = serve(vec![
        page(json!([item("1")]), more("A")),
        page(json!([item("2")]), more("B")),
    ])
    .await;
    let mut pages = pages(&server).max_pages(2);
    let mut count = 0;
    while let Some(page) = pages.next().await {
        page.expect("a page");
        count += 1;
    }
    assert_eq!(count, 2);
    assert_eq!(
        pages.continuation().expect("a place").to_string(),
        "after:B"
    );
}

#[tokio::test]
async fn an_item_that_cannot_be_decoded_is_one_error_at_its_place() {
    let server = serve(vec![
        page(
            json!([item("1"), {"name": "no id"}, 7, item("2")]),
            more("A"),
        ),
        page(json!([item("3")]), last("B")),
    ])
    .await;
    let outcomes: Vec<_> = items(&server).collect().await;
    let outcomes: Vec<String> = outcomes
        .into_iter()
        .map(|item| match item {
            Ok(template) => template.id.to_string(),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Decode);
                let item = error.undecoded_item().expect("the value");
                format!("{error} {}", item.value)
            }
        })
        .collect();
    assert_eq!(outcomes.len(), 5, "{outcomes:?}");
    assert!(
        outcomes[1].contains("item 1 of a page cannot be decoded"),
        "{outcomes:?}"
    );
    assert!(
        outcomes[1].ends_with(r#" {"name":"no id"}"#),
        "{outcomes:?}"
    );
    assert!(
        outcomes[2].contains("item 2 of a page cannot be decoded"),
        "{outcomes:?}"
    );
    assert_eq!([&outcomes[0], &outcomes[3], &outcomes[4]], ["1", "2", "3"]);
}

#[tokio::test]
async fn the_error_of_a_page_is_told_apart_from_that_of_an_item() {
    let not_a_page = json!({"data": {"not": "a list"}});
    let server = serve(vec![
        page(json!([item("1")]), more("A")),
        ResponseTemplate::new(200).set_body_json(not_a_page),
        page(json!([item("2")]), last("B")),
    ])
    .await;
    let mut items = items(&server);
    items.next().await.expect("an item").expect("an item");
    let error = items.next().await.expect("a page").expect_err("not a page");
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.undecoded_item(), None);
    let item = items.next().await.expect("an item").expect("an item");
    assert_eq!(item.id, "2", "the page was requested again");
}

#[tokio::test]
async fn the_total_is_what_the_page_in_hand_says() {
    let body = json!({"data": [item("1")], "summary": {"total_count": 340}});
    let server = serve(vec![ResponseTemplate::new(200).set_body_json(body)]).await;
    let mut items = items(&server);
    assert_eq!(items.total(), None);
    items.next().await.expect("an item").expect("an item");
    assert_eq!(items.total(), Some(340));
}

#[test]
fn pagers_can_be_moved_between_tasks() {
    fn check<T: Send + Unpin + 'static>() {}
    check::<Pages<types::MessageTemplateList>>();
    check::<Items<types::MessageTemplateList>>();
}

#[tokio::test]
async fn a_loop_over_errors_ends() {
    // As a `Stream`, a list ends at the error of a page.
    let server = serve(vec![ResponseTemplate::new(401)]).await;
    assert_eq!(items(&server).collect::<Vec<_>>().await.len(), 1);
    let server = serve(vec![ResponseTemplate::new(503)]).await;
    assert_eq!(pages(&server).collect::<Vec<_>>().await.len(), 1);

    // Nothing is sent for a call without a required parameter, so nothing would make the loop wait.
    let client = meta("http://127.0.0.1:9");
    let mut items = client.list_message_templates().items();
    let mut errors = 0;
    while let Some(item) = items.next().await {
        assert_eq!(item.expect_err("no id").kind(), ErrorKind::InvalidRequest);
        errors += 1;
    }
    assert_eq!(errors, 2, "the page is requested again once");
    assert_eq!(items.continuation().expect("a place").to_string(), "start");

    let server = serve(vec![ResponseTemplate::new(401), ResponseTemplate::new(401)]).await;
    let mut pages = pages(&server);
    let mut errors = 0;
    while let Some(page) = pages.next().await {
        assert_eq!(page.expect_err("401").kind(), ErrorKind::Authentication);
        errors += 1;
    }
    assert_eq!(errors, 2);
}

#[tokio::test]
async fn resuming_forgets_the_list_so_far() {
    let server = serve(vec![
        page(json!([item("1"), item("2")]), more("A")),
        page(json!([item("8")]), more("A")),
        page(json!([item("9")]), last("C")),
    ])
    .await;
    let mut items = items(&server).max_pages(2);
    items.next().await.expect("an item").expect("an item");
    let items = items.resume("after:Z".parse().expect("a place"));
    // Neither the second item, nor the first page, nor its cursor count any more.
    assert_eq!(ids(items).await.expect("items"), ["8", "9"]);
    assert_eq!(queries(&server).await, ["", "after=Z", "after=A"]);
}

#[tokio::test]
async fn resuming_forgets_a_page_that_was_requested() {
    let slow = page(json!([item("1")]), more("A")).set_delay(std::time::Duration::from_secs(30));
    let server = serve(vec![slow, page(json!([item("9")]), last("C"))]).await;
    let mut items = items(&server);
    let quick = std::time::Duration::from_millis(300);
    assert!(tokio::time::timeout(quick, items.next()).await.is_err());
    let items = items.resume("after:Z".parse().expect("a place"));
    assert_eq!(ids(items).await.expect("items"), ["9"]);
}

#[tokio::test]
async fn a_place_in_another_kind_of_list_is_an_error() {
    let server = serve(vec![]).await;
    let mut items = items(&server).resume("offset:100".parse().expect("a place"));
    let error = items
        .next()
        .await
        .expect("an error")
        .expect_err("an offset");
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("offset:100"), "{error}");
    assert!(items.next().await.is_none());
    assert!(queries(&server).await.is_empty());
}

#[tokio::test]
async fn a_list_whose_next_page_is_unknown_never_looks_complete() {
    let cursors = json!({"before": "b", "after": "A"});
    for paging in [
        json!("https://x"),
        json!([{"next": "https://x"}]),
        json!({"next": "https://x", "cursors": {"after": ""}}),
        json!({"next": "https://x", "cursors": []}),
    ] {
        let server = serve(vec![page(json!([item("1")]), paging.clone())]).await;
        let mut items = items(&server);
        items.next().await.expect("an item").expect("an item");
        assert!(items.continuation().is_some(), "{paging}");
        let error = items
            .next()
            .await
            .expect("an error")
            .expect_err("no cursor");
        assert!(error.to_string().contains("no cursor `after`"), "{error}");
        assert_eq!(error.attempts(), 1);
        assert!(items.next().await.is_none(), "{paging}");
        // The page can be requested again later.
        assert_eq!(items.continuation().expect("a place").to_string(), "start");
    }
    // A next page is followed, however its address is written.
    for next in [
        json!(true),
        json!(["https://x"]),
        json!({"href": "https://x"}),
    ] {
        let paging = json!({"next": next, "cursors": cursors});
        let server = serve(vec![
            page(json!([item("1")]), paging),
            page(json!([item("2")]), last("B")),
        ])
        .await;
        assert_eq!(ids(items(&server)).await.expect("items"), ["1", "2"]);
    }
}

#[test]
fn pagers_can_be_shared_by_reference_between_threads() {
    fn check<T: Sync>() {}
    check::<Pages<types::MessageTemplateList>>();
    check::<Items<types::MessageTemplateList>>();
}
