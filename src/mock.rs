//! Mock servers and errors for tests of your own code.
//!
//! - [`MockServer`] returns the responses that a test sets. [`graph::mock`](crate::graph::mock) and
//!   [`dialog360::mock`](crate::dialog360::mock) add a typed method for each operation.
//! - [`Error::from_response`](crate::Error::from_response) and
//!   [`Error::from_kind`](crate::Error::from_kind) create errors without a server.
//!
//! The [guide](crate::guide::testing) has examples.

mod error;
mod into_body;
mod then;
mod when;

use std::{
    cell::RefCell,
    fmt,
    rc::Rc,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::json;
use wiremock::{Request, ResponseTemplate, matchers::any};

pub use into_body::IntoBody;
pub(crate) use then::then_methods;
pub use then::{Response, Then};
pub use when::When;

use then::Steps;
use when::Conditions;

/// An HTTP server on this machine that returns the responses of its [mocks](Self::mock).
///
/// A request is answered by the first mock that matches it and has a response left. To a request that
/// matches no mock, the server returns HTTP 404. Its body says which mock is nearest and what differs,
/// and [`message`](crate::Error::message) of the call's error returns this text.
///
/// The server stops when it is dropped.
pub struct MockServer {
    server: wiremock::MockServer,
    mocks: Mocks,
}

impl MockServer {
    /// Starts a server on a free port of the loopback interface.
    pub async fn start() -> Self {
        let server = wiremock::MockServer::start().await;
        let mocks = Mocks::default();
        let served = mocks.clone();
        wiremock::Mock::given(any())
            .respond_with(move |request: &Request| served.respond(request))
            .mount(&server)
            .await;
        Self { server, mocks }
    }

    /// Returns the address of the server, for [`base_url`](crate::ClientBuilder::base_url).
    pub fn base_url(&self) -> String {
        self.server.uri()
    }

    /// Adds a mock of any request. The typed methods of the APIs are shorter for their operations.
    ///
    /// `config` sets which requests match, and the responses. Without a condition, every request
    /// matches.
    pub fn mock<F>(&self, config: F) -> Mock
    where
        F: FnOnce(When, Then),
    {
        let conditions = Rc::new(RefCell::new(Conditions::default()));
        let steps = Rc::new(RefCell::new(Steps::default()));
        config(When::new(conditions.clone()), Then::new(steps.clone()));
        let definition = Definition {
            conditions: conditions.take(),
            steps: steps.take().complete(),
            calls: 0,
        };
        let mut state = self.mocks.lock();
        state.definitions.push(definition);
        Mock {
            mocks: self.mocks.clone(),
            index: state.definitions.len() - 1,
        }
    }
}

impl fmt::Debug for MockServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockServer")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}

/// A mock of a [`MockServer`], which counts its requests.
#[derive(Clone)]
pub struct Mock {
    mocks: Mocks,
    index: usize,
}

impl Mock {
    /// Returns how many requests the mock has answered.
    pub fn calls(&self) -> usize {
        self.mocks.lock().definitions[self.index].calls
    }

    /// Panics unless the mock has answered exactly one request.
    #[track_caller]
    pub fn assert(&self) {
        self.assert_calls(1);
    }

    /// Panics unless the mock has answered exactly `expected` requests. Retries count.
    ///
    /// The message lists the requests that matched no mock of the server.
    #[track_caller]
    pub fn assert_calls(&self, expected: usize) {
        let state = self.mocks.lock();
        let definition = &state.definitions[self.index];
        let (name, found) = (definition.conditions.name(), definition.calls);
        let unmatched: String = state
            .unmatched
            .iter()
            .map(|text| format!("\n{text}"))
            .collect();
        drop(state);
        assert!(
            found == expected,
            "{name} has answered {found} requests, expected {expected}{unmatched}"
        );
    }
}

impl fmt::Debug for Mock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.mocks.lock().definitions[self.index].conditions.name();
        f.debug_struct("Mock")
            .field("name", &name)
            .field("calls", &self.calls())
            .finish_non_exhaustive()
    }
}

/// The mocks of a server, which the server and its [`Mock`]s share.
#[derive(Clone, Default)]
struct Mocks(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// In the order in which they were added.
    definitions: Vec<Definition>,
    /// A message for each request that matched no mock.
    unmatched: Vec<String>,
}

struct Definition {
    conditions: Conditions,
    steps: Steps,
    calls: usize,
}

impl Mocks {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.lock();
        state.matched(request).unwrap_or_else(|nearest| {
            // The query may contain a proof of the app secret.
            let (method, path) = (&request.method, request.url.path());
            let message = format!("no mock matches {method} {path}; {nearest}");
            let body = json!({ "message": message });
            state.unmatched.push(message);
            ResponseTemplate::new(404).set_body_json(body)
        })
    }
}

impl State {
    /// Returns the next response of the first mock that matches, or else the nearest mock.
    fn matched(&mut self, request: &Request) -> Result<ResponseTemplate, String> {
        let mut nearest: Option<(u32, String)> = None;
        for mock in &mut self.definitions {
            let (distance, differences) = mock.conditions.differences(request);
            let difference = match differences.is_empty() {
                true => match mock.steps.next_response() {
                    Some(response) => {
                        mock.calls += 1;
                        return Ok(response);
                    }
                    None => format!("it has returned all its {} responses", mock.calls),
                },
                false => differences.join(", and "),
            };
            if nearest.as_ref().is_none_or(|(least, _)| distance < *least) {
                let name = mock.conditions.name();
                nearest = Some((distance, format!("the nearest is {name}: {difference}")));
            }
        }
        Err(nearest.map_or("no mock was added".to_owned(), |(_, text)| text))
    }
}
