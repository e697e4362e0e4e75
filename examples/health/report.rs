//! The report, and its form for people.

use std::{cmp::Reverse, fmt::Write};

use serde::Serialize;
use waba::{
    Error, Id,
    graph::types::{PhoneNumber, WhatsAppBusinessAccount},
};

use crate::shared::{accounts::Relation, cause::Cause, output::one_line, table::table};

#[derive(Serialize)]
pub struct Report {
    pub business_id: String,
    /// The lists of accounts that could not be read to their end.
    pub problems: Vec<Note>,
    /// The accounts that need attention come first.
    pub accounts: Vec<AccountReport>,
}

#[derive(Serialize)]
pub struct AccountReport {
    pub id: Id,
    pub name: Option<String>,
    pub relation: Relation,
    /// The problems, the worst first.
    pub attention: Vec<Note>,
    /// The account as Meta returned it, if it could be read.
    pub account: Option<WhatsAppBusinessAccount>,
    pub numbers: Vec<PhoneNumber>,
}

/// Something that needs attention.
#[derive(Debug, Serialize)]
pub struct Note {
    pub level: Level,
    /// Why something was not read. Absent if the note is about what was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Something may stop working, or is not known.
    Warning,
    /// Messages cannot be sent, or the account cannot be seen any more.
    Critical,
}

impl Note {
    pub fn new(level: Level, text: impl Into<String>) -> Self {
        Self {
            level,
            cause: None,
            text: text.into(),
        }
    }

    /// Returns a note about something that could not be read.
    pub fn unread(what: &str, error: &Error) -> Self {
        let cause = Cause::of(error);
        let level = match cause {
            Cause::CredentialLost | Cause::NoPermission | Cause::NotFound => Level::Critical,
            _ => Level::Warning,
        };
        Self {
            level,
            cause: Some(cause),
            text: format!("{what} not read: {}: {error}", cause.as_str()),
        }
    }
}

impl AccountReport {
    pub fn level(&self) -> Option<Level> {
        self.attention.iter().map(|note| note.level).max()
    }

    fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or("unnamed")
    }
}

impl Report {
    pub fn needs_attention(&self) -> bool {
        let accounts = self.accounts.iter();
        !self.problems.is_empty()
            || accounts
                .map(AccountReport::level)
                .any(|level| level.is_some())
    }

    /// Puts what needs attention first, and otherwise sorts by name.
    pub fn sort(&mut self) {
        for account in &mut self.accounts {
            account.attention.sort_by_key(|note| Reverse(note.level));
        }
        self.accounts.sort_by(|a, b| {
            let key = |report: &AccountReport| (Reverse(report.level()), report.name.clone());
            key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
        });
    }

    pub fn to_table(&self) -> String {
        let mut text = self.attention();
        if !self.accounts.is_empty() {
            let header = [
                "ACCOUNT",
                "ID",
                "RELATION",
                "STATE",
                "REVIEW",
                "VERIFICATION",
                "HEALTH",
                "LIMIT",
                "NUMBERS",
            ];
            let rows = self.accounts.iter().map(account_row);
            let _ = write!(text, "\n\n{}", table(&header, rows));
        }
        let numbers = |account: &AccountReport| !account.numbers.is_empty();
        if self.accounts.iter().any(numbers) {
            let header = [
                "NUMBER",
                "ACCOUNT",
                "NAME",
                "STATUS",
                "QUALITY",
                "NAME_STATUS",
                "THROUGHPUT",
            ];
            let rows = self.accounts.iter().flat_map(|account| {
                let numbers = account.numbers.iter();
                numbers.map(|number| number_row(account.display_name(), number))
            });
            let _ = write!(text, "\n\n{}", table(&header, rows));
        }
        text
    }

    fn attention(&self) -> String {
        if !self.needs_attention() {
            let numbers: usize = self
                .accounts
                .iter()
                .map(|account| account.numbers.len())
                .sum();
            let accounts = self.accounts.len();
            return format!("Nothing needs attention. Accounts: {accounts}, numbers: {numbers}.");
        }
        let mut text = "Needs attention:".to_owned();
        let mut note = |of: &str, note: &Note| {
            let level = match note.level {
                Level::Critical => "CRITICAL",
                Level::Warning => "warning ",
            };
            let _ = write!(text, "\n  {level}  {of}: {}", one_line(&note.text));
        };
        for problem in &self.problems {
            note(&format!("business {}", self.business_id), problem);
        }
        for account in &self.accounts {
            let of = format!("{} ({})", one_line(account.display_name()), account.id);
            account.attention.iter().for_each(|found| note(&of, found));
        }
        text
    }
}

fn account_row(report: &AccountReport) -> Vec<String> {
    let account = report.account.as_ref();
    let state = match report.level() {
        None => "ok",
        Some(Level::Warning) => "warning",
        Some(Level::Critical) => "CRITICAL",
    };
    let health =
        account.and_then(|account| account.health_status.as_ref()?.can_send_message.as_ref());
    let review = account.and_then(|account| account.account_review_status.as_ref());
    let verification = account.and_then(|account| account.business_verification_status.as_ref());
    let limit =
        account.and_then(|account| account.whatsapp_business_manager_messaging_limit.as_ref());
    vec![
        report.display_name().to_owned(),
        report.id.to_string(),
        report.relation.as_str().to_owned(),
        state.to_owned(),
        text(review),
        text(verification),
        text(health),
        text(limit),
        match account.is_none() && report.numbers.is_empty() {
            true => String::new(),
            false => report.numbers.len().to_string(),
        },
    ]
}

fn number_row(account: &str, number: &PhoneNumber) -> Vec<String> {
    let throughput = number.throughput.as_ref();
    vec![
        number
            .display_phone_number
            .clone()
            .unwrap_or_else(|| number.id.to_string()),
        account.to_owned(),
        number.verified_name.clone().unwrap_or_default(),
        text(number.status.as_ref()),
        text(number.quality_rating.as_ref()),
        text(number.name_status.as_ref()),
        text(throughput.and_then(|throughput| throughput.level.as_ref())),
    ]
}

fn text(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}
