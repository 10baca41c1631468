//! `lists`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::SITES_READ;
use crate::vocabulary::SiteId;

/// The lists of a site, by title; system lists are left out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lists {
    /// The site: its id, `root`, or host and path such as `contoso.sharepoint.com:/sites/marketing`.
    site: SiteId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    name: Option<String>,
    display_name: Option<String>,
}

impl Picklist for Lists {
    const SPEC: Spec = Spec::new("lists", "Lists", Effect::Read).scopes(SITES_READ);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let lists = self.site.request(Method::GET, "/lists").query("$select", "id,name,displayName");
        Ok(lists.choices_that(ask.from, move |list: Item| {
            let label = list.display_name.or(list.name).unwrap_or_else(|| list.id.clone());
            Some(Choice::new(list.id, label)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
