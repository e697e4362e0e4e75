//! The responses of mocks.

use std::{cell::RefCell, collections::VecDeque, rc::Rc, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE};
use serde::Serialize;
use wiremock::ResponseTemplate;

/// An HTTP response for tests: of a [mock](crate::mock::Then::response), or as the cause of an
/// [`Error`](crate::Error::from_response).
///
/// A status is converted to a response without headers and body.
#[derive(Clone, Debug)]
pub struct Response {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Response {
    /// Creates a response without headers and body.
    ///
    /// # Panics
    ///
    /// Panics if `status` is not a number from 100 to 999.
    #[track_caller]
    pub fn new(status: u16) -> Self {
        let code = StatusCode::from_u16(status);
        assert!(
            code.is_ok(),
            "invalid HTTP status {status}: expected 100 to 999"
        );
        Self {
            status: code.unwrap_or_default(),
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }

    /// Adds a header. A header that is added twice is sent twice.
    ///
    /// # Panics
    ///
    /// Panics if the name or the value is not valid in HTTP.
    #[must_use]
    #[track_caller]
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let (name, value) = (name.as_ref(), value.as_ref());
        let header = HeaderName::try_from(name)
            .ok()
            .zip(HeaderValue::try_from(value).ok());
        assert!(header.is_some(), "invalid HTTP header `{name}: {value}`");
        self.headers
            .extend(header.map(|(name, value)| (Some(name), value)));
        self
    }

    /// Sets the body, and leaves the headers as they are.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets the body to `value` as JSON, and the header `Content-Type`.
    ///
    /// # Panics
    ///
    /// Panics if `value` cannot be serialized.
    #[must_use]
    #[track_caller]
    pub fn json(mut self, value: &(impl Serialize + ?Sized)) -> Self {
        self.headers
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body(super::when::to_json(value).to_string())
    }
}

impl From<u16> for Response {
    #[track_caller]
    fn from(status: u16) -> Self {
        Self::new(status)
    }
}

impl From<StatusCode> for Response {
    fn from(status: StatusCode) -> Self {
        Self::new(status.as_u16())
    }
}

/// The responses of a mock, in order.
///
/// The mock returns its response to every request, or, with [`times`](Self::times), to some requests.
/// What is set after `times` is the next response:
///
/// ```
/// # use waba::mock::{MockServer, Response};
/// # async fn run(server: MockServer) {
/// // HTTP 503 twice, then an empty object.
/// server.mock(|_, then| {
///     then.response(503).times(2).response(Response::new(200).body("{}"));
/// });
/// # }
/// ```
///
/// Without any response, the mock returns HTTP 200 without a body.
pub struct Then(Rc<RefCell<Steps>>);

impl Then {
    pub(super) fn new(steps: Rc<RefCell<Steps>>) -> Self {
        Self(steps)
    }

    /// Sets the response. It replaces what was set since the last [`times`](Self::times).
    #[track_caller]
    pub fn response(self, response: impl Into<Response>) -> Self {
        self.edit(response.into(), |step, response| step.response = response)
    }

    /// Adds a header to the last response that was set.
    ///
    /// # Panics
    ///
    /// Panics if the name or the value is not valid in HTTP, or if no response was set before.
    #[track_caller]
    #[allow(clippy::panic)] // It is the caller's test that fails.
    pub fn header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let mut steps = self.0.borrow_mut();
        let Some(step) = &mut steps.current else {
            panic!("there is no response that the header belongs to; set the response before it");
        };
        step.response = step.response.clone().header(name, value);
        drop(steps);
        self
    }

    /// Waits for `delay` before sending the last response that was set.
    ///
    /// # Panics
    ///
    /// Panics directly after [`times`](Self::times): set the next response first.
    #[track_caller]
    pub fn delay(self, delay: Duration) -> Self {
        self.0.borrow().require_response();
        self.edit(delay, |step, delay| step.delay = delay)
    }

    /// Limits the last response that was set to the next `count` requests. What is set after it is the
    /// next response; if there is none, the mock then no longer matches.
    ///
    /// # Panics
    ///
    /// Panics directly after another `times`: set the next response first.
    #[track_caller]
    pub fn times(self, count: usize) -> Self {
        self.0.borrow().require_response();
        self.0.borrow_mut().finish(count);
        self
    }

    /// Sets a JSON response, for the generated methods.
    pub(crate) fn json(self, status: u16, value: &impl Serialize) -> Self {
        self.response(Response::new(status).json(value))
    }

    /// Sets a response without a body, for the generated methods.
    #[allow(dead_code)] // All documented responses have a body now.
    pub(crate) fn status(self, status: u16) -> Self {
        self.response(status)
    }

    fn edit<T>(self, value: T, edit: impl FnOnce(&mut Step, T)) -> Self {
        edit(self.0.borrow_mut().current(), value);
        self
    }
}

/// The methods of [`Then`] for the typed responses of an operation.
macro_rules! then_methods {
    () => {
        /// Sets a response that the API does not document; see
        /// [`Then::response`](crate::mock::Then::response).
        #[track_caller]
        pub fn response(self, response: impl Into<crate::mock::Response>) -> Self {
            Self(self.0.response(response))
        }

        /// Adds a header to the last response that was set; see
        /// [`Then::header`](crate::mock::Then::header).
        #[track_caller]
        pub fn header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
            Self(self.0.header(name, value))
        }

        /// Waits for `delay` before sending the last response that was set.
        #[track_caller]
        pub fn delay(self, delay: ::std::time::Duration) -> Self {
            Self(self.0.delay(delay))
        }

        /// Limits the last response that was set to the next `count` requests. What is set after it is
        /// the next response; see [`Then::times`](crate::mock::Then::times).
        #[track_caller]
        pub fn times(self, count: usize) -> Self {
            Self(self.0.times(count))
        }
    };
}

pub(crate) use then_methods;

/// The responses of a mock that are left.
#[derive(Default)]
pub(super) struct Steps {
    finished: VecDeque<Step>,
    /// The response after the last call of `times`.
    current: Option<Step>,
}

struct Step {
    response: Response,
    delay: Duration,
    /// How many requests are left for it. `None` is any number.
    left: Option<usize>,
}

impl Steps {
    fn current(&mut self) -> &mut Step {
        self.current.get_or_insert_with(|| Step {
            response: Response::new(200),
            delay: Duration::ZERO,
            left: None,
        })
    }

    /// Panics if the last call was `times`, whose response is complete.
    #[track_caller]
    fn require_response(&self) {
        assert!(
            self.current.is_some() || self.finished.is_empty(),
            "there is no response after `times`; set the next one first"
        );
    }

    fn finish(&mut self, count: usize) {
        self.current().left = Some(count);
        self.finished.extend(self.current.take());
    }

    /// Makes a mock without any response return HTTP 200.
    pub(super) fn complete(mut self) -> Self {
        if self.finished.is_empty() {
            self.current();
        }
        self.finished.extend(self.current.take());
        self
    }

    /// Returns the next response, or `None` if all have been returned.
    pub(super) fn next_response(&mut self) -> Option<ResponseTemplate> {
        self.finished.retain(|step| step.left != Some(0));
        let step = self.finished.front_mut()?;
        step.left = step.left.map(|left| left - 1);
        let Response {
            status,
            headers,
            body,
        } = &step.response;
        let template = ResponseTemplate::new(status.as_u16()).append_headers(headers);
        Some(template.set_body_bytes(body.clone()).set_delay(step.delay))
    }
}
