//! `messages`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::MAIL_SEE;
use crate::vocabulary::{FolderId, Mailbox};

/// The newest messages of a folder, by subject and sender.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Messages {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The folder; the default is all of them.
    folder_id: Option<FolderId>,
}

impl Picklist for Messages {
    const SPEC: Spec = Spec::new("messages", "Messages", Effect::Read).scopes(MAIL_SEE);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        let root = self.mailbox.root(cx)?;
        let list = match self.folder_id {
            Some(folder) => root.get("/mailFolders/{folder}/messages").exchange_id("folder", folder.0),
            None => root.get("/messages"),
        };
        let list = list.query("$select", "id,subject,from,receivedDateTime").query("$top", 50);
        let list = match ask.search.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => list.query("$search", format!("\"subject:{}\"", text.replace(['"', '\\'], " "))),
            None => list.query("$orderby", "receivedDateTime desc"),
        };
        Ok(list.choices(ask.from, |item: Item| {
            let label = item.label();
            Choice::new(item.id, label)
        }))
    }
}

#[derive(Deserialize)]
struct Item {
    id: String,
    subject: Option<String>,
    from: Option<crate::vocabulary::Recipient>,
}

impl Item {
    fn label(&self) -> String {
        let subject = self.subject.as_deref().filter(|text| !text.is_empty()).unwrap_or("(no subject)");
        let sender = self
            .from
            .as_ref()
            .and_then(|from| from.email_address.name.as_deref().or(from.email_address.address.as_deref()));
        sender.map_or_else(|| subject.to_owned(), |sender| format!("{subject} – {sender}"))
    }
}
