//! `list_focused_inbox_overrides`

use connector_sdk::{Action, Context, Effect, List, Paging, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_READ;
use crate::vocabulary::{FocusedInboxOverride, Mailbox};

/// List the senders whose messages are always shown in the same part of the inbox.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct ListFocusedInboxOverrides {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
}

impl Action for ListFocusedInboxOverrides {
    type Output = List<FocusedInboxOverride>;
    const SPEC: Spec = Spec::new("list_focused_inbox_overrides", "List focused inbox overrides", Effect::Read)
        .scopes(MAIL_READ)
        .list();

    fn plan(self, cx: &Context) -> Result<Plan<List<FocusedInboxOverride>>> {
        Ok(self.mailbox.root(cx)?.get("/inferenceClassification/overrides").pages(Paging::default()))
    }
}
