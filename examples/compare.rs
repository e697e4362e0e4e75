//! Reads one account from both APIs and shows the differences.
//!
//! ```sh
//! DIALOG360_API_KEY=… GRAPH_ACCESS_TOKEN=… \
//!     cargo run --example compare -- examplePA exampleWA
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
    let [partner, account] = arguments.as_slice() else {
        eprintln!("usage: compare PARTNER_ID WABA_ACCOUNT_ID");
        return ExitCode::from(2);
    };
    match compare(partner, account).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn compare(partner: &str, account: &str) -> Result<(), Error> {
    let hub = dialog360::Client::from_env()?;
    let meta = graph::Client::from_env()?;

    let at_hub = hub
        .get_waba_account()
        .partner_id(partner)
        .waba_account_id(account)
        .send()
        .await?
        .into_inner();
    // `id` is 360dialog's own id. `external_id` is Meta's.
    let Some(id) = at_hub.external_id.as_deref() else {
        print(format_args!(
            "{account}: 360dialog has no Meta id for this account"
        ));
        return Ok(());
    };
    let at_meta = meta
        .get_whatsapp_business_account()
        .waba_id(id)
        .send()
        .await?
        .into_inner();

    print(format_args!("{:<12} {:<30} at Meta", "", "at 360dialog"));
    row("name", at_hub.name.as_deref(), at_meta.name.as_deref());
    row(
        "namespace",
        at_hub.namespace.as_deref(),
        at_meta.message_template_namespace.as_deref(),
    );
    Ok(())
}

fn row(name: &str, at_hub: Option<&str>, at_meta: Option<&str>) {
    let mark = if at_hub == at_meta {
        ""
    } else {
        "  <- differs"
    };
    let (at_hub, at_meta) = (at_hub.unwrap_or("-"), at_meta.unwrap_or("-"));
    print(format_args!("{name:<12} {at_hub:<30} {at_meta}{mark}"));
}

/// Prints a line. A program such as `head` may have closed the pipe, which is no reason to panic.
fn print(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}
