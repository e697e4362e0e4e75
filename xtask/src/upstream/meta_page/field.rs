//! The lines that declare a field, with name and type run together: `idstring·required`.

use super::types::Type;

/// The longest name of a field that is looked for, in bytes.
const LONGEST_NAME: usize = 200;

/// A field, as its line declares it.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub name: String,
    /// Whether the line declares the items of an array, as `data[]User` does.
    pub is_items: bool,
    pub kind: Type,
    pub required: bool,
    pub deprecated: bool,
}

impl Field {
    /// Parses the line `text`. Returns nothing if it does not declare a field.
    ///
    /// A line can be split into name and type in several ways. The longest type is right
    /// (`phone_numberarray of string`), but a built-in type goes before the name of a schema
    /// (`clientIdstring`). A name before a schema is in snake case, as all names of the Graph API.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('·').map(str::trim);
        let declared = parts.next()?;
        let (mut required, mut deprecated) = (false, false);
        for marker in parts {
            let flag = match marker {
                "required" => &mut required,
                "deprecated" => &mut deprecated,
                _ => return None,
            };
            if std::mem::replace(flag, true) {
                return None;
            }
        }
        let name_bytes = declared.bytes().take(LONGEST_NAME);
        let longest = name_bytes.take_while(|byte| is_name_byte(*byte)).count();
        let mut best = None;
        for at in 1..=longest {
            let (name, kind) = declared.split_at(at);
            let plain = name.strip_suffix("[]").unwrap_or(name);
            let kind = Type::parse(kind).filter(|_| is_field_name(plain));
            let Some(kind) = kind else {
                continue;
            };
            let is_schema = matches!(kind.not_null(), Type::Named(_));
            let is_snake_case = !plain.bytes().any(|byte| byte.is_ascii_uppercase());
            if !is_schema || (best.is_none() && is_snake_case) {
                best = Some((plain, plain.len() < name.len(), kind));
            }
            if !is_schema {
                break;
            }
        }
        let (name, is_items, kind) = best?;
        Some(Self {
            name: name.to_owned(),
            is_items,
            kind,
            required,
            deprecated,
        })
    }

    /// Returns whether the field is deprecated: by a mark, or by its description.
    pub fn is_deprecated(&self, description: &str) -> bool {
        // Not `Deprecated numbers are shown too`.
        let is_mark = |rest: &str| rest.is_empty() || rest.starts_with([':', '.', ',', ';']);
        self.deprecated
            || description.contains("(deprecated")
            || description.strip_prefix("Deprecated").is_some_and(is_mark)
    }
}

/// Returns whether `text` can be the name of a field or a header.
pub fn is_field_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.ends_with(|last: char| last.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|byte| is_name_byte(byte) && byte != b'[' && byte != b']')
}

/// Returns whether `byte` can be part of a name, or of the mark `[]` after it.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']')
}
