//! Compares templates of files with those of the account.

use waba::{
    List,
    graph::types::{
        MessageTemplateCategory as Category, NewMessageTemplate, TemplateButton,
        TemplateButtonType, TemplateComponent, TemplateComponentFormat as Format,
    },
};

/// Returns the properties in which the file differs from the account.
///
/// A property that the file does not have is not compared, so that short files written by hand work.
pub fn differences(file: &NewMessageTemplate, account: &NewMessageTemplate) -> Vec<&'static str> {
    fn differs<T: PartialEq>(file: &Option<T>, account: &Option<T>) -> bool {
        file.is_some() && file != account
    }
    let components = |template: &NewMessageTemplate| {
        let is_authentication = file.category == Category::Authentication;
        let components = template.components.as_ref();
        components.map(|components| comparable(components, is_authentication))
    };
    [
        ("category", file.category != account.category),
        (
            "sub_category",
            differs(&file.sub_category, &account.sub_category),
        ),
        (
            "parameter_format",
            differs(&file.parameter_format, &account.parameter_format),
        ),
        (
            "components",
            differs(&components(file), &components(account)),
        ),
        (
            "message_send_ttl_seconds",
            differs(
                &file.message_send_ttl_seconds,
                &account.message_send_ttl_seconds,
            ),
        ),
        (
            "cta_url_link_tracking_opted_out",
            differs(
                &file.cta_url_link_tracking_opted_out,
                &account.cta_url_link_tracking_opted_out,
            ),
        ),
        (
            "display_format",
            differs(&file.display_format, &account.display_format),
        ),
        (
            "is_primary_device_delivery_only",
            differs(
                &file.is_primary_device_delivery_only,
                &account.is_primary_device_delivery_only,
            ),
        ),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}

/// Returns the components without what Meta returns in another form than it accepts: the example of a
/// header with a file (a handle becomes a URL that changes), and Meta's own texts and the buttons of
/// authentication templates.
fn comparable(
    components: &List<TemplateComponent>,
    is_authentication: bool,
) -> List<TemplateComponent> {
    let mut components = components.clone();
    for component in components.iter_mut() {
        if has_file(component) {
            component.example = None;
        }
        if is_authentication {
            component.text = None;
            component.example = None;
            component.buttons = None;
        }
        for card in component
            .cards
            .iter_mut()
            .flat_map(|cards| cards.iter_mut())
        {
            let components = card.components.as_ref();
            card.components = components.map(|components| comparable(components, false));
        }
    }
    components
}

fn has_file(component: &TemplateComponent) -> bool {
    !matches!(
        component.format,
        None | Some(Format::Text | Format::Location)
    )
}

/// Returns why Meta would not accept a template that it returned in this form.
pub fn unacceptable(template: &NewMessageTemplate) -> Option<&'static str> {
    let components = template.components.as_deref()?;
    if template.category == Category::Authentication {
        let mut buttons = components
            .iter()
            .flat_map(|component| component.buttons.as_deref());
        let is_url = |button: &TemplateButton| button.type_ == TemplateButtonType::Url;
        if buttons.any(|buttons| buttons.iter().any(is_url)) {
            return Some(
                "Meta returns the button of an authentication template as `URL`, and accepts only \
                 `OTP`: write its `type` and `otp_type` into the file, and remove the text of the body",
            );
        }
    }
    components.iter().any(has_url_of_file).then_some(
        "Meta returns the file of a header as a URL, and accepts only a handle: upload the file, and \
         write its handle into `header_handle`",
    )
}

fn has_url_of_file(component: &TemplateComponent) -> bool {
    let cards = component.cards.as_deref().into_iter().flatten();
    let mut inner = cards.flat_map(|card| card.components.as_deref().into_iter().flatten());
    let example = component.example.as_ref();
    let handle = example.and_then(|example| example["header_handle"][0].as_str());
    handle.is_some_and(|handle| handle.starts_with("http")) || inner.any(has_url_of_file)
}
