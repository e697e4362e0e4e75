//! The steps of onboarding. Each one first looks whether it is done already, so a run can be started
//! again after any of them.

use std::{collections::BTreeSet, io::Write, path::PathBuf, time::Duration};

use tokio::time::sleep;
use waba::{
    Error, ErrorKind, Secret,
    graph::{
        Client,
        types::{
            CodeVerificationStatus, DisplayNameStatus, Field, MessageTemplateCategory,
            MessageTemplateStatus, PhoneNumber, PhoneNumberField, PhoneNumberPlatform,
            SubscribedApp, TemplateComponent, TemplateComponentType, VerificationMethod,
        },
    },
};

use super::{
    operator::Operator,
    shared::{file::write_json, output::Output, subscriptions::find_subscription},
    state::{State, TokenFile},
    stop::Stop,
};

type Result<T> = std::result::Result<T, Stop>;

/// The decisions of the operator before the run.
pub struct Settings {
    pub app_id: String,
    pub app_secret: Secret,
    pub redirect_uri: Option<String>,
    pub waba_id: Option<String>,
    pub phone_number_id: Option<String>,
    /// The URL that receives the webhooks of this customer, and the secret of its verification.
    pub callback: Option<(String, Secret)>,
    pub pin: Secret,
    pub template: String,
    pub language: String,
    /// The wait before Meta's decisions are read again, and how often they are read.
    pub poll: Duration,
    pub polls: u32,
}

/// The onboarding of one customer.
pub struct Onboarding<'r, W> {
    /// The client of the app.
    pub app: Client,
    pub settings: Settings,
    pub state: State,
    pub state_path: PathBuf,
    pub token_file: TokenFile,
    pub operator: &'r mut dyn Operator,
    pub output: &'r mut Output<W>,
}

impl<W: Write> Onboarding<'_, W> {
    /// Makes all steps, from where an earlier run has stopped.
    pub async fn run(&mut self) -> Result<()> {
        let (customer, token) = self.token().await?;
        self.account(&customer, &token).await?;
        self.number(&customer).await?;
        self.verify(&customer).await?;
        self.subscribe(&customer).await?;
        self.override_callback(&customer).await?;
        self.register(&customer).await?;
        self.template(&customer).await
    }

    /// Step 1: a client with the customer's token.
    async fn token(&mut self) -> Result<(Client, Secret)> {
        if let Some(token) = self.token_file.read()? {
            self.say(1, "token", "kept by an earlier run")?;
            return Ok((self.app.with_access_token(&token)?, token));
        }
        loop {
            let Some(code) = self.operator.signup_code()? else {
                return Err(Stop::Needed("the code of a signup is needed".to_owned()));
            };
            self.ask("exchange the code for a token, which uses the code up")?;
            let file = self.token_file.open()?;
            let call = self.app.exchange_code().client_id(&self.settings.app_id);
            let call = call
                .client_secret(self.settings.app_secret.clone())
                .code(code);
            let call = match &self.settings.redirect_uri {
                Some(uri) => call.redirect_uri(uri),
                None => call,
            };
            match call.send().await {
                Ok(response) => {
                    let token = response.into_inner().access_token;
                    self.token_file.keep(file, &token)?;
                    self.say(1, "token", "exchanged and kept")?;
                    return Ok((self.app.with_access_token(&token)?, token));
                }
                // Expired, or used.
                Err(error) if matches!(error.subcode(), Some(36007 | 36009)) => {
                    self.recover(&error, "asking for the code of a new signup")?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Step 2: the only account that the token reaches, or the chosen one.
    async fn account(&mut self, customer: &Client, token: &Secret) -> Result<()> {
        let chosen = self.settings.waba_id.clone().or(self.state.waba_id.clone());
        let is_chosen = chosen.is_some();
        let ids = match chosen {
            Some(id) => BTreeSet::from([id]),
            None => self.candidates(token).await?,
        };
        let mut found = Vec::new();
        for id in ids {
            // A business has an id and a name too. Only an account has the second field.
            let call = customer.get_whatsapp_business_account().waba_id(&id);
            let call = call.fields([Field::Name, Field::MessageTemplateNamespace]);
            match call.send().await {
                Ok(account) => found.push((id, account.into_inner().name.unwrap_or_default())),
                Err(error) if !is_chosen && is_about_object(&error) => {
                    self.recover(&error, &format!("leaving out {id}"))?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.state.waba_id = Some(self.only(2, "account", found, "--waba-id")?);
        Ok(write_json(&self.state_path, &self.state)?)
    }

    /// Returns the ids in the description of the token. Their order changes, and so do the names of
    /// the scopes, so each of them is tried.
    async fn candidates(&mut self, token: &Secret) -> Result<BTreeSet<String>> {
        let call = self.app.debug_token().input_token(token.clone());
        let info = call.send().await?.into_inner().data;
        if info.is_valid != Some(true) {
            let reason = info
                .error
                .and_then(|error| error.message)
                .unwrap_or_default();
            return Err(Stop::Needed(format!(
                "Meta does not accept the token any more: {reason}\nwhat to do: delete the token file, \
                 and let the customer sign up again"
            )));
        }
        let scopes = info.granular_scopes.iter().flatten();
        let ids = scopes.flat_map(|scope| scope.target_ids.iter().flatten());
        Ok(ids.map(ToString::to_string).collect())
    }

    /// Step 3: the only number of the account, or the chosen one.
    async fn number(&mut self, customer: &Client) -> Result<()> {
        let chosen = &self.settings.phone_number_id;
        let chosen = chosen.clone().or(self.state.phone_number_id.clone());
        let mut numbers = customer
            .list_phone_numbers()
            .waba_id(self.waba_id())
            .items();
        let mut found = Vec::new();
        while let Some(number) = numbers.next().await {
            let number = number?;
            if chosen.as_deref().is_none_or(|id| id == &*number.id) {
                let name = number.display_phone_number.unwrap_or_default();
                found.push((number.id.to_string(), name));
            }
        }
        let id = self.only(3, "number", found, "--phone-number-id")?;
        self.state.phone_number_id = Some(id);
        Ok(write_json(&self.state_path, &self.state)?)
    }

    /// Step 4: verifies the number with a code.
    async fn verify(&mut self, customer: &Client) -> Result<()> {
        if is_verified(&self.read_number(customer).await?) {
            return self.say(4, "verification", "the number is verified");
        }
        self.ask("send a verification code to the number")?;
        let call = customer
            .request_verification_code()
            .phone_number_id(self.phone_number_id());
        let language = &self.settings.language;
        let call =
            call.body_map(|body| body.code_method(VerificationMethod::Sms).language(language));
        call.send().await?;
        let Some(code) = self.operator.verification_code()? else {
            return Err(Stop::Needed(
                "the code that the number received is needed".to_owned(),
            ));
        };
        self.ask("verify the number with the code")?;
        let call = customer
            .verify_phone_number()
            .phone_number_id(self.phone_number_id());
        if let Err(error) = call.body_map(|body| body.code(code)).send().await {
            // The response may be lost, and the code used.
            if !is_verified(&self.read_number(customer).await?) {
                return Err(error.into());
            }
            self.recover(&error, "the number is verified all the same")?;
        }
        self.say(4, "verification", "verified with a code")
    }

    /// Step 5: subscribes the app to the webhooks of the account.
    async fn subscribe(&mut self, customer: &Client) -> Result<()> {
        let text = match self.subscription(customer).await? {
            Some(_) => "the app is subscribed",
            None => {
                self.create_subscription(customer).await?;
                "subscribed the app"
            }
        };
        self.say(5, "webhooks", text)
    }

    /// Step 6: sends the webhooks of this account to a callback of its own.
    async fn override_callback(&mut self, customer: &Client) -> Result<()> {
        let Some((url, verify_token)) = self.settings.callback.clone() else {
            return self.say(
                6,
                "callback",
                "that of the app, because there is no --callback",
            );
        };
        let set = self
            .subscription(customer)
            .await?
            .and_then(|app| app.override_callback_uri);
        if set.as_deref() == Some(&url) {
            return self.say(6, "callback", &format!("{url} is set"));
        }
        self.ask(&format!("send the webhooks of the account to {url}"))?;
        let waba_id = self.waba_id();
        let set = || {
            let call = customer.create_subscribed_app().waba_id(&waba_id);
            let (url, token) = (url.clone(), verify_token.clone());
            call.body_map(|body| body.override_callback_uri(url).verify_token(token))
                .send()
        };
        if let Err(error) = set().await {
            // An override needs a subscription. Somebody may have removed it since the step before.
            if !error
                .message()
                .is_some_and(|message| message.contains("Before override"))
            {
                return Err(error.into());
            }
            self.recover(&error, "subscribing the app again")?;
            self.create_subscription(customer).await?;
            set().await?;
        }
        self.say(6, "callback", &format!("set to {url}"))
    }

    /// Returns the subscription of the app.
    async fn subscription(&self, customer: &Client) -> Result<Option<SubscribedApp>> {
        let app = &self.settings.app_id;
        Ok(find_subscription(customer, &self.waba_id(), app).await?)
    }

    async fn create_subscription(&mut self, customer: &Client) -> Result<()> {
        self.ask("subscribe the app to the webhooks of the account")?;
        customer
            .create_subscribed_app()
            .waba_id(self.waba_id())
            .send()
            .await?;
        Ok(())
    }

    /// Step 7: registers the number, once its display name is ready.
    async fn register(&mut self, customer: &Client) -> Result<()> {
        for _ in 0..self.settings.polls {
            let number = self.read_number(customer).await?;
            match number.name_status {
                _ if is_registered(&number) => {
                    return self.say(7, "registration", "the number is registered");
                }
                Some(DisplayNameStatus::Declined) => {
                    return Err(Stop::Needed(
                        "the display name was declined: choose another one in WhatsApp Manager"
                            .to_owned(),
                    ));
                }
                Some(DisplayNameStatus::PendingReview) => {
                    self.say(
                        7,
                        "registration",
                        "waiting for the review of the display name",
                    )?;
                }
                _ => self.try_to_register(customer).await?,
            }
            sleep(self.settings.poll).await;
        }
        Err(Stop::Waiting("the number is not registered yet".to_owned()))
    }

    async fn try_to_register(&mut self, customer: &Client) -> Result<()> {
        self.ask("register the number with the PIN")?;
        let call = customer
            .register_phone_number()
            .phone_number_id(self.phone_number_id());
        let pin = self.settings.pin.clone();
        match call.body_map(|body| body.pin(pin)).send().await {
            Ok(_) => Ok(()),
            Err(error) if error.subcode() == Some(2_388_001) => {
                self.recover(&error, "waiting, then looking at the number again")
            }
            Err(error) if error.may_have_taken_effect() => {
                self.recover(&error, "looking whether the number is registered")
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Step 8: a template that can be used.
    async fn template(&mut self, customer: &Client) -> Result<()> {
        let id = match self.find_template(customer).await? {
            Some(id) => id,
            None => self.create_template(customer).await?,
        };
        self.state.template_id = Some(id.clone());
        write_json(&self.state_path, &self.state)?;
        for _ in 0..self.settings.polls {
            let template = customer
                .get_message_template()
                .template_id(&id)
                .send()
                .await?;
            match &template.status {
                Some(MessageTemplateStatus::Approved) => {
                    return self.say(8, "template", &format!("{id} is approved"));
                }
                Some(MessageTemplateStatus::Rejected) => {
                    let reason = template.rejected_reason.as_ref();
                    let reason = reason.map(ToString::to_string).unwrap_or_default();
                    return Err(Stop::Needed(format!("the template was rejected: {reason}")));
                }
                _ => self.say(8, "template", "waiting for the review")?,
            }
            sleep(self.settings.poll).await;
        }
        Err(Stop::Waiting("the template is not approved yet".to_owned()))
    }

    async fn find_template(&self, customer: &Client) -> Result<Option<String>> {
        let Settings {
            template: name,
            language,
            ..
        } = &self.settings;
        let call = customer.list_message_templates().waba_id(self.waba_id());
        let mut templates = call.name(name).items();
        // The filter also finds longer names.
        while let Some(template) = templates.next().await {
            let template = template?;
            if template.name.as_ref() == Some(name) && template.language.as_ref() == Some(language)
            {
                return Ok(Some(template.id.to_string()));
            }
        }
        Ok(None)
    }

    async fn create_template(&mut self, customer: &Client) -> Result<String> {
        let Settings {
            template: name,
            language,
            ..
        } = &self.settings;
        let (name, language) = (name.clone(), language.clone());
        self.ask(&format!("create the template {name}"))?;
        let call = customer.create_message_template().waba_id(self.waba_id());
        let text = TemplateComponent::builder().type_(TemplateComponentType::Body);
        let text = text.text("Your order is ready.".to_owned()).build()?;
        let call = call.body_map(|body| {
            let body = body.name(name).language(language).components([text]);
            body.category(MessageTemplateCategory::Utility)
        });
        match call.send().await {
            Ok(template) => Ok(template.id.to_string()),
            Err(error) if error.may_have_taken_effect() => {
                match self.find_template(customer).await? {
                    Some(id) => {
                        self.recover(&error, "the template was created all the same")?;
                        Ok(id)
                    }
                    None => Err(error.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn read_number(&self, customer: &Client) -> Result<PhoneNumber> {
        let call = customer
            .get_phone_number()
            .phone_number_id(self.phone_number_id());
        let call = call.fields([
            PhoneNumberField::Status,
            PhoneNumberField::NameStatus,
            PhoneNumberField::CodeVerificationStatus,
            PhoneNumberField::PlatformType,
        ]);
        Ok(call.send().await?.into_inner())
    }

    fn waba_id(&self) -> String {
        self.state.waba_id.clone().unwrap_or_default()
    }

    fn phone_number_id(&self) -> String {
        self.state.phone_number_id.clone().unwrap_or_default()
    }

    /// Returns the id of the only object that was found.
    fn only(
        &mut self,
        step: u8,
        what: &str,
        found: Vec<(String, String)>,
        option: &str,
    ) -> Result<String> {
        match &found[..] {
            [(id, name)] => {
                self.say(step, what, &format!("{id} ({name})"))?;
                Ok(id.clone())
            }
            [] => Err(Stop::Needed(format!(
                "the token reaches no {what}; choose one with {option}, or let the customer sign up again"
            ))),
            several => {
                let several: Vec<_> = several
                    .iter()
                    .map(|(id, name)| format!("{id} ({name})"))
                    .collect();
                let several = several.join(", ");
                Err(Stop::Needed(format!(
                    "several are possible: {several}; choose one with {option}"
                )))
            }
        }
    }

    /// Stops the run unless the operator allows the write.
    fn ask(&mut self, write: &str) -> Result<()> {
        match self.operator.allows(write)? {
            true => Ok(()),
            false => Err(Stop::NotAllowed(write.to_owned())),
        }
    }

    fn say(&mut self, step: u8, what: &str, text: &str) -> Result<()> {
        let line = format_args!("{step}/8 {what}: {text}");
        Ok(self.output.line(line)?)
    }

    fn recover(&mut self, error: &Error, how: &str) -> Result<()> {
        let lines = format_args!("    {error}\n    → {how}");
        Ok(self.output.line(lines)?)
    }
}

fn is_verified(number: &PhoneNumber) -> bool {
    number.code_verification_status == Some(CodeVerificationStatus::Verified)
}

fn is_registered(number: &PhoneNumber) -> bool {
    number.platform_type == Some(PhoneNumberPlatform::CloudApi)
}

/// Returns whether the token is accepted, but the id is not that of an account which it reaches.
fn is_about_object(error: &Error) -> bool {
    let kinds = [
        ErrorKind::NotFound,
        ErrorKind::Permission,
        ErrorKind::InvalidRequest,
    ];
    kinds.contains(&error.kind())
}
