//! Online meetings, and what they leave behind.

use std::sync::Arc;

use connector_runtime::{Listen, LocalFiles, Run};
use connector_sdk::{Code, Error};
use graph_sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::changes::heard;
use crate::coverage::covers;
use crate::stage::{ADELE, ALL, Stage};

covers! {
    action "graph.create_online_meeting": a_meeting_is_made_changed_and_deleted, what_is_said_wrong_is_refused;
    action "graph.create_or_get_online_meeting": a_meeting_is_made_once, what_is_said_wrong_is_refused;
    action "graph.get_online_meeting": a_meeting_is_made_changed_and_deleted, what_is_gone_is_told;
    action "graph.find_online_meeting": a_meeting_is_found_by_each_of_its_numbers, what_is_gone_is_told;
    action "graph.update_online_meeting": a_meeting_is_made_changed_and_deleted, what_is_gone_is_told;
    action "graph.delete_online_meeting": a_meeting_is_made_changed_and_deleted, what_is_gone_is_told;
    action "graph.list_meeting_transcripts": what_was_said_is_read, what_is_gone_is_told;
    action "graph.get_meeting_transcript": what_was_said_is_read, what_is_gone_is_told;
    action "graph.download_meeting_transcript": what_was_said_is_read, what_is_gone_is_told;
    action "graph.get_transcript_metadata": what_was_said_is_read, what_is_gone_is_told;
    action "graph.list_meeting_recordings": a_film_is_downloaded_though_it_breaks_off, what_is_gone_is_told;
    action "graph.get_meeting_recording": a_film_is_downloaded_though_it_breaks_off, what_is_gone_is_told;
    action "graph.download_meeting_recording": a_film_is_downloaded_though_it_breaks_off, what_is_gone_is_told;
    action "graph.list_all_transcripts": an_app_reads_all_of_an_organizer, a_user_is_refused_before_anything_is_sent;
    action "graph.list_all_recordings": an_app_reads_all_of_an_organizer, a_user_is_refused_before_anything_is_sent;
    action "graph.list_attendance_reports": who_came_is_read, what_is_gone_is_told;
    action "graph.get_attendance_report": who_came_is_read, what_is_gone_is_told;
    action "graph.list_attendance_records": who_came_is_read, what_is_gone_is_told;
    trigger "graph.new_transcript": what_is_held_fires_once, what_cannot_be_watched_is_told;
    trigger "graph.new_recording": what_is_held_fires_once, what_cannot_be_watched_is_told;
    picklist "graph.online_meetings": meetings_of_the_calendar_are_offered, nobody_is_offered_without_permission;
}

/// A meeting of Adele's calendar that was held.
const HELD: &str = "Quarterly results";

fn id_of(stage: &Stage, user: &str) -> String {
    stage.sandbox.graph().user_by_name(user).unwrap().id
}

async fn meeting(stage: &Stage) -> String {
    let events = stage.look(&format!("/me/events?$filter=subject eq '{HELD}'&$select=onlineMeeting"));
    let join = &events["value"][0]["onlineMeeting"]["joinUrl"];
    let found = stage.works("graph.find_online_meeting", json!({ "joinUrl": join })).await;
    assert_eq!(found["subject"], HELD);
    found["id"].as_str().unwrap().to_owned()
}

async fn as_app(stage: &Stage, action: &str, input: Value) -> Result<Value, Error> {
    stage.execute(Run::new(action, "app", input).files(Arc::new(LocalFiles::new()))).await
}

fn length(list: &Value) -> usize {
    list["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_meeting_is_made_changed_and_deleted() {
    let stage = Stage::new();
    let input = json!({
        "subject": "Rota", "start": "2027-03-01T09:00", "end": "2027-03-01T09:15", "timeZone": "Europe/Berlin", "lobbyBypass": "invited",
        "attendees": [{ "user": "meganb@contoso.example", "role": "presenter" }, { "user": id_of(&stage, "alexw@contoso.example") }],
        "allowedPresenters": "roleIsPresenter", "recordAutomatically": true, "additionalProperties": { "allowWhiteboard": false },
    });
    let made = stage.works("graph.create_online_meeting", input).await;
    let seen = stage.look(&format!("/me/onlineMeetings/{}", made["id"].as_str().unwrap()));
    assert_eq!(
        (&seen["startDateTime"], &seen["endDateTime"]),
        (&json!("2027-03-01T08:00:00Z"), &json!("2027-03-01T08:15:00Z"))
    );
    assert_eq!((&seen["lobbyBypassSettings"]["scope"], &seen["allowWhiteboard"]), (&json!("invited"), &json!(false)));
    let invited = seen["participants"]["attendees"].as_array().unwrap();
    let names: Vec<&Value> = invited.iter().map(|it| &it["identity"]["user"]["displayName"]).collect();
    assert_eq!(names, ["Megan Bowen", "Alex Wilber"]);
    let changes = json!({ "meetingId": made["id"], "subject": "Rota, later", "start": "2027-03-02T09:00:00Z", "end": "2027-03-02T10:00:00Z", "lobbyBypassForCallers": true });
    stage.works("graph.update_online_meeting", changes).await;
    let changed = stage.works("graph.get_online_meeting", json!({ "meetingId": made["id"] })).await;
    assert_eq!(
        (&changed["subject"], &changed["startDateTime"]),
        (&json!("Rota, later"), &json!("2027-03-02T09:00:00Z"))
    );
    assert_eq!(
        changed["lobbyBypassSettings"],
        json!({ "scope": "invited", "isDialInBypassEnabled": true }),
        "what was not said stays"
    );
    let short =
        stage.works("graph.get_online_meeting", json!({ "meetingId": made["id"], "select": ["subject"] })).await;
    assert_eq!((&short["subject"], &short["startDateTime"]), (&changed["subject"], &Value::Null));
    let many = json!({ "items": [{ "meetingId": made["id"], "confirm": true }, { "meetingId": "MSonothing", "confirm": true }] });
    let fates = stage.works("graph.delete_online_meeting", many).await;
    assert_eq!((&fates["succeeded"], &fates["failed"]), (&json!(1), &json!(1)));
    assert_eq!(
        stage.fails("graph.get_online_meeting", json!({ "meetingId": made["id"] })).await.code(),
        Code::NotFound
    );
}

#[tokio::test(start_paused = true)]
async fn a_meeting_is_made_once() {
    let stage = Stage::new();
    let input = json!({ "externalId": "rota 1", "subject": "Rota" });
    stage.sandbox.faults().add(Rule::new(Fault::ResetAfter).path("/createOrGet").once());
    let first = stage.works("graph.create_or_get_online_meeting", input.clone()).await;
    assert_eq!(stage.works("graph.create_or_get_online_meeting", input.clone()).await["id"], first["id"]);
    let mut of_megan = input;
    of_megan["organizer"] = json!(id_of(&stage, "meganb@contoso.example"));
    assert_ne!(as_app(&stage, "graph.create_or_get_online_meeting", of_megan).await.unwrap()["id"], first["id"]);
}

#[tokio::test]
async fn a_meeting_is_found_by_each_of_its_numbers() {
    let stage = Stage::new();
    let id = meeting(&stage).await;
    let meeting = stage.look(&format!("/me/onlineMeetings/{id}"));
    let number = meeting["joinMeetingIdSettings"]["joinMeetingId"].as_str().unwrap();
    let spaced: String =
        number.as_bytes().chunks(3).map(|part| format!("{} ", String::from_utf8_lossy(part))).collect();
    assert_eq!(stage.works("graph.find_online_meeting", json!({ "joinMeetingId": spaced })).await["id"], id);
    let input = json!({ "joinUrl": meeting["joinWebUrl"], "organizer": id_of(&stage, ADELE) });
    assert_eq!(as_app(&stage, "graph.find_online_meeting", input).await.unwrap()["id"], id);
    let input = json!({ "videoTeleconferenceId": meeting["videoTeleconferenceId"] });
    assert_eq!(as_app(&stage, "graph.find_online_meeting", input).await.unwrap()["id"], id);
}

#[tokio::test]
async fn what_was_said_is_read() {
    let stage = Stage::new();
    let id = meeting(&stage).await;
    let list = stage.works("graph.list_meeting_transcripts", json!({ "meetingId": id })).await;
    assert_eq!(length(&list), 1);
    let input = json!({ "meetingId": id, "transcriptId": list["items"][0]["id"] });
    assert_eq!(stage.works("graph.get_meeting_transcript", input.clone()).await["meetingId"], json!(id));
    let file = stage.works("graph.download_meeting_transcript", input.clone()).await;
    assert_eq!((&file["name"], &file["contentType"]), (&json!("transcript.vtt"), &json!("text/vtt")));
    let spoken = stage.works("graph.get_transcript_metadata", input.clone()).await;
    let lines: Vec<(&Value, &Value, &Value)> = spoken["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (&it["from"], &it["speakerName"], &it["spokenText"]))
        .collect();
    assert_eq!(lines[1], (&json!(6.24), &json!("Alex Wilber"), &json!("Sales of the Mark 8 are up by a tenth.")));
    assert_eq!(lines.len(), 4);
    let many = stage.works("graph.get_transcript_metadata", json!({ "items": [input.clone(), input] })).await;
    assert_eq!((&many["succeeded"], &many["items"][0]["output"]), (&json!(2), &spoken));
}

#[tokio::test(start_paused = true)]
async fn a_film_is_downloaded_though_it_breaks_off() {
    let stage = Stage::new();
    let id = meeting(&stage).await;
    let list = stage.works("graph.list_meeting_recordings", json!({ "meetingId": id })).await;
    let input = json!({ "meetingId": id, "recordingId": list["items"][0]["id"] });
    assert_eq!(stage.works("graph.get_meeting_recording", input.clone()).await["meetingId"], json!(id));
    let whole = stage.works("graph.download_meeting_recording", input.clone()).await;
    assert_eq!((&whole["name"], &whole["contentType"]), (&json!("recording.mp4"), &json!("video/mp4")));
    stage.sandbox.faults().add(Rule::new(Fault::Truncate { bytes: 100_000 }).path("/recordings/").once());
    assert_eq!(stage.works("graph.download_meeting_recording", input).await["base64"], whole["base64"]);
    assert_eq!(stage.sandbox.faults().counts().fired, 1);
}

#[tokio::test]
async fn who_came_is_read() {
    let stage = Stage::new();
    let id = meeting(&stage).await;
    let reports = stage.works("graph.list_attendance_reports", json!({ "meetingId": id })).await;
    let input = json!({ "meetingId": id, "reportId": reports["items"][0]["id"] });
    let report = stage.works("graph.get_attendance_report", input.clone()).await;
    assert_eq!((&report["totalParticipantCount"], &report["attendanceRecords"]), (&json!(3), &Value::Null));
    let mut expanded = input.clone();
    expanded["expandRecords"] = json!(true);
    let expanded = stage.works("graph.get_attendance_report", expanded).await;
    let records = stage.works("graph.list_attendance_records", input).await;
    assert_eq!(records["items"], expanded["attendanceRecords"]);
    assert_eq!((length(&records), &records["items"][0]["role"]), (3, &json!("Organizer")));
}

#[tokio::test]
async fn an_app_reads_all_of_an_organizer() {
    for kind in ["transcripts", "recordings"] {
        let stage = Stage::new();
        let adele = id_of(&stage, ADELE);
        let action = format!("graph.list_all_{kind}");
        let all = as_app(&stage, &action, json!({ "organizer": adele })).await.unwrap();
        assert_eq!((length(&all), &all["deltaToken"]), (3, &Value::Null), "{kind}");
        let some = as_app(&stage, &action, json!({ "organizer": adele, "limit": 2 })).await.unwrap();
        let rest =
            as_app(&stage, &action, json!({ "organizer": adele, "pageToken": some["nextPageToken"] })).await.unwrap();
        assert_eq!((length(&some), length(&rest)), (2, 1), "{kind}");
        let made = all["items"][1]["createdDateTime"].as_str().unwrap();
        let later = as_app(&stage, &action, json!({ "organizer": adele, "start": made })).await.unwrap();
        let before =
            as_app(&stage, &action, json!({ "organizer": adele, "start": "2000-01-01T00:00:00Z", "end": made }))
                .await
                .unwrap();
        assert_eq!((length(&later), length(&before)), (2, 1), "{kind}");
        let tracked = as_app(&stage, &action, json!({ "organizer": adele, "trackChanges": true })).await.unwrap();
        assert_eq!(length(&tracked), 3, "{kind}");
        let (transcript, recording) = stage.sandbox.graph().hold_meeting(ADELE, HELD, &["Again?"]);
        let new =
            as_app(&stage, &action, json!({ "organizer": adele, "deltaToken": tracked["deltaToken"] })).await.unwrap();
        let expected = if kind == "transcripts" { transcript } else { recording };
        assert_eq!((length(&new), &new["items"][0]["id"]), (1, &json!(expected)), "{kind}");
    }
}

#[tokio::test]
async fn a_user_is_refused_before_anything_is_sent() {
    let stage = Stage::new();
    let adele = id_of(&stage, ADELE);
    for action in ["graph.list_all_transcripts", "graph.list_all_recordings"] {
        let error = stage.fails(action, json!({ "organizer": adele })).await;
        assert_eq!(error.code(), Code::InvalidInput, "{action}: {error}");
        assert!(error.advice().contains("an app signs in"), "{action}: {}", error.advice());
        let scopes: Vec<&str> = ALL.iter().copied().filter(|scope| !scope.starts_with("OnlineMeeting")).collect();
        let without = as_app(&Stage::with(&scopes), action, json!({ "organizer": adele })).await.unwrap_err();
        // An app may have been allowed it in another way, so Graph is asked, and its refusal says which.
        assert_eq!(without.code(), Code::Forbidden, "{action}");
        assert!(without.advice().contains("resource-specific consent"), "{action}: {}", without.advice());
    }
    let error = stage.fails("graph.find_online_meeting", json!({ "videoTeleconferenceId": "123456789" })).await;
    assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/videoTeleconferenceId"));
    assert_eq!(stage.sandbox.request_count(), 0);
}

#[tokio::test]
async fn an_app_needs_a_policy_for_the_organizer() {
    let stage = Stage::new();
    let alex = id_of(&stage, "alexw@contoso.example");
    for (action, input) in [
        ("graph.create_online_meeting", json!({ "organizer": alex, "subject": "x" })),
        ("graph.list_all_transcripts", json!({ "organizer": alex })),
        ("graph.list_meeting_recordings", json!({ "organizer": alex, "meetingId": "MSo" })),
    ] {
        let error = as_app(&stage, action, input).await.unwrap_err();
        assert_eq!(error.code(), Code::Forbidden, "{action}");
        assert!(error.to_string().contains("application access policy"), "{action}: {error}");
    }
}

#[tokio::test]
async fn what_is_held_fires_once() {
    let stage = Stage::new();
    let id = meeting(&stage).await;
    let adele = id_of(&stage, ADELE);
    let graph = stage.sandbox.graph();
    let of_app = |trigger: &str| stage.host.listen(Listen::new(trigger, "app", json!({ "organizer": adele })));
    let mut said = stage.listen("graph.new_transcript", json!({ "meetingId": id })).await.unwrap();
    let mut filmed = of_app("graph.new_recording").await.unwrap();
    let mut all = of_app("graph.new_transcript").await.unwrap();
    for listener in [&mut said, &mut filmed, &mut all] {
        assert_eq!(heard(listener).await.len(), 0, "what was there before does not fire");
    }
    let (transcript, recording) = graph.hold_meeting(ADELE, HELD, &["Once more."]);
    let (other, _) = graph.hold_meeting(ADELE, "Mark 8 review", &["And again."]);
    let ids = |events: Vec<Value>| events.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(heard(&mut said).await), [transcript.as_str()]);
    assert_eq!(ids(heard(&mut filmed).await)[0], recording);
    assert_eq!(ids(heard(&mut all).await), [transcript, other]);
    stage.sandbox.graph().expire_delta_tokens();
    for listener in [&mut said, &mut filmed, &mut all] {
        assert_eq!(heard(listener).await.len(), 0, "a lost place invents nothing");
    }
    let mut early =
        stage.listen("graph.new_recording", json!({ "meetingId": id, "since": "2000-01-01T00:00:00Z" })).await.unwrap();
    assert_eq!(heard(&mut early).await.len(), 2);
}

#[tokio::test]
async fn what_cannot_be_watched_is_told() {
    let stage = Stage::new();
    for trigger in ["graph.new_transcript", "graph.new_recording"] {
        for (connection, input, code) in [
            ("adele", json!({}), Code::InvalidInput),
            ("app", json!({}), Code::InvalidInput),
            ("adele", json!({ "meetingId": "MSonothing" }), Code::NotFound),
            ("app", json!({ "organizer": id_of(&stage, "alexw@contoso.example") }), Code::Forbidden),
        ] {
            let mut listener = stage.host.listen(Listen::new(trigger, connection, input)).await.unwrap();
            assert_eq!(listener.try_next().await.unwrap_err().code(), code, "{trigger} {connection}");
        }
    }
}

#[tokio::test]
async fn what_is_gone_is_told() {
    let stage = Stage::new();
    let id = meeting(&stage).await;
    for (action, input) in [
        ("get_online_meeting", json!({ "meetingId": "MSonothing" })),
        ("update_online_meeting", json!({ "meetingId": "MSonothing", "subject": "x" })),
        ("delete_online_meeting", json!({ "meetingId": "MSonothing", "confirm": true })),
        ("find_online_meeting", json!({ "joinUrl": "https://teams.microsoft.example/l/meetup-join/x" })),
        ("list_meeting_transcripts", json!({ "meetingId": "MSonothing" })),
        ("get_meeting_transcript", json!({ "meetingId": id, "transcriptId": "x" })),
        ("download_meeting_transcript", json!({ "meetingId": id, "transcriptId": "x" })),
        ("get_transcript_metadata", json!({ "meetingId": id, "transcriptId": "x" })),
        ("list_meeting_recordings", json!({ "meetingId": "MSonothing" })),
        ("get_meeting_recording", json!({ "meetingId": id, "recordingId": "x" })),
        ("download_meeting_recording", json!({ "meetingId": id, "recordingId": "x" })),
        ("list_attendance_reports", json!({ "meetingId": "MSonothing" })),
        ("get_attendance_report", json!({ "meetingId": id, "reportId": "11111111-2222-4333-8444-555555555555" })),
        ("list_attendance_records", json!({ "meetingId": id, "reportId": "11111111-2222-4333-8444-555555555555" })),
    ] {
        assert_eq!(stage.fails(&format!("graph.{action}"), input).await.code(), Code::NotFound, "{action}");
    }
}

#[tokio::test]
async fn what_is_said_wrong_is_refused() {
    let stage = Stage::new();
    for (action, input, pointer) in [
        ("create_online_meeting", json!({ "end": "2027-01-01T00:00:00Z" }), "/end"),
        ("create_online_meeting", json!({ "start": "2027-01-01T10:00" }), "/start"),
        ("create_online_meeting", json!({ "start": "2027-01-01T10:00:00Z", "end": "2027-01-01T10:00:00Z" }), "/end"),
        ("create_online_meeting", json!({ "allowedPresenters": "roleIsPresenter" }), "/attendees"),
        ("create_or_get_online_meeting", json!({ "subject": "x" }), "/externalId"),
        ("update_online_meeting", json!({ "meetingId": "MSo", "start": "2027-01-01T10:00:00Z" }), "/end"),
        ("find_online_meeting", json!({}), "/joinUrl"),
        ("list_meeting_transcripts", json!({ "meetingId": "MSo", "fetchAll": true, "limit": 1 }), "/fetchAll"),
    ] {
        let error = stage.fails(&format!("graph.{action}"), input).await;
        assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, pointer), "{action}");
    }
    for (input, pointer) in [
        (json!({ "meetingId": "MSo" }), "/organizer"),
        (json!({ "meetingId": "MSo", "organizer": "adelev@contoso.example" }), "/organizer"),
    ] {
        let error = as_app(&stage, "graph.get_online_meeting", input).await.unwrap_err();
        assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, pointer));
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}

#[tokio::test]
async fn meetings_of_the_calendar_are_offered() {
    let stage = Stage::new();
    let offered = stage.choices("graph.online_meetings", json!({}), None).await.unwrap().choices;
    let labels: Vec<&str> = offered.iter().map(|choice| choice.label.split(" – ").next().unwrap()).collect();
    assert_eq!(labels, ["Mark 8 review", HELD], "a series is one meeting");
    assert_eq!(offered[1].value, meeting(&stage).await);
    let some = stage.choices("graph.online_meetings", json!({}), Some("quarter")).await.unwrap().choices;
    assert_eq!(some.len(), 1);
}

#[tokio::test]
async fn nobody_is_offered_without_permission() {
    let scopes: Vec<&str> = ALL.iter().copied().filter(|scope| !scope.starts_with("Calendars")).collect();
    let error = Stage::with(&scopes).choices("graph.online_meetings", json!({}), None).await.unwrap_err();
    assert_eq!(error.code(), Code::MissingScope);
}
