//! `get_group`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Plan, Raw, Request, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::GROUPS_SEE;
use crate::vocabulary::{GROUP_FIELDS, Group, GroupId};

/// Get a group by its object id, or by its unique name. Name properties that Graph does not return by default in
/// `additionalFields`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206" }), json!({ "uniqueName": "retail", "select": ["displayName", "uniqueName"] })]))]
#[schemars(transform = rules::one_of(&["group", "uniqueName"]))]
pub struct GetGroup {
    /// The group, unless `uniqueName` names it.
    group: Option<GroupId>,
    /// The unique name of the group.
    #[schemars(length(min = 1, max = 120))]
    unique_name: Option<String>,
    /// Which properties to return.
    #[serde(flatten)]
    select: Select,
}

impl Action for GetGroup {
    type Output = Raw<Group>;
    const SPEC: Spec = Spec::new("get_group", "Get group", Effect::Read).scopes(GROUPS_SEE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<Group>>> {
        let request = match (self.group, self.unique_name) {
            (Some(group), None) => Request::get("/groups/{group}").path_param("group", group.0),
            (None, Some(name)) => Request::get("/groups(uniqueName='{uniqueName}')").path_param("uniqueName", name),
            (Some(_), Some(_)) => {
                return Err(Error::invalid("/uniqueName", "`group` and `uniqueName` exclude each other"));
            }
            (None, None) => return Err(Error::invalid("/group", "name the group, or give its `uniqueName`")),
        };
        Ok(request.query_opt("$select", self.select.names(GROUP_FIELDS)).raw())
    }
}
