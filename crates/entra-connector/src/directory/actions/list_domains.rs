//! `list_domains`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::DOMAINS_READ;
use crate::vocabulary::Domain;

/// List the domains of the tenant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct ListDomains {
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListDomains {
    type Output = List<Domain>;
    const SPEC: Spec = Spec::new("list_domains", "List domains", Effect::Read).scopes(DOMAINS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<Domain>>> {
        advanced::list_small(Request::get("/domains"), None, &self.pages)
    }
}
