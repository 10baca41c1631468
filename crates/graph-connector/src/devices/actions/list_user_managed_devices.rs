//! `list_user_managed_devices`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Spec};
use entra_connector::vocabulary::UserId;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MANAGED_DEVICES_READ;
use crate::vocabulary::ManagedDevice;

/// List the devices of a user that Intune manages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "adelev@contoso.example" })]))]
pub struct ListUserManagedDevices {
    /// The user.
    user: UserId,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListUserManagedDevices {
    type Output = List<ManagedDevice>;
    const SPEC: Spec = Spec::new("list_user_managed_devices", "List managed devices of user", Effect::Read)
        .scopes(MANAGED_DEVICES_READ)
        .list();

    fn plan(self, cx: &Context) -> Result<Plan<List<ManagedDevice>>> {
        Ok(cx.person(Some(&self.user.0), "user")?.get("/managedDevices").pages(self.pages.paging()?))
    }
}
