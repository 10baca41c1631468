//! `list_supported_languages`

use connector_sdk::{Action, Context, Effect, List, Paging, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SERVER_ASK;
use crate::vocabulary::{LocaleInfo, Mailbox};

/// List the languages that the server of a mailbox knows.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct ListSupportedLanguages {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
}

impl Action for ListSupportedLanguages {
    type Output = List<LocaleInfo>;
    const SPEC: Spec =
        Spec::new("list_supported_languages", "List supported languages", Effect::Read).scopes(SERVER_ASK).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<LocaleInfo>>> {
        Ok(self.mailbox.root(cx)?.get("/outlook/supportedLanguages").pages(Paging::default()))
    }
}
