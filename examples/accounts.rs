//! Reads any number of accounts, several at a time, and writes one line of JSON for each.
//!
//! ```sh
//! GRAPH_ACCESS_TOKEN=… cargo run --release --example accounts -- ids.txt --out accounts.jsonl
//! DIALOG360_API_KEY=… cargo run --release --example accounts -- \
//!     --partner-id examplePA --per-second 5 --out accounts.jsonl < ids.txt
//! ```
//!
//! Each line of the input is an id. Each line of the output is
//! `{"line":…,"id":…,"account":{…}}` or `{"line":…,"id":…,"error":{…}}`. The lines are in the order
//! of the responses.
//!
//! An interrupted run can be continued: start it again with the same input and output. It reads the
//! ids that have no line yet, and retries those with `"retryable":true`. If an id has several lines,
//! the last one counts. New ids can be added at the end of the input. If a line that has a result is
//! changed or removed, the run fails at its end.
//!
//! A rejected credential stops the run, because every further call would fail too. Do not start two
//! runs with the same output, because each would read every account.

use std::{
    cell::Cell,
    collections::BTreeSet,
    error::Error as StdError,
    fs::{self, File},
    future::{pending, ready},
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::Parser;
use futures::{Stream, StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{io::AsyncBufReadExt, signal};
use waba::{Error, ErrorKind, RateLimit, dialog360, graph};

#[path = "shared/mod.rs"]
mod shared;

use shared::file::at;

type Result<T> = std::result::Result<T, Box<dyn StdError>>;

/// Reads accounts and writes one line of JSON for each
#[derive(Parser)]
#[command(
    after_help = "Exit status: 0 if all accounts were read, 1 if an id or the run failed, \
                  2 if the arguments are invalid, 130 if the run was interrupted."
)]
struct Arguments {
    /// File with the ids, one per line [default: standard input]
    ids: Option<PathBuf>,
    /// File to write to; the output of an earlier run is continued
    #[arg(long)]
    out: PathBuf,
    /// Read the accounts of this 360dialog partner, instead of Meta's
    #[arg(long)]
    partner_id: Option<String>,
    /// Maximum number of calls at a time
    #[arg(long, default_value_t = 16)]
    concurrency: usize,
    /// Maximum number of requests per second
    #[arg(long, default_value_t = 10)]
    per_second: u32,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match Api::from_env(&arguments) {
        Ok(api) => run(&arguments, &api).await,
        Err(error) => Err(error.into()),
    };
    report(&arguments.out, outcome)
}

/// Prints the problems of a run, and returns the exit code.
fn report(out: &Path, outcome: Result<Outcome>) -> ExitCode {
    match outcome {
        Ok(Outcome::Complete { failed: 0 }) => ExitCode::SUCCESS,
        Ok(Outcome::Complete { failed }) => {
            let out = out.display();
            eprintln!("error: {out}: failed ids: {failed}; see the lines with an `error`");
            ExitCode::FAILURE
        }
        Ok(Outcome::Interrupted) => ExitCode::from(130),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Debug, PartialEq)]
enum Outcome {
    /// Every id has a result. `failed` counts those with an error, also from earlier runs.
    Complete {
        failed: u64,
    },
    Interrupted,
}

async fn run(arguments: &Arguments, api: &Api) -> Result<Outcome> {
    let (ids, path) = (arguments.ids.as_deref(), arguments.out.as_path());
    let earlier = Results::read(path)?;
    let bar = progress_bar(ids)?;
    bar.set_position(earlier.count());
    let ids = open(ids).await?;
    let out = File::options().append(true).create(true).open(path);
    let mut out = out.map_err(at(path.display()))?;

    let (interrupted, skipped) = (Cell::new(false), Cell::new(0));
    let interrupt = async {
        // If no handler can be installed, Ctrl-C ends the program at once, which loses nothing.
        if signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
        interrupted.set(true);
    };
    let results = ids
        .filter(|id| {
            let skip = id.as_ref().ok().filter(|(line, _)| earlier.has(*line));
            if let Some((line, id)) = skip {
                skipped.set(skipped.get() ^ hash(*line, id));
            }
            ready(skip.is_none())
        })
        // Calls that have already started are completed.
        .take_until(interrupt)
        .map(|id| async move {
            let (line, id) = id?;
            let result = api.account(&id).await;
            Ok::<_, io::Error>((line, id, result))
        })
        .buffer_unordered(arguments.concurrency.max(1));
    let mut results = std::pin::pin!(results);
    let mut failed = earlier.failed;
    while let Some(result) = results.next().await {
        let (line, id, result) = result?;
        let result = match result {
            Ok(account) => json!({"line": line, "id": id, "account": account}),
            // Every further call would fail too. The next run continues here.
            Err(error) if error.kind() == ErrorKind::Authentication || is_long_limit(&error) => {
                return Err(error.into());
            }
            Err(error) => {
                failed += 1;
                let error = json!({
                    "text": error.to_string(),
                    "kind": format!("{:?}", error.kind()),
                    "retryable": error.is_retryable(),
                });
                json!({"line": line, "id": id, "error": error})
            }
        };
        let written = out.write_all(format!("{result}\n").as_bytes());
        written.map_err(at(path.display()))?;
        bar.inc(1);
    }
    if interrupted.get() {
        bar.abandon_with_message("interrupted; start it again to continue");
        return Ok(Outcome::Interrupted);
    }
    if skipped.get() != earlier.hash {
        let path = path.display();
        return Err(format!(
            "{path}: the input has other ids than in the earlier runs; restore them, or use another \
             --out"
        )
        .into());
    }
    bar.finish();
    Ok(Outcome::Complete { failed })
}

/// Returns whether a rate limit rejects calls for more than a minute.
fn is_long_limit(error: &Error) -> bool {
    let wait = error.retry_after().unwrap_or_default();
    error.kind() == ErrorKind::RateLimited && wait > Duration::from_secs(60)
}

/// The API that the accounts are read from.
enum Api {
    Meta(graph::Client),
    Dialog360(dialog360::Client, String),
}

impl Api {
    fn from_env(arguments: &Arguments) -> std::result::Result<Self, Error> {
        let limit = RateLimit::new(arguments.per_second, Duration::from_secs(1));
        Ok(match &arguments.partner_id {
            None => Self::Meta(graph::Client::from_env()?.with_rate_limit(limit)),
            Some(partner) => Self::Dialog360(
                dialog360::Client::from_env()?.with_rate_limit(limit),
                partner.clone(),
            ),
        })
    }

    async fn account(&self, id: &str) -> std::result::Result<Value, Error> {
        Ok(match self {
            Self::Meta(client) => {
                let call = client.get_whatsapp_business_account().waba_id(id);
                json!(call.send().await?.into_inner())
            }
            Self::Dialog360(client, partner) => {
                let call = client.get_waba_account().partner_id(partner);
                json!(call.waba_account_id(id).send().await?.into_inner())
            }
        })
    }
}

/// Opens the input. Returns its lines that are not empty, with their numbers from 0.
async fn open(path: Option<&Path>) -> io::Result<impl Stream<Item = io::Result<(u64, String)>>> {
    let input: Box<dyn tokio::io::AsyncRead + Unpin> = match path {
        Some(path) => {
            let file = tokio::fs::File::open(path).await;
            Box::new(file.map_err(at(path.display()))?)
        }
        None => Box::new(tokio::io::stdin()),
    };
    let lines = tokio::io::BufReader::new(input).lines();
    let lines = stream::try_unfold((lines, 0), |(mut lines, number)| async move {
        let line = lines.next_line().await;
        let line = line.map_err(at(format!("line {} of the input", number + 1)))?;
        Ok(line.map(|line| {
            let id = line.trim_start_matches('\u{feff}').trim();
            ((number, id.to_owned()), (lines, number + 1))
        }))
    });
    Ok(lines.filter(|line| ready(!matches!(line, Ok((_, id)) if id.is_empty()))))
}

fn progress_bar(path: Option<&Path>) -> Result<ProgressBar> {
    // Lines can be counted in advance only in a file: a pipe can be read only once.
    let (bar, style) = match path.filter(|path| path.is_file()) {
        Some(path) => {
            let file = File::open(path).map_err(at(path.display()))?;
            let lines = BufReader::new(file).split(b'\n').map_while(io::Result::ok);
            let ids = lines.filter(|line| !line.trim_ascii().is_empty());
            let style = "{wide_bar} {pos}/{len} {per_sec} {eta} {msg}";
            (ProgressBar::new(ids.count() as u64), style)
        }
        None => (
            ProgressBar::new_spinner(),
            "{spinner} {pos} {per_sec} {msg}",
        ),
    };
    Ok(bar.with_style(ProgressStyle::with_template(style)?))
}

/// The lines of the input that have a final result from an earlier run. Only the gaps are stored.
/// They are few: the calls that were interrupted, and the errors that can be retried.
#[derive(Default)]
struct Results {
    /// One more than the highest line.
    end: u64,
    gaps: BTreeSet<u64>,
    /// The number of lines whose final result is an error.
    failed: u64,
    /// The hashes of all lines with a final result, combined by XOR.
    hash: u64,
}

/// Returns a hash that differs if a line has another id.
fn hash(line: u64, id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (line, id).hash(&mut hasher);
    hasher.finish()
}

impl Results {
    /// Reads the output of earlier runs. Removes its last line if it is incomplete.
    fn read(path: &Path) -> Result<Self> {
        #[derive(Deserialize)]
        struct Line {
            line: u64,
            id: String,
            error: Option<Failure>,
        }
        #[derive(Deserialize)]
        struct Failure {
            retryable: bool,
        }

        let mut results = Self::default();
        let here = at(path.display());
        if !fs::exists(path).map_err(&here)? {
            return Ok(results);
        }
        if !path.is_file() {
            return Err(
                format!("{}: not a regular file; use another --out", path.display()).into(),
            );
        }
        let file = File::options().read(true).write(true).open(path);
        let file = file.map_err(&here)?;
        let mut lines = BufReader::new(&file);
        // Bytes, because an interrupted run may have written a part of a character.
        let (mut complete, mut text) = (0, Vec::new());
        loop {
            text.clear();
            let read = lines.read_until(b'\n', &mut text).map_err(&here)?;
            if read == 0 {
                return Ok(results);
            }
            // The run was interrupted while it wrote this line.
            if !text.ends_with(b"\n") && text.starts_with(b"{") {
                file.set_len(complete).map_err(&here)?;
                return Ok(results);
            }
            complete += read as u64;
            let line: Line = serde_json::from_slice(&text).map_err(|error| {
                let path = path.display();
                format!("{path}: not an output of this program ({error}); use another --out")
            })?;
            let retryable = line.error.as_ref().is_some_and(|error| error.retryable);
            if line.error.is_some() && !retryable && !results.has(line.line) {
                results.failed += 1;
            }
            results.record(line.line, &line.id, !retryable);
        }
    }

    fn record(&mut self, line: u64, id: &str, is_final: bool) {
        if self.has(line) != is_final {
            self.hash ^= hash(line, id);
        }
        if line >= self.end {
            self.gaps.extend(self.end..line);
            self.end = line + 1;
        }
        if is_final {
            self.gaps.remove(&line);
        } else {
            self.gaps.insert(line);
        }
    }

    fn has(&self, line: u64) -> bool {
        line < self.end && !self.gaps.contains(&line)
    }

    fn count(&self) -> u64 {
        self.end - self.gaps.len() as u64
    }
}

#[cfg(test)]
#[path = "accounts/tests.rs"]
mod tests;
