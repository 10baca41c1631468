//! `update_group`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Fields, Plan, Request, Result, Spec, Subject};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::groups::new_group::bound;
use crate::permissions::GROUPS_WRITE;
use crate::vocabulary::{GroupContent, GroupId, GroupType, NewMemberId, Updated};

/// Change a group. Absent properties stay as they are, and null clears a property. `allowExternalSenders` and
/// `autoSubscribeNewMembers` are sent in a request of their own, and an app cannot set them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "description": "Everybody in the shops and online", "visibility": "Public" }), json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "allowExternalSenders": true })]))]
#[schemars(transform = rules::something_beside(&["group", "clearEmptyFields"]))]
#[schemars(transform = rules::at_most_one(&["membershipRule", "groupType=microsoft365", "groupType=security"]))]
pub struct UpdateGroup {
    /// The group.
    group: GroupId,
    /// The name that is shown.
    #[schemars(length(min = 1, max = 256))]
    display_name: Option<String>,
    /// The part of the email address before the `@`.
    #[schemars(length(min = 1, max = 64))]
    mail_nickname: Option<String>,
    /// Whether the group receives mail.
    mail_enabled: Option<bool>,
    /// Whether access can be granted to the group.
    security_enabled: Option<bool>,
    /// New kind of the group. A group can change between assigned and dynamic membership, but not between a Microsoft
    /// 365 group and a security group.
    group_type: Option<GroupType>,
    /// A name that no other group has, for a group without one. It cannot be changed later.
    #[schemars(length(min = 1, max = 120))]
    unique_name: Option<String>,
    /// Object ids of members to add. Graph refuses the change if one of them is a member already; `add_group_member`
    /// accepts that, and takes any number.
    #[serde(default)]
    #[schemars(length(max = 20))]
    members: Vec<NewMemberId>,
    /// What else is to change.
    #[serde(flatten)]
    content: GroupContent,
    /// Whether a Microsoft 365 group takes mail from outside.
    allow_external_senders: Option<bool>,
    /// Whether new members get the mail of a Microsoft 365 group in their inbox.
    auto_subscribe_new_members: Option<bool>,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
    /// Other properties of the group, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for UpdateGroup {
    type Output = Updated;
    const SPEC: Spec = Spec::new("update_group", "Update group", Effect::Update).scopes(GROUPS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Updated>> {
        if self.group_type.is_some_and(|kind| !kind.is_dynamic()) && self.content.membership_rule.value().is_some() {
            return Err(Error::invalid(
                "/membershipRule",
                "a rule goes with the dynamic group types, and only with them",
            ));
        }
        let fields = Fields::of(&self.content)?
            .with("displayName", self.display_name)
            .with("mailNickname", self.mail_nickname)
            .with("mailEnabled", self.mail_enabled)
            .with("securityEnabled", self.security_enabled)
            .with("groupTypes", self.group_type.map(GroupType::names))
            .with("uniqueName", self.unique_name)
            .with("members@odata.bind", bound(&self.members, "members", cx)?)
            .and(self.additional_properties)
            .clear_empty(self.clear_empty_fields);
        let mail = Fields::default()
            .with("allowExternalSenders", self.allow_external_senders)
            .with("autoSubscribeNewMembers", self.auto_subscribe_new_members);
        if !mail.is_empty() && matches!(*cx.who, Subject::App { .. }) {
            let first =
                if self.allow_external_senders.is_some() { "allowExternalSenders" } else { "autoSubscribeNewMembers" };
            return Err(Error::invalid(format!("/{first}"), "only a signed-in user can set this"));
        }
        let group = self.group.0;
        let patch = |fields: Fields| {
            Request::patch("/groups/{group}").path_param("group", group.as_str()).json(fields).idempotent()
        };
        let done = |plan: Plan<connector_sdk::Accepted>| plan.map(|_| Updated { updated: true });
        Ok(match (fields.is_empty(), mail.is_empty()) {
            (_, true) => done(patch(fields.not_empty()?).accepted()),
            (true, false) => done(patch(mail).accepted()),
            (false, false) => {
                let mail = patch(mail);
                done(patch(fields).accepted().and_then(move |_| {
                    mail.accepted().or_else(|error| {
                        Plan::fail(error.context("while changing how it takes mail; the other properties were changed"))
                    })
                }))
            }
        })
    }
}
