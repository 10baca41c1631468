//! `channels`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::CHANNELS_SEE;
use crate::vocabulary::{ChannelInfo, TeamId};

/// The channels of a team.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// The team.
    team: TeamId,
}

impl Picklist for Channels {
    const SPEC: Spec = Spec::new("channels", "Channels", Effect::Read).scopes(CHANNELS_SEE);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let list =
            Request::get("/teams/{team}/channels").path_param("team", self.team.0).query("$select", "id,displayName");
        Ok(list.choices_that(ask.from, move |channel: ChannelInfo| {
            let name = channel.display_name.unwrap_or_else(|| channel.id.clone());
            Some(Choice::new(channel.id, name)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
