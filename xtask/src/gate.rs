//! The last look at a document before it is written: whatever build.rs could fail on is found
//! here, with its place.

use std::{collections::BTreeSet, thread};

use serde_json::Value;

use crate::{
    build, document,
    notes::Notes,
    pointer::{child, follow, reference},
    round_trip, walk,
};

/// Refuses what progenitor cannot make a client of.
pub fn check(document: &Value, notes: &mut Notes) {
    check_version(document, notes);
    check_references(document, "", notes);
    if !notes.refused.is_empty() {
        return;
    }
    match round_trip::lost_by_openapiv3(document) {
        Ok(lost) => {
            for pointer in lost {
                let way_out = "remove it in the overlay, or correct it";
                notes.refuse(&pointer, "progenitor's reader does not see this", way_out);
            }
        }
        Err(error) => {
            let construct = format!("this is no OpenAPI 3.0 document: {error}");
            notes.refuse("", &construct, "correct it in the overlay");
        }
    }
    if notes.refused.is_empty()
        && let Err(error) = trial(document)
    {
        let way_out = "simplify the schema that it names in the overlay";
        notes.refuse(
            "",
            &format!("progenitor makes no client of it: {error}"),
            way_out,
        );
    }
}

/// The version becomes a header value in the generated code.
fn check_version(document: &Value, notes: &mut Notes) {
    let version = document["info"]["version"].as_str().unwrap_or_default();
    if version.is_empty() || !version.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        let construct = format!("the version {version:?} cannot be a header's value");
        notes.refuse(
            "/info/version",
            &construct,
            "give it one in plain ASCII in the overlay",
        );
    }
}

fn check_references(document: &Value, _: &str, notes: &mut Notes) {
    let mut copy = document.clone();
    let mut places: BTreeSet<(String, String)> = BTreeSet::new();
    let mut note = |value: &Value, pointer: &str| {
        if let Some(reference) = reference(value) {
            places.insert((pointer.to_owned(), reference.to_owned()));
        }
    };
    walk::parts(&mut copy, &mut |_, value, pointer| note(value, pointer));
    walk::schemas(&mut copy, &mut |schema, pointer| note(schema, pointer));
    for (pointer, target) in places {
        let start = serde_json::json!({"$ref": target});
        if reference(follow(document, &start)).is_some() {
            let construct = format!("the reference `{target}` leads nowhere");
            notes.refuse(
                &child(&pointer, "$ref"),
                &construct,
                "correct it in the overlay",
            );
        }
    }
}

/// Makes the client as build.rs will. progenitor panics on what it does not handle, hence the
/// thread.
fn trial(document: &Value) -> Result<(), String> {
    let text = document::to_text(document).map_err(|error| error.to_string())?;
    let generation = thread::Builder::new()
        .name(TRIAL.to_owned())
        .stack_size(64 * 1024 * 1024)
        .spawn(move || build::generate("api", &text).map_err(|error| error.to_string()))
        .map_err(|error| error.to_string())?;
    let code = generation.join().map_err(|panic| {
        let message = panic.downcast_ref::<String>().cloned();
        message
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_else(|| "it panicked".to_owned())
    })??;
    duplicates(&code)
}

/// The name of the thread whose panics [`trial`] reports itself.
pub const TRIAL: &str = "trial";

/// Two names of the document that become one in Rust.
fn duplicates(code: &str) -> Result<(), String> {
    let file: syn::File = syn::parse_str(code).map_err(|error| error.to_string())?;
    duplicate_items(&file.items, "")
}

fn duplicate_items(items: &[syn::Item], module: &str) -> Result<(), String> {
    let mut types = BTreeSet::new();
    for item in items {
        match item {
            syn::Item::Struct(item) => {
                unique(&mut types, &item.ident, module)?;
                let mut fields = BTreeSet::new();
                for field in item.fields.iter().filter_map(|field| field.ident.as_ref()) {
                    unique(&mut fields, field, &format!("{module}{}::", item.ident))?;
                }
            }
            syn::Item::Enum(item) => unique(&mut types, &item.ident, module)?,
            syn::Item::Mod(item) => {
                let inner = item.content.as_ref().map_or(&[][..], |(_, items)| items);
                duplicate_items(inner, &format!("{module}{}::", item.ident))?;
            }
            syn::Item::Impl(item) if item.trait_.is_none() => {
                let mut methods = BTreeSet::new();
                for method in &item.items {
                    if let syn::ImplItem::Fn(method) = method {
                        unique(&mut methods, &method.sig.ident, module)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn unique(names: &mut BTreeSet<String>, name: &syn::Ident, place: &str) -> Result<(), String> {
    if names.insert(name.to_string()) {
        return Ok(());
    }
    Err(format!(
        "two things would be called `{place}{name}` in Rust; rename one in the overlay"
    ))
}
