//! `sites`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::SITES_READ;

/// The sites that can be read, by title. A site is nested under its parent where a page has both.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sites {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    name: Option<String>,
    display_name: Option<String>,
    web_url: Option<String>,
}

impl Picklist for Sites {
    const SPEC: Spec = Spec::new("sites", "Sites", Effect::Read).scopes(SITES_READ);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let words = ask
            .search
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| "*".to_owned());
        let sites = Request::get("/sites").query("search", words).query("$select", "id,name,displayName,webUrl");
        Ok(sites.choices_of(ask.from, tree))
    }
}

// Graph does not tell what is below what, but an address does.
fn tree(sites: Vec<Item>) -> Vec<Choice> {
    let above = |url: &str| {
        let is_above = |other: &&Item| {
            let rest = other.web_url.as_deref().and_then(|other| url.strip_prefix(other.trim_end_matches('/')));
            rest.is_some_and(|rest| rest.len() > 1 && rest.starts_with('/'))
        };
        let nearest = sites.iter().filter(is_above).max_by_key(|other| other.web_url.as_ref().map(String::len));
        nearest.map(|site| site.id.clone())
    };
    let choice = |site: &Item| {
        let label = site.display_name.as_ref().or(site.name.as_ref()).or(site.web_url.as_ref()).unwrap_or(&site.id);
        Choice::new(site.id.as_str(), label.as_str()).with_parent(site.web_url.as_deref().and_then(above))
    };
    sites.iter().map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_stands_under_the_nearest_one() {
        let site =
            |id: &str, url: &str| Item { id: id.into(), name: None, display_name: None, web_url: Some(url.into()) };
        let sites =
            [("1", "https://c"), ("2", "https://c/sites/a"), ("3", "https://c/sites/a/b"), ("4", "https://c/sites/ab")];
        let choices = tree(sites.into_iter().map(|(id, url)| site(id, url)).collect());
        let parents: Vec<Option<&str>> = choices.iter().map(|choice| choice.parent.as_deref()).collect();
        assert_eq!(parents, [None, Some("1"), Some("2"), Some("1")]);
        assert_eq!(choices[0].label, "https://c");
    }
}
