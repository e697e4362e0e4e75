//! The last look at a document before it is written: whatever the generator fails on is found
//! here, with its place where the generator tells it.

use std::{collections::BTreeSet, thread};

use serde_json::Value;

use crate::{
    generator::{self, Made},
    openapi::{
        document,
        pointer::{child, follow, reference},
        walk,
    },
    pipeline::{notes::Notes, round_trip},
};

/// Refuses what progenitor cannot make a client of.
pub fn check(document: &Value, notes: &mut Notes) {
    check_version(document, notes);
    check_references(document, notes);
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
    if !notes.refused.is_empty() {
        return;
    }
    let client = trial(generator::client, document);
    let code = client.and_then(|client| Ok([client, trial(generator::mock, document)?]));
    match code.and_then(|code| duplicates(&code)) {
        Ok(names) => {
            for name in names {
                let construct = format!("two things would be called `{name}` in Rust");
                notes.refuse("", &construct, "rename one of them in the overlay");
            }
        }
        Err(error) => {
            let construct = format!("progenitor makes no client of it: {error}");
            notes.refuse("", &construct, "simplify what it names in the overlay");
        }
    }
}

/// The version becomes a header value in the generated code.
fn check_version(document: &Value, notes: &mut Notes) {
    let version = &document["info"]["version"];
    let Some(version) = version.as_str() else {
        let construct = format!("the version is {version}, which is no text");
        let way_out = "write it in quotes, or give it one in the overlay";
        notes.refuse("/info/version", &construct, way_out);
        return;
    };
    if version.is_empty() || !version.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        let construct = format!("the version {version:?} cannot be a header's value");
        notes.refuse(
            "/info/version",
            &construct,
            "give it one in plain ASCII in the overlay",
        );
    }
}

fn check_references(document: &Value, notes: &mut Notes) {
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

/// The code that `generator` makes of an API of any name.
pub fn trial(generator: fn(&str, &str) -> Made, document: &Value) -> Result<String, String> {
    let text = document::to_text(document).map_err(|error| error.to_string())?;
    without_panics(move || generator("api", &text))
}

/// What `generation` makes. progenitor panics on what it does not handle, hence the thread.
pub fn without_panics(
    generation: impl FnOnce() -> Made + Send + 'static,
) -> Result<String, String> {
    let generation = thread::Builder::new()
        .name(TRIAL.to_owned())
        .stack_size(64 * 1024 * 1024)
        .spawn(move || generation().map_err(|error| error.to_string()))
        .map_err(|error| error.to_string())?;
    generation.join().unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(message.unwrap_or("it panicked").to_owned())
    })
}

/// The name of the thread whose panics [`without_panics`] reports itself.
pub const TRIAL: &str = "trial";

/// What the crate adds to its clients.
const OF_CLIENTS: [&str; 9] = [
    "builder",
    "call",
    "from_env",
    "other_version",
    "request",
    "with_access_token",
    "with_api_key",
    "with_rate_limit",
    "with_retry",
];

/// The names that several things of the generated code would have.
fn duplicates(code: &[String]) -> Result<Vec<String>, String> {
    let mut names = Names::default();
    for name in OF_CLIENTS {
        names.add(format!("Client::{name}"));
    }
    for code in code {
        let file: syn::File = syn::parse_str(code).map_err(|error| format!("no Rust: {error}"))?;
        names.add_items(&file.items, "");
    }
    Ok(names.twice)
}

#[derive(Default)]
struct Names {
    once: BTreeSet<String>,
    twice: Vec<String>,
}

impl Names {
    fn add(&mut self, name: String) {
        if !self.once.insert(name.clone()) {
            self.twice.push(name);
        }
    }

    fn add_items(&mut self, items: &[syn::Item], module: &str) {
        for item in items {
            match item {
                syn::Item::Struct(item) => {
                    let name = format!("{module}{}", item.ident);
                    for field in item.fields.iter().filter_map(|field| field.ident.as_ref()) {
                        self.add(format!("{name}.{field}"));
                    }
                    self.add(name);
                }
                syn::Item::Enum(item) => self.add(format!("{module}{}", item.ident)),
                syn::Item::Macro(item) => {
                    // The enum within `open_enum!`; other macros define nothing.
                    if let Ok(inner) = item.mac.parse_body::<syn::ItemEnum>() {
                        self.add_items(&[syn::Item::Enum(inner)], module);
                    }
                }
                syn::Item::Mod(item) => {
                    let inner = item.content.as_ref().map_or(&[][..], |(_, items)| items);
                    self.add_items(inner, &format!("{module}{}::", item.ident));
                }
                syn::Item::Impl(item) if item.trait_.is_none() => self.add_methods(item, module),
                _ => {}
            }
        }
    }

    fn add_methods(&mut self, of: &syn::ItemImpl, module: &str) {
        let syn::Type::Path(path) = &*of.self_ty else {
            return;
        };
        let Some(of_type) = path.path.segments.last() else {
            return;
        };
        for item in &of.items {
            if let syn::ImplItem::Fn(method) = item {
                self.add(format!("{module}{}::{}", of_type.ident, method.sig.ident));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::duplicates;

    #[test]
    fn enums_that_take_any_value_count_as_names() {
        let code = "mod types {
            crate::types::open_enum::open_enum! { #[doc = \"A\"] pub enum A { X = \"x\", } }
            pub struct A(String);
        }";
        assert_eq!(duplicates(&[code.to_owned()]).unwrap(), ["types::A"]);
    }
}
