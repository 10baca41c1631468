//! `create_message_rule`

use connector_sdk::{Action, Context, Effect, Fields, Plan, Raw, Result, ScopeCase, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::permissions::{MAIL_SEE, SETTINGS_WRITE};
use crate::vocabulary::{Mailbox, MessageRule, RuleActions, RuleConditions, sends_on};

/// Create a rule that Outlook applies to messages that arrive in the inbox. A rule that forwards or redirects sends
/// mail on without asking anybody.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({
    "displayName": "Invoices", "sequence": 2, "conditions": { "subjectContains": ["invoice"] },
    "actions": { "markImportance": "high", "assignCategories": ["Blue category"] }
})]))]
pub struct CreateMessageRule {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The name.
    #[schemars(length(min = 1, max = 255))]
    display_name: String,
    /// Its place among the rules, from 1.
    #[schemars(range(min = 1, max = 10000))]
    sequence: i32,
    /// Whether the rule is applied; the default is true.
    is_enabled: Option<bool>,
    /// Conditions that a message must meet, all of them; without conditions every message matches.
    conditions: Option<RuleConditions>,
    /// Actions on matching messages.
    actions: RuleActions,
    /// Exceptions: the rule is not applied to messages that match them.
    exceptions: Option<RuleConditions>,
}

impl Action for CreateMessageRule {
    type Output = Raw<MessageRule>;
    const SPEC: Spec = Spec::new("create_message_rule", "Create message rule", Effect::Create)
        .scopes(SETTINGS_WRITE)
        .cases(&[ScopeCase::besides("an action names a well-known folder", MAIL_SEE)])
        .bulk();

    fn effects(input: &Value) -> Vec<Effect> {
        if sends_on(input) { vec![Effect::Create, Effect::Send] } else { vec![Effect::Create] }
    }

    fn plan(self, cx: &Context) -> Result<Plan<Raw<MessageRule>>> {
        let root = self.mailbox.root(cx)?;
        let request = root.post("/mailFolders/inbox/messageRules");
        let fields = Fields::default()
            .with("displayName", Some(self.display_name))
            .with("sequence", Some(self.sequence))
            .with("isEnabled", self.is_enabled)
            .with("conditions", self.conditions.map(RuleConditions::written).transpose()?)
            .with("exceptions", self.exceptions.map(RuleConditions::written).transpose()?);
        Ok(self
            .actions
            .written(&root)?
            .and_then(move |actions| request.json(fields.with("actions", Some(actions))).raw()))
    }
}
