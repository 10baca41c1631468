//! Online meetings and what they leave behind.

use serde_json::{Value, json};

use crate::graph::testing::Bench;

const OWN: &str = "OnlineMeetings.ReadWrite OnlineMeetingTranscript.Read.All OnlineMeetingRecording.Read.All OnlineMeetingArtifact.Read.All \
    Calendars.ReadWrite";
const APP: &str = "OnlineMeetings.ReadWrite.All OnlineMeetingTranscript.Read.All OnlineMeetingRecording.Read.All OnlineMeetingArtifact.Read.All";

fn user(bench: &Bench, alias: &str) -> String {
    bench.graph.user_by_name(&format!("{alias}@contoso.example")).unwrap().id
}

/// As it stands in a query.
fn quoted(text: &str) -> String {
    text.replace('%', "%25").replace(':', "%3A").replace('?', "%3F").replace('=', "%3D")
}

/// A meeting of Adele's calendar, found by the address to join at.
fn results(bench: &Bench) -> Value {
    let events = bench.get("/me/events?$filter=subject eq 'Quarterly results'&$select=onlineMeeting");
    let join = events.items()[0]["onlineMeeting"]["joinUrl"].as_str().unwrap().to_owned();
    bench.get(&format!("/me/onlineMeetings?$filter=joinWebUrl eq '{}'", quoted(&join))).items()[0].clone()
}

#[test]
fn meetings_are_made_changed_and_found() {
    let bench = Bench::with(OWN);
    let given = json!({
        "subject": "Rota", "startDateTime": "2026-03-03T10:00:00+01:00", "endDateTime": "2026-03-03T11:00:00+01:00",
        "participants": { "attendees": [{ "upn": "meganb@contoso.example", "role": "Presenter" }] }, "lobbyBypassSettings": { "scope": "everyone" },
    });
    let made = bench.post("/me/onlineMeetings", given).ok(201);
    assert_eq!(
        (&made["startDateTime"], &made["lobbyBypassSettings"]["isDialInBypassEnabled"]),
        (&json!("2026-03-03T09:00:00Z"), &json!(false))
    );
    let invited = &made["participants"]["attendees"][0];
    assert_eq!(
        (&invited["role"], &invited["identity"]["user"]["displayName"]),
        (&json!("presenter"), &json!("Megan Bowen"))
    );
    let path = format!("/me/onlineMeetings/{}", made["id"].as_str().unwrap());
    bench.patch(&path, json!({ "startDateTime": "2026-03-04T09:00:00Z" })).refused(400, "BadRequest");
    bench.patch(&path, json!({ "joinWebUrl": "https://x.example" })).refused(400, "BadRequest");
    bench.patch(&path, json!({ "allowedPresenters": "roleIsPresenter" })).refused(400, "BadRequest");
    bench.patch(&path, json!({ "subject": "Rota 2", "allowRecording": false })).ok(200);
    let number = made["joinMeetingIdSettings"]["joinMeetingId"].as_str().unwrap();
    let found = bench.get(&format!("/me/onlineMeetings?$filter=joinMeetingIdSettings/joinMeetingId eq '{number}'"));
    assert_eq!((&found.items()[0]["subject"], &found.items()[0]["allowRecording"]), (&json!("Rota 2"), &json!(false)));
    bench.get("/me/onlineMeetings").refused(400, "BadRequest");
    bench.get("/me/onlineMeetings?$filter=subject eq 'Rota 2'").refused(400, "BadRequest");
    bench.delete(&path).ok(204);
    bench.get(&path).refused(404, "NotFound");
    let same = json!({ "externalId": "mine", "subject": "Once" });
    let first = bench.post("/me/onlineMeetings/createOrGet", same.clone()).ok(201);
    assert_eq!(bench.post("/me/onlineMeetings/createOrGet", same).ok(200)["id"], first["id"]);
    bench.post("/me/onlineMeetings/createOrGet", json!({ "subject": "No id" })).refused(400, "BadRequest");
}

#[test]
fn who_is_invited_may_look_and_not_change() {
    let bench = Bench::with(OWN);
    let meeting = results(&bench)["id"].as_str().unwrap().to_owned();
    let megan = Bench {
        caller: crate::caller::Caller { user: Some(user(&bench, "meganb")), ..bench.caller.clone() },
        ..Bench::with(OWN)
    };
    megan.get(&format!("/me/onlineMeetings/{meeting}")).ok(200);
    megan.patch(&format!("/me/onlineMeetings/{meeting}"), json!({ "subject": "x" })).refused(403, "Forbidden");
    megan.delete(&format!("/me/onlineMeetings/{meeting}")).refused(403, "Forbidden");
    let lee = Bench {
        caller: crate::caller::Caller { user: Some(user(&bench, "leeg")), ..bench.caller.clone() },
        ..Bench::with(OWN)
    };
    lee.get(&format!("/me/onlineMeetings/{meeting}")).refused(404, "NotFound");
    bench.get(&format!("/users/{}/onlineMeetings/{meeting}", user(&bench, "meganb"))).refused(403, "Forbidden");
}

#[test]
fn a_meeting_leaves_text_film_and_a_list_of_people() {
    let bench = Bench::with(OWN);
    let path = format!("/me/onlineMeetings/{}", results(&bench)["id"].as_str().unwrap());
    let transcripts = bench.get(&format!("{path}/transcripts"));
    let transcript = &transcripts.items()[0];
    assert!(transcript["transcriptContentUrl"].as_str().unwrap().ends_with("/content"), "{transcript}");
    let one = format!("{path}/transcripts/{}", transcript["id"].as_str().unwrap().replace('=', "%3D"));
    assert_eq!(bench.get(&one).ok(200)["id"], transcript["id"]);
    let text = bench.get(&format!("{one}/content?$format=text/vtt"));
    assert_eq!((text.status, text.header("content-type")), (200, "text/vtt"));
    assert!(
        text.response.body().starts_with(b"WEBVTT\n\n00:00:02.240 --> 00:00:05.240\n<v Adele Vance>"),
        "{:?}",
        text.response.body()
    );
    bench.get(&format!("{one}/content?$format=docx")).refused(400, "BadRequest");
    assert!(
        String::from_utf8_lossy(bench.get(&format!("{one}/metadataContent")).response.body())
            .contains("\"spokenLanguage\":\"en-us\"")
    );
    let recording = bench.get(&format!("{path}/recordings")).items()[0]["id"].as_str().unwrap().to_owned();
    let film = format!("{path}/recordings/{}/content", recording.replace('=', "%3D"));
    let whole = bench.get(&film);
    assert_eq!((whole.status, whole.header("content-type")), (200, "video/mp4"));
    let part = Bench::with(OWN).header("range", "bytes=10-").get(&film);
    assert_eq!((part.status, part.response.body()), (206, &whole.response.body().slice(10..)));
    let report = bench.get(&format!("{path}/attendanceReports")).items()[0].clone();
    assert_eq!((&report["totalParticipantCount"], &report["attendanceRecords"]), (&json!(3), &Value::Null));
    let report = format!("{path}/attendanceReports/{}", report["id"].as_str().unwrap());
    let expanded = bench.get(&format!("{report}?$expand=attendanceRecords")).ok(200);
    assert_eq!(expanded["attendanceRecords"].as_array().unwrap().len(), 3);
    assert_eq!(bench.get(&format!("{report}/attendanceRecords")).items()[0]["role"], "Organizer");
}

#[test]
fn all_meetings_of_an_organizer_are_told_to_apps() {
    let bench = Bench::app(APP);
    let adele = user(&bench, "adelev");
    let all = |function: &str, more: &str| {
        format!("/users/{adele}/onlineMeetings/{function}(meetingOrganizerUserId='{adele}'{more})")
    };
    assert_eq!(bench.get(&all("getAllTranscripts", "")).items().len(), 3);
    let window = ",startDateTime=2026-02-15T00:00:00Z,endDateTime=2026-02-20T00:00:00Z";
    assert_eq!(bench.get(&all("getAllRecordings", window)).items().len(), 1);
    let (first, last) = bench.all(&format!("{}/delta?$top=2", all("getAllTranscripts", "")));
    assert_eq!(first.len(), 3);
    let (transcript, _) = bench.graph.hold_meeting("adelev@contoso.example", "Mark 8 review", &["Done."]);
    let round = bench.get(last.body["@odata.deltaLink"].as_str().unwrap());
    assert_eq!(round.items().iter().map(|it| &it["id"]).collect::<Vec<_>>(), [&json!(transcript)]);
    bench.graph.expire_delta_tokens();
    bench.get(last.body["@odata.deltaLink"].as_str().unwrap()).refused(410, "SyncStateNotFound");
    bench.get(&format!("/users/{adele}/onlineMeetings/getAllTranscripts")).refused(400, "BadRequest");
    let own = Bench::with(OWN);
    own.get(&format!("/users/{adele}/onlineMeetings/getAllTranscripts(meetingOrganizerUserId='{adele}')"))
        .refused(403, "Forbidden");
}

#[test]
fn an_app_needs_a_policy_for_the_organizer() {
    let bench = Bench::app(APP);
    let (adele, alex) = (user(&bench, "adelev"), user(&bench, "alexw"));
    let refused =
        bench.post(&format!("/users/{alex}/onlineMeetings"), json!({ "subject": "x" })).refused(403, "Forbidden");
    assert_eq!(refused["error"]["message"], "No application access policy found for this app.");
    let made = bench.post(&format!("/users/{adele}/onlineMeetings"), json!({ "subject": "x" })).ok(201);
    let number = made["videoTeleconferenceId"].as_str().unwrap();
    let path = format!("/communications/onlineMeetings?$filter=videoTeleconferenceId eq '{number}'");
    assert_eq!(bench.get(&path).items().len(), 1);
    Bench::with(OWN).get(&path).refused(403, "Forbidden");
}

#[test]
fn an_event_brings_its_meeting() {
    let bench = Bench::with(OWN);
    let event = json!({
        "subject": "Online", "isOnlineMeeting": true, "start": { "dateTime": "2026-03-05T10:00:00", "timeZone": "UTC" },
        "end": { "dateTime": "2026-03-05T11:00:00", "timeZone": "UTC" }, "attendees": [{ "emailAddress": { "address": "meganb@contoso.example" } }],
    });
    let join = bench.post("/me/events", event).ok(201)["onlineMeeting"]["joinUrl"].as_str().unwrap().to_owned();
    let found = bench.get(&format!("/me/onlineMeetings?$filter=joinWebUrl eq '{}'", quoted(&join)));
    assert_eq!(
        (&found.items()[0]["subject"], &found.items()[0]["startDateTime"]),
        (&json!("Online"), &json!("2026-03-05T10:00:00Z"))
    );
}
