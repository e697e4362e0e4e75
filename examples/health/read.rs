//! Reads the accounts of a business.

use waba::{
    Error,
    graph::{
        Client,
        types::{Field, PhoneNumber, PhoneNumberField},
    },
};

use crate::{
    assess,
    report::{AccountReport, Level, Note, Report},
    shared::{
        accounts::{Account, ListProblem, Reason, read_accounts},
        cause::Cause,
        list::{Listing, read_all},
    },
};

const ACCOUNT_FIELDS: [Field; 5] = [
    Field::Name,
    Field::AccountReviewStatus,
    Field::BusinessVerificationStatus,
    Field::HealthStatus,
    Field::WhatsappBusinessManagerMessagingLimit,
];

const NUMBER_FIELDS: [PhoneNumberField; 6] = [
    PhoneNumberField::DisplayPhoneNumber,
    PhoneNumberField::VerifiedName,
    PhoneNumberField::Status,
    PhoneNumberField::QualityRating,
    PhoneNumberField::NameStatus,
    PhoneNumberField::Throughput,
];

/// Reads all accounts of a business, those that it owns and those of its clients.
pub async fn read(meta: &Client, business: &str) -> Report {
    let is_lost = |note: &Note| note.cause == Some(Cause::CredentialLost);
    let (results, problems) = read_accounts(meta, business, async |account| {
        let report = read_account(meta, account).await;
        let lost = report.attention.iter().any(is_lost);
        (report, lost)
    })
    .await;
    let accounts = results.into_iter();
    let mut report = Report {
        business_id: business.to_owned(),
        problems: problems.iter().map(problem).collect(),
        accounts: accounts
            .map(|(account, report)| report.unwrap_or_else(|| unread(account)))
            .collect(),
    };
    report.sort();
    report
}

fn problem(problem: &ListProblem) -> Note {
    match &problem.reason {
        Reason::Failed(error) => {
            let what = format!("the list of {} accounts was", problem.relation.as_str());
            Note::unread(&what, error)
        }
        Reason::Undecoded(_) => Note::new(Level::Warning, problem.to_string()),
    }
}

async fn read_account(meta: &Client, of: &Account) -> AccountReport {
    let mut notes = Vec::new();
    let id = &of.id;
    let (account, error) = with_known_fields(ACCOUNT_FIELDS.to_vec(), &mut notes, async |fields| {
        let call = meta.get_whatsapp_business_account().waba_id(id);
        match call.fields(fields).send().await {
            Ok(account) => (Some(account.into_inner()), None),
            Err(error) => (None, Some(error)),
        }
    })
    .await;
    if let Some(error) = &error {
        notes.push(Note::unread("the account was", error));
    }
    notes.extend(account.iter().flat_map(assess::account));
    // The numbers of an account can be readable although the account is not.
    let lost = error.is_some_and(|error| Cause::of(&error) == Cause::CredentialLost);
    let numbers = match lost {
        true => Vec::new(),
        false => read_numbers(meta, of, &mut notes).await,
    };
    AccountReport {
        name: account
            .as_ref()
            .and_then(|account| account.name.clone())
            .or(of.name.clone()),
        id: of.id.clone(),
        relation: of.relation,
        attention: notes,
        account,
        numbers,
    }
}

async fn read_numbers(meta: &Client, of: &Account, notes: &mut Vec<Note>) -> Vec<PhoneNumber> {
    let (list, error) = with_known_fields(NUMBER_FIELDS.to_vec(), notes, async |fields| {
        let call = meta.list_phone_numbers().waba_id(&of.id).fields(fields);
        let mut list = read_all(call.limit(100).pages()).await;
        let error = list.error.take();
        (list, error)
    })
    .await;
    let Listing {
        items, undecoded, ..
    } = list;
    // If the account could not be read for the same reason, one note is enough.
    let is_known = |error: &Error| {
        notes
            .iter()
            .any(|note| note.cause == Some(Cause::of(error)))
    };
    if let Some(error) = error.filter(|error| !is_known(error)) {
        let what = match items.is_empty() {
            true => "the numbers were",
            false => "some of the numbers were",
        };
        notes.push(Note::unread(what, &error));
    }
    for reason in undecoded {
        let text = format!("the list of numbers has a value that is not a number: {reason}");
        notes.push(Note::new(Level::Warning, text));
    }
    notes.extend(items.iter().flat_map(assess::number));
    items
}

/// Makes a call with `fields`, and again without each field that the version of the API does not know:
/// the whole call fails for one of them.
async fn with_known_fields<F: AsRef<str> + Clone, T>(
    mut fields: Vec<F>,
    notes: &mut Vec<Note>,
    call: impl AsyncFn(Vec<F>) -> (T, Option<Error>),
) -> (T, Option<Error>) {
    loop {
        let (value, error) = call(fields.clone()).await;
        let unknown = error.as_ref().and_then(unknown_field);
        let unknown = fields
            .iter()
            .position(|field| Some(field.as_ref()) == unknown);
        match unknown {
            Some(index) if fields.len() > 1 => {
                let field = fields.remove(index);
                let text = format!(
                    "the field {} is not known here, and was left out",
                    field.as_ref()
                );
                notes.push(Note::new(Level::Warning, text));
            }
            _ => return (value, error),
        }
    }
}

/// Returns the field that an error is about, which Meta names in its message.
fn unknown_field(error: &Error) -> Option<&str> {
    let (_, rest) = error.message()?.split_once("nonexisting field (")?;
    Some(rest.split_once(')')?.0)
}

fn unread(account: Account) -> AccountReport {
    let note = Note {
        level: Level::Critical,
        cause: Some(Cause::CredentialLost),
        text: "not read, because Meta has rejected the token".to_owned(),
    };
    AccountReport {
        id: account.id,
        name: account.name,
        relation: account.relation,
        attention: vec![note],
        account: None,
        numbers: Vec::new(),
    }
}
