//! Media types, which are compared without their parameters and their case.

/// The media type of JSON.
pub const JSON: &str = "application/json";

/// The media type without its parameters, in lower case.
pub fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether a body of this media type is JSON by name.
pub fn is_json(media_type: &str) -> bool {
    essence(media_type) == JSON
}

/// Whether a body of this media type is JSON by another name, or may be.
pub fn is_like_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "*/*" || essence == "text/json" || essence.ends_with("+json")
}

/// `media_type` as progenitor knows it: it takes parameters as they are, but no other case.
pub fn canonical(media_type: &str) -> String {
    if media_type.starts_with(&essence(media_type)) {
        media_type.to_owned()
    } else {
        essence(media_type)
    }
}
