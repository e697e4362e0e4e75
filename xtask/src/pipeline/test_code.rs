//! Generates the test code of an API: calls of each operation, and a list of its types. It lets the
//! tests cover new operations and types without an edit.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use indexmap::IndexMap;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use serde_json::Value;
use syn::{
    File, FnArg, ImplItem, ImplItemFn, Item, ItemEnum, ReturnType, Type, TypeParamBound,
    WherePredicate,
};

use crate::{
    generator::fixups::tree,
    openapi::{
        names::{method_name, type_name},
        pointer::follow,
        walk::{self, PathOperation},
    },
    pipeline::sample,
};

/// Returns the test code for the prepared `document` of `api`, whose client is `client`.
pub fn of(api: &str, document: &Value, client: &File) -> Result<String> {
    let api = format_ident!("{api}");
    let builders = builders(client);
    let mut operations = Vec::new();
    for of_document in walk::path_operations(document) {
        let id = of_document.value["operationId"]
            .as_str()
            .unwrap_or_default();
        let builder = builders
            .get(&method_name(id))
            .with_context(|| format!("{}: the client has no method `{id}`", of_document.path))?;
        operations.push(operation(document, &of_document, id, builder)?);
    }
    let known = types(client);
    let schemas = document["components"]["schemas"].as_object();
    let types = schemas.into_iter().flatten().filter_map(|(name, schema)| {
        let own = format_ident!("{}", known.get(&rust_name(name, schema))?);
        let sample = sample::of(document, schema, name).to_string();
        Some(quote!(TypeCase::of::<types::#own>(#name, #sample),))
    });
    let file = syn::parse2(quote! {
        use waba::#api::{Client, types};
        use super::{OperationCase, TypeCase};

        pub const OPERATIONS: &[OperationCase<Client>] = &[#(#operations)*];
        pub const TYPES: &[TypeCase] = &[#(#types)*];
    })?;
    Ok(prettyplease::unparse(&file))
}

/// Returns the name of the type of the component `name`.
fn rust_name(name: &str, schema: &Value) -> String {
    let path = schema["x-rust-type"]["path"].as_str();
    path.and_then(|path| path.rsplit("::").next())
        .map_or_else(|| type_name(name), ToOwned::to_owned)
}

/// Returns the code of one operation: a call with all parameters, and one with the required
/// parameters only.
fn operation(
    document: &Value,
    operation: &PathOperation<'_>,
    id: &str,
    setters: &BTreeMap<String, Type>,
) -> Result<TokenStream> {
    let method = format_ident!("{}", method_name(id));
    let mut all = Vec::new();
    let mut required = Vec::new();
    let setter = |name: &str, schema: &Value, value: &Value| {
        let of_type = setters
            .get(name)
            .with_context(|| format!("{id}: the client has no setter `{name}`"))?;
        let is_union = ["anyOf", "oneOf"]
            .iter()
            .any(|union| schema.get(union).is_some());
        // Text and numbers cannot be converted to these.
        let is_decoded = is_union || name == "body" && is_of_document(of_type);
        let argument = match is_decoded {
            true => decoded(value, of_type),
            false => argument(value, of_type),
        };
        let name = format_ident!("{name}");
        anyhow::Ok(quote!(.#name(#argument)))
    };
    // A parameter of the operation replaces that of its path.
    let parameters: IndexMap<_, _> = operation
        .parameters(document)
        .into_iter()
        .map(|(_, parameter)| (parameter["name"].as_str().unwrap_or_default(), parameter))
        .collect();
    for (name, parameter) in parameters {
        let schema = &parameter["schema"];
        let value = sample::of(document, schema, name);
        let given = setter(&method_name(name), follow(document, schema), &value)?;
        if parameter["required"] == true {
            required.push(given.clone());
        }
        all.push(given);
    }
    let body = follow(document, &operation.value["requestBody"]);
    if let Some((_, content)) = body["content"]
        .as_object()
        .and_then(|all| all.iter().next())
    {
        let schema = &content["schema"];
        let of_body = follow(document, schema);
        all.push(setter(
            "body",
            of_body,
            &sample::of(document, schema, "body"),
        )?);
        let minimal = sample::minimal_body(document, schema);
        // A body without a required property has a default.
        if minimal.as_object().is_none_or(|body| !body.is_empty()) {
            required.push(setter("body", of_body, &minimal)?);
        }
    }
    let response = response(document, operation.value);
    let response = match response {
        Some((status, body)) => quote!((#status, #body)),
        None => quote!((200, "")),
    };
    Ok(quote! {
        OperationCase {
            id: #id,
            response: #response,
            all: |client| Box::pin(async move { client.#method()#(#all)*.send().await.map(drop) }),
            required: |client| {
                Box::pin(async move { client.#method()#(#required)*.send().await.map(drop) })
            },
        },
    })
}

/// Returns the status and the body of the first documented success.
fn response(document: &Value, operation: &Value) -> Option<(u16, String)> {
    let responses = operation["responses"].as_object()?;
    let success = |(status, response): (&str, _)| Some((status.parse::<u16>().ok()?, response));
    let (status, response) = responses
        .iter()
        .filter_map(|(status, response)| success((status.as_str(), response)))
        .find(|(status, _)| (200..300).contains(status))?;
    let content = &follow(document, response)["content"]["application/json"];
    let body = match content.get("schema") {
        Some(schema) => sample::of(document, schema, "body").to_string(),
        None => String::new(),
    };
    Some((status, body))
}

/// Returns the argument with this value for a setter of `of_type`.
fn argument(value: &Value, of_type: &Type) -> TokenStream {
    let item = list_item(of_type);
    match value {
        Value::String(text) => quote!(#text),
        Value::Bool(flag) => quote!(#flag),
        Value::Array(items) if item.is_some() => {
            let items = items.iter().map(|value| match value {
                Value::String(text) => quote!(#text),
                Value::Number(value) if item.is_some_and(is_string) => {
                    let text = value.to_string();
                    quote!(#text)
                }
                Value::Number(_) => number(value),
                other => decoded(other, item),
            });
            quote!([#(#items),*])
        }
        Value::Number(_) if value.is_i64() => number(value),
        other => decoded(other, of_type),
    }
}

/// Returns the argument of `of_type` that is decoded from `value`.
fn decoded(value: &Value, of_type: impl ToTokens) -> TokenStream {
    let json = value.to_string();
    quote!(super::value::<#of_type>(#json))
}

/// Returns whether `of_type` is in the module `types`.
fn is_of_document(of_type: &Type) -> bool {
    let tokens = of_type.to_token_stream().into_iter().next();
    tokens.is_some_and(|first| first.to_string() == "types")
}

fn is_string(of_type: &Type) -> bool {
    tree::last_segment(of_type) == "String"
}

/// Returns the type of the items of a list that is sent in one parameter.
fn list_item(of_type: &Type) -> Option<&Type> {
    let mut lists = ["CommaSeparated", "JsonList"].into_iter();
    lists.find_map(|list| tree::arguments(of_type, list).first().copied())
}

/// Returns a number as a literal whose type Rust infers.
fn number(value: &Value) -> TokenStream {
    value.to_string().parse().unwrap_or_default()
}

/// Returns, for each method of the client, the types that the setters of its builder take.
fn builders(client: &File) -> BTreeMap<String, BTreeMap<String, Type>> {
    let builders = methods(tree::items(client, &["builder"]));
    let client = methods(&client.items).remove("Client").unwrap_or_default();
    let mut found = BTreeMap::new();
    for method in client {
        let ReturnType::Type(_, output) = &method.sig.output else {
            continue;
        };
        let setters = builders.get(&tree::last_segment(output));
        let setters = setters.into_iter().flatten().filter_map(|setter| {
            let of_type = taken(setter)?;
            let inner = tree::arguments(&of_type, "Option")
                .first()
                .copied()
                .cloned();
            Some((setter.sig.ident.to_string(), inner.unwrap_or(of_type)))
        });
        found.insert(method.sig.ident.to_string(), setters.collect());
    }
    found
}

/// Returns the type that a setter converts its argument into.
fn taken(setter: &ImplItemFn) -> Option<Type> {
    let FnArg::Typed(value) = setter.sig.inputs.get(1)? else {
        return None;
    };
    let bounds = &setter.sig.generics.where_clause.as_ref()?.predicates;
    bounds.iter().find_map(|bound| {
        let WherePredicate::Type(bound) = bound else {
            return None;
        };
        if tree::last_segment(&bound.bounded_ty) != tree::last_segment(&value.ty) {
            return None;
        }
        match bound.bounds.first()? {
            TypeParamBound::Trait(into) => {
                let into = tree::path_type(&into.path);
                let name = tree::last_segment(&into);
                tree::arguments(&into, &name).first().copied().cloned()
            }
            _ => None,
        }
    })
}

/// Returns the inherent methods of each type.
fn methods(items: &[Item]) -> BTreeMap<String, Vec<&ImplItemFn>> {
    let mut methods: BTreeMap<String, Vec<&ImplItemFn>> = BTreeMap::new();
    for item in items {
        let Item::Impl(item) = item else { continue };
        if item.trait_.is_none() {
            let functions = item.items.iter().filter_map(|item| match item {
                ImplItem::Fn(function) => Some(function),
                _ => None,
            });
            let name = tree::last_segment(&item.self_ty);
            methods.entry(name).or_default().extend(functions);
        }
    }
    methods
}

/// Returns the names of the types in the module `types`.
fn types(client: &File) -> BTreeSet<String> {
    let name = |item: &Item| match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        // The enum in `open_enum!`.
        Item::Macro(item) => Some(item.mac.parse_body::<ItemEnum>().ok()?.ident.to_string()),
        _ => None,
    };
    let items = tree::items(client, &["types"]);
    items.iter().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{openapi::document, pipeline};

    #[test]
    fn calls_every_operation_with_all_parameters_and_with_the_required_ones() {
        let string = json!({"type": "string"});
        let mut document = json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/{type}": {
                "parameters": [{"in": "path", "name": "type", "required": true, "schema": string}],
                "post": {
                    "operationId": "createThing",
                    "parameters": [
                        {"in": "query", "name": "2fa", "schema": {"type": "boolean"}},
                        {"in": "query", "name": "limit", "schema": {"type": "integer", "minimum": 1}},
                        {"in": "query", "name": "tags", "explode": false,
                            "schema": {"type": "array", "items": string}},
                        {"in": "header", "name": "X-Trace", "required": true, "schema": string},
                        {"in": "query", "name": "sizes", "explode": false,
                            "schema": {"type": "array", "items": {"type": "integer"}}},
                        {"in": "query", "name": "either",
                            "schema": {"oneOf": [string, {"type": "integer"}]}},
                        {"in": "path", "name": "type", "required": true,
                            "schema": {"type": "integer"}},
                    ],
                    "requestBody": {"content": {"application/json": {"schema":
                        {"type": "object", "properties": {"label": string}}}}},
                    "responses": {"201": {"description": "d", "content": {"application/json":
                        {"schema": {"$ref": "#/components/schemas/thing-out"}}}}},
                }}},
            "components": {"schemas": {"thing-out": {"type": "object", "properties": {"id": string}}}}});
        let (notes, code) = pipeline::prepare("api", &mut document);
        assert!(notes.refused.is_empty(), "{:?}", notes.refused.first());
        let openapi = document::to_text(&document).expect("text");
        let files = code
            .expect("code")
            .files("api", &openapi)
            .expect("test code");
        let [.., (_, code)] = files;
        let (all, required) = code.split_once("required:").expect("both calls");
        for part in [
            "id: \"create_thing\"",
            "201u16",
            ".create_thing()",
            ".type_(1)",
            ".sizes([\"1\"])",
            ".either(super::value::<types::",
            "._2fa(true)",
            ".limit(1)",
            ".tags([\"tags\"])",
            ".x_trace(\"X-Trace\")",
            ".body(",
        ] {
            assert!(all.contains(part), "{part} is missing: {all}");
        }
        for part in [".type_(1)", ".x_trace(\"X-Trace\")"] {
            assert!(required.contains(part), "{part} is missing: {required}");
        }
        assert!(
            !all.contains(".type_(\"type\")"),
            "the path's parameter is replaced: {all}"
        );
        for part in [".limit(", ".tags(", ".body("] {
            assert!(!required.contains(part), "{part} is optional: {required}");
        }
        assert!(
            required.contains("TypeCase::of::<types::ThingOut>(\"thing-out\""),
            "{required}"
        );
    }
}
