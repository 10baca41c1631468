//! `list_directory_extensions`

use connector_sdk::{Action, Context, Effect, List, Paging, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::APPLICATIONS_READ;
use crate::vocabulary::{ApplicationId, ExtensionProperty};

/// List the directory extensions that an application defines: custom attributes of users, groups and other objects.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "application": "cb9c3936-5b78-460a-8504-ffd62f945da4" })]))]
pub struct ListDirectoryExtensions {
    /// The application.
    application: ApplicationId,
}

impl Action for ListDirectoryExtensions {
    type Output = List<ExtensionProperty>;
    const SPEC: Spec = Spec::new("list_directory_extensions", "List directory extensions", Effect::Read)
        .scopes(APPLICATIONS_READ)
        .list();

    fn plan(self, _: &Context) -> Result<Plan<List<ExtensionProperty>>> {
        Ok(Request::get("/applications/{application}/extensionProperties")
            .path_param("application", self.application.0)
            .pages(Paging::default()))
    }
}
