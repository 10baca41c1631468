//! `update_service_principal`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Edit, Effect, Fields, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::APPLICATIONS_WRITE;
use crate::vocabulary::{ServicePrincipalId, Updated};

/// Change a service principal. Absent properties stay as they are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "servicePrincipal": "bf33bd13-d5fb-4e58-8a5f-e3a94105308d", "tags": ["HideApp"] })]))]
#[schemars(transform = rules::something_beside(&["servicePrincipal", "clearEmptyFields"]))]
pub struct UpdateServicePrincipal {
    /// The service principal.
    service_principal: ServicePrincipalId,
    /// Whether anybody can sign in to it.
    account_enabled: Option<bool>,
    /// Whether users need an assignment to sign in.
    app_role_assignment_required: Option<bool>,
    /// Its tags. The list is replaced as a whole; null empties it.
    #[serde(default)]
    #[schemars(length(max = 100))]
    tags: Edit<Vec<String>>,
    /// Notes for administrators; null clears them.
    #[serde(default)]
    #[schemars(length(max = 1024))]
    notes: Edit<String>,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
    /// Other properties of the service principal, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for UpdateServicePrincipal {
    type Output = Updated;
    const SPEC: Spec = Spec::new("update_service_principal", "Update service principal", Effect::Update)
        .scopes(APPLICATIONS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Updated>> {
        let fields = Fields::default()
            .with("accountEnabled", self.account_enabled)
            .with("appRoleAssignmentRequired", self.app_role_assignment_required)
            .edit("tags", self.tags.emptied())?
            .edit("notes", self.notes)?
            .and(self.additional_properties)
            .clear_empty(self.clear_empty_fields)
            .not_empty()?;
        let request = Request::patch("/servicePrincipals/{servicePrincipal}")
            .path_param("servicePrincipal", self.service_principal.0);
        Ok(request.json(fields).idempotent().accepted().map(|_| Updated { updated: true }))
    }
}
