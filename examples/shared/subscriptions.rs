//! The apps that receive the webhooks of an account.

use waba::{
    Error, Id,
    graph::{Client, types::SubscribedApp},
};

/// Returns the id of an app, which Meta returns in one of two places.
pub fn app_id(app: &SubscribedApp) -> Option<&Id> {
    let data = app.whatsapp_business_api_data.as_ref();
    data.and_then(|data| data.id.as_ref()).or(app.id.as_ref())
}

/// Returns the subscription of an app, or `None` if it is not subscribed to the account.
///
/// Fails if the app is not found, but an app of the list cannot be decoded: it could be this one.
pub async fn find_subscription(
    meta: &Client,
    account: &str,
    app: &str,
) -> Result<Option<SubscribedApp>, Error> {
    let mut apps = meta.list_subscribed_apps().waba_id(account).items();
    let mut undecoded = None;
    while let Some(item) = apps.next().await {
        match item {
            Ok(item) if app_id(&item).is_some_and(|id| id.as_str() == app) => {
                return Ok(Some(item));
            }
            Ok(_) => {}
            Err(error) if error.undecoded_item().is_some() => undecoded = Some(error),
            Err(error) => return Err(error),
        }
    }
    undecoded.map_or(Ok(None), Err)
}
