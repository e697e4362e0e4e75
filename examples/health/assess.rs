//! Decides what needs attention.

use waba::graph::types::{
    DisplayNameStatus, HealthEntity, HealthState, HealthStatus, PhoneNumber, PhoneNumberQuality,
    PhoneNumberStatus, WhatsAppBusinessAccount, WhatsAppBusinessAccountReviewStatus as Review,
    WhatsAppBusinessAccountVerificationStatus as Verification,
};

use crate::report::{Level, Note};

/// Returns what needs attention at an account. A field that is absent does not.
pub fn account(account: &WhatsAppBusinessAccount) -> Vec<Note> {
    let mut notes = Vec::new();
    if let Some(status) = &account.health_status {
        notes.extend(health(status));
    }
    match &account.account_review_status {
        None | Some(Review::Approved) => {}
        Some(review @ (Review::Rejected | Review::Restricted)) => {
            notes.push(Note::new(
                Level::Critical,
                format!("the review is {review}"),
            ));
        }
        Some(review) => notes.push(Note::new(Level::Warning, format!("the review is {review}"))),
    }
    match &account.business_verification_status {
        // An unverified business can send messages, within lower limits.
        None
        | Some(
            Verification::Verified
            | Verification::NotVerified
            | Verification::Unverified
            | Verification::Pending
            | Verification::PendingSubmission,
        ) => {}
        Some(verification) => {
            let text = format!("the verification of the business is {verification}");
            notes.push(Note::new(Level::Warning, text));
        }
    }
    notes
}

/// Returns what needs attention at a number.
pub fn number(number: &PhoneNumber) -> Vec<Note> {
    let name = number.display_phone_number.as_deref().unwrap_or(&number.id);
    let note = |level, text: String| Note::new(level, format!("number {name}: {text}"));
    let mut notes = Vec::new();
    match &number.status {
        None | Some(PhoneNumberStatus::Connected) => {}
        Some(
            status @ (PhoneNumberStatus::Banned
            | PhoneNumberStatus::Restricted
            | PhoneNumberStatus::Disconnected),
        ) => notes.push(note(Level::Critical, format!("the status is {status}"))),
        Some(status) => notes.push(note(Level::Warning, format!("the status is {status}"))),
    }
    if let Some(quality @ (PhoneNumberQuality::Red | PhoneNumberQuality::Yellow)) =
        &number.quality_rating
    {
        notes.push(note(Level::Warning, format!("the quality is {quality}")));
    }
    if let Some(status @ (DisplayNameStatus::Declined | DisplayNameStatus::Expired)) =
        &number.name_status
    {
        notes.push(note(Level::Warning, format!("the name is {status}")));
    }
    notes
}

fn health(status: &HealthStatus) -> Vec<Note> {
    let entities = status.entities.as_deref();
    match entities.filter(|entities| !entities.is_empty()) {
        // The state as a whole is also BLOCKED if only calls over SIP are blocked.
        Some(entities) => entities.iter().filter_map(entity).collect(),
        None => level(status.can_send_message.as_ref())
            .map(|(level, state)| Note::new(level, format!("sending messages is {state}")))
            .into_iter()
            .collect(),
    }
}

fn entity(entity: &HealthEntity) -> Option<Note> {
    let (level, state) = level(entity.can_send_message.as_ref())?;
    let mut text = format!("sending messages is {state}");
    if let Some(kind) = &entity.entity_type {
        text += &format!(" at the {}", kind.as_str().to_lowercase());
    }
    if let Some(id) = &entity.id {
        text += &format!(" {id}");
    }
    for info in entity.additional_info.iter().flatten() {
        text += &format!("; {info}");
    }
    for error in entity.errors.as_deref().into_iter().flatten() {
        text += "; ";
        if let Some(code) = error.error_code {
            text += &format!("{code}: ");
        }
        text += error
            .error_description
            .as_deref()
            .unwrap_or("no description");
        if let Some(solution) = &error.possible_solution {
            text += &format!(" Possible solution: {solution}");
        }
    }
    Some(Note::new(level, text))
}

/// Returns the level of a state, unless messages can be sent.
fn level(state: Option<&HealthState>) -> Option<(Level, &HealthState)> {
    let level = match state? {
        HealthState::Available => return None,
        HealthState::Blocked => Level::Critical,
        _ => Level::Warning,
    };
    Some((level, state?))
}
