//! The two sides of a comparison: the working tree, or `specs/` at a revision.

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

/// Where the files of a side are.
#[derive(Debug, Clone)]
pub enum Revision {
    /// As they are now, below this folder.
    WorkingTree(PathBuf),
    /// As they are in this commit of the repository at this folder.
    Commit(PathBuf, String),
}

/// What one side holds.
pub struct Specs {
    /// Each API by its name.
    pub specs: BTreeMap<String, Spec>,
    /// The text of the list of accepted changes.
    pub accepted: Option<String>,
}

/// One API on one side.
pub struct Spec {
    /// The path of the file that the document is in, below the root of the repository.
    pub input: String,
    /// The document of that file.
    pub source: Value,
    /// The overlay of that document, if there is one.
    pub overlay: Option<Value>,
    /// The document, overlay applied, as OpenAPI of whichever version it is written in.
    pub document: Value,
    /// The text of `openapi.json`, if there is one.
    pub openapi: Option<String>,
    /// The public items of the Rust module, or why they are not known.
    pub module: Result<Module, NotCompared>,
}

/// The public items of the Rust module of an API.
pub struct Module {
    pub items: Items,
    /// Why they are not those of the committed code.
    pub remark: Option<String>,
}

/// The sides that `revisions` names: `BASE`, `BASE..HEAD`, or nothing.
pub fn named(root: &Path, revisions: Option<&str>) -> Result<(Revision, Revision)> {
    let commit = |revision: &str| -> Result<Revision> {
        Ok(Revision::Commit(root.to_owned(), resolve(root, revision)?))
    };
    let tree = Revision::WorkingTree(root.to_owned());
    match revisions {
        Some(revisions) if revisions.contains("...") => {
            bail!("`{revisions}`: name the two sides as BASE..HEAD, with two dots")
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
    /// Reads all APIs at `revision`.
    pub fn read(revision: &Revision) -> Result<Self> {
        let mut specs = BTreeMap::new();
        for api in revision.folders()? {
            let spec = Spec::read(revision, &api)?;
            specs.insert(api, spec);
        }
        if specs.is_empty() {
            bail!(
                "{}: has no specs/; compare with another revision",
                revision.name()
            );
        }
        Ok(Self {
            specs,
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
                "{}: specs/{api} holds neither spec.yaml nor upstream.json",
                revision.name()
            );
        };
        let shown = |name: &str| format!("{} of {}", name, revision.name());
        let parse = |name: &str, text: &str| {
            document::parse(text).with_context(|| format!("{}: cannot be read", shown(name)))
        };
        let source = parse(&input, &text)?;
        let mut document = source.clone();
        let mut overlay = None;
        if let Some((name, text)) = found("overlay.yaml")? {
            let actions = parse(&name, &text)?;
            overlay::apply(&mut document, &actions)
                .with_context(|| format!("{}: cannot be applied", shown(&name)))?;
            overlay = Some(actions);
        }
        check(&document, &shown(&input))?;
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

/// The public items of the code of `api` that is committed at `revision`. A commit without such code
/// has it generated; the working tree is told to.
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
        // build.rs compares the same.
        (Some(code), Some(openapi)) => {
            let hash = document::sha256(openapi);
            let names_it = code.lines().next().is_some_and(|line| line.contains(&hash));
            (!names_it).then(|| format!("{path} was generated from another openapi.json"))
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
                    "{name}: {fault}; its Rust module is generated with today's generator"
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

/// Whether `openapi` is what `prepare` makes of `document`.
fn is_current(document: &Value, openapi: Option<&str>) -> bool {
    let mut document = document.clone();
    let refused = !pipeline::lower_and_adapt(&mut document).refused.is_empty();
    !refused && document::to_text(&document).ok().as_deref() == openapi
}

impl Revision {
    /// The commit, unless it is the working tree.
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

    /// The names of the folders of specs/.
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
                        "{}: has no specs/; compare with another revision",
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

    /// The text of the file at this path of the repository, if there is one.
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

/// The commit that `revision` names.
fn resolve(root: &Path, revision: &str) -> Result<String> {
    let commit = format!("{revision}^{{commit}}");
    let found = git(
        root,
        &["rev-parse", "--verify", "--end-of-options", &commit],
    );
    let found = found
        .with_context(|| format!("`{revision}` names no commit; give one that `git log` knows"))?;
    Ok(found.trim().to_owned())
}

/// Refuses what is no OpenAPI document that can be compared.
pub fn check(document: &Value, name: &str) -> Result<()> {
    let version = document["openapi"].as_str().unwrap_or_default();
    if !["3.0", "3.1"]
        .iter()
        .any(|known| version.starts_with(known))
    {
        bail!("{name}: is no OpenAPI document of version 3.0 or 3.1; give one");
    }
    for key in ["info", "paths", "components", "webhooks"] {
        let value = document.get(key);
        if value.is_some_and(|value| !value.is_object()) {
            bail!("{name}: `/{key}` is no object; correct it");
        }
    }
    Ok(())
}

/// An API that is not there yet, or no longer.
pub fn empty_document() -> Value {
    json!({"openapi": "3.1.0", "info": {}, "paths": {}})
}
