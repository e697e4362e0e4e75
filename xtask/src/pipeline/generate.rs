//! The Rust code of an API, as it stands beside its document.

use std::{collections::BTreeMap, mem};

use anyhow::{Context, Result, anyhow};
use quote::{ToTokens, format_ident};
use syn::{
    AttrStyle, Attribute, Expr, ItemEnum, ItemMacro, Lit, Meta, parse_quote, visit_mut::VisitMut,
};

use crate::{
    generator,
    openapi::document,
    pipeline::{test_code, validate},
};

/// The files that are made of `openapi`, the text of the `openapi.json` of `api`.
pub fn files(api: &str, openapi: &str) -> Result<[(String, String); 3]> {
    let made = |what: &'static str, generator: fn(&str, &str) -> generator::Made| {
        let (api, text) = (api.to_owned(), openapi.to_owned());
        let code = validate::without_panics(move || generator(&api, &text))
            .map_err(|error| anyhow!("the {what} cannot be generated: {error}"))?;
        readable(openapi, &code).with_context(|| format!("the generated {what} is not valid Rust"))
    };
    let client = made("client", generator::client)?;
    let tests = test_code::of(api, &document::parse(openapi)?, &client)
        .context("the test code cannot be generated")?;
    Ok([
        (format!("src/generated/{api}.rs"), client),
        (
            format!("src/generated/{api}_mock.rs"),
            made("mock", generator::mock)?,
        ),
        (
            format!("tests/generated/{api}.rs"),
            format!("{}{tests}", head(openapi)),
        ),
    ])
}

/// Returns the first line of a generated file, which names the document; build.rs compares it.
fn head(openapi: &str) -> String {
    let hash = document::sha256(openapi);
    format!("// Made by `cargo xtask prepare` of the openapi.json with the SHA-256 {hash}.\n\n")
}

/// Returns `code` as people format it, below the first line of a generated file.
fn readable(openapi: &str, code: &str) -> Result<String> {
    let mut file = syn::parse_file(code)?;
    let mut tidy = Tidy::default();
    tidy.visit_file_mut(&mut file);
    let mut text = head(openapi);
    for line in prettyplease::unparse(&file).lines() {
        match tidy.taken_out.get(line.trim()) {
            None => text.extend([line, "\n"]),
            Some(item) => {
                let indent = &line[..line.len() - line.trim_start().len()];
                item.lines()
                    .for_each(|line| text.extend([indent, line, "\n"]));
            }
        }
    }
    Ok(text)
}

/// Brings code into a form that prettyplease prints as a person would write it.
#[derive(Default)]
struct Tidy {
    /// The enums within macros, as text, by the name that stands for each.
    taken_out: BTreeMap<String, String>,
}

impl VisitMut for Tidy {
    /// A line of documentation for each of its lines.
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        let lines = |attribute: Attribute| {
            let Some(text) = doc(&attribute) else {
                return vec![attribute];
            };
            let indent = if text.starts_with(' ') { "" } else { " " };
            let lines = text.lines().map(|line| format!("{indent}{line}"));
            lines
                .map(|line| line.trim_end().to_owned())
                .map(|line| parse_quote!(#[doc = #line]))
                .collect()
        };
        *attributes = mem::take(attributes).into_iter().flat_map(lines).collect();
    }

    /// prettyplease leaves the content of macros as it is.
    fn visit_item_macro_mut(&mut self, item: &mut ItemMacro) {
        if let Ok(mut content) = item.mac.parse_body::<ItemEnum>() {
            self.visit_item_enum_mut(&mut content);
            let name = format_ident!("enum_{}", self.taken_out.len());
            item.mac.tokens = name.to_token_stream();
            let content = prettyplease::unparse(&parse_quote!(#content));
            self.taken_out.insert(name.to_string(), content);
        }
    }
}

/// The text of a line of documentation.
fn doc(attribute: &Attribute) -> Option<String> {
    let (Meta::NameValue(meta), AttrStyle::Outer) = (&attribute.meta, attribute.style) else {
        return None;
    };
    match &meta.value {
        Expr::Lit(value) if meta.path.is_ident("doc") => match &value.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use syn::{Attribute, File, ItemEnum, ItemMacro, visit_mut::VisitMut};

    use super::{doc, readable};
    use crate::{generator, openapi::document, pipeline};

    /// Takes documentation out, for a line of it is no longer an attribute where it was one.
    struct Undocumented;

    impl VisitMut for Undocumented {
        fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
            attributes.retain(|attribute| doc(attribute).is_none());
        }

        fn visit_item_macro_mut(&mut self, item: &mut ItemMacro) {
            if let Ok(mut content) = item.mac.parse_body::<ItemEnum>() {
                self.visit_item_enum_mut(&mut content);
                item.mac.tokens = quote::quote!(#content);
            }
        }
    }

    fn undocumented(code: &str) -> String {
        let mut file: File = syn::parse_file(code).expect("Rust");
        Undocumented.visit_file_mut(&mut file);
        prettyplease::unparse(&file)
    }

    #[test]
    fn the_committed_code_is_what_the_generator_makes_but_for_its_looks() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for api in fs::read_dir(root.join("specs")).expect("specs/ can be listed") {
            let folder = api.expect("an entry of specs/").path();
            if !folder.is_dir() {
                continue;
            }
            let api = folder.file_name().unwrap_or_default().to_string_lossy();
            let read = |file: &str| fs::read_to_string(root.join(file)).expect(file);
            let document = read(&format!("specs/{api}/openapi.json"));
            for (file, made) in [
                (format!("{api}.rs"), generator::client(&api, &document)),
                (format!("{api}_mock.rs"), generator::mock(&api, &document)),
            ] {
                assert!(
                    undocumented(&read(&format!("src/generated/{file}")))
                        == undocumented(&made.expect("code")),
                    "src/generated/{file} differs from what is generated; run `cargo xtask prepare`"
                );
            }
        }
    }

    /// How the call is sent that has these members besides its id.
    fn sending(operation: &str) -> String {
        let document = format!(
            r#"{{"openapi": "3.0.3", "info": {{"title": "t", "version": "1"}}, "paths": {{"/p": {{
            "get": {{"operationId": "get_p", {operation}}}}}}}}}"#
        );
        let code = generator::client("api", &document).expect("code");
        let (_, send) = code.split_once("pub async fn send").expect("a call");
        send.split("fn into_request")
            .next()
            .unwrap_or_default()
            .to_owned()
    }

    #[test]
    fn an_answer_without_content_is_not_read_and_one_that_is_no_json_is_bytes() {
        for (response, answer, read) in [
            (r#""204": {"description": "d"}"#, "()", ". without_body ()"),
            (
                r#""200": {"description": "d", "content": {"application/octet-stream": {
                "schema": {"type": "string", "format": "binary"}}}}"#,
                ":: bytes :: Bytes",
                ". bytes ()",
            ),
            (
                r#""200": {"description": "d", "content": {"application/json": {
                "schema": {"type": "boolean"}}}}"#,
                "bool",
                ". read ()",
            ),
        ] {
            let sending = sending(&format!(r#""responses": {{{response}}}"#));
            let types = format!("ResponseValue < {answer} > , crate :: Error >");
            assert!(
                sending.contains(&types) && sending.contains(read),
                "{sending}"
            );
        }
    }

    #[test]
    fn a_parameter_called_client_is_not_taken_for_the_client() {
        let sending = sending(
            r#""responses": {"204": {"description": "d"}}, "description": "pub async fn send (self)",
            "parameters": [{"in": "query", "name": "client", "schema": {"type": "string"}}]"#,
        );
        assert!(
            sending.contains("let client = self . _client ;"),
            "{sending}"
        );
    }

    /// How the parameter `limit` of this schema is given.
    fn setter_of(schema: &str) -> String {
        let text = format!(
            r#"{{"openapi": "3.0.3", "info": {{"title": "t", "version": "1"}}, "paths": {{"/p": {{
            "get": {{"operationId": "get_p", "responses": {{"204": {{"description": "d"}}}},
            "parameters": [{{"in": "query", "name": "limit", "schema": {schema}}}]}}}}}}}}"#
        );
        let mut document = document::parse(&text).expect("a document");
        assert!(pipeline::prepare(&mut document).refused.is_empty());
        let code = generator::client("api", &document.to_string()).expect("code");
        let (_, setter) = code.split_once("pub fn limit").expect("a setter");
        setter.split('{').next().unwrap_or_default().to_owned()
    }

    #[test]
    fn a_positive_integer_is_given_as_a_plain_number() {
        for schema in [
            r#"{"type": "integer", "minimum": 1}"#,
            r#"{"type": "integer", "minimum": 1, "maximum": 500}"#,
            r#"{"type": "integer", "minimum": 0, "exclusiveMinimum": true}"#,
        ] {
            let setter = setter_of(schema);
            let takes = |of_type| setter.contains(&format!("TryInto < {of_type} >"));
            assert!(takes("u64") || takes("i64"), "{schema}: {setter}");
        }
    }

    #[test]
    fn a_derived_schema_has_the_lengths_of_its_own_string_alone() {
        let document = r#"{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {},
            "components": {"schemas": {
                "A": {"type": "string", "maxLength": 9},
                "B": {"type": "string", "minLength": 3},
                "C": {"type": "string", "minLength": 4, "maxLength": 5}}}}"#;
        let code = generator::client("api", document).expect("code");
        for (name, length) in [
            ("A", "max = 9"),
            ("B", "min = 3"),
            ("C", "min = 4, max = 5"),
        ] {
            let string = format!(
                "pub struct {name} (# [cfg_attr (feature = \"schemars\", schemars (length ({length})))]"
            );
            assert!(code.contains(&string), "{name}: {code}");
        }
    }

    #[test]
    fn only_a_body_that_must_have_properties_is_checked_for_them() {
        let body = |least: &str| {
            let operation = format!(
                r#""responses": {{"204": {{"description": "d"}}}}, "requestBody": {{"content":
                {{"application/json": {{"schema": {{"type": "object", {least}
                "properties": {{"a": {{"type": "string"}}}}}}}}}}}}"#
            );
            sending(&operation)
        };
        let check = "crate :: http :: transport :: require_properties (& request , 2)";
        let checked = body("\"minProperties\": 2,");
        assert!(checked.contains(check), "{checked}");
        assert!(!body("").contains("require_properties"));
    }

    #[test]
    fn each_line_of_documentation_and_each_variant_has_a_line_of_its_own() {
        let code = "mod types { crate::types::open_enum::open_enum! { #[doc = \"A\\n\\n- b\"] pub enum E { \
                    A = \"a\", B = \"b\", } } /** c\n d */ pub struct S; }";
        let text = readable("{}", code).expect("code");
        let lines: Vec<&str> = text.lines().skip(2).map(str::trim_end).collect();
        assert_eq!(
            lines.join("\n"),
            "mod types {\n    crate::types::open_enum::open_enum! {\n        /// A\n        ///\n        \
             /// - b\n        pub enum E {\n            A = \"a\",\n            B = \"b\",\n        \
             }\n    }\n    /// c\n    /// d\n    pub struct S;\n}"
        );
    }
}
