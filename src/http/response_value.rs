//! The result of a successful call.

use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

/// A successful response: the decoded body, the status, the headers and the body as received.
///
/// It dereferences to the decoded body. Serializing that gives what the server sent, except for:
///
/// - the order of properties, white space, and all but the last of several properties of one name
/// - numbers that neither an `i64`, a `u64` nor an `f64` represents exactly, and the notation of others,
///   such as `1.50`; numbers beyond the range of an `f64`, such as `1e400`, become strings
/// - halves of surrogate pairs in strings (`"\ud83d"`, from an emoji that was cut), which become U+FFFD
///
/// [`body`](Self::body) is unchanged, and keeps these details.
#[derive(Clone)]
pub struct ResponseValue<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl<T> ResponseValue<T> {
    pub(crate) fn new(value: T, status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            value,
            status,
            headers,
            body,
        }
    }

    /// Returns the decoded body.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body as received, without a byte order mark.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Converts the decoded body.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> ResponseValue<U> {
        ResponseValue::new(convert(self.value), self.status, self.headers, self.body)
    }
}

impl<T> Deref for ResponseValue<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for ResponseValue<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T> AsRef<T> for ResponseValue<T> {
    fn as_ref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for ResponseValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseValue")
            .field("value", &self.value)
            .field("status", &self.status)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}
