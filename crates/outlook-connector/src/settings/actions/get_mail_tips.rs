//! `get_mail_tips`

use connector_sdk::{Action, Context, Effect, FailedPart, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::MAIL_READ;
use crate::vocabulary::{Address, MailTip, MailTips, Mailbox};

/// Ask what a sender should know about recipients before writing: automatic replies, full mailboxes, how many people a
/// list has.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "emailAddresses": ["meganb@contoso.example"], "mailTipsOptions": ["automaticReplies", "mailboxFullStatus"] })]))]
pub struct GetMailTips {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The recipients.
    #[schemars(length(min = 1))]
    email_addresses: Vec<Address>,
    /// Kinds of information to request; the default is all.
    #[serde(default)]
    #[schemars(extend("uniqueItems" = true))]
    mail_tips_options: Vec<MailTip>,
}

/// How many recipients are asked about in one request.
const AT_ONCE: usize = 100;

/// What is known of each recipient.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Tips {
    /// One for each recipient, in their order.
    items: Vec<Raw<MailTips>>,
    /// The parts of the input whose request failed, and why: their results are missing. If all requests failed, the
    /// action fails.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<FailedPart>,
}

impl Action for GetMailTips {
    type Output = Tips;
    const SPEC: Spec = Spec::new("get_mail_tips", "Get mail tips", Effect::Read).scopes(MAIL_READ);

    fn plan(self, cx: &Context) -> Result<Plan<Tips>> {
        let options: Vec<&str> = match self.mail_tips_options.as_slice() {
            [] => MailTip::ALL.iter().map(|tip| tip.name()).collect(),
            some => some.iter().map(|tip| tip.name()).collect(),
        };
        let options = options.join(", ");
        let root = self.mailbox.root(cx)?;
        let addresses = self.email_addresses.into_iter().map(|address| address.0).collect();
        let ask = move |addresses: &[String]| {
            root.post("/getMailTips")
                .json(json!({ "EmailAddresses": addresses, "MailTipsOptions": options }))
                .idempotent()
        };
        Ok(Plan::in_parts(addresses, AT_ONCE, ask, |items, failed| Tips {
            items: items.into_iter().map(Raw::new).collect(),
            failed,
        }))
    }
}
