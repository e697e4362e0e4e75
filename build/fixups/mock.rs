//! Fixups of the mocks, which progenitor generates for httpmock:
//! <https://github.com/oxidecomputer/progenitor/pull/437>

use serde_json::Value;
use syn::{
    Expr, ExprLit, File, FnArg, Lit, LitStr, Macro, parse_quote, visit_mut, visit_mut::VisitMut,
};

use super::{
    super::{document::Document, error::Result},
    tree,
};

/// The module of the conditions of mocks.
const OPERATIONS: &[&str] = &["operations"];

/// The path of the type of a path parameter in documents and, after `::`, in code.
const PATH_SEGMENT: &str = "waba::PathSegment";

/// Accepts a version of the API before the path: a base URL may end in one.
pub fn accept_version_in_path(_: &Document, file: &mut File) -> Result<usize> {
    struct Patterns(usize);

    impl VisitMut for Patterns {
        fn visit_expr_lit_mut(&mut self, value: &mut ExprLit) {
            if let Lit::Str(text) = &mut value.lit
                && let Some(path) = text.value().strip_prefix("^/")
            {
                let pattern = format!("^(?:/v[0-9]+[.][0-9]+)?/{path}");
                *text = LitStr::new(&pattern, text.span());
                self.0 += 1;
            }
        }

        fn visit_macro_mut(&mut self, invocation: &mut Macro) {
            tree::edit_format(invocation, |arguments| {
                arguments
                    .iter_mut()
                    .for_each(|argument| self.visit_expr_mut(argument));
            });
        }
    }

    let mut patterns = Patterns(0);
    patterns.visit_file_mut(file);
    Ok(patterns.0)
}

/// Accepts any displayable value as a path parameter: progenitor accepts only a reference to the
/// type of the parameter, which a test would have to convert to.
pub fn accept_any_path_segment(_: &Document, file: &mut File) -> Result<usize> {
    let expected: syn::Type = parse_quote!(&::waba::PathSegment);
    let expected = quote::quote!(#expected).to_string();
    let mut edits = 0;
    for item in tree::impls_mut(file, OPERATIONS) {
        for function in tree::functions_mut(item) {
            for input in &mut function.sig.inputs {
                if let FnArg::Typed(value) = input
                    && quote::ToTokens::to_token_stream(&value.ty).to_string() == expected
                {
                    *value.ty = parse_quote!(impl ::std::fmt::Display);
                    edits += 1;
                }
            }
        }
    }
    Ok(edits)
}

/// Returns the number of path parameters that are strings.
pub fn path_segments(document: &Document) -> usize {
    let operations = document.operations();
    let parameters = operations
        .iter()
        .flat_map(|operation| &operation.parameters);
    let segments = parameters.filter(|parameter| {
        let schema: &Value = document.resolve(&parameter["schema"]);
        parameter["in"] == "path" && schema["x-rust-type"]["path"] == PATH_SEGMENT
    });
    segments.count()
}

/// Matches a path parameter as the client encodes it: progenitor inserts the value into a regular
/// expression without encoding or escaping it.
pub fn escape_path_segments(_: &Document, file: &mut File) -> Result<usize> {
    struct Values(usize);

    impl VisitMut for Values {
        fn visit_block_mut(&mut self, block: &mut syn::Block) {
            let mut found = Arguments(0);
            block
                .stmts
                .iter_mut()
                .for_each(|statement| found.visit_stmt_mut(statement));
            if found.0 == 1 {
                let encode = parse_quote! {
                    let value =
                        ::regex::escape(&crate::types::path_segment::encode_segment(&value.to_string()));
                };
                block.stmts.insert(0, encode);
            }
            self.0 += found.0;
        }
    }

    /// Replaces `value.to_string()` in a `format!` by `value`.
    struct Arguments(usize);

    impl VisitMut for Arguments {
        fn visit_macro_mut(&mut self, invocation: &mut Macro) {
            tree::edit_format(invocation, |arguments| {
                let given: Expr = parse_quote!(value.to_string());
                let given = quote::quote!(#given).to_string();
                for argument in arguments {
                    if quote::ToTokens::to_token_stream(argument).to_string() == given {
                        *argument = parse_quote!(value);
                        self.0 += 1;
                    }
                }
            });
        }
    }

    let mut values = Values(0);
    for item in tree::impls_mut(file, OPERATIONS) {
        for function in tree::functions_mut(item) {
            visit_mut::visit_impl_item_fn_mut(&mut values, function);
        }
    }
    Ok(values.0)
}
