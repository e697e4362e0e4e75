//! An export and imports of an account on a server in this process.

use std::{fs, io::Write};

use serde_json::{Value, json};

use crate::{
    Command, Place, Result,
    shared::{accounts::Relation, fake_graph::FakeGraph, output::Output},
};

const ACCOUNT: &str = "102290129340398";

/// Exports the templates of an account, changes the files, and imports them.
pub async fn run(output: &mut Output<impl Write>) -> Result<bool> {
    let server = server().await?;
    let meta = server.client()?;
    let folder = tempfile::tempdir()?;
    let place = || Place {
        waba_id: ACCOUNT.to_owned(),
        folder: folder.path().to_owned(),
    };
    output.line(format_args!(
        "$ templates export --waba-id {ACCOUNT} FOLDER"
    ))?;
    crate::run(&Command::Export(place()), &meta, output).await?;

    output.line("\n$ edit FOLDER/order_update@en_US.json, FOLDER/order_update@de.json, …")?;
    let edit = |from: &str, to: &str, change: fn(&mut Value)| -> Result<()> {
        let text = fs::read(folder.path().join(from))?;
        let mut template = serde_json::from_slice(&text)?;
        change(&mut template);
        Ok(fs::write(folder.path().join(to), template.to_string())?)
    };
    let file = "order_update@en_US.json";
    edit(file, "order_update@de.json", |template| {
        template["language"] = json!("de");
        template["components"][0]["text"] = json!("Ihre Bestellung ist unterwegs.");
    })?;
    edit(file, file, |template| {
        template["components"][0]["text"] = json!("Your order has left our shop.");
    })?;
    let file = "newsletter@en_US.json";
    edit(file, file, |template| {
        template["category"] = json!("UTILITY")
    })?;

    for apply in [false, true, true] {
        let option = if apply { " --apply" } else { "" };
        output.line(format_args!(
            "\n$ templates import --waba-id {ACCOUNT} FOLDER{option}"
        ))?;
        let place = place();
        crate::run(&Command::Import { place, apply }, &meta, output).await?;
    }
    Ok(true)
}

async fn server() -> Result<FakeGraph> {
    let server = FakeGraph::start().await?;
    server.add_account(
        "1",
        Relation::Owned,
        ACCOUNT,
        json!({"name": "Lucky Shrub"}),
    );
    let names = [
        ("order_update", "en_US", "UTILITY"),
        ("order_update", "fr", "UTILITY"),
        ("newsletter", "en_US", "MARKETING"),
    ];
    server.edit(ACCOUNT, |account| {
        account.templates = names
            .iter()
            .enumerate()
            .map(|(index, (name, language, category))| {
                json!({
                    "id": format!("{}", 9001 + index),
                    "name": name,
                    "language": language,
                    "category": category,
                    "status": "APPROVED",
                    "components": [{"type": "BODY", "text": "Your order is on its way."}],
                })
            })
            .collect();
    });
    Ok(server)
}
