//! Generates the Rust code of an API from its prepared document.

use std::{collections::BTreeSet, thread};

use anyhow::{Context, Result};
use serde_json::{Map, Value};
use syn::{File, ImplItem, Item, ItemEnum, ItemImpl, Type};

use crate::{
    generator::{self, error::Error},
    openapi::{document, names::type_name, pointer::child, walk},
    pipeline::{notes::Notes, test_code},
};

/// The name of the thread that runs the generator: [`without_panics`] reports its panics.
pub const GENERATOR_THREAD: &str = "generator";

/// The generated code of an API.
pub struct Code {
    /// The text of the client.
    pub client: String,
    /// The text of the mocks.
    pub mock: String,
    /// The syntax tree of the client.
    client_file: File,
}

impl Code {
    /// Returns the generated files of `api`, as paths below the root and texts; `openapi` is the
    /// text of its `openapi.json`.
    pub fn files(self, api: &str, openapi: &str) -> Result<[(String, String); 3]> {
        let tests = test_code::of(api, &document::parse(openapi)?, &self.client_file)
            .context("the test code cannot be generated")?;
        let tests = format!("{}{tests}", generator::format::head(openapi));
        Ok([
            (format!("src/generated/{api}.rs"), self.client),
            (format!("src/generated/{api}_mock.rs"), self.mock),
            (format!("tests/generated/{api}.rs"), tests),
        ])
    }
}

/// Generates the code of `api`, or refuses the document with the reason.
pub fn code(api: &str, document: &Value, notes: &mut Notes) -> Option<Code> {
    match try_code(api, document, generator::client) {
        Ok((code, repeated)) => {
            for name in &repeated {
                let construct = format!("several generated items would be called `{name}`");
                let fix = "rename one of their sources in the overlay";
                notes.refuse(&source(document, name), &construct, fix);
            }
            repeated.is_empty().then_some(code)
        }
        Err(error) => {
            refuse(error, notes);
            None
        }
    }
}

/// Returns the pointer of the component or operation that the item `name` is generated from, or of the
/// document.
fn source(document: &Value, name: &str) -> String {
    let method = name.strip_prefix("Client::");
    let mut operations = walk::path_operations(document);
    let operation = operations.find(|operation| method == operation.value["operationId"].as_str());
    let schemas = document["components"]["schemas"].as_object();
    let mut components = schemas.into_iter().flat_map(Map::keys);
    let component = components.find(|component| name == format!("types::{}", type_name(component)));
    let component = component.map(|component| child("/components/schemas", component));
    let source = operation.map(|operation| operation.pointer()).or(component);
    source.unwrap_or_default()
}

fn refuse(error: Error, notes: &mut Notes) {
    let construct = format!("the code cannot be generated: {}", error.message);
    notes.refuse("", &construct, &error.advice);
}

/// Generates the code of `api`, and returns the names that several items of it have.
fn try_code(
    api: &str,
    document: &Value,
    client: fn(&str, &str) -> generator::error::Result<String>,
) -> generator::error::Result<(Code, Vec<String>)> {
    let openapi =
        document::to_text(document).map_err(|error| Error::document(error.to_string()))?;
    let api = api.to_owned();
    let (client, mock) =
        without_panics(move || Ok((client(&api, &openapi)?, generator::mock(&api, &openapi)?)))?;
    let (client_file, mock_file) = (syn::parse_file(&client)?, syn::parse_file(&mock)?);
    let repeated = duplicates([&client_file, &mock_file]);
    let code = Code {
        client,
        mock,
        client_file,
    };
    Ok((code, repeated))
}

/// Runs the generator. progenitor panics on constructs that it does not support, therefore it runs in
/// a thread of its own.
pub fn without_panics<T: Send + 'static>(
    generation: impl FnOnce() -> generator::error::Result<T> + Send + 'static,
) -> generator::error::Result<T> {
    let generation = thread::Builder::new()
        .name(GENERATOR_THREAD.to_owned())
        .stack_size(64 * 1024 * 1024)
        .spawn(generation)
        .map_err(|error| Error::document(error.to_string()))?;
    generation.join().unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
        let message = message.unwrap_or("no message");
        Err(Error::document(format!("progenitor panics: {message}")))
    })
}

/// The inherent functions of clients that the crate defines, or reserves.
const CLIENT_FUNCTIONS: [&str; 10] = [
    "builder",
    "call",
    "from_env",
    "new",
    "version_mismatch",
    "request",
    "with_access_token",
    "with_api_key",
    "with_rate_limit",
    "with_retry_policy",
];

/// Returns the names that several items of the files have.
fn duplicates<'f>(files: impl IntoIterator<Item = &'f File>) -> Vec<String> {
    let mut names = Names::default();
    for name in CLIENT_FUNCTIONS {
        names.add(format!("Client::{name}"));
    }
    for file in files {
        names.add_items(&file.items, "");
    }
    names.repeated
}

/// The names of the items, fields and methods of files.
#[derive(Default)]
struct Names {
    all: BTreeSet<String>,
    repeated: Vec<String>,
}

impl Names {
    fn add(&mut self, name: String) {
        if !self.all.insert(name.clone()) {
            self.repeated.push(name);
        }
    }

    fn add_items(&mut self, items: &[Item], module: &str) {
        for item in items {
            match item {
                Item::Struct(item) => {
                    let name = format!("{module}{}", item.ident);
                    for field in item.fields.iter().filter_map(|field| field.ident.as_ref()) {
                        self.add(format!("{name}.{field}"));
                    }
                    self.add(name);
                }
                Item::Enum(item) => self.add(format!("{module}{}", item.ident)),
                Item::Macro(item) => {
                    // Only `open_enum!` defines an item.
                    if let Ok(inner) = item.mac.parse_body::<ItemEnum>() {
                        self.add_items(&[Item::Enum(inner)], module);
                    }
                }
                Item::Mod(item) => {
                    let inner = item.content.as_ref().map_or(&[][..], |(_, items)| items);
                    self.add_items(inner, &format!("{module}{}::", item.ident));
                }
                Item::Impl(item) if item.trait_.is_none() => self.add_functions(item, module),
                _ => {}
            }
        }
    }

    fn add_functions(&mut self, of: &ItemImpl, module: &str) {
        let Type::Path(path) = &*of.self_ty else {
            return;
        };
        let Some(of_type) = path.path.segments.last() else {
            return;
        };
        for item in &of.items {
            if let ImplItem::Fn(function) = item {
                self.add(format!("{module}{}::{}", of_type.ident, function.sig.ident));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use serde_json::Value;

    use super::{duplicates, refuse, try_code};
    use crate::{
        generator::{self, error::Error},
        openapi::document,
        pipeline::{self, notes::Notes},
    };

    #[test]
    fn the_committed_code_is_generated_from_the_committed_documents() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for api in fs::read_dir(root.join("specs")).expect("specs/ can be listed") {
            let folder = api.expect("an entry of specs/").path();
            if !folder.is_dir() {
                continue;
            }
            let api = folder.file_name().unwrap_or_default().to_string_lossy();
            let read = |file: &str| fs::read_to_string(root.join(file)).expect(file);
            let document = read(&format!("specs/{api}/openapi.json"));
            for (file, code) in [
                (format!("{api}.rs"), generator::client(&api, &document)),
                (format!("{api}_mock.rs"), generator::mock(&api, &document)),
            ] {
                assert!(
                    read(&format!("src/generated/{file}")) == code.expect("code"),
                    "src/generated/{file} differs from the generated code; run `cargo xtask prepare`"
                );
            }
        }
    }

    #[test]
    fn shows_the_fixup_that_no_longer_applies() {
        let failing = |_: &str, _: &str| Err(Error::fixup("remove_new", 0, 1));
        let mut notes = Notes::default();
        let document: Value = serde_json::json!({"openapi": "3.0.3", "paths": {}});
        let error = try_code("api", &document, failing).err().expect("an error");
        refuse(error, &mut notes);
        let refused = notes.refused[0].to_string();
        let expected = "the document: the code cannot be generated: the fixup `remove_new` made 0 \
                        edits, but the document calls for 1; progenitor or typify may have changed: \
                        update or remove the fixup in build/fixups/";
        assert_eq!(refused, expected);
    }

    #[test]
    fn reports_a_panic_of_progenitor_as_an_error() {
        let panicking = |_: &str, _: &str| panic!("not yet implemented");
        let document: Value = serde_json::json!({});
        let error = try_code("api", &document, panicking)
            .err()
            .expect("an error");
        assert_eq!(error.message, "progenitor panics: not yet implemented");
    }

    #[test]
    fn names_the_source_of_an_item_that_has_the_name_of_another() {
        let item = serde_json::json!({"type": "object", "properties": {"a": {"type": "string"}}});
        let other = serde_json::json!({"type": "object", "properties": {"b": {"type": "string"}}});
        let mut document = serde_json::json!({
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "new", "responses": {}}}},
            "components": {"schemas": {
                "Page": {"type": "object", "properties": {"item": item}},
                "page-item": other,
            }},
        });
        let (notes, _) = pipeline::prepare("api", &mut document);
        let refused: Vec<_> = notes.refused.iter().map(ToString::to_string).collect();
        for (place, name) in [
            ("/paths/~1a/get", "Client::new"),
            ("/components/schemas/page-item", "types::PageItem"),
        ] {
            let expected = format!(
                "{place}: several generated items would be called `{name}`; rename one of their \
                 sources in the overlay"
            );
            assert!(refused.contains(&expected), "{refused:?}");
        }
    }

    #[test]
    fn finds_a_name_that_an_open_enum_shares_with_a_struct() {
        let code = "mod types {
            crate::types::open_enum::open_enum! { #[doc = \"A\"] pub enum A { X = \"x\", } }
            pub struct A(String);
        }";
        let file = syn::parse_file(code).expect("Rust");
        assert_eq!(duplicates([&file]), ["types::A"]);
    }

    /// Returns the signature of the setter of a query parameter of this schema.
    fn setter_of(schema: &str) -> String {
        let text = format!(
            r#"{{"openapi": "3.0.3", "info": {{"title": "t", "version": "1"}}, "paths": {{"/p": {{
            "get": {{"operationId": "get_p", "responses": {{"204": {{"description": "d"}}}},
            "parameters": [{{"in": "query", "name": "limit", "schema": {schema}}}]}}}}}}}}"#
        );
        let mut document = document::parse(&text).expect("a document");
        let (notes, code) = pipeline::prepare("api", &mut document);
        assert_eq!(notes.refused, []);
        let code = code.expect("code").client;
        let (_, setter) = code.split_once("pub fn limit").expect("a setter");
        setter.split('{').next().unwrap_or_default().to_owned()
    }

    #[test]
    fn the_setter_of_a_positive_integer_accepts_a_plain_number() {
        for schema in [
            r#"{"type": "integer", "minimum": 1}"#,
            r#"{"type": "integer", "minimum": 1, "maximum": 500}"#,
            r#"{"type": "integer", "minimum": 0, "exclusiveMinimum": true}"#,
        ] {
            let setter = setter_of(schema);
            let accepts = |of_type| setter.contains(&format!("Option<{of_type}>"));
            assert!(accepts("u64") || accepts("i64"), "{schema}: {setter}");
        }
    }
}
