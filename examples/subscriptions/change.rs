//! Changes the subscription of an app, from the state that it has.

use std::io::Write;

use serde::Deserialize;
use waba::{
    Id, Secret,
    graph::{Client, types::SubscribedApp},
    reqwest::Method,
};

use crate::{
    Result, Target,
    shared::{
        output::{Output, one_line},
        subscriptions::find_subscription,
    },
};

/// Another URL that receives the webhooks of an account.
pub struct Override {
    pub url: String,
    pub verify_token: Secret,
}

/// The app of the access token.
#[derive(Deserialize)]
struct App {
    id: Id,
    name: Option<String>,
}

/// The state from which a change is planned.
struct State {
    app: App,
    /// The subscription of the app, if there is one.
    subscription: Option<SubscribedApp>,
}

impl State {
    async fn read(meta: &Client, account: &str) -> Result<Self> {
        let app = meta
            .request(Method::GET, "/app")
            .send::<App>()
            .await?
            .into_inner();
        let subscription = find_subscription(meta, account, &app.id).await?;
        Ok(Self { app, subscription })
    }

    fn override_url(&self) -> Option<&str> {
        self.subscription.as_ref()?.override_callback_uri.as_deref()
    }

    fn app(&self) -> String {
        let name = self.app.name.as_deref().unwrap_or("unnamed");
        format!("{} ({})", one_line(name), self.app.id)
    }
}

/// A call that changes the subscription.
enum Step<'a> {
    /// Subscribes the app. It also clears an override, so it is only for an app without a subscription.
    Subscribe,
    SetOverride(&'a Override),
    ClearOverride,
    Unsubscribe,
}

/// Subscribes the app, and sets the override if there is one.
pub async fn subscribe(
    meta: &Client,
    target: &Target,
    wanted: Option<&Override>,
    output: &mut Output<impl Write>,
) -> Result<bool> {
    let state = State::read(meta, &target.waba_id).await?;
    let mut steps = Vec::new();
    if state.subscription.is_none() {
        steps.push(Step::Subscribe);
    }
    // Meta rejects an override of an app that is not subscribed.
    if let Some(wanted) = wanted.filter(|wanted| state.override_url() != Some(&wanted.url)) {
        steps.push(Step::SetOverride(wanted));
    }
    apply(meta, target, &state, &steps, output).await
}

/// Clears the override of the app.
pub async fn clear_override(
    meta: &Client,
    target: &Target,
    output: &mut Output<impl Write>,
) -> Result<bool> {
    let state = State::read(meta, &target.waba_id).await?;
    if state.subscription.is_none() {
        // The call that clears an override would subscribe the app.
        let (app, account) = (state.app(), &target.waba_id);
        return Err(format!(
            "the app {app} is not subscribed to the account {account}, so it has no override; use \
             `subscribe` to subscribe it"
        )
        .into());
    }
    let steps = state.override_url().map(|_| Step::ClearOverride);
    apply(meta, target, &state, steps.as_slice(), output).await
}

/// Ends the subscription of the app.
pub async fn unsubscribe(
    meta: &Client,
    target: &Target,
    output: &mut Output<impl Write>,
) -> Result<bool> {
    let state = State::read(meta, &target.waba_id).await?;
    let steps = state.subscription.as_ref().map(|_| Step::Unsubscribe);
    apply(meta, target, &state, steps.as_slice(), output).await
}

/// Prints the steps, and makes the changes if `--apply` is set.
async fn apply(
    meta: &Client,
    target: &Target,
    state: &State,
    steps: &[Step<'_>],
    output: &mut Output<impl Write>,
) -> Result<bool> {
    let account = &target.waba_id;
    output.line(format_args!(
        "app {}, account {account}: {}",
        state.app(),
        describe(state)
    ))?;
    if steps.is_empty() {
        output.line("nothing to do")?;
    }
    for (index, step) in steps.iter().enumerate() {
        output.line(format_args!("{}. {}", index + 1, step.describe(state)))?;
        if target.apply {
            step.send(meta, account).await.map_err(|error| match index {
                0 => error.to_string(),
                _ => format!(
                    "{error}\nThe app is subscribed without the override: its own URL receives the \
                     webhooks. Correct the error, and run the command again."
                ),
            })?;
            output.line("   done")?;
        }
    }
    if !steps.is_empty() && !target.apply {
        output.line("Nothing was changed. Add --apply to do it.")?;
    }
    Ok(true)
}

fn describe(state: &State) -> String {
    match (&state.subscription, state.override_url()) {
        (None, _) => "not subscribed".to_owned(),
        (_, None) => "subscribed, and the webhooks go to the URL of the app".to_owned(),
        (_, Some(url)) => format!("subscribed, and the webhooks go to {}", one_line(url)),
    }
}

impl Step<'_> {
    fn describe(&self, state: &State) -> String {
        match self {
            Self::Subscribe => "subscribe the app".to_owned(),
            Self::SetOverride(wanted) => {
                format!("send the webhooks to {}, which Meta verifies", wanted.url)
            }
            Self::ClearOverride => {
                let url = one_line(state.override_url().unwrap_or_default());
                format!("send the webhooks to the URL of the app, and no longer to {url}")
            }
            Self::Unsubscribe => "end the subscription: the app gets no more webhooks".to_owned(),
        }
    }

    async fn send(&self, meta: &Client, account: &str) -> std::result::Result<(), waba::Error> {
        match self {
            Self::Subscribe | Self::ClearOverride => {
                meta.create_subscribed_app().waba_id(account).send().await?;
            }
            Self::SetOverride(wanted) => {
                let call = meta.create_subscribed_app().waba_id(account);
                let call = call.body_map(|body| {
                    body.override_callback_uri(wanted.url.as_str())
                        .verify_token(wanted.verify_token.clone())
                });
                call.send().await?;
            }
            Self::Unsubscribe => {
                meta.delete_subscribed_app().waba_id(account).send().await?;
            }
        }
        Ok(())
    }
}
