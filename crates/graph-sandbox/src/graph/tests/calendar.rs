//! Calendars, events and contacts.

use serde_json::{Value, json};

use crate::graph::testing::Bench;

fn at(local: &str, zone: &str) -> Value {
    json!({ "dateTime": local, "timeZone": zone })
}

fn event(subject: &str) -> Value {
    let zone = "Pacific Standard Time";
    json!({ "subject": subject, "start": at("2026-03-10T09:00:00", zone), "end": at("2026-03-10T10:00:00", zone) })
}

const MARCH: &str = "startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z";

#[test]
fn times_are_shown_in_utc_or_in_the_zone_that_is_preferred() {
    let bench = Bench::adele();
    let made = bench.post("/me/events", event("Zones")).ok(201);
    assert_eq!(made["start"], at("2026-03-10T16:00:00.0000000", "UTC"));
    assert_eq!(made["originalStartTimeZone"], "Pacific Standard Time");
    let id = made["id"].as_str().unwrap();
    let berlin = Bench { graph: bench.graph.clone(), ..Bench::adele() }
        .header("prefer", "outlook.timezone=\"W. Europe Standard Time\"");
    let shown = berlin.get(&format!("/me/events/{id}"));
    assert_eq!(shown.header("preference-applied"), "outlook.timezone=\"W. Europe Standard Time\"");
    assert_eq!(shown.ok(200)["start"], at("2026-03-10T17:00:00.0000000", "W. Europe Standard Time"));
    let nowhere = Bench::adele().header("prefer", "outlook.timezone=\"Nowhere\"");
    nowhere.get("/me/events").refused(400, "TimeZoneNotSupportedException");
}

#[test]
fn events_that_cannot_be_are_refused() {
    let bench = Bench::adele();
    let refuse = |change: &dyn Fn(&mut Value), code: &str| {
        let mut body = event("x");
        change(&mut body);
        bench.post("/me/events", body).refused(400, code);
    };
    refuse(
        &|event| event["end"] = at("2026-03-10T08:00:00", "Pacific Standard Time"),
        "ErrorCalendarEndDateIsEarlierThanStartDate",
    );
    refuse(&|event| event["start"] = Value::Null, "ErrorPropertyValidationFailure");
    refuse(&|event| event["start"]["timeZone"] = "Nowhere".into(), "TimeZoneNotSupportedException");
    refuse(&|event| event["start"]["dateTime"] = "tomorrow".into(), "ErrorPropertyValidationFailure");
    refuse(&|event| event["isAllDay"] = true.into(), "ErrorPropertyValidationFailure");
    refuse(
        &|event| event["recurrence"] = json!({ "pattern": { "type": "weekly" }, "range": { "type": "noEnd" } }),
        "ErrorPropertyValidationFailure",
    );
    refuse(&|event| event["titel"] = "x".into(), "RequestBodyRead");
    refuse(&|event| event["iCalUId"] = "x".into(), "ErrorInvalidPropertySet");
}

#[test]
fn a_view_has_every_occurrence_of_a_series() {
    let bench = Bench::adele();
    let (all, _) = bench.all(&format!("/me/calendarView?{MARCH}&$select=subject,start,type,seriesMasterId"));
    let starts: Vec<&str> = all.iter().map(|event| event["start"]["dateTime"].as_str().unwrap()).collect();
    assert!(starts.is_sorted());
    let reviews: Vec<&Value> = all.iter().filter(|event| event["subject"] == "Mark 8 review").collect();
    assert_eq!(reviews.len(), 4, "{all:?}");
    assert!(reviews.iter().all(|event| event["type"] == "occurrence"));
    let second = bench.get(&format!("/me/events/{}", reviews[1]["id"].as_str().unwrap())).ok(200);
    assert_eq!(second["start"]["dateTime"], reviews[1]["start"]["dateTime"]);
    let master = reviews[0]["seriesMasterId"].as_str().unwrap();
    assert_eq!(bench.get(&format!("/me/events/{master}/instances?{MARCH}")).items().len(), 4);
    bench.delete(&format!("/me/events/{}", reviews[2]["id"].as_str().unwrap())).ok(204);
    assert_eq!(bench.get(&format!("/me/events/{master}/instances?{MARCH}")).items().len(), 3);
    bench.get("/me/calendarView").refused(400, "ErrorInvalidParameter");
    bench.get("/me/calendarView?startDateTime=x&endDateTime=y").refused(400, "ErrorInvalidParameter");
}

#[test]
fn a_view_tells_its_changes() {
    let bench = Bench::adele();
    let (all, last) = bench.all(&format!("/me/calendarView/delta?{MARCH}"));
    assert!(all.len() > 5);
    let delta = last.body["@odata.deltaLink"].as_str().unwrap().to_owned();
    let made = bench.post("/me/events", event("New")).ok(201);
    let mut later = event("Out of the window");
    later["start"] = at("2027-01-01T00:00:00", "UTC");
    later["end"] = at("2027-01-01T01:00:00", "UTC");
    bench.post("/me/events", later).ok(201);
    let round = bench.get(&delta);
    assert_eq!(round.items().len(), 1);
    assert_eq!(round.items()[0]["id"], made["id"]);
    bench.delete(&format!("/me/events/{}", made["id"].as_str().unwrap())).ok(204);
    let round = bench.get(round.body["@odata.deltaLink"].as_str().unwrap());
    assert_eq!(round.items()[0], json!({ "id": made["id"], "@removed": { "reason": "deleted" } }));
}

#[test]
fn an_occurrence_is_changed_and_taken_out_and_the_series_knows() {
    let bench = Bench::adele();
    let (all, last) = bench.all(&format!("/me/calendarView/delta?{MARCH}"));
    let delta = last.body["@odata.deltaLink"].as_str().unwrap().to_owned();
    let reviews: Vec<&Value> = all.iter().filter(|event| event["subject"] == "Mark 8 review").collect();
    let path = |event: &Value| format!("/me/events/{}", event["id"].as_str().unwrap());
    let master = format!("/me/events/{}", reviews[0]["seriesMasterId"].as_str().unwrap());
    let before = bench.get(&master).ok(200)["changeKey"].clone();
    let changed = bench.patch(&path(reviews[1]), json!({ "subject": "Moved" })).ok(200);
    assert_eq!(
        (&changed["id"], &changed["type"], &changed["subject"]),
        (&reviews[1]["id"], &json!("exception"), &json!("Moved"))
    );
    let changed = bench.patch(&path(reviews[1]), json!({ "location": { "displayName": "Lab" } })).ok(200);
    assert_eq!(changed["subject"], "Moved", "what was changed before stays");
    bench.delete(&path(reviews[2])).ok(204);
    let series = bench.get(&master).ok(200);
    assert_ne!(series["changeKey"], before);
    assert_eq!(series["subject"], "Mark 8 review");
    bench.patch(&path(reviews[0]), json!({ "recurrence": series["recurrence"] })).refused(400, "ErrorInvalidRequest");
    let round = bench.get(&delta);
    let gone: Vec<&Value> = round.items().iter().filter(|event| event.get("@removed").is_some()).collect();
    assert_eq!(gone.iter().map(|event| &event["id"]).collect::<Vec<_>>(), [&reviews[2]["id"]]);
    let (again, _) = bench.all(&format!("/me/calendarView/delta?{MARCH}"));
    assert!(again.iter().all(|event| event.get("@removed").is_none() && event["id"] != reviews[2]["id"]));
}

#[test]
fn a_meeting_reaches_those_who_are_invited() {
    let bench = Bench::adele();
    let mut meeting = event("Meeting");
    meeting["attendees"] = json!([{ "emailAddress": { "address": "alexw@contoso.example" }, "type": "required" }]);
    meeting["transactionId"] = "t-1".into();
    let made = bench.post("/me/events", meeting.clone()).ok(201);
    assert_eq!(bench.post("/me/events", meeting).ok(201)["id"], made["id"], "the same transaction makes one event");
    let all = Bench { graph: bench.graph.clone(), ..Bench::with("Calendars.ReadWrite.Shared Calendars.ReadWrite") };
    let theirs = "/users/alexw@contoso.example/events";
    let copy = all.get(&format!("{theirs}?$filter=subject eq 'Meeting'")).items()[0].clone();
    assert_eq!((&copy["isOrganizer"], &copy["iCalUId"]), (&json!(false), &made["iCalUId"]));
    all.post(&format!("{theirs}/{}/accept", copy["id"].as_str().unwrap()), json!({ "sendResponse": true })).ok(202);
    let id = made["id"].as_str().unwrap();
    assert_eq!(bench.get(&format!("/me/events/{id}")).ok(200)["attendees"][0]["status"]["response"], "accepted");
    bench.post(&format!("/me/events/{id}/accept"), json!({})).refused(400, "ErrorInvalidRequest");
    bench.post(&format!("/me/events/{id}/cancel"), json!({ "comment": "Sorry" })).ok(202);
    assert!(all.get(&format!("{theirs}?$filter=subject eq 'Meeting'")).items().is_empty());
}

#[test]
fn calendars_are_made_and_removed() {
    let bench = Bench::adele();
    assert_eq!(bench.get("/me/calendar").ok(200)["isDefaultCalendar"], true);
    let made = bench.post("/me/calendars", json!({ "name": "Garden" })).ok(201)["id"].as_str().unwrap().to_owned();
    bench.post(&format!("/me/calendars/{made}/events"), event("Sow")).ok(201);
    assert_eq!(bench.get(&format!("/me/calendars/{made}/events")).items().len(), 1);
    bench.delete(&format!("/me/calendars/{made}")).ok(204);
    bench.get(&format!("/me/calendars/{made}")).refused(404, "ErrorItemNotFound");
}

#[test]
fn contacts_lie_in_folders() {
    let bench = Bench::adele();
    assert_eq!(bench.get("/me/contacts").items().len(), 3);
    let folder = bench.get("/me/contactFolders").items()[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(bench.get(&format!("/me/contactFolders/{folder}/contacts")).items().len(), 2);
    let found = bench.get("/me/contacts?$filter=emailAddresses/any(a:a/address eq 'elvia@fabrikam.example')");
    assert_eq!(found.items()[0]["displayName"], "Elvia Atkins");
    let (_, last) = bench.all("/me/contacts/delta");
    let made = bench.post("/me/contacts", json!({ "givenName": "Rune", "surname": "Berg" })).ok(201);
    assert_eq!((&made["displayName"], &made["fileAs"]), (&json!("Rune Berg"), &json!("Berg, Rune")));
    let id = made["id"].as_str().unwrap();
    bench.patch(&format!("/me/contacts/{id}"), json!({ "jobTitle": "Baker" })).ok(200);
    let round = bench.get(last.body["@odata.deltaLink"].as_str().unwrap());
    assert_eq!(round.items()[0]["jobTitle"], "Baker");
    bench.delete(&format!("/me/contacts/{id}")).ok(204);
    bench.get(&format!("/me/contacts/{id}")).refused(404, "ErrorItemNotFound");
    let address = json!({ "address": "a@b.example" });
    bench
        .post("/me/contacts", json!({ "emailAddresses": [address, address, address, address] }))
        .refused(400, "ErrorPropertyValidationFailure");
}

#[test]
fn a_text_that_does_not_say_how_to_join_ends_the_online_meeting() {
    let bench = Bench::adele();
    let mut given = event("Online");
    given["isOnlineMeeting"] = true.into();
    given["body"] = json!({ "contentType": "text", "content": "a < b" });
    let made = bench.post("/me/events", given).ok(201);
    let join = made["onlineMeeting"]["joinUrl"].as_str().unwrap();
    let content = made["body"]["content"].as_str().unwrap();
    assert!(content.starts_with("a &lt; b<br>") && content.contains(join), "{content}");
    let path = format!("/me/events/{}", made["id"].as_str().unwrap());
    assert_eq!(bench.patch(&path, json!({ "subject": "Still" })).ok(200)["isOnlineMeeting"], true);
    assert_eq!(bench.patch(&path, json!({ "body": made["body"] })).ok(200)["isOnlineMeeting"], true);
    let ended = bench.patch(&path, json!({ "body": { "contentType": "text", "content": "New" } })).ok(200);
    assert_eq!((&ended["isOnlineMeeting"], &ended["onlineMeeting"]), (&json!(false), &Value::Null));
}

#[test]
fn whole_days_are_in_the_view_when_they_are_in_their_zone() {
    let bench = Bench::adele();
    let zone = "Pacific Standard Time";
    let fair = json!({ "subject": "Fair", "isAllDay": true, "start": at("2026-12-02T00:00:00", zone), "end": at("2026-12-03T00:00:00", zone) });
    let made = bench.post("/me/events", fair).ok(201);
    assert_eq!(made["start"], at("2026-12-02T00:00:00.0000000", "UTC"));
    let seen = |from: &str, to: &str| {
        let view = bench.get(&format!("/me/calendarView?startDateTime={from}&endDateTime={to}"));
        view.items().iter().any(|event| event["subject"] == "Fair")
    };
    assert!(!seen("2026-12-02T01:00:00Z", "2026-12-02T07:30:00Z"));
    assert!(
        seen("2026-12-02T07:30:00Z", "2026-12-02T08:30:00Z") && seen("2026-12-03T07:00:00Z", "2026-12-03T07:30:00Z")
    );
}
