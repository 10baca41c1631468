//! `get_message_rule`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SETTINGS_READ;
use crate::vocabulary::{Mailbox, MessageRule, RuleId};

/// Get one rule of the inbox.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "ruleId": "AQAAAAAHoSk=" })]))]
pub struct GetMessageRule {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The rule.
    rule_id: RuleId,
}

impl Action for GetMessageRule {
    type Output = Raw<MessageRule>;
    const SPEC: Spec = Spec::new("get_message_rule", "Get message rule", Effect::Read).scopes(SETTINGS_READ);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<MessageRule>>> {
        Ok(self
            .mailbox
            .root(cx)?
            .get("/mailFolders/inbox/messageRules/{rule}")
            .path_param("rule", self.rule_id.0)
            .raw())
    }
}
