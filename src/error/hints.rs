//! Advice for Graph's errors whose messages do not say what to do.

/// Returns the advice for an error of Graph, if it is one where callers often look for the wrong cause.
pub(crate) fn advice(
    code: Option<i64>,
    subcode: Option<i64>,
    message: Option<&str>,
) -> Option<&'static str> {
    match (code?, subcode) {
        (1, _) if message?.contains("validating client secret") => {
            Some("the app secret is wrong, or belongs to another app: check `client_secret`")
        }
        (101, _) => Some("there is no app with this id: check `client_id`"),
        (102 | 190, Some(subcode)) => credential(subcode),
        // The codes of an id that is unknown or invisible, and of an invalid parameter.
        (100, subcode) => message.and_then(parameter).or_else(|| object(subcode?)),
        (192, Some(subcode)) => template(subcode),
        (code, _) => registration(code),
    }
}

/// Returns why Meta no longer accepts a token.
fn credential(subcode: i64) -> Option<&'static str> {
    Some(match subcode {
        458 => {
            "the user has removed the app, so the token is no longer valid: ask the user to sign up again"
        }
        460 => "the token was revoked, because the user changed the password: get a new token",
        463 => "the token has expired: get a new token",
        464 => "the user is not confirmed: the user has to log in at Meta first",
        467 => "the token was revoked, or the user has logged out: get a new token",
        _ => return None,
    })
}

/// Returns the advice for code 100, which Meta uses for everything that is wrong with a request.
fn parameter(message: &str) -> Option<&'static str> {
    let mentions = |text: &str| message.contains(text);
    Some(if mentions("node type (Business)") {
        "the id belongs to a business: for a call about a WhatsApp Business Account, use an id that \
         `list_owned_whatsapp_business_accounts` or `list_client_whatsapp_business_accounts` returns"
    } else if mentions("node type (Application)") {
        "the id belongs to an app: for a call about a WhatsApp Business Account, use an id that \
         `list_owned_whatsapp_business_accounts` or `list_client_whatsapp_business_accounts` returns"
    } else if mentions("nonexisting field") {
        "the whole call failed because of this field: leave it out, or use a version of the API that \
         has it"
    } else if mentions("Before override") {
        "subscribe the app first: call `create_subscribed_app` without a body, then again with \
         `override_callback_uri`"
    } else {
        return None;
    })
}

/// Returns the advice for the subcode of an invalid parameter.
fn object(subcode: i64) -> Option<&'static str> {
    Some(match subcode {
        36_007 => "the code has expired: sign up again, and exchange the code within 30 seconds",
        36_008 => {
            "`redirect_uri` must be the one that the signup used: leave it out if the signup was a \
             popup of Meta's JavaScript SDK"
        }
        36_009 => {
            "a code can be exchanged once: use the token of the first exchange, or sign up again"
        }
        2_388_001 => {
            "the display name of the number is not ready, or the number is used in another WhatsApp \
             account: look at its `name_status` and `platform_type`"
        }
        _ => return template(subcode),
    })
}

/// Returns the advice for the codes of verifying and registering a phone number.
fn registration(code: i64) -> Option<&'static str> {
    Some(match code {
        133_000 => {
            "an earlier deregistration was not completed: call `deregister_phone_number` again"
        }
        133_005 => "the number has another PIN: use that PIN, or set a new one in WhatsApp Manager",
        133_006 => {
            "the verification has expired: call `request_verification_code` and \
             `verify_phone_number`, then register the number"
        }
        133_008 | 133_009 => "too many wrong PINs: wait as long as `Error::details` says",
        133_010 => "the number is not registered: call `register_phone_number`",
        133_015 => "the number was deregistered just now: wait five minutes",
        133_016 => {
            "a number can be registered and deregistered ten times in 72 hours: wait, and register it \
             only if `get_phone_number` shows that it is not registered"
        }
        _ => return None,
    })
}

fn template(subcode: i64) -> Option<&'static str> {
    Some(match subcode {
        2_388_023 => {
            "a template of this name and language exists, or was deleted in the last 30 days, which \
             blocks the name: use another name, or look the template up with `list_message_templates`"
        }
        2_388_024 => {
            "a template of this name and language exists: look it up with `list_message_templates`, and \
             change it with `update_message_template`"
        }
        _ => return None,
    })
}
