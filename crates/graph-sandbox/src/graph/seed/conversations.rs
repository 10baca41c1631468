//! The mailboxes of groups: what they write to each other, and when they meet.

use serde_json::{Value, json};

use super::DOMAIN;
use super::calendars::weekly;
use crate::graph::calendar::settle_times;
use crate::graph::conversations::{add_post, add_thread};
use crate::graph::json::object;
use crate::graph::mailbox::Mailbox;
use crate::graph::tenant::Tenant;
use crate::graph::time::seconds_later;
use crate::graph::time::stamp;

/// The group's nickname, topic, who writes what.
type Thread = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const THREADS: [Thread; 5] = [
    ("Retail", "Opening hours in December", &[("AdeleV", "Who can work on Sundays?"), ("IsaiahL", "I can, twice.")]),
    ("Retail", "New branch", &[("MeganB", "The plans are in the library.")]),
    ("Mark8", "Weight", &[("LeeG", "We are forty grams above the plan."), ("GradyA", "The housing can lose twenty.")]),
    ("Mark8", "Test flights", &[("JohannaL", "Tuesday, if it does not rain.")]),
    ("Leadership", "Quarter", &[("PattiF", "Figures by Friday, please.")]),
];

pub(super) fn conversations(tenant: &mut Tenant) {
    tenant.count_from(720_000);
    let groups: Vec<(u64, String, String)> = tenant
        .directory
        .groups
        .iter()
        .filter(|group| group.flag("mailEnabled"))
        .map(|group| (group.key, group.text("displayName").to_owned(), group.text("mail").to_owned()))
        .collect();
    for (group, name, address) in groups {
        let keys: Vec<u64> = (0..Mailbox::KEYS).map(|_| tenant.key()).collect();
        tenant.mailboxes.insert(group, Mailbox::new(group, &name, &address, &keys));
        meetings(tenant, group, &name);
        let nickname = address.split('@').next().unwrap_or_default().to_owned();
        for (i, (_, topic, posts)) in THREADS.iter().filter(|(of, ..)| *of == nickname).enumerate() {
            let thread = add_thread(tenant, group, topic);
            for (j, (alias, text)) in posts.iter().enumerate() {
                let Some(user) = tenant.directory.user(&format!("{alias}@{DOMAIN}")) else { continue };
                let who = (user.text("displayName").to_owned(), user.text("mail").to_owned());
                let post = object(
                    json!({ "body": { "contentType": "html", "content": format!("<html><body>{text}</body></html>") } }),
                );
                let hours = -24 * (2 + i64::try_from(i).unwrap_or_default()) + i64::try_from(j).unwrap_or_default();
                let when = seconds_later(tenant.now(), hours * 3600);
                add_post(tenant, thread, &who, post, Vec::new(), when);
            }
        }
    }
}

/// Two events of a group.
fn meetings(tenant: &mut Tenant, group: u64, name: &str) {
    let midnight = tenant.now().as_second().div_euclid(86_400) * 86_400 - tenant.now().as_second();
    for (subject, days, series) in [(format!("{name}: weekly"), -14, true), (format!("{name}: outing"), 20, false)] {
        let start = seconds_later(tenant.now(), midnight + days * 86_400 + 9 * 3600);
        let mut event = object(json!({
            "subject": subject, "body": { "contentType": "html", "content": "<html><body></body></html>" },
            "start": { "dateTime": stamp(start).trim_end_matches('Z'), "timeZone": "UTC" },
            "end": { "dateTime": stamp(seconds_later(start, 3600)).trim_end_matches('Z'), "timeZone": "UTC" },
            "recurrence": if series { weekly(start) } else { Value::Null },
        }));
        // The seed's own times are sound.
        let _ = settle_times(&mut event);
        let (key, now) = (tenant.key(), seconds_later(tenant.now(), -30 * 86_400));
        let uid = format!("040000008200E00074C5B7101A82E008{key:032X}");
        let Some(mailbox) = tenant.mailboxes.get_mut(&group) else { return };
        mailbox.add_event(key, mailbox.known("calendar"), now, &uid, event);
    }
}
