//! The events that 360dialog sends to a partner.

use serde_json::Value;

use crate::{
    Extra, Id,
    types::{object::object, open_enum::open_enum},
};

/// An event that 360dialog sends to the webhook URL of a partner; see [360dialog's page][page].
///
/// 360dialog shows the payloads of events as images only, so `data` is JSON.
///
/// [page]: https://docs.360dialog.com/partner/onboarding/webhook-events-and-setup/webhook-events-partner-and-messaging-api
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct PartnerEvent {
    /// The id of the event.
    pub id: Option<Id>,
    /// What happened.
    pub event: PartnerEventType,
    /// The object of the event, such as the new channel.
    pub data: Option<Value>,
    /// The other properties, and values of unexpected types.
    #[cfg_attr(feature = "schemars", schemars(flatten))]
    pub extra: Extra,
}

object! {
    PartnerEvent {
        required { 0 event: Required = "event", }
        optional { 1 id: Optional = "id", 2 data: Optional = "data", }
    }
}

open_enum! {
    /// What happened to a client or a channel of a partner.
    pub enum PartnerEventType {
        ClientCreated = "client_created",
        ChannelCreated = "channel_created",
        ChannelSubmitted = "channel_submitted",
        ChannelReady = "channel_ready",
        ChannelRunning = "channel_running",
        ChannelLive = "channel_live",
        AccountViolation = "account_violation",
        AccountRestriction = "account_restriction",
        CancellationRequest = "cancellation_request",
        CancellationRevoke = "cancellation_revoke",
        CancellationProcessed = "cancellation_processed",
        TemplateMessagingEnabled = "template_messaging_enabled",
        TemplateMessagingDisabled = "template_messaging_disabled",
        WabaTemplateStatusChanged = "wabaTemplateStatusChanged",
    }
}
