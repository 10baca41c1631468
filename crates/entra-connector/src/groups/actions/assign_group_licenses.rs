//! `assign_group_licenses`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::GROUP_LICENSES_WRITE;
use crate::vocabulary::{Group, GroupId, LicenseChange};

/// Assign licences to a group and remove others, in one request. Its members get and lose them within minutes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "ba246e60-ae15-4db9-884e-5459b41d6f60", "add": [{ "skuId": "f30db892-07e9-47e9-837c-80727f46fd3d" }] })]))]
pub struct AssignGroupLicenses {
    /// The group.
    group: GroupId,
    /// What is to change.
    #[serde(flatten)]
    change: LicenseChange,
}

impl Action for AssignGroupLicenses {
    type Output = Raw<Group>;
    const SPEC: Spec =
        Spec::new("assign_group_licenses", "Assign group licences", Effect::Update).scopes(GROUP_LICENSES_WRITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<Group>>> {
        Ok(Request::post("/groups/{group}/assignLicense")
            .path_param("group", self.group.0)
            .json(self.change.body()?)
            .raw())
    }
}
