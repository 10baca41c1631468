//! What mailboxes have beside ordinary letters: attachments of each kind, rules, a hidden folder.

use serde_json::{Value, json};

use super::DOMAIN;
use super::mail::person;
use crate::graph::attachments::{attach_all, sample, sample_item};
use crate::graph::json::object;
use crate::graph::preferences::add_rule;
use crate::graph::tenant::Tenant;
use crate::graph::time::seconds_later;
use crate::graph::time::stamp;

/// The smallest picture: one transparent dot as a GIF.
const DOT: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

pub(super) fn correspondence(tenant: &mut Tenant) {
    for (alias, keys) in [("AdeleV", 500_000), ("AlexW", 500_100), ("MeganB", 500_200)] {
        tenant.count_from(keys);
        let Some(owner) = tenant.directory.user_key(&format!("{alias}@{DOMAIN}")) else { continue };
        letters(tenant, owner, alias);
        rules(tenant, owner);
    }
}

fn letters(tenant: &mut Tenant, owner: u64, alias: &str) {
    let (me, lee) = (person(tenant, alias), person(tenant, "LeeG"));
    let [folder, hidden, letter, draft] = std::array::from_fn(|_| tenant.key());
    let parts: [u64; 4] = std::array::from_fn(|_| tenant.key());
    let when = seconds_later(tenant.now(), -400 * 86_400);
    let Some(mailbox) = tenant.mailboxes.get_mut(&owner) else { return };
    mailbox.add_folder(folder, mailbox.known("archive"), "Correspondence");
    mailbox.add_folder(hidden, mailbox.root, "Conversation Action Settings");
    mailbox.folders.amend(hidden, |fields| {
        fields.insert("isHidden".into(), true.into());
    });
    let dates = |mut message: Value| {
        for name in ["receivedDateTime", "sentDateTime", "createdDateTime", "lastModifiedDateTime"] {
            message[name] = stamp(when).into();
        }
        object(message)
    };
    let message = json!({
        "subject": "Plans of the branch", "from": lee, "toRecipients": [me], "isRead": true, "hasAttachments": true,
        "body": { "contentType": "html", "content": "<html><body><p>The plans and last year's letter.</p><img src=\"cid:dot\"></body></html>" },
    });
    mailbox.add_message(letter, folder, when, dates(message));
    let mut inline = sample("dot.gif", DOT, when);
    inline.insert("isInline".into(), true.into());
    inline.insert("contentId".into(), "dot".into());
    inline.insert("contentType".into(), "image/gif".into());
    let item = json!({
        "@odata.type": "#microsoft.graph.message", "subject": "Letter of last year", "from": lee, "toRecipients": [me],
        "body": { "contentType": "text", "content": "We shall need more room." },
    });
    let file = sample("plans.txt", b"Ground floor: shop.\nFirst floor: office.\n", when);
    let all = vec![(parts[0], inline), (parts[1], file), (parts[2], sample_item("Letter of last year", item, when))];
    attach_all(mailbox, letter, all);
    let message = json!({
        "subject": "Draft: offer for the branch", "toRecipients": [lee], "isRead": true, "isDraft": true, "hasAttachments": true,
        "body": { "contentType": "text", "content": "Please find our offer attached." },
    });
    mailbox.add_message(draft, folder, when, dates(message));
    attach_all(mailbox, draft, vec![(parts[3], sample("offer.txt", b"Three years, no deposit.\n", when))]);
}

fn rules(tenant: &mut Tenant, owner: u64) {
    let [first, second] = std::array::from_fn(|_| tenant.key());
    let Some(mailbox) = tenant.mailboxes.get_mut(&owner) else { return };
    let archive = mailbox.folder_id(mailbox.known("archive"));
    let newsletters = json!({
        "displayName": "Newsletters", "sequence": 1, "conditions": { "subjectContains": ["newsletter"] },
        "actions": { "moveToFolder": archive, "markAsRead": true, "stopProcessingRules": true },
    });
    let invoices = json!({
        "displayName": "Invoices", "sequence": 2, "isEnabled": false, "conditions": { "subjectContains": ["invoice"], "hasAttachments": true },
        "actions": { "assignCategories": ["Blue category"] }, "exceptions": { "fromAddresses": [person_of("alexw")] },
    });
    add_rule(&mut mailbox.preferences, first, object(newsletters));
    add_rule(&mut mailbox.preferences, second, object(invoices));
}

fn person_of(alias: &str) -> Value {
    json!({ "emailAddress": { "name": "Alex Wilber", "address": format!("{alias}@{DOMAIN}") } })
}
