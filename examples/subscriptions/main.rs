//! Shows which apps receive the webhooks of which accounts, and subscribes an app.
//!
//! ```sh
//! cargo run --example subscriptions -- --demo
//! export GRAPH_ACCESS_TOKEN=…
//! cargo run --release --example subscriptions -- list --business-id 506914307656634
//! WEBHOOK_VERIFY_TOKEN=… cargo run --release --example subscriptions -- \
//!     subscribe --waba-id 102290129340398 --override-url https://example.com/webhooks --apply
//! cargo run --release --example subscriptions -- clear-override --waba-id 102290129340398 --apply
//! cargo run --release --example subscriptions -- unsubscribe --waba-id 102290129340398 --apply
//! ```
//!
//! Without `--apply`, a command prints what it would do. The app is always that of the access token:
//! Meta has no calls to subscribe another one.

mod change;
mod demo;
mod list;
#[path = "../shared/mod.rs"]
mod shared;
#[cfg(test)]
mod tests;

use std::{
    env,
    error::Error as StdError,
    io::{self, Write},
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};
use waba::{Secret, graph::Client};

use change::Override;
use shared::{
    client,
    output::{Output, log},
};

type Result<T> = std::result::Result<T, Box<dyn StdError>>;

/// The variable with the token that Meta sends to the URL of an override, to verify it.
const VERIFY_TOKEN: &str = "WEBHOOK_VERIFY_TOKEN";

/// Shows which apps receive the webhooks of which accounts, and subscribes an app
#[derive(Parser)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    arg_required_else_help = true,
    after_help = "Exit status: 0 if all was read or done, 1 if not, 2 if the arguments are invalid."
)]
struct Arguments {
    /// Run all commands on a server in this process; needs no account
    #[arg(long, required = true)]
    demo: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Print the apps and URLs that receive the webhooks of each account of a business
    List {
        /// Id of the business portfolio, as shown in its settings
        #[arg(long)]
        business_id: String,
    },
    /// Subscribe the app of the access token to an account
    Subscribe {
        #[command(flatten)]
        target: Target,
        /// URL that receives the webhooks of the account in place of that of the app; the verify token
        /// is read from WEBHOOK_VERIFY_TOKEN [default: an override is not changed]
        #[arg(long, value_parser = https)]
        override_url: Option<String>,
    },
    /// Send the webhooks of an account to the URL of the app again
    ClearOverride(Target),
    /// End the subscription of the app of the access token
    Unsubscribe(Target),
}

#[derive(Args)]
struct Target {
    /// Id of the account
    #[arg(long)]
    waba_id: String,
    /// Make the change
    #[arg(long)]
    apply: bool,
}

fn https(url: &str) -> std::result::Result<String, String> {
    match url.starts_with("https://") {
        true => Ok(url.to_owned()),
        false => Err("expected a URL that begins with https://".to_owned()),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut output = Output::new(io::stdout());
    let outcome = match arguments.command {
        None => demo::run(&mut output).await,
        Some(command) => match client::from_env() {
            Ok(meta) => run(&command, &meta, verify_token(), &mut output).await,
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

fn verify_token() -> Option<Secret> {
    env::var(VERIFY_TOKEN)
        .ok()
        .filter(|token| !token.is_empty())
        .map(Secret::from)
}

/// Returns whether all was read or done.
async fn run(
    command: &Command,
    meta: &Client,
    verify_token: Option<Secret>,
    output: &mut Output<impl Write>,
) -> Result<bool> {
    match command {
        Command::List { business_id } => list::list(meta, business_id, output).await,
        Command::Subscribe {
            target,
            override_url,
        } => {
            let wanted = match override_url {
                None => None,
                Some(url) => Some(Override {
                    url: url.clone(),
                    verify_token: verify_token.ok_or(format!(
                        "{VERIFY_TOKEN} is not set; set it to the token that the URL expects"
                    ))?,
                }),
            };
            change::subscribe(meta, target, wanted.as_ref(), output).await
        }
        Command::ClearOverride(target) => change::clear_override(meta, target, output).await,
        Command::Unsubscribe(target) => change::unsubscribe(meta, target, output).await,
    }
}
