//! `list_subsites`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Select, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SITES_READ;
use crate::vocabulary::{SITE_FIELDS, Site, SiteId};

/// List the sites directly below a site.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "site": "contoso.sharepoint.example:/sites/mark8" })]))]
pub struct ListSubsites {
    /// The site: its id, `root`, or host and path such as `contoso.sharepoint.com:/sites/marketing`.
    site: SiteId,
    /// Which properties.
    #[serde(flatten)]
    select: Select,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListSubsites {
    type Output = List<Site>;
    const SPEC: Spec = Spec::new("list_subsites", "List subsites", Effect::Read).scopes(SITES_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<Site>>> {
        let sites = self.site.request(Method::GET, "/sites").query_opt("$select", self.select.names(SITE_FIELDS));
        Ok(sites.pages(self.pages.paging()?))
    }
}
