//! Reads one account from 360dialog or Meta, with credentials from the environment.
//!
//! ```sh
//! DIALOG360_API_KEY=… cargo run --example account -- dialog360 examplePA exampleWA
//! GRAPH_ACCESS_TOKEN=… cargo run --example account -- graph 102290129340398 name,country
//! ```

use std::{
    env,
    fmt::Display,
    io::{self, Write as _},
    process::ExitCode,
};

use waba::{Error, dialog360, graph};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["dialog360", partner, account] => read_from_dialog360(partner, account).await,
        ["graph", account] => read_from_graph(account, None).await,
        ["graph", account, fields] => read_from_graph(account, Some(fields)).await,
        _ => {
            eprintln!("usage: account dialog360 PARTNER_ID WABA_ACCOUNT_ID");
            eprintln!("       account graph WABA_ID [FIELD,FIELD…]");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(account) => {
            print(format_args!("{account:#}"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn read_from_dialog360(partner: &str, account: &str) -> Result<serde_json::Value, Error> {
    let hub = dialog360::Client::from_env()?;
    let call = hub
        .get_waba_account()
        .partner_id(partner)
        .waba_account_id(account);
    Ok(serde_json::json!(call.send().await?.into_inner()))
}

async fn read_from_graph(account: &str, fields: Option<&str>) -> Result<serde_json::Value, Error> {
    let meta = graph::Client::from_env()?;
    let mut call = meta.get_whatsapp_business_account().waba_id(account);
    if let Some(fields) = fields {
        call = call.fields(fields);
    }
    Ok(serde_json::json!(call.send().await?.into_inner()))
}

/// Prints a line. A program such as `head` may have closed the pipe, which is no reason to panic.
fn print(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}
