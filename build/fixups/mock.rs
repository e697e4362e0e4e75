//! Fixups of the mocks, which progenitor generates for httpmock:
//! <https://github.com/oxidecomputer/progenitor/pull/437>

use std::collections::BTreeMap;

use quote::format_ident;
use syn::{
    Expr, File, FnArg, ImplItem, ImplItemFn, ItemImpl, LitStr, Path, PathArguments, Stmt, Type,
    TypeParamBound, WherePredicate, parse_quote, visit, visit::Visit, visit_mut,
    visit_mut::VisitMut,
};

use super::{
    super::{
        document::{Document, Operation, is_struct},
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

/// Accepts in a condition on a query parameter what the setter of the call accepts: progenitor accepts
/// only a reference to the type of the parameter, or an `Option` of one.
pub fn accept_arguments_of_calls(document: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    for (_, item) in impls_of_operations(document, file, "when") {
        for function in tree::functions_mut(item) {
            let Some((name, target)) =
                argument(function, "query_param").zip(parameter_type(function))
            else {
                continue;
            };
            let method = &function.sig.ident;
            *function = parse_quote! {
                #[track_caller]
                pub fn #method<V, By>(self, value: V) -> Self
                where
                    V: crate::TryIntoSome<Option<#target>, By>,
                {
                    Self(self.0.argument(#name, value.try_into_some()))
                }
            };
            edits += 1;
        }
    }
    Ok(edits)
}

/// Returns the number of query parameters of all operations.
pub fn query_parameters(document: &Document) -> usize {
    let operations = document.operations();
    let parameters = operations
        .iter()
        .map(|operation| operation.query_parameters().count());
    parameters.sum()
}

/// Accepts in a condition on the body what the call accepts: the value, its builder, or a closure that
/// sets its properties. A reference is accepted too. A body that is not JSON is compared as bytes.
pub fn accept_bodies_of_calls(document: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    for (operation, item) in impls_of_operations(document, file, "when") {
        let condition = match operation.has_optional_body() {
            true => format_ident!("optional_json_body"),
            false => format_ident!("json_body"),
        };
        let mut body_map = None;
        for function in tree::functions_mut(item) {
            if operation.json_body().is_none() && function.sig.ident == "body" {
                *function = parse_quote! {
                    pub fn body(self, value: impl Into<::std::vec::Vec<u8>>) -> Self {
                        Self(self.0.body(value))
                    }
                };
                continue;
            }
            let Some(target) =
                argument(function, "json_body_obj").and_then(|_| parameter_type(function))
            else {
                continue;
            };
            *function = parse_quote! {
                #[track_caller]
                pub fn body<V, By>(self, value: V) -> Self
                where
                    V: crate::mock::IntoBody<#target, By>,
                {
                    Self(self.0.#condition(value.into_body()))
                }
            };
            let mut structs = document.structs().map(|(name, _)| names::type_name(name));
            let is_object = operation.json_body().is_some_and(is_struct)
                || structs.any(|name| name == tree::last_segment(&target));
            let builder = builder_of(&target).filter(|_| is_object);
            body_map = builder.map(|builder| {
                parse_quote! {
                    #[track_caller]
                    pub fn body_map<F>(self, f: F) -> Self
                    where
                        F: FnOnce(#builder) -> #builder,
                    {
                        self.body(f(::std::default::Default::default()))
                    }
                }
            });
            edits += 1;
        }
        item.items.extend(body_map.map(ImplItem::Fn));
    }
    Ok(edits)
}

/// Returns the number of operations with a JSON body.
pub fn json_bodies(document: &Document) -> usize {
    let operations = document.operations();
    let bodies = operations
        .iter()
        .filter_map(|operation| operation.json_body());
    bodies.count()
}

/// Returns the path of the builder of a type in the module `types`.
fn builder_of(target: &Type) -> Option<Path> {
    let Type::Path(target) = target else {
        return None;
    };
    let mut segments = target.path.segments.iter();
    match (segments.next(), segments.next(), segments.next()) {
        (Some(types), Some(name), None) if types.ident == "types" => {
            Some(parse_quote!(types::builder::#name))
        }
        _ => None,
    }
}

/// Returns the type `T` of a parameter that progenitor accepts as `T`, as `&T`, or as an `Option` of either.
fn parameter_type(function: &ImplItemFn) -> Option<Type> {
    let FnArg::Typed(value) = function.sig.inputs.last()? else {
        return None;
    };
    let predicate = function.sig.generics.where_clause.as_ref();
    let predicate = predicate.and_then(|clause| clause.predicates.first());
    let of = match predicate {
        None => (*value.ty).clone(),
        Some(WherePredicate::Type(predicate)) => {
            let TypeParamBound::Trait(bound) = predicate.bounds.first()? else {
                return None;
            };
            let into = tree::path_type(&bound.path);
            let option = tree::arguments(&into, "Into").first().copied()?.clone();
            tree::arguments(&option, "Option").first().copied()?.clone()
        }
        Some(_) => return None,
    };
    let of = match of {
        Type::Reference(of) => *of.elem,
        of => of,
    };
    Some(match of == parse_quote!(str) {
        true => parse_quote!(::std::string::String),
        false => of,
    })
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
    suffix: &str,
) -> impl Iterator<Item = (Operation<'d>, &'f mut ItemImpl)> {
    let named = document.operations().into_iter().map(|operation| {
        let id = names::method_name(operation.id);
        (names::type_name(&format!("{id}-{suffix}")), operation)
    });
    let operations: BTreeMap<String, Operation<'_>> = named.collect();
    tree::impls_mut(file, OPERATIONS).filter_map(move |item| {
        let operation = operations.get(&tree::last_segment(&item.self_ty))?;
        Some((operation.clone(), item))
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
