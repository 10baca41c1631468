//! What only a new group is given.

use connector_sdk::{Context, Error, Fields, Request, Result};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::groups::members::MEMBERS_PER_REQUEST;
use crate::permissions::ROLES_WRITE;
use crate::references;
use crate::vocabulary::{GroupKind, NewMemberId};

/// What a new group has from the start. Used with `#[serde(flatten)]`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewGroup {
    /// Whether roles of the directory can be given to it. It cannot be changed later, and needs
    /// RoleManagement.ReadWrite.Directory.
    is_assignable_to_role: Option<bool>,
    /// Object ids of the users who own the group. Without owners, the signed-in user becomes one.
    #[serde(default)]
    #[schemars(length(max = 20))]
    owners: Vec<NewMemberId>,
    /// Object ids of the first members. Members and owners together are 20 at most; add more with `add_group_member`.
    #[serde(default)]
    #[schemars(length(max = 20))]
    members: Vec<NewMemberId>,
    /// Behaviour options of a Microsoft 365 group, such as `WelcomeEmailDisabled`. They cannot be changed later.
    #[serde(default)]
    #[schemars(length(max = 20))]
    resource_behavior_options: Vec<String>,
}

impl NewGroup {
    /// As Graph takes it.
    ///
    /// # Errors
    /// `invalid_input` for too many, for members of a dynamic group, and for what is no id.
    pub fn fields(&self, kind: &GroupKind, cx: &Context) -> Result<Fields> {
        if self.owners.len() + self.members.len() > MEMBERS_PER_REQUEST {
            return Err(Error::invalid(
                "/members",
                "members and owners are 20 at most; add more with `add_group_member`",
            ));
        }
        if kind.is_dynamic() && !self.members.is_empty() {
            return Err(Error::invalid(
                "/members",
                "who is in a dynamic group follows from its rule: leave the members out",
            ));
        }
        let options = (!self.resource_behavior_options.is_empty()).then(|| self.resource_behavior_options.clone());
        Ok(Fields::default()
            .with("isAssignableToRole", self.is_assignable_to_role)
            .with("resourceBehaviorOptions", options)
            .with("owners@odata.bind", bound(&self.owners, "owners", cx)?)
            .with("members@odata.bind", bound(&self.members, "members", cx)?))
    }

    /// The request, with the permissions that it takes.
    pub fn needs(&self, request: Request) -> Request {
        if self.is_assignable_to_role == Some(true) { request.require(ROLES_WRITE) } else { request }
    }
}

/// References to objects that are bound to a group in its own body; none where there are no objects.
///
/// # Errors
/// `invalid_input` for what is no id.
pub fn bound(ids: &[NewMemberId], property: &str, cx: &Context) -> Result<Option<Value>> {
    let urls = ids
        .iter()
        .map(|id| Ok(references::object(cx, &id.0, property)?["@odata.id"].take()))
        .collect::<Result<Vec<Value>>>()?;
    Ok((!urls.is_empty()).then(|| urls.into()))
}
