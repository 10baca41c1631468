//! `chats`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use entra_connector::vocabulary::UserId;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::permissions::CHATS_SEE;
use crate::vocabulary::{Chat, TEAMS_PAGE};

/// The chats that a user takes part in, by topic, or by the names of who takes part.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chats {
    /// The user; the default is the signed-in user.
    user: Option<UserId>,
}

impl Picklist for Chats {
    const SPEC: Spec = Spec::new("chats", "Chats", Effect::Read).scopes(CHATS_SEE);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let root = cx.person(self.user.as_ref().map(|user| user.0.as_str()), "user")?;
        let list = root.get("/chats").query("$expand", "members").query("$top", TEAMS_PAGE);
        Ok(list.choices_that(ask.from, move |chat: Chat| {
            let label = label(&chat);
            Some(Choice::new(chat.id, label)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}

fn label(chat: &Chat) -> String {
    let names = || {
        let members =
            chat.members.iter().flatten().filter_map(|member| member.get("displayName").and_then(Value::as_str));
        Some(members.collect::<Vec<_>>().join(", ")).filter(|names| !names.is_empty())
    };
    chat.topic.clone().or_else(names).unwrap_or_else(|| chat.id.clone())
}
