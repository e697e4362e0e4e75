//! `cargo xtask export`: the hand-written documents, for OpenAPI generators of other languages.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use crate::{
    exit::Outcome,
    openapi::document,
    pipeline::{
        export::{self, Exported},
        join,
    },
};

/// The options of `cargo xtask export`.
#[derive(Debug, Args)]
pub struct Options {
    /// Write the documents to this folder, which is created if it does not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Writes the document of Graph as OpenAPI 3.1 and 3.0.
pub fn run(root: &Path, options: &Options) -> Result<Outcome> {
    let spec = join::read(root, "specs/graph/spec.yaml")?;
    let Exported {
        openapi_3_1,
        openapi_3_0,
        notes,
    } = export::export(spec.document)
        .with_context(|| format!("{}: cannot be exported", spec.main_file))?;
    for note in &notes.warnings {
        println!("warning: graph.openapi-3.0.json: {note}");
    }
    for (name, exported) in [
        ("graph.openapi-3.1.json", openapi_3_1),
        ("graph.openapi-3.0.json", openapi_3_0),
    ] {
        let path = options.out.join(name);
        document::write(&path, &document::to_text(&exported)?)?;
        println!("wrote {}", path.display());
    }
    Ok(Outcome::Fine)
}
