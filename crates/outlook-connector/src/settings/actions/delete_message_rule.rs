//! `delete_message_rule`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SETTINGS_WRITE;
use crate::vocabulary::{Mailbox, RuleId};

/// Delete a rule of the inbox.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "ruleId": "AQAAAAAHoSk=" })]))]
pub struct DeleteMessageRule {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The rule.
    rule_id: RuleId,
}

impl Action for DeleteMessageRule {
    type Output = Deleted;
    const SPEC: Spec =
        Spec::new("delete_message_rule", "Delete message rule", Effect::Delete).scopes(SETTINGS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        Ok(self
            .mailbox
            .root(cx)?
            .delete("/mailFolders/inbox/messageRules/{rule}")
            .path_param("rule", self.rule_id.0)
            .deleted())
    }
}
