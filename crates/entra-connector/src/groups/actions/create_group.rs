//! `create_group`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, ScopeCase, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::groups::new_group::NewGroup;
use crate::permissions::{GROUPS_CREATE, ROLES_WRITE};
use crate::vocabulary::{Group, GroupContent, GroupKind};

/// Create a Microsoft 365 group or a security group, with members of its own or by a rule. Graph cannot create
/// distribution lists and mail-enabled security groups: Exchange can.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "displayName": "Launch", "mailNickname": "launch", "groupType": "microsoft365", "members": ["c0e38b25-9595-4155-8c2c-195de4a7b58d"] }), json!({ "displayName": "All of sales", "mailNickname": "sg-sales", "groupType": "dynamicSecurity", "membershipRule": "user.department -eq \"Sales\"" })]))]
#[schemars(transform = rules::only_with(&["members", "groupType=microsoft365", "groupType=security"]))]
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
    /// What a new group has from the start.
    #[serde(flatten)]
    new: NewGroup,
    /// A name that no other group has, by which it can be found. It cannot be changed later.
    #[schemars(length(min = 1, max = 120))]
    unique_name: Option<String>,
    /// Other properties of the group, as Graph names them. They take precedence over the other inputs.
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
        let fields = self
            .kind
            .fields(self.content)?
            .with("displayName", Some(self.display_name))
            .with("mailNickname", Some(self.mail_nickname))
            .with("uniqueName", self.unique_name)
            .and_all(self.new.fields(&self.kind, cx)?)
            .and(self.additional_properties);
        let create = Request::post("/groups").json(fields);
        Ok(self.new.needs(create).raw())
    }
}
