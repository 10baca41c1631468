//! `get_user_custom_attributes`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Plan, Request, Result, ScopeCase, Scopes, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::USERS_READ;
use crate::users::custom::{self, SECURITY};
use crate::vocabulary::{AttributeName, UserId};

/// Get custom attributes of a user: directory extensions, `extensionAttribute1` to `15`, open extensions and custom
/// security attributes. Attributes without a value are null.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "e633c93d-f077-40d2-8c68-2ae455ceb72e", "attributes": ["extension_605a17c2d914422b89f744fd46953180_costCenter", "extensionAttribute1"] }), json!({ "user": "e633c93d-f077-40d2-8c68-2ae455ceb72e", "openExtensions": ["com.contoso.roamingSettings"], "securityAttributes": ["Engineering/ProjectDate"] })]))]
#[schemars(transform = rules::at_least_one(&["attributes", "openExtensions", "securityAttributes"]))]
pub struct GetUserCustomAttributes {
    /// The user.
    user: UserId,
    /// The attributes, by their full names.
    #[serde(default)]
    #[schemars(length(max = 100))]
    attributes: Vec<AttributeName>,
    /// Open extensions, by their names such as `com.contoso.roamingSettings`. Each comes with all that it holds.
    #[serde(default)]
    #[schemars(length(max = 100), inner(length(min = 1, max = 120)))]
    open_extensions: Vec<String>,
    /// Custom security attributes, each as set and name, such as `Engineering/ProjectDate`; a set alone returns all its
    /// attributes. They need a permission and a role of their own.
    #[serde(default)]
    #[schemars(length(max = 100), inner(length(min = 1, max = 65), regex(pattern = r"^[^/]+(/[^/]+)?$")))]
    security_attributes: Vec<String>,
}

/// What reads custom security attributes; the caller needs a role for them too.
const SECURITY_READ: Scopes = Scopes::of(
    &["CustomSecAttributeAssignment.Read.All", "CustomSecAttributeAssignment.ReadWrite.All"],
    &["CustomSecAttributeAssignment.Read.All", "CustomSecAttributeAssignment.ReadWrite.All"],
);

impl Action for GetUserCustomAttributes {
    type Output = Map<String, Value>;
    const SPEC: Spec = Spec::new("get_user_custom_attributes", "Get user custom attributes", Effect::Read)
        .scopes(USERS_READ)
        .cases(&[ScopeCase::besides("`securityAttributes` are named", SECURITY_READ)])
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Map<String, Value>>> {
        let names: Vec<String> = self.attributes.into_iter().map(|name| name.0).collect();
        let (open, security) = (self.open_extensions, self.security_attributes);
        if names.is_empty() && open.is_empty() && security.is_empty() {
            return Err(Error::invalid(
                "/attributes",
                "say which: give `attributes`, `openExtensions` or `securityAttributes`",
            ));
        }
        let mut select = vec![custom::select(&names, "attributes")?];
        select.extend((!security.is_empty()).then(|| SECURITY.to_owned()));
        select.retain(|names| !names.is_empty());
        if select.is_empty() {
            select.push("id".to_owned());
        }
        let request = Request::get("/users/{user}").path_param("user", self.user.0).query("$select", select.join(","));
        let request = request.query_opt("$expand", (!open.is_empty()).then_some("extensions"));
        let request = if security.is_empty() { request } else { request.require(SECURITY_READ) };
        Ok(request.decode::<Map<String, Value>>().map(move |found| {
            let mut values = custom::values(&names, &found);
            values.extend(custom::open_extensions(open, &found));
            values.extend(custom::security_attributes(security, &found));
            values
        }))
    }
}
