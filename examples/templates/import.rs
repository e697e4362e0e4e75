//! Creates and updates the templates of an account.

use std::{
    io::Write,
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};
use waba::{
    Error, ErrorKind,
    graph::{
        Client,
        types::{MessageTemplate, MessageTemplateField as Field, MessageTemplateUpdate},
    },
};

use crate::{
    Place, Result,
    compare::differences,
    file::{FIELDS, Key, definition, read_folder},
    journal::{HOUR, Journal},
    plan::{Action, Step, plan},
    shared::{
        list::read_all,
        output::{Output, log},
        progress::Progress,
    },
};

/// Graph's subcode for a template that exists already.
const EXISTS: i64 = 2_388_024;

/// Prints the plan, and carries it out if `apply` is set. Returns whether the account has, or could
/// have, all templates of the folder.
pub async fn import(
    meta: &Client,
    place: &Place,
    apply: bool,
    output: &mut Output<impl Write>,
) -> Result<bool> {
    let files = read_folder(&place.folder)?;
    let call = meta.list_message_templates().waba_id(&place.waba_id);
    let account = read_all(call.fields(fields()).limit(100).pages()).await;
    if let Some(error) = account.error {
        // With a part of the list, templates that exist would be created.
        return Err(error.into());
    }
    for reason in account.undecoded {
        log(format_args!(
            "a value of the list is not a template: {reason}"
        ));
    }
    let steps = plan(files, &account.items);
    for step in &steps {
        output.line(step)?;
    }
    let count = |is: fn(&Action) -> bool| steps.iter().filter(|step| is(&step.action)).count();
    let impossible = count(|action| matches!(action, Action::Impossible(_)));
    let line = format!(
        "create: {}, update: {}, unchanged: {}, impossible: {impossible}",
        count(|action| matches!(action, Action::Create)),
        count(|action| matches!(action, Action::Update { .. })),
        count(|action| matches!(action, Action::Unchanged)),
    );
    output.line(line)?;
    if !apply {
        output.line("Nothing was changed. Add --apply to create and update.")?;
        return Ok(impossible == 0);
    }
    let journal = Journal::open(&place.folder, &place.waba_id)?;
    let account = &place.waba_id;
    let mut import = Import {
        meta,
        account,
        journal,
    };
    let outcome = import.apply(&steps, output).await?;
    Ok(outcome && impossible == 0)
}

fn fields() -> Vec<Field> {
    FIELDS.into_iter().chain([Field::Status]).collect()
}

struct Import<'a> {
    meta: &'a Client,
    account: &'a str,
    journal: Journal,
}

/// The outcome of a step.
enum Outcome {
    Done(&'static str),
    /// Only this step has failed.
    Failed(String),
    /// The limit of Meta is reached. The next creation is possible after this time.
    Limit(Duration),
}

impl Import<'_> {
    /// Carries out the steps. Returns whether all of them succeeded.
    async fn apply(&mut self, steps: &[Step], output: &mut Output<impl Write>) -> Result<bool> {
        // Updates first, because creations can end at the limit.
        let updates = steps
            .iter()
            .filter(|step| matches!(step.action, Action::Update { .. }));
        let creations = steps
            .iter()
            .filter(|step| matches!(step.action, Action::Create));
        let steps: Vec<&Step> = updates.chain(creations).collect();
        let progress = Progress::new(Some(steps.len() as u64));
        let (mut done, mut failed) = (0, 0);
        for step in &steps {
            let outcome = match &step.action {
                Action::Update { id, differences } => self.update(step, id, differences).await?,
                _ => self.create(step).await?,
            };
            let line = match outcome {
                Outcome::Done(what) => {
                    done += 1;
                    format!("{what} {}", step.key)
                }
                Outcome::Failed(reason) => {
                    failed += 1;
                    format!("failed  {}: {reason}", step.key)
                }
                Outcome::Limit(wait) => {
                    progress.finish();
                    let left = steps.len() - done - failed;
                    let minutes = wait.as_secs().div_ceil(60);
                    let time = httpdate::fmt_http_date(SystemTime::now() + wait);
                    let text = format!(
                        "Meta's rate limit is reached (new templates: 100 per hour). Templates left: \
                         {left}. Start the import again in {minutes} minutes, at {time}."
                    );
                    output.line(text)?;
                    return Ok(false);
                }
            };
            progress.suspend(|| output.line(line))?;
            progress.count();
        }
        progress.finish();
        output.line(format_args!("done: {done}, failed: {failed}"))?;
        Ok(failed == 0)
    }

    async fn create(&mut self, step: &Step) -> Result<Outcome> {
        let (key, now) = (&step.key, SystemTime::now());
        // An earlier run has sent the request and was interrupted.
        if self.journal.has(key, now) && self.find(key).await?.is_some() {
            return Ok(Outcome::Done("created"));
        }
        if let Some(wait) = self.journal.wait(now) {
            return Ok(Outcome::Limit(wait));
        }
        self.journal.add(key, now)?;
        let call = self.meta.create_message_template().waba_id(self.account);
        let Err(error) = call.body(step.template.clone()).send().await else {
            return Ok(Outcome::Done("created"));
        };
        if error.may_have_taken_effect() || error.subcode() == Some(EXISTS) {
            return Ok(match self.find(key).await {
                Ok(Some(_)) => Outcome::Done("created"),
                Ok(None) => in_doubt(&error, "the template is not in the account"),
                Err(other) => in_doubt(&error, &other.to_string()),
            });
        }
        self.journal.remove_last()?;
        outcome_of(error)
    }

    /// Returns the template of the account with this name and language.
    async fn find(&self, key: &Key) -> std::result::Result<Option<MessageTemplate>, Error> {
        let call = self.meta.list_message_templates().waba_id(self.account);
        let call = call.name(&key.name).language([key.language.clone()]);
        let list = read_all(call.fields(fields()).pages()).await;
        // The filter matches parts of names.
        let is_same = |template: &MessageTemplate| {
            template.name.as_ref() == Some(&key.name)
                && template.language.as_ref() == Some(&key.language)
        };
        match (list.items.into_iter().find(is_same), list.error) {
            (None, Some(error)) => Err(error),
            (found, _) => Ok(found),
        }
    }

    async fn update(&self, step: &Step, id: &str, differing: &[&str]) -> Result<Outcome> {
        let call = self.meta.update_message_template().template_id(id);
        let Err(error) = call.body(changes(step, differing)?).send().await else {
            return Ok(Outcome::Done("updated"));
        };
        if !error.may_have_taken_effect() {
            return outcome_of(error);
        }
        // Another request would count as another edit.
        let call = self.meta.get_message_template().template_id(id);
        Ok(match call.fields(fields()).send().await {
            Ok(template) => match definition(&template) {
                Ok(present) if differences(&step.template, &present).is_empty() => {
                    Outcome::Done("updated")
                }
                _ => in_doubt(&error, "the template has not changed"),
            },
            Err(other) => in_doubt(&error, &other.to_string()),
        })
    }
}

/// Returns the request that changes what differs.
fn changes(step: &Step, differing: &[&str]) -> Result<MessageTemplateUpdate> {
    let template = json!(step.template);
    let changed = differing
        .iter()
        .map(|name| ((*name).to_owned(), template[*name].clone()));
    let mut changes: serde_json::Map<String, Value> = changed.collect();
    if differing.contains(&"cta_url_link_tracking_opted_out") {
        // Meta accepts it only together with the category.
        changes.insert("category".to_owned(), template["category"].clone());
    }
    Ok(serde_json::from_value(changes.into())?)
}

fn in_doubt(error: &Error, found: &str) -> Outcome {
    Outcome::Failed(format!(
        "{error}\n        {found}; the request may still have an effect: start the import again later"
    ))
}

/// Returns what a rejected request means for the import.
fn outcome_of(error: Error) -> Result<Outcome> {
    match error.kind() {
        // Every further call would fail too.
        ErrorKind::Authentication => Err(error.into()),
        ErrorKind::RateLimited => Ok(Outcome::Limit(error.retry_after().unwrap_or(HOUR))),
        _ => Ok(Outcome::Failed(error.to_string())),
    }
}
