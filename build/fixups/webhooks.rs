//! The fixup that compiles the types of webhooks only with the feature `webhooks`.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenTree};
use syn::{Attribute, File, Item, parse_quote};

use super::{
    super::{
        document::{Document, is_struct, rust_type_name},
        error::Result,
        names::type_name,
    },
    tree,
};

/// Adds the condition to each item of the types that only webhooks use: most users call the API and
/// receive no webhooks.
pub fn require_webhooks(document: &Document, file: &mut File) -> Result<usize> {
    let names = types(document);
    let mut defined = BTreeSet::new();
    for module in [tree::TYPES, tree::TYPE_BUILDERS] {
        for item in tree::items_mut(file, module).into_iter().flatten() {
            let Some(name) = name(item).filter(|name| names.contains(name)) else {
                continue;
            };
            if let Some(attributes) = attributes(item) {
                attributes.push(parse_quote!(#[cfg(feature = "webhooks")]));
            }
            if module == tree::TYPES && !matches!(item, Item::Impl(_)) {
                defined.insert(name);
            }
        }
    }
    Ok(defined.len())
}

/// Returns the names of the types that only webhooks use.
pub fn types(document: &Document) -> BTreeSet<String> {
    let schemas = document.schemas();
    let only_webhooks = document.only_in_webhooks().into_iter();
    let named = only_webhooks.filter_map(|component| {
        let schema = schemas.get(component)?;
        match rust_type_name(schema) {
            Some(name) => Some(name.to_owned()),
            None => is_struct(schema).then(|| type_name(component)),
        }
    });
    named.collect()
}

/// Returns the name of the type that an item defines or implements.
fn name(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Impl(item) => Some(tree::last_segment(&item.self_ty)),
        // `open_enum! { pub enum Name { … } }` and `object! { Name { … } }`.
        Item::Macro(item) => {
            let mut name = None;
            for token in item.mac.tokens.clone() {
                match token {
                    TokenTree::Ident(ident) => name = Some(ident.to_string()),
                    TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => break,
                    _ => {}
                }
            }
            name
        }
        _ => None,
    }
}

fn attributes(item: &mut Item) -> Option<&mut Vec<Attribute>> {
    match item {
        Item::Struct(item) => Some(&mut item.attrs),
        Item::Impl(item) => Some(&mut item.attrs),
        Item::Macro(item) => Some(&mut item.attrs),
        _ => None,
    }
}
