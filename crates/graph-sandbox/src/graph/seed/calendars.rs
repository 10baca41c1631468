//! Events and contacts, of the people who have mail.

use serde_json::{Value, json};

use super::DOMAIN;
use crate::graph::attachments::{attach_all, sample};
use crate::graph::calendar::settle_times;
use crate::graph::contacts::{add_contact, add_contact_folder};
use crate::graph::json::object;
use crate::graph::sharing::calendar_permission as person;
use crate::graph::store::{Entity, guid};
use crate::graph::tenant::Tenant;
use crate::graph::time::seconds_later;
use crate::graph::time::stamp;

/// Subject, days from now, hour in UTC, minutes, place.
const EVENTS: [(&str, i64, i64, i64, &str); 6] = [
    ("Budget meeting", 1, 13, 60, "Room 12"),
    ("Mark 8 review", 2, 15, 90, "Lab"),
    ("Lunch with Lee", 3, 19, 60, "Around the corner"),
    ("Store visit", 7, 16, 180, "New branch"),
    ("Interview", -2, 14, 45, "Room 3"),
    ("Quarterly results", -20, 17, 60, "Auditorium"),
];

/// Given name, surname, company, title.
const CONTACTS: [(&str, &str, &str, &str); 5] = [
    ("Pavel", "Bansky", "Fabrikam", "Buyer"),
    ("Elvia", "Atkins", "Fabrikam", "Accountant"),
    ("Robin", "Counts", "Tailspin Toys", "Manager"),
    ("Ana", "Bowman", "Wingtip Toys", "Designer"),
    ("Cora", "Thomas", "Northwind Traders", "Driver"),
];

/// The smallest file that begins and ends as a JPEG does.
const PHOTO: &[u8] =
    &[0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0, 1, 1, 1, 0, 72, 0, 72, 0, 0, 0xff, 0xd9];

pub(super) fn calendars(tenant: &mut Tenant) {
    for (alias, keys) in [("AdeleV", 20_000), ("AlexW", 22_000), ("MeganB", 24_000)] {
        tenant.count_from(keys);
        let Some(owner) = tenant.directory.user_key(&format!("{alias}@{DOMAIN}")) else { continue };
        let midnight = tenant.now().as_second().div_euclid(86_400) * 86_400 - tenant.now().as_second();
        for (i, (subject, days, hour, minutes, place)) in EVENTS.into_iter().enumerate() {
            let start = seconds_later(tenant.now(), midnight + days * 86_400 + hour * 3600);
            let mut event = object(json!({
                "subject": subject, "body": { "contentType": "html", "content": format!("<html><body>{subject}</body></html>") },
                "start": { "dateTime": stamp(start).trim_end_matches('Z'), "timeZone": "UTC" },
                "end": { "dateTime": stamp(seconds_later(start, minutes * 60)).trim_end_matches('Z'), "timeZone": "UTC" },
                "location": { "displayName": place, "locationType": "default", "uniqueId": place, "uniqueIdType": "private" },
                "recurrence": if i == 1 { weekly(start) } else { Value::Null },
            }));
            // The seed's own times are sound.
            let _ = settle_times(&mut event);
            let (key, now) = (tenant.key(), seconds_later(tenant.now(), -30 * 86_400));
            let uid = format!("040000008200E00074C5B7101A82E008{key:032X}");
            let Some(mailbox) = tenant.mailboxes.get_mut(&owner) else { continue };
            mailbox.add_event(key, mailbox.known("calendar"), now, &uid, event);
        }
        tenant.count_from(keys + 1_000);
        contacts(tenant, owner);
        tenant.count_from(keys + 1_500);
        shared(tenant, owner);
        tenant.count_from(keys + 1_700);
        visits(tenant, owner, alias);
        watched(tenant, owner, alias);
    }
}

/// A subscription to the contacts, made by the sandbox's command line.
fn watched(tenant: &mut Tenant, owner: u64, alias: &str) {
    let key = tenant.key();
    let Some(creator) = tenant.directory.users.get(owner).map(|user| user.text("id").to_owned()) else { return };
    let fields = json!({
        "id": guid(&format!("seeded subscription {alias}")), "resource": "me/contacts", "applicationId": crate::entra::seeds::PUBLIC,
        "changeType": "created,updated", "clientState": null, "notificationUrl": "https://hooks.contoso.example/contacts",
        "notificationQueryOptions": null, "lifecycleNotificationUrl": null, "creatorId": creator, "includeResourceData": false,
        "expirationDateTime": stamp(seconds_later(tenant.now(), 3 * 86_400)), "latestSupportedTlsVersion": "v1_2",
        "encryptionCertificate": null, "encryptionCertificateId": null, "notificationUrlAppId": null,
    });
    tenant.subscriptions.insert(Entity::new(key, 0, 0, object(fields)));
}

/// A meeting to which Lee invites, and an event with a file.
fn visits(tenant: &mut Tenant, owner: u64, alias: &str) {
    let midnight = tenant.now().as_second().div_euclid(86_400) * 86_400 - tenant.now().as_second();
    let (invited, event, part) = (tenant.key(), tenant.key(), tenant.key());
    let now = seconds_later(tenant.now(), -10 * 86_400);
    let Some(mailbox) = tenant.mailboxes.get_mut(&owner) else { return };
    let me = json!({ "emailAddress": { "name": mailbox.name, "address": mailbox.address } });
    for (key, subject, days, by_lee) in [(invited, "Tour of the lab", 10, true), (event, "Handover", 14, false)] {
        let start = seconds_later(now, 10 * 86_400 + midnight + days * 86_400 + 10 * 3600);
        let mut fields = object(json!({
            "subject": subject, "start": { "dateTime": stamp(start).trim_end_matches('Z'), "timeZone": "UTC" },
            "end": { "dateTime": stamp(seconds_later(start, 3600)).trim_end_matches('Z'), "timeZone": "UTC" }, "hasAttachments": !by_lee,
        }));
        if by_lee {
            let lee = json!({ "emailAddress": { "name": "Lee Gu", "address": format!("LeeG@{DOMAIN}") } });
            let mut attendee = me.clone();
            attendee["type"] = "required".into();
            attendee["status"] = json!({ "response": "none", "time": "0001-01-01T00:00:00Z" });
            fields.extend(object(json!({
                "isOrganizer": false, "organizer": lee, "attendees": [attendee], "showAs": "tentative",
                "responseStatus": { "response": "notResponded", "time": "0001-01-01T00:00:00Z" },
            })));
        }
        // The seed's own times are sound.
        let _ = settle_times(&mut fields);
        let uid = if by_lee { format!("tour {alias}") } else { format!("handover {alias}") };
        mailbox.add_event(
            key,
            mailbox.known("calendar"),
            now,
            &format!("040000008200E00074C5B7101A82E008{}", guid(&uid).replace('-', "")),
            fields,
        );
    }
    attach_all(mailbox, event, vec![(part, sample("handover.txt", b"Keys, codes and contacts.", now))]);
}

/// A group without calendars, somebody who may see the default calendar, and a sender for the other part of the inbox.
fn shared(tenant: &mut Tenant, owner: u64) {
    let (group, permission, sender) = (tenant.key(), tenant.key(), tenant.key());
    let Some(mailbox) = tenant.mailboxes.get_mut(&owner) else { return };
    mailbox.add_calendar_group(group, "Regions");
    let calendar = mailbox.known("calendar");
    let entry = person(&format!("LeeG@{DOMAIN}"), Some("Lee Gu"), "read");
    mailbox.calendar_permissions.insert(Entity::new(permission, calendar, 0, entry));
    let news = json!({ "name": "Contoso News", "address": "news@contoso.example" });
    let other = json!({ "id": guid(&format!("override {sender}")), "classifyAs": "other", "senderEmailAddress": news });
    mailbox.preferences.overrides.insert(Entity::new(sender, 0, 0, object(other)));
}

pub(super) fn weekly(start: jiff::Timestamp) -> Value {
    let day = start.to_zoned(jiff::tz::TimeZone::UTC).date();
    let name = day.strftime("%A").to_string().to_lowercase();
    json!({
        "pattern": { "type": "weekly", "interval": 1, "month": 0, "dayOfMonth": 0, "daysOfWeek": [name], "firstDayOfWeek": "sunday", "index": "first" },
        "range": { "type": "numbered", "startDate": day.to_string(), "endDate": "0001-01-01", "recurrenceTimeZone": "UTC", "numberOfOccurrences": 8 },
    })
}

fn contacts(tenant: &mut Tenant, owner: u64) {
    let now = stamp(seconds_later(tenant.now(), -90 * 86_400));
    let (suppliers, calendar) = (tenant.key(), tenant.key());
    let keys: [u64; CONTACTS.len()] = std::array::from_fn(|_| tenant.key());
    let Some(mailbox) = tenant.mailboxes.get_mut(&owner) else { return };
    mailbox.add_calendar(calendar, "Shop openings", false);
    add_contact_folder(mailbox, suppliers, 0, "Suppliers");
    for (i, (key, (given, surname, company, title))) in keys.into_iter().zip(CONTACTS).enumerate() {
        let host = company.to_lowercase().replace(' ', "");
        let address = format!("{}@{host}.example", given.to_lowercase());
        let contact = json!({
            "givenName": given, "surname": surname, "companyName": company, "jobTitle": title, "mobilePhone": format!("+1 425 555 02{i:02}"),
            "emailAddresses": [{ "name": format!("{given} {surname}"), "address": address }], "businessPhones": [format!("+1 425 555 03{i:02}")],
        });
        let folder = if i >= 3 { suppliers } else { mailbox.known("contacts") };
        add_contact(mailbox, key, folder, &now, object(contact));
        if i == 0 {
            mailbox.photos.insert(key, PHOTO.into());
        }
    }
}
