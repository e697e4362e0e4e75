//! Generates the clients in the repository: `specs/*/openapi.json` → progenitor → fixups →
//! `$OUT_DIR/*.rs`. Without the feature `generate`, as in the published package, it does nothing, and
//! the crate includes the same code from `src/generated`.

#[cfg(feature = "generate")]
#[path = "build/generator.rs"]
mod generator;

#[cfg(not(feature = "generate"))]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}

#[cfg(feature = "generate")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    use std::{env, fs, path::Path};

    let out = env::var("OUT_DIR")?;
    println!("cargo::rerun-if-changed=specs");
    for folder in fs::read_dir("specs")? {
        let folder = folder?;
        let api = folder.file_name().to_string_lossy().into_owned();
        if env::var_os(format!("CARGO_FEATURE_{}", api.to_uppercase())).is_none() {
            continue;
        }
        let document = fs::read_to_string(folder.path().join("openapi.json"))?;
        let write = |name: &str, code| fs::write(Path::new(&out).join(name), code);
        write(&format!("{api}.rs"), generator::client(&api, &document)?)?;
        if env::var_os("CARGO_FEATURE_MOCK").is_some() {
            write(&format!("{api}_mock.rs"), generator::mock(&api, &document)?)?;
        }
    }
    Ok(())
}
