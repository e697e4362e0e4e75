//! Ways through the syntax tree that several fixups share.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    AttrStyle, Attribute, Expr, Fields, File, GenericArgument, Ident, ImplItem, ImplItemFn, Item,
    ItemImpl, ItemStruct, Lit, LitStr, Macro, Meta, Path, PathArguments, Token, Type, TypePath,
    UseTree, parse_quote, punctuated::Punctuated, visit_mut, visit_mut::VisitMut,
};

/// The module of the types.
pub const TYPES: &[&str] = &["types"];

/// The module of the builders of types.
pub const TYPE_BUILDERS: &[&str] = &["types", "builder"];

/// The module of the builders of requests.
pub const REQUEST_BUILDERS: &[&str] = &["builder"];

/// Returns the items of the module at `path`, or none.
pub fn items<'f>(file: &'f File, path: &[&str]) -> &'f [Item] {
    path.iter().fold(file.items.as_slice(), |items, name| {
        let module = items.iter().find_map(|item| match item {
            Item::Mod(module) if module.ident == name => module.content.as_ref(),
            _ => None,
        });
        module.map_or(&[], |(_, items)| items.as_slice())
    })
}

/// Returns the items of the module at `path`.
pub fn items_mut<'f>(file: &'f mut File, path: &[&str]) -> Option<&'f mut Vec<Item>> {
    path.iter().try_fold(&mut file.items, |items, name| {
        items.iter_mut().find_map(|item| match item {
            Item::Mod(module) if module.ident == name => {
                module.content.as_mut().map(|(_, items)| items)
            }
            _ => None,
        })
    })
}

/// Returns the structs of the module at `path`.
pub fn structs<'f>(file: &'f File, path: &[&str]) -> impl Iterator<Item = &'f ItemStruct> {
    items(file, path).iter().filter_map(|item| match item {
        Item::Struct(item) => Some(item),
        _ => None,
    })
}

/// Returns the structs of the module at `path`.
pub fn structs_mut<'f>(
    file: &'f mut File,
    path: &[&str],
) -> impl Iterator<Item = &'f mut ItemStruct> {
    let items = items_mut(file, path).into_iter().flatten();
    items.filter_map(|item| match item {
        Item::Struct(item) => Some(item),
        _ => None,
    })
}

/// Returns the implementations in the module at `path`.
pub fn impls_mut<'f>(file: &'f mut File, path: &[&str]) -> impl Iterator<Item = &'f mut ItemImpl> {
    let items = items_mut(file, path).into_iter().flatten();
    items.filter_map(|item| match item {
        Item::Impl(item) => Some(item),
        _ => None,
    })
}

/// Returns the functions of an implementation.
pub fn functions_mut(item: &mut ItemImpl) -> impl Iterator<Item = &mut ImplItemFn> {
    item.items.iter_mut().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(function),
        _ => None,
    })
}

/// Returns the name of the trait that an implementation is of.
pub fn trait_name(item: &ItemImpl) -> Option<String> {
    let (path, ..) = item.trait_.as_ref()?;
    path.segments.last().map(|last| last.ident.to_string())
}

/// Returns the type with this path.
pub fn path_type(path: &Path) -> Type {
    Type::Path(TypePath {
        attrs: Vec::new(),
        qself: None,
        path: path.clone(),
    })
}

/// Returns the last segment of the path of a type.
pub fn last_segment(of: &Type) -> String {
    let Type::Path(path) = of else {
        return String::new();
    };
    let last = path.path.segments.last();
    last.map(|last| last.ident.to_string()).unwrap_or_default()
}

/// Returns the arguments of a generic type that is called `name`.
pub fn arguments<'t>(of: &'t Type, name: &str) -> Vec<&'t Type> {
    let Type::Path(path) = of else {
        return Vec::new();
    };
    match path.path.segments.last() {
        Some(last) if last.ident == name => match &last.arguments {
            PathArguments::AngleBracketed(arguments) => {
                let arguments = arguments.args.iter();
                arguments
                    .filter_map(|argument| match argument {
                        GenericArgument::Type(argument) => Some(argument),
                        _ => None,
                    })
                    .collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Returns whether `of` is `Option<_>`.
pub fn is_option(of: &Type) -> bool {
    !arguments(of, "Option").is_empty()
}

/// Returns the text of an outer doc attribute.
pub fn doc(attribute: &Attribute) -> Option<String> {
    match (&attribute.meta, &attribute.style) {
        (Meta::NameValue(meta), AttrStyle::Outer) if meta.path.is_ident("doc") => {
            literal(&meta.value)
        }
        _ => None,
    }
}

/// Returns the text of an outer doc comment.
pub fn docs(attributes: &[Attribute]) -> Option<String> {
    let lines: Vec<String> = attributes.iter().filter_map(doc).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Replaces the outer doc comment by `text`.
pub fn set_docs(attributes: &mut Vec<Attribute>, text: &str) {
    attributes.retain(|attribute| doc(attribute).is_none());
    let text = LitStr::new(text, Span::call_site());
    attributes.insert(0, parse_quote!(#[doc = #text]));
}

/// Returns the text of a string literal.
pub fn literal(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(value) => match &value.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// Returns whether the code has this token: an identifier, or a literal as it is written.
pub fn has_token(code: &impl ToTokens, token: &str) -> bool {
    count_tokens(code.to_token_stream(), token) > 0
}

fn count_tokens(code: TokenStream, token: &str) -> usize {
    let count = |tree: TokenTree| match tree {
        TokenTree::Group(group) => count_tokens(group.stream(), token),
        tree => usize::from(tree.to_string() == token),
    };
    code.into_iter().map(count).sum()
}

/// Returns the name on the wire of each named field: that of serde's `rename`, else its own.
pub fn wire_name(field: &syn::Field) -> String {
    let mut name = field
        .ident
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    serde_arguments(&field.attrs, |argument| {
        if let Meta::NameValue(argument) = argument
            && argument.path.is_ident("rename")
        {
            name = literal(&argument.value).unwrap_or_default();
        }
    });
    name
}

/// Returns whether serde flattens the field.
pub fn is_flattened(field: &syn::Field) -> bool {
    let mut flattened = false;
    serde_arguments(&field.attrs, |argument| {
        flattened |= argument.path().is_ident("flatten");
    });
    flattened
}

/// Calls `visit` with each argument of `#[serde(…)]`.
fn serde_arguments(attributes: &[Attribute], mut visit: impl FnMut(&Meta)) {
    for attribute in attributes.iter().filter(|at| at.path().is_ident("serde")) {
        let arguments = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        arguments.iter().flatten().for_each(&mut visit);
    }
}

/// Returns the named fields of a struct.
pub fn named_fields(item: &ItemStruct) -> impl Iterator<Item = (&Ident, &syn::Field)> {
    let named = match &item.fields {
        Fields::Named(fields) => Some(&fields.named),
        _ => None,
    };
    let fields = named.into_iter().flatten();
    fields.filter_map(|field| Some((field.ident.as_ref()?, field)))
}

/// Removes every import of `name`.
pub fn remove_import(file: &mut File, name: &str) {
    struct Imports<'n>(&'n str);

    impl VisitMut for Imports<'_> {
        fn visit_use_group_mut(&mut self, group: &mut syn::UseGroup) {
            let is_other =
                |tree: &UseTree| !matches!(tree, UseTree::Name(name) if name.ident == self.0);
            group.items = group
                .items
                .iter()
                .filter(|tree| is_other(tree))
                .cloned()
                .collect();
            visit_mut::visit_use_group_mut(self, group);
        }
    }

    Imports(name).visit_file_mut(file);
}

/// Calls `edit` with the arguments of a `format!`, and writes them back.
pub fn edit_format(invocation: &mut Macro, edit: impl FnOnce(&mut Punctuated<Expr, Token![,]>)) {
    if !invocation.path.is_ident("format") {
        return;
    }
    let arguments = invocation.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
    if let Ok(mut arguments) = arguments {
        edit(&mut arguments);
        invocation.tokens = quote!(#arguments);
    }
}
