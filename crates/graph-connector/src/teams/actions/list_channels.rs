//! `list_channels`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CHANNELS_SEE;
use crate::vocabulary::{ChannelInfo, TeamId, uncounted};

/// List the channels of a team that the caller can see.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "team": "fba318f2-9400-4cc8-879e-e1bb10c5b206" })]))]
pub struct ListChannels {
    /// The team.
    team: TeamId,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListChannels {
    type Output = List<ChannelInfo>;
    const SPEC: Spec = Spec::new("list_channels", "List channels", Effect::Read).scopes(CHANNELS_SEE).list();

    fn plan(self, _: &Context) -> Result<Plan<List<ChannelInfo>>> {
        Ok(Request::get("/teams/{team}/channels")
            .path_param("team", self.team.0)
            .pages(self.pages.paging()?)
            .map(uncounted))
    }
}
