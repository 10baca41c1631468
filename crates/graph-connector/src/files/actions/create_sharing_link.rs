//! `create_sharing_link`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Fields, Plan, Raw, Result, Secret, Spec};
use http::Method;
use outlook_connector::vocabulary::Moment;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::FILES_WRITE;
use crate::vocabulary::{LinkScope, LinkType, Permission, Place, expiration};

/// Make a link that gives access to a file or folder. If the app has created such a link before, that link is returned.
/// To give access to people by name, use `share_drive_item`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "path": "Documents/Budget.csv", "type": "view", "scope": "organization" })]))]
#[schemars(transform = rules::at_most_one(&["type=embed", "scope=organization", "scope=users"]))]
pub struct CreateSharingLink {
    /// Which file or folder.
    #[serde(flatten)]
    place: Place,
    /// What the link is for.
    r#type: LinkType,
    /// For whom it works; the default is what the organisation has chosen.
    scope: Option<LinkScope>,
    /// A password that whoever opens the link must know. Not every kind of drive and link takes one.
    #[schemars(length(min = 1, max = 256))]
    password: Option<Secret>,
    /// When the link ends; a day is its first moment in UTC. The default is never, unless the organisation has chosen
    /// otherwise.
    #[schemars(extend("x-forms" = "A local time needs its offset."))]
    expiration: Option<Moment>,
    /// Whether people with access through the folder keep it when the item is shared for the first time; the default is
    /// true.
    retain_inherited_permissions: Option<bool>,
}

impl Action for CreateSharingLink {
    type Output = Raw<Permission>;
    const SPEC: Spec =
        Spec::new("create_sharing_link", "Create sharing link", Effect::Create).scopes(FILES_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Permission>>> {
        if self.r#type == LinkType::Embed && self.scope.is_some_and(|scope| scope != LinkScope::Anonymous) {
            return Err(Error::invalid("/scope", "an embedded item is visible to everybody: leave `scope` out"));
        }
        let body = Fields::of(&json!({ "type": self.r#type }))?
            .with("scope", self.scope.map(|scope| json!(scope)))
            .with("password", self.password.as_ref().map(Secret::expose))
            .with("expirationDateTime", expiration(self.expiration.as_ref(), cx)?)
            .with("retainInheritedPermissions", self.retain_inherited_permissions);
        let create = self.place.request(cx, Method::POST, "/createLink")?.json(body);
        // A link of that kind that is there already is the answer to a second request.
        let create = create.idempotent();
        Ok(if self.password.is_some() { create.sensitive().hide(self.password) } else { create }.raw())
    }
}
