//! Links, invitations, versions.

use serde_json::{Value, json};

use crate::graph::testing::Bench;

const MINUTES: &str = "/me/drive/root:/Documents/Minutes.txt:";

#[test]
fn a_link_is_made_once_and_opens_for_whom_it_is_made() {
    let bench = Bench::adele();
    let link = json!({ "type": "view", "scope": "organization" });
    let made = bench.post(&format!("{MINUTES}/createLink"), link.clone()).ok(201);
    assert_eq!(bench.post(&format!("{MINUTES}/createLink"), link).ok(200)["id"], made["id"]);
    assert_ne!(bench.post(&format!("{MINUTES}/createLink"), json!({ "type": "edit" })).ok(201)["id"], made["id"]);
    let share = made["shareId"].as_str().unwrap().to_owned();
    assert_eq!(bench.get(&format!("/shares/{share}/driveItem")).ok(200)["name"], "Minutes.txt");
    // Somebody else has to accept it.
    let mut bench = bench;
    bench.caller.user = bench.graph.user_by_name("alexw@contoso.example").map(|user| user.id);
    bench.get(&format!("/shares/{share}/driveItem")).refused(403, "accessDenied");
    let bench = bench.header("prefer", "redeemSharingLink");
    bench.get(&format!("/shares/{share}/driveItem")).ok(200);
    let bench = Bench { headers: Vec::new(), ..bench };
    bench.get(&format!("/shares/{share}/driveItem")).ok(200);
    bench.get("/shares/u!bm90aGluZw/driveItem").refused(404, "itemNotFound");
    for body in [
        json!({ "type": "embed" }),
        json!({ "type": "all" }),
        json!({ "type": "view", "expirationDateTime": "2020-01-01T00:00:00Z" }),
    ] {
        assert_eq!(Bench::adele().post(&format!("{MINUTES}/createLink"), body).status, 400);
    }
}

#[test]
fn permissions_are_given_inherited_and_taken_away() {
    let bench = Bench::adele();
    let give = |path: &str, address: &str, role: &str| {
        let body = json!({ "recipients": [{ "email": address }], "roles": [role], "requireSignIn": true, "sendInvitation": true });
        bench.post(&format!("/me/drive/root:/{path}:/invite"), body)
    };
    let given = give("Projects", "alexw@contoso.example", "read").ok(200)["value"][0].clone();
    assert_eq!(given["grantedToV2"]["user"]["displayName"], "Alex Wilber");
    assert_eq!(
        give("Projects", "AlexW@contoso.example", "write").ok(200)["value"][0]["id"],
        given["id"],
        "it is changed, not doubled"
    );
    assert_eq!(
        give("Projects", "somebody@fabrikam.example", "read").ok(200)["value"][0]["invitation"]["email"],
        "somebody@fabrikam.example"
    );
    assert_eq!(give("Projects", "alexw@contoso.example", "rule").status, 400);
    let below = bench.get("/me/drive/root:/Projects/Mark 8:/permissions").ok(200);
    let inherited = below["value"].as_array().unwrap().iter().find(|it| it["id"] == given["id"]).unwrap();
    assert!(inherited["inheritedFrom"]["path"].as_str().unwrap().ends_with("/Projects"));
    let id = given["id"].as_str().unwrap();
    bench.delete(&format!("/me/drive/root:/Projects/Mark 8:/permissions/{id}")).refused(400, "invalidRequest");
    bench.delete(&format!("/me/drive/root:/Projects:/permissions/{id}")).ok(204);
    bench.delete(&format!("/me/drive/root:/Projects:/permissions/{id}")).refused(404, "itemNotFound");
    Bench::with("Files.Read").delete(&format!("{MINUTES}/permissions/{id}")).refused(403, "accessDenied");
}

#[test]
fn versions_are_kept_and_come_back() {
    let bench = Bench::adele();
    let ids = || {
        let versions = bench.get(&format!("{MINUTES}/versions")).ok(200);
        versions["value"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(), ["2.0", "1.0"]);
    let before = bench.get("/me/drive/root:/Documents/Minutes.txt").ok(200);
    bench.post(&format!("{MINUTES}/versions/1.0/restoreVersion"), Value::Null).ok(204);
    let after = bench.get("/me/drive/root:/Documents/Minutes.txt").ok(200);
    assert_eq!((ids(), &after["size"]), (vec!["3.0".to_owned(), "2.0".into(), "1.0".into()], &json!(27)));
    assert_ne!(after["file"]["hashes"], before["file"]["hashes"]);
    bench.post(&format!("{MINUTES}/versions/9.0/restoreVersion"), Value::Null).refused(404, "itemNotFound");
    bench.get("/me/drive/root:/Documents:/versions").refused(400, "invalidRequest");
    bench.post("/me/drive/root:/Getting started.txt:/permanentDelete", Value::Null).ok(204);
    bench.get("/me/drive/root:/Getting started.txt").refused(404, "itemNotFound");
}
