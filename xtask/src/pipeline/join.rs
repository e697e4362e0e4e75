//! Joins the files of a hand-written document: `spec.yaml`, and one file for each resource in `spec/`.

use std::{collections::HashMap, fs, io, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use crate::openapi::{
    document,
    pointer::{ancestors, child},
};

/// A document, and the files that it was joined from.
pub struct Joined {
    pub document: Value,
    /// The file with all that no other file has.
    pub main_file: String,
    /// The files of the other path items and components, by their pointers.
    files: HashMap<String, String>,
}

/// Returns the folder of the other files of the document at `path`: `spec` for `spec.yaml`.
pub fn folder(path: &str) -> Option<&str> {
    path.strip_suffix(".yaml")
}

/// Reads the document in the file `path` below `root`, and joins it with the files in its folder, if it
/// has one.
pub fn read(root: &Path, path: &str) -> Result<Joined> {
    let mut joined = Joined::new(path, document::read(&root.join(path))?);
    let Some(folder) = folder(path).filter(|folder| root.join(folder).is_dir()) else {
        return Ok(joined);
    };
    let entries =
        fs::read_dir(root.join(folder)).with_context(|| format!("{folder}: cannot be listed"))?;
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<io::Result<Vec<String>>>()?;
    names.sort();
    for name in names {
        let path = format!("{folder}/{name}");
        joined.add(&path, document::read(&root.join(&path))?)?;
    }
    Ok(joined)
}

impl Joined {
    /// Returns a document that is in one file.
    pub fn new(file: &str, document: Value) -> Self {
        Self {
            document,
            main_file: file.to_owned(),
            files: HashMap::new(),
        }
    }

    /// Returns the file that has the place at `pointer`, at the same pointer.
    pub fn file(&self, pointer: &str) -> &str {
        let mut around = ancestors(pointer);
        let file = around.find_map(|pointer| self.files.get(pointer));
        file.unwrap_or(&self.main_file)
    }

    /// Adds the paths and the components of `part`, which is in `file`.
    pub fn add(&mut self, file: &str, part: Value) -> Result<()> {
        self.add_part(file, part)
            .with_context(|| format!("{file}: cannot be joined to spec.yaml"))
    }

    fn add_part(&mut self, file: &str, part: Value) -> Result<()> {
        for (key, value) in object(part, "/")? {
            match key.as_str() {
                "paths" => self.add_entries(file, &["paths"], value)?,
                "components" => {
                    for (kind, value) in object(value, "/components")? {
                        self.add_entries(file, &["components", &kind], value)?;
                    }
                }
                _ => bail!("`/{key}` is only supported in spec.yaml; move it there"),
            }
        }
        Ok(())
    }

    /// Adds `entries` to the object at these keys, which may be absent.
    fn add_entries(&mut self, file: &str, keys: &[&str], entries: Value) -> Result<()> {
        let mut pointer = String::new();
        let mut place = &mut self.document;
        for key in keys {
            place = object_mut(place, &pointer)?
                .entry(*key)
                .or_insert(Value::Null);
            pointer = child(&pointer, key);
        }
        let known = object_mut(place, &pointer)?;
        for (name, value) in object(entries, &pointer)? {
            if known.contains_key(&name) {
                bail!(
                    "`{name}` in `{pointer}` is already defined in another file; keep one of them"
                );
            }
            self.files.insert(child(&pointer, &name), file.to_owned());
            known.insert(name, value);
        }
        Ok(())
    }
}

fn object(value: Value, pointer: &str) -> Result<Map<String, Value>> {
    match value {
        Value::Object(entries) => Ok(entries),
        _ => bail!("`{pointer}` is not an object; correct it"),
    }
}

/// Returns the object at `pointer` of spec.yaml. Null becomes an empty one.
fn object_mut<'v>(value: &'v mut Value, pointer: &str) -> Result<&'v mut Map<String, Value>> {
    if value.is_null() {
        *value = json!({});
    }
    match value {
        Value::Object(entries) => Ok(entries),
        _ => bail!("`{pointer}` of spec.yaml is not an object; correct it"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Joined;

    fn joined(part: Value) -> Result<Value, String> {
        let spec = json!({"openapi": "3.1.0", "info": {}, "paths": {"/a": {"get": {}}},
            "components": {"schemas": {"A": {}}, "responses": []}});
        let mut joined = Joined::new("spec.yaml", spec);
        match joined.add("spec/b.yaml", part) {
            Ok(()) => Ok(joined.document),
            Err(error) => Err(format!("{error:#}")),
        }
    }

    #[test]
    fn adds_paths_and_components() {
        let part = json!({"paths": {"/b": {"get": {}}},
            "components": {"schemas": {"B": {}}, "parameters": {"P": {}}}});
        let expected = json!({"openapi": "3.1.0", "info": {},
            "paths": {"/a": {"get": {}}, "/b": {"get": {}}},
            "components": {"schemas": {"A": {}, "B": {}}, "responses": [], "parameters": {"P": {}}}});
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
            (
                json!({"components": {"responses": {"A": {}}}}),
                "`/components/responses` of spec.yaml is not an object; correct it",
            ),
        ] {
            let expected = format!("spec/b.yaml: cannot be joined to spec.yaml: {problem}");
            assert_eq!(joined(part), Err(expected));
        }
    }

    #[test]
    fn refuses_a_spec_yaml_whose_components_are_a_list() {
        let mut joined = Joined::new("spec.yaml", json!({"components": []}));
        let part = json!({"components": {"schemas": {"A": {}}}});
        let error = joined.add("spec/b.yaml", part).unwrap_err();
        assert_eq!(
            format!("{error:#}"),
            "spec/b.yaml: cannot be joined to spec.yaml: `/components` of spec.yaml is not an \
             object; correct it"
        );
    }
}
