//! `upsert_group`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, ScopeCase, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::groups::new_group::NewGroup;
use crate::permissions::{GROUPS_WRITE, ROLES_WRITE};
use crate::upsert::{Upserted, upsert};
use crate::vocabulary::{Group, GroupContent, GroupKind};

/// Change the group of a unique name, or create it where there is none. Repeating it changes nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "uniqueName": "press", "displayName": "Press", "mailNickname": "press", "groupType": "security" })]))]
pub struct UpsertGroup {
    /// The name that no other group has.
    #[schemars(length(min = 1, max = 120))]
    unique_name: String,
    /// The name that is shown.
    #[schemars(length(min = 1, max = 256))]
    display_name: String,
    /// The part of the email address before the `@`: ASCII letters, digits and some signs, without spaces.
    #[schemars(length(min = 1, max = 64))]
    mail_nickname: String,
    /// What kind of group; for one that exists it is not changed.
    #[serde(flatten)]
    kind: GroupKind,
    /// What else is to be set.
    #[serde(flatten)]
    content: GroupContent,
    /// What it has from the start where it is created. For one that exists, members are added, and the rest is refused
    /// by Graph unless it is so already.
    #[serde(flatten)]
    new: NewGroup,
    /// Other properties of the group, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for UpsertGroup {
    type Output = Upserted<Group>;
    const SPEC: Spec = Spec::new("upsert_group", "Create or update group", Effect::Update)
        .scopes(GROUPS_WRITE)
        .cases(&[ScopeCase::besides("`isAssignableToRole` is true", ROLES_WRITE)])
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Upserted<Group>>> {
        self.kind.check(&self.content)?;
        let fields = self
            .kind
            .fields(self.content)?
            .with("displayName", Some(self.display_name))
            .with("mailNickname", Some(self.mail_nickname))
            .and_all(self.new.fields(&self.kind, cx)?)
            .and(self.additional_properties);
        let patch =
            Request::patch("/groups(uniqueName='{uniqueName}')").path_param("uniqueName", self.unique_name.as_str());
        let look = Request::get("/groups(uniqueName='{uniqueName}')").path_param("uniqueName", self.unique_name);
        Ok(upsert(self.new.needs(patch), look, fields))
    }
}
