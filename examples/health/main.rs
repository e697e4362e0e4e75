//! Reports the health of all accounts of a business, what needs attention first.
//!
//! ```sh
//! cargo run --example health -- --demo
//! GRAPH_ACCESS_TOKEN=… cargo run --release --example health -- --business-id 506914307656634
//! ```
//!
//! It reads the accounts that the business owns and those of its clients: review, verification, health
//! with its errors, messaging limit, and the numbers with status, quality and throughput. One account
//! that cannot be read does not end the run. A rejected token does, because every further call would
//! fail too. A missing response says nothing about the token, and is reported as such.

mod assess;
mod demo;
mod read;
mod report;
#[path = "../shared/mod.rs"]
mod shared;
#[cfg(test)]
mod tests;

use std::{
    error::Error as StdError,
    io::{self, Write},
    process::ExitCode,
};

use clap::{Parser, ValueEnum};

use report::Report;
use shared::{
    client,
    fake_graph::BUSINESS,
    output::{Output, log},
};

type Result<T> = std::result::Result<T, Box<dyn StdError>>;

/// Reports the health of all accounts of a business
#[derive(Parser)]
#[command(
    after_help = "Exit status: 0 if nothing needs attention, 1 if something does or could not be \
                  read, 2 if the arguments or the credential settings are invalid."
)]
struct Arguments {
    /// Id of the business portfolio, as shown in its settings
    #[arg(long, required_unless_present = "demo")]
    business_id: Option<String>,
    /// Form of the report
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Report a business on a server in this process; needs no account
    #[arg(long, conflicts_with = "business_id")]
    demo: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(report) if report.needs_attention() => ExitCode::FAILURE,
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            log(format_args!("error: {error}"));
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: &Arguments) -> Result<Report> {
    let report = match &arguments.business_id {
        Some(business) => read::read(&client::from_env()?, business).await,
        None => {
            let server = demo::server().await?;
            read::read(&server.client()?, BUSINESS).await
        }
    };
    write(&report, arguments.format, io::stdout())?;
    Ok(report)
}

fn write(report: &Report, format: Format, to: impl Write) -> Result<()> {
    let mut output = Output::new(to);
    let text = match format {
        Format::Table => report.to_table(),
        Format::Json => serde_json::to_string_pretty(report)?,
    };
    Ok(output.line(text)?)
}
