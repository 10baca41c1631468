//! `list_changes`

use connector_sdk::{Action, Changes, Context, Effect, Plan, Request, Result, Spec, odata};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::changes::Since;
use crate::vocabulary::DirectoryObject;

/// List what is new, changed or gone among the objects of one kind since an earlier call. Without `deltaToken`, all of them are listed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "resource": "users", "select": ["displayName"] }), json!({ "resource": "devices", "startFromNow": true })]))]
pub struct ListChanges {
    /// The kind of objects.
    resource: Resource,
    /// From where on.
    #[serde(flatten)]
    since: Since,
    /// Only these properties; only changes of them count. The `id` always comes. A selection has no effect with `deltaToken`, which remembers one.
    #[schemars(length(min = 1, max = 200), inner(length(min = 1, max = 200)))]
    select: Option<Vec<String>>,
    /// Only these objects, such as `id eq '…' or id eq '…'`. It has no effect with `deltaToken`.
    #[schemars(length(min = 1, max = 4000))]
    filter: Option<String>,
    /// Only the properties that changed.
    #[serde(default)]
    return_minimal: bool,
}

/// The kinds of objects whose changes Graph tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum Resource {
    /// Users.
    Users,
    /// Groups.
    Groups,
    /// Applications.
    Applications,
    /// Service principals.
    ServicePrincipals,
    /// Devices.
    Devices,
    /// Roles of the directory.
    DirectoryRoles,
    /// Administrative units.
    AdministrativeUnits,
    /// Delegated permissions that apps were granted.
    Oauth2PermissionGrants,
}

impl Resource {
    // What is needed depends on what is read.
    fn needs(self) -> &'static [&'static str] {
        match self {
            Resource::Users => &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
            Resource::Groups => {
                &["Group.ReadBasic.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]
            }
            Resource::Applications | Resource::ServicePrincipals => {
                &["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]
            }
            Resource::Devices => &["Device.Read.All", "Device.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
            Resource::DirectoryRoles => {
                &["RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory", "Directory.Read.All", "Directory.ReadWrite.All"]
            }
            Resource::AdministrativeUnits => {
                &["AdministrativeUnit.Read.All", "AdministrativeUnit.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]
            }
            Resource::Oauth2PermissionGrants => &["Directory.Read.All", "Directory.ReadWrite.All"],
        }
    }

    fn path(self) -> &'static str {
        match self {
            Resource::Users => "/users",
            Resource::Groups => "/groups",
            Resource::Applications => "/applications",
            Resource::ServicePrincipals => "/servicePrincipals",
            Resource::Devices => "/devices",
            Resource::DirectoryRoles => "/directoryRoles",
            Resource::AdministrativeUnits => "/directory/administrativeUnits",
            Resource::Oauth2PermissionGrants => "/oauth2PermissionGrants",
        }
    }
}

impl Action for ListChanges {
    type Output = Changes<DirectoryObject>;
    const SPEC: Spec = Spec::new("list_changes", "List changes", Effect::Read).delegated(&[]).application(&[]).list();

    fn plan(self, _: &Context) -> Result<Plan<Changes<DirectoryObject>>> {
        let request = Request::get(format!("{}/delta", self.resource.path()))
            .query_opt("$select", self.select.as_deref().and_then(odata::select))
            .query_opt("$filter", self.filter)
            .needs(self.resource.needs());
        self.since.changes(if self.return_minimal { request.prefer("return=minimal") } else { request })
    }
}
