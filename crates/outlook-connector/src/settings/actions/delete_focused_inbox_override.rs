//! `delete_focused_inbox_override`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{Mailbox, OverrideId};

/// Let Outlook decide again where the messages of a sender are shown.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "overrideId": "048f6730-26cf-4ddf-864d-f809ad6a49f9" })]))]
pub struct DeleteFocusedInboxOverride {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The override, by its id in `list_focused_inbox_overrides`.
    override_id: OverrideId,
}

impl Action for DeleteFocusedInboxOverride {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_focused_inbox_override", "Delete focused inbox override", Effect::Delete)
        .scopes(MAIL_WRITE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        Ok(self
            .mailbox
            .root(cx)?
            .delete("/inferenceClassification/overrides/{override}")
            .path_param("override", self.override_id.0)
            .deleted())
    }
}
