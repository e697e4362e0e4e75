//! The keywords that are documentation only. All other keywords affect callers.

use serde_json::Value;

use super::rules::Rule;

/// Returns the rule for a change of `keyword`, if it is documentation only.
pub fn rule(keyword: &str) -> Option<Rule> {
    Some(match keyword {
        "title" | "description" | "summary" | "$comment" => Rule::TextChanged,
        "example" | "examples" => Rule::ExampleChanged,
        "externalDocs" => Rule::ExternalDocsChanged,
        extension if extension.starts_with("x-") => Rule::ExtensionChanged,
        _ => return None,
    })
}

/// Returns `object` without the keywords that are documentation only.
pub fn without(object: &Value) -> Value {
    let mut object = object.clone();
    if let Value::Object(entries) = &mut object {
        entries.retain(|keyword, _| rule(keyword).is_none());
    }
    object
}
