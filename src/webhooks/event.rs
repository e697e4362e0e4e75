//! The changes in a notification from Meta.

use serde::Deserialize;
use serde_json::Value;

use super::{
    AccountReviewUpdate, AccountUpdate, BusinessCapabilityUpdate, MessageTemplateQualityUpdate,
    MessageTemplateStatusUpdate, Notification, PhoneNumberNameUpdate, PhoneNumberQualityUpdate,
    TemplateCategoryUpdate,
};
use crate::Id;

/// A change in a [`Notification`], and the entry that contains it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Change<'n> {
    /// The id of the entry. It is the id of the account, with the exception that
    /// [`account_id`](Self::account_id) handles.
    pub entry_id: Option<&'n Id>,
    /// The time when the webhook was triggered, in seconds since 1970 (UTC).
    pub time: Option<i64>,
    /// The name of the webhook field, such as `account_update`.
    pub field: Option<&'n str>,
    /// What changed.
    pub event: Event,
}

impl Change<'_> {
    /// Returns the id of the account that changed.
    ///
    /// It is the id of the entry, except in an `account_update` that names the account itself: in the
    /// `PARTNER_…` events, the entry has the id of your business portfolio.
    pub fn account_id(&self) -> Option<&Id> {
        let named = match &self.event {
            Event::AccountUpdate(update) => update.waba_info.as_ref(),
            _ => None,
        };
        named
            .and_then(|account| account.waba_id.as_ref())
            .or(self.entry_id)
    }
}

impl Notification {
    /// Returns the changes of all entries, in their order.
    ///
    /// ```
    /// # let body = r#"{"entry": [{"id": "102290129340398", "time": 1739321024, "changes": [
    /// #     {"field": "account_review_update", "value": {"decision": "APPROVED"}}]}]}"#;
    /// # let notification: waba::webhooks::Notification = serde_json::from_str(body)?;
    /// use waba::{graph::types::AccountReviewDecision, webhooks::Event};
    ///
    /// for change in notification.changes() {
    ///     match &change.event {
    ///         Event::AccountReviewUpdate(review)
    ///             if review.decision == Some(AccountReviewDecision::Approved) =>
    ///         {
    ///             println!("{:?} can be used", change.account_id());
    ///         }
    ///         Event::Unknown(value) => println!("{:?}: {value}", change.field),
    ///         other => println!("{other:?}"),
    ///     }
    /// }
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn changes(&self) -> impl Iterator<Item = Change<'_>> {
        self.entry.iter().flat_map(|entry| {
            let changes = entry.changes.iter().flat_map(|changes| changes.iter());
            changes.map(|change| Change {
                entry_id: entry.id.as_ref(),
                time: entry.time,
                field: change.field.as_deref(),
                event: Event::decode(change.field.as_deref(), change.value.as_ref()),
            })
        })
    }
}

/// Defines [`Event`] from the fields with a type.
macro_rules! events {
    ($($field:literal => $name:ident,)*) => {
        /// What changed: the value of a change, by its field.
        ///
        /// The values accept unknown properties and values, and are serialized as they were received.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Event {
            $(#[doc = concat!("`", $field, "`")] $name(Box<$name>),)*
            /// The value of another field, of a change without a field, or a value that is not an object.
            Unknown(Value),
        }

        impl Event {
            /// The fields with a variant. Subscribe the app to them in its settings.
            pub const FIELDS: &'static [&'static str] = &[$($field),*];

            fn decode(field: Option<&str>, value: Option<&Value>) -> Self {
                let value = value.unwrap_or(&Value::Null);
                let decoded = match field {
                    $(Some($field) => $name::deserialize(value).map(Box::new).map(Self::$name).ok(),)*
                    _ => None,
                };
                decoded.unwrap_or_else(|| Self::Unknown(value.clone()))
            }
        }
    };
}

events! {
    "account_update" => AccountUpdate,
    "account_review_update" => AccountReviewUpdate,
    "phone_number_quality_update" => PhoneNumberQualityUpdate,
    "phone_number_name_update" => PhoneNumberNameUpdate,
    "message_template_status_update" => MessageTemplateStatusUpdate,
    "message_template_quality_update" => MessageTemplateQualityUpdate,
    "template_category_update" => TemplateCategoryUpdate,
    "business_capability_update" => BusinessCapabilityUpdate,
}
