//! The fixup of the mocks of operations that request a Graph field with arguments.

use proc_macro2::Span;
use syn::{Expr, ExprMethodCall, File, LitStr, Macro, parse_quote, visit_mut, visit_mut::VisitMut};

use super::{
    super::{
        document::{Document, Operation},
        error::Result,
        names::type_name,
    },
    tree,
};

/// Matches the query parameters of an operation with `x-field-expansion` where the client sends them:
/// as the arguments of the field, in the parameter `fields`. progenitor knows nothing of the extension.
pub fn match_arguments_of_field(document: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    for operation in document.operations() {
        let Some(field) = operation.field else {
            continue;
        };
        let mut arguments = Arguments { field, edits: 0 };
        let when = format!("{}When", type_name(operation.id));
        for item in tree::impls_mut(file, &["operations"]) {
            if tree::last_segment(&item.self_ty) == when {
                arguments.visit_item_impl_mut(item);
            }
        }
        edits += arguments.edits;
    }
    Ok(edits)
}

/// Returns the number of conditions of these mocks.
pub fn conditions(document: &Document) -> usize {
    let operations = document.operations();
    let conditions = operations
        .iter()
        .filter(|operation| operation.field.is_some())
        .map(of_operation);
    conditions.sum()
}

/// Returns the number of conditions on the method, the path and the query parameters. An optional parameter has
/// two: one for its value, and one for its absence.
fn of_operation(operation: &Operation<'_>) -> usize {
    let in_query = |parameter: &&&serde_json::Value| parameter["in"] == "query";
    let parameters = operation.parameters.iter().filter(in_query);
    let parameters = parameters.map(|parameter| match parameter["required"] == true {
        true => 1,
        false => 2,
    });
    2 + operation.path_parameters() + parameters.sum::<usize>()
}

struct Arguments<'f> {
    field: &'f str,
    edits: usize,
}

impl VisitMut for Arguments<'_> {
    /// Removes the fragment, which is not sent, from the patterns of paths.
    fn visit_lit_str_mut(&mut self, text: &mut LitStr) {
        let value = text.value();
        if let Some((path, _)) = value.rsplit_once('#') {
            *text = LitStr::new(&format!("{path}$"), Span::call_site());
            self.edits += 1;
        }
    }

    fn visit_macro_mut(&mut self, invocation: &mut Macro) {
        tree::edit_format(invocation, |arguments| {
            arguments
                .iter_mut()
                .for_each(|argument| self.visit_expr_mut(argument));
        });
    }

    fn visit_expr_mut(&mut self, value: &mut Expr) {
        visit_mut::visit_expr_mut(self, value);
        let Expr::MethodCall(call) = value else {
            return;
        };
        if let Some(edited) = self.condition(call) {
            *value = edited;
            self.edits += 1;
        }
    }
}

impl Arguments<'_> {
    /// Returns the condition on `fields` for a condition on a query parameter.
    fn condition(&self, call: &ExprMethodCall) -> Option<Expr> {
        let (receiver, field) = (&call.receiver, self.field);
        if call.method == "method" {
            return Some(parse_quote!(#call.query_param_prefix("fields", #field)));
        }
        let name = tree::literal(call.args.first()?)?;
        match call.method.to_string().as_str() {
            "query_param" => {
                let value = call.args.get(1)?;
                let pattern = format!(".{name}({{}})");
                Some(parse_quote! {
                    #receiver.query_param_includes("fields", format!(#pattern, #value))
                })
            }
            "query_param_missing" => {
                let start = format!(".{name}(");
                Some(parse_quote!(#receiver.query_param_excludes("fields", #start)))
            }
            _ => None,
        }
    }
}
