//! `update_focused_inbox_override`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{FocusedInboxOverride, InferenceClassification, Mailbox, OverrideId};

/// Change in which part of the inbox the messages of a sender are shown.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "overrideId": "048f6730-26cf-4ddf-864d-f809ad6a49f9", "classifyAs": "focused" })]))]
pub struct UpdateFocusedInboxOverride {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The override, by its id in `list_focused_inbox_overrides`.
    override_id: OverrideId,
    /// In which part of the inbox messages of this sender are shown.
    classify_as: InferenceClassification,
}

impl Action for UpdateFocusedInboxOverride {
    type Output = Raw<FocusedInboxOverride>;
    const SPEC: Spec = Spec::new("update_focused_inbox_override", "Update focused inbox override", Effect::Update)
        .scopes(MAIL_WRITE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<FocusedInboxOverride>>> {
        let request = self
            .mailbox
            .root(cx)?
            .patch("/inferenceClassification/overrides/{override}")
            .path_param("override", self.override_id.0);
        Ok(request.json(json!({ "classifyAs": self.classify_as })).idempotent().raw())
    }
}
