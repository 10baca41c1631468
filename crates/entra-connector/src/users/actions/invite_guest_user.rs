//! `invite_guest_user`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Fields, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::GUESTS_INVITE;
use crate::vocabulary::Invitation;

/// Invite somebody from outside as a guest. The guest user exists at once and can sign in after accepting.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "email": "ada@fabrikam.example", "redirectUrl": "https://portal.contoso.example", "displayName": "Ada Lovelace" })]))]
#[schemars(transform = rules::only_with(&["message", "sendMessage=true"]))]
#[schemars(transform = rules::only_with(&["messageLanguage", "sendMessage=true"]))]
#[schemars(transform = rules::only_with(&["cc", "sendMessage=true"]))]
pub struct InviteGuestUser {
    /// The email address of the guest.
    #[schemars(extend("format" = "email", "maxLength" = 320))]
    email: String,
    /// Where the guest goes after accepting.
    #[schemars(extend("format" = "uri", "maxLength" = 2048))]
    redirect_url: String,
    /// The name of the guest.
    #[schemars(length(min = 1, max = 256))]
    display_name: Option<String>,
    /// Send the invitation by mail through Microsoft. Otherwise, send the `inviteRedeemUrl` yourself.
    #[serde(default)]
    send_message: bool,
    /// A text for the mail.
    #[schemars(length(min = 1, max = 3000))]
    message: Option<String>,
    /// The language of the mail, such as `en-US`, where there is no text of your own.
    #[schemars(length(min = 2, max = 20))]
    message_language: Option<String>,
    /// Further recipients of the mail.
    #[schemars(extend("format" = "email", "maxLength" = 320))]
    cc: Option<String>,
}

impl Action for InviteGuestUser {
    type Output = Raw<Invitation>;
    const SPEC: Spec = Spec::new("invite_guest_user", "Invite guest user", Effect::Send).scopes(GUESTS_INVITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<Invitation>>> {
        let info = Fields::default()
            .with("customizedMessageBody", self.message)
            .with("messageLanguage", self.message_language)
            .with("ccRecipients", self.cc.map(|address| json!([{ "emailAddress": { "address": address } }])));
        if !info.is_empty() && !self.send_message {
            return Err(Error::invalid("/sendMessage", "a message is given but would not be sent: set `sendMessage`"));
        }
        let body = Fields::default()
            .with("invitedUserEmailAddress", Some(self.email))
            .with("inviteRedirectUrl", Some(self.redirect_url))
            .with("invitedUserDisplayName", self.display_name)
            .with("sendInvitationMessage", Some(self.send_message))
            .with("invitedUserMessageInfo", (!info.is_empty()).then(|| json!(info)));
        Ok(Request::post("/invitations").json(body).raw())
    }
}
