//! Decides what an import does.

use std::{collections::BTreeMap, fmt};

use waba::{
    Id,
    graph::types::{MessageTemplate, MessageTemplateStatus as Status, NewMessageTemplate},
};

use crate::{
    compare::{differences, unacceptable},
    file::{Key, definition},
};

/// A template of a file, and what is done with it.
pub struct Step {
    pub key: Key,
    pub template: NewMessageTemplate,
    pub action: Action,
}

#[derive(Debug)]
pub enum Action {
    Create,
    Update {
        id: Id,
        /// The properties that differ.
        differences: Vec<&'static str>,
    },
    Unchanged,
    /// The account differs from the file, and Meta would reject the change.
    Impossible(String),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = &self.key;
        match &self.action {
            Action::Create => write!(f, "create     {key}"),
            Action::Update { differences, .. } => {
                write!(f, "update     {key}: {}", differences.join(", "))
            }
            Action::Unchanged => write!(f, "unchanged  {key}"),
            Action::Impossible(reason) => write!(f, "impossible {key}: {reason}"),
        }
    }
}

/// Returns a step for each file, in the order of the files.
pub fn plan(files: Vec<NewMessageTemplate>, account: &[MessageTemplate]) -> Vec<Step> {
    let existing: BTreeMap<_, _> = account
        .iter()
        .filter_map(|template| {
            Some((
                (template.name.as_deref()?, template.language.as_deref()?),
                template,
            ))
        })
        .collect();
    let steps = files.into_iter().map(|file| {
        let existing = existing.get(&(file.name.as_str(), file.language.as_str()));
        Step {
            key: Key::of(&file),
            action: action(&file, existing.copied()),
            template: file,
        }
    });
    steps.collect()
}

fn action(file: &NewMessageTemplate, account: Option<&MessageTemplate>) -> Action {
    let Some(account) = account else {
        return match unacceptable(file) {
            Some(reason) => Action::Impossible(reason.to_owned()),
            None => Action::Create,
        };
    };
    let present = match definition(account) {
        Ok(present) => present,
        Err(error) => return Action::Impossible(format!("cannot be compared: {error}")),
    };
    let differences = differences(file, &present);
    if differences.is_empty() {
        return Action::Unchanged;
    }
    let listed = differences.join(", ");
    let impossible = |reason: &str| Action::Impossible(format!("{listed}: {reason}"));
    match &account.status {
        Some(
            status @ (Status::Pending
            | Status::InAppeal
            | Status::PendingDeletion
            | Status::Deleted
            | Status::Disabled
            | Status::LimitExceeded
            | Status::Archived
            | Status::Locked),
        ) => {
            return impossible(&format!(
                "Meta accepts no edits while the status is {status}"
            ));
        }
        Some(Status::Approved | Status::Paused) if differences.contains(&"category") => {
            return impossible("Meta accepts no other category once the template is approved");
        }
        _ => {}
    }
    // An edit replaces all components.
    match unacceptable(file).filter(|_| differences.contains(&"components")) {
        Some(reason) => impossible(reason),
        None => Action::Update {
            id: account.id.clone(),
            differences,
        },
    }
}
