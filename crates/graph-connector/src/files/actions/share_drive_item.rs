//! `share_drive_item`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Fields, Page, Plan, Raw, Result, Secret, Spec};
use http::Method;
use outlook_connector::vocabulary::{Address, Moment};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::permissions::FILES_WRITE;
use crate::vocabulary::{Permission, Place, Role, expiration};

/// Give people access to a file or folder, and send them an email about it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "path": "Documents/Budget.csv", "recipients": ["meganb@contoso.example"], "role": "write", "message": "The figures for Monday." })]))]
#[schemars(transform = rules::at_most_one(&["message", "sendInvitation=false"]))]
pub struct ShareDriveItem {
    /// Which file or folder.
    #[serde(flatten)]
    place: Place,
    /// Recipients who get access.
    #[schemars(length(min = 1, max = 200))]
    recipients: Vec<Address>,
    /// What they may do.
    role: Role,
    /// Message of the email to the recipients.
    #[schemars(length(min = 1, max = 2000))]
    message: Option<String>,
    /// Whether recipients must sign in; the default is true.
    #[serde(default = "yes")]
    require_sign_in: bool,
    /// Whether an email is sent to them; the default is true. Without it they get access and no message.
    #[serde(default = "yes")]
    send_invitation: bool,
    /// When it ends; a day is its first moment in UTC. OneDrive for Business and SharePoint know an end only for links.
    #[schemars(extend("x-forms" = "A local time needs its offset."))]
    expiration: Option<Moment>,
    /// A password that they must know; only in a personal OneDrive.
    #[schemars(length(min = 1, max = 256))]
    password: Option<Secret>,
    /// Whether people with access through the folder keep it when the item is shared for the first time; the default is
    /// true.
    retain_inherited_permissions: Option<bool>,
}

fn yes() -> bool {
    true
}

/// What was given.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Shared {
    /// One permission for each recipient. Where Graph could not share with one of them, the entry has an `error`.
    permissions: Vec<Raw<Permission>>,
}

impl Action for ShareDriveItem {
    type Output = Shared;
    const SPEC: Spec = Spec::new("share_drive_item", "Share file or folder", Effect::Send).scopes(FILES_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Shared>> {
        if self.message.is_some() && !self.send_invitation {
            return Err(Error::invalid(
                "/message",
                "it is sent with the invitation, which `sendInvitation` switches off: leave it out",
            ));
        }
        let recipients: Vec<Value> = self.recipients.into_iter().map(|address| json!({ "email": address.0 })).collect();
        let body = json!({
            "recipients": recipients, "roles": [self.role], "requireSignIn": self.require_sign_in, "sendInvitation": self.send_invitation,
        });
        let body = Fields::of(&body)?
            .with("message", self.message)
            .with("expirationDateTime", expiration(self.expiration.as_ref(), cx)?)
            .with("password", self.password.as_ref().map(Secret::expose))
            .with("retainInheritedPermissions", self.retain_inherited_permissions);
        let invite = self.place.request(cx, Method::POST, "/invite")?.json(body);
        let invite = if self.password.is_some() { invite.sensitive().hide(self.password) } else { invite };
        Ok(Plan::finish(invite, |answer| {
            Page::read(&answer).map(|page| Shared { permissions: page.items.into_iter().map(Raw::new).collect() })
        }))
    }
}
