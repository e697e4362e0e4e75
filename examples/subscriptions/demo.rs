//! All commands on a server in this process.

use std::io::Write;

use serde_json::json;
use waba::Secret;

use crate::{
    Command, Result, Target,
    shared::{
        fake_graph::{BUSINESS, FakeGraph},
        output::Output,
    },
};

const ACCOUNT: &str = "1003";

/// Shows the subscriptions of a business, and changes those of an account.
pub async fn run(output: &mut Output<impl Write>) -> Result<bool> {
    let server = server().await?;
    let meta = server.client()?;
    let target = |apply| Target {
        waba_id: ACCOUNT.to_owned(),
        apply,
    };
    let url = "https://example.com/flowers";
    let subscribe = |apply| Command::Subscribe {
        target: target(apply),
        override_url: Some(url.to_owned()),
    };
    let list = || Command::List {
        business_id: BUSINESS.to_owned(),
    };
    let of = format!("--waba-id {ACCOUNT}");
    for (line, command) in [
        (format!("list --business-id {BUSINESS}"), list()),
        (
            format!("subscribe {of} --override-url {url}"),
            subscribe(false),
        ),
        (
            format!("subscribe {of} --override-url {url} --apply"),
            subscribe(true),
        ),
        (format!("list --business-id {BUSINESS}"), list()),
        (
            format!("clear-override {of} --apply"),
            Command::ClearOverride(target(true)),
        ),
        (
            format!("unsubscribe {of} --apply"),
            Command::Unsubscribe(target(true)),
        ),
    ] {
        output.line(format_args!("$ subscriptions {line}"))?;
        let verify_token = Some(Secret::from("example-verify-token"));
        crate::run(&command, &meta, verify_token, output).await?;
        output.line("")?;
    }
    Ok(true)
}

pub async fn server() -> Result<FakeGraph> {
    let server = FakeGraph::demo().await?;
    let own = json!({"id": FakeGraph::APP, "name": "Lucky Shrub"});
    server.edit("1001", |account| {
        account.apps = vec![
            json!({"whatsapp_business_api_data": own}),
            json!({"whatsapp_business_api_data": {"id": "88", "name": "Help desk"}}),
        ];
    });
    server.edit("1002", |account| {
        let url = "https://example.com/support";
        let app = json!({"whatsapp_business_api_data": own, "override_callback_uri": url});
        account.apps = vec![app];
    });
    Ok(server)
}
