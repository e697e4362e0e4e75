//! `cargo xtask release`: whether the version says as much as has changed since the last release.

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
    /// The tag of the last release; the nearest one called v…, unless given
    #[arg(long)]
    since: Option<String>,
}

/// Compares the version with the one that the changes of specs/ ask for.
pub fn run(root: &Path, options: &Options) -> Result<Outcome> {
    let manifest = root.join("Cargo.toml");
    let manifest = fs::read_to_string(&manifest)
        .with_context(|| format!("{}: cannot be read", manifest.display()))?;
    let version = version(&manifest)?;
    let tag = match &options.since {
        Some(tag) => tag.clone(),
        None if git(root, &["tag", "--list", "v*"])?.is_empty() => {
            println!("{version} is the first release; nothing asks for another version");
            return Ok(Outcome::Fine);
        }
        None => git(root, &["describe", "--tags", "--match", "v*", "--abbrev=0"])?
            .trim()
            .to_owned(),
    };
    let comparison = compare::of_specs(root, Some(&tag))?;
    let report = &comparison.report;
    if let Some((api, why)) = report.rust_unknown().next() {
        bail!(
            "specs/{}: the Rust module was not compared: {why}",
            api.name
        );
    }
    let released = git(root, &["cat-file", "blob", &format!("{tag}:Cargo.toml")])
        .with_context(|| format!("{tag}: has no Cargo.toml; name another tag by --since"))?;
    let released = self::version(&released)?;
    for api in &report.apis {
        println!("{} since {tag}: {}", api.name, api.counts());
    }
    let least = least(&released, comparison.required_level());
    if version < least {
        println!(
            "{version} is too low after {released}: the changes ask for {least} at least; set it \
             in Cargo.toml"
        );
        return Ok(Outcome::ActionNeeded);
    }
    println!("{version} says as much after {released}, which {least} would do");
    Ok(Outcome::Fine)
}

/// The version of the package that this `Cargo.toml` describes.
fn version(manifest: &str) -> Result<Version> {
    let manifest: toml::Table = toml::from_str(manifest).context("Cargo.toml: is no TOML")?;
    let version = manifest
        .get("package")
        .and_then(|package| package.get("version"));
    let version = version.and_then(toml::Value::as_str);
    let version = version.context("Cargo.toml: gives the package no version")?;
    Version::parse(version).with_context(|| format!("Cargo.toml: `{version}` is no version"))
}

/// The lowest version that may follow `released`: what breaks calls for a breaking one, what is
/// new for a minor one, and words for a patch; while it is 0.x each is one step less.
fn least(released: &Version, asked: Option<Level>) -> Version {
    let (major, minor, patch) = (released.major, released.minor, released.patch);
    match asked {
        Some(Level::Breaking) if major == 0 => Version::new(0, minor + 1, 0),
        Some(Level::Breaking) => Version::new(major + 1, 0, 0),
        Some(Level::Compatible) if major > 0 => Version::new(major, minor + 1, 0),
        Some(_) => Version::new(major, minor, patch + 1),
        None => released.clone(),
    }
}
