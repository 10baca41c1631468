//! `list_changes`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Changes, Context, Effect, Error, Plan, Request, Result, ScopeCase, Scopes, Spec, odata};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::changes::Since;
use crate::permissions::{
    APPLICATION_CHANGES, DEVICE_CHANGES, GRANT_CHANGES, GROUPS_SEE, ROLES_READ, UNITS_READ, USERS_READ,
};
use crate::vocabulary::DirectoryObject;

/// List the objects of one kind that were created, changed or removed since an earlier call. Without `deltaToken`,
/// `skipToken` and `deltaUrl`, all of them are listed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "resource": "users", "select": ["displayName"] }), json!({ "resource": "devices", "startFromNow": true }), json!({ "deltaUrl": "/groups/delta?$select=displayName,description" })]))]
#[schemars(transform = rules::one_of(&["resource", "deltaUrl"]))]
#[schemars(transform = rules::at_most_one(&["deltaUrl", "skipToken"]))]
#[schemars(transform = rules::at_most_one(&["deltaUrl", "select"]))]
#[schemars(transform = rules::at_most_one(&["deltaUrl", "filter"]))]
#[schemars(transform = rules::at_most_one(&["deltaUrl", "deltaToken"]))]
#[schemars(transform = rules::at_most_one(&["deltaUrl", "startFromNow=true"]))]
#[schemars(transform = rules::at_most_one(&["skipToken", "deltaToken"]))]
#[schemars(transform = rules::at_most_one(&["skipToken", "startFromNow=true"]))]
pub struct ListChanges {
    /// The kind of objects. Give either this or `deltaUrl`.
    resource: Option<Resource>,
    /// The address of the changes: a delta or next link of Graph, or the path of a delta query such as
    /// `/users/delta?$select=displayName`. It replaces `resource`, `select`, `filter` and the tokens.
    #[schemars(length(min = 1, max = 16384))]
    delta_url: Option<String>,
    /// The `$skiptoken` of a next link, where a list of changes broke off: the value, or the whole link.
    #[schemars(length(min = 1))]
    skip_token: Option<String>,
    /// From where on.
    #[serde(flatten)]
    since: Since,
    /// Only these properties; only changes of them count. The `id` is always included. A selection has no effect with
    /// `deltaToken`, which remembers one.
    #[schemars(length(min = 1, max = 200), inner(length(min = 1, max = 200)))]
    select: Option<Vec<String>>,
    /// Only these objects, such as `id eq '…' or id eq '…'`. It has no effect with `deltaToken`.
    #[schemars(length(min = 1, max = 4000), example = "id eq 'c0e38b25-9595-4155-8c2c-195de4a7b58d'")]
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

const CASES: &[ScopeCase] = &[
    ScopeCase::instead("`resource` is `users`", USERS_READ),
    ScopeCase::instead("`resource` is `groups`", GROUPS_SEE),
    ScopeCase::instead("`resource` is `applications` or `servicePrincipals`", APPLICATION_CHANGES),
    ScopeCase::instead("`resource` is `devices`", DEVICE_CHANGES),
    ScopeCase::instead("`resource` is `directoryRoles`", ROLES_READ),
    ScopeCase::instead("`resource` is `administrativeUnits`", UNITS_READ),
    ScopeCase::instead("`resource` is `oauth2PermissionGrants`", GRANT_CHANGES),
];

impl Resource {
    const ALL: [Resource; 8] = [
        Resource::Users,
        Resource::Groups,
        Resource::Applications,
        Resource::ServicePrincipals,
        Resource::Devices,
        Resource::DirectoryRoles,
        Resource::AdministrativeUnits,
        Resource::Oauth2PermissionGrants,
    ];

    // What is needed depends on what is read.
    fn scopes(self) -> Scopes {
        match self {
            Resource::Users => USERS_READ,
            Resource::Groups => GROUPS_SEE,
            Resource::Applications | Resource::ServicePrincipals => APPLICATION_CHANGES,
            Resource::Devices => DEVICE_CHANGES,
            Resource::DirectoryRoles => ROLES_READ,
            Resource::AdministrativeUnits => UNITS_READ,
            Resource::Oauth2PermissionGrants => GRANT_CHANGES,
        }
    }

    // Of an address, relative or whole: the collection before `delta`.
    fn of(url: &str) -> Option<Resource> {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let path = path.trim_end_matches("()").to_lowercase();
        let before = path.strip_suffix("/delta").or_else(|| path.strip_suffix("/microsoft.graph.delta"))?;
        let name = before.rsplit('/').next()?;
        let is =
            |resource: &Resource| resource.path().rsplit('/').next().is_some_and(|own| own.eq_ignore_ascii_case(name));
        Resource::ALL.into_iter().find(is)
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
    const SPEC: Spec = Spec::new("list_changes", "List changes", Effect::Read).by_input().cases(CASES).list();

    fn plan(self, _: &Context) -> Result<Plan<Changes<DirectoryObject>>> {
        let minimal = self.return_minimal;
        let preferring = move |request: Request| if minimal { request.prefer("return=minimal") } else { request };
        if let Some(url) = self.delta_url {
            let more = [
                ("resource", self.resource.is_some()),
                ("skipToken", self.skip_token.is_some()),
                ("select", self.select.is_some()),
                ("filter", self.filter.is_some()),
            ];
            let said_twice = more.into_iter().find_map(|(name, given)| given.then_some(name)).or(self.since.given());
            if let Some(name) = said_twice {
                return Err(Error::invalid(format!("/{name}"), "is said by `deltaUrl` already: leave one of them out"));
            }
            let Some(resource) = Resource::of(&url) else {
                return Err(Error::invalid(
                    "/deltaUrl",
                    "is not an address of directory changes, such as `/users/delta` or a delta link",
                ));
            };
            let request = Request::get(format!("{}/delta", resource.path())).with_scopes(resource.scopes());
            return Ok(preferring(request).changes_at(&url, "/deltaUrl"));
        }
        let Some(resource) = self.resource else {
            return Err(Error::invalid("/resource", "say what: give `resource`, or `deltaUrl`"));
        };
        let request = Request::get(format!("{}/delta", resource.path()))
            .query_opt("$select", self.select.as_deref().and_then(odata::select))
            .query_opt("$filter", self.filter)
            .with_scopes(resource.scopes());
        let request = preferring(request);
        match (self.skip_token, self.since.given()) {
            (None, _) => self.since.changes(request),
            (Some(_), Some(name)) => {
                Err(Error::invalid(format!("/{name}"), "excludes `skipToken`, which has a place of its own"))
            }
            (Some(token), None) if token.contains("token=") => Ok(request.changes_at(&token, "/skipToken")),
            (Some(token), None) => request.query("$skiptoken", token).changes_since(None),
        }
    }
}
