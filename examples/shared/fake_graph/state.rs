//! The state of the fake Graph.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The most items on a page, so that short lists have several pages.
const PAGE: usize = 2;

#[derive(Default)]
pub struct State {
    /// The ids of accounts, by business and relation.
    pub lists: BTreeMap<(String, &'static str), Vec<String>>,
    pub accounts: BTreeMap<String, Account>,
    pub faults: Vec<Fault>,
    /// The method and the path of each request, without the version.
    pub requests: Vec<String>,
    pub creations_left: Option<usize>,
}

#[derive(Default)]
pub struct Account {
    /// The fields of the node. A field that is requested and not among them is left out.
    pub node: Value,
    /// The fields that this version does not know.
    pub unknown_fields: Vec<&'static str>,
    pub numbers: Vec<Value>,
    pub templates: Vec<Value>,
    /// The subscribed apps.
    pub apps: Vec<Value>,
}

/// A failure in place of the usual response.
#[derive(Clone)]
pub enum Outcome {
    /// The request is rejected with a status and a body, and has no effect.
    Reject(u16, Value),
    /// The request has its effect, and its response is lost.
    Lose,
}

pub struct Fault {
    route: String,
    skip: usize,
    times: usize,
    outcome: Outcome,
}

impl Fault {
    pub fn new(route: &str, skip: usize, times: usize, outcome: Outcome) -> Self {
        Self {
            route: route.to_owned(),
            skip,
            times,
            outcome,
        }
    }

    /// Returns what happens to this request, if the fault applies to it.
    pub fn apply(&mut self, request: &str) -> Option<Outcome> {
        if !request.starts_with(&self.route) || self.times == 0 {
            return None;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        self.times -= 1;
        Some(self.outcome.clone())
    }
}

impl State {
    /// Returns the template with this id, of any account.
    pub fn template(&mut self, id: &str) -> Option<&mut Value> {
        let templates = self.accounts.values_mut();
        let mut templates = templates.flat_map(|account| account.templates.iter_mut());
        templates.find(|template| template["id"] == id)
    }
}

/// Returns the requested fields of an object, and its id.
pub fn select(object: &Value, fields: Option<&str>) -> Value {
    let Some(fields) = fields else {
        return object.clone();
    };
    let mut selected = Map::new();
    for field in fields.split(',').chain(["id"]) {
        if let Some(value) = object.get(field) {
            selected.insert(field.to_owned(), value.clone());
        }
    }
    selected.into()
}

/// Returns the page of a list after the item with the id in `after`, or `None` if it does not exist.
pub fn page(items: &[Value], limit: Option<usize>, after: Option<&str>) -> Option<Value> {
    let start = match after {
        None => 0,
        Some(id) => items.iter().position(|item| cursor(item) == id)? + 1,
    };
    let limit = limit.unwrap_or(PAGE).clamp(1, PAGE);
    let end = items.len().min(start + limit);
    let data = &items[start..end];
    let mut body = json!({"data": data, "paging": {}});
    if let Some(last) = data.last() {
        body["paging"]["cursors"] = json!({"before": "first", "after": cursor(last)});
    }
    if end < items.len() {
        body["paging"]["next"] = json!("https://graph.example.com/next");
    }
    Some(body)
}

fn cursor(item: &Value) -> String {
    // An app has its id in another place.
    let id = item["id"].as_str();
    let id = id.or(item["whatsapp_business_api_data"]["id"].as_str());
    format!("after-{}", id.unwrap_or_default())
}
