//! `search_sites`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Request, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SITES_READ;
use crate::vocabulary::{SITE_FIELDS, Site};

/// Search for sites by words in their titles, descriptions and addresses. Without words it lists the sites that can be
/// read. Graph's index lags some minutes behind.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "query": "mark" }), json!({ "limit": 10 })]))]
pub struct SearchSites {
    /// The words; the default is all sites.
    #[schemars(length(min = 1, max = 400))]
    query: Option<String>,
    /// Which properties.
    #[serde(flatten)]
    select: Select,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for SearchSites {
    type Output = List<Site>;
    const SPEC: Spec = Spec::new("search_sites", "Search sites", Effect::Read).scopes(SITES_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<Site>>> {
        let words = self.query.unwrap_or_else(|| "*".to_owned());
        let sites = Request::get("/sites").query("search", words).query_opt("$select", self.select.names(SITE_FIELDS));
        Ok(sites.pages(self.pages.paging()?))
    }
}
