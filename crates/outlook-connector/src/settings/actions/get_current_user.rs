//! `get_current_user`

use connector_sdk::{Action, Context, Effect, Error, Plan, Raw, Request, Result, Select, Spec, Subject};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Get the signed-in user. When an app is signed in there is none.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "select": ["displayName", "mail"] })]))]
pub struct GetCurrentUser {
    /// Which properties.
    #[serde(flatten)]
    select: Select,
}

/// A user, as Graph returns it; see [the user resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/user
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "user"))]
pub struct CurrentUser {
    /// The object id.
    pub id: String,
    /// The name that is shown.
    pub display_name: Option<String>,
    /// The name to sign in with.
    pub user_principal_name: Option<String>,
    /// The main email address.
    pub mail: Option<String>,
    /// The given name.
    pub given_name: Option<String>,
    /// The family name.
    pub surname: Option<String>,
    /// The job title.
    pub job_title: Option<String>,
    /// Where the office is.
    pub office_location: Option<String>,
    /// The mobile phone number.
    pub mobile_phone: Option<String>,
    /// The business phone numbers.
    pub business_phones: Option<Vec<String>>,
    /// The preferred language, such as `en-US`.
    pub preferred_language: Option<String>,
}

/// What comes of a user when nothing is selected.
const USUAL: &[&str] = &[
    "id",
    "displayName",
    "userPrincipalName",
    "mail",
    "givenName",
    "surname",
    "jobTitle",
    "officeLocation",
    "mobilePhone",
    "businessPhones",
    "preferredLanguage",
];

impl Action for GetCurrentUser {
    type Output = Raw<CurrentUser>;
    const SPEC: Spec = Spec::new("get_current_user", "Get current user", Effect::Read).delegated(&["User.Read"]);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<CurrentUser>>> {
        if let Subject::App { .. } = *cx.who {
            return Err(Error::invalid("", "an app is signed in, so there is no current user"));
        }
        Ok(Request::get("/me").query_opt("$select", self.select.names(USUAL)).raw())
    }
}
