//! The starts of texts, for messages.

/// Returns at most `longest` characters of `text`, with a mark if there are more.
pub fn excerpt(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
