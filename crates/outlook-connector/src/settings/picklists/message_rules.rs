//! `message_rules`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::SETTINGS_READ;
use crate::vocabulary::{Mailbox, MessageRule};

/// The rules of the inbox, by their names.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MessageRules {
    /// Whose rules.
    #[serde(flatten)]
    mailbox: Mailbox,
}

impl Picklist for MessageRules {
    const SPEC: Spec = Spec::new("message_rules", "Message rules", Effect::Read).scopes(SETTINGS_READ);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let list = self.mailbox.root(cx)?.get("/mailFolders/inbox/messageRules");
        Ok(list.choices_that(ask.from, move |rule: MessageRule| {
            Some(Choice::new(rule.id, rule.display_name.unwrap_or_default()))
                .filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
