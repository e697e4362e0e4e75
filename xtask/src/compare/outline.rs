//! The surface of a generated module: every public item in a line or a few, so that a change
//! of what users can name is seen in review.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::{
    Attribute, Block, Expr, Fields, ImplItem, ImplItemFn, Item, ItemEnum, ItemImpl, Lit, Member,
    Signature, Stmt, Visibility, WherePredicate,
};

/// Every public item of `code` with its fields, variants and methods, sorted; no docs, no bodies.
pub fn outline(code: &str) -> syn::Result<Vec<String>> {
    let file = syn::parse_file(code)?;
    let mut lines = Vec::new();
    module(&file.items, "", &mut lines);
    lines.sort();
    Ok(lines)
}

fn module(items: &[Item], path: &str, lines: &mut Vec<String>) {
    let required = required(items);
    for item in items {
        match item {
            Item::Mod(item) if is_public(&item.vis) => {
                let inner = item.content.as_ref().map_or(&[][..], |(_, items)| items);
                module(inner, &format!("{path}{}::", item.ident), lines);
            }
            Item::Struct(item) if is_public(&item.vis) => {
                let name = format!("{path}{}{}", item.ident, short(&item.generics));
                lines.push(format!(
                    "struct {name} {}{}",
                    derives(&item.attrs),
                    serde(&item.attrs)
                ));
                fields(&item.fields, &name, lines);
            }
            Item::Enum(item) if is_public(&item.vis) => {
                let name = format!("{path}{}", item.ident);
                lines.push(format!(
                    "enum {name} {}{}",
                    derives(&item.attrs),
                    serde(&item.attrs)
                ));
                for variant in &item.variants {
                    let fields = short(&variant.fields);
                    lines.push(format!(
                        "enum {name}::{}{fields} {}",
                        variant.ident,
                        serde(&variant.attrs)
                    ));
                }
            }
            Item::Macro(item) => {
                // Other macros define nothing.
                if let Ok(item) = item.mac.parse_body::<ItemEnum>() {
                    open_enum(&item, path, lines);
                }
            }
            Item::Impl(item) => {
                let of_type = short(&item.self_ty);
                let name = format!("{path}{of_type}");
                if let Some((of, _)) = &item.trait_ {
                    lines.push(format!("impl {name}: {}", short(of)));
                    bounds(item, &name, lines);
                    continue;
                }
                for member in &item.items {
                    if let ImplItem::Fn(method) = member
                        && is_public(&method.vis)
                    {
                        let setter = (of_type.clone(), method.sig.ident.to_string());
                        let required = if required.contains(&setter) {
                            ", required"
                        } else {
                            ""
                        };
                        lines.push(format!("fn {name}::{}{required}", signature(&method.sig)));
                    }
                }
            }
            Item::Fn(item) if is_public(&item.vis) => {
                lines.push(format!("fn {path}{}", signature(&item.sig)));
            }
            Item::Trait(item) if is_public(&item.vis) => {
                lines.push(format!("trait {path}{}", item.ident))
            }
            Item::Type(item) if is_public(&item.vis) => {
                lines.push(format!("type {path}{}", item.ident))
            }
            Item::Const(item) if is_public(&item.vis) => {
                lines.push(format!("const {path}{}", item.ident))
            }
            Item::Use(item) if is_public(&item.vis) => {
                lines.push(format!("use {path}{}", short(&item.tree)));
            }
            _ => {}
        }
    }
    for line in lines {
        line.truncate(line.trim_end().len());
    }
}

/// The setters that a builder fails without, by type and name: its value begins as an `Err`.
fn required(items: &[Item]) -> BTreeSet<(String, String)> {
    let mut required = BTreeSet::new();
    for item in items {
        let Item::Impl(item) = item else { continue };
        for method in methods(item) {
            let Some(Stmt::Expr(Expr::Struct(value), None)) = method.block.stmts.last() else {
                continue;
            };
            for field in &value.fields {
                if let (Member::Named(name), true) = (&field.member, is_error(&field.expr)) {
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

fn is_error(value: &Expr) -> bool {
    matches!(value, Expr::Call(call) if short(&call.func) == "Err")
}

/// The bounds that a type checks when it is made of a text, a line each.
fn bounds(item: &ItemImpl, name: &str, lines: &mut Vec<String>) {
    let parses = |method: &&ImplItemFn| method.sig.ident == "from_str";
    let messages = methods(item)
        .filter(parses)
        .flat_map(|method| messages(&method.block));
    // A type may refuse a text for several reasons that read alike.
    let mut bounds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for message in messages {
        let (bound, value) = bound(&message);
        bounds.entry(bound.to_owned()).or_default().push(value);
    }
    for (bound, values) in bounds {
        lines.push(format!("bound {name}::{bound}: {}", values.join(", ")));
    }
}

/// The texts of the errors that `block` returns early.
fn messages(block: &Block) -> Vec<String> {
    let error = |statement: &Stmt| {
        let Stmt::Expr(Expr::If(check), _) = statement else {
            return None;
        };
        let Some(Stmt::Expr(Expr::Return(returned), _)) = check.then_branch.stmts.last() else {
            return None;
        };
        let Some(Expr::Call(call)) = returned.expr.as_deref() else {
            return None;
        };
        let Some(Expr::MethodCall(message)) = call.args.first() else {
            return None;
        };
        match &*message.receiver {
            Expr::Lit(text) => match &text.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        }
    };
    block.stmts.iter().filter_map(error).collect()
}

/// The bound that typify words like this, and its value.
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

/// `name(self, value: impl Bound) -> Output`, which is how nearly all generated methods look.
fn signature(signature: &Signature) -> String {
    let mut inputs: Vec<String> = signature.inputs.iter().map(short).collect();
    for parameter in signature.generics.type_params() {
        let bound = signature
            .generics
            .where_clause
            .iter()
            .flat_map(|clause| &clause.predicates);
        let bounds: Vec<String> = bound
            .filter_map(|predicate| match predicate {
                WherePredicate::Type(bound) if parameter.ident == short(&bound.bounded_ty) => {
                    Some(short(&bound.bounds))
                }
                _ => None,
            })
            .collect();
        let generic = format!(": {}", parameter.ident);
        let bounds = format!(": impl {}", bounds.join(" + "));
        inputs
            .iter_mut()
            .for_each(|input| *input = input.replace(&generic, &bounds));
    }
    let asyncness = signature.asyncness.map_or("", |_| "async ");
    let output = short(&signature.output);
    format!(
        "{asyncness}{}({}) {output}",
        signature.ident,
        inputs.join(", ")
    )
}

fn fields(fields: &Fields, name: &str, lines: &mut Vec<String>) {
    for (index, field) in fields
        .iter()
        .enumerate()
        .filter(|(_, field)| is_public(&field.vis))
    {
        let ident = field
            .ident
            .as_ref()
            .map_or(index.to_string(), ToString::to_string);
        lines.push(format!(
            "struct {name}::{ident}: {} {}",
            short(&field.ty),
            serde(&field.attrs)
        ));
    }
}

/// The variants of an enum that the crate's own macro defines: `Name = "value"`.
fn open_enum(item: &ItemEnum, path: &str, lines: &mut Vec<String>) {
    let name = format!("{path}{}", item.ident);
    lines.push(format!("enum {name} (open)"));
    for variant in &item.variants {
        let value = variant.discriminant.as_ref().map(|(_, value)| short(value));
        lines.push(format!(
            "enum {name}::{} = {}",
            variant.ident,
            value.unwrap_or_default()
        ));
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn serde(attributes: &[Attribute]) -> String {
    let of_serde = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"));
    of_serde
        .map(|attribute| short(&attribute.meta))
        .collect::<Vec<_>>()
        .join(" ")
}

fn derives(attributes: &[Attribute]) -> String {
    let derives = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"));
    derives
        .map(|attribute| short(&attribute.meta))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Tokens as a person would write them.
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

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::outline;

    #[test]
    fn surfaces_of_the_apis_match_their_snapshots() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../../../tests/snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        for api in fs::read_dir(root.join("specs")).unwrap() {
            let api = api.unwrap();
            let api = api.file_name().display().to_string();
            let code = root.join(format!("src/generated/{api}.rs"));
            let Ok(code) = fs::read_to_string(code) else {
                continue;
            };
            let surface = outline(&code).unwrap().join("\n");
            let name = format!("surface_{api}");
            settings.bind(|| insta::assert_snapshot!(name, surface));
        }
    }
}
