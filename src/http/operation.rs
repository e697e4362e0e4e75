//! Properties of an operation that the transport needs: idempotence, secrets, the expanded field, rules for
//! the body.

use std::collections::HashMap;

use reqwest::{Method, Request, Url, header::CONTENT_TYPE};
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::{auth::secret::Secret, error::Error};

/// An operation of a generated client, or a request of the caller's own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    /// Whether the document says that the request can be sent twice without harm.
    pub(crate) idempotent: Option<bool>,
    /// The places of secrets in the body, as JSON pointers. `*` stands for each item of an array.
    pub(crate) body_secrets: &'static [&'static str],
    /// The query parameters whose values are secrets.
    pub(crate) query_secrets: &'static [&'static str],
    /// Whether the request is sent without the credential of the client.
    pub(crate) is_public: bool,
    /// The Graph field whose arguments are the query parameters.
    pub(crate) field: Option<&'static str>,
    /// The number of properties that the JSON body must have at least.
    pub(crate) min_properties: usize,
    /// Whether a JSON body without properties is left out.
    pub(crate) has_optional_body: bool,
}

impl Operation {
    pub(crate) const fn new(id: &'static str) -> Self {
        Self {
            id,
            idempotent: None,
            body_secrets: &[],
            query_secrets: &[],
            is_public: false,
            field: None,
            min_properties: 0,
            has_optional_body: false,
        }
    }

    /// Returns whether the request may change something on the server.
    pub(crate) fn is_write(&self, method: &Method) -> bool {
        !method.is_safe() || self.idempotent == Some(false)
    }

    /// Returns the secrets in the query and in the body of `request`.
    pub(crate) fn secrets_of(&self, request: &Request) -> Vec<Secret> {
        let query = request.url().query_pairs();
        let query = query.filter(|(name, _)| self.query_secrets.contains(&&**name));
        let mut secrets: Vec<Secret> = query.map(|(_, value)| value.into()).collect();
        let body = request.body().and_then(|body| body.as_bytes());
        if let Some(body) = body.filter(|_| !self.body_secrets.is_empty()) {
            let body: Value = serde_json::from_slice(body).unwrap_or_default();
            let places = self.body_secrets.iter();
            let values = places.flat_map(|place| values_at(&body, place));
            secrets.extend(values.filter_map(|value| value.as_str().map(Secret::from)));
        }
        secrets
    }

    /// Checks the body of `request`, and leaves it out where the document says so.
    ///
    /// # Errors
    ///
    /// Fails if the JSON body has too few properties: the server would report a success without a change.
    pub(crate) fn prepare_body(&self, request: &mut Request) -> Result<(), Error> {
        let body = request.body().and_then(|body| body.as_bytes());
        if self.min_properties > 0 {
            let properties: HashMap<String, IgnoredAny> = body
                .and_then(|body| serde_json::from_slice(body).ok())
                .unwrap_or_default();
            let found = properties.len();
            let minimum = self.min_properties;
            if found < minimum {
                return Err(Error::invalid_request(format!(
                    "the body has too few properties: found {found}, expected at least {minimum}; \
                     set more with `body_map`"
                )));
            }
        }
        if self.has_optional_body && body == Some(b"{}") {
            *request.body_mut() = None;
            request.headers_mut().remove(CONTENT_TYPE);
        }
        Ok(())
    }

    /// Writes the query parameters as the arguments of the field: `start=1&end=2` becomes
    /// `fields=analytics.start(1).end(2)`.
    ///
    /// # Errors
    ///
    /// Fails if a value would end its argument, and add other fields to the request.
    pub(crate) fn expand_field(&self, url: &mut Url) -> Result<(), Error> {
        let Some(field) = self.field else {
            return Ok(());
        };
        for (name, value) in url.query_pairs() {
            let is_of_word = |c: char| c.is_alphanumeric() || "_-.:+".contains(c);
            let is_word = !value.is_empty() && value.chars().all(is_of_word);
            // The texts of a JSON list are in quotes.
            let is_list = || serde_json::from_str::<Vec<IgnoredAny>>(&value).is_ok();
            if !is_word && !is_list() {
                return Err(Error::invalid_request(format!(
                    "invalid `{name}`: expected a word, a number or a JSON list"
                )));
            }
        }
        let arguments = url.query_pairs();
        let arguments = arguments.map(|(name, value)| format!(".{name}({value})"));
        let field: String = std::iter::once(field.to_owned()).chain(arguments).collect();
        url.query_pairs_mut().clear().append_pair("fields", &field);
        Ok(())
    }
}

/// Returns the values at a place of `body_secrets`.
fn values_at<'b>(body: &'b Value, place: &str) -> Vec<&'b Value> {
    match place.split_once("/*") {
        Some((list, rest)) => {
            let items = body.pointer(list).and_then(Value::as_array);
            let items = items.into_iter().flatten();
            items.flat_map(|item| values_at(item, rest)).collect()
        }
        None => body.pointer(place).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Operation, Url, values_at};

    fn analytics() -> Operation {
        Operation {
            field: Some("analytics"),
            ..Operation::new("id")
        }
    }

    #[test]
    fn finds_the_values_in_each_item_of_an_array() {
        let body = json!({"pin": "1", "a/b": {"c": [{"d": ["2", "3"]}, {"d": ["4"]}, {}]}});
        assert_eq!(values_at(&body, "/pin"), [&json!("1")]);
        let found = values_at(&body, "/a~1b/c/*/d/*");
        assert_eq!(found, [&json!("2"), &json!("3"), &json!("4")]);
        assert!(values_at(&body, "/pin/*/x").is_empty());
    }

    #[test]
    fn a_value_cannot_end_its_argument() {
        for value in [
            "DAY),name,x(1",
            "[DAY),name,x(1",
            "[1],x(1",
            "",
            "a b",
            "1)",
        ] {
            let mut url = Url::parse("https://host/7").unwrap();
            url.query_pairs_mut().append_pair("granularity", value);
            let expanded = analytics().expand_field(&mut url);
            assert!(expanded.is_err(), "{value}");
        }
    }

    #[test]
    fn query_parameters_become_arguments_of_the_field() {
        let mut url = Url::parse("https://host/v1.0/7?start=1&numbers=%5B%221%22%5D").unwrap();
        Operation::new("id").expand_field(&mut url).unwrap();
        assert_eq!(url.query_pairs().count(), 2);
        analytics().expand_field(&mut url).unwrap();
        let fields = url.query_pairs().next().unwrap().1.into_owned();
        assert_eq!(fields, "analytics.start(1).numbers([\"1\"])");
    }
}
