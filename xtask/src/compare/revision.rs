//! The revisions that are compared: a commit or the working tree, and its `specs/`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};

use super::{
    accepted,
    surface::{self, Items, NotCompared},
};
use crate::{git::git, openapi::document, pipeline, pipeline::overlay};

/// A revision of the repository.
#[derive(Debug, Clone)]
pub enum Revision {
    /// The files as they are now in this folder.
    WorkingTree(PathBuf),
    /// The files in a commit of the repository in this folder.
    Commit(PathBuf, String),
}

/// The content of `specs/` in one revision.
pub struct Specs {
    /// The APIs by name.
    pub apis: BTreeMap<String, Spec>,
    /// The text of the list of accepted changes, if there is one.
    pub accepted: Option<String>,
}

/// The documents and the Rust module of one API in one revision.
pub struct Spec {
    /// The path of the source document, relative to the root of the repository.
    pub input: String,
    /// The source document.
    pub source: Value,
    /// The overlay of the source document, if there is one.
    pub overlay: Option<Value>,
    /// The source document with the overlay applied, in its own OpenAPI version.
    pub document: Value,
    /// The text of `openapi.json`, if there is one.
    pub openapi: Option<String>,
    /// The Rust module, or the reason why it is not known.
    pub module: Result<Module, NotCompared>,
}

/// The public items of the Rust module of an API.
pub struct Module {
    pub items: Items,
    /// The reason why the module was generated instead of read from committed code.
    pub remark: Option<String>,
}

/// Parses `revisions`: `BASE`, `BASE..HEAD`, or nothing for the start of the branch.
pub fn parse(root: &Path, revisions: Option<&str>) -> Result<(Revision, Revision)> {
    let commit = |revision: &str| -> Result<Revision> {
        Ok(Revision::Commit(root.to_owned(), resolve(root, revision)?))
    };
    let tree = Revision::WorkingTree(root.to_owned());
    match revisions {
        Some(revisions) if revisions.contains("...") => {
            bail!("`{revisions}`: expected the form BASE..HEAD; use two dots instead of three")
        }
        Some(revisions) => match revisions.split_once("..") {
            Some((base, head)) => Ok((commit(base)?, commit(head)?)),
            None => Ok((commit(revisions)?, tree)),
        },
        None => {
            let fork = git(root, &["merge-base", "HEAD", "origin/main"]);
            Ok((commit(fork.as_deref().map_or("HEAD", str::trim))?, tree))
        }
    }
}

impl Specs {
    /// Reads all APIs in `revision`.
    pub fn read(revision: &Revision) -> Result<Self> {
        let mut apis = BTreeMap::new();
        for api in revision.folders()? {
            let spec = Spec::read(revision, &api)?;
            apis.insert(api, spec);
        }
        if apis.is_empty() {
            bail!(
                "{}: specs/ is missing; compare with another revision",
                revision.name()
            );
        }
        Ok(Self {
            apis,
            accepted: revision.text(accepted::FILE)?,
        })
    }
}

impl Spec {
    fn read(revision: &Revision, api: &str) -> Result<Self> {
        let file = |name: &str| format!("specs/{api}/{name}");
        let found = |name: &str| {
            Ok::<_, anyhow::Error>(revision.text(&file(name))?.map(|text| (file(name), text)))
        };
        let input = match found("spec.yaml")? {
            Some(input) => Some(input),
            None => found("upstream.json")?,
        };
        let Some((input, text)) = input else {
            bail!(
                "{}: specs/{api} has neither spec.yaml nor upstream.json; add one of them",
                revision.name()
            );
        };
        let describe = |name: &str| format!("{} of {}", name, revision.name());
        let parse = |name: &str, text: &str| {
            document::parse(text).with_context(|| format!("{}: cannot be read", describe(name)))
        };
        let source = parse(&input, &text)?;
        let mut document = source.clone();
        let mut overlay = None;
        if let Some((name, text)) = found("overlay.yaml")? {
            let actions = parse(&name, &text)?;
            overlay::apply(&mut document, &actions)
                .with_context(|| format!("{}: cannot be applied", describe(&name)))?;
            overlay = Some(actions);
        }
        check_document(&document, &describe(&input))?;
        let openapi = revision.text(&file("openapi.json"))?;
        let module = module(revision, api, &document, openapi.as_deref())?;
        Ok(Self {
            input,
            source,
            overlay,
            document,
            openapi,
            module,
        })
    }
}

/// Reads the Rust module of `api` in `revision`. If a commit has no up-to-date code, the module is
/// generated; in the working tree it must be generated by `cargo xtask prepare`.
fn module(
    revision: &Revision,
    api: &str,
    document: &Value,
    openapi: Option<&str>,
) -> Result<Result<Module, NotCompared>> {
    let path = format!("src/generated/{api}.rs");
    let code = revision.text(&path)?;
    let fault = match (&code, openapi) {
        (None, _) => Some(format!("{path} is missing")),
        (Some(_), None) => Some(format!("specs/{api}/openapi.json is missing")),
        // build.rs makes the same check.
        (Some(code), Some(openapi)) => {
            let hash = document::sha256(openapi);
            let has_hash = code.lines().next().is_some_and(|line| line.contains(&hash));
            (!has_hash).then(|| format!("{path} was generated from a different openapi.json"))
        }
    };
    let commit = revision.commit().is_some();
    let name = revision.name();
    let module = match (fault, code) {
        (Some(fault), _) if commit => {
            let items = match openapi {
                Some(openapi) => surface::of_openapi(api, openapi),
                None => surface::of_document(api, document),
            };
            items.map(|items| Module {
                items,
                remark: Some(format!(
                    "{name}: {fault}; the Rust module was generated with the current generator"
                )),
            })
        }
        (Some(fault), _) => Err(anyhow!("{fault}; run `cargo xtask prepare`")),
        (None, _) if !commit && !is_current(document, openapi) => Err(anyhow!(
            "specs/{api}/openapi.json is out of date; run `cargo xtask prepare`"
        )),
        (None, code) => surface::of_code(&code.unwrap_or_default())
            .map(|items| Module {
                items,
                remark: None,
            })
            .with_context(|| format!("{path} of {name} is not valid Rust")),
    };
    Ok(module.map_err(NotCompared::from))
}

/// Returns whether `openapi` is the output of `cargo xtask prepare` for `document`.
fn is_current(document: &Value, openapi: Option<&str>) -> bool {
    let mut document = document.clone();
    let refused = !pipeline::lower_and_adapt(&mut document).refused.is_empty();
    !refused && document::to_text(&document).ok().as_deref() == openapi
}

impl Revision {
    /// Returns the commit; `None` for the working tree.
    pub fn commit(&self) -> Option<&str> {
        match self {
            Self::WorkingTree(_) => None,
            Self::Commit(_, commit) => Some(commit),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::WorkingTree(_) => "the working tree".to_owned(),
            Self::Commit(_, commit) => format!("commit {}", commit.get(..12).unwrap_or(commit)),
        }
    }

    /// Returns the names of the folders in specs/.
    fn folders(&self) -> Result<Vec<String>> {
        match self {
            Self::WorkingTree(root) => {
                let specs = root.join("specs");
                let entries = fs::read_dir(&specs)
                    .with_context(|| format!("{}: cannot be listed", specs.display()))?;
                let mut names = Vec::new();
                for entry in entries {
                    let entry =
                        entry.with_context(|| format!("{}: cannot be listed", specs.display()))?;
                    if entry.path().is_dir() {
                        names.push(entry.file_name().to_string_lossy().into_owned());
                    }
                }
                Ok(names)
            }
            Self::Commit(root, commit) => {
                let listed = git(
                    root,
                    &[
                        "ls-tree",
                        "-d",
                        "-z",
                        "--name-only",
                        &format!("{commit}:specs"),
                    ],
                );
                let listed = listed.with_context(|| {
                    format!(
                        "{}: specs/ is missing; compare with another revision",
                        self.name()
                    )
                })?;
                Ok(listed
                    .split_terminator('\0')
                    .map(ToOwned::to_owned)
                    .collect())
            }
        }
    }

    /// Returns the text of the file at `path`, relative to the root of the repository, if it exists.
    fn text(&self, path: &str) -> Result<Option<String>> {
        match self {
            Self::WorkingTree(root) => {
                let path = root.join(path);
                if !path.exists() {
                    return Ok(None);
                }
                let text = fs::read_to_string(&path)
                    .with_context(|| format!("{}: cannot be read", path.display()))?;
                Ok(Some(text))
            }
            Self::Commit(root, commit) => {
                let listed = git(root, &["ls-tree", "-z", "--name-only", commit, "--", path])?;
                if listed.is_empty() {
                    return Ok(None);
                }
                git(root, &["cat-file", "blob", &format!("{commit}:{path}")]).map(Some)
            }
        }
    }
}

/// Returns the id of the commit that `revision` names.
fn resolve(root: &Path, revision: &str) -> Result<String> {
    let commit = format!("{revision}^{{commit}}");
    let found = git(
        root,
        &["rev-parse", "--verify", "--end-of-options", &commit],
    );
    let found = found.with_context(|| {
        format!("`{revision}` is not a commit; use a revision that `git log` accepts")
    })?;
    Ok(found.trim().to_owned())
}

/// Fails if `document` is not an OpenAPI document that can be compared.
pub fn check_document(document: &Value, name: &str) -> Result<()> {
    let version = document["openapi"].as_str();
    let is_known = |version: &str| version.starts_with("3.0") || version.starts_with("3.1");
    if !version.is_some_and(is_known) {
        let found = version.map_or("no version".to_owned(), |version| format!("`{version}`"));
        bail!("{name}: expected OpenAPI 3.0 or 3.1, found {found}; convert the document");
    }
    for key in ["info", "paths", "components", "webhooks"] {
        let value = document.get(key);
        if value.is_some_and(|value| !value.is_object()) {
            bail!("{name}: `/{key}` is not an object; correct the document");
        }
    }
    Ok(())
}

/// Returns a document without operations, for an API that does not exist in a revision.
pub fn empty_document() -> Value {
    json!({"openapi": "3.1.0", "info": {}, "paths": {}})
}
