//! Sees to it that the clients are those of the OpenAPI documents. With the feature `generate` they
//! are made here: `specs/*/openapi.json` → progenitor → `$OUT_DIR/*/*.rs`. Without it they are taken
//! from `specs/*/*.rs`, where `cargo xtask prepare` has put the same code, so that nobody who only
//! uses the crate has to compile the generator.

use std::{env, error::Error, fs, path::Path};

#[cfg(feature = "generate")]
#[path = "build/generate.rs"]
mod generator;

fn main() {
    let folders = match fs::read_dir("specs") {
        Ok(folders) => folders.flatten().filter(|folder| folder.path().is_dir()),
        Err(error) => {
            println!("cargo::error=specs/ cannot be listed: {error}; restore it");
            return;
        }
    };
    for folder in folders {
        let api = folder.file_name().to_string_lossy().into_owned();
        if env::var_os(format!("CARGO_FEATURE_{}", api.to_uppercase())).is_none() {
            continue;
        }
        let specs = Path::new("specs").join(&api);
        println!(
            "cargo::rerun-if-changed={}",
            specs.join("openapi.json").display()
        );
        #[cfg(feature = "generate")]
        let outcome = generate(&api, &specs);
        #[cfg(not(feature = "generate"))]
        let outcome = compare(&specs);
        if let Err(error) = outcome {
            println!(
                "cargo::error={}: {error}; run `cargo xtask prepare` in the repository of waba",
                specs.display()
            );
        }
    }
}

/// Makes the code of `api`.
#[cfg(feature = "generate")]
fn generate(api: &str, specs: &Path) -> Result<(), Box<dyn Error>> {
    let document = fs::read_to_string(specs.join("openapi.json"))?;
    let out = Path::new(&env::var("OUT_DIR")?).join(api);
    fs::create_dir_all(&out)?;
    fs::write(out.join("client.rs"), generator::client(api, &document)?)?;
    if env::var_os("CARGO_FEATURE_MOCK").is_some() {
        fs::write(out.join("mock.rs"), generator::mock(api, &document)?)?;
    }
    Ok(())
}

/// Compares the document with the one that the first line of the code says it was made of.
#[cfg(not(feature = "generate"))]
fn compare(specs: &Path) -> Result<(), Box<dyn Error>> {
    let document = fs::read(specs.join("openapi.json"))?;
    let hash = hmac_sha256::Hash::hash(&document);
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    for file in ["client.rs", "mock.rs"] {
        println!("cargo::rerun-if-changed={}", specs.join(file).display());
        let code =
            fs::read_to_string(specs.join(file)).map_err(|error| format!("{file}: {error}"))?;
        if !code.lines().next().is_some_and(|line| line.contains(&hash)) {
            return Err(format!("{file} was made of another openapi.json").into());
        }
    }
    Ok(())
}
