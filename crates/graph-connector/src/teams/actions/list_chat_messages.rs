//! `list_chat_messages`

use connector_sdk::{Action, Context, Effect, Error, List, Pages, Plan, Query, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CHATS_READ;
use crate::vocabulary::{ChatId, ChatMessage, ChatMessageQuery, uncounted};

/// List the messages of a chat, the one that was changed last first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "chat": "19:40ba61905ee54709861c1de553a279d2@thread.v2", "limit": 20 }),
    json!({ "chat": "19:40ba61905ee54709861c1de553a279d2@thread.v2", "query": { "filter": "lastModifiedDateTime gt 2026-01-31T08:00:00Z" } })
]))]
pub struct ListChatMessages {
    /// The chat.
    chat: ChatId,
    /// OData query options. A filter is about `lastModifiedDateTime` (`gt`, `lt`) or `createdDateTime` (`lt`); it and
    /// the order, which is descending, are about the same of the two.
    query: Option<ChatMessageQuery>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

const TIMES: [&str; 2] = ["lastModifiedDateTime", "createdDateTime"];

impl Action for ListChatMessages {
    type Output = List<ChatMessage>;
    const SPEC: Spec = Spec::new("list_chat_messages", "List chat messages", Effect::Read).scopes(CHATS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<ChatMessage>>> {
        let mut query = ChatMessageQuery::of(self.query, &self.pages);
        order(&mut query)?;
        let list = Request::get("/chats/{chat}/messages").path_param("chat", self.chat.0);
        Ok(query.apply(list).pages(self.pages.paging()?).map(uncounted))
    }
}

// Graph passes over a filter that is about another property than the order, or that has no order, and
// returns everything.
fn order(query: &mut Query) -> Result<()> {
    let by = match query.orderby.as_deref().map(|order| order.split_whitespace().collect::<Vec<_>>()).as_deref() {
        None => None,
        Some([property, direction]) if TIMES.contains(property) && direction.eq_ignore_ascii_case("desc") => {
            Some((*property).to_owned())
        }
        Some(_) => {
            let message = "Graph sorts by `lastModifiedDateTime desc` or `createdDateTime desc` only";
            return Err(Error::invalid("/query/orderby", message));
        }
    };
    let Some(filter) = &query.filter else { return Ok(()) };
    let about: Vec<&str> = TIMES.into_iter().filter(|time| filter.contains(time)).collect();
    let [property] = about.as_slice() else {
        return Err(Error::invalid(
            "/query/filter",
            "Graph filters by `lastModifiedDateTime`, or by `createdDateTime`, and by nothing else",
        ));
    };
    if by.as_deref().is_some_and(|by| by != *property) {
        let message = format!(
            "the filter is about `{property}`, so the order must be `{property} desc`: Graph would ignore the filter"
        );
        return Err(Error::invalid("/query/orderby", message));
    }
    query.orderby = Some(format!("{property} desc"));
    Ok(())
}
