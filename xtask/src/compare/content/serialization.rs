//! The serialization of parameters and headers, with the defaults of OpenAPI filled in.

use std::fmt;

use serde_json::Value;

#[derive(PartialEq)]
pub enum Serialization {
    /// Serialized as this media type.
    Content(String),
    Style {
        style: String,
        explode: bool,
        reserved: bool,
    },
}

impl Serialization {
    /// Returns the serialization of `parameter`. `scalar` tells whether its values are neither arrays
    /// nor objects.
    pub fn of(parameter: &Value, scalar: bool) -> Self {
        let content = parameter["content"].as_object();
        if let Some((media_type, _)) = content.and_then(|content| content.iter().next()) {
            return Self::Content(canonical_media_type(media_type));
        }
        let default = match parameter["in"].as_str() {
            Some("query" | "cookie") => "form",
            _ => "simple",
        };
        let style = parameter["style"].as_str().unwrap_or(default).to_owned();
        let explode = parameter["explode"].as_bool().unwrap_or(style == "form");
        Self::Style {
            // `explode` has no effect on a scalar.
            explode: explode && !(scalar && ["form", "simple"].contains(&&*style)),
            reserved: parameter["allowReserved"] == true,
            style,
        }
    }
}

impl fmt::Display for Serialization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Content(media_type) => write!(f, "`{media_type}`"),
            Self::Style {
                style,
                explode,
                reserved,
            } => {
                let explode = if *explode { "exploded" } else { "not exploded" };
                let reserved = if *reserved {
                    ", with reserved characters"
                } else {
                    ""
                };
                write!(f, "`{style}` ({explode}{reserved})")
            }
        }
    }
}

/// Returns the name of a media type in one spelling.
pub fn canonical_media_type(name: &str) -> String {
    let (essence, parameters) = name.split_once(';').unwrap_or((name, ""));
    let mut parameters: Vec<String> = parameters
        .split(';')
        .map(|parameter| parameter.trim().to_lowercase().replace('"', ""))
        // JSON is always in UTF-8.
        .filter(|parameter| !parameter.is_empty() && parameter != "charset=utf-8")
        .collect();
    parameters.sort();
    parameters.insert(0, essence.trim().to_lowercase());
    parameters.join(";")
}
