//! Contacts, their folders and photos, and people.

use serde_json::{Value, json};

use crate::graph::testing::Bench;

const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xc0, 0, 8, 8, 0, 48, 0, 64, 3];

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

fn suppliers(bench: &Bench) -> String {
    let folder = bench.get("/me/contactFolders?$filter=displayName eq 'Suppliers'").items()[0].clone();
    format!("/me/contactFolders/{}", id(&folder))
}

#[test]
fn folders_nest_and_their_changes_are_told() {
    let bench = Bench::with("Contacts.ReadWrite");
    let (all, last) = bench.all("/me/contactFolders/delta");
    assert_eq!(all.len(), 1);
    let link = last.body["@odata.deltaLink"].as_str().unwrap().to_owned();
    let path = suppliers(&bench);
    let child = bench.post(&format!("{path}/childFolders"), json!({ "displayName": "Abroad" })).ok(201);
    bench.post(&format!("{path}/childFolders"), json!({ "displayName": "abroad" })).refused(409, "ErrorFolderExists");
    bench.post(&format!("{path}/childFolders"), json!({ "displayName": " " })).refused(400, "ErrorInvalidRequest");
    assert_eq!(bench.get(&format!("{path}/childFolders")).items()[0]["id"], child["id"]);
    bench.patch(&format!("/me/contactFolders/{}", id(&child)), json!({ "displayName": "Overseas" })).ok(200);
    let changed = bench.get(&link);
    assert_eq!((changed.items().len(), &changed.items()[0]["displayName"]), (1, &json!("Overseas")));
    bench.delete(&path).ok(204);
    bench.get(&format!("/me/contactFolders/{}", id(&child))).refused(404, "ErrorItemNotFound");
    let gone = bench.get(changed.body["@odata.deltaLink"].as_str().unwrap());
    assert!(gone.items().len() == 2 && gone.items().iter().all(|folder| folder["@removed"]["reason"] == "deleted"));
    bench.delete("/me/contactFolders/contacts").refused(400, "ErrorDeleteDistinguishedFolder");
}

#[test]
fn contacts_are_counted_filtered_and_told_of_by_folder() {
    let bench = Bench::with("Contacts.ReadWrite");
    let path = format!("{}/contacts", suppliers(&bench));
    let count = |path: &str| String::from_utf8(bench.get(path).response.body().to_vec()).unwrap();
    let before: usize = count(&format!("{path}/$count")).parse().unwrap();
    let (_, last) = bench.all(&format!("{path}/delta"));
    let made = bench.post(
        &path,
        json!({ "givenName": "Pia", "emailAddresses": [{ "address": "pia@fabrikam.example", "name": "Pia" }] }),
    );
    let made = made.ok(201);
    assert_eq!(count(&format!("{path}/$count")), (before + 1).to_string());
    let filter = "$filter=emailAddresses/any(a:a/address eq 'PIA@fabrikam.example')";
    assert_eq!(count(&format!("{path}/$count?{filter}")), "1");
    let found = bench.get(&format!("{path}?{filter}&$count=true"));
    assert_eq!((&found.body["@odata.count"], &found.items()[0]["id"]), (&json!(1), &made["id"]));
    assert_eq!(bench.get(&format!("/me/contacts?{filter}")).items().len(), 0);
    let changed = bench.get(last.body["@odata.deltaLink"].as_str().unwrap());
    assert_eq!((changed.items().len(), &changed.items()[0]["id"]), (1, &made["id"]));
    bench.send("POST", &format!("/me/contacts/{}/permanentDelete", id(&made)), None).ok(204);
    bench.get(&format!("/me/contacts/{}", id(&made))).refused(404, "ErrorItemNotFound");
    bench.get(&format!("{path}?$search=\"pia\"")).refused(400, "ErrorInvalidUrlQuery");
}

#[test]
fn a_contact_is_moved_by_a_copy() {
    let bench = Bench::with("Contacts.ReadWrite");
    let contact = bench.get("/me/contacts?$top=1").items()[0].clone();
    let path = format!("/me/contacts/{}", id(&contact));
    bench.send("POST", &format!("{path}/move"), Some(("application/json", "{}".into()))).refused(400, "BadRequest");
    let folder = suppliers(&bench);
    bench.patch(&path, json!({ "parentFolderId": folder })).refused(400, "ErrorInvalidPropertySet");
    let body = json!({ "givenName": contact["givenName"], "surname": contact["surname"], "parentFolderId": contact["parentFolderId"] });
    let copy = bench.post(&format!("{folder}/contacts"), body).ok(201);
    assert_eq!(copy["displayName"], contact["displayName"]);
    assert_eq!(copy["parentFolderId"], bench.get(&folder).ok(200)["id"]);
    let addresses: Vec<Value> = (0..4).map(|i| json!({ "address": format!("a{i}@b.example") })).collect();
    bench.post("/me/contacts", json!({ "emailAddresses": addresses })).refused(400, "ErrorPropertyValidationFailure");
}

#[test]
fn a_photo_is_set_and_described() {
    let bench = Bench::with("Contacts.ReadWrite");
    let made = bench.post("/me/contacts", json!({ "givenName": "Pia" })).ok(201);
    let path = format!("/me/contacts/{}/photo", id(&made));
    bench.get(&path).refused(404, "ErrorItemNotFound");
    bench.get(&format!("{path}/$value")).refused(404, "ErrorItemNotFound");
    let set = |method: &str, bytes: &'static [u8]| {
        bench.send(method, &format!("{path}/$value"), Some(("image/jpeg", bytes.into())))
    };
    set("PUT", b"no photo").refused(400, "ErrorInvalidImage");
    set("PUT", JPEG).ok(200);
    assert_eq!(bench.get(&format!("{path}/$value")).response.body(), JPEG);
    let shown = bench.get(&path).ok(200);
    assert_eq!((&shown["id"], &shown["width"], &shown["height"]), (&json!("64X48"), &json!(64), &json!(48)));
    set("PATCH", JPEG).ok(200);
    let reader = Bench { graph: bench.graph.clone(), ..Bench::with("Contacts.Read") };
    reader.send("PUT", &format!("{path}/$value"), Some(("image/jpeg", JPEG.into()))).refused(403, "ErrorAccessDenied");
}

#[test]
fn people_are_searched_by_their_names() {
    let bench = Bench::with("People.Read");
    let all = bench.get("/me/people?$top=50").items().to_vec();
    assert!(all.len() > 5 && all.iter().all(|person| person["userPrincipalName"] != "AdeleV@contoso.example"));
    let found = bench.get("/me/people?$search=\"Megan\"");
    assert!(!found.items().is_empty());
    assert!(
        found.items().iter().all(|person| person["displayName"].as_str().unwrap().starts_with("Megan")),
        "{:?}",
        found.items()
    );
    Bench::with("Contacts.Read").get("/me/people").refused(403, "ErrorAccessDenied");
    bench.get("/users/alexw@contoso.example/people").refused(403, "ErrorAccessDenied");
}
