//! Reads any number of accounts, a few at a time, and writes one line of JSON for each.
//!
//! ```sh
//! GRAPH_ACCESS_TOKEN=… cargo run --release --example accounts -- ids.txt --out accounts.jsonl
//! DIALOG360_API_KEY=… cargo run --release --example accounts -- \
//!     --partner-id examplePA --per-second 5 --out accounts.jsonl < ids.txt
//! ```
//!
//! A line of the input is an id. A line of the output is
//! `{"line":…,"id":…,"account":{…}}` or `{"line":…,"id":…,"error":{…}}`, in the order in which
//! the answers come.
//!
//! Stop it at any time, and start it again with the same input and output: it goes on with the ids
//! that have no line yet and those whose fault passes (`"retryable":true`). An id that was tried
//! twice has two lines, of which the last counts. Ids can be added at the end of the input; a run
//! that finds others in the place of those that are done fails at its end. A refused credential
//! stops the run, for it would be refused for all. One run at a time: two on one output ask for
//! everything twice.

use std::{
    cell::Cell,
    collections::BTreeSet,
    error::Error as StdError,
    fmt::Display,
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

type Result<T> = std::result::Result<T, Box<dyn StdError>>;

/// Reads accounts by their ids, and writes one line of JSON for each.
#[derive(Parser)]
struct Arguments {
    /// The file with the ids, one a line; without it, standard input
    ids: Option<PathBuf>,
    /// The file to write to, and to go on with if it is there
    #[arg(long)]
    out: PathBuf,
    /// Asks 360dialog for the accounts of this partner instead of Meta
    #[arg(long)]
    partner_id: Option<String>,
    /// How many calls are under way at a time
    #[arg(long, default_value_t = 16)]
    concurrency: usize,
    /// How many requests are sent in a second at most
    #[arg(long, default_value_t = 10)]
    per_second: u32,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = match Service::from_env(&arguments) {
        Ok(service) => run(&arguments, &service).await,
        Err(error) => Err(error.into()),
    };
    match ended {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::Stopped) => ExitCode::from(130),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Debug, PartialEq)]
enum Ended {
    Done,
    Stopped,
}

async fn run(arguments: &Arguments, service: &Service) -> Result<Ended> {
    let (ids, path) = (arguments.ids.as_deref(), arguments.out.as_path());
    let done = Done::read(path)?;
    let bar = progress(ids)?;
    bar.set_position(done.count());
    let ids = open(ids).await?;
    let out = File::options().append(true).create(true).open(path);
    let mut out = out.map_err(about(path.display()))?;

    let (stopped, skipped) = (Cell::new(false), Cell::new(0));
    let stop = async {
        // Without a handler the program ends at once, which does no harm either.
        if signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
        stopped.set(true);
    };
    let answers = ids
        .filter(|id| {
            let skip = id.as_ref().ok().filter(|(line, _)| done.has(*line));
            if let Some((line, id)) = skip {
                skipped.set(skipped.get() ^ mark(*line, id));
            }
            ready(skip.is_none())
        })
        // Calls under way are waited for.
        .take_until(stop)
        .map(|id| async move {
            let (line, id) = id?;
            let answer = service.account(&id).await;
            Ok::<_, io::Error>((line, id, answer))
        })
        .buffer_unordered(arguments.concurrency.max(1));
    let mut answers = std::pin::pin!(answers);
    let mut failures = 0_u64;
    while let Some(answer) = answers.next().await {
        let (line, id, answer) = answer?;
        let answer = match answer {
            Ok(account) => json!({"line": line, "id": id, "account": account}),
            // All further calls would fail alike; another run goes on from here.
            Err(error) if error.kind() == ErrorKind::Authentication || is_used_up(&error) => {
                return Err(error.into());
            }
            Err(error) => {
                failures += 1;
                let error = json!({
                    "text": error.to_string(),
                    "kind": format!("{:?}", error.kind()),
                    "retryable": error.is_retryable(),
                });
                json!({"line": line, "id": id, "error": error})
            }
        };
        let written = out.write_all(format!("{answer}\n").as_bytes());
        written.map_err(about(path.display()))?;
        bar.inc(1);
    }
    if stopped.get() {
        bar.abandon_with_message("stopped; start it again to go on");
        return Ok(Ended::Stopped);
    }
    if skipped.get() != done.marks {
        let path = path.display();
        return Err(
            format!("the ids are not those that {path} began with; take another --out").into(),
        );
    }
    bar.finish_with_message(format!("{failures} failed in this run"));
    Ok(Ended::Done)
}

/// Whether a limit is used up for longer than anybody waits.
fn is_used_up(error: &Error) -> bool {
    let wait = error.retry_after().unwrap_or_default();
    error.kind() == ErrorKind::RateLimited && wait > Duration::from_secs(60)
}

/// Says what an error is about.
fn about(what: impl Display) -> impl FnOnce(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{what}: {error}"))
}

/// Who is asked.
enum Service {
    Meta(graph::Client),
    Dialog360(dialog360::Client, String),
}

impl Service {
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

/// The lines of the input, numbered from 0.
async fn open(path: Option<&Path>) -> io::Result<impl Stream<Item = io::Result<(u64, String)>>> {
    let input: Box<dyn tokio::io::AsyncRead + Unpin> = match path {
        Some(path) => {
            let file = tokio::fs::File::open(path).await;
            Box::new(file.map_err(about(path.display()))?)
        }
        None => Box::new(tokio::io::stdin()),
    };
    let lines = tokio::io::BufReader::new(input).lines();
    let lines = stream::try_unfold((lines, 0), |(mut lines, number)| async move {
        let line = lines.next_line().await;
        let line = line.map_err(about(format!("line {} of the ids", number + 1)))?;
        Ok(line.map(|line| {
            let id = line.trim_start_matches('\u{feff}').trim();
            ((number, id.to_owned()), (lines, number + 1))
        }))
    });
    Ok(lines.filter(|line| ready(!matches!(line, Ok((_, id)) if id.is_empty()))))
}

fn progress(path: Option<&Path>) -> Result<ProgressBar> {
    // What is no file, such as a pipe, can be read once.
    let (bar, style) = match path.filter(|path| path.is_file()) {
        Some(path) => {
            let file = File::open(path).map_err(about(path.display()))?;
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

/// The lines of the input that an earlier run has an answer for. Only the gaps are kept, which are
/// as few as calls were under way and failures can be tried again.
#[derive(Default)]
struct Done {
    /// One more than the highest line.
    end: u64,
    gaps: BTreeSet<u64>,
    /// The marks of all lines that are done, in one number.
    marks: u64,
}

/// What tells a line with another id apart.
fn mark(line: u64, id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (line, id).hash(&mut hasher);
    hasher.finish()
}

impl Done {
    /// Reads the output of an earlier run, and cuts off a last line that is not whole.
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

        let mut done = Self::default();
        let here = || about(path.display());
        if !fs::exists(path).map_err(here())? {
            return Ok(done);
        }
        if !path.is_file() {
            return Err(format!("{} is no file to go on with", path.display()).into());
        }
        let file = File::options().read(true).write(true).open(path);
        let file = file.map_err(here())?;
        let mut lines = BufReader::new(&file);
        // Bytes, for a run can be killed within a character.
        let (mut whole, mut text) = (0, Vec::new());
        loop {
            text.clear();
            let read = lines.read_until(b'\n', &mut text).map_err(here())?;
            if read == 0 {
                return Ok(done);
            }
            // What was being written when the run was killed.
            if !text.ends_with(b"\n") && text.starts_with(b"{") {
                file.set_len(whole).map_err(here())?;
                return Ok(done);
            }
            whole += read as u64;
            let line: Line = serde_json::from_slice(&text).map_err(|error| {
                format!("{} is no output of this program: {error}", path.display())
            })?;
            let settled = !line.error.is_some_and(|error| error.retryable);
            done.note(line.line, &line.id, settled);
        }
    }

    fn note(&mut self, line: u64, id: &str, settled: bool) {
        if self.has(line) != settled {
            self.marks ^= mark(line, id);
        }
        if line >= self.end {
            self.gaps.extend(self.end..line);
            self.end = line + 1;
        }
        if settled {
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
