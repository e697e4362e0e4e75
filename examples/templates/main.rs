//! Exports the message templates of an account to a folder of JSON files, and imports them.
//!
//! ```sh
//! cargo run --example templates -- --demo
//! export GRAPH_ACCESS_TOKEN=…
//! cargo run --release --example templates -- export --waba-id 102290129340398 backup
//! cargo run --release --example templates -- import --waba-id 102290129340398 backup
//! cargo run --release --example templates -- import --waba-id 102290129340398 backup --apply
//! ```
//!
//! A file has one template in one language, in the form in which Meta accepts new ones. `import` without
//! `--apply` prints what it would create and update. A template of the account that has no file stays
//! as it is.
//!
//! An interrupted run can be continued: start it again with the same arguments. An export continues at
//! the page that it had reached. An import compares the files with the account again, and looks a
//! template up before it sends it a second time. Meta accepts 100 new templates per hour and account:
//! if they are used up, the import ends, and says when to go on.

mod compare;
mod demo;
mod export;
mod file;
mod import;
mod journal;
mod plan;
#[path = "../shared/mod.rs"]
mod shared;
#[cfg(test)]
mod tests;

use std::{
    error::Error as StdError,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};
use waba::graph::Client;

use shared::{
    client,
    output::{Output, log},
};

type Result<T> = std::result::Result<T, Box<dyn StdError>>;

/// Exports the message templates of an account to a folder of JSON files, and imports them
#[derive(Parser)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    arg_required_else_help = true,
    after_help = "Exit status: 0 if all templates were exported or imported, or could be; 1 if not; \
                  2 if the arguments are invalid."
)]
struct Arguments {
    /// Export, change and import templates on a server in this process; needs no account
    #[arg(long, required = true)]
    demo: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Write each template to a file; files of the same template are replaced
    Export(Place),
    /// Print how the account differs from the files, and create and update what differs
    Import {
        #[command(flatten)]
        place: Place,
        /// Create and update templates
        #[arg(long)]
        apply: bool,
    },
}

#[derive(Args)]
struct Place {
    /// Id of the account
    #[arg(long)]
    waba_id: String,
    /// Folder of the files
    folder: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut output = Output::new(io::stdout());
    let outcome = match arguments.command {
        None => demo::run(&mut output).await,
        Some(command) => match client::from_env() {
            Ok(meta) => run(&command, &meta, &mut output).await,
            Err(error) => Err(error.into()),
        },
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            log(format_args!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Returns whether the folder and the account have, or could have, the same templates.
async fn run(command: &Command, meta: &Client, output: &mut Output<impl Write>) -> Result<bool> {
    match command {
        Command::Export(place) => export::export(meta, place, output).await,
        Command::Import { place, apply } => import::import(meta, place, *apply, output).await,
    }
}
