//! `category_ids`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::SETTINGS_READ;
use crate::vocabulary::Mailbox;

/// The categories of a mailbox, by their ids.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CategoryIds {
    /// Whose categories.
    #[serde(flatten)]
    mailbox: Mailbox,
}

impl Picklist for CategoryIds {
    const SPEC: Spec = Spec::new("category_ids", "Categories by id", Effect::Read).scopes(SETTINGS_READ);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Category {
            id: String,
            display_name: Option<String>,
        }
        let search = ask.search;
        let list = self.mailbox.root(cx)?.get("/outlook/masterCategories").query("$top", 100);
        Ok(list.choices_that(ask.from, move |category: Category| {
            let name = category.display_name.unwrap_or_else(|| category.id.clone());
            Some(Choice::new(category.id, name)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
