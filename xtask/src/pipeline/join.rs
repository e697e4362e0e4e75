//! Joins the files of a hand-written document: `spec.yaml`, and one file for each resource in `spec/`.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::openapi::document;

/// A file of a hand-written document.
pub struct Part {
    /// The path, for messages.
    pub name: String,
    pub document: Value,
}

/// Returns the folder of the other files of the document at `path`: `spec` for `spec.yaml`.
pub fn folder(path: &str) -> Option<&str> {
    path.strip_suffix(".yaml")
}

/// Reads the document at `path`, and joins it with the files in its folder, if it has one.
pub fn read(path: &Path) -> Result<Value> {
    let spec = document::read(path)?;
    let folder = path.with_extension("");
    let mut files = Vec::new();
    if folder.is_dir() {
        let entries = std::fs::read_dir(&folder)
            .with_context(|| format!("{}: cannot be listed", folder.display()))?;
        for entry in entries {
            files.push(entry?.path());
        }
    }
    files.sort();
    let parts = files.into_iter().map(|path| {
        let document = document::read(&path)?;
        let name = path.display().to_string();
        Ok(Part { name, document })
    });
    join(spec, parts.collect::<Result<_>>()?)
}

/// Adds the paths and the components of `parts` to `spec`.
pub fn join(mut spec: Value, parts: Vec<Part>) -> Result<Value> {
    for Part { name, document } in parts {
        add(&mut spec, document)
            .with_context(|| format!("{name}: cannot be joined to spec.yaml"))?;
    }
    Ok(spec)
}

fn add(spec: &mut Value, part: Value) -> Result<()> {
    for (key, value) in object(part, "/")? {
        let pointer = format!("/{key}");
        match key.as_str() {
            "paths" => add_entries(&mut spec[key.as_str()], value, &pointer)?,
            "components" => {
                for (kind, value) in object(value, &pointer)? {
                    let pointer = format!("{pointer}/{kind}");
                    add_entries(&mut spec["components"][&kind], value, &pointer)?;
                }
            }
            _ => bail!("`{pointer}` is only supported in spec.yaml; move it there"),
        }
    }
    Ok(())
}

/// Adds the entries of `from` to the object `to`, which may be absent.
fn add_entries(to: &mut Value, from: Value, pointer: &str) -> Result<()> {
    if to.is_null() {
        *to = Value::Object(Map::new());
    }
    let Some(entries) = to.as_object_mut() else {
        bail!("`{pointer}` of spec.yaml is not an object; correct it");
    };
    for (name, value) in object(from, pointer)? {
        if entries.contains_key(&name) {
            bail!("`{name}` in `{pointer}` is already defined in another file; keep one of them");
        }
        entries.insert(name, value);
    }
    Ok(())
}

fn object(value: Value, pointer: &str) -> Result<Map<String, Value>> {
    match value {
        Value::Object(entries) => Ok(entries),
        _ => bail!("`{pointer}` is not an object; correct it"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Part, join};

    fn joined(part: Value) -> Result<Value, String> {
        let spec = json!({"openapi": "3.1.0", "info": {}, "paths": {"/a": {"get": {}}},
            "components": {"schemas": {"A": {}}}});
        let name = "spec/b.yaml".to_owned();
        let parts = vec![Part {
            name,
            document: part,
        }];
        join(spec, parts).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn adds_paths_and_components() {
        let part = json!({"paths": {"/b": {"get": {}}},
            "components": {"schemas": {"B": {}}, "parameters": {"P": {}}}});
        let expected = json!({"openapi": "3.1.0", "info": {},
            "paths": {"/a": {"get": {}}, "/b": {"get": {}}},
            "components": {"schemas": {"A": {}, "B": {}}, "parameters": {"P": {}}}});
        assert_eq!(joined(part), Ok(expected));
    }

    #[test]
    fn refuses_what_two_files_define_and_what_only_one_file_can_have() {
        for (part, problem) in [
            (
                json!({"paths": {"/a": {}}}),
                "`/a` in `/paths` is already defined in another file; keep one of them",
            ),
            (
                json!({"components": {"schemas": {"A": {}}}}),
                "`A` in `/components/schemas` is already defined in another file; keep one of them",
            ),
            (
                json!({"info": {}}),
                "`/info` is only supported in spec.yaml; move it there",
            ),
            (
                json!({"paths": []}),
                "`/paths` is not an object; correct it",
            ),
            (json!([]), "`/` is not an object; correct it"),
        ] {
            let expected = format!("spec/b.yaml: cannot be joined to spec.yaml: {problem}");
            assert_eq!(joined(part), Err(expected));
        }
    }
}
