//! Finds the public items in the code of a generated module.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenTree;
use quote::ToTokens;
use syn::{
    Attribute, Block, Expr, ImplItem, ImplItemFn, ItemEnum, ItemImpl, ItemStruct, Lit, Member,
    Meta, Signature, Stmt, Token, Visibility, WherePredicate, punctuated::Punctuated,
};

use super::{Attributes, Item, Kind, join};

/// Parses `code` into its public items with their fields, variants and methods, sorted by line.
pub fn parse(code: &str) -> syn::Result<Vec<Item>> {
    let file = syn::parse_file(code)?;
    let mut found = Vec::new();
    Module {
        path: "",
        found: &mut found,
    }
    .add(&file.items);
    found.sort_by_cached_key(ToString::to_string);
    Ok(found)
}

/// A module, whose public items are collected.
struct Module<'m> {
    path: &'m str,
    found: &'m mut Vec<Item>,
}

impl Module<'_> {
    fn add(&mut self, items: &[syn::Item]) {
        let required = required_setters(items);
        let objects = objects(items);
        for item in items {
            match item {
                syn::Item::Mod(item) if is_public(&item.vis) => {
                    let items = item.content.as_ref().map_or(&[][..], |(_, items)| items);
                    Module {
                        path: &join(self.path, &item.ident.to_string()),
                        found: self.found,
                    }
                    .add(items);
                }
                syn::Item::Struct(item) if is_public(&item.vis) => {
                    self.add_struct(item, objects.get(&item.ident.to_string()));
                }
                syn::Item::Enum(item) if is_public(&item.vis) => self.add_enum(item, Kind::Enum),
                // Of the macros, only the one for open enums defines public items.
                syn::Item::Macro(item) => {
                    if let Ok(item) = item.mac.parse_body::<ItemEnum>() {
                        self.add_enum(&item, Kind::OpenEnum);
                    }
                }
                syn::Item::Impl(item) => self.add_impl(item, &required),
                syn::Item::Fn(item) if is_public(&item.vis) => {
                    self.add_function("", &item.sig, false);
                }
                syn::Item::Trait(item) if is_public(&item.vis) => {
                    self.add_simple(&item.ident, Kind::Trait);
                }
                syn::Item::Type(item) if is_public(&item.vis) => {
                    self.add_simple(&item.ident, Kind::Type);
                }
                syn::Item::Const(item) if is_public(&item.vis) => {
                    self.add_simple(&item.ident, Kind::Const);
                }
                syn::Item::Use(item) if is_public(&item.vis) => {
                    self.add_simple(&item.tree, Kind::Use);
                }
                _ => {}
            }
        }
    }

    fn add_part(&mut self, owner: &str, name: String, kind: Kind, attributes: Attributes) {
        self.found.push(Item {
            module: self.path.to_owned(),
            owner: owner.to_owned(),
            name,
            generics: String::new(),
            attributes,
            kind,
        });
    }

    fn add_simple(&mut self, name: &dyn ToTokens, kind: Kind) {
        self.add_part("", short(&name), kind, Attributes::default());
    }

    fn add_function(&mut self, owner: &str, function: &Signature, required: bool) {
        let kind = Kind::Function {
            is_async: function.asyncness.is_some(),
            signature: signature(function),
            required,
        };
        let name = function.ident.to_string();
        self.add_part(owner, name, kind, Attributes::default());
    }

    /// Adds a struct with its fields; `object` has their names in JSON if a macro implements serde.
    fn add_struct(&mut self, item: &ItemStruct, object: Option<&BTreeMap<String, String>>) {
        let (name, generics) = (item.ident.to_string(), short(&item.generics));
        let owner = format!("{name}{generics}");
        let mut of_struct = attributes(&item.attrs);
        if object.is_some() {
            let derives = ["Deserialize", "Serialize"].map(ToOwned::to_owned);
            of_struct.derives.splice(0..0, derives);
        }
        self.found.push(Item {
            module: self.path.to_owned(),
            owner: String::new(),
            name,
            generics,
            attributes: of_struct,
            kind: Kind::Struct,
        });
        let fields = item.fields.iter().enumerate();
        for (index, field) in fields.filter(|(_, field)| is_public(&field.vis)) {
            let name = field.ident.as_ref().map(ToString::to_string);
            let name = name.unwrap_or_else(|| index.to_string());
            let mut of_field = attributes(&field.attrs);
            let property = object.and_then(|properties| properties.get(&name));
            if let Some(property) = property.filter(|property| **property != format!("{name:?}")) {
                of_field.rename = Some(property.clone());
            }
            self.add_part(&owner, name, Kind::Field(short(&field.ty)), of_field);
        }
    }

    fn add_enum(&mut self, item: &ItemEnum, kind: Kind) {
        let owner = item.ident.to_string();
        let is_open = kind == Kind::OpenEnum;
        self.add_part("", owner.clone(), kind, attributes(&item.attrs));
        for variant in &item.variants {
            let content = match (&variant.discriminant, is_open) {
                (Some((_, value)), true) => format!(" = {}", short(value)),
                _ => short(&variant.fields),
            };
            let name = variant.ident.to_string();
            let kind = Kind::Variant(content);
            self.add_part(&owner, name, kind, attributes(&variant.attrs));
        }
    }

    fn add_impl(&mut self, item: &ItemImpl, required: &BTreeSet<(String, String)>) {
        let owner = short(&item.self_ty);
        if let Some((of_trait, _)) = &item.trait_ {
            self.add_part(&owner, short(of_trait), Kind::Impl, Attributes::default());
            for (bound, values) in bounds(item) {
                let kind = Kind::Bound(values);
                self.add_part(&owner, bound.to_owned(), kind, Attributes::default());
            }
            return;
        }
        for method in methods(item).filter(|method| is_public(&method.vis)) {
            let setter = (owner.clone(), method.sig.ident.to_string());
            self.add_function(&owner, &method.sig, required.contains(&setter));
        }
    }
}

/// Returns the properties in the macros `object!`: the name in JSON, in quotes, by struct and field.
fn objects(items: &[syn::Item]) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut objects = BTreeMap::new();
    for item in items {
        let syn::Item::Macro(item) = item else {
            continue;
        };
        let body: Vec<TokenTree> = item.mac.tokens.clone().into_iter().collect();
        if let [TokenTree::Ident(name), TokenTree::Group(group)] = body.as_slice() {
            let groups = group.stream().into_iter().filter_map(|tree| match tree {
                TokenTree::Group(properties) => Some(properties.stream()),
                _ => None,
            });
            let tokens = groups.flatten().map(|token| token.to_string());
            let tokens: Vec<String> = tokens.collect();
            let properties = tokens.split(|token| token == ",");
            // Such as `0 name: Optional = "name"`.
            let properties = properties
                .filter_map(|tokens| Some((tokens.get(1)?.clone(), tokens.last()?.clone())));
            objects.insert(name.to_string(), properties.collect());
        }
    }
    objects
}

/// Returns the setters that must be called, by type and name: their values start as `MISSING`.
fn required_setters(items: &[syn::Item]) -> BTreeSet<(String, String)> {
    let mut required = BTreeSet::new();
    for item in items {
        let syn::Item::Impl(item) = item else {
            continue;
        };
        for method in methods(item) {
            let Some(Stmt::Expr(Expr::Struct(value), None)) = method.block.stmts.last() else {
                continue;
            };
            for field in &value.fields {
                if let Member::Named(name) = &field.member
                    && short(&field.expr).ends_with("::MISSING")
                {
                    required.insert((short(&item.self_ty), name.to_string()));
                }
            }
        }
    }
    required
}

fn methods(item: &ItemImpl) -> impl Iterator<Item = &ImplItemFn> {
    item.items.iter().filter_map(|member| match member {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    })
}

/// Returns the bounds that a type checks in its `from_str`, each with its values.
fn bounds(item: &ItemImpl) -> BTreeMap<&'static str, Vec<String>> {
    let mut bounds: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for method in methods(item).filter(|method| method.sig.ident == "from_str") {
        for message in messages(&method.block) {
            let (bound, value) = bound(&message);
            bounds.entry(bound).or_default().push(value);
        }
    }
    bounds
}

/// Returns the messages of the errors that `block` returns early.
fn messages(block: &Block) -> Vec<String> {
    let message = |statement: &Stmt| {
        if let Stmt::Expr(Expr::If(check), _) = statement
            && let Some(Stmt::Expr(Expr::Return(returned), _)) = check.then_branch.stmts.last()
            && let Some(Expr::Call(error)) = returned.expr.as_deref()
            && let Some(Expr::MethodCall(into)) = error.args.first()
            && let Expr::Lit(text) = &*into.receiver
            && let Lit::Str(text) = &text.lit
        {
            Some(text.value())
        } else {
            None
        }
    };
    block.stmts.iter().filter_map(message).collect()
}

/// Returns the bound that a message of typify is about, and its value.
fn bound(message: &str) -> (&'static str, String) {
    for (bound, start, end) in [
        ("max_length", "longer than ", " characters"),
        ("min_length", "shorter than ", " characters"),
        ("pattern", "doesn't match pattern ", ""),
    ] {
        let value = message.strip_prefix(start);
        if let Some(value) = value.and_then(|value| value.strip_suffix(end)) {
            return (bound, value.to_owned());
        }
    }
    ("check", message.to_owned())
}

/// Returns the parameters and the return type, such as `(self, value: impl Bound) -> Output`.
fn signature(of_fn: &Signature) -> String {
    let inputs: Vec<String> = of_fn.inputs.iter().map(short).collect();
    let mut inputs = inputs.join(", ");
    let conditions = of_fn.generics.where_clause.iter();
    for condition in conditions.flat_map(|clause| &clause.predicates) {
        if let WherePredicate::Type(condition) = condition {
            let (generic, bounds) = (short(&condition.bounded_ty), short(&condition.bounds));
            inputs = inputs.replace(&format!(": {generic}"), &format!(": impl {bounds}"));
        }
    }
    let text = format!("({inputs}) {}", short(&of_fn.output));
    text.trim_end().to_owned()
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn attributes(attributes: &[Attribute]) -> Attributes {
    let mut found = Attributes::default();
    for attribute in attributes {
        let is_derive = attribute.path().is_ident("derive");
        if !is_derive && !attribute.path().is_ident("serde") {
            continue;
        }
        let arguments = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        for argument in arguments.unwrap_or_default() {
            match &argument {
                argument if is_derive => found.derives.push(short(argument)),
                Meta::NameValue(pair) if pair.path.is_ident("rename") => {
                    found.rename = Some(short(&pair.value));
                }
                argument => found.serde.push(short(argument)),
            }
        }
    }
    found
}

/// Returns the source text of `tokens` in a compact form.
fn short(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (long, short) in [
        (":: std :: option :: ", ""),
        (":: std :: string :: ", ""),
        (":: std :: result :: ", ""),
        (":: std :: vec :: ", ""),
        (":: std :: convert :: ", ""),
        (":: std :: default :: ", ""),
        ("std :: convert :: ", ""),
        (":: std :: ", "std::"),
        (":: serde_json :: ", "serde_json::"),
        (":: serde :: ", ""),
        (":: waba :: ", "waba::"),
        (" :: ", "::"),
        (" < ", "<"),
        (" <", "<"),
        (" > ", "> "),
        (" >", ">"),
        ("< ", "<"),
        ("( ", "("),
        (" )", ")"),
        (" (", "("),
        (" ,", ","),
        (" : ", ": "),
        ("& ", "&"),
        (",>", ">"),
        (", }", " }"),
        (",)", ")"),
        (
            "skip_serializing_if = \"::std::option::Option::is_none\"",
            "skip if none",
        ),
        ("skip_serializing_if = \"Option::is_none\"", "skip if none"),
    ] {
        text = text.replace(long, short);
    }
    text
}
