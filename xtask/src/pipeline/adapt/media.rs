//! Media types, compared without parameters and without regard to case.

/// The media type of JSON.
pub const JSON: &str = "application/json";

/// Returns the media type without its parameters, in lower case.
pub fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Returns whether the media type is `application/json`.
pub fn is_json(media_type: &str) -> bool {
    essence(media_type) == JSON
}

/// Returns whether a body of this media type is JSON, or can be JSON.
pub fn is_like_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "*/*" || essence == "text/json" || essence.ends_with("+json")
}

/// Returns `media_type` in the form that progenitor recognizes: in lower case, with parameters
/// unless the case differs.
pub fn canonical(media_type: &str) -> String {
    if media_type.starts_with(&essence(media_type)) {
        media_type.to_owned()
    } else {
        essence(media_type)
    }
}
