//! `get_list`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SITES_READ;
use crate::vocabulary::{ListPlace, SiteList};

/// Get a list of a site, on request with its columns; its items are not included.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "site": "contoso.sharepoint.example:/sites/mark8", "list": "Parts", "expandColumns": true })]))]
pub struct GetList {
    /// Which list.
    #[serde(flatten)]
    place: ListPlace,
    /// Return its columns too: their names, titles and kinds.
    #[serde(default)]
    expand_columns: bool,
}

impl Action for GetList {
    type Output = Raw<SiteList>;
    const SPEC: Spec = Spec::new("get_list", "Get list", Effect::Read).scopes(SITES_READ);

    fn plan(self, _: &Context) -> Result<Plan<Raw<SiteList>>> {
        Ok(self.place.request(Method::GET, "").query_opt("$expand", self.expand_columns.then_some("columns")).raw())
    }
}
