//! `create_subscription`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Plan, Raw, Result, ScopeCase, Spec};
use graph_raw::permissions::{WATCH_GROUPS, WATCH_USERS};
use graph_raw::subscriptions::{self, Subscription, Wanted};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::references;
use crate::vocabulary::{GroupId, UserId};

/// Subscribe to changes of users and groups: Graph calls an address when something happens. It needs the permission to
/// read them. A subscription expires after 29 days at most and has to be renewed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "resource": "groupMembers", "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "changeTypes": ["updated"], "notificationUrl": "https://hooks.contoso.example/graph" })]))]
#[schemars(transform = rules::only_with(&["user", "resource=user"]))]
#[schemars(transform = rules::needed_with(&["user", "resource=user"]))]
#[schemars(transform = rules::only_with(&["group", "resource=group", "resource=groupMembers", "resource=groupOwners"]))]
#[schemars(transform = rules::needed_with(&["group", "resource=group", "resource=groupMembers", "resource=groupOwners"]))]
pub struct CreateSubscription {
    /// Resource to watch.
    resource: Resource,
    /// The user, for the resource `user`.
    user: Option<UserId>,
    /// The group, for the resources `group`, `groupMembers` and `groupOwners`.
    group: Option<GroupId>,
    /// How.
    #[serde(flatten)]
    wanted: Wanted,
}

/// Resource to watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum Resource {
    /// All users.
    Users,
    /// All groups.
    Groups,
    /// One user.
    User,
    /// One group.
    Group,
    /// The members of a group.
    GroupMembers,
    /// The owners of a group.
    GroupOwners,
}

impl Action for CreateSubscription {
    type Output = Raw<Subscription>;
    const SPEC: Spec = Spec::new("create_subscription", "Create subscription", Effect::Create).by_input().cases(&[
        ScopeCase::instead("`resource` is `users` or `user`", WATCH_USERS),
        ScopeCase::instead("`resource` is `groups`, `group`, `groupMembers` or `groupOwners`", WATCH_GROUPS),
    ]);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Subscription>>> {
        let resource = match (self.resource, self.user, self.group) {
            (Resource::Users, None, None) => "users".to_owned(),
            (Resource::Groups, None, None) => "groups".to_owned(),
            (Resource::User, Some(user), None) => references::address("users", &user.0, "user")?,
            (Resource::Group, None, Some(group)) => references::address("groups", &group.0, "group")?,
            (Resource::GroupMembers, None, Some(group)) => {
                format!("{}/members", references::address("groups", &group.0, "group")?)
            }
            (Resource::GroupOwners, None, Some(group)) => {
                format!("{}/owners", references::address("groups", &group.0, "group")?)
            }
            (Resource::User, None, _) => return Err(Error::invalid("/user", "name the user to watch")),
            (Resource::Group | Resource::GroupMembers | Resource::GroupOwners, _, None) => {
                return Err(Error::invalid("/group", "name the group to watch"));
            }
            (_, Some(_), _) => return Err(Error::invalid("/user", "a user goes with the resource `user` only")),
            (_, _, Some(_)) => return Err(Error::invalid("/group", "this resource needs no group")),
        };
        subscriptions::subscribe(resource, self.wanted, None, cx)
    }
}
