//! `check_group_membership`

use connector_sdk::{Action, Context, Effect, Order, Page, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::MEMBERSHIPS_ASK;
use crate::vocabulary::{GroupId, UserId};

/// Find out which of some groups a user is in, directly or through other groups. There is no limit on the number: a
/// request carries 20.
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

fn take(ids: &mut Vec<String>, page: Page) -> Result<()> {
    page.items.iter().try_for_each(|id| id.read().map(|id| ids.push(id)))
}

// Reads the pages behind the first ones.
fn follow(mut following: Vec<Request>, ids: Vec<String>) -> Plan<Membership> {
    match following.pop() {
        None => Plan::done(Membership { ids }),
        Some(next) => next.fold_pages(ids, take).and_then(move |ids| follow(following, ids)),
    }
}

impl Action for CheckGroupMembership {
    type Output = Membership;
    const SPEC: Spec =
        Spec::new("check_group_membership", "Check group membership", Effect::Read).scopes(MEMBERSHIPS_ASK);

    fn plan(self, _: &Context) -> Result<Plan<Membership>> {
        let user = self.user.0;
        let ask = move |groups: &[GroupId]| {
            Request::post("/users/{user}/checkMemberGroups")
                .path_param("user", user.as_str())
                .json(json!({ "groupIds": groups }))
                .idempotent()
        };
        let further = ask(&[]).further();
        Ok(Plan::chunked(self.group_ids, PER_REQUEST, Order::Any, ask, move |answers| {
            let (mut ids, mut following) = (Vec::new(), Vec::new());
            for (_, answer) in answers {
                let page = answer.and_then(|response| Page::read(&response)).and_then(|mut page| {
                    following.extend(page.next.take().map(|next| further.at(next)));
                    take(&mut ids, page)
                });
                if let Err(error) = page {
                    return Plan::fail(error);
                }
            }
            follow(following, ids)
        }))
    }
}
