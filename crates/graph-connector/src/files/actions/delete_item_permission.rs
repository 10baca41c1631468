//! `delete_item_permission`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::FILES_CHANGE;
use crate::vocabulary::{PermissionId, Place};

/// Remove a permission of a file or folder: a person's access, or a link. A permission inherited from a folder can only
/// be removed at that folder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "path": "Documents/Minutes.txt", "permissionId": "e0c2d1c6-e9d6-49d9-8b1c-73455bae56ea" })]))]
pub struct DeleteItemPermission {
    /// Which file or folder.
    #[serde(flatten)]
    place: Place,
    /// Id of the permission, from `list_item_permissions`.
    permission_id: PermissionId,
}

impl Action for DeleteItemPermission {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_item_permission", "Delete permission of file or folder", Effect::Delete)
        .scopes(FILES_CHANGE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        Ok(self
            .place
            .request(cx, Method::DELETE, "/permissions/{permission}")?
            .path_param("permission", self.permission_id.0)
            .deleted())
    }
}
