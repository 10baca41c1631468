//! Triggers of the directory and its logs against exchanges as people have met them.

use connector_sdk::{Json, Response};
use entra_connector::connector;
use serde_json::{Value, json};

#[path = "../../../tests/support/watch.rs"]
mod watch;

use watch::{GRAPH, LATER, NOW, Watch, answer, changes, refusal};

#[test]
fn a_sign_in_that_appears_late_fires_once() {
    let page = |items: &[(&str, &str)]| {
        let items: Vec<Value> = items.iter().map(|(id, at)| json!({ "id": id, "createdDateTime": at })).collect();
        answer(json!({ "value": items }))
    };
    let mut watch = Watch::new(connector(), "new_sign_in", json!({}));
    watch.look("2026-10-01T08:00:00Z", vec![page(&[])]);
    assert_eq!(watch.ids("2026-10-01T11:00:00Z", vec![page(&[("S8", "2026-10-01T10:59:00Z")])]), ["S8"]);
    let script = vec![page(&[("S8", "2026-10-01T10:59:00Z"), ("S9", "2026-10-01T10:20:00Z")])];
    assert_eq!(watch.ids("2026-10-01T12:00:00Z", script), ["S9", "S8"], "with the id that it has whenever it is read");
    assert!(
        watch.sent[0].contains("createdDateTime%20ge%202026-10-01T08:00:00Z"),
        "six hours back, and not before the start: {}",
        watch.sent[0]
    );
    for (trigger, time) in [("new_sign_in", "createdDateTime"), ("new_directory_audit", "activityDateTime")] {
        let mut watch = Watch::new(connector(), trigger, json!({ "overlapMinutes": 90 }));
        watch.look(NOW, vec![page(&[])]);
        watch.look(
            "2026-10-02T10:00:00Z",
            vec![answer(json!({ "value": [{ "id": "a", time: "2026-10-02T09:30:00Z" }] }))],
        );
        watch.look("2026-10-02T11:00:00Z", vec![page(&[])]);
        assert!(watch.sent[0].contains("ge%202026-10-02T08:00:00Z"), "{}", watch.sent[0]);
    }
}

#[test]
fn a_place_that_is_refused_begins_again() {
    let refused = || refusal(400, "Request_BadRequest", "Invalid delta token.");
    for trigger in ["new_user", "new_group"] {
        let mut watch = Watch::new(connector(), trigger, json!({}));
        watch.look(NOW, vec![changes(json!([]), "1")]);
        let all = json!([{ "id": "new", "createdDateTime": LATER }, { "id": "old", "createdDateTime": "2024-01-01T00:00:00Z" }]);
        assert_eq!(watch.ids(LATER, vec![refused(), changes(all, "2")]), ["new"], "{trigger}");
        assert!(!watch.sent[1].contains("latest"));
    }
    for trigger in ["new_or_updated_user", "new_or_updated_group", "group_member_removed", "group_member_added"] {
        let mut watch = Watch::new(connector(), trigger, json!({}));
        assert_eq!(watch.try_look(NOW, vec![refused()]).unwrap_err().status(), Some(400), "the very first request");
        watch.look(NOW, vec![changes(json!([]), "1")]);
        assert!(watch.ids(LATER, vec![refused(), changes(json!([]), "2")]).is_empty());
        assert!(watch.sent[1].contains("latest"), "{trigger} goes on at the present");
        assert_eq!(
            watch.lost.as_deref(),
            Some("Graph answered 400: Request_BadRequest: Invalid delta token."),
            "{trigger} tells it"
        );
        assert!(connector().find_trigger(trigger).unwrap().spec().misses.is_some(), "{trigger}");
        // Graph in trouble is no lost place.
        let trouble = || refusal(500, "x", "m");
        assert!(watch.try_look(LATER, vec![trouble(), trouble()]).is_err());
    }
}

#[test]
fn an_item_is_handed_on_whatever_it_holds() {
    let odd = r#""displayName":7,"mail":{},"accountEnabled":"yes","businessPhones":null,"x":"\ud83d""#;
    for (trigger, item) in [
        ("new_user", format!(r#"{{"id":"1","createdDateTime":"{LATER}",{odd}}}"#)),
        ("new_group", format!(r#"{{"id":"1","createdDateTime":"{LATER}",{odd}}}"#)),
        ("new_or_updated_user", format!(r#"{{"id":"1","createdDateTime":null,{odd}}}"#)),
        ("new_or_updated_group", format!(r#"{{"id":"1","createdDateTime":null,{odd}}}"#)),
        ("new_sign_in", format!(r#"{{"id":"1","createdDateTime":null,{odd}}}"#)),
        ("new_directory_audit", format!(r#"{{"id":"1","activityDateTime":"{LATER}",{odd}}}"#)),
    ] {
        let page = format!(r#"{{"value":[{item}],"@odata.deltaLink":"{GRAPH}/delta"}}"#);
        let mut script = vec![Response::new(200, page)];
        // Nothing about a change tells whether it comes in part.
        script.extend(trigger.starts_with("new_or_updated").then(|| Response::new(200, item.clone())));
        assert_eq!(Watch::new(connector(), trigger, json!({})).texts(NOW, script), [item], "{trigger}");
    }
    let mut watch = Watch::new(connector(), "group_member_added", json!({}));
    let groups = json!([{ "id": "g", "displayName": 1, "members@delta": [{}, { "id": "m", "@odata.type": {} }] }, { "id": "h", "members@delta": null }]);
    let events = watch.look(NOW, vec![changes(groups, "1")]);
    assert_eq!(
        (events.len(), &events[0].1["memberId"], &events[0].1["groupDisplayName"]),
        (1, &json!("m"), &json!("1"))
    );
}

#[test]
fn a_fragment_is_read_whole_before_it_is_judged() {
    for kind in ["user", "group"] {
        let whole = json!({ "id": "new", "displayName": "N", "createdDateTime": LATER });
        let old = json!({ "id": "old", "displayName": "O", "createdDateTime": "2024-01-01T00:00:00Z" });
        let script = || {
            let fragments = json!([{ "id": "new", "displayName": "N" }, { "id": "old", "displayName": "O" }, { "id": "gone", "displayName": "G" }]);
            vec![
                changes(fragments, "1"),
                answer(whole.clone()),
                answer(old.clone()),
                refusal(404, "Request_ResourceNotFound", "m"),
            ]
        };
        let (new, changed) =
            if kind == "user" { ("new_user", "new_or_updated_user") } else { ("new_group", "new_or_updated_group") };
        let mut watch = Watch::new(connector(), new, json!({}));
        watch.look(NOW, vec![changes(json!([]), "0")]);
        assert_eq!(watch.look(LATER, script()), [("new".to_owned(), whole.clone())]);
        assert!(watch.skipped == ["the object gone"], "whether it is new is not known: {:?}", watch.skipped);
        assert!(watch.sent[1].starts_with(&format!("/{kind}s/new?$select=")), "{}", watch.sent[1]);
        let mut watch = Watch::new(connector(), changed, json!({}));
        let first = watch.look(NOW, script());
        // The server that was asked for the last one may not know it yet.
        let sent = json!({ "id": "gone", "displayName": "G" });
        assert_eq!(first.iter().map(|(_, object)| object).collect::<Vec<_>>(), [&whole, &old, &sent]);
        // The same again, in whatever round and form, is the same event; what changes and changes back is another one.
        assert_eq!(watch.look(LATER, script()), first);
        let mut with_more = whole.clone();
        with_more["@odata.type"] = "#x".into();
        assert_eq!(watch.ids(LATER, vec![changes(json!([whole]), "2"), answer(with_more)]), [first[0].0.clone()]);
        // A fragment may have any of the properties, also the time at which the object was created.
        let fragment = json!([{ "id": "new", "createdDateTime": LATER }]);
        assert_eq!(watch.look(LATER, vec![changes(fragment, "3"), answer(whole.clone())]), first[..1]);
        let other = json!({ "id": "new", "displayName": "M", "createdDateTime": LATER });
        let mut turns_into = |object: &Value, token: &str| {
            watch.ids(LATER, vec![changes(json!([object]), token), answer(object.clone())]).remove(0)
        };
        assert!(turns_into(&other, "4").ends_with(" #2"));
        assert_eq!(turns_into(&whole, "5"), format!("{} #3", first[0].0));
    }
}

fn gone(id: &str, reason: &str) -> Value {
    json!({ "id": id, "@removed": { "reason": reason } })
}

fn deleted(id: &str, at: &str) -> Value {
    json!({ "id": id, "deletedDateTime": at })
}

#[test]
fn what_is_deleted_restored_and_deleted_again_is_told_twice_and_a_replay_once() {
    let unknown = || refusal(404, "Request_ResourceNotFound", "m");
    for trigger in ["deleted_user", "deleted_group"] {
        let mut watch = Watch::new(connector(), trigger, json!({}));
        watch.look(NOW, vec![changes(json!([]), "1")]);
        let first = || vec![changes(json!([gone("A", "changed")]), "2"), answer(deleted("A", LATER))];
        assert_eq!(watch.ids(LATER, first()), ["A changed"], "{trigger}");
        assert!(
            watch.sent[1].starts_with("/directory/deletedItems/A?$select=id,deletedDateTime,displayName,"),
            "{}",
            watch.sent[1]
        );
        assert_eq!(watch.ids(LATER, first()), ["A changed"], "{trigger}: a replay");
        // Nobody saw it come back, but it was deleted at another time.
        let before = watch.cursor.clone();
        let again = || vec![changes(json!([gone("A", "changed")]), "3"), answer(deleted("A", "2026-10-01T11:00:00Z"))];
        assert_eq!(watch.ids(LATER, again()), ["A changed #2"], "{trigger}");
        watch.cursor = before;
        assert_eq!(watch.ids(LATER, again()), ["A changed #2"], "{trigger}: read again after a crash");
        // It was seen in between, and is gone again within the same second.
        assert!(watch.ids(LATER, vec![changes(json!([{ "id": "A" }]), "4")]).is_empty());
        assert_eq!(watch.ids(LATER, again()), ["A changed #3"], "{trigger}");
        assert_eq!(
            watch.ids(LATER, vec![changes(json!([gone("A", "changed")]), "5"), unknown()]),
            ["A changed #3"],
            "{trigger}"
        );
        assert_eq!(watch.ids(LATER, vec![changes(json!([gone("A", "deleted")]), "6")]), ["A deleted #3"], "{trigger}");
    }
    for trigger in ["deleted_user", "deleted_group"] {
        let mut watch = Watch::new(connector(), trigger, json!({}));
        watch.look(NOW, vec![changes(json!([]), "1")]);
        let known = json!({ "id": "A", "deletedDateTime": LATER, "displayName": "Adele" });
        let told =
            watch.look(LATER, vec![changes(json!([gone("A", "changed"), gone("B", "deleted")]), "2"), answer(known)]);
        let expected = [
            (
                "A changed".to_owned(),
                json!({ "id": "A", "reason": "changed", "deletedDateTime": LATER, "displayName": "Adele" }),
            ),
            ("B deleted".to_owned(), json!({ "id": "B", "reason": "deleted" })),
        ];
        assert_eq!(told, expected, "{trigger}: what is gone for good is not asked for");
    }
    let member = |gone: bool| {
        let mut member = json!({ "id": "m", "@odata.type": "#microsoft.graph.user" });
        if gone {
            member["@removed"] = json!({ "reason": "deleted" });
        }
        json!([{ "id": "g", "members@delta": [member] }])
    };
    for (trigger, removed) in [("group_member_added", false), ("group_member_removed", true)] {
        let mut watch = Watch::new(connector(), trigger, json!({}));
        let mut ids = |removed| watch.ids(LATER, vec![changes(member(removed), "1")]);
        assert_eq!(
            (ids(removed), ids(removed)),
            (vec!["g m".to_owned()], vec!["g m".to_owned()]),
            "{trigger}: a replay"
        );
        assert!(ids(!removed).is_empty());
        assert_eq!(ids(removed), ["g m #2"], "{trigger}");
    }
}

#[test]
fn what_was_deleted_while_the_place_was_lost_is_found() {
    let lost = || vec![refusal(410, "SyncStateNotFound", "m"), changes(json!([]), "3")];
    let list = |items: Value| answer(json!({ "value": items }));
    for (trigger, kind) in [("deleted_user", "user"), ("deleted_group", "group")] {
        let mut watch = Watch::new(connector(), trigger, json!({ "reason": "any" }));
        watch.look(NOW, vec![changes(json!([]), "1")]);
        watch.look(
            LATER,
            vec![
                changes(json!([gone("A", "changed"), gone("B", "changed")]), "2"),
                answer(deleted("A", LATER)),
                refusal(404, "x", "m"),
            ],
        );
        assert!(watch.ids(LATER, lost()).is_empty());
        assert!(watch.more && watch.lost.is_some(), "what was deleted for good is not there");
        let entries = json!([
            deleted("A", LATER),
            deleted("B", LATER),
            deleted("C", "2026-10-01T10:30:00Z"),
            deleted("D", "2026-09-30T10:00:00Z"),
            {},
            7
        ]);
        let more = answer(json!({ "value": entries, "@odata.nextLink": format!("{GRAPH}/more") }));
        assert_eq!(
            watch.ids(LATER, vec![more]),
            ["C changed"],
            "{trigger}: what was told, and what was deleted before, is not"
        );
        let first = format!("/directory/deletedItems/microsoft.graph.{kind}?$select=id,deletedDateTime,displayName,");
        assert!(watch.sent[0].starts_with(&first) && watch.sent[0].ends_with("&$top=999"), "{}", watch.sent[0]);
        assert_eq!(
            watch.ids(LATER, vec![list(json!([deleted("A", "2026-10-01T10:40:00Z")]))]),
            ["A changed #2"],
            "it was deleted again"
        );
        assert!(!watch.more && watch.lost.is_none());
        watch.look(LATER, vec![changes(json!([]), "4")]);
        assert!(watch.sent[0].ends_with("token=3"), "{}", watch.sent[0]);
        // A list that cannot be read leaves the gap that was told; one that cannot be read now is read later.
        watch.look(LATER, lost());
        assert!(watch.try_look(LATER, vec![refusal(503, "x", "m")]).is_err());
        assert!(watch.ids(LATER, vec![refusal(403, "Authorization_RequestDenied", "m")]).is_empty());
        watch.look(LATER, vec![changes(json!([]), "4")]);
    }
    let mut watch = Watch::new(connector(), "deleted_user", json!({ "reason": "permanent" }));
    watch.look(NOW, vec![changes(json!([]), "1")]);
    watch.look(LATER, vec![changes(json!([gone("A", "changed")]), "2")]);
    watch.look(LATER, lost());
    assert!(!watch.more, "it is not in the list");
}

#[test]
fn places_that_an_older_version_kept_go_on() {
    for trigger in ["new_user", "new_or_updated_user", "deleted_user", "group_member_added"] {
        let mut watch = Watch::new(connector(), trigger, json!({}));
        watch.cursor =
            Some(Json::of(&json!({ "link": format!("{GRAPH}/delta?token=9"), "since": NOW, "look": 17 })).unwrap());
        watch.look(LATER, vec![changes(json!([]), "10")]);
        assert!(watch.sent[0].ends_with("token=9"), "{trigger}");
    }
}

// What was told before may have been undone while the place was lost, so it can happen again.
#[test]
fn a_member_is_one_however_it_is_written() {
    let group = |members: Value| json!([{ "id": "G1", "displayName": "Sales", "members@delta": members }]);
    let mut watch = Watch::new(connector(), "group_member_added", json!({ "memberType": "servicePrincipal" }));
    watch.look(NOW, vec![changes(json!([]), "1")]);
    let members = json!([
        { "id": "A", "@odata.type": "#microsoft.graph.ServicePrincipal" },
        { "id": "B" },
        { "id": "C", "@odata.type": "#microsoft.graph.user" }
    ]);
    let ids = watch.ids(LATER, vec![changes(group(members), "2")]);
    assert_eq!(ids, ["g1 a", "g1 b"], "of what kind the second is nobody said");
    let again = json!([{ "id": "a", "@odata.type": "#microsoft.graph.servicePrincipal" }]);
    assert_eq!(watch.ids(LATER, vec![changes(group(again), "3")]), ["g1 a"], "the same event");
}

#[test]
fn a_list_of_what_was_deleted_that_fails_for_ever_is_gone_on_without() {
    let broken = || refusal(500, "Service_InternalServerError", "m");
    let mut watch = Watch::new(connector(), "deleted_user", json!({}));
    watch.look(NOW, vec![changes(json!([]), "1")]);
    watch.look(LATER, vec![refusal(410, "syncStateNotFound", "m"), changes(json!([]), "2")]);
    assert!(watch.lost.is_some());
    assert!(watch.ids(LATER, vec![broken()]).is_empty());
    watch.look(LATER, vec![changes(json!([]), "3")]);
    // What passes is waited for.
    watch.look(LATER, vec![refusal(410, "syncStateNotFound", "m"), changes(json!([]), "4")]);
    assert_eq!(watch.try_look(LATER, vec![refusal(503, "x", "m")]).unwrap_err().status(), Some(503));
}

#[test]
fn a_member_that_comes_again_after_a_lost_place_is_told() {
    for (trigger, removed) in [("group_member_added", false), ("group_member_removed", true)] {
        let mut member = json!({ "@odata.type": "#microsoft.graph.user", "id": "M" });
        if removed {
            member["@removed"] = json!({ "reason": "deleted" });
        }
        let page =
            |token: &str| changes(json!([{ "id": "G", "displayName": "Retail", "members@delta": [member] }]), token);
        let mut watch = Watch::new(connector(), trigger, json!({}));
        watch.look(NOW, vec![changes(json!([]), "1")]);
        let first = watch.ids(LATER, vec![page("2")]);
        assert_eq!(watch.ids(LATER, vec![page("3")]), first, "{trigger}: a replay is the same event");
        watch.look(LATER, vec![refusal(410, "syncStateNotFound", "m"), changes(json!([]), "4")]);
        let again = watch.ids(LATER, vec![page("5")]);
        assert_ne!(again, first, "{trigger}");
        assert_eq!(watch.ids(LATER, vec![page("6")]), again, "{trigger}: a replay is the same event");
    }
}
