//! Fixups of the mocks, which progenitor generates for httpmock:
//! <https://github.com/oxidecomputer/progenitor/pull/437>

use syn::{
    Expr, File, ImplItemFn, ItemImpl, LitStr, Path, PathArguments, Stmt, parse_quote, visit,
    visit::Visit, visit_mut, visit_mut::VisitMut,
};

use super::{
    super::{
        document::{Document, Operation},
        error::Result,
        names,
    },
    tree,
};

/// The module of the conditions and responses of mocks.
const OPERATIONS: &[&str] = &["operations"];

/// Returns how often the mocks of a document name an item of httpmock.
pub fn paths_of_httpmock(document: &Document) -> usize {
    let operations = document.operations().len();
    // The server once. For each operation: `When` and `Then` thrice each, `Mock` twice, and the
    // method.
    1 + 9 * operations
}

/// Replaces httpmock by `crate::mock`, which has responses in sequence and explains what differs.
pub fn use_own_mocks(_: &Document, file: &mut File) -> Result<usize> {
    struct Paths(usize);

    impl VisitMut for Paths {
        fn visit_path_mut(&mut self, path: &mut Path) {
            visit_mut::visit_path_mut(self, path);
            let mut segments = path.segments.iter().cloned();
            if path.leading_colon.is_none() || segments.next().is_none_or(|s| s.ident != "httpmock")
            {
                return;
            }
            let mut rest: Vec<_> = segments.collect();
            // A `Mock` of this crate has no lifetime.
            rest.iter_mut()
                .for_each(|segment| segment.arguments = PathArguments::None);
            *path = match rest.first().is_some_and(|first| first.ident == "Method") {
                true => parse_quote!(::reqwest::#(#rest)::*),
                false => parse_quote!(crate::mock::#(#rest)::*),
            };
            self.0 += 1;
        }

        fn visit_lit_str_mut(&mut self, text: &mut LitStr) {
            // Links in the documentation.
            let value = text.value().replace("::httpmock::", "crate::mock::");
            *text = LitStr::new(&value, text.span());
        }
    }

    let mut paths = Paths(0);
    paths.visit_file_mut(file);
    Ok(paths.0)
}

/// Makes conditions match the method and the path of their operation by name, and not by a regular
/// expression, so that the server can say what differs.
pub fn match_operations(document: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    for (operation, item) in impls_of_operations(document, file, "when") {
        let (id, path) = (operation.id, path_in_rust(operation.path));
        for function in tree::functions_mut(item) {
            let Some(method) = argument(function, "method") else {
                continue;
            };
            function.block = match operation.field {
                Some(field) => parse_quote! {{
                    Self(inner.operation(#id, #method, #path).arguments_of(#field))
                }},
                None => parse_quote!({ Self(inner.operation(#id, #method, #path)) }),
            };
            edits += 1;
        }
    }
    Ok(edits)
}

/// Matches a path parameter by its name, and accepts any displayable value: progenitor inserts the
/// value into a regular expression without encoding it, and accepts only the type of the parameter.
pub fn match_path_parameters(document: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    for (operation, item) in impls_of_operations(document, file, "when") {
        let path = path_in_rust(operation.path);
        for function in tree::functions_mut(item) {
            let name = function.sig.ident.to_string();
            let is_parameter = path
                .split('/')
                .any(|segment| segment == format!("{{{name}}}"));
            if !is_parameter || argument(function, "path_matches").is_none() {
                continue;
            }
            function.sig.inputs = parse_quote!(self, value: impl ::std::fmt::Display);
            function.block = parse_quote!({ Self(self.0.path_param(#name, value)) });
            edits += 1;
        }
    }
    Ok(edits)
}

/// Compares query parameters that are secrets by their text: progenitor calls `to_string`, and secrets
/// do not implement `Display`.
pub fn expose_secrets(document: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    for (operation, item) in impls_of_operations(document, file, "when") {
        let secrets = operation.query_secrets();
        let secrets = secrets.iter().map(|name| names::method_name(name));
        let secrets: Vec<String> = secrets.collect();
        for function in tree::functions_mut(item) {
            if secrets.contains(&function.sig.ident.to_string()) {
                let mut calls = ExposeSecrets(0);
                calls.visit_impl_item_fn_mut(function);
                edits += calls.0;
            }
        }
    }
    Ok(edits)
}

/// Replaces calls of `to_string` by calls of `expose`, and counts them.
struct ExposeSecrets(usize);

impl VisitMut for ExposeSecrets {
    fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
        if call.method == "to_string" {
            call.method = parse_quote!(expose);
            self.0 += 1;
        }
        visit_mut::visit_expr_method_call_mut(self, call);
    }
}

/// Returns a path of the document with the names that its parameters have in Rust.
fn path_in_rust(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let name = segment
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'));
        match name {
            Some(name) => format!("{{{}}}", names::method_name(name)),
            None => segment.to_owned(),
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Returns the number of typed responses of the mocks.
pub fn typed_responses(document: &Document, file: &File) -> usize {
    let mut file = file.clone();
    let impls = impls_of_operations(document, &mut file, "then");
    impls
        .flat_map(|(_, item)| tree::functions_mut(item))
        .filter(|function| tree::has_token(&function.sig, "value"))
        .count()
}

/// Sets a typed response with one call, because operations have many responses.
pub fn shorten_responses(document: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    for (_, item) in impls_of_operations(document, file, "then") {
        for function in tree::functions_mut(item) {
            let body = ["json_body_obj", "json_body"];
            let body = body.iter().find_map(|method| argument(function, method));
            let (Some(status), Some(body)) = (argument(function, "status"), body) else {
                continue;
            };
            function.block.stmts.pop();
            let response: Expr = parse_quote!(Self(self.0.json(#status, &#body)));
            function.block.stmts.push(Stmt::Expr(response, None));
            edits += 1;
        }
    }
    Ok(edits)
}

/// Adds the methods for sequences of responses, and for responses that are not documented.
pub fn add_response_methods(document: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    for (_, item) in impls_of_operations(document, file, "then") {
        item.items.push(parse_quote!(crate::mock::then_methods!();));
        edits += 1;
    }
    Ok(edits)
}

/// Returns the implementations of the types that progenitor names after an operation and `suffix`.
fn impls_of_operations<'f, 'd: 'f>(
    document: &'d Document,
    file: &'f mut File,
    suffix: &'f str,
) -> impl Iterator<Item = (Operation<'d>, &'f mut ItemImpl)> {
    tree::impls_mut(file, OPERATIONS).filter_map(move |item| {
        let name = tree::last_segment(&item.self_ty);
        let is_of = |operation: &Operation<'_>| {
            let id = names::method_name(operation.id);
            names::type_name(&format!("{id}-{suffix}")) == name
        };
        let operation = document.operations().into_iter().find(is_of)?;
        Some((operation, item))
    })
}

/// Returns the first argument of the call of `method` in a function.
fn argument(function: &ImplItemFn, method: &str) -> Option<Expr> {
    struct Calls<'m>(&'m str, Option<Expr>);

    impl<'a> Visit<'a> for Calls<'_> {
        fn visit_expr_method_call(&mut self, call: &'a syn::ExprMethodCall) {
            if call.method == self.0 {
                self.1 = call.args.first().cloned();
            }
            visit::visit_expr_method_call(self, call);
        }
    }

    let mut calls = Calls(method, None);
    calls.visit_impl_item_fn(function);
    calls.1
}
