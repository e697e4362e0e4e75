//! Fixups of the client and of the request builders.

use quote::ToTokens;
use serde_json::Value;
use syn::{
    Expr, ExprCall, ExprLit, File, ImplItem, ImplItemFn, Item, Lit, LitStr, Macro, ReturnType,
    Stmt, parse_quote, visit_mut, visit_mut::VisitMut,
};

use super::{
    super::{
        document::{Document, Operation, entries},
        error::Result,
        names::method_name,
    },
    tree,
};

/// Removes `Client::new`, which panics without TLS, sets no credential, and has a fixed timeout:
/// <https://github.com/oxidecomputer/progenitor/issues/1208>
pub fn remove_new(_: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    for item in tree::impls_mut(file, &[]).filter(|item| item.trait_.is_none()) {
        let is_client = tree::last_segment(&item.self_ty) == "Client";
        item.items.retain(|item| {
            let is_new = matches!(item, ImplItem::Fn(function) if is_constructor(function, "new"));
            edits += usize::from(is_client && is_new);
            !(is_client && is_new)
        });
    }
    Ok(edits)
}

/// Returns whether it is a function without `self`: an operation can have the same name.
fn is_constructor(function: &ImplItemFn, name: &str) -> bool {
    function.sig.ident == name && function.sig.receiver().is_none()
}

/// Restricts `Client::new_with_client` to the crate: only `Client::builder` sets a credential.
pub fn restrict_new_with_client(_: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    for item in tree::impls_mut(file, &[]) {
        for function in tree::functions_mut(item) {
            if is_constructor(function, "new_with_client") {
                function.vis = parse_quote!(pub(crate));
                tree::set_docs(&mut function.attrs, "Creates a client for this base URL.");
                edits += 1;
            }
        }
    }
    Ok(edits)
}

/// Removes the implementation of `ClientHooks`, because requests are sent by the transport. It is
/// public, and its methods would never run.
/// <https://github.com/oxidecomputer/progenitor/pull/1121>
pub fn remove_client_hooks(_: &Document, file: &mut File) -> Result<usize> {
    let before = file.items.len();
    file.items.retain(|item| {
        !matches!(item, Item::Impl(item) if tree::trait_name(item).as_deref() == Some("ClientHooks"))
    });
    tree::remove_import(file, "ClientHooks");
    Ok(before - file.items.len())
}

/// Removes the header `api-version` that progenitor adds to every request: neither API knows it.
/// <https://github.com/oxidecomputer/progenitor/issues/564>
pub fn remove_api_version_header(_: &Document, file: &mut File) -> Result<usize> {
    struct Headers(usize);

    impl VisitMut for Headers {
        fn visit_block_mut(&mut self, block: &mut syn::Block) {
            let before = block.stmts.len();
            block.stmts.retain(|statement| {
                !matches!(statement, Stmt::Expr(Expr::MethodCall(call), _)
                    if call.method == "append" && tree::has_token(call, "\"api-version\""))
            });
            if block.stmts.len() < before {
                self.0 += 1;
                remove_unused_headers(block);
            }
            visit_mut::visit_block_mut(self, block);
        }
    }

    let mut headers = Headers(0);
    headers.visit_file_mut(file);
    Ok(headers.0)
}

/// Removes the map of headers if nothing is added to it.
fn remove_unused_headers(block: &mut syn::Block) {
    struct Unused;

    impl VisitMut for Unused {
        fn visit_expr_mut(&mut self, value: &mut Expr) {
            visit_mut::visit_expr_mut(self, value);
            if let Expr::MethodCall(call) = value
                && call.method == "headers"
            {
                *value = (*call.receiver).clone();
            }
        }
    }

    let declares = |statement: &Stmt| {
        matches!(statement, Stmt::Local(local)
            if local.pat.to_token_stream().to_string() == "mut header_map")
    };
    let mentions = |statement: &&Stmt| tree::has_token(*statement, "header_map");
    // The declaration and its use.
    if block.stmts.iter().filter(mentions).count() == 2 {
        block.stmts.retain(|statement| !declares(statement));
        Unused.visit_block_mut(block);
    }
}

/// Encodes path parameters by a function of the crate: progenitor's `encode_path` leaves `\` as it
/// is, which URL parsers treat as `/`.
/// <https://github.com/oxidecomputer/progenitor/pull/304>
pub fn encode_path_segments(_: &Document, file: &mut File) -> Result<usize> {
    struct Calls(usize);

    impl VisitMut for Calls {
        fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
            if call.func == parse_quote!(encode_path) {
                *call.func = parse_quote!(encode_segment);
                self.0 += 1;
            }
            visit_mut::visit_expr_call_mut(self, call);
        }

        fn visit_macro_mut(&mut self, invocation: &mut Macro) {
            tree::edit_format(invocation, |arguments| {
                arguments
                    .iter_mut()
                    .for_each(|argument| self.visit_expr_mut(argument));
            });
        }
    }

    let mut calls = Calls(0);
    calls.visit_file_mut(file);
    tree::remove_import(file, "encode_path");
    if let Some(items) = tree::items_mut(file, tree::REQUEST_BUILDERS)
        && calls.0 > 0
    {
        items.insert(
            0,
            parse_quote!(
                use crate::types::path_segment::encode_segment;
            ),
        );
    }
    Ok(calls.0)
}

/// Removes the fragments of paths, which only tell operations of the same path apart, from URLs and
/// documentation.
pub fn remove_fragments(document: &Document, file: &mut File) -> Result<usize> {
    struct Texts<'d> {
        paths: Vec<(&'d str, &'d str)>,
        edits: usize,
    }

    impl VisitMut for Texts<'_> {
        fn visit_lit_str_mut(&mut self, text: &mut LitStr) {
            let mut value = text.value();
            for (path, fragment) in &self.paths {
                // In the documentation, the path is between backticks.
                value = value.replace(&format!("{path}#{fragment}`"), &format!("{path}`"));
            }
            self.replace(text, &value);
        }

        fn visit_macro_mut(&mut self, invocation: &mut Macro) {
            tree::edit_format(invocation, |arguments| {
                if let Some(Expr::Lit(ExprLit {
                    lit: Lit::Str(text),
                    ..
                })) = arguments.first_mut()
                {
                    let value = text.value();
                    let mut fragments = self.paths.iter().map(|(_, fragment)| fragment);
                    let url = fragments
                        .find_map(|fragment| value.strip_suffix(fragment)?.strip_suffix('#'));
                    self.replace(text, url.unwrap_or(&value));
                }
            });
        }
    }

    impl Texts<'_> {
        fn replace(&mut self, text: &mut LitStr, value: &str) {
            if text.value() != value {
                *text = LitStr::new(value, text.span());
                self.edits += 1;
            }
        }
    }

    let mut texts = Texts {
        paths: document.fragments().collect(),
        edits: 0,
    };
    texts.visit_file_mut(file);
    Ok(texts.edits)
}

/// Documents the setters of request builders, which progenitor leaves without documentation.
pub fn document_parameters(document: &Document, file: &mut File) -> Result<usize> {
    let builders = builders(file);
    let mut edits = 0;
    for operation in document.operations() {
        let method = method_name(operation.id);
        let builder = builders.iter().find(|(name, _)| *name == method);
        let Some((_, builder)) = builder else {
            continue;
        };
        let texts = parameter_texts(document, &operation);
        for item in tree::impls_mut(file, tree::REQUEST_BUILDERS) {
            if tree::last_segment(&item.self_ty) != *builder {
                continue;
            }
            for setter in tree::functions_mut(item) {
                let name = setter.sig.ident.to_string();
                let text = match (name.as_str(), operation.body) {
                    ("body", Some(body)) => Some(body_text(body, &body_type(setter))),
                    ("body_map", Some(body)) => Some(body_map_text(body)),
                    _ => texts
                        .iter()
                        .find(|(other, _)| *other == name)
                        .map(|(_, text)| text.clone()),
                };
                if let Some(text) = text {
                    tree::set_docs(&mut setter.attrs, &text);
                    edits += usize::from(name != "body_map");
                }
            }
        }
    }
    Ok(edits)
}

/// Returns the number of parameters and request bodies that have documentation.
pub fn documented_parameters(document: &Document, _: &File) -> usize {
    let operations = document.operations();
    let documented = operations.iter().map(|operation| {
        parameter_texts(document, operation).len() + usize::from(operation.body.is_some())
    });
    documented.sum()
}

/// Returns the documentation of the parameters of an operation, by setter.
fn parameter_texts(document: &Document, operation: &Operation<'_>) -> Vec<(String, String)> {
    let parameters = operation.parameters.iter();
    let texts = parameters.filter_map(|parameter| {
        let text = document.documentation(&parameter["description"], &parameter["schema"])?;
        Some((method_name(parameter["name"].as_str()?), text))
    });
    texts.collect()
}

/// Returns the documentation of `body`.
fn body_text(body: &Value, of_type: &str) -> String {
    let media_type = entries(&body["content"])
        .next()
        .map_or("", |(name, _)| name);
    let summary = match of_type {
        "" => format!("Sets the request body (`{media_type}`)."),
        of_type => format!("Sets the request body, a [`{of_type}`](types::{of_type})."),
    };
    with_description(summary, body)
}

/// Returns the documentation of `body_map`.
fn body_map_text(body: &Value) -> String {
    let summary = "Sets the request body through its builder: the closure gets the builder, and \
                   returns it with the fields set.";
    with_description(summary.to_owned(), body)
}

fn with_description(summary: String, body: &Value) -> String {
    match body["description"].as_str().map(str::trim) {
        None | Some("") => summary,
        Some(description) => format!("{summary}\n\n{description}"),
    }
}

/// Returns the name of the type in `types` that `body` takes.
fn body_type(setter: &ImplItemFn) -> String {
    let predicates = setter
        .sig
        .generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    let bounds = predicates.filter_map(|predicate| match predicate {
        syn::WherePredicate::Type(predicate) => predicate.bounds.first(),
        _ => None,
    });
    let targets = bounds.filter_map(|bound| match bound {
        syn::TypeParamBound::Trait(bound) => bound.path.segments.last(),
        _ => None,
    });
    let mut types = targets.filter_map(|target| {
        let target: syn::Type = parse_quote!(#target);
        let target = tree::arguments(&target, "TryInto")
            .first()
            .copied()?
            .clone();
        let text = target.to_token_stream().to_string();
        text.starts_with("types ::")
            .then(|| tree::last_segment(&target))
    });
    types.next().unwrap_or_default()
}

/// Returns the methods of the client, each with the name of the request builder that it returns.
fn builders(file: &mut File) -> Vec<(String, String)> {
    let clients = tree::impls_mut(file, &[])
        .filter(|item| item.trait_.is_none() && tree::last_segment(&item.self_ty) == "Client");
    let methods = clients.flat_map(tree::functions_mut);
    let builders = methods.filter_map(|method| match &method.sig.output {
        ReturnType::Type(_, output) => {
            Some((method.sig.ident.to_string(), tree::last_segment(output)))
        }
        ReturnType::Default => None,
    });
    builders.collect()
}
