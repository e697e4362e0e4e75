//! Fixups: edits of the syntax tree for each defect, or missing setting, of progenitor and typify.
//!
//! A fixup knows how many edits the document calls for. A different number is an error, because
//! another version of progenitor or typify may write the code differently.

pub mod arguments;
pub mod client;
pub mod inline;
pub mod mock;
pub mod objects;
pub mod paging;
pub mod send;
pub mod tree;
pub mod types;
pub mod webhooks;

use syn::File;

use super::{
    document::Document,
    error::{Error, Result},
};

/// One fixup.
pub struct Fixup {
    /// The name of its function.
    pub name: &'static str,
    /// Returns the number of edits that the document and the generated code call for.
    expected: fn(&Document, &File) -> usize,
    /// Edits the generated code, and returns the number of edits.
    edit: fn(&Document, &mut File) -> Result<usize>,
}

/// Lists fixups by their functions; each has the number of edits that it expects.
macro_rules! fixups {
    ($($module:ident::$name:ident: $expected:expr,)*) => {
        &[$(Fixup {
            name: stringify!($name),
            expected: $expected,
            edit: $module::$name,
        }),*]
    };
}

/// The fixups of clients, in the order in which they run.
pub const CLIENT: &[Fixup] = fixups![
    client::remove_new: |_, _| 1,
    client::restrict_new_with_client: |_, _| 1,
    client::remove_client_hooks: |_, _| 1,
    client::remove_api_version_header: |document, _| document.operations().len(),
    client::encode_path_segments: |document, _| path_parameters(document),
    // The method of the client, the method `send`, and the URL.
    client::remove_fragments: |document, _| 3 * document.fragments().count(),
    client::document_parameters: client::documented_parameters,
    send::send_through_transport: |document, _| document.operations().len(),
    types::add_open_enums: |document, _| types::open_enums(document).count(),
    types::default_extra: |_, file| types::structs_with_extra(file).len(),
    arguments::share_rejected_arguments: |_, file| arguments::fields_of_builders(file),
    paging::add_paging: |document, _| paging::lists(document),
    objects::use_lists: objects::lists,
    types::rename_fields: |document, _| types::renamed_properties(document).len(),
    types::document_fields: |document, _| types::documented_properties(document).len(),
    types::add_build: |_, file| types::structs_with_builder(file),
    types::document_builders: |_, file| 2 * types::structs_with_builder(file),
    types::document_setters: |_, file| types::documented_fields_of_builders(file),
    types::derive_eq: |_, file| types::types(file),
    types::derive_json_schema: |_, file| types::types(file),
    types::declare_lengths_to_json_schema: |_, file| types::length_messages(file),
    objects::decode_by_property: |_, file| objects::structs_with_map(file),
    webhooks::require_webhooks: |document, _| webhooks::types(document).len(),
    inline::inline_functions: |_, file| inline::functions(file),
];

/// The fixups of mocks, in the order in which they run.
pub const MOCK: &[Fixup] = fixups![
    mock::use_own_mocks: |document, _| mock::paths_of_httpmock(document),
    mock::match_operations: |document, _| document.operations().len(),
    mock::match_path_parameters: |document, _| path_parameters(document),
    mock::accept_arguments_of_calls: |document, _| mock::query_parameters(document),
    mock::accept_bodies_of_calls: |document, _| mock::json_bodies(document),
    mock::shorten_responses: mock::typed_responses,
    mock::add_response_methods: |document, _| document.operations().len(),
];

/// Applies `fixups` to the output of progenitor.
pub fn apply(file: &mut File, document: &Document, fixups: &[Fixup]) -> Result<()> {
    for fixup in fixups {
        let expected = (fixup.expected)(document, file);
        let edits = (fixup.edit)(document, file)?;
        if edits != expected {
            return Err(Error::fixup(fixup.name, edits, expected));
        }
    }
    Ok(())
}

/// Returns the number of parameters in the paths of all operations.
fn path_parameters(document: &Document) -> usize {
    let operations = document.operations();
    operations
        .iter()
        .map(|operation| operation.path_parameters())
        .sum()
}
