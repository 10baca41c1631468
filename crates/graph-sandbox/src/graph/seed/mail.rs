//! Messages, in the mailboxes of three people.

use serde_json::{Value, json};

use super::DOMAIN;
use crate::graph::attachments::{attach_all, sample};
use crate::graph::tenant::Tenant;
use crate::graph::time::seconds_later;
use crate::graph::time::stamp;

/// Subject, sender's alias, text.
const LETTERS: [(&str, &str, &str); 14] = [
    ("Welcome to the retail team", "MeganB", "We are glad to have you. Your first week is planned in the calendar."),
    ("Quarterly budget review", "PattiF", "Please look through the numbers before Thursday. The workbook is attached."),
    ("Mark 8 launch date", "LeeG", "Engineering confirms the second week of the quarter."),
    ("Store opening hours", "IsaiahL", "The new branch would like to open an hour earlier on Saturdays."),
    ("Contract for the new branch", "JoniS", "The signed contract is attached. Two clauses changed since the draft."),
    ("Holiday schedule", "DiegoS", "Requests for the summer are due by the end of the month."),
    ("Design of the shop window", "GradyA", "Three drafts, the second is my favourite."),
    ("Re: Store opening hours", "IsaiahL", "Thank you, I will tell them."),
    ("Invoice 2041", "AlexW", "The invoice for the spring campaign is attached."),
    (
        "Outage of the till system",
        "JohannaL",
        "The tills were offline from 9:05 to 9:20. The cause was an expired certificate.",
    ),
    ("Team lunch on Friday", "HenriettaM", "The place around the corner, at noon. Tell me if you eat no fish."),
    ("Marketing plan for autumn", "AlexW", "Budget and dates are in the plan. Comments welcome."),
    ("Survey results", "DiegoS", "Nine of ten colleagues recommend us. Details are in the report."),
    ("Price list from next month", "MeganB", "These are the prices that the shops use from the first of the month."),
];

pub(super) fn person(tenant: &Tenant, alias: &str) -> Value {
    let address = format!("{alias}@{DOMAIN}");
    let name = tenant.directory.user(&address).map(|user| user.text("displayName").to_owned()).unwrap_or_default();
    json!({ "emailAddress": { "name": name, "address": address } })
}

pub(super) fn mailboxes(tenant: &mut Tenant) {
    for (alias, letters, keys) in [("AdeleV", 32, 10_000), ("AlexW", 14, 12_000), ("MeganB", 10, 14_000)] {
        tenant.count_from(keys);
        inbox(tenant, alias, letters);
        tenant.count_from(keys + 1_000);
        folders_and_drafts(tenant, alias);
    }
}

fn inbox(tenant: &mut Tenant, alias: &str, letters: usize) {
    let Some(owner) = tenant.directory.user_key(&format!("{alias}@{DOMAIN}")) else { return };
    for i in 0..letters {
        let (subject, from, text) = LETTERS[i % LETTERS.len()];
        if from == alias {
            continue;
        }
        let round = i / LETTERS.len();
        let subject = if round == 0 { subject.to_owned() } else { format!("{subject} ({round})") };
        // Older letters come at longer distances.
        let ago = i64::try_from(i * i * 40 + i * 95 + 7).unwrap_or_default() * 60;
        let when = seconds_later(tenant.now(), -ago);
        let html = i % 3 == 1;
        let content = if html {
            format!("<html><body><p>Hello,</p><p>{text}</p><p>Regards</p></body></html>")
        } else {
            format!("Hello,\r\n\r\n{text}\r\n\r\nRegards")
        };
        let attached = text.contains("attached");
        let message = json!({
            "subject": subject, "body": { "contentType": if html { "html" } else { "text" }, "content": content },
            "from": person(tenant, from), "toRecipients": [person(tenant, alias)],
            "ccRecipients": if i % 5 == 2 { vec![person(tenant, "PattiF")] } else { Vec::new() },
            "receivedDateTime": stamp(when), "sentDateTime": stamp(seconds_later(when, -2)), "createdDateTime": stamp(when),
            "lastModifiedDateTime": stamp(when), "isRead": i % 4 != 0, "hasAttachments": attached,
            "importance": if i % 9 == 1 { "high" } else { "normal" }, "inferenceClassification": if i % 6 == 5 { "other" } else { "focused" },
            "categories": if i % 7 == 3 { vec!["Blue category"] } else { Vec::new() },
            "flag": { "flagStatus": if i % 8 == 2 { "flagged" } else { "notFlagged" } },
        });
        let (key, part) = (tenant.key(), tenant.key());
        let Some(mailbox) = tenant.mailboxes.get_mut(&owner) else { return };
        mailbox.add_message(key, mailbox.known("inbox"), when, crate::graph::json::object(message));
        if attached {
            let content = format!("{subject}\n{}", "Contoso figures, line by line.\n".repeat(20));
            attach_all(mailbox, key, vec![(part, sample("figures.txt", content.as_bytes(), when))]);
        }
    }
}

fn folders_and_drafts(tenant: &mut Tenant, alias: &str) {
    let Some(owner) = tenant.directory.user_key(&format!("{alias}@{DOMAIN}")) else { return };
    let [project, child] = std::array::from_fn(|_| tenant.key());
    let (me, lee, diego) = (person(tenant, alias), person(tenant, "LeeG"), person(tenant, "DiegoS"));
    let now = tenant.now();
    let keys: [u64; 6] = std::array::from_fn(|_| tenant.key());
    let Some(mailbox) = tenant.mailboxes.get_mut(&owner) else { return };
    mailbox.add_folder(project, mailbox.root, "Projects");
    mailbox.add_folder(child, project, "Mark 8");
    let letters = [
        (child, 40, &lee, &me, "Mark 8 specification"),
        (project, 21, &lee, &me, "Project overview"),
        (mailbox.known("archive"), 200, &diego, &me, "Your first year at Contoso"),
        (mailbox.known("sentitems"), 3, &me, &lee, "Question about the launch"),
        (mailbox.known("drafts"), 1, &me, &diego, "Draft: vacation request"),
        (mailbox.known("deleteditems"), 12, &diego, &me, "Canteen menu"),
    ];
    for (key, (folder, days, from, to, subject)) in keys.into_iter().zip(letters) {
        let when = seconds_later(now, -days * 86_400);
        let message = json!({
            "subject": subject, "body": { "contentType": "text", "content": format!("{subject}.") }, "from": from, "sender": from,
            "toRecipients": [to], "receivedDateTime": stamp(when), "sentDateTime": stamp(when), "createdDateTime": stamp(when),
            "lastModifiedDateTime": stamp(when), "isRead": true, "isDraft": folder == mailbox.known("drafts"),
        });
        mailbox.add_message(key, folder, when, crate::graph::json::object(message));
    }
}
