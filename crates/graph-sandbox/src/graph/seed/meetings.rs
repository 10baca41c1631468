//! Online meetings: two of Adele's events, and what was said in them; one of Alex, for whom no app may act.

use serde_json::{Value, json};

use super::DOMAIN;
use crate::graph::json::object;
use crate::graph::meetings::{Held, add, by_subject, hold, of_event};
use crate::graph::store::guid;
use crate::graph::tenant::Tenant;
use crate::graph::time::seconds_later;

const RESULTS: [&str; 4] = [
    "Shall we look at the quarter?",
    "Sales of the Mark 8 are up by a tenth.",
    "And the shops?",
    "They wait for the new branch.",
];
const REVIEW: [&str; 3] = ["The casing still rattles.", "Then we change the screws.", "I order them today."];

/// Subject of an event, days ago that it was held, its lines.
const HELD: [(&str, i64, &[&str]); 3] =
    [("Quarterly results", 20, &RESULTS), ("Mark 8 review", 12, &REVIEW), ("Mark 8 review", 5, &REVIEW)];

pub(super) fn meetings(tenant: &mut Tenant) {
    tenant.count_from(640_000);
    let [adele, alex, megan] =
        ["AdeleV", "AlexW", "MeganB"].map(|alias| tenant.directory.user_key(&format!("{alias}@{DOMAIN}")));
    let (Some(adele), Some(alex), Some(megan)) = (adele, alex, megan) else { return };
    tenant.meetings.policy.extend([adele, megan]);
    for subject in ["Quarterly results", "Mark 8 review"] {
        online(tenant, adele, subject);
    }
    for (subject, days, lines) in HELD {
        let started = seconds_later(tenant.now(), -days * 86_400);
        if let Some(meeting) = by_subject(tenant, adele, subject) {
            hold(tenant, meeting, &Held { started, people: &["AdeleV", "AlexW", "MeganB"], lines });
        }
    }
    tenant.count_from(641_000);
    let started = seconds_later(tenant.now(), -3 * 86_400);
    let given = object(
        json!({ "subject": "Shop rota", "participants": { "attendees": [{ "upn": format!("AdeleV@{DOMAIN}"), "role": "attendee" }] } }),
    );
    // The seed's own meeting is sound.
    if let Ok(meeting) = add(tenant, alex, given, None) {
        hold(
            tenant,
            meeting,
            &Held { started, people: &["AlexW", "AdeleV"], lines: &["Who opens on Monday?", "I do."] },
        );
    }
}

/// Makes an online meeting of an event that is there.
fn online(tenant: &mut Tenant, owner: u64, subject: &str) {
    let Some(mailbox) = tenant.mailboxes.get_mut(&owner) else { return };
    let Some(event) = mailbox.events.iter().find(|event| event.text("subject") == subject).map(|event| event.key)
    else {
        return;
    };
    let thread = format!("19%3ameeting_{}%40thread.v2", guid(&format!("online {owner} {subject}")).replace('-', ""));
    let context = format!("%7b%22Tid%22%3a%22{}%22%7d", tenant.id);
    let join = format!("https://teams.microsoft.example/l/meetup-join/{thread}/0?context={context}");
    mailbox.events.amend(event, |fields| {
        fields.insert("isOnlineMeeting".into(), true.into());
        fields.insert("onlineMeetingProvider".into(), "teamsForBusiness".into());
        let body = crate::graph::meeting_blob::with(fields.get("body").unwrap_or(&Value::Null), &join);
        fields.insert("body".into(), body);
        fields.insert("onlineMeeting".into(), json!({ "joinUrl": join }));
    });
    of_event(tenant, owner, event);
    let invited: Vec<_> =
        ["AlexW", "MeganB"].map(|alias| json!({ "upn": format!("{alias}@{DOMAIN}"), "role": "attendee" })).into();
    let mut given = object(json!({ "participants": { "attendees": invited } }));
    // They are in the directory.
    let _ = crate::graph::meetings::settle(tenant, &mut given);
    if let Some(meeting) = by_subject(tenant, owner, subject) {
        tenant.meetings.meetings.amend(meeting, |fields| crate::graph::meetings::put(fields, given));
    }
}
