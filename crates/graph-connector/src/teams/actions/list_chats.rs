//! `list_chats`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Spec};
use entra_connector::vocabulary::UserId;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CHATS_SEE;
use crate::vocabulary::{Chat, ChatQuery, uncounted};

/// List the chats that a user takes part in. `query.expand` takes `members` and `lastMessagePreview`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "query": { "expand": ["members"], "filter": "chatType eq 'group'" } })]))]
pub struct ListChats {
    /// The user; the default is the signed-in user. Only an app can list the chats of somebody else.
    user: Option<UserId>,
    /// OData query options. The only order is `lastMessagePreview/createdDateTime desc`.
    query: Option<ChatQuery>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListChats {
    type Output = List<Chat>;
    const SPEC: Spec = Spec::new("list_chats", "List chats", Effect::Read).scopes(CHATS_SEE).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Chat>>> {
        let query = ChatQuery::of(self.query, &self.pages);
        let root = cx.person(self.user.as_ref().map(|user| user.0.as_str()), "user")?;
        Ok(query.apply(root.get("/chats")).pages(self.pages.paging()?).map(uncounted))
    }
}
