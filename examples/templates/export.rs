//! Writes the templates of an account to files.

use std::{fs, io::Write, path::Path};

use serde::{Deserialize, Serialize};
use waba::{
    Continuation, ErrorKind, Page, Pages,
    graph::{
        Client,
        types::{
            ListSummaryField, MessageTemplate, MessageTemplateField as Field, MessageTemplateList,
            MessageTemplateStatus as Status,
        },
    },
};

use crate::{
    Place, Result, file,
    file::{FIELDS, Key, definition},
    shared::{
        file::{at, write_json},
        output::{Output, log},
        progress::Progress,
    },
};

/// Where an interrupted export continues.
#[derive(Deserialize, Serialize)]
struct Marker {
    continuation: Continuation,
    counts: Counts,
}

#[derive(Clone, Copy, Default, Deserialize, Serialize)]
struct Counts {
    written: u64,
    /// Templates that are being deleted.
    deleted: u64,
    /// Values of the list that are not complete templates.
    incomplete: u64,
}

/// Writes each template to a file. Returns whether all of them were written.
pub async fn export(meta: &Client, place: &Place, output: &mut Output<impl Write>) -> Result<bool> {
    let folder = &place.folder;
    fs::create_dir_all(folder).map_err(at(folder.display()))?;
    let account = file::encode(&place.waba_id, |byte| byte.is_ascii_lowercase());
    let marker_path = folder.join(format!(".export-{account}.json"));
    let (mut list, mut counts) = (pages(meta, &place.waba_id), Counts::default());
    let mut resumed = false;
    if let Some(marker) = read_marker(&marker_path)? {
        log("continuing the interrupted export");
        (list, counts, resumed) = (list.resume(marker.continuation), marker.counts, true);
    }
    let mut progress = Progress::new(None);
    while let Some(page) = list.next().await {
        let page = match page {
            Ok(page) => page,
            // Meta forgets a cursor if its template is deleted.
            Err(error) if resumed && error.kind() == ErrorKind::InvalidRequest => {
                log(format_args!("the export starts again: {error}"));
                (list, counts, resumed) = (pages(meta, &place.waba_id), Counts::default(), false);
                continue;
            }
            Err(error) => {
                return Err(format!("{error}\nStart the export again to continue it.").into());
            }
        };
        resumed = false;
        if let Some(total) = page.total() {
            progress.set_steps(total);
        }
        let templates = page.into_inner().into_items();
        for item in templates.undecoded() {
            counts.incomplete += 1;
            log(format_args!(
                "a value of the list is not a template: {}",
                item.reason
            ));
        }
        for template in templates.iter() {
            write(folder, template, &mut counts)?;
        }
        progress.advance(templates.len() as u64, "templates read");
        match list.continuation() {
            Some(continuation) => write_json(
                &marker_path,
                &Marker {
                    continuation,
                    counts,
                },
            )?,
            None => remove(&marker_path)?,
        }
    }
    progress.finish();
    let Counts {
        written,
        deleted,
        incomplete,
    } = counts;
    let folder = folder.display();
    output.line(format_args!("{folder}: {written} templates written"))?;
    if deleted > 0 {
        output.line(format_args!(
            "{deleted} templates left out, because they are being deleted"
        ))?;
    }
    if incomplete > 0 {
        output.line(format_args!(
            "{incomplete} templates could not be read (see above)"
        ))?;
    }
    Ok(incomplete == 0)
}

fn pages(meta: &Client, account: &str) -> Pages<MessageTemplateList> {
    let fields = FIELDS.into_iter().chain([Field::Status]);
    meta.list_message_templates()
        .waba_id(account)
        .fields(fields.collect::<Vec<_>>())
        .summary([ListSummaryField::TotalCount])
        .limit(100)
        .pages()
}

fn write(folder: &Path, template: &MessageTemplate, counts: &mut Counts) -> Result<()> {
    if let Some(Status::Deleted | Status::PendingDeletion) = template.status {
        counts.deleted += 1;
        return Ok(());
    }
    match definition(template) {
        Ok(definition) => {
            write_json(&file::path(folder, &Key::of(&definition)), &definition)?;
            counts.written += 1;
        }
        Err(error) => {
            counts.incomplete += 1;
            log(format_args!("template {}: {error}", template.id));
        }
    }
    Ok(())
}

fn read_marker(path: &Path) -> Result<Option<Marker>> {
    if !fs::exists(path).map_err(at(path.display()))? {
        return Ok(None);
    }
    let text = fs::read(path).map_err(at(path.display()))?;
    let marker = serde_json::from_slice(&text).map_err(|error| {
        let path = path.display();
        format!("{path}: not a place in an export: {error}; remove the file to start again")
    })?;
    Ok(Some(marker))
}

fn remove(path: &Path) -> Result<()> {
    if fs::exists(path).map_err(at(path.display()))? {
        fs::remove_file(path).map_err(at(path.display()))?;
    }
    Ok(())
}
