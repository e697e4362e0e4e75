//! The fixups that let responses have properties of unexpected types.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToShoutySnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{File, Ident, Item, Type, parse_quote, visit_mut, visit_mut::VisitMut};

use super::{
    super::{
        document::{Document, entries, is_struct},
        error::Result,
        names::type_name,
    },
    tree,
    types::{TYPES, is_extra},
};

/// Adds the module `shapes` with the JSON types of each struct, because decoding by serde ends at the
/// first property of an unexpected type.
pub fn add_shapes(document: &Document, file: &mut File) -> Result<usize> {
    let shapes = document.structs().map(|(component, schema)| -> Item {
        let name = static_name(component);
        let required = schema["required"].as_array();
        let is_required = |name: &str| {
            required.is_some_and(|required| required.iter().any(|other| other == name))
        };
        // Sorted, because the order of the document depends on a feature of `serde_json`.
        let properties: BTreeMap<_, _> = entries(&schema["properties"]).collect();
        let properties = properties.into_iter().map(|(name, property)| {
            let shape = shape(document, property, &quote!());
            match is_required(name) {
                true => quote!(Property::required(#name, #shape)),
                false => quote!(Property::optional(#name, #shape)),
            }
        });
        parse_quote! { pub(crate) static #name: Shape = Shape::Object(&[#(#properties,)*]); }
    });
    let shapes: Vec<Item> = shapes.collect();
    let structs: Vec<String> = tree::structs(file, TYPES)
        .map(|item| item.ident.to_string())
        .collect();
    let edits = document
        .structs()
        .filter(|(name, _)| structs.contains(&type_name(name)));
    let edits = edits.count();
    file.items.push(parse_quote! {
        #[doc = "The JSON types of each struct, to decode responses with unexpected types."]
        #[allow(dead_code)]
        pub(crate) mod shapes {
            use crate::types::shape::{Property, Shape};
            #(#shapes)*
        }
    });
    Ok(edits)
}

/// Keeps in `extra` also the documented properties whose values have unexpected types.
pub fn keep_unexpected_values(_: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    for item in tree::structs_mut(file, TYPES) {
        for field in item.fields.iter_mut().filter(|field| is_extra(field)) {
            field
                .attrs
                .push(parse_quote!(#[serde(deserialize_with = "crate::types::lenient::extra")]));
            edits += 1;
        }
    }
    Ok(edits)
}

/// Returns the number of structs with a flattened map, which holds the additional properties.
pub fn structs_with_map(file: &File) -> usize {
    let is_map =
        |field: &syn::Field| tree::is_flattened(field) && tree::last_segment(&field.ty) == "Map";
    let structs = tree::structs(file, TYPES);
    structs
        .filter(|item| item.fields.iter().any(is_map))
        .count()
}

/// Replaces `Vec<Item>` by `List<Item>`, for an `Item` that is a struct: one item that cannot be decoded
/// must not make the call fail.
pub fn use_lists(document: &Document, file: &mut File) -> Result<usize> {
    let names = document
        .structs()
        .map(|(component, _)| type_name(component));
    Lists(names.collect()).visit_file_mut(file);
    let structs = tree::structs(file, TYPES);
    let fields = structs.flat_map(|item| &item.fields);
    let is_list = |of: &Type| tree::last_segment(of) == "List";
    let lists = fields.filter(|field| {
        is_list(&field.ty)
            || tree::arguments(&field.ty, "Option")
                .into_iter()
                .any(is_list)
    });
    Ok(lists.count())
}

/// Replaces vectors of structs with these names.
struct Lists(BTreeSet<String>);

impl VisitMut for Lists {
    fn visit_type_mut(&mut self, of: &mut Type) {
        visit_mut::visit_type_mut(self, of);
        let item = match tree::arguments(of, "Vec").as_slice() {
            [item] if self.0.contains(&tree::last_segment(item)) => (*item).clone(),
            _ => return,
        };
        *of = parse_quote!(::waba::List<#item>);
    }
}

/// Returns the number of fields that are a list of structs.
pub fn lists(document: &Document) -> usize {
    let properties = document
        .structs()
        .flat_map(|(_, schema)| entries(&schema["properties"]));
    let properties = properties.map(|(_, schema)| schema);
    let components = document.schemas().into_values();
    components
        .chain(properties)
        .filter(|schema| is_list(document, schema))
        .count()
}

/// Returns whether typify generates a `Vec` of structs for this schema, if it does not refer to another.
fn is_list(document: &Document, schema: &Value) -> bool {
    let items = &schema["items"];
    let has_fixed_length =
        !schema["minItems"].is_null() && schema["minItems"] == schema["maxItems"];
    schema["type"] == "array"
        && schema["x-rust-type"].is_null()
        && !has_fixed_length
        && items["nullable"] != true
        && component(items).is_some()
        && is_struct(document.referent(items))
}

/// Returns a reference to the shape of `schema`; `module` is the path of the module of the shapes.
pub fn shape(document: &Document, schema: &Value, module: &TokenStream) -> TokenStream {
    let component = component(schema).filter(|_| is_struct(document.referent(schema)));
    if let Some(component) = component {
        let name = static_name(component);
        return quote!(&#module #name);
    }
    let schema = document.referent(schema);
    let kind = kind(document, schema, module);
    match module.is_empty() {
        true => quote!(&Shape::#kind),
        false => quote!(&crate::types::shape::Shape::#kind),
    }
}

/// Returns the variant of `Shape` for a schema that is not a struct.
fn kind(document: &Document, schema: &Value, module: &TokenStream) -> TokenStream {
    if !schema["x-rust-type"].is_null() {
        return quote!(StringOrNumber);
    }
    let checks = [
        "enum",
        "format",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
    ];
    let unions = ["allOf", "anyOf", "oneOf", "not"];
    if !checks
        .iter()
        .chain(&unions)
        .all(|keyword| schema[keyword].is_null())
    {
        return quote!(Any);
    }
    match schema["type"].as_str() {
        Some("string") => quote!(String),
        Some("integer") => quote!(Integer),
        Some("number") => quote!(Number),
        Some("boolean") => quote!(Boolean),
        Some("array") => {
            let items = shape(document, &schema["items"], module);
            match is_list(document, schema) {
                true => quote!(List(#items)),
                false => quote!(Vec(#items)),
            }
        }
        Some("object") if schema["properties"].is_null() => quote!(Map),
        _ => quote!(Any),
    }
}

/// Returns the component that a schema refers to, by `$ref` or by an `allOf` of one `$ref`.
fn component(schema: &Value) -> Option<&str> {
    let reference = match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([only]) => &only["$ref"],
        _ => &schema["$ref"],
    };
    reference.as_str()?.strip_prefix("#/components/schemas/")
}

fn static_name(component: &str) -> Ident {
    format_ident!("{}", type_name(component).to_shouty_snake_case())
}
