//! The fixups that let responses have properties and items of unexpected types.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use serde_json::Value;
use syn::{
    Attribute, Field, File, Ident, ItemStruct, Meta, Path, Token, Type, parse_quote,
    punctuated::Punctuated, visit_mut, visit_mut::VisitMut,
};

use super::{
    super::{
        document::{
            Document, component_name, entries, has_fixed_length, is_struct, rust_type_name,
        },
        error::{Error, Result},
        names::type_name,
    },
    tree,
    types::{is_extra, open_enums},
};

/// Replaces the derives of serde by the macro `object`, which decodes property by property: serde fails
/// at the first property of an unexpected type, and forgets how a value was written.
pub fn decode_by_property(document: &Document, file: &mut File) -> Result<usize> {
    let tolerant = TolerantTypes::new(document, file);
    let mut objects = Vec::new();
    for item in tree::structs_mut(file, tree::TYPES) {
        if tolerant.structs.contains(&item.ident.to_string()) {
            objects.push(object(&tolerant, item)?);
            remove_serde(item);
        }
    }
    let edits = objects.len();
    if let Some(types) = tree::items_mut(file, tree::TYPES) {
        types.extend(objects);
    }
    use_extra(file, &tolerant.structs);
    Ok(edits)
}

/// The generated types that implement the trait `Tolerant`, also before [`decode_by_property`] has run.
pub struct TolerantTypes {
    structs: BTreeSet<String>,
    enums: BTreeSet<String>,
}

impl TolerantTypes {
    pub fn new(document: &Document, file: &File) -> Self {
        let structs = tree::structs(file, tree::TYPES).filter(|item| {
            item.fields
                .iter()
                .any(|field| is_extra(field) && is_map(field))
        });
        let enums = open_enums(document).filter_map(|(_, schema)| rust_type_name(schema));
        Self {
            structs: structs.map(|item| item.ident.to_string()).collect(),
            enums: enums.map(ToOwned::to_owned).collect(),
        }
    }

    /// Returns whether `of` implements the trait `Tolerant`.
    pub fn contain(&self, of: &Type) -> bool {
        const OTHERS: [&str; 7] = [
            ":: std :: string :: String",
            "i64",
            "f64",
            "bool",
            ":: waba :: Id",
            ":: waba :: Secret",
            ":: serde_json :: Value",
        ];
        let name = tree::last_segment(of);
        let inner = ["Vec", "Box"]
            .map(|wrapper| tree::arguments(of, wrapper))
            .concat();
        match inner.as_slice() {
            [inner] => self.contain(inner),
            _ if name == "Map" || name == "List" => true,
            _ => {
                OTHERS.contains(&&*of.to_token_stream().to_string())
                    || self.structs.contains(&name)
                    || self.enums.contains(&name)
            }
        }
    }
}

/// Returns the invocation of `object` for a struct.
fn object(tolerant: &TolerantTypes, item: &ItemStruct) -> Result<syn::Item> {
    let name = &item.ident;
    let (mut required, mut optional) = (Vec::new(), Vec::new());
    for (field_name, field) in tree::named_fields(item).filter(|(_, field)| !is_extra(field)) {
        let property = tree::wire_name(field);
        let Some(kind) = kind(tolerant, field) else {
            let message = "expected an optional array or map to be `nullable`";
            return Err(Error::document(format!(
                "`{property}` of `{name}`: {message}"
            )));
        };
        let fields = match kind {
            "Required" | "RequiredAny" => &mut required,
            _ => &mut optional,
        };
        fields.push((field_name, kind, property));
    }
    let mut index = 0..;
    let mut entries = |fields: Vec<(&Ident, &str, String)>| -> TokenStream {
        let entries = fields.into_iter().zip(&mut index);
        entries
            .map(|((name, kind, property), index)| {
                let (index, kind) = (Literal::usize_unsuffixed(index), format_ident!("{kind}"));
                quote!(#index #name: #kind = #property,)
            })
            .collect()
    };
    let (required, optional) = (entries(required), entries(optional));
    Ok(parse_quote! {
        crate::types::object::object! {
            #name { required { #required } optional { #optional } }
        }
    })
}

/// Returns the kind of a field, see `src/types/object.rs`, or `None` if it has none.
fn kind(tolerant: &TolerantTypes, field: &Field) -> Option<&'static str> {
    let has = |argument| {
        field
            .attrs
            .iter()
            .any(|attribute| tree::has_token(attribute, argument))
    };
    let optional = tree::arguments(&field.ty, "Option");
    Some(match optional.first() {
        // A required property that can be `null`.
        Some(_) if has("deserialize_with") => "RequiredAny",
        Some(inner) if tolerant.contain(inner) => "Optional",
        Some(_) => "OptionalAny",
        // An empty value stands for an absent property.
        None if has("default") => return None,
        None if tolerant.contain(&field.ty) => "Required",
        None => "RequiredAny",
    })
}

/// Removes the derives and attributes of serde. `schemars` needs some of them.
fn remove_serde(item: &mut ItemStruct) {
    for attribute in item
        .attrs
        .iter_mut()
        .filter(|at| at.path().is_ident("derive"))
    {
        let derives = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
        let others: Vec<Path> = derives
            .into_iter()
            .flatten()
            .filter(|path| !tree::has_token(path, "serde"))
            .collect();
        *attribute = parse_quote!(#[derive(#(#others),*)]);
    }
    for field in &mut item.fields {
        let of_schemars = field
            .attrs
            .iter()
            .flat_map(schemars_arguments)
            .collect::<Vec<Meta>>();
        field
            .attrs
            .retain(|attribute| !attribute.path().is_ident("serde"));
        if !of_schemars.is_empty() {
            field.attrs.push(parse_quote! {
                #[cfg_attr(feature = "schemars", schemars(#(#of_schemars),*))]
            });
        }
    }
}

/// Returns the arguments of `#[serde(…)]` that schemars needs.
fn schemars_arguments(attribute: &Attribute) -> Vec<Meta> {
    if !attribute.path().is_ident("serde") {
        return Vec::new();
    }
    let arguments = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    let needed = ["rename", "flatten", "default"];
    let is_needed = |argument: &Meta| needed.iter().any(|name| argument.path().is_ident(name));
    arguments.into_iter().flatten().filter(is_needed).collect()
}

/// Gives `extra` the type `Extra`, also in the builders of `structs`.
fn use_extra(file: &mut File, structs: &BTreeSet<String>) {
    struct Maps;

    impl VisitMut for Maps {
        fn visit_type_mut(&mut self, of: &mut Type) {
            match tree::last_segment(of).as_str() {
                "Map" => *of = parse_quote!(::waba::Extra),
                _ => visit_mut::visit_type_mut(self, of),
            }
        }
    }

    let is_of = |name: &Ident| structs.contains(&name.to_string());
    for module in [tree::TYPES, tree::TYPE_BUILDERS] {
        for item in tree::structs_mut(file, module).filter(|item| is_of(&item.ident)) {
            // The fields have no attribute of serde here, so `is_extra` does not find them.
            let is_named_extra =
                |field: &&mut Field| field.ident.as_ref().is_some_and(|name| name == "extra");
            for field in item.fields.iter_mut().filter(is_named_extra) {
                Maps.visit_field_mut(field);
            }
        }
    }
    for item in tree::impls_mut(file, tree::TYPE_BUILDERS).filter(|item| item.trait_.is_none()) {
        if structs.contains(&tree::last_segment(&item.self_ty)) {
            let setters = tree::functions_mut(item);
            for setter in setters.filter(|setter| setter.sig.ident == "extra") {
                Maps.visit_signature_mut(&mut setter.sig);
            }
        }
    }
}

/// Returns the number of structs with a flattened map, which holds the additional properties.
pub fn structs_with_map(file: &File) -> usize {
    let structs = tree::structs(file, tree::TYPES);
    let flattens_map = |field: &Field| tree::is_flattened(field) && is_map(field);
    structs
        .filter(|item| item.fields.iter().any(flattens_map))
        .count()
}

fn is_map(field: &Field) -> bool {
    tree::last_segment(&field.ty) == "Map"
}

/// Replaces `Vec<Item>` by `List<Item>`, for an `Item` that is a struct: one item that cannot be decoded
/// must not make the call fail.
pub fn use_lists(document: &Document, file: &mut File) -> Result<usize> {
    Lists(item_names(document)).visit_file_mut(file);
    // A struct of the document can also be called `List`, but has no arguments.
    let is_list = |of: &Type| !tree::arguments(of, "List").is_empty();
    Ok(count_fields(file, is_list))
}

/// Returns the names of the structs that can be items of a list.
fn item_names(document: &Document) -> BTreeSet<String> {
    let structs = document.structs();
    structs.map(|(component, _)| type_name(component)).collect()
}

/// Returns how many fields of structs have such a type, or an `Option` of one.
fn count_fields(file: &File, is_such: impl Fn(&Type) -> bool) -> usize {
    let fields = tree::structs(file, tree::TYPES).flat_map(|item| &item.fields);
    let such = fields.filter(|field| {
        let inner = tree::arguments(&field.ty, "Option");
        is_such(&field.ty) || inner.into_iter().any(&is_such)
    });
    such.count()
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

/// Returns the number of fields that are a list of structs: at least those of the component schemas. Only
/// the code shows those of the objects within other schemas.
pub fn lists(document: &Document, file: &File) -> usize {
    let names = item_names(document);
    let is_item = |of: &Type| names.contains(&tree::last_segment(of));
    let vectors = count_fields(
        file,
        |of| matches!(tree::arguments(of, "Vec").as_slice(), [item] if is_item(item)),
    );
    let properties = document
        .structs()
        .flat_map(|(_, schema)| entries(&schema["properties"]));
    let properties = properties.map(|(_, schema)| schema);
    let components = document.schemas().into_values();
    components
        .chain(properties)
        .filter(|schema| is_list(document, schema))
        .count()
        .max(vectors)
}

/// Returns whether typify generates a `Vec` of structs for this schema, if it does not refer to another.
fn is_list(document: &Document, schema: &Value) -> bool {
    let items = &schema["items"];
    schema["type"] == "array"
        && schema["x-rust-type"].is_null()
        && !has_fixed_length(schema)
        && items["nullable"] != true
        && component(items).is_some()
        && is_struct(document.referent(items))
}

/// Returns the component that a schema refers to, by `$ref` or by an `allOf` of one `$ref`.
fn component(schema: &Value) -> Option<&str> {
    match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([only]) => component_name(only),
        _ => component_name(schema),
    }
}
