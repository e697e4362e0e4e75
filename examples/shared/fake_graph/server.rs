//! The responses of the fake Graph.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State as Shared,
    http::{Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use waba::reqwest::Url;

use super::{
    FakeGraph, error,
    state::{Account, Outcome, State, page, select},
};

/// The status and the body of a response.
type Reply = (u16, Value);
type Query = BTreeMap<String, String>;

pub fn router(state: Arc<Mutex<State>>) -> Router {
    Router::new().fallback(respond).with_state(state)
}

async fn respond(
    Shared(state): Shared<Arc<Mutex<State>>>,
    method: Method,
    uri: Uri,
    body: Bytes,
) -> Response {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    // The first segment is the version.
    let segments: Vec<&str> = uri.path().split('/').skip(2).collect();
    let request = format!("{method} /{}", segments.join("/"));
    state.requests.push(request.clone());
    let mut faults = state.faults.iter_mut();
    let fault = faults.find_map(|fault| fault.apply(&request));
    let (status, body) = match fault {
        Some(Outcome::Reject(status, body)) => (status, body),
        fault => {
            let body = serde_json::from_slice(&body).unwrap_or_default();
            let reply = reply(&mut state, &method, &segments, &query(&uri), &body);
            match fault {
                Some(_) => (502, json!("the response was lost")),
                None => reply,
            }
        }
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // Meta returns the wait in a header.
    let usage = json!({"1": [{"type": "whatsapp_business_management", "call_count": 100,
        "estimated_time_to_regain_access": 42}]});
    match body["error"]["code"] == 80008 {
        true => {
            let header = [("x-business-use-case-usage", usage.to_string())];
            (status, header, Json(body)).into_response()
        }
        false => (status, Json(body)).into_response(),
    }
}

fn query(uri: &Uri) -> Query {
    let url = Url::parse(&format!("http://localhost{uri}"));
    let pairs = url.iter().flat_map(|url| url.query_pairs());
    pairs
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

fn reply(
    state: &mut State,
    method: &Method,
    segments: &[&str],
    query: &Query,
    body: &Value,
) -> Reply {
    match (method.as_str(), segments) {
        ("GET", ["app"]) => (200, json!({"id": FakeGraph::APP, "name": "Lucky Shrub"})),
        ("GET", [business, "owned_whatsapp_business_accounts"]) => {
            account_list(state, business, "owned", query)
        }
        ("GET", [business, "client_whatsapp_business_accounts"]) => {
            account_list(state, business, "client", query)
        }
        (method, [id, edge @ ..]) => {
            if let Some(template) = state.template(id) {
                return template_node(template, method, edge, query, body);
            }
            let creations_left = &mut state.creations_left;
            match state.accounts.get_mut(*id) {
                Some(account) => account_edge(account, creations_left, method, edge, query, body),
                None => missing(),
            }
        }
        _ => missing(),
    }
}

fn missing() -> Reply {
    let message = "Unsupported request. Object does not exist, or cannot be loaded";
    (400, error(100, 33, message))
}

fn account_list(state: &State, business: &str, relation: &'static str, query: &Query) -> Reply {
    // A business without accounts has empty lists.
    let ids = state.lists.get(&(business.to_owned(), relation));
    let nodes = ids.into_iter().flatten().map(|id| &state.accounts[id].node);
    let fields = query.get("fields").map(String::as_str);
    let nodes: Vec<Value> = nodes.map(|node| select(node, fields)).collect();
    list(&nodes, query)
}

fn list(items: &[Value], query: &Query) -> Reply {
    let limit = query.get("limit").and_then(|limit| limit.parse().ok());
    match page(items, limit, query.get("after").map(String::as_str)) {
        Some(page) => (200, page),
        None => (400, error(100, 0, "(#100) Invalid cursor")),
    }
}

fn account_edge(
    account: &mut Account,
    creations_left: &mut Option<usize>,
    method: &str,
    edge: &[&str],
    query: &Query,
    body: &Value,
) -> Reply {
    let fields = query.get("fields").map(String::as_str);
    let requested = || fields.unwrap_or_default().split(',');
    if let Some(field) = requested().find(|field| account.unknown_fields.contains(field)) {
        let message = format!("(#100) Tried accessing nonexisting field ({field}) on node type");
        return (400, error(100, 0, &message));
    }
    match (method, edge) {
        ("GET", []) => (200, select(&account.node, fields)),
        ("GET", ["phone_numbers"]) => {
            let numbers = account.numbers.iter();
            let numbers: Vec<Value> = numbers.map(|number| select(number, fields)).collect();
            list(&numbers, query)
        }
        ("GET", ["message_templates"]) => templates(account, query),
        ("POST", ["message_templates"]) => create_template(account, creations_left, body),
        ("GET", ["subscribed_apps"]) => list(&account.apps, query),
        ("POST", ["subscribed_apps"]) => subscribe(account, body),
        ("DELETE", ["subscribed_apps"]) => {
            account.apps.retain(|app| !is_own(app));
            (200, json!({"success": true}))
        }
        _ => missing(),
    }
}

fn templates(account: &Account, query: &Query) -> Reply {
    // The name is a filter for a part of names, as at Meta.
    let matches = |template: &&Value| {
        let has = |name: &str| template["name"].as_str().unwrap_or_default().contains(name);
        let language = query.get("language");
        query.get("name").is_none_or(|name| has(name))
            && language.is_none_or(|language| template["language"] == *language)
    };
    let fields = query.get("fields").map(String::as_str);
    let found = account.templates.iter().filter(matches);
    let found: Vec<Value> = found.map(|template| select(template, fields)).collect();
    let (status, mut body) = list(&found, query);
    if query.contains_key("summary") && status == 200 {
        body["summary"] = json!({"total_count": found.len()});
    }
    (status, body)
}

fn create_template(
    account: &mut Account,
    creations_left: &mut Option<usize>,
    body: &Value,
) -> Reply {
    let mut templates = account.templates.iter();
    let is_same =
        |other: &Value| other["name"] == body["name"] && other["language"] == body["language"];
    if templates.any(is_same) {
        let message = "Content in this language already exists";
        return (400, error(100, 2_388_024, message));
    }
    match creations_left {
        Some(0) => {
            return (
                400,
                error(80008, 0, "(#80008) There have been too many calls"),
            );
        }
        Some(left) => *left -= 1,
        None => {}
    }
    let account_id = account.node["id"].as_str().unwrap_or_default();
    let id = format!("{account_id}{:04}", account.templates.len() + 1);
    let mut template = body.clone();
    template["id"] = json!(id);
    template["status"] = json!("PENDING");
    account.templates.push(template);
    let category = &body["category"];
    (
        200,
        json!({"id": id, "status": "PENDING", "category": category}),
    )
}

fn template_node(
    template: &mut Value,
    method: &str,
    edge: &[&str],
    query: &Query,
    body: &Value,
) -> Reply {
    match (method, edge) {
        ("GET", []) => (
            200,
            select(template, query.get("fields").map(String::as_str)),
        ),
        ("POST", []) => {
            for (name, value) in body.as_object().into_iter().flatten() {
                template[name] = value.clone();
            }
            template["status"] = json!("PENDING");
            (200, json!({"success": true}))
        }
        _ => missing(),
    }
}

fn is_own(app: &Value) -> bool {
    app["whatsapp_business_api_data"]["id"] == FakeGraph::APP
}

fn subscribe(account: &mut Account, body: &Value) -> Reply {
    let own = account.apps.iter_mut().find(|app| is_own(app));
    let url = &body["override_callback_uri"];
    match (own, url.is_string()) {
        (None, true) => {
            let message =
                "(#100) Before override the current callback uri, your app must be subscribed";
            return (400, error(100, 0, message));
        }
        (Some(app), true) => app["override_callback_uri"] = url.clone(),
        (Some(app), false) => {
            app.as_object_mut()
                .map(|app| app.remove("override_callback_uri"));
        }
        (None, false) => account.apps.push(json!({"whatsapp_business_api_data": {
            "id": FakeGraph::APP, "name": "Lucky Shrub", "link": "https://example.com",
        }})),
    }
    (200, json!({"success": true}))
}
