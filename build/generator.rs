//! Generates the Rust code of an API: OpenAPI document → progenitor → fixups → formatted file.
//!
//! build.rs and `cargo xtask prepare` share this module, so that both produce the same files.

mod document;
pub mod error;
pub mod fixups;
pub mod format;
mod names;
#[cfg(test)]
mod tests;

use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{CrateVers, GenerationSettings, Generator, InterfaceStyle, TypePatch};

use document::Document;
use error::Result;
use fixups::Fixup;

/// Generates the client of `api` from the text of its `openapi.json`.
pub fn client(api: &str, openapi: &str) -> Result<String> {
    let document = Document::parse(openapi)?;
    let tokens = client_tokens(api, openapi, &document)?;
    finish(tokens, openapi, &document, fixups::CLIENT)
}

/// Generates the typed mocks of `api` from the text of its `openapi.json`.
pub fn mock(api: &str, openapi: &str) -> Result<String> {
    let document = Document::parse(openapi)?;
    let tokens = mock_tokens(api, openapi, &document)?;
    finish(tokens, openapi, &document, fixups::MOCK)
}

/// Runs progenitor for the client.
fn client_tokens(api: &str, openapi: &str, document: &Document) -> Result<TokenStream> {
    let mut generator = Generator::new(&settings(api, document)?);
    Ok(generator.generate_tokens(&spec(openapi, document)?)?)
}

/// Runs progenitor for the mocks.
fn mock_tokens(api: &str, openapi: &str, document: &Document) -> Result<TokenStream> {
    let mut generator = Generator::new(&settings(api, document)?);
    Ok(generator.httpmock(&spec(openapi, document)?, &format!("crate::{api}"))?)
}

/// Applies `fixups` to the output of progenitor, and formats it.
fn finish(
    tokens: TokenStream,
    openapi: &str,
    document: &Document,
    fixups: &[Fixup],
) -> Result<String> {
    let mut file = syn::parse2(tokens)?;
    fixups::apply(&mut file, document, fixups)?;
    Ok(format::text(openapi, file))
}

/// Parses the document for progenitor, with the properties under their names in Rust.
fn spec(openapi: &str, document: &Document) -> Result<OpenAPI> {
    let mut spec = serde_json::from_str(openapi)?;
    fixups::types::rename_properties(&mut spec, document);
    Ok(spec)
}

/// Returns the settings of progenitor for `api`.
fn settings(api: &str, document: &Document) -> Result<GenerationSettings> {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_derive("PartialEq")
        .with_inner_type("crate::http::transport::Transport".parse()?)
        // The first segment of a path in `x-rust-type`: `waba` for a type that all APIs share, and
        // `api` for a type of this API.
        .with_crate("waba", CrateVers::Any, None)
        .with_crate("api", CrateVers::Any, Some(&format!("waba::{api}")));
    // typify derives no `Default` for a struct with `extra`, although all its other fields have
    // one: https://github.com/oxidecomputer/typify/issues/181
    for name in document.objects_with_default() {
        settings.with_patch(name, TypePatch::default().with_derive("Default"));
    }
    Ok(settings)
}
