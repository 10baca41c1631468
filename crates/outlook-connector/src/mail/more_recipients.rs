//! More recipients of a reply, besides those that Outlook fills in.
//!
//! Recipients in the parameters of [`reply`][1] and `createReply` take the place of those that Outlook fills in: the
//! sender of the original would get no reply. So the draft is made without them, and its lists are written with both.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/api/message-reply

use connector_sdk::{Error, Json, Plan, Properties, Root};

use crate::mail::compose::OutgoingMessage;
use crate::mail::send_once;
use crate::vocabulary::{Address, Recipient};

const TO: &str = "toRecipients";
const CC: &str = "ccRecipients";
const BCC: &str = "bccRecipients";

/// Recipients to add to those of a draft.
#[derive(Debug, Default)]
pub struct MoreRecipients {
    /// More primary recipients.
    pub to: Vec<Address>,
    /// More recipients of copies.
    pub cc: Vec<Address>,
    /// More recipients of blind copies.
    pub bcc: Vec<Address>,
}

impl MoreRecipients {
    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.to.is_empty() && self.cc.is_empty() && self.bcc.is_empty()
    }

    /// Returns what is to be written on the draft `draft` with the id `id`: the lists that get longer, as a whole. None
    /// if all get it anyway. A draft that came without its lists is read again.
    pub fn for_draft(self, root: &Root, id: &str, draft: &Json) -> Plan<Option<OutgoingMessage>> {
        if self.is_empty() {
            return Plan::done(None);
        }
        if let Some(present) = Present::of(draft) {
            return Plan::done(self.beside(present));
        }
        let read = root
            .get("/messages/{message}")
            .exchange_id("message", id)
            .query("$select", format!("{TO},{CC},{BCC}"))
            .require(send_once::NEEDS);
        Plan::finish(read, move |response| {
            let draft = response.json()?;
            let present = Present::of(&draft).ok_or_else(|| {
                Error::protocol("Graph does not return the recipients of the reply").with_hint(
                    "The reply was not sent, and its draft is in Drafts. Try again without `to`, `cc` and `bcc`.",
                )
            })?;
            Ok(self.beside(present))
        })
    }

    fn beside(self, present: Present) -> Option<OutgoingMessage> {
        let Present { mut to, mut cc, mut bcc } = present;
        let mut known: Vec<String> =
            [&to, &cc, &bcc].into_iter().flatten().filter_map(|it| it.email_address.address.clone()).collect();
        let mut add = |list: &mut Vec<Recipient>, more: Vec<Address>| {
            let before = list.len();
            for address in more {
                if known.iter().any(|known| known.trim().eq_ignore_ascii_case(address.0.trim())) {
                    continue;
                }
                known.push(address.0.clone());
                list.push(Recipient::from(address));
            }
            list.len() > before
        };
        let (more_to, more_cc, more_bcc) = (add(&mut to, self.to), add(&mut cc, self.cc), add(&mut bcc, self.bcc));
        let longer = |is_longer: bool, list: Vec<Recipient>| if is_longer { list } else { Vec::new() };
        (more_to || more_cc || more_bcc).then(|| OutgoingMessage {
            to_recipients: longer(more_to, to),
            cc_recipients: longer(more_cc, cc),
            bcc_recipients: longer(more_bcc, bcc),
            ..OutgoingMessage::default()
        })
    }
}

/// The recipients of a draft.
struct Present {
    to: Vec<Recipient>,
    cc: Vec<Recipient>,
    bcc: Vec<Recipient>,
}

impl Present {
    fn of(draft: &Json) -> Option<Present> {
        let list = |name| Properties::of(draft).get::<Vec<Recipient>>(name);
        Some(Present { to: list(TO)?, cc: list(CC)?, bcc: list(BCC)? })
    }
}

#[cfg(test)]
mod tests {
    use connector_sdk::{Response, Result, ScriptedRun};
    use serde_json::{Value, json};

    use super::*;

    fn written(draft: &str, answers: Vec<Response>, more: MoreRecipients) -> Result<Value> {
        let draft = Response::new(201, draft.to_owned()).json().unwrap();
        let plan = more.for_draft(&Root::me(), "AAkD1", &draft);
        ScriptedRun::new(answers).run(plan).map(|message| json!(message))
    }

    fn addresses(all: &[&str]) -> Vec<Address> {
        all.iter().map(|address| Address((*address).to_owned())).collect()
    }

    const DRAFT: &str = r#"{"id":"AAkD1","toRecipients":[{"emailAddress":{"name":"Megan","address":"MeganB@contoso.example"}}],"ccRecipients":[],"bccRecipients":[]}"#;

    #[test]
    fn those_whom_outlook_fills_in_stay() {
        let more = MoreRecipients { to: addresses(&["alexw@contoso.example"]), ..MoreRecipients::default() };
        assert_eq!(
            written(DRAFT, Vec::new(), more).unwrap(),
            json!({ "toRecipients": [
                { "emailAddress": { "name": "Megan", "address": "MeganB@contoso.example" } },
                { "emailAddress": { "address": "alexw@contoso.example" } },
            ] })
        );
    }

    #[test]
    fn nobody_gets_it_twice() {
        let more = MoreRecipients {
            cc: addresses(&["meganb@CONTOSO.example", "a@contoso.example", "A@contoso.example"]),
            bcc: addresses(&["a@contoso.example"]),
            ..MoreRecipients::default()
        };
        assert_eq!(
            written(DRAFT, Vec::new(), more).unwrap(),
            json!({ "ccRecipients": [{ "emailAddress": { "address": "a@contoso.example" } }] })
        );
        let known = MoreRecipients { to: addresses(&["meganb@contoso.example"]), ..MoreRecipients::default() };
        assert_eq!(written(DRAFT, Vec::new(), known).unwrap(), Value::Null);
    }

    #[test]
    fn lists_that_did_not_come_are_read_and_never_guessed() {
        let more = || MoreRecipients { to: addresses(&["alexw@contoso.example"]), ..MoreRecipients::default() };
        let read = written(r#"{"id":"AAkD1"}"#, vec![Response::new(200, DRAFT.to_owned())], more()).unwrap();
        assert_eq!(read["toRecipients"].as_array().map(Vec::len), Some(2));
        assert!(written(r#"{"id":"AAkD1"}"#, vec![Response::new(200, "{}".to_owned())], more()).is_err());
    }
}
