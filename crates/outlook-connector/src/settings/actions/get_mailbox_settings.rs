//! `get_mailbox_settings`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, SelectOfValue, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SETTINGS_READ;
use crate::vocabulary::{Mailbox, MailboxSettings};

/// Get the settings of a mailbox: time zone, language, formats, working hours, automatic replies.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct GetMailboxSettings {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// Which properties.
    #[serde(flatten)]
    select: SelectOfValue,
}

impl Action for GetMailboxSettings {
    type Output = Raw<MailboxSettings>;
    const SPEC: Spec = Spec::new("get_mailbox_settings", "Get mailbox settings", Effect::Read).scopes(SETTINGS_READ);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<MailboxSettings>>> {
        Ok(self.mailbox.root(cx)?.get("/mailboxSettings").query_opt("$select", self.select.names(&[])).raw())
    }
}
