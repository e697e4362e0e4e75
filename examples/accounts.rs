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
//! twice has two lines, of which the last counts. A refused credential stops the run, for it
//! would be refused for all.

use std::{
    cell::Cell,
    collections::BTreeSet,
    error::Error as StdError,
    fs::{self, File},
    future::{pending, ready},
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
    let done = Done::read(&arguments.out)?;
    let bar = progress(arguments.ids.as_deref())?;
    bar.set_position(done.count());
    let mut out = File::options()
        .append(true)
        .create(true)
        .open(&arguments.out)?;

    let stopped = Cell::new(false);
    let stop = async {
        // Without a handler the program ends at once, which does no harm either.
        if signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
        stopped.set(true);
    };
    let answers = open(arguments.ids.as_deref())
        .await?
        .filter(|id| ready(!matches!(id, Ok((line, _)) if done.has(*line))))
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
            Err(error) if error.kind() == ErrorKind::Authentication => return Err(error.into()),
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
        out.write_all(format!("{answer}\n").as_bytes())?;
        bar.inc(1);
    }
    if stopped.get() {
        bar.abandon_with_message("stopped; start it again to go on");
        return Ok(Ended::Stopped);
    }
    bar.finish_with_message(format!("{failures} failed in this run"));
    Ok(Ended::Done)
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
        Some(path) => Box::new(tokio::fs::File::open(path).await?),
        None => Box::new(tokio::io::stdin()),
    };
    let lines = tokio::io::BufReader::new(input).lines();
    let lines = stream::try_unfold((lines, 0), |(mut lines, number)| async move {
        let line = lines.next_line().await?;
        Ok(line.map(|line| ((number, line.trim().to_owned()), (lines, number + 1))))
    });
    Ok(lines.filter(|line| ready(!matches!(line, Ok((_, id)) if id.is_empty()))))
}

fn progress(path: Option<&Path>) -> Result<ProgressBar> {
    let (bar, style) = match path {
        Some(path) => {
            let lines = BufReader::new(File::open(path)?).lines();
            let ids = lines.filter(|line| !matches!(line, Ok(line) if line.trim().is_empty()));
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
}

impl Done {
    /// Reads the output of an earlier run, and cuts off a last line that is not whole.
    fn read(path: &Path) -> Result<Self> {
        #[derive(Deserialize)]
        struct Line {
            line: u64,
            error: Option<Failure>,
        }
        #[derive(Deserialize)]
        struct Failure {
            retryable: bool,
        }

        let mut done = Self::default();
        if !fs::exists(path)? {
            return Ok(done);
        }
        let file = File::options().read(true).write(true).open(path)?;
        let mut lines = BufReader::new(&file);
        let (mut whole, mut text) = (0, String::new());
        loop {
            text.clear();
            let read = lines.read_line(&mut text)?;
            // What was being written when the run was killed.
            if !text.ends_with('\n') && (text.is_empty() || text.starts_with('{')) {
                break;
            }
            whole += read as u64;
            let line: Line = serde_json::from_str(&text).map_err(|error| {
                format!("{} is no output of this program: {error}", path.display())
            })?;
            done.note(line.line, !line.error.is_some_and(|error| error.retryable));
        }
        file.set_len(whole)?;
        Ok(done)
    }

    fn note(&mut self, line: u64, settled: bool) {
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
mod tests {
    use std::{collections::BTreeMap, path::Path};

    use waba::{RetryPolicy, graph};
    use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

    use super::*;

    /// A server that knows all ids but 7, and fails for 9 the first time.
    async fn server() -> MockServer {
        let server = MockServer::start().await;
        let nine = || Mock::given(wiremock::matchers::path("/v23.0/9"));
        nine()
            .respond_with(ResponseTemplate::new(503))
            .up_to_n_times(1)
            .with_priority(1)
            .mount(&server)
            .await;
        Mock::given(wiremock::matchers::path("/v23.0/7"))
            .respond_with(ResponseTemplate::new(404))
            .with_priority(1)
            .mount(&server)
            .await;
        Mock::given(any())
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "x"})))
            .mount(&server)
            .await;
        server
    }

    async fn run_on(server: &MockServer, folder: &Path) -> Result<Ended> {
        let ids: String = (0..30).map(|id| format!("{id}\n\n")).collect();
        fs::write(folder.join("ids.txt"), ids)?;
        let arguments = Arguments {
            ids: Some(folder.join("ids.txt")),
            out: folder.join("out.jsonl"),
            partner_id: None,
            concurrency: 4,
            per_second: 1000,
        };
        let client = graph::Client::builder()
            .access_token("t")
            .base_url(server.uri())
            .retry(RetryPolicy::none())
            .build()?;
        run(&arguments, &Service::Meta(client)).await
    }

    /// The lines of the output by the ids.
    fn output(folder: &Path) -> BTreeMap<String, Vec<Value>> {
        let text = fs::read_to_string(folder.join("out.jsonl")).expect("an output");
        let mut lines: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).expect("JSON");
            let id = line["id"].as_str().expect("an id").to_owned();
            lines.entry(id).or_default().push(line);
        }
        lines
    }

    async fn asked(server: &MockServer) -> usize {
        server.received_requests().await.expect("recorded").len()
    }

    #[tokio::test]
    async fn a_second_run_asks_again_only_for_what_may_have_passed() {
        let folder = tempfile::tempdir().expect("a folder");
        let server = server().await;
        let ended = run_on(&server, folder.path()).await.expect("an end");
        assert_eq!(ended, Ended::Done);
        let lines = output(folder.path());
        assert_eq!((lines.len(), asked(&server).await), (30, 30));
        assert_eq!(lines["7"][0]["error"]["kind"], "NotFound");
        assert_eq!(lines["9"][0]["error"]["retryable"], true);
        assert_eq!(lines["8"][0]["account"]["id"], "x");

        run_on(&server, folder.path()).await.expect("an end");
        assert_eq!(asked(&server).await, 31, "the one that failed for now");
        let lines = output(folder.path());
        assert_eq!(lines["9"].len(), 2);
        assert_eq!(lines["9"][1]["account"]["id"], "x");
        run_on(&server, folder.path()).await.expect("an end");
        assert_eq!(asked(&server).await, 31, "all is done");
    }

    #[tokio::test]
    async fn a_run_that_was_killed_goes_on_wherever_its_output_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        let server = server().await;
        for _ in 0..2 {
            run_on(&server, folder.path()).await.expect("an end");
        }
        // One line an id: the second of the one that failed first.
        let whole = fs::read_to_string(folder.path().join("out.jsonl")).expect("an output");
        let settled = whole
            .lines()
            .filter(|line| !line.contains("\"retryable\":true"));
        let whole: String = settled.map(|line| format!("{line}\n")).collect();
        let whole = whole.as_bytes();
        for cut in [0, 1, whole.len() / 2, whole.len() - 1] {
            fs::write(folder.path().join("out.jsonl"), &whole[..cut]).expect("written");
            let kept = whole[..cut].iter().filter(|byte| **byte == b'\n').count();
            let before = asked(&server).await;
            run_on(&server, folder.path()).await.expect("an end");
            assert_eq!(asked(&server).await - before, 30 - kept, "cut at {cut}");
            let lines = output(folder.path());
            assert_eq!(lines.len(), 30);
            assert!(lines.values().all(|lines| lines.len() == 1), "none twice");
        }
    }

    #[tokio::test]
    async fn a_refused_credential_stops_the_run_and_fails_no_id() {
        let folder = tempfile::tempdir().expect("a folder");
        let server = MockServer::start().await;
        Mock::given(any())
            .respond_with(ResponseTemplate::new(401))
            .mount(&server)
            .await;
        let error = run_on(&server, folder.path()).await.expect_err("401");
        assert!(error.to_string().contains("credential was refused"));
        assert!(output(folder.path()).is_empty());
        assert!(asked(&server).await <= 4, "those under way");
    }

    #[test]
    fn another_file_is_not_written_to() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("notes.txt");
        for notes in ["my notes", "my notes\nand more", "\n"] {
            fs::write(&path, notes).expect("written");
            assert!(Done::read(&path).is_err());
            assert_eq!(fs::read_to_string(&path).expect("read"), notes);
        }
    }
}
