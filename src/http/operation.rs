//! What a document says about an operation, besides its request and its responses.

use reqwest::{Request, Url};

use crate::auth::secret::Secret;

/// An operation of a generated client, or a request of the caller's own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    /// Whether the document says that the request can be sent twice without harm.
    pub(crate) idempotent: Option<bool>,
    /// The properties of the body whose values are secrets.
    secrets: &'static [&'static str],
    /// The Graph field whose arguments are the query parameters.
    field: Option<&'static str>,
}

impl From<&'static str> for Operation {
    fn from(id: &'static str) -> Self {
        Self {
            id,
            idempotent: None,
            secrets: &[],
            field: None,
        }
    }
}

// No document needs all of them.
#[allow(dead_code)]
impl Operation {
    pub(crate) fn idempotent(self, idempotent: bool) -> Self {
        Self {
            idempotent: Some(idempotent),
            ..self
        }
    }

    pub(crate) fn secrets(self, secrets: &'static [&'static str]) -> Self {
        Self { secrets, ..self }
    }

    pub(crate) fn field(self, field: &'static str) -> Self {
        Self {
            field: Some(field),
            ..self
        }
    }

    /// Returns the secrets in the body of `request`.
    pub(crate) fn secrets_of(&self, request: &Request) -> Vec<Secret> {
        let body = request.body().and_then(|body| body.as_bytes());
        let body: serde_json::Value = match body {
            Some(body) if !self.secrets.is_empty() => {
                serde_json::from_slice(body).unwrap_or_default()
            }
            _ => return Vec::new(),
        };
        let values = self.secrets.iter().filter_map(|name| body[name].as_str());
        values.map(Secret::from).collect()
    }

    /// Writes the query parameters as the arguments of the field: `start=1&end=2` becomes
    /// `fields=analytics.start(1).end(2)`.
    pub(crate) fn expand_field(&self, url: &mut Url) {
        let Some(field) = self.field else {
            return;
        };
        let arguments = url.query_pairs();
        let arguments = arguments.map(|(name, value)| format!(".{name}({value})"));
        let field: String = std::iter::once(field.to_owned()).chain(arguments).collect();
        url.query_pairs_mut().clear().append_pair("fields", &field);
        // It only tells the operation from others of the same path.
        url.set_fragment(None);
    }
}

#[cfg(test)]
mod tests {
    use super::{Operation, Url};

    #[test]
    fn query_parameters_become_arguments_of_the_field() {
        let mut url =
            Url::parse("https://host/v1.0/7?start=1&numbers=%5B%221%22%5D#analytics").unwrap();
        Operation::from("id").expand_field(&mut url);
        assert_eq!(url.fragment(), Some("analytics"));
        Operation::from("id")
            .field("analytics")
            .expand_field(&mut url);
        let fields = url.query_pairs().next().unwrap().1.into_owned();
        assert_eq!(fields, "analytics.start(1).numbers([\"1\"])");
        assert_eq!(url.fragment(), None);
    }
}
