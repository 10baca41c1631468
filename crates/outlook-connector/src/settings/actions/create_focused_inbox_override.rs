//! `create_focused_inbox_override`

use connector_sdk::{Action, Context, Effect, Error, Fields, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{FocusedInboxOverride, InferenceClassification, KnownAddress, Mailbox};

/// Always show the messages of a sender in the same part of the inbox. An existing override for the sender is changed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "senderEmail": "diegos@contoso.example", "classifyAs": "focused" })]))]
pub struct CreateFocusedInboxOverride {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The address of the sender.
    sender_email: KnownAddress,
    /// The name of the sender.
    #[schemars(length(min = 1, max = 255))]
    sender_name: Option<String>,
    /// In which part of the inbox messages of this sender are shown.
    classify_as: InferenceClassification,
}

impl Action for CreateFocusedInboxOverride {
    type Output = Raw<FocusedInboxOverride>;
    const SPEC: Spec = Spec::new("create_focused_inbox_override", "Create focused inbox override", Effect::Create)
        .scopes(MAIL_WRITE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<FocusedInboxOverride>>> {
        if !self.sender_email.0.contains('@') {
            return Err(Error::invalid("/senderEmail", "must be an email address, such as adele@contoso.com"));
        }
        let sender = Fields::default().with("address", Some(self.sender_email.0)).with("name", self.sender_name);
        let body = json!({ "classifyAs": self.classify_as, "senderEmailAddress": sender });
        // For a sender that has one, Graph changes it, so twice is the same as once.
        Ok(self.mailbox.root(cx)?.post("/inferenceClassification/overrides").json(body).idempotent().raw())
    }
}
