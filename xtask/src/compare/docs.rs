//! What is but words. This is a list of what may count as such: all else means something.

use super::rules::Rule;

/// The rule for a change of `keyword`, if it says nothing to a machine.
pub fn rule(keyword: &str) -> Option<Rule> {
    Some(match keyword {
        "title" | "description" | "summary" | "$comment" => Rule::TextChanged,
        "example" | "examples" => Rule::ExampleChanged,
        "externalDocs" => Rule::ExternalDocsChanged,
        extension if extension.starts_with("x-") => Rule::ExtensionChanged,
        _ => return None,
    })
}
