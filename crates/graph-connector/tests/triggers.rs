//! Triggers of files, lists and Teams against exchanges as people have met them.

use connector_sdk::{Context, Json, Response, ScriptedRun};
use graph_connector::connector;
use serde_json::{Value, json};

#[path = "../../../tests/support/watch.rs"]
mod watch;

use watch::{GRAPH, LATER, NOW, Watch, answer, changes, refusal};

fn file(id: &str, parent: &str) -> Value {
    json!({ "id": id, "name": format!("{id}.csv"), "file": {}, "eTag": format!("{id}1"), "lastModifiedDateTime": NOW,
        "parentReference": { "driveId": "b!1", "id": parent } })
}

fn folder(id: &str, name: &str, parent: &str) -> Value {
    json!({ "id": id, "name": name, "folder": {}, "eTag": "f", "lastModifiedDateTime": "2026-01-01T00:00:00Z",
        "parentReference": { "driveId": "b!1", "id": parent } })
}

fn top() -> Value {
    json!({ "id": "R", "name": "root", "root": {}, "folder": {}, "lastModifiedDateTime": "2026-01-01T00:00:00Z" })
}

#[test]
fn a_folder_is_found_by_its_id() {
    let mut watch = Watch::new(connector(), "new_or_updated_file", json!({ "folderPath": "Documents/2027" }));
    let tree = json!([top(), folder("D", "Documents", "R"), folder("F", "2027", "D")]);
    assert!(watch.ids(NOW, vec![changes(tree, "1")]).is_empty());
    let page = json!([file("N", "F"), file("O", "D"), file("P", "R")]);
    assert_eq!(watch.ids(LATER, vec![changes(page, "2")]), ["N N1"]);
    assert_eq!(watch.sent.len(), 1, "all was known");
    // A folder in it, and one that is renamed: what is in it does not come, and the new name counts.
    let page = json!([folder("G", "Q1", "F"), file("S", "G")]);
    assert_eq!(watch.ids(LATER, vec![changes(page, "3")]), ["S S1"]);
    let page = json!([folder("D", "Papers", "R"), file("T", "G")]);
    assert!(watch.ids(LATER, vec![changes(page, "4")]).is_empty());
}

#[test]
fn a_folder_that_is_not_known_is_asked_for() {
    let mut watch = Watch::new(connector(), "new_or_updated_file", json!({ "folderPath": "/documents/2027/" }));
    // The place of an older version, which remembered no folders.
    watch.cursor =
        Some(Json::of(&json!({ "link": format!("{GRAPH}/delta?token=0"), "since": NOW, "settled": true })).unwrap());
    let told = json!({ "id": "F", "name": "2027", "parentReference": { "id": "D", "path": "/drive/root:/Documents" } });
    let gone = || refusal(404, "itemNotFound", "m");
    assert_eq!(
        watch.ids(LATER, vec![changes(json!([file("N", "F"), file("X", "Z")]), "1"), answer(told), gone()]),
        ["N N1"]
    );
    assert_eq!(watch.sent[1], "/me/drive/items/F?$select=id,name,parentReference,root");
    // Where nobody tells a path, the folders above are asked for too.
    let script = vec![
        changes(json!([file("M", "H")]), "2"),
        answer(folder("H", "H", "I")),
        answer(folder("I", "2027", "J")),
        answer(folder("J", "Documents", "R")),
        answer(top()),
    ];
    assert_eq!(watch.ids(LATER, script), ["M M1"]);
    assert_eq!(
        watch
            .try_look(LATER, vec![changes(json!([file("M", "K")]), "3"), refusal(503, "x", "m")])
            .unwrap_err()
            .status(),
        Some(503)
    );
}

#[test]
fn a_path_is_decoded() {
    for (folder, path) in [
        ("Übersicht/R&D", "/drives/b!1/root:/%C3%9Cbersicht/R%26D"),
        ("a b", "/drive/root:/A%20B/c"),
        ("100%", "/drive/root:/100%25"),
    ] {
        let mut item = file("N", "F");
        item["parentReference"]["path"] = path.into();
        let mut watch = Watch::new(connector(), "new_or_updated_file", json!({ "folderPath": folder }));
        assert_eq!(watch.ids(NOW, vec![changes(json!([item]), "1")]), ["N N1"], "{path}");
    }
}

#[test]
fn what_is_moved_in_or_restored_keeps_its_old_date_and_fires() {
    for trigger in ["new_or_updated_file", "new_or_updated_list_item"] {
        let input = if trigger == "new_or_updated_file" { json!({}) } else { json!({ "site": "s", "list": "l" }) };
        let old = |id: &str| json!([{ "id": id, "name": "contract.pdf", "eTag": "n7", "file": {}, "lastModifiedDateTime": "2024-03-01T08:00:00Z" }]);
        let mut watch = Watch::new(connector(), trigger, input);
        assert!(watch.ids(NOW, vec![changes(old("O"), "1")]).is_empty());
        assert_eq!(watch.ids(LATER, vec![changes(old("N"), "2")]), ["N n7"], "{trigger}");
        // Begun again, the first round's rules hold, and what fired has the same id.
        let new = json!([{ "id": "P", "file": {}, "eTag": "p", "lastModifiedDateTime": LATER }]);
        assert_eq!(watch.ids(LATER, vec![refusal(400, "BadRequest", "m"), changes(new, "3")]), ["P p"], "{trigger}");
    }
}

const TEXT: &str = "2026-01-01T00:00:00Z";

fn thread(replies: usize, more: Value) -> Value {
    let old = |at: usize| json!({ "id": format!("R{at}"), "replyToId": "1", "messageType": "message", "createdDateTime": TEXT });
    let mut root = json!({ "id": "1", "messageType": "message", "createdDateTime": TEXT, "lastModifiedDateTime": NOW,
        "replies": (1..=replies).map(old).collect::<Vec<_>>() });
    root.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!([root])
}

#[test]
fn a_long_thread_has_pages_of_its_own() {
    let input = json!({ "team": "T", "channel": "C", "includeReplies": true });
    let link = format!("{GRAPH}/teams/T/channels/C/messages/1/replies?$skiptoken=2");
    let rest = || {
        answer(
            json!({ "value": [{ "id": "R1001", "replyToId": "1", "messageType": "message", "createdDateTime": NOW }] }),
        )
    };
    let look = |root: Value, script: Vec<Response>| {
        let mut watch = Watch::new(connector(), "new_channel_message", input.clone());
        let ids = watch.ids(NOW, [vec![changes(root, "1")], script].concat());
        (ids, watch.sent.split_off(1))
    };
    let list = "/teams/T/channels/C/messages/1/replies?$top=50";
    let linked = || thread(1000, json!({ "replies@odata.count": 1001, "replies@odata.nextLink": link }));
    assert_eq!(look(linked(), vec![rest()]), (vec!["1 R1001".to_owned()], vec![link.clone()]));
    assert_eq!(
        look(thread(1000, json!({})), vec![rest()]),
        (vec!["1 R1001".to_owned()], vec![list.to_owned()]),
        "it may be cut"
    );
    assert_eq!(look(thread(3, json!({ "replies@odata.count": 4 })), vec![rest()]).1, [list], "it is cut");
    assert_eq!(look(thread(3, json!({})), vec![]).1.len(), 0);
    let refused = || refusal(400, "BadRequest", "m");
    assert_eq!(look(linked(), vec![refused(), rest()]).0, ["1 R1001"], "the way is refused, the list is not");
    assert!(look(linked(), vec![refused(), refused()]).0.is_empty(), "the others are told");
}

#[test]
fn answers_that_cannot_be_read_hold_up_no_message() {
    let new = json!({ "id": "2", "messageType": "message", "createdDateTime": LATER, "lastModifiedDateTime": LATER, "replies": [] });
    let mut both = thread(3, json!({ "replies@odata.count": 4 }));
    both.as_array_mut().unwrap().push(new);
    let forever: [fn() -> Vec<Response>; 3] = [
        || vec![refusal(500, "InternalServerError", "m")],
        || vec![refusal(403, "Forbidden", "m")],
        || vec![answer(json!({})), answer(json!({}))],
    ];
    for answers in forever {
        let input = json!({ "team": "T", "channel": "C", "includeReplies": true });
        let mut watch = Watch::new(connector(), "new_channel_message", input.clone());
        assert_eq!(watch.ids(NOW, [vec![changes(both.clone(), "1")], answers()].concat()), ["2"]);
        assert_eq!(watch.skipped, ["answers to the message 1"]);
        let throttled = vec![changes(both.clone(), "2"), refusal(429, "TooManyRequests", "m")];
        assert_eq!(watch.try_look(NOW, throttled).unwrap_err().status(), Some(429));

        let action = connector();
        let action = action.find_action("list_channel_messages").unwrap();
        let mut stage = ScriptedRun::new([vec![answer(json!({ "value": both }))], answers()].concat());
        stage.run(action.plan(input, &Context::user()).unwrap()).unwrap();
        let messages: Vec<Value> = stage.emitted.iter().map(|item| item.read().unwrap()).collect();
        assert_eq!((messages.len(), messages[0]["replies"].as_array().unwrap().len()), (2, 3));
    }
    // Where a part of them was read, the way to the rest stays.
    let link = format!("{GRAPH}/teams/T/channels/C/messages/1/replies?$skiptoken=2");
    let linked = thread(3, json!({ "replies@odata.nextLink": link }));
    let page = json!({ "value": [{ "id": "R4", "replyToId": "1" }], "@odata.nextLink": format!("{link}3") });
    let script = vec![answer(json!({ "value": linked })), answer(page), refusal(500, "x", "m"), refusal(500, "x", "m")];
    let mut stage = ScriptedRun::new(script);
    let input = json!({ "team": "T", "channel": "C", "includeReplies": true });
    let action = connector();
    stage.run(action.find_action("list_channel_messages").unwrap().plan(input, &Context::user()).unwrap()).unwrap();
    let message: Value = stage.emitted[0].read().unwrap();
    assert_eq!((message["replies"].as_array().unwrap().len(), &message["replies@odata.nextLink"]), (4, &json!(link)));
}

#[test]
fn a_folder_that_cannot_be_looked_at_holds_up_nothing_and_is_asked_for_again() {
    let begin = || {
        let mut watch = Watch::new(connector(), "new_or_updated_file", json!({ "folderPath": "/documents" }));
        watch.cursor = Some(
            Json::of(&json!({ "link": format!("{GRAPH}/delta?token=0"), "since": NOW, "settled": true })).unwrap(),
        );
        watch
    };
    let told = json!({ "id": "F", "name": "Documents", "parentReference": { "id": "D", "path": "/drive/root:" } });
    for (status, fires, skipped) in [(404, 0, 0), (400, 0, 1), (403, 0, 1), (500, 1, 1)] {
        let mut watch = begin();
        let script = vec![changes(json!([file("N", "F")]), "1"), refusal(status, "x", "m")];
        assert_eq!((watch.ids(LATER, script).len(), watch.skipped.len()), (fires, skipped), "{status}");
        let script = vec![changes(json!([file("M", "F")]), "2"), answer(told.clone())];
        assert_eq!(watch.ids(LATER, script), ["M M1"], "{status}: only that look remembers it");
    }
    let mut watch = begin();
    let nothing = || answer(json!({}));
    assert_eq!(watch.ids(LATER, vec![changes(json!([file("N", "F")]), "1"), nothing(), nothing()]), ["N N1"]);
    // What an older version kept of a folder that was refused.
    let mut watch = begin();
    let kept =
        json!({ "link": format!("{GRAPH}/delta?token=0"), "since": NOW, "settled": true, "folders": { "F": {} } });
    watch.cursor = Some(Json::of(&kept).unwrap());
    assert_eq!(watch.ids(LATER, vec![changes(json!([file("N", "F")]), "1"), answer(told)]), ["N N1"]);
}

#[test]
fn what_nobody_can_read_is_handed_on() {
    let broken = || refusal(500, "generalException", "m");
    for (trigger, input) in [
        ("new_or_updated_file", json!({ "nameEndsWith": ".csv", "folderPath": "Documents" })),
        ("new_or_updated_list_item", json!({ "site": "s", "list": "l" })),
        ("new_channel_message", json!({ "team": "T", "channel": "C" })),
    ] {
        let mut watch = Watch::new(connector(), trigger, input);
        let fragment = || changes(json!([{ "id": "N" }]), "1");
        assert_eq!((watch.ids(NOW, vec![fragment(), broken()]).len(), watch.skipped.len()), (0, 1), "{trigger}");
        assert_eq!((watch.ids(LATER, vec![fragment(), broken()]).len(), watch.skipped.len()), (1, 0), "{trigger}");
    }
}

#[test]
fn nothing_fires_before_its_beginning() {
    for (trigger, input) in [
        ("new_or_updated_file", json!({ "since": "2026-10-01T10:04:00Z" })),
        ("new_or_updated_list_item", json!({ "site": "s", "list": "l", "since": "2026-10-01T10:04:00Z" })),
    ] {
        let mut watch = Watch::new(connector(), trigger, input);
        let early = json!([{ "id": "E", "eTag": "1", "file": {}, "lastModifiedDateTime": "2026-10-01T10:02:00Z" }]);
        let moved = json!([{ "id": "M", "eTag": "1", "file": {}, "lastModifiedDateTime": "2024-01-01T00:00:00Z" }]);
        watch.look(NOW, vec![changes(json!([]), "1")]);
        assert!(watch.ids("2026-10-01T10:03:00Z", vec![changes(early, "2")]).is_empty(), "{trigger}");
        assert_eq!(watch.ids(LATER, vec![changes(moved, "3")]), ["M 1"], "{trigger}");
    }
}

#[test]
fn a_device_that_changes_before_the_beginning_fires_not() {
    let never = json!({ "value": [{ "id": "D", "enrolledDateTime": "9999-12-31T23:59:59Z" }] });
    let mut watch = Watch::new(connector(), "new_or_updated_managed_device", json!({}));
    assert!(watch.ids(NOW, vec![answer(never)]).is_empty(), "it was never enrolled");
    let device = |owner: &str| {
        vec![answer(
            json!({ "value": [{ "id": "D", "managedDeviceOwnerType": owner, "enrolledDateTime": "2024-01-01T00:00:00Z" }] }),
        )]
    };
    let input = json!({ "since": "2026-10-01T10:04:00Z", "watchFields": ["managedDeviceOwnerType"] });
    let mut watch = Watch::new(connector(), "new_or_updated_managed_device", input);
    assert!(watch.ids(NOW, device("company")).is_empty());
    assert!(watch.ids("2026-10-01T10:03:00Z", device("personal")).is_empty());
    assert_eq!(watch.ids(LATER, device("company")).len(), 1);
}

#[test]
fn a_recording_without_a_time_is_new_where_others_were_seen_before() {
    let untimed = |id: &str| json!({ "id": id, "createdDateTime": null });
    let list = |items: Value| vec![answer(json!({ "value": items }))];
    for trigger in ["new_recording", "new_transcript"] {
        let mut watch = Watch::new(connector(), trigger, json!({ "meetingId": "m" }));
        assert!(watch.ids(NOW, list(json!([untimed("O")]))).is_empty(), "{trigger}: it was there");
        for (now, new) in [(LATER, vec!["N"]), ("2026-10-09T10:00:00Z", vec![]), ("2026-10-19T10:00:00Z", vec![])] {
            let dated = json!({ "id": "D", "createdDateTime": "2026-09-01T00:00:00Z" });
            assert_eq!(watch.ids(now, list(json!([untimed("O"), untimed("N"), dated]))), new, "{trigger}");
        }
        // What an older version kept has looked already.
        watch.cursor = Some(Json::of(&json!({ "meeting": { "floor": NOW, "known": [], "link": null } })).unwrap());
        assert_eq!(watch.ids(LATER, list(json!([untimed("N")]))), ["N"], "{trigger}");
    }
}

#[test]
fn an_empty_page_whose_next_is_refused_begins_again() {
    let mut watch = Watch::new(connector(), "new_channel_message", json!({ "team": "T", "channel": "C" }));
    let empty = || {
        answer(
            json!({ "value": [], "@odata.nextLink": format!("{GRAPH}/teams/T/channels/C/messages/delta?$skiptoken=A") }),
        )
    };
    watch.look(NOW, vec![empty()]);
    assert!(watch.more);
    let refused = || refusal(400, "BadRequest", "Parameter 'DeltaToken' not supported for this request.");
    watch.look(NOW, vec![refused(), empty()]);
    assert!(!watch.more, "the next look has time");
    let message = json!([{ "id": "1", "messageType": "message", "createdDateTime": NOW }]);
    assert_eq!(watch.ids(NOW, vec![refused(), changes(message, "1")]), ["1"]);
    let mut watch = Watch::new(connector(), "new_channel_message", json!({ "team": "T", "channel": "C" }));
    assert_eq!(watch.try_look(NOW, vec![refused()]).unwrap_err().status(), Some(400), "the very first request");
}

#[test]
fn an_item_is_handed_on_whatever_it_holds() {
    let odd =
        r#""name":7,"eTag":null,"parentReference":"x","from":5,"body":null,"importance":"later","subject":"\ud83d""#;
    for (trigger, input, item) in [
        (
            "new_or_updated_file",
            json!({ "kind": "any" }),
            format!(r#"{{"id":12,"file":{{}},"lastModifiedDateTime":"{LATER}",{odd}}}"#),
        ),
        ("deleted_file", json!({}), format!(r#"{{"id":"1","deleted":{{}},{odd}}}"#)),
        (
            "new_or_updated_list_item",
            json!({ "site": "s", "list": "l" }),
            format!(r#"{{"id":3,"lastModifiedDateTime":"{LATER}",{odd}}}"#),
        ),
        (
            "new_channel_message",
            json!({ "team": "T", "channel": "C" }),
            format!(r#"{{"id":"1","createdDateTime":"{LATER}","messageType":"Message",{odd}}}"#),
        ),
        (
            "new_chat_message",
            json!({ "chat": "c" }),
            format!(r#"{{"id":"1","createdDateTime":null,"messageType":"message",{odd}}}"#),
        ),
        ("new_or_updated_managed_device", json!({}), format!(r#"{{"id":"1","enrolledDateTime":"{LATER}",{odd}}}"#)),
        ("new_recording", json!({ "meetingId": "m" }), format!(r#"{{"id":"1","createdDateTime":"{LATER}",{odd}}}"#)),
    ] {
        let page = format!(r#"{{"value":[{item}],"@odata.deltaLink":"{GRAPH}/delta"}}"#);
        let told = Watch::new(connector(), trigger, input).texts(NOW, vec![Response::new(200, page)]);
        assert_eq!(told, [item], "{trigger}");
    }
}

#[test]
fn a_fragment_is_read_whole_before_it_is_judged() {
    let file = json!({ "id": "N", "name": "new.csv", "eTag": "n1", "file": {}, "lastModifiedDateTime": LATER, "parentReference": { "id": "R" } });
    let mut watch = Watch::new(connector(), "new_or_updated_file", json!({ "nameEndsWith": ".CSV", "drive": "b!1" }));
    watch.look(NOW, vec![changes(json!([]), "1")]);
    let script = || {
        vec![
            changes(json!([{ "id": "N" }, { "id": "X", "deleted": {} }, { "id": "R", "root": {} }]), "2"),
            answer(file.clone()),
        ]
    };
    assert_eq!(watch.look(LATER, script()), [("N n1".to_owned(), file.clone())]);
    assert_eq!(watch.sent[1], "/drives/b!1/items/N");
    assert_eq!(watch.ids(LATER, script()), ["N n1"]);
    // In the first round the time counts, which a fragment does not tell.
    let mut watch = Watch::new(connector(), "new_or_updated_file", json!({}));
    let old = json!({ "id": "O", "name": "old.csv", "eTag": "o1", "file": {}, "lastModifiedDateTime": "2024-01-01T00:00:00Z" });
    let fragments = json!([{ "id": "N", "name": "new.csv", "file": {} }, { "id": "O", "name": "old.csv", "file": {} }]);
    assert_eq!(watch.ids(NOW, vec![changes(fragments, "1"), answer(file), answer(old)]), ["N n1"]);

    let item = json!({ "id": "3", "eTag": "v2", "lastModifiedDateTime": LATER, "fields": { "Title": "x" } });
    let mut watch =
        Watch::new(connector(), "new_or_updated_list_item", json!({ "site": "s", "list": "l", "columns": ["Title"] }));
    watch.look(NOW, vec![changes(json!([]), "1")]);
    let script =
        vec![changes(json!([{ "id": "3", "fields": {} }, { "id": "4", "deleted": {} }]), "2"), answer(item.clone())];
    assert_eq!(watch.look(LATER, script), [("3 v2".to_owned(), item)]);
    assert_eq!(watch.sent[1], "/sites/s/lists/l/items/3?$expand=fields($select%3DTitle)");

    let message = json!({ "id": "1", "messageType": "message", "createdDateTime": LATER });
    let mut watch = Watch::new(connector(), "new_channel_message", json!({ "team": "T", "channel": "C" }));
    watch.look(NOW, vec![changes(json!([]), "1")]);
    let fragment = json!([{ "id": "1", "lastModifiedDateTime": LATER, "body": { "content": "x" } }]);
    assert_eq!(watch.ids(LATER, vec![changes(fragment, "2"), answer(message)]), ["1"]);
    assert_eq!(watch.sent[1], "/teams/T/channels/C/messages/1");
}

#[test]
fn a_version_without_a_tag_is_told_apart_by_what_it_holds() {
    let mut watch = Watch::new(connector(), "new_or_updated_file", json!({}));
    watch.look(NOW, vec![changes(json!([]), "1")]);
    let ids = watch.ids(
        LATER,
        vec![changes(json!([{ "id": "N", "file": {}, "size": 1 }, { "id": "N", "file": {}, "size": 2 }]), "2")],
    );
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn a_file_that_is_deleted_restored_and_deleted_again_is_told_twice_and_a_replay_once() {
    let gone = || json!({ "id": "A", "deleted": { "state": "deleted" } });
    let mut watch = Watch::new(connector(), "deleted_file", json!({}));
    watch.look(NOW, vec![changes(json!([{ "id": "A", "file": {} }]), "1")]);
    let mut ids = |items: Value| watch.ids(LATER, vec![changes(items, "2")]);
    assert_eq!((ids(json!([gone()])), ids(json!([gone()]))), (vec!["A".to_owned()], vec!["A".to_owned()]));
    assert_eq!(ids(json!([{ "id": "A", "file": {} }, gone()])), ["A #2"]);
    assert_eq!(ids(json!([{ "id": "B", "@removed": { "reason": "deleted" } }])), ["B"]);
    watch.look(LATER, vec![refusal(410, "resyncRequired", "m"), changes(json!([]), "3")]);
    assert_eq!(watch.lost.as_deref(), Some("Graph answered 410: resyncRequired: m"));
}
