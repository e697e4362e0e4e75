//! `cargo xtask release`: checks that the version covers the changes since the last release.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use clap::Args;
use semver::Version;

use crate::{
    compare::{self, Level},
    exit::Outcome,
    git::git,
};

/// The options of `cargo xtask release`.
#[derive(Debug, Args)]
pub struct Options {
    /// Tag of the last release [default: the nearest tag that starts with `v`]
    #[arg(long)]
    since: Option<String>,
}

/// Compares the version with the lowest one that the changes since the last release allow.
pub fn run(root: &Path, options: &Options) -> Result<Outcome> {
    let manifest = root.join("Cargo.toml");
    let manifest = fs::read_to_string(&manifest)
        .with_context(|| format!("{}: cannot be read", manifest.display()))?;
    let version = version(&manifest)?;
    let tag = match &options.since {
        Some(tag) => tag.clone(),
        None if git(root, &["tag", "--list", "v*"])?.is_empty() => {
            println!("{version} is the first release; any version is allowed");
            return Ok(Outcome::Fine);
        }
        None => git(root, &["describe", "--tags", "--match", "v*", "--abbrev=0"])?
            .trim()
            .to_owned(),
    };
    let mut report = compare::compare_specs(root, Some(&tag))?;
    if let Some(error) = report.accepted_error.take() {
        return Err(error);
    }
    if let Some((api, why)) = report.not_compared().next() {
        bail!(
            "specs/{}: the Rust module was not compared: {why}",
            api.name
        );
    }
    let released =
        git(root, &["cat-file", "blob", &format!("{tag}:Cargo.toml")]).with_context(|| {
            format!("{tag}: Cargo.toml is missing; choose another tag with --since")
        })?;
    let released = self::version(&released)?;
    for api in &report.apis {
        println!("{} since {tag}: {}", api.name, api.counts());
    }
    let lowest = lowest_version(&released, report.required_level());
    if version < lowest {
        println!(
            "{version} is too low after {released}: the changes require at least {lowest}; set it \
             in Cargo.toml"
        );
        return Ok(Outcome::ActionNeeded);
    }
    println!("{version} covers the changes since {released}, which require at least {lowest}");
    Ok(Outcome::Fine)
}

/// Returns the version of the package from the text of its `Cargo.toml`.
fn version(manifest: &str) -> Result<Version> {
    let manifest: toml::Table =
        toml::from_str(manifest).context("Cargo.toml: invalid TOML; correct it")?;
    let version = manifest
        .get("package")
        .and_then(|package| package.get("version"));
    let version = version.and_then(toml::Value::as_str);
    let version = version.context("Cargo.toml: `package.version` is missing; add it")?;
    Version::parse(version).with_context(|| {
        format!("Cargo.toml: invalid version `{version}`; expected a form like `1.2.3`")
    })
}

/// Returns the lowest version that may follow `released`: a major version for breaking changes, a
/// minor one for compatible changes, a patch for changed descriptions. Before 1.0, breaking changes
/// require a minor version, and others a patch.
fn lowest_version(released: &Version, required: Option<Level>) -> Version {
    let (major, minor, patch) = (released.major, released.minor, released.patch);
    match required {
        Some(Level::Breaking) if major == 0 => Version::new(0, minor + 1, 0),
        Some(Level::Breaking) => Version::new(major + 1, 0, 0),
        Some(Level::Compatible) if major > 0 => Version::new(major, minor + 1, 0),
        Some(_) => Version::new(major, minor, patch + 1),
        None => released.clone(),
    }
}
