//! The files of templates.

use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value, json};
use waba::graph::types::{MessageTemplate, MessageTemplateField as Field, NewMessageTemplate};

use crate::{Result, shared::file::at};

/// The properties that a template is created from.
pub const FIELDS: [Field; 10] = [
    Field::Name,
    Field::Language,
    Field::Category,
    Field::SubCategory,
    Field::ParameterFormat,
    Field::Components,
    Field::MessageSendTtlSeconds,
    Field::CtaUrlLinkTrackingOptedOut,
    Field::DisplayFormat,
    Field::IsPrimaryDeviceDeliveryOnly,
];

/// A template in one language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub name: String,
    pub language: String,
}

impl Key {
    pub fn of(template: &NewMessageTemplate) -> Self {
        Self {
            name: template.name.clone(),
            language: template.language.clone(),
        }
    }
}

impl Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, language } = self;
        write!(
            f,
            "{} ({})",
            crate::shared::output::one_line(name),
            language.escape_debug()
        )
    }
}

/// Returns what a template of an account can be created from, as the server sent it.
pub fn definition(template: &MessageTemplate) -> serde_json::Result<NewMessageTemplate> {
    let template = json!(template);
    let mut definition = Map::new();
    for field in &FIELDS {
        match &template[field.as_str()] {
            Value::Null => {}
            value => _ = definition.insert(field.to_string(), value.clone()),
        }
    }
    serde_json::from_value(definition.into())
}

/// Returns the path of the file of a template.
pub fn path(folder: &Path, key: &Key) -> PathBuf {
    /// File systems limit names to 255 bytes.
    const MAX_LENGTH: usize = 180;
    let mut stem = format!(
        "{}@{}",
        encode(&key.name, |byte| byte.is_ascii_lowercase()),
        encode(&key.language, |byte| byte.is_ascii_alphabetic())
    );
    if stem.len() > MAX_LENGTH {
        let hash = hmac_sha256::Hash::hash(stem.as_bytes());
        let hash: String = hash[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        stem.truncate(MAX_LENGTH);
        stem = format!("{stem}~{hash}");
    }
    folder.join(format!("{stem}.json"))
}

/// Returns `text` with all characters percent-encoded that are not safe in the names of files. Results
/// for different texts differ.
pub fn encode(text: &str, is_safe: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if is_safe(byte) || byte.is_ascii_digit() || byte == b'_' {
            encoded.push(byte.into());
        } else {
            encoded += &format!("%{byte:02x}");
        }
    }
    encoded
}

/// Reads all templates of a folder, in the order of their file names.
pub fn read_folder(folder: &Path) -> Result<Vec<NewMessageTemplate>> {
    let here = at(folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(&here)? {
        let path = entry.map_err(&here)?.path();
        let is_hidden = |path: &Path| {
            path.file_name()
                .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
        };
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
            && !is_hidden(&path)
        {
            paths.push(path);
        }
    }
    paths.sort();
    let mut templates: Vec<(Key, PathBuf, NewMessageTemplate)> = Vec::new();
    for path in paths {
        let text = fs::read(&path).map_err(at(path.display()))?;
        let template: NewMessageTemplate = serde_json::from_slice(&text).map_err(|error| {
            format!(
                "{}: not a template: {error}; correct or remove the file",
                path.display()
            )
        })?;
        if template.components.is_none() && template.library_template_name.is_none() {
            let path = path.display();
            return Err(format!("{path}: the template has no `components`; add them").into());
        }
        let key = Key::of(&template);
        if let Some((_, other, _)) = templates.iter().find(|(other, ..)| *other == key) {
            let (path, other) = (path.display(), other.display());
            return Err(format!(
                "{path}: the template {key} is also in {other}; remove one of the files"
            )
            .into());
        }
        templates.push((key, path, template));
    }
    Ok(templates
        .into_iter()
        .map(|(_, _, template)| template)
        .collect())
}
