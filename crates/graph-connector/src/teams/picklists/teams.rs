//! `teams`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use entra_connector::vocabulary::UserId;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::TEAMS_SEE;
use crate::vocabulary::Team;

/// The teams that a user is a member of.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Teams {
    /// The user; the default is the signed-in user.
    user: Option<UserId>,
}

impl Picklist for Teams {
    const SPEC: Spec = Spec::new("teams", "Teams", Effect::Read).scopes(TEAMS_SEE);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let root = cx.person(self.user.as_ref().map(|user| user.0.as_str()), "user")?;
        Ok(root.get("/joinedTeams").choices_that(ask.from, move |team: Team| {
            let name = team.display_name.unwrap_or_else(|| team.id.clone());
            Some(Choice::new(team.id, name)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
