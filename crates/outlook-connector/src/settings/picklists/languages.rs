//! `languages`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::SERVER_ASK;
use crate::vocabulary::{LocaleInfo, Mailbox};

/// The languages that the mailbox's server knows.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Languages {
    /// Whose server.
    #[serde(flatten)]
    mailbox: Mailbox,
}

impl Picklist for Languages {
    const SPEC: Spec = Spec::new("languages", "Languages", Effect::Read).scopes(SERVER_ASK);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let list = self.mailbox.root(cx)?.get("/outlook/supportedLanguages");
        Ok(list.choices_that(ask.from, move |language: LocaleInfo| {
            let locale = language.locale?;
            Some(Choice::new(locale.clone(), language.display_name.unwrap_or(locale)))
                .filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
