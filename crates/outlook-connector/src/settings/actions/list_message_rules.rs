//! `list_message_rules`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SETTINGS_READ;
use crate::vocabulary::{Mailbox, MessageRule};

/// List the rules that Outlook applies to messages that arrive in the inbox, with their conditions and actions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct ListMessageRules {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListMessageRules {
    type Output = List<MessageRule>;
    const SPEC: Spec = Spec::new("list_message_rules", "List message rules", Effect::Read).scopes(SETTINGS_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<MessageRule>>> {
        Ok(self.mailbox.root(cx)?.get("/mailFolders/inbox/messageRules").pages(self.pages.paging()?))
    }
}
