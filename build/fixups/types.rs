//! Fixups of the types, which typify generates, and of their builders.

use std::collections::BTreeMap;

use openapiv3::{OpenAPI, ReferenceOr, Schema, SchemaKind, Type as SchemaType};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, format_ident};
use serde_json::Value;
use syn::{
    BinOp, Expr, Fields, File, ImplItemFn, Item, ItemImpl, Lit, Meta, Stmt, Token, parse_quote,
    punctuated::Punctuated,
};

use super::{
    super::{
        document::{Document, entries, rust_type_name},
        error::{Error, Result},
        names::type_name,
    },
    tree,
};

/// Adds the schemas with `x-open-enum` as enums with a variant for unknown values: the enums of
/// typify fail on a value that the document does not list.
pub fn add_open_enums(document: &Document, file: &mut File) -> Result<usize> {
    let enums = open_enums(document).map(|(name, schema)| open_enum(name, schema));
    let enums = enums.collect::<Result<Vec<Item>>>()?;
    let edits = enums.len();
    let Some(types) = tree::items_mut(file, tree::TYPES) else {
        return Ok(0);
    };
    types.splice(..0, enums);
    Ok(edits)
}

/// Derives `Eq` and `Hash` for the types that contain no floating-point number and no map of `std`: the
/// setting of typify for further derives applies to all types.
pub fn derive_eq(_: &Document, file: &mut File) -> Result<usize> {
    let types = tree::items(file, tree::TYPES).iter();
    let types = types.filter(|item| derives(item, "PartialEq"));
    let mut without: BTreeMap<String, TokenStream> = types
        .filter_map(|item| Some((type_ident(item)?.to_string(), item.to_token_stream())))
        .collect();
    let mut others: Vec<String> = ["f32", "f64", "HashMap"].map(ToOwned::to_owned).into();
    while let Some(name) = others.pop() {
        let containing = |code: &TokenStream| tree::has_token(code, &name);
        let found = without.iter().filter(|(_, code)| containing(code));
        let found: Vec<String> = found.map(|(name, _)| name.clone()).collect();
        without.retain(|name, _| !found.contains(name));
        others.extend(found);
    }
    let mut edits = 0;
    for item in tree::items_mut(file, tree::TYPES).into_iter().flatten() {
        let is_without =
            type_ident(item).is_some_and(|name| without.contains_key(&name.to_string()));
        edits += usize::from(derives(item, "PartialEq"));
        if !is_without || derives(item, "Eq") {
            continue;
        }
        let attributes = match item {
            Item::Struct(item) => &mut item.attrs,
            Item::Enum(item) => &mut item.attrs,
            _ => continue,
        };
        for attribute in attributes
            .iter_mut()
            .filter(|at| tree::has_token(*at, "PartialEq"))
        {
            let derives: Punctuated<syn::Path, Token![,]> =
                attribute.parse_args_with(Punctuated::parse_terminated)?;
            *attribute = parse_quote!(#[derive(#derives, Eq, Hash)]);
        }
    }
    Ok(edits)
}

fn type_ident(item: &Item) -> Option<&syn::Ident> {
    match item {
        Item::Struct(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        _ => None,
    }
}

fn derives(item: &Item, name: &str) -> bool {
    let attributes = match item {
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        _ => return false,
    };
    let mut attributes = attributes.iter();
    attributes
        .any(|attribute| attribute.path().is_ident("derive") && tree::has_token(attribute, name))
}

/// Adds `build` to the builders of types, which can only be converted with `try_into`. It fails with
/// the error of the crate, which names the property.
pub fn add_build(_: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    for item in tree::impls_mut(file, tree::TYPE_BUILDERS).filter(|item| item.trait_.is_none()) {
        let name = format_ident!("{}", tree::last_segment(&item.self_ty));
        item.items.push(parse_quote! {
            #[doc = "Builds the value.\n\n# Errors\n\nFails with [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if a required property is missing or a value is invalid."]
            pub fn build(self) -> Result<super::#name, crate::Error> {
                self.try_into().map_err(crate::Error::of_builder)
            }
        });
        edits += 1;
    }
    Ok(edits)
}

/// Documents the builders of types, and the functions that return them.
pub fn document_builders(_: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    for item in tree::impls_mut(file, tree::TYPES).filter(|item| item.trait_.is_none()) {
        for function in tree::functions_mut(item).filter(|item| item.sig.ident == "builder") {
            let text = "Returns a builder. Its method `build` creates the value.";
            tree::set_docs(&mut function.attrs, text);
            edits += 1;
        }
    }
    for item in tree::structs_mut(file, tree::TYPE_BUILDERS) {
        let text = format!("A builder of [`{0}`](super::{0}).", item.ident);
        tree::set_docs(&mut item.attrs, &text);
        edits += 1;
    }
    Ok(edits)
}

/// Returns the number of types that have a builder.
pub fn structs_with_builder(file: &File) -> usize {
    tree::structs(file, tree::TYPE_BUILDERS).count()
}

/// Returns the schemas with `x-open-enum`.
pub fn open_enums(document: &Document) -> impl Iterator<Item = (&str, &Value)> {
    let schemas = document.schemas().into_iter();
    schemas.filter(|(_, schema)| schema["x-open-enum"].is_array())
}

/// Returns the enum of a schema: `x-open-enum` has the variants, `enum` their values.
fn open_enum(name: &str, schema: &Value) -> Result<Item> {
    let strings = |keyword: &str| -> Option<Vec<String>> {
        let strings = schema[keyword]
            .as_array()?
            .iter()
            .filter(|value| !value.is_null());
        strings
            .map(|value| Some(value.as_str()?.to_owned()))
            .collect()
    };
    let (Some(variants), Some(values)) = (strings("x-open-enum"), strings("enum")) else {
        let message = format!("`{name}`: expected strings in `enum` and in `x-open-enum`");
        return Err(Error::document(message));
    };
    let variants: Vec<_> = variants
        .iter()
        .map(|name| format_ident!("{name}"))
        .collect();
    let docs = schema["description"].as_str().unwrap_or(name);
    let name = format_ident!("{}", rust_type_name(schema).unwrap_or(name));
    Ok(parse_quote! {
        crate::types::open_enum::open_enum! {
            #[doc = #docs]
            pub enum #name { #(#variants = #values,)* }
        }
    })
}

/// A property with `x-rust-name`.
pub struct Renamed<'d> {
    component: &'d str,
    /// The name in JSON.
    property: &'d str,
    /// The name in Rust.
    name: &'d str,
}

/// Returns the properties of components with `x-rust-name`.
pub fn renamed_properties(document: &Document) -> Vec<Renamed<'_>> {
    let mut all = Vec::new();
    for (component, schema) in document.schemas() {
        for (property, schema) in entries(&schema["properties"]) {
            if let Some(name) = schema["x-rust-name"].as_str() {
                all.push(Renamed {
                    component,
                    property,
                    name,
                });
            }
        }
    }
    all
}

/// Gives the properties with `x-rust-name` this name, before progenitor reads the document.
pub fn rename_properties(spec: &mut OpenAPI, document: &Document) {
    let schemas = spec
        .components
        .as_mut()
        .map(|components| &mut components.schemas);
    let Some(schemas) = schemas else { return };
    for Renamed {
        component,
        property,
        name,
    } in renamed_properties(document)
    {
        let Some(ReferenceOr::Item(Schema { schema_kind, .. })) = schemas.get_mut(component) else {
            continue;
        };
        let (properties, required) = match schema_kind {
            SchemaKind::Type(SchemaType::Object(of)) => (&mut of.properties, &mut of.required),
            SchemaKind::Any(of) => (&mut of.properties, &mut of.required),
            _ => continue,
        };
        if let Some(schema) = properties.shift_remove(property) {
            properties.insert(name.to_owned(), schema);
        }
        for required in required.iter_mut().filter(|required| *required == property) {
            *required = name.to_owned();
        }
    }
}

/// Gives the fields of properties with `x-rust-name` their name in JSON, which they had before
/// [`rename_properties`]. typify has no setting for the name of a field.
pub fn rename_fields(document: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    for Renamed {
        component,
        property,
        name,
    } in renamed_properties(document)
    {
        let of_type = type_name(component);
        for item in tree::structs_mut(file, tree::TYPES).filter(|item| item.ident == of_type) {
            let mut fields = item.fields.iter_mut();
            let field = fields.find(|field| field.ident.as_ref().is_some_and(|own| own == name));
            if let Some(field) = field {
                rename_field(field, property);
                edits += 1;
            }
        }
    }
    Ok(edits)
}

/// Adds `rename` to the serde attribute of a field.
fn rename_field(field: &mut syn::Field, property: &str) {
    let mut arguments: Punctuated<Meta, Token![,]> = Punctuated::new();
    arguments.push(parse_quote!(rename = #property));
    field.attrs.retain(|attribute| {
        let is_serde = attribute.path().is_ident("serde");
        if is_serde {
            let others = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            let others = others.into_iter().flatten();
            arguments.extend(others.filter(|argument| !argument.path().is_ident("rename")));
        }
        !is_serde
    });
    field.attrs.push(parse_quote!(#[serde(#arguments)]));
}

/// Documents the fields whose property is a `$ref`, or has a default: typify documents neither.
pub fn document_fields(document: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    for Documented {
        component,
        property,
        text,
    } in documented_properties(document)
    {
        let of_type = type_name(component);
        for item in tree::structs_mut(file, tree::TYPES).filter(|item| item.ident == of_type) {
            let mut fields = item.fields.iter_mut();
            if let Some(field) = fields.find(|field| tree::wire_name(field) == property) {
                tree::set_docs(&mut field.attrs, &text);
                edits += 1;
            }
        }
    }
    Ok(edits)
}

/// A property with documentation.
pub struct Documented<'d> {
    component: &'d str,
    property: &'d str,
    text: String,
}

/// Returns the properties of components that have documentation.
pub fn documented_properties(document: &Document) -> Vec<Documented<'_>> {
    let mut all = Vec::new();
    for (component, schema) in document.structs() {
        for (property, schema) in entries(&schema["properties"]) {
            if let Some(text) = document.documentation(&Value::Null, schema) {
                all.push(Documented {
                    component,
                    property,
                    text,
                });
            }
        }
    }
    all
}

/// Makes `extra`, the map of additional properties, optional and documents it: a builder of typify
/// fails without a value for it, even if there are no additional properties.
/// <https://github.com/oxidecomputer/progenitor/issues/1064> introduced `extra`.
pub fn default_extra(_: &Document, file: &mut File) -> Result<usize> {
    let structs = structs_with_extra(file);
    for item in tree::structs_mut(file, tree::TYPES) {
        for field in item.fields.iter_mut().filter(|field| is_extra(field)) {
            tree::set_docs(
                &mut field.attrs,
                "Properties that the API does not document, and values of unexpected types.",
            );
        }
    }
    let mut edits = 0;
    for item in tree::impls_mut(file, tree::TYPE_BUILDERS) {
        let is_default = tree::trait_name(item).as_deref() == Some("Default");
        if is_default && structs.contains(&tree::last_segment(&item.self_ty)) {
            edits += tree::functions_mut(item)
                .map(default_extra_in)
                .sum::<usize>();
        }
    }
    Ok(edits)
}

/// Returns the names of the structs that have `extra`.
pub fn structs_with_extra(file: &File) -> Vec<String> {
    let structs = tree::structs(file, tree::TYPES).filter(|item| item.fields.iter().any(is_extra));
    structs.map(|item| item.ident.to_string()).collect()
}

pub fn is_extra(field: &syn::Field) -> bool {
    field.ident.as_ref().is_some_and(|name| name == "extra") && tree::is_flattened(field)
}

fn default_extra_in(function: &mut ImplItemFn) -> usize {
    let Some(Stmt::Expr(Expr::Struct(value), None)) = function.block.stmts.last_mut() else {
        return 0;
    };
    let missing: Expr = parse_quote!(Err("no value supplied for extra".to_string()));
    let missing = missing.to_token_stream().to_string();
    let fields = value.fields.iter_mut();
    let fields = fields.filter(|field| field.expr.to_token_stream().to_string() == missing);
    fields
        .map(|field| field.expr = parse_quote!(Ok(Default::default())))
        .count()
}

/// Documents the setters of builders as the fields that they set: typify documents the fields
/// alone. <https://github.com/oxidecomputer/typify/pull/98>
pub fn document_setters(_: &Document, file: &mut File) -> Result<usize> {
    let docs = field_docs(file);
    let mut edits = 0;
    for item in tree::impls_mut(file, tree::TYPE_BUILDERS).filter(|item| item.trait_.is_none()) {
        let of_type = tree::last_segment(&item.self_ty);
        for setter in tree::functions_mut(item) {
            let name = setter.sig.ident.to_string();
            if let Some(text) = docs.get(&(of_type.clone(), name)) {
                tree::set_docs(&mut setter.attrs, text);
                edits += 1;
            }
        }
    }
    Ok(edits)
}

/// Returns the number of fields with documentation, in structs that have a builder.
pub fn documented_fields_of_builders(file: &File) -> usize {
    field_docs(file).len()
}

/// Returns the documentation of the fields of structs that have a builder, by struct and field.
fn field_docs(file: &File) -> BTreeMap<(String, String), String> {
    let has_builder = |item: &&syn::ItemStruct| {
        tree::structs(file, tree::TYPE_BUILDERS).any(|builder| builder.ident == item.ident)
    };
    let mut docs = BTreeMap::new();
    for item in tree::structs(file, tree::TYPES).filter(has_builder) {
        for (name, field) in tree::named_fields(item) {
            if let Some(text) = tree::docs(&field.attrs) {
                docs.insert((item.ident.to_string(), name.to_string()), text);
            }
        }
    }
    docs
}

/// Derives `JsonSchema` if the feature `schemars` is enabled: the setting of typify for further
/// derives has no condition. <https://github.com/oxidecomputer/typify/issues/265>
pub fn derive_json_schema(_: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    for item in tree::items_mut(file, tree::TYPES).into_iter().flatten() {
        let attributes = match item {
            Item::Struct(item) => &mut item.attrs,
            Item::Enum(item) => &mut item.attrs,
            _ => continue,
        };
        let derives_serde = |attribute: &syn::Attribute| {
            attribute.path().is_ident("derive") && tree::has_token(attribute, "serde")
        };
        if let Some(index) = attributes.iter().position(derives_serde) {
            let derive = parse_quote! {
                #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
            };
            attributes.insert(index, derive);
            edits += 1;
        }
    }
    Ok(edits)
}

/// Returns the number of types.
pub fn types(file: &File) -> usize {
    let types = tree::items(file, tree::TYPES).iter();
    types
        .filter(|item| matches!(item, Item::Struct(_) | Item::Enum(_)))
        .count()
}

/// Declares the length of a string to `JsonSchema`, which does not see that typify checks it.
/// <https://github.com/oxidecomputer/typify/issues/265>
pub fn declare_lengths_to_json_schema(_: &Document, file: &mut File) -> Result<usize> {
    let mut lengths: BTreeMap<String, Vec<Meta>> = BTreeMap::new();
    for item in tree::impls_mut(file, tree::TYPES) {
        let checked: Vec<Meta> = parser(item).into_iter().flat_map(checked_lengths).collect();
        if !checked.is_empty() {
            lengths.insert(tree::last_segment(&item.self_ty), checked);
        }
    }
    let mut edits = 0;
    for item in tree::structs_mut(file, tree::TYPES) {
        let Some(checked) = lengths.get(&item.ident.to_string()) else {
            continue;
        };
        if let Fields::Unnamed(fields) = &mut item.fields
            && let Some(inner) = fields.unnamed.first_mut()
        {
            let attribute = parse_quote! {
                #[cfg_attr(feature = "schemars", schemars(length(#(#checked),*)))]
            };
            inner.attrs.push(attribute);
            edits += checked.len();
        }
    }
    Ok(edits)
}

/// Returns `from_str` of an implementation of `FromStr`.
fn parser(item: &mut ItemImpl) -> Option<&mut ImplItemFn> {
    let parses = tree::trait_name(item).as_deref() == Some("FromStr");
    parses.then(|| tree::functions_mut(item).next()).flatten()
}

/// Returns the lengths that a parser checks, the least first, as arguments of `length`.
fn checked_lengths(function: &mut ImplItemFn) -> Vec<Meta> {
    let mut lengths: Vec<(String, Literal)> = Vec::new();
    for statement in &function.block.stmts {
        if let Stmt::Expr(Expr::If(check), _) = statement
            && let Expr::Binary(comparison) = &*check.cond
            && tree::has_token(&comparison.left, "count")
            && let Expr::Lit(bound) = &*comparison.right
            && let Lit::Int(bound) = &bound.lit
            && let Ok(bound) = bound.base10_parse::<u64>()
        {
            let keyword = match comparison.op {
                BinOp::Lt(_) => "min",
                BinOp::Gt(_) => "max",
                _ => continue,
            };
            lengths.push((keyword.to_owned(), Literal::u64_unsuffixed(bound)));
        }
    }
    lengths.sort_by(|one, other| other.0.cmp(&one.0));
    let arguments = lengths.into_iter().map(|(keyword, bound)| {
        let keyword = format_ident!("{keyword}");
        parse_quote!(#keyword = #bound)
    });
    arguments.collect()
}

/// Returns the number of lengths that typify checks, by the messages of its errors.
pub fn length_messages(file: &File) -> usize {
    struct Messages(usize);

    impl<'f> syn::visit::Visit<'f> for Messages {
        fn visit_lit_str(&mut self, text: &'f syn::LitStr) {
            let text = text.value();
            let starts = ["longer than ", "shorter than "];
            let is_length =
                starts.iter().any(|start| text.starts_with(start)) && text.ends_with(" characters");
            self.0 += usize::from(is_length);
        }

        fn visit_attribute(&mut self, _: &'f syn::Attribute) {}
    }

    let mut messages = Messages(0);
    for item in tree::items(file, tree::TYPES) {
        syn::visit::visit_item(&mut messages, item);
    }
    messages.0
}
