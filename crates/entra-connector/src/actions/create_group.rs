//! `create_group`

use connector_sdk::{Action, Context, Effect, Error, Plan, Raw, Request, Result, ScopeCase, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::members::MEMBERS_PER_REQUEST;
use crate::permissions::{GROUPS_CREATE, ROLES_WRITE};
use crate::references;
use crate::vocabulary::{Group, GroupContent, GroupKind, ObjectId};

/// Create a Microsoft 365 group or a security group, with members of its own or by a rule. Graph cannot create distribution lists and mail-enabled security groups: Exchange can.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "displayName": "Launch", "mailNickname": "launch", "groupType": "microsoft365", "members": ["c0e38b25-9595-4155-8c2c-195de4a7b58d"] }), json!({ "displayName": "All of sales", "mailNickname": "sg-sales", "groupType": "dynamicSecurity", "membershipRule": "user.department -eq \"Sales\"" })]))]
pub struct CreateGroup {
    /// The name that is shown.
    #[schemars(length(min = 1, max = 256))]
    display_name: String,
    /// The part of the email address before the `@`: ASCII letters, digits and some signs, without spaces.
    #[schemars(length(min = 1, max = 64))]
    mail_nickname: String,
    /// What kind of group.
    #[serde(flatten)]
    kind: GroupKind,
    /// What else is to be set.
    #[serde(flatten)]
    content: GroupContent,
    /// Whether roles of the directory can be given to it. It cannot be changed later, and needs RoleManagement.ReadWrite.Directory.
    is_assignable_to_role: Option<bool>,
    /// Who owns it, by object ids of users. Without owners, who is signed in becomes one.
    #[serde(default)]
    #[schemars(length(max = 20))]
    owners: Vec<ObjectId>,
    /// Who is in it from the start, by object ids. Members and owners are 20 at most; add more with `add_group_member`.
    #[serde(default)]
    #[schemars(length(max = 20))]
    members: Vec<ObjectId>,
    /// A name that no other group has, by which it can be found. It cannot be changed later.
    #[schemars(length(min = 1, max = 120))]
    unique_name: Option<String>,
    /// How a Microsoft 365 group behaves, such as `WelcomeEmailDisabled`.
    #[serde(default)]
    #[schemars(length(max = 20))]
    resource_behavior_options: Vec<String>,
    /// Other properties of the group, as Graph names them. They win over the others.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for CreateGroup {
    type Output = Raw<Group>;
    const SPEC: Spec = Spec::new("create_group", "Create group", Effect::Create)
        .scopes(GROUPS_CREATE)
        .cases(&[ScopeCase::besides("`isAssignableToRole` is true", ROLES_WRITE)])
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Group>>> {
        self.kind.check(&self.content)?;
        if self.owners.len() + self.members.len() > MEMBERS_PER_REQUEST {
            return Err(Error::invalid("/members", "members and owners are 20 at most; add more with `add_group_member`"));
        }
        if self.kind.is_dynamic() && !self.members.is_empty() {
            return Err(Error::invalid("/members", "who is in a dynamic group follows from its rule: leave the members out"));
        }
        let urls = |ids: &[ObjectId], property: &str| -> Result<Option<Value>> {
            let urls =
                ids.iter().map(|id| Ok(references::object(cx, &id.0, property)?["@odata.id"].take())).collect::<Result<Vec<Value>>>()?;
            Ok((!urls.is_empty()).then(|| urls.into()))
        };
        let fields = self
            .kind
            .fields(self.content)?
            .with("displayName", Some(self.display_name))
            .with("mailNickname", Some(self.mail_nickname))
            .with("isAssignableToRole", self.is_assignable_to_role)
            .with("uniqueName", self.unique_name)
            .with("resourceBehaviorOptions", (!self.resource_behavior_options.is_empty()).then_some(self.resource_behavior_options))
            .with("owners@odata.bind", urls(&self.owners, "owners")?)
            .with("members@odata.bind", urls(&self.members, "members")?)
            .and(self.additional_properties);
        let create = Request::post("/groups").json(fields);
        let for_roles = self.is_assignable_to_role == Some(true);
        Ok(if for_roles { create.needs(ROLES_WRITE) } else { create }.raw())
    }
}
