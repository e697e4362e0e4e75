//! The Rust names that progenitor and typify derive from names in a document.

use heck::{ToPascalCase, ToSnakeCase};

/// Returns the name of the type that typify generates for the component `name`.
pub fn type_name(name: &str) -> String {
    valid(words(name).to_pascal_case(), "X")
}

/// Returns the name of the method that progenitor generates for a parameter or an operation.
pub fn method_name(name: &str) -> String {
    valid(words(name).to_snake_case(), "_")
}

/// Replaces the characters that no identifier can contain.
fn words(name: &str) -> String {
    let continues = |c: char| c.is_ascii_alphanumeric() || c == '_' || is_ident(&format!("x{c}"));
    name.replace('\'', "").replace(|c| !continues(c), "-")
}

/// Makes `name` a valid identifier: `start` precedes a digit, and `_` follows a keyword.
fn valid(name: String, start: &str) -> String {
    let name = match is_ident(&format!("{name}x")) {
        true => name,
        false => format!("{start}{name}"),
    };
    match is_ident(&name) {
        true => name,
        false => format!("{name}_"),
    }
}

fn is_ident(text: &str) -> bool {
    syn::parse_str::<syn::Ident>(text).is_ok()
}
