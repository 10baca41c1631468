//! `update_message_rule`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Edit, Effect, Fields, Plan, Raw, Result, ScopeCase, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::permissions::{MAIL_SEE, SETTINGS_WRITE};
use crate::vocabulary::{Mailbox, MessageRule, RuleActions, RuleConditions, RuleId, sends_on};

/// Change a rule of the inbox. Absent properties stay as they are; conditions, actions and exceptions are replaced as a
/// whole, and null removes conditions or exceptions. A rule that forwards or redirects sends mail on without asking
/// anybody.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "ruleId": "AQAAAAAHoSk=", "isEnabled": false })]))]
#[schemars(transform = rules::something_beside(&["mailbox", "immutableIds", "ruleId", "clearEmptyFields"]))]
pub struct UpdateMessageRule {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The rule.
    rule_id: RuleId,
    /// The name.
    #[schemars(length(min = 1, max = 255))]
    display_name: Option<String>,
    /// Its place among the rules, from 1.
    #[schemars(range(min = 1, max = 10000))]
    sequence: Option<i32>,
    /// Whether it is applied.
    is_enabled: Option<bool>,
    /// Conditions that a message must meet, all of them.
    #[serde(default)]
    conditions: Edit<RuleConditions>,
    /// Actions on matching messages.
    actions: Option<RuleActions>,
    /// Exceptions: the rule is not applied to messages that match them.
    #[serde(default)]
    exceptions: Edit<RuleConditions>,
    /// Treat empty `conditions` and `exceptions` as null, so that they clear.
    #[serde(default)]
    clear_empty_fields: bool,
}

impl Action for UpdateMessageRule {
    type Output = Raw<MessageRule>;
    const SPEC: Spec = Spec::new("update_message_rule", "Update message rule", Effect::Update)
        .scopes(SETTINGS_WRITE)
        .cases(&[ScopeCase::besides("an action names a well-known folder", MAIL_SEE)])
        .bulk();

    fn effects(input: &Value) -> Vec<Effect> {
        if sends_on(input) { vec![Effect::Update, Effect::Send] } else { vec![Effect::Update] }
    }

    fn plan(self, cx: &Context) -> Result<Plan<Raw<MessageRule>>> {
        let root = self.mailbox.root(cx)?;
        let request =
            root.patch("/mailFolders/inbox/messageRules/{rule}").path_param("rule", self.rule_id.0).idempotent();
        let clear = self.clear_empty_fields;
        let cleared = |conditions: Edit<RuleConditions>| match conditions {
            Edit::Set(conditions) if clear && conditions.is_empty() => Edit::Clear,
            other => other,
        };
        let fields = Fields::default()
            .with("displayName", self.display_name)
            .with("sequence", self.sequence)
            .with("isEnabled", self.is_enabled)
            .edit("conditions", cleared(self.conditions).try_map(RuleConditions::written)?)?
            .edit("exceptions", cleared(self.exceptions).try_map(RuleConditions::written)?)?;
        match self.actions {
            None => Ok(request.json(fields.not_empty()?).raw()),
            Some(actions) => Ok(actions
                .written(&root)?
                .and_then(move |actions| request.json(fields.with("actions", Some(actions))).raw())),
        }
    }
}
