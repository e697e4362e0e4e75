//! Errors without a server.

use super::Response;
use crate::{
    auth::redaction::Redactor,
    error::{Error, classify, failure::Failure, kind::ErrorKind},
    http::time,
};

/// Errors for tests of code that handles them.
impl Error {
    /// Creates the error of a call whose last response is `response`, for tests of your own code. The
    /// response is classified like one from a server.
    ///
    /// A success becomes an error of kind [`Decode`](ErrorKind::Decode), unless its body contains an
    /// error.
    ///
    /// ```
    /// use std::time::Duration;
    /// use waba::{Error, ErrorKind, mock::Response};
    ///
    /// let limited = Response::new(429).header("retry-after", "30");
    /// let error = Error::from_response(limited);
    /// assert_eq!(error.kind(), ErrorKind::RateLimited);
    /// assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    ///
    /// // Graph returns an expired token with HTTP 400. The code decides.
    /// let body = r#"{"error": {"code": 190, "message": "The token has expired"}}"#;
    /// let error = Error::from_response(Response::new(400).body(body));
    /// assert_eq!(error.kind(), ErrorKind::Authentication);
    ///
    /// assert!(Error::from_response(503).is_retryable());
    /// ```
    pub fn from_response(response: impl Into<Response>) -> Self {
        let Response {
            status,
            headers,
            body,
        } = response.into();
        let failure = classify::failure(status, &headers, &body, time::now());
        let failure = failure.unwrap_or_else(|| Failure {
            kind: Some(ErrorKind::Decode),
            status: Some(status),
            message: Some("the body does not have the documented form".to_owned()),
            body_excerpt: classify::excerpt(&body),
            ..Failure::default()
        });
        Self::after_one_attempt(failure)
    }

    /// Creates an error of this kind, for tests of your own code.
    ///
    /// An error of kind [`Network`](ErrorKind::Network) or [`Timeout`](ErrorKind::Timeout) has no
    /// response and is retryable. An error of kind [`Configuration`](ErrorKind::Configuration),
    /// [`InvalidRequest`](ErrorKind::InvalidRequest) or [`Authentication`](ErrorKind::Authentication)
    /// is created as if no request had been sent. The other kinds need a response; they have the status
    /// 403 (`Permission`), 404 (`NotFound`), 409 (`Api`), 429 (`RateLimited`), 503 (`Server`) or 200
    /// (`Decode`). For any other response, use [`from_response`](Self::from_response).
    ///
    /// ```
    /// use waba::{Error, ErrorKind};
    ///
    /// let error = Error::from_kind(ErrorKind::Timeout);
    /// assert!(error.is_retryable());
    /// assert_eq!(error.status(), None);
    /// ```
    pub fn from_kind(kind: ErrorKind) -> Self {
        let without_response = |message: &str| Failure {
            kind: Some(kind),
            message: Some(message.to_owned()),
            ..Failure::default()
        };
        match kind {
            ErrorKind::Configuration | ErrorKind::InvalidRequest | ErrorKind::Authentication => {
                without_response("the error was created for a test").into()
            }
            ErrorKind::Network => Self::after_one_attempt(Failure {
                retryable: true,
                ..without_response("the connection was closed before a valid response arrived")
            }),
            ErrorKind::Timeout => Self::after_one_attempt(Failure {
                retryable: true,
                ..without_response("the server did not respond")
            }),
            ErrorKind::Permission => Self::from_response(403),
            ErrorKind::NotFound => Self::from_response(404),
            ErrorKind::Api => Self::from_response(409),
            ErrorKind::RateLimited => Self::from_response(429),
            ErrorKind::Server => Self::from_response(503),
            ErrorKind::Decode => Self::from_response(200),
        }
    }

    /// Returns the same error with another [`operation`](Self::operation), for tests of your own
    /// code. An error that was created for a test has none.
    #[must_use]
    pub fn with_operation(self, operation: &'static str) -> Self {
        self.edited(|failure| failure.operation = Some(operation))
    }

    /// Returns the same error with another number of [`attempts`](Self::attempts), for tests of your
    /// own code. The default is 1, or 0 if no request was sent.
    #[must_use]
    pub fn with_attempts(self, attempts: u32) -> Self {
        self.edited(|failure| failure.attempts = attempts)
    }

    /// Returns the same error of a call that may change something on the server, for tests of your own
    /// code. `Display` then says to check the change, if
    /// [it may have taken effect](Self::may_have_taken_effect). An error that was created for a test is
    /// that of a read.
    ///
    /// ```
    /// use waba::{Error, ErrorKind};
    ///
    /// let error = Error::from_kind(ErrorKind::Timeout).for_write();
    /// assert!(error.to_string().contains("the change may have taken effect"));
    /// ```
    #[must_use]
    pub fn for_write(self) -> Self {
        self.edited(|failure| failure.is_write = true)
    }

    /// Cuts long texts as a client does.
    fn after_one_attempt(failure: Failure) -> Self {
        let redactor = Redactor {
            secrets: Vec::new(),
            drop_excerpt: false,
        };
        let failure = Failure {
            attempts: 1,
            ..failure
        };
        redactor.redact_failure(failure).into()
    }
}
