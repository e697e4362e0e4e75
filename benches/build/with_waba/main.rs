//! Reads an account from both APIs and renames it, with `waba`.

use waba::{dialog360, graph};

#[tokio::main]
async fn main() -> Result<(), waba::Error> {
    let hub = dialog360::Client::from_env()?;
    let account = hub
        .get_waba_account()
        .partner_id("examplePA")
        .waba_account_id("exampleWA")
        .send()
        .await?;
    println!("{:?}: {:?}", account.name, account.status);

    let meta = graph::Client::from_env()?;
    let account = meta
        .get_whatsapp_business_account()
        .waba_id("102290129340398")
        .send()
        .await?;
    println!("{:?}: {:?}", account.name, account.country);

    meta.update_whatsapp_business_account()
        .waba_id(&account.id)
        .body_map(|settings| settings.name("Lucky Shrub"))
        .send()
        .await?;
    Ok(())
}
