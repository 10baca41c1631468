//! Triggers that meet something that nobody can read.

use connector_sdk::Response;
use outlook_connector::connector;
use serde_json::json;

#[allow(dead_code, reason = "some of it is for other tests")]
#[path = "../../../tests/support/watch.rs"]
mod watch;

use watch::{GRAPH, LATER, NOW, Watch, answer, changes, refusal};

#[test]
fn one_message_whose_attachments_cannot_be_read_holds_up_no_other() {
    let messages = json!([{ "id": "M1", "receivedDateTime": NOW }, { "id": "M2", "receivedDateTime": NOW }]);
    let one = |id: &str, next: Option<&str>| {
        let mut page = json!({ "value": [{ "id": id, "name": null, "size": "12", "isInline": "false" }] });
        if let Some(next) = next {
            page["@odata.nextLink"] = next.into();
        }
        answer(page)
    };
    let mut watch = Watch::new(connector(), "new_attachment", json!({}));
    let next = format!("{GRAPH}/next");
    let script = vec![
        changes(messages.clone(), "1"),
        refusal(400, "ErrorCorruptData", "m"),
        one("A1", Some(&next)),
        one("A2", None),
    ];
    assert_eq!(watch.ids(NOW, script), ["M2 A1", "M2 A2"]);
    assert_eq!(watch.skipped, ["the attachments of the message M1"]);
    assert_eq!(watch.sent[3], next, "a list of attachments has pages of its own");

    let mut watch = Watch::new(connector(), "new_email", json!({ "includeAttachments": true }));
    let script = vec![
        changes(messages, "1"),
        refusal(400, "ErrorCorruptData", "m"),
        answer(json!({ "id": "M2", "attachments": [] })),
    ];
    let events = watch.look(NOW, script);
    assert_eq!((events.len(), events[0].1.get("attachments"), &events[1].1["attachments"]), (2, None, &json!([])));
    assert_eq!(watch.skipped, ["the attachments of the message M1"]);

    // Whatever says so: a server that fails for ever, a refusal, an answer that is nothing. What passes is waited for.
    let message = json!([{ "id": "M1", "receivedDateTime": NOW, "lastModifiedDateTime": NOW, "hasAttachments": true }]);
    let forever: [fn() -> Vec<Response>; 4] = [
        || vec![refusal(500, "ErrorInternalServerError", "m")],
        || vec![refusal(403, "ErrorAccessDenied", "m")],
        || vec![Response::new(200, ""), Response::new(200, "")],
        || vec![answer(json!({})), answer(json!({}))],
    ];
    for (trigger, told) in [("new_attachment", 0), ("new_email", 1), ("new_or_updated_email", 1)] {
        let input = if trigger == "new_attachment" { json!({}) } else { json!({ "includeAttachments": true }) };
        for answers in forever {
            let mut watch = Watch::new(connector(), trigger, input.clone());
            let script = [vec![changes(message.clone(), "1")], answers()].concat();
            let first = watch.ids(NOW, script);
            assert_eq!((first.len(), watch.skipped.len()), (told, 1), "{trigger}");
            assert!(watch.cursor.is_some());
        }
        let mut watch = Watch::new(connector(), trigger, input.clone());
        let script = vec![changes(message.clone(), "1"), refusal(429, "TooManyRequests", "m")];
        assert_eq!(watch.try_look(NOW, script).unwrap_err().status(), Some(429), "{trigger}");
        let left = vec![changes(message.clone(), "1"), refusal(404, "ErrorItemNotFound", "m")];
        assert_eq!((watch.ids(NOW, left).len(), watch.skipped.len()), (told, 0), "{trigger}: nothing is missing of it");
    }
}

#[test]
fn what_nobody_can_read_is_handed_on() {
    let broken = || refusal(500, "ErrorInternalServerError", "m");
    let fragment = || changes(json!([{ "id": "N", "isRead": true }]), "1");
    for (trigger, input, script) in [
        ("new_email", json!({ "from": "a@contoso.com", "hasAttachments": true }), vec![fragment(), broken()]),
        ("new_or_updated_email", json!({ "subjectContains": "x" }), vec![fragment(), broken()]),
        ("new_contact", json!({}), vec![fragment(), broken()]),
        ("email_sent", json!({ "to": "a@contoso.com", "subjectContains": "x" }), vec![fragment(), broken()]),
        (
            "new_attachment",
            json!({ "category": "x" }),
            vec![fragment(), broken(), answer(json!({ "value": [{ "id": "A" }] }))],
        ),
    ] {
        let mut watch = Watch::new(connector(), trigger, input);
        watch.look(NOW, vec![changes(json!([]), "0")]);
        assert_eq!((watch.ids(LATER, script).len(), watch.skipped.len()), (1, 0), "{trigger}");
    }
    // In the first round it may be an old one: that it is not told is said. Of new mail the first round has only new.
    for (trigger, fires) in [("new_email", true), ("new_or_updated_email", false), ("new_contact", false)] {
        let mut watch = Watch::new(connector(), trigger, json!({}));
        let fired = !watch.ids(NOW, vec![fragment(), broken()]).is_empty();
        assert_eq!((fired, watch.skipped.len()), (fires, usize::from(!fires)), "{trigger}");
    }
    let mut watch = Watch::new(connector(), "email_flagged", json!({}));
    watch.look(NOW, vec![changes(json!([]), "0")]);
    assert!(watch.ids(LATER, vec![fragment(), broken()]).is_empty());
    assert_eq!(watch.skipped, ["the flag of the message N"]);
}

#[test]
fn a_folder_that_cannot_be_read_holds_up_no_other_and_is_told_once() {
    let input = json!({ "folderId": "inbox", "includeSubfolders": true });
    let folders =
        |ids: &[&str]| answer(json!({ "value": ids.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>() }));
    let denied = || refusal(403, "ErrorAccessDenied", "m");
    let mail = |id: &str, token: &str| changes(json!([{ "id": id, "receivedDateTime": LATER }]), token);
    let mut watch = Watch::new(connector(), "new_email", input);
    // The folders in A, and the messages in B, cannot be read.
    let tree = || vec![folders(&["A", "B"]), denied(), folders(&[])];
    let look = [tree(), vec![mail("1", "i1"), mail("2", "a1"), denied()]].concat();
    assert_eq!(watch.ids(NOW, look), ["1", "2"]);
    assert_eq!(watch.skipped, ["the folders in the folder A", "the messages in the folder B"]);
    let look = [tree(), vec![mail("3", "i2"), mail("4", "a2"), denied()]].concat();
    assert_eq!((watch.ids(LATER, look), watch.skipped.len()), (vec!["3".to_owned(), "4".to_owned()], 0), "told once");
    // Once it can be read it is, from the beginning.
    let look = [
        vec![folders(&["A", "B"]), folders(&[]), folders(&[])],
        vec![changes(json!([]), "i3"), changes(json!([]), "a3"), mail("5", "b1")],
    ];
    assert_eq!(watch.ids(LATER, look.concat()), ["5"]);
    let look = [tree(), vec![changes(json!([]), "i4"), changes(json!([]), "a4"), denied(), denied()]].concat();
    watch.look(LATER, look);
    assert_eq!(
        watch.skipped,
        ["the folders in the folder A", "the messages in the folder B"],
        "and again when it is so again"
    );
    // What passes is waited for, and so is the folder that was asked for.
    let look = [tree(), vec![changes(json!([]), "i5"), changes(json!([]), "a5"), refusal(429, "x", "m")]].concat();
    assert_eq!(watch.try_look(LATER, look).unwrap_err().status(), Some(429));
}

#[test]
fn nothing_fires_before_its_beginning() {
    for trigger in ["new_or_updated_contact", "new_or_updated_email", "email_flagged"] {
        let mut watch = Watch::new(connector(), trigger, json!({ "since": "2026-10-01T10:04:00Z" }));
        let item = |id: &str, time: &str| {
            changes(json!([{ "id": id, "flag": { "flagStatus": "flagged" }, "lastModifiedDateTime": time }]), "1")
        };
        watch.look(NOW, vec![changes(json!([]), "0")]);
        let early = watch.ids("2026-10-01T10:03:00Z", vec![item("E", "2026-10-01T10:02:00Z")]);
        assert!(early.is_empty(), "{trigger}");
        assert_eq!(watch.ids(LATER, vec![item("M", "2024-01-01T00:00:00Z")]).len(), 1, "{trigger}");
    }
}
