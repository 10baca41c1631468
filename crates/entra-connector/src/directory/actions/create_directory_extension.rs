//! `create_directory_extension`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::APPLICATIONS_WRITE;
use crate::vocabulary::{ApplicationId, ExtensionProperty};

/// Define a directory extension: a custom attribute of users, groups or other objects. Its full name has the client id
/// of the application in it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "application": "cb9c3936-5b78-460a-8504-ffd62f945da4", "name": "badge", "dataType": "String", "targetObjects": ["User"] })]))]
pub struct CreateDirectoryExtension {
    /// The application.
    application: ApplicationId,
    /// The name, without the prefix that Graph adds.
    #[schemars(regex(pattern = r"^[A-Za-z][A-Za-z0-9_]{0,199}$"))]
    name: String,
    /// What its values are.
    data_type: DataType,
    /// The kinds of objects that can have it.
    #[schemars(length(min = 1, max = 6), extend("uniqueItems" = true))]
    target_objects: Vec<TargetObject>,
    /// Whether an object can have many values.
    #[serde(default)]
    is_multi_valued: bool,
}

/// What the values of an extension are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
enum DataType {
    /// Up to 256 bytes.
    Binary,
    /// True or false.
    Boolean,
    /// A time, in UTC.
    DateTime,
    /// A number of 32 bits.
    Integer,
    /// A number of 64 bits.
    LargeInteger,
    /// Up to 256 letters.
    String,
}

/// A kind of object that can have an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
enum TargetObject {
    /// Users.
    User,
    /// Groups.
    Group,
    /// Administrative units.
    AdministrativeUnit,
    /// Applications.
    Application,
    /// Devices.
    Device,
    /// The tenant.
    Organization,
}

impl Action for CreateDirectoryExtension {
    type Output = Raw<ExtensionProperty>;
    const SPEC: Spec = Spec::new("create_directory_extension", "Create directory extension", Effect::Create)
        .scopes(APPLICATIONS_WRITE);

    fn plan(self, _: &Context) -> Result<Plan<Raw<ExtensionProperty>>> {
        let body = json!({
            "name": self.name, "dataType": self.data_type, "targetObjects": self.target_objects, "isMultiValued": self.is_multi_valued,
        });
        Ok(Request::post("/applications/{application}/extensionProperties")
            .path_param("application", self.application.0)
            .json(body)
            .raw())
    }
}
