//! `categories`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::SETTINGS_READ;
use crate::vocabulary::Mailbox;

/// The categories of a mailbox, by their names.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Categories {
    /// Whose categories.
    #[serde(flatten)]
    mailbox: Mailbox,
}

impl Picklist for Categories {
    const SPEC: Spec = Spec::new("categories", "Categories", Effect::Read).scopes(SETTINGS_READ);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Category {
            display_name: Option<String>,
        }
        let search = ask.search;
        let list = self.mailbox.root(cx)?.get("/outlook/masterCategories").query("$top", 100);
        Ok(list.choices_that(ask.from, move |category: Category| {
            let name = category.display_name?;
            Some(Choice::new(name.clone(), name)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
