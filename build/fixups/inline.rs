//! Attributes that decide where the functions are compiled.

use syn::{
    File, ImplItemFn, parse_quote,
    visit::{self, Visit},
    visit_mut::{self, VisitMut},
};

use super::super::{document::Document, error::Result};

/// Marks each function with `#[inline]`, so that programs compile those that they call, and this crate
/// none of them. Most programs call few.
pub fn inline_functions(_: &Document, file: &mut File) -> Result<usize> {
    struct Functions(usize);

    impl VisitMut for Functions {
        fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
            function.attrs.push(parse_quote!(#[inline]));
            self.0 += 1;
            visit_mut::visit_impl_item_fn_mut(self, function);
        }
    }

    let mut functions = Functions(0);
    functions.visit_file_mut(file);
    Ok(functions.0)
}

/// Returns the number of functions that are not inline.
pub fn functions(file: &File) -> usize {
    struct Functions(usize);

    impl Visit<'_> for Functions {
        fn visit_impl_item_fn(&mut self, function: &ImplItemFn) {
            let is_inline = function
                .attrs
                .iter()
                .any(|one| one.path().is_ident("inline"));
            self.0 += usize::from(!is_inline);
            visit::visit_impl_item_fn(self, function);
        }
    }

    let mut functions = Functions(0);
    functions.visit_file(file);
    functions.0
}
