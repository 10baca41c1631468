//! `get_site`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Select, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SITES_READ;
use crate::vocabulary::{SITE_FIELDS, Site, SiteId};

/// Get a site, by its id or by its path.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "site": "root" }), json!({ "site": "contoso.sharepoint.example:/sites/mark8" })]))]
pub struct GetSite {
    /// The site: its id, `root`, or host and path such as `contoso.sharepoint.com:/sites/marketing`.
    site: SiteId,
    /// Which properties.
    #[serde(flatten)]
    select: Select,
}

impl Action for GetSite {
    type Output = Raw<Site>;
    const SPEC: Spec = Spec::new("get_site", "Get site", Effect::Read).scopes(SITES_READ).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<Site>>> {
        Ok(self.site.request(Method::GET, "").query_opt("$select", self.select.names(SITE_FIELDS)).raw())
    }
}
