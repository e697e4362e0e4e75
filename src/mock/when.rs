//! The conditions of mocks.

use std::{
    cell::RefCell,
    fmt::{self, Display},
    rc::Rc,
};

use http::Method;
use serde::Serialize;
use serde_json::Value;
use wiremock::Request;

use crate::types::path_segment::encode_segment;

/// How far a request is from a mock that differs in the path, in the method, and in anything else.
const PATH: u32 = 100;
const METHOD: u32 = 10;
const OTHER: u32 = 1;

/// The longest part of a value that a difference shows, in characters.
const MAX_SHOWN: usize = 100;

/// The conditions of a mock. A request must meet all of them.
pub struct When(Rc<RefCell<Conditions>>);

impl When {
    pub(super) fn new(conditions: Rc<RefCell<Conditions>>) -> Self {
        Self(conditions)
    }

    /// Requires this HTTP method.
    pub fn method(self, method: Method) -> Self {
        self.add(METHOD, move |request| {
            let found = &request.method;
            (*found != method).then(|| format!("the method is {found}, expected {method}"))
        })
    }

    /// Requires this path, with ids percent-encoded. The version of Graph before it can be omitted.
    pub fn path(self, path: impl Into<String>) -> Self {
        let path = path.into();
        self.add(PATH, move |request| {
            let found = request.url.path();
            let matches = found == path || without_version(found) == path;
            (!matches).then(|| format!("the path is {found}, expected {path}"))
        })
    }

    /// Requires a query parameter with this value.
    pub fn query_param(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        let field = self.0.borrow().field;
        self.add(OTHER, move |request| {
            let found = values(request, field, &name);
            let shown = found.join("`, `");
            (!found.contains(&value)).then(|| match found.is_empty() {
                true => format!("the query parameter `{name}` is missing, expected `{value}`"),
                false => format!("the query parameter `{name}` is `{shown}`, expected `{value}`"),
            })
        })
    }

    /// Requires that there is no query parameter with this name.
    pub fn query_param_missing(self, name: impl Into<String>) -> Self {
        let name = name.into();
        let field = self.0.borrow().field;
        self.add(OTHER, move |request| {
            let found = values(request, field, &name).join("`, `");
            (!found.is_empty())
                .then(|| format!("the query parameter `{name}` is `{found}`, expected none"))
        })
    }

    /// Requires a header with this value. Its name is case-insensitive.
    ///
    /// The HTTP 404 response to a request that matches no mock does not show the value, because headers
    /// contain credentials.
    pub fn header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        self.add(OTHER, move |request| {
            let mut found = request.headers.get_all(&name).iter();
            let matches = found.any(|found| found.as_bytes() == value.as_bytes());
            (!matches).then(|| format!("the header `{name}` is missing or has another value"))
        })
    }

    /// Requires that there is no header with this name.
    pub fn header_missing(self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.add(OTHER, move |request| {
            let found = request.headers.contains_key(&name);
            found.then(|| format!("the header `{name}` is there, expected none"))
        })
    }

    /// Requires this body.
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        self.add(OTHER, move |request| {
            (request.body != body).then(|| "the body is another".to_owned())
        })
    }

    /// Requires this JSON body. The order of its properties does not matter.
    #[track_caller]
    pub fn json_body(self, body: impl Serialize) -> Self {
        let expected = to_json(&body);
        self.add(OTHER, move |request| {
            let found = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
            body_difference(&found, &expected)
        })
    }

    /// Requires what a call sends for a body that can be left out: none without properties.
    #[cfg_attr(not(feature = "graph"), allow(dead_code))] // No operation of 360dialog has one.
    #[track_caller]
    pub(crate) fn optional_json_body(self, body: impl Serialize) -> Self {
        match to_json(&body) {
            Value::Object(properties) if properties.is_empty() => self.body(""),
            body => self.json_body(body),
        }
    }

    /// Requires that `matches` returns true. `description` says in an error what did not match.
    pub fn matches(
        self,
        description: impl Into<String>,
        matches: impl Fn(&reqwest::Request) -> bool + Send + Sync + 'static,
    ) -> Self {
        let description = description.into();
        self.add(OTHER, move |request| {
            let (method, url) = (request.method.clone(), request.url.clone());
            let mut copy = reqwest::Request::new(method, url);
            *copy.headers_mut() = request.headers.clone();
            *copy.body_mut() = Some(request.body.clone().into());
            (!matches(&copy)).then(|| description.clone())
        })
    }

    /// Requires the method and the path of an operation, for the generated methods.
    pub(crate) fn operation(self, name: &'static str, method: Method, path: &'static str) -> Self {
        let mut conditions = self.0.borrow_mut();
        conditions.operation = Some(name);
        conditions.template = path;
        drop(conditions);
        let when = self.add(PATH, move |request| {
            let found = request.url.path();
            let fits = parameters(path, found).is_some();
            (!fits).then(|| format!("the path is {found}, expected {path}"))
        });
        when.method(method)
    }

    /// Requires that the query asks for this field with arguments. Conditions on query parameters apply
    /// to the arguments: `start` stands for that of `fields=analytics.start(1)`.
    #[allow(dead_code)] // No operation of 360dialog has one.
    pub(crate) fn arguments_of(self, field: &'static str) -> Self {
        self.0.borrow_mut().field = Some(field);
        self.add(OTHER, move |request| {
            let missing = arguments(request, field).is_none();
            missing.then(|| format!("the query parameter `fields` does not ask for `{field}`"))
        })
    }

    /// Requires the value of a parameter in the path of the operation.
    pub(crate) fn path_param(self, name: &'static str, value: impl fmt::Display) -> Self {
        let (template, value) = (self.0.borrow().template, value.to_string());
        self.add(OTHER, move |request| {
            let found = parameters(template, request.url.path())?;
            let (_, found) = found
                .into_iter()
                .find(|(parameter, _)| *parameter == name)?;
            (found != encode_segment(&value))
                .then(|| format!("`{name}` is `{found}`, expected `{value}`"))
        })
    }

    /// Requires the query parameter that a call sends for this value: none for `None` or an empty list.
    ///
    /// # Panics
    ///
    /// Panics if the value cannot be converted.
    #[cfg_attr(not(feature = "graph"), allow(dead_code))] // No operation of 360dialog has a query.
    #[allow(clippy::panic)] // It is the caller's test that fails.
    #[track_caller]
    pub(crate) fn argument(
        self,
        name: &'static str,
        value: Result<Option<impl Serialize>, impl Display>,
    ) -> Self {
        let value = value.unwrap_or_else(|error| panic!("invalid `{name}` of a mock: {error}"));
        match to_json(&value) {
            Value::Null => self.query_param_missing(name),
            Value::String(text) => self.query_param(name, text),
            other => self.query_param(name, other.to_string()),
        }
    }

    fn add(
        self,
        distance: u32,
        difference: impl Fn(&Request) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let difference = Box::new(difference);
        self.0.borrow_mut().list.push(Condition {
            distance,
            difference,
        });
        self
    }
}

#[derive(Default)]
pub(super) struct Conditions {
    operation: Option<&'static str>,
    /// The path of the operation, with its parameters in braces.
    template: &'static str,
    /// The field whose arguments are the query parameters.
    field: Option<&'static str>,
    list: Vec<Condition>,
}

struct Condition {
    distance: u32,
    difference: Box<Difference>,
}

/// Returns what differs, or `None` if the request meets the condition.
type Difference = dyn Fn(&Request) -> Option<String> + Send + Sync;

impl Conditions {
    /// Returns the name of the mock for messages.
    pub(super) fn name(&self) -> String {
        match self.operation {
            Some(operation) => format!("the mock of `{operation}`"),
            None => "a mock without an operation".to_owned(),
        }
    }

    /// Returns what differs between `request` and the conditions, and how far they are apart.
    pub(super) fn differences(&self, request: &Request) -> (u32, Vec<String>) {
        let differing = self.list.iter().filter_map(|condition| {
            let difference = (condition.difference)(request)?;
            Some((condition.distance, difference))
        });
        let (distances, differences): (Vec<u32>, Vec<String>) = differing.unzip();
        (distances.iter().sum(), differences)
    }
}

/// Returns the parameters of `path` by their names in `template`, or `None` if it does not fit.
fn parameters<'p>(template: &'static str, path: &'p str) -> Option<Vec<(&'static str, &'p str)>> {
    let segments = without_version(path).split('/');
    let expected: Vec<&'static str> = template.split('/').collect();
    let found: Vec<&'p str> = segments.collect();
    if found.len() != expected.len() {
        return None;
    }
    let mut parameters = Vec::new();
    for (expected, found) in expected.into_iter().zip(found) {
        let name = expected
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'));
        match name {
            Some(name) => parameters.push((name, found)),
            None if expected == found => {}
            None => return None,
        }
    }
    Some(parameters)
}

/// Returns `path` without a version of Graph at its beginning, which a base URL may end in.
fn without_version(path: &str) -> &str {
    let numbers = path.strip_prefix("/v");
    let Some((version, _)) = numbers.and_then(|path| path.split_once('/')) else {
        return path;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match version.split_once('.') {
        Some((major, minor)) if digits(major) && digits(minor) => &path[2 + version.len()..],
        _ => path,
    }
}

/// Returns the values of a query parameter, or of an argument of `field`.
fn values(request: &Request, field: Option<&'static str>, name: &str) -> Vec<String> {
    let Some(field) = field else {
        return query_values(request, name);
    };
    let arguments = arguments(request, field).unwrap_or_default();
    // The client writes the arguments one after another, and each as its own value.
    let after = arguments
        .split_once(&format!(".{name}("))
        .map(|(_, rest)| rest);
    let value = after.map(|rest| rest.split(").").next().unwrap_or(rest));
    value
        .map(|value| value.strip_suffix(')').unwrap_or(value).to_owned())
        .into_iter()
        .collect()
}

/// Returns the arguments of `field` in the query parameter `fields`, such as `.start(1).end(2)`.
fn arguments(request: &Request, field: &str) -> Option<String> {
    let fields = query_values(request, "fields");
    let found = fields.iter().find_map(|fields| fields.strip_prefix(field));
    found.map(ToOwned::to_owned)
}

fn query_values(request: &Request, name: &str) -> Vec<String> {
    let pairs = request.url.query_pairs();
    let values = pairs.filter(|(found, _)| found == name);
    values.map(|(_, value)| value.into_owned()).collect()
}

fn body_difference(found: &Value, expected: &Value) -> Option<String> {
    if found == expected {
        return None;
    }
    let (Value::Object(found), Value::Object(expected)) = (found, expected) else {
        return Some(format!(
            "the body is {}, expected {}",
            shown(Some(found)),
            shown(Some(expected))
        ));
    };
    let added = found.keys().filter(|name| !expected.contains_key(*name));
    let differing = expected.keys().chain(added).filter_map(|name| {
        let (found, expected) = (found.get(name), expected.get(name));
        (found != expected).then(|| {
            format!(
                "`{name}` in the body is {}, expected {}",
                shown(found),
                shown(expected)
            )
        })
    });
    Some(differing.collect::<Vec<_>>().join(", and "))
}

fn shown(value: Option<&Value>) -> String {
    let text = value.map_or("absent".to_owned(), Value::to_string);
    text.chars().take(MAX_SHOWN).collect()
}

/// Converts a value of a test to JSON.
#[track_caller]
#[allow(clippy::panic)] // It is the caller's test that fails.
pub(super) fn to_json(value: &(impl Serialize + ?Sized)) -> Value {
    serde_json::to_value(value)
        .unwrap_or_else(|error| panic!("the value cannot be serialized as JSON: {error}"))
}
