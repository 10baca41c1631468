//! `check_group_membership`

use connector_sdk::{Action, Context, Effect, Order, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::MEMBERSHIPS_ASK;
use crate::vocabulary::{GroupId, UserId};

/// Find out which of some groups a user is in, directly or through other groups. Any number can be asked: they travel
/// 20 to a request.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "diegos@contoso.example", "groupIds": ["ba246e60-ae15-4db9-884e-5459b41d6f60", "fba318f2-9400-4cc8-879e-e1bb10c5b206"] })]))]
pub struct CheckGroupMembership {
    /// The user.
    user: UserId,
    /// The groups.
    #[schemars(length(min = 1, max = 10000))]
    group_ids: Vec<GroupId>,
}

/// How many groups one request may name; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/directoryobject-checkmembergroups
const PER_REQUEST: usize = 20;

/// The groups that the user is in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Membership {
    /// The ids of those among the groups.
    ids: Vec<String>,
}

#[derive(Deserialize)]
struct Found {
    value: Vec<String>,
}

impl Action for CheckGroupMembership {
    type Output = Membership;
    const SPEC: Spec =
        Spec::new("check_group_membership", "Check group membership", Effect::Read).scopes(MEMBERSHIPS_ASK);

    fn plan(self, _: &Context) -> Result<Plan<Membership>> {
        let user = self.user.0;
        let ask = move |groups: &[GroupId]| {
            Request::post("/users/{user}/checkMemberGroups")
                .with("user", user.as_str())
                .json(json!({ "groupIds": groups }))
                .repeatable()
        };
        Ok(Plan::chunked(self.group_ids, PER_REQUEST, Order::Any, ask, |answers| {
            let mut ids = Vec::new();
            for (_, answer) in answers {
                match answer.and_then(|response| response.read::<Found>()) {
                    Ok(found) => ids.extend(found.value),
                    Err(error) => return Plan::Fail(error),
                }
            }
            Plan::Done(Membership { ids })
        }))
    }
}
