//! `list_group_threads`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Request, Result, Spec};
use entra_connector::vocabulary::GroupId;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::GROUP_THREADS_READ;
use crate::vocabulary::ConversationThread;

/// List the threads of a group's conversations.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206" })]))]
pub struct ListGroupThreads {
    /// The group: one of Microsoft 365, as others have no conversations.
    group: GroupId,
    /// OData query options.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListGroupThreads {
    type Output = List<ConversationThread>;
    const SPEC: Spec =
        Spec::new("list_group_threads", "List group threads", Effect::Read).scopes(GROUP_THREADS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<ConversationThread>>> {
        let threads = Request::get("/groups/{group}/threads").path_param("group", self.group.0);
        Ok(self.query.unwrap_or_default().apply(threads).pages(self.pages.paging()?))
    }
}
