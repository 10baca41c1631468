//! `list_channel_messages`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CHANNEL_MESSAGES_READ;
use crate::teams::threads;
use crate::vocabulary::{Channel, ChatMessage, TEAMS_PAGE, uncounted};

/// List the messages of a channel, those with the latest activity first. Graph can neither filter nor sort them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "team": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "channel": "19:f021ac88001b469f847e43f464489b43@thread.tacv2", "includeReplies": true, "limit": 10 })]))]
pub struct ListChannelMessages {
    /// Which channel.
    #[serde(flatten)]
    channel: Channel,
    /// Return the answers to each message too, as its `replies`: all of them, also where there are more than Graph
    /// returns with the message. Where the rest cannot be read, `replies@odata.nextLink` leads to it.
    #[serde(default)]
    include_replies: bool,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListChannelMessages {
    type Output = List<ChatMessage>;
    const SPEC: Spec =
        Spec::new("list_channel_messages", "List channel messages", Effect::Read).scopes(CHANNEL_MESSAGES_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<ChatMessage>>> {
        let list = self.channel.request(Method::GET, "/messages").query("$top", self.pages.page_size(TEAMS_PAGE));
        let listed = list
            .query_opt("$expand", self.include_replies.then_some("replies"))
            .pages(self.pages.paging()?)
            .map(uncounted);
        let channel = self.channel;
        Ok(if self.include_replies {
            listed.completing(move |messages| threads::with_all_replies(channel.clone(), messages))
        } else {
            listed
        })
    }
}
