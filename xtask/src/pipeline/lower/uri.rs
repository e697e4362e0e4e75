//! URI resolution (RFC 3986), as far as schema identifiers need it.

/// Decodes the percent-encoding (`%7B`) of a URI.
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        let digits = text
            .get(index + 1..index + 3)
            .filter(|digits| byte == b'%' && digits.chars().all(|c| c.is_ascii_hexdigit()));
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(escaped) => {
                decoded.push(escaped);
                index += 3;
            }
            None => {
                decoded.push(byte);
                index += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

/// Resolves `reference`, without its fragment, against `base`.
pub fn resolve(base: &str, reference: &str) -> String {
    let reference = without_fragment(reference);
    if reference.is_empty() || scheme(reference).is_some() {
        return if reference.is_empty() {
            base.to_owned()
        } else {
            reference.to_owned()
        };
    }
    let (authority, path) = split(base);
    if let Some(rest) = reference.strip_prefix("//") {
        let scheme = scheme(base).unwrap_or_default();
        return format!("{scheme}//{rest}");
    }
    if reference.starts_with('/') {
        return format!("{authority}{}", remove_dot_segments(reference));
    }
    let folder = path.rfind('/').map_or("", |end| &path[..=end]);
    let folder = if folder.is_empty() && !authority.is_empty() {
        "/"
    } else {
        folder
    };
    format!(
        "{authority}{}",
        remove_dot_segments(&format!("{folder}{reference}"))
    )
}

/// Returns the URI without its fragment.
pub fn without_fragment(uri: &str) -> &str {
    uri.split_once('#').map_or(uri, |(uri, _)| uri)
}

/// Returns the scheme with its colon.
fn scheme(uri: &str) -> Option<&str> {
    let end = uri.find(':')?;
    let name = &uri[..end];
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    named.then_some(&uri[..=end])
}

/// Splits a URI into scheme with authority, and path.
fn split(uri: &str) -> (&str, &str) {
    let after = scheme(uri).map_or(0, str::len);
    match uri[after..].strip_prefix("//") {
        Some(rest) => {
            let path = rest.find('/').unwrap_or(rest.len());
            uri.split_at(after + 2 + path)
        }
        None => uri.split_at(after),
    }
}

/// Removes the segments `.` and `..` from a path.
fn remove_dot_segments(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    let all: Vec<&str> = path.split('/').collect();
    for (index, segment) in all.iter().enumerate() {
        let last = index + 1 == all.len();
        match *segment {
            "." | ".." => {
                let rooted = segments.len() == 1 && segments[0].is_empty();
                if *segment == ".." && !rooted {
                    segments.pop();
                }
                if last {
                    segments.push("");
                }
            }
            segment => segments.push(segment),
        }
    }
    segments.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_the_examples_of_rfc_3986() {
        let base = "http://a/b/c/d";
        for (reference, expected) in [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("g#s", "http://a/b/c/g"),
            ("", base),
            ("#s", base),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../../../g", "http://a/g"),
            ("urn:x:y", "urn:x:y"),
        ] {
            assert_eq!(resolve(base, reference), expected, "{reference}");
        }
        assert_eq!(resolve("", "tree.json"), "tree.json");
        assert_eq!(resolve("tree.json", "./leaf.json"), "leaf.json");
        assert_eq!(resolve("http://a", "g"), "http://a/g");
    }

    #[test]
    fn decodes_escapes_and_keeps_invalid_ones() {
        assert_eq!(decode("a%20b%7Bc%7D"), "a b{c}");
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%é%zz"), "%é%zz");
        assert_eq!(decode("%ff"), "%ff");
    }
}
