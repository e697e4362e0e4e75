//! Brings a customer onto WhatsApp: from the code of a signup to the first approved template.
//!
//! ```sh
//! cargo run --example onboard -- --demo
//! GRAPH_APP_SECRET=… SIGNUP_CODE=… ONBOARD_PIN=… cargo run --example onboard -- --app-id 670843887433847
//! ```
//!
//! With `--demo`, it calls a server in this process, which fails in the ways in which Meta's does, and
//! leaves no file. With `--app-id`, it calls Meta, and asks before each write.
//!
//! A run that stops says what to do. Start it again with the same arguments: each step first looks
//! whether it is done already. The state file has the ids that were found, and no secret. The
//! customer's token is in a file of its own, which only its owner can read. A real program has a store
//! for secrets instead.

use std::{env, error::Error as StdError, io, path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use waba::{Secret, graph};

mod fake_graph;
mod onboarding;
mod operator;
#[path = "../shared/mod.rs"]
mod shared;
mod state;
mod stop;
#[cfg(test)]
mod tests;

use fake_graph::FakeGraph;
use onboarding::{Onboarding, Settings};
use operator::{Operator, Terminal};
use shared::output::{Output, log};
use state::{State, TokenFile};

/// Brings a customer onto WhatsApp
#[derive(Parser)]
#[command(
    after_help = "Environment: GRAPH_APP_SECRET, SIGNUP_CODE, ONBOARD_PIN (the PIN of the number), \
                  WEBHOOK_VERIFY_TOKEN (with --callback). Exit status: 0 if the template is approved, \
                  1 if the run stopped before, 2 if the arguments are invalid."
)]
struct Arguments {
    /// Onboard a customer on a server in this process; needs no app
    #[arg(long, conflicts_with = "app_id")]
    demo: bool,
    /// The id of the app
    #[arg(long, required_unless_present = "demo")]
    app_id: Option<String>,
    /// The redirect URI of the signup; not for a popup
    #[arg(long)]
    redirect_uri: Option<String>,
    /// The account, if the token reaches several
    #[arg(long)]
    waba_id: Option<String>,
    /// The phone number, if the account has several
    #[arg(long)]
    phone_number_id: Option<String>,
    /// The URL that receives the webhooks of this customer, instead of that of the app
    #[arg(long)]
    callback: Option<String>,
    /// The name of the template
    #[arg(long, default_value = "order_ready")]
    template: String,
    /// The language of the template and of the verification code
    #[arg(long, default_value = "en_US")]
    language: String,
    /// The file with the state
    #[arg(long, default_value = "onboard.json")]
    state: PathBuf,
    /// The file with the customer's token
    #[arg(long, default_value = "onboard.token")]
    token_file: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.app_id.clone() {
        None => demo().await,
        Some(app_id) => onboard(app_id, arguments).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log(format_args!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn onboard(app_id: String, arguments: Arguments) -> Result<(), Box<dyn StdError>> {
    let app_secret = secret("GRAPH_APP_SECRET")?;
    let verify_token = |url| Ok::<_, String>((url, secret("WEBHOOK_VERIFY_TOKEN")?));
    let settings = Settings {
        app_id: app_id.clone(),
        app_secret: app_secret.clone(),
        redirect_uri: arguments.redirect_uri,
        waba_id: arguments.waba_id,
        phone_number_id: arguments.phone_number_id,
        callback: arguments.callback.map(verify_token).transpose()?,
        pin: secret("ONBOARD_PIN")?,
        template: arguments.template,
        language: arguments.language,
        poll: Duration::from_secs(30),
        polls: 10,
    };
    let mut onboarding = Onboarding {
        app: graph::Client::builder().app(app_id, app_secret).build()?,
        settings,
        state: State::read(&arguments.state)?,
        state_path: arguments.state,
        token_file: TokenFile::new(arguments.token_file),
        operator: &mut Terminal::new(),
        output: &mut Output::new(io::stdout()),
    };
    Ok(onboarding.run().await?)
}

/// Reads a secret from the environment.
fn secret(name: &str) -> Result<Secret, String> {
    let value = env::var(name).unwrap_or_default();
    match value.is_empty() {
        true => Err(format!("{name} is not set")),
        false => Ok(value.into()),
    }
}

/// Onboards a customer on a server in this process, with every simulated failure.
async fn demo() -> Result<(), Box<dyn StdError>> {
    let folder = tempfile::tempdir()?;
    let graph = FakeGraph::default();
    let server = graph.start().await;
    let mut onboarding = Onboarding {
        app: demo_client(&server.uri())?,
        settings: demo_settings(),
        state: State::default(),
        state_path: folder.path().join("onboard.json"),
        token_file: TokenFile::new(folder.path().join("onboard.token")),
        operator: &mut Demo::default(),
        output: &mut Output::new(io::stdout()),
    };
    onboarding.run().await?;
    let failures = graph.with(|graph| graph.failures.join(", "));
    let line = format_args!("\nsimulated failures: {failures}");
    Ok(onboarding.output.line(line)?)
}

fn demo_client(url: &str) -> Result<graph::Client, waba::Error> {
    let builder = graph::Client::builder().app(fake_graph::APP_ID, fake_graph::APP_SECRET);
    builder.base_url(url).build()
}

fn demo_settings() -> Settings {
    Settings {
        app_id: fake_graph::APP_ID.to_owned(),
        app_secret: fake_graph::APP_SECRET.into(),
        redirect_uri: None,
        waba_id: None,
        phone_number_id: None,
        callback: Some((
            "https://example.com/hook".to_owned(),
            "example-verify-token".into(),
        )),
        pin: fake_graph::PIN.into(),
        template: "order_ready".to_owned(),
        language: "en_US".to_owned(),
        poll: Duration::from_millis(10),
        polls: 10,
    }
}

/// Allows every write. The code of its first signup has expired.
#[derive(Default)]
struct Demo {
    signups: u32,
}

impl Operator for Demo {
    fn allows(&mut self, _: &str) -> io::Result<bool> {
        Ok(true)
    }

    fn signup_code(&mut self) -> io::Result<Option<Secret>> {
        self.signups += 1;
        let code = match self.signups {
            1 => fake_graph::EXPIRED_CODE,
            _ => fake_graph::CODE,
        };
        Ok(Some(code.into()))
    }

    fn verification_code(&mut self) -> io::Result<Option<Secret>> {
        Ok(Some(fake_graph::SMS_CODE.into()))
    }
}
