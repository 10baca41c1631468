//! `get_exchange_settings`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use entra_connector::vocabulary::UserId;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::EXCHANGE_SETTINGS;
use crate::vocabulary::ExchangeSettings;

/// Get the id of a user's mailbox, which the actions on Exchange folders and items need.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({}), json!({ "user": "meganb@contoso.example" })]))]
pub struct GetExchangeSettings {
    /// The user; the default is the signed-in user.
    user: Option<UserId>,
}

impl Action for GetExchangeSettings {
    type Output = Raw<ExchangeSettings>;
    const SPEC: Spec =
        Spec::new("get_exchange_settings", "Get Exchange settings", Effect::Read).scopes(EXCHANGE_SETTINGS);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<ExchangeSettings>>> {
        Ok(cx.person(self.user.as_ref().map(|user| user.0.as_str()), "user")?.get("/settings/exchange").raw())
    }
}
