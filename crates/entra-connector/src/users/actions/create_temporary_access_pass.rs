//! `create_temporary_access_pass`

use connector_sdk::{Action, Context, Effect, Fields, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::PASSES_CREATE;
use crate::vocabulary::{TemporaryAccessPass, UserId};

/// Create a pass with which a user signs in for a while, such as to set up other methods. It is shown this once. The
/// tenant must allow such passes, and a user has at most one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "alexw@contoso.example", "lifetimeMinutes": 60, "isUsableOnce": true })]))]
pub struct CreateTemporaryAccessPass {
    /// The user.
    user: UserId,
    /// Time for which it is valid, in minutes. The default is the tenant's.
    #[schemars(range(min = 10, max = 43200))]
    lifetime_minutes: Option<u32>,
    /// Whether it can be used once only.
    is_usable_once: Option<bool>,
    /// From when it is valid, as RFC 3339; the default is now.
    #[schemars(extend("format" = "date-time"))]
    start: Option<String>,
}

impl Action for CreateTemporaryAccessPass {
    type Output = Raw<TemporaryAccessPass>;
    const SPEC: Spec = Spec::new("create_temporary_access_pass", "Create temporary access pass", Effect::Create)
        .scopes(PASSES_CREATE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<TemporaryAccessPass>>> {
        let fields = Fields::default()
            .with("lifetimeInMinutes", self.lifetime_minutes)
            .with("isUsableOnce", self.is_usable_once)
            .with("startDateTime", self.start);
        let request =
            Request::post("/users/{user}/authentication/temporaryAccessPassMethods").path_param("user", self.user.0);
        Ok(request.json(fields).sensitive().raw())
    }
}
