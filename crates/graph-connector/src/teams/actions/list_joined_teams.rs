//! `list_joined_teams`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Spec};
use entra_connector::vocabulary::UserId;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::TEAMS_SEE;
use crate::vocabulary::{Team, uncounted};

/// List the teams that a user is a member of. Graph returns their ids, names and descriptions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct ListJoinedTeams {
    /// The user; the default is the signed-in user. Only an app can list the teams of somebody else.
    user: Option<UserId>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListJoinedTeams {
    type Output = List<Team>;
    const SPEC: Spec = Spec::new("list_joined_teams", "List joined teams", Effect::Read).scopes(TEAMS_SEE).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Team>>> {
        let root = cx.person(self.user.as_ref().map(|user| user.0.as_str()), "user")?;
        Ok(root.get("/joinedTeams").pages(self.pages.paging()?).map(uncounted))
    }
}
