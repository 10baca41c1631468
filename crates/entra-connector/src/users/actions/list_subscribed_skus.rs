//! `list_subscribed_skus`

use connector_sdk::{Action, Context, Effect, List, Paging, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::LICENSES_READ;
use crate::vocabulary::SubscribedSku;

/// List the licences that the tenant has, with the number that it has and the number that is assigned.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct ListSubscribedSkus {}

impl Action for ListSubscribedSkus {
    type Output = List<SubscribedSku>;
    const SPEC: Spec =
        Spec::new("list_subscribed_skus", "List subscribed licences", Effect::Read).scopes(LICENSES_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<SubscribedSku>>> {
        Ok(Request::get("/subscribedSkus").pages(Paging::default()))
    }
}
