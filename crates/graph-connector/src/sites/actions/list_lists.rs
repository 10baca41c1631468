//! `list_lists`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SITES_READ;
use crate::vocabulary::{LIST_FIELDS, SiteId, SiteList};

/// List the lists of a site, document libraries among them. System lists are returned only on request.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "site": "contoso.sharepoint.example:/sites/mark8" }), json!({ "site": "root", "includeHidden": true })]))]
pub struct ListLists {
    /// The site: its id, `root`, or host and path such as `contoso.sharepoint.com:/sites/marketing`.
    site: SiteId,
    /// Return system lists too; they have the property `system`.
    #[serde(default)]
    include_hidden: bool,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListLists {
    type Output = List<SiteList>;
    const SPEC: Spec = Spec::new("list_lists", "List lists", Effect::Read).scopes(SITES_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<SiteList>>> {
        // Graph leaves the system's lists out unless `system` is selected.
        let all = self.include_hidden.then(|| format!("{},system", LIST_FIELDS.join(",")));
        Ok(self.site.request(Method::GET, "/lists").query_opt("$select", all).pages(self.pages.paging()?))
    }
}
