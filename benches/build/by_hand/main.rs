//! Reads an account from both APIs and renames it, without `waba`.

use std::{collections::HashMap, env, error::Error};

use reqwest::Client;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Approved,
    Pending,
    Rejected,
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Deserialize)]
struct HubAccount {
    name: Option<String>,
    status: Option<Status>,
    #[serde(flatten)]
    extra: HashMap<String, Value>,
}

#[derive(Debug, Deserialize)]
struct GraphAccount {
    id: String,
    name: Option<String>,
    country: Option<String>,
    #[serde(flatten)]
    extra: HashMap<String, Value>,
}

#[derive(Serialize)]
struct Settings<'s> {
    name: &'s str,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let http = Client::new();
    let account: HubAccount = http
        .get("https://hub.360dialog.io/api/v2/partners/examplePA/waba_accounts/exampleWA")
        .header("X-API-Key", env::var("DIALOG360_API_KEY")?)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    println!("{:?}: {:?} {}", account.name, account.status, account.extra.len());

    let token = env::var("GRAPH_ACCESS_TOKEN")?;
    let url = "https://graph.facebook.com/v23.0";
    let account: GraphAccount = http
        .get(format!("{url}/102290129340398"))
        .query(&[("fields", "id,name,country")])
        .bearer_auth(&token)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    println!("{:?}: {:?} {}", account.name, account.country, account.extra.len());

    http.post(format!("{url}/{}", account.id))
        .json(&Settings { name: "Lucky Shrub" })
        .bearer_auth(&token)
        .send()
        .await?
        .error_for_status()?;
    Ok(())
}
