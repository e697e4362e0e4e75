//! Lists the subscriptions of all accounts of a business.

use std::{cell::Cell, io::Write};

use futures::{StreamExt, stream};
use waba::{
    Error, Id,
    graph::{Client, types::SubscribedApp},
};

use crate::{
    Result,
    shared::{
        accounts::{Account, Reason, list_accounts},
        cause::Cause,
        list::read_all,
        output::{Output, log, one_line},
        progress::Progress,
        table::table,
    },
};

/// How many accounts are read at a time.
const CONCURRENCY: usize = 8;

/// Prints a line for each subscription, and for each account without one. Returns whether all accounts
/// could be read.
pub async fn list(meta: &Client, business: &str, output: &mut Output<impl Write>) -> Result<bool> {
    let (accounts, problems) = list_accounts(meta, business).await;
    for problem in &problems {
        log(format_args!("error: {problem}"));
    }
    let is_lost = |error: &Error| Cause::of(error) == Cause::CredentialLost;
    let lost = Cell::new(
        problems
            .iter()
            .any(|problem| matches!(&problem.reason, Reason::Failed(error) if is_lost(error))),
    );
    let progress = Progress::new(Some(accounts.len() as u64));
    let rows = stream::iter(accounts).map(async |account| {
        if lost.get() {
            // Every further call would fail too.
            return (vec![unread(&account, Cause::CredentialLost)], false);
        }
        let call = meta.list_subscribed_apps().waba_id(&account.id);
        let list = read_all(call.pages()).await;
        progress.advance(1, account.name.as_deref().unwrap_or(&account.id));
        let mut rows: Vec<_> = list.items.iter().map(|app| row(&account, app)).collect();
        if let Some(error) = &list.error {
            progress.suspend(|| log(format_args!("error: account {}: {error}", account.id)));
            lost.set(lost.get() || is_lost(error));
            rows.push(unread(&account, Cause::of(error)));
        } else if rows.is_empty() {
            rows.push(cells(&account, "none", "", "nowhere: no app is subscribed"));
        }
        (rows, list.error.is_none())
    });
    // In the order of the lists.
    let results: Vec<(Vec<Vec<String>>, bool)> = rows.buffered(CONCURRENCY).collect().await;
    progress.finish();
    let complete = problems.is_empty() && results.iter().all(|(_, complete)| *complete);
    let header = [
        "ACCOUNT",
        "ID",
        "RELATION",
        "APP",
        "APP_ID",
        "WEBHOOKS_GO_TO",
    ];
    output.line(table(
        &header,
        results.into_iter().flat_map(|(rows, _)| rows),
    ))?;
    Ok(complete)
}

fn row(account: &Account, app: &SubscribedApp) -> Vec<String> {
    let data = app.whatsapp_business_api_data.as_ref();
    let name = data
        .and_then(|data| data.name.as_deref())
        .or(app.name.as_deref());
    let url = app.override_callback_uri.as_deref();
    cells(
        account,
        name.unwrap_or_default(),
        app_id(app).map(Id::as_str).unwrap_or_default(),
        url.unwrap_or("the URL of the app"),
    )
}

fn unread(account: &Account, cause: Cause) -> Vec<String> {
    cells(
        account,
        "unknown",
        "",
        &format!("not read: {}", cause.as_str()),
    )
}

fn cells(account: &Account, app: &str, app_id: &str, target: &str) -> Vec<String> {
    let name = account.name.as_deref().unwrap_or("unnamed");
    [
        &one_line(name),
        account.id.as_str(),
        account.relation.as_str(),
        app,
        app_id,
        target,
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Returns the id of an app, which Meta returns in one of two places.
pub fn app_id(app: &SubscribedApp) -> Option<&Id> {
    let data = app.whatsapp_business_api_data.as_ref();
    data.and_then(|data| data.id.as_ref()).or(app.id.as_ref())
}
