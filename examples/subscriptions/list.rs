//! Lists the subscriptions of all accounts of a business.

use std::io::Write;

use waba::{
    Id,
    graph::{Client, types::SubscribedApp},
};

use crate::{
    Result,
    shared::{
        accounts::{Account, read_accounts},
        cause::Cause,
        list::{Listing, read_all},
        output::{Output, log, one_line},
        subscriptions::app_id,
        table::table,
    },
};

/// Prints a line for each subscription, and for each account without one. Returns whether all accounts
/// could be read.
pub async fn list(meta: &Client, business: &str, output: &mut Output<impl Write>) -> Result<bool> {
    let (lists, problems) = read_accounts(meta, business, async |account| {
        let call = meta.list_subscribed_apps().waba_id(&account.id);
        let list = read_all(call.pages()).await;
        let cause = list.error.as_ref().map(Cause::of);
        (list, cause == Some(Cause::CredentialLost))
    })
    .await;
    for problem in &problems {
        log(format_args!("error: {problem}"));
    }
    let mut complete = problems.is_empty();
    let mut all_rows = Vec::new();
    for (account, list) in &lists {
        complete &= list.as_ref().is_some_and(Listing::is_complete);
        all_rows.extend(rows(account, list.as_ref()));
    }
    let header = [
        "ACCOUNT",
        "ID",
        "RELATION",
        "APP",
        "APP_ID",
        "WEBHOOKS_GO_TO",
    ];
    output.line(table(&header, all_rows))?;
    Ok(complete)
}

/// Returns the rows of an account. `list` is `None` if it was not requested, because Meta had rejected
/// the token.
fn rows(account: &Account, list: Option<&Listing<SubscribedApp>>) -> Vec<Vec<String>> {
    let Some(list) = list else {
        return vec![unread(account, Cause::CredentialLost.as_str())];
    };
    let mut rows: Vec<_> = list.items.iter().map(|app| row(account, app)).collect();
    for reason in &list.undecoded {
        let id = &account.id;
        log(format_args!(
            "error: account {id}: the list of apps has a value that is not an app: {reason}"
        ));
        rows.push(unread(account, "not a valid app"));
    }
    if let Some(error) = &list.error {
        log(format_args!("error: account {}: {error}", account.id));
        rows.push(unread(account, Cause::of(error).as_str()));
    }
    if rows.is_empty() {
        rows.push(cells(account, "none", "", "nowhere: no app is subscribed"));
    }
    rows
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

fn unread(account: &Account, why: &str) -> Vec<String> {
    cells(account, "unknown", "", &format!("not read: {why}"))
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
