//! The accounts of a business.

use std::{cell::Cell, collections::BTreeSet};

use futures::{StreamExt, stream};
use serde::Serialize;
use waba::{
    Error, Id,
    graph::{Client, types::Field},
};

use super::{
    cause::Cause,
    list::{Listing, read_all},
    progress::Progress,
};

/// How many accounts are read at a time.
const CONCURRENCY: usize = 8;

/// How an account belongs to a business.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// The business owns the account.
    Owned,
    /// Another business owns the account, and shares it.
    Client,
}

impl Relation {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owned => "owned",
            Self::Client => "client",
        }
    }
}

pub struct Account {
    pub id: Id,
    pub name: Option<String>,
    pub relation: Relation,
}

/// A list that is not complete.
pub struct ListProblem {
    pub relation: Relation,
    pub reason: Reason,
}

pub enum Reason {
    /// A page could not be read. The accounts of the pages before it are known.
    Failed(Error),
    /// A value of the list is not an account.
    Undecoded(String),
}

/// Calls `read` for each account of a business, and returns the results in the order of the lists.
/// `read` also returns whether Meta has rejected the token. From then on, the result of an account is
/// `None`, because every further call would fail too.
pub async fn read_accounts<T>(
    meta: &Client,
    business: &str,
    read: impl AsyncFn(&Account) -> (T, bool),
) -> (Vec<(Account, Option<T>)>, Vec<ListProblem>) {
    let (accounts, problems) = list_accounts(meta, business).await;
    let lost = Cell::new(problems.iter().any(ListProblem::is_credential_lost));
    let progress = Progress::new(Some(accounts.len() as u64));
    let results = stream::iter(accounts).map(async |account| {
        let mut result = None;
        if !lost.get() {
            let (value, is_lost) = read(&account).await;
            lost.set(lost.get() || is_lost);
            result = Some(value);
        }
        progress.advance(1, account.name.as_deref().unwrap_or(&account.id));
        (account, result)
    });
    let results = results.buffered(CONCURRENCY).collect().await;
    progress.finish();
    (results, problems)
}

/// Lists the accounts that a business owns, and those of its clients. An account in both lists is
/// returned once.
async fn list_accounts(meta: &Client, business: &str) -> (Vec<Account>, Vec<ListProblem>) {
    let owned = meta.list_owned_whatsapp_business_accounts();
    let owned = owned.business_id(business).fields([Field::Name]).limit(100);
    let clients = meta.list_client_whatsapp_business_accounts();
    let clients = clients
        .business_id(business)
        .fields([Field::Name])
        .limit(100);
    let lists = [
        (Relation::Owned, read_all(owned.pages()).await),
        (Relation::Client, read_all(clients.pages()).await),
    ];
    let (mut accounts, mut problems, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (relation, list) in lists {
        let Listing {
            items,
            undecoded,
            error,
        } = list;
        for account in items {
            if seen.insert(account.id.to_string()) {
                accounts.push(Account {
                    id: account.id,
                    name: account.name,
                    relation,
                });
            }
        }
        let undecoded = undecoded.into_iter().map(Reason::Undecoded);
        let reasons = undecoded.chain(error.map(Reason::Failed));
        problems.extend(reasons.map(|reason| ListProblem { relation, reason }));
    }
    (accounts, problems)
}

impl ListProblem {
    fn is_credential_lost(&self) -> bool {
        match &self.reason {
            Reason::Failed(error) => Cause::of(error) == Cause::CredentialLost,
            Reason::Undecoded(_) => false,
        }
    }
}

impl std::fmt::Display for ListProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the list of {} accounts", self.relation.as_str())?;
        match &self.reason {
            Reason::Failed(error) => write!(f, " is not complete: {error}"),
            Reason::Undecoded(reason) => write!(f, " has a value that is not an account: {reason}"),
        }
    }
}
