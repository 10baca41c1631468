//! Contacts, their folders, and people.

use connector_sdk::Code;
use serde_json::{Value, json};

use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "outlook.create_contact": a_contact_is_made_changed_and_deleted, what_outlook_refuses_is_an_error;
    action "outlook.get_contact": a_contact_is_made_changed_and_deleted, what_is_not_there_is_not_found;
    action "outlook.update_contact": a_contact_is_made_changed_and_deleted, what_is_not_there_is_not_found;
    action "outlook.delete_contact": a_contact_is_made_changed_and_deleted, what_is_not_there_is_not_found;
    action "outlook.permanently_delete_contact": many_are_deleted_for_good, what_is_not_there_is_not_found;
    action "outlook.list_contacts": contacts_are_listed_in_order, what_graph_cannot_do_is_refused_before;
    action "outlook.search_contacts": contacts_are_found_by_what_is_known, what_graph_cannot_do_is_refused_before;
    action "outlook.move_contact": a_moved_contact_is_in_the_other_folder, what_is_not_there_is_not_found;
    action "outlook.list_contact_changes": changes_are_told_once, what_outlook_refuses_is_an_error;
    action "outlook.get_contact_photo": a_photo_goes_in_and_comes_out, what_is_not_there_is_not_found;
    action "outlook.set_contact_photo": a_photo_goes_in_and_comes_out, what_outlook_refuses_is_an_error;
    action "outlook.list_contact_folders": folders_stand_in_folders, what_is_not_there_is_not_found;
    action "outlook.get_contact_folder": folders_stand_in_folders, what_is_not_there_is_not_found;
    action "outlook.create_contact_folder": folders_stand_in_folders, what_outlook_refuses_is_an_error;
    action "outlook.update_contact_folder": folders_stand_in_folders, what_is_not_there_is_not_found;
    action "outlook.delete_contact_folder": folders_stand_in_folders, what_outlook_refuses_is_an_error;
    action "outlook.search_people": people_are_found_by_relevance, what_graph_cannot_do_is_refused_before;
    picklist "outlook.contact_folders": folders_are_offered, nobody_looks_without_the_permission;
}

const GONE: &str = "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAD0JAAA==";
const GONE_FOLDER: &str = "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAD0JAAA==";

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|it| it["displayName"].as_str().unwrap()).collect()
}

async fn suppliers(stage: &Stage) -> String {
    stage.works("outlook.list_contact_folders", json!({})).await["items"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_contact_is_made_changed_and_deleted() {
    let stage = Stage::new();
    let input = json!({
        "givenName": "Nina", "surname": "Ray", "birthday": "1980-05-04", "nickName": "Nin", "jobTitle": "Buyer",
        "emailAddresses": [{ "address": "nina@fabrikam.example", "name": "Nina Ray" }], "businessAddress": { "city": "Redmond" },
    });
    let made = stage.works("outlook.create_contact", input).await;
    assert_eq!((&made["displayName"], &made["birthday"]), (&json!("Nina Ray"), &json!("1980-05-04T11:59:00Z")));
    let id = &made["id"];
    let change = json!({ "contactId": id, "jobTitle": null, "nickName": "", "clearEmptyFields": true, "companyName": "Fabrikam" });
    stage.works("outlook.update_contact", change).await;
    let read = stage.works("outlook.get_contact", json!({ "contactId": id })).await;
    assert_eq!((&read["jobTitle"], &read["nickName"]), (&Value::Null, &Value::Null), "both are cleared");
    assert_eq!(
        (&read["companyName"], &read["surname"]),
        (&json!("Fabrikam"), &json!("Ray")),
        "what was not named stays"
    );
    stage.works("outlook.delete_contact", json!({ "contactId": id })).await;
    assert_eq!(stage.fails("outlook.get_contact", json!({ "contactId": id })).await.code(), Code::NotFound);
}

#[tokio::test]
async fn many_are_deleted_for_good() {
    let stage = Stage::new();
    let list = stage.works("outlook.list_contacts", json!({ "query": { "select": ["id"] } })).await;
    let items: Vec<Value> =
        list["items"].as_array().unwrap().iter().map(|it| json!({ "contactId": it["id"], "confirm": true })).collect();
    let fates = stage.works("outlook.permanently_delete_contact", json!({ "items": items })).await;
    assert_eq!((&fates["succeeded"], &fates["failed"]), (&json!(items.len()), &json!(0)));
    assert_eq!(stage.look("/me/contacts")["value"], json!([]));
}

#[tokio::test]
async fn contacts_are_listed_in_order() {
    let stage = Stage::new();
    let query = json!({ "select": ["displayName"], "orderby": "displayName" });
    let list = stage.works("outlook.list_contacts", json!({ "query": query, "limit": 2 })).await;
    assert_eq!(names(&list), ["Elvia Atkins", "Pavel Bansky"]);
    let more = json!({ "query": query, "pageToken": list["nextPageToken"] });
    assert_eq!(names(&stage.works("outlook.list_contacts", more).await), ["Robin Counts"]);
    let there = json!({ "folderId": suppliers(&stage).await, "query": query });
    assert_eq!(names(&stage.works("outlook.list_contacts", there).await), ["Ana Bowman", "Cora Thomas"]);
}

#[tokio::test]
async fn contacts_are_found_by_what_is_known() {
    let stage = Stage::new();
    for (input, found) in [
        (json!({ "name": "ELVIA" }), vec!["Elvia Atkins"]),
        (json!({ "company": "fabrikam" }), vec!["Pavel Bansky", "Elvia Atkins"]),
        (json!({ "company": "fabrikam", "name": "pavel", "match": "starts_with" }), vec!["Pavel Bansky"]),
        (json!({ "phone": "(425) 555 0302" }), vec!["Robin Counts"]),
        (json!({ "email": "ROBIN@tailspintoys.example", "match": "exact" }), vec!["Robin Counts"]),
        (json!({ "name": "ana" }), vec![]),
        (json!({ "name": "ana", "includeChildFolders": true, "select": ["displayName"] }), vec!["Ana Bowman"]),
        (
            json!({ "email": ".example", "includeChildFolders": true, "limit": 4 }),
            vec!["Pavel Bansky", "Elvia Atkins", "Robin Counts", "Ana Bowman"],
        ),
    ] {
        let list = stage.works("outlook.search_contacts", input.clone()).await;
        assert_eq!(names(&list), found, "{input}");
        assert_eq!(list.get("nextPageToken"), None, "{input}");
    }
    let first = stage.works("outlook.search_contacts", json!({ "company": "fabrikam", "limit": 1 })).await;
    let rest = json!({ "company": "fabrikam", "limit": 1, "pageToken": first["nextPageToken"] });
    assert_eq!(
        (names(&first), names(&stage.works("outlook.search_contacts", rest).await)),
        (vec!["Pavel Bansky"], vec!["Elvia Atkins"])
    );
}

#[tokio::test]
async fn a_moved_contact_is_in_the_other_folder() {
    let stage = Stage::new();
    let found = stage.works("outlook.search_contacts", json!({ "name": "Pavel" })).await;
    let folder = suppliers(&stage).await;
    let moved = stage
        .works("outlook.move_contact", json!({ "contactId": found["items"][0]["id"], "destinationFolderId": folder }))
        .await;
    assert_eq!((&moved["parentFolderId"], &moved["companyName"]), (&json!(folder), &json!("Fabrikam")));
    assert_eq!(names(&stage.works("outlook.search_contacts", json!({ "name": "Pavel" })).await), Vec::<&str>::new());
    let there = stage.works("outlook.search_contacts", json!({ "name": "Pavel", "folderId": folder })).await;
    assert_eq!(there["items"][0]["id"], moved["id"]);
}

#[tokio::test]
async fn changes_are_told_once() {
    let stage = Stage::new();
    let all = stage.works("outlook.list_contact_changes", json!({ "select": ["displayName"] })).await;
    assert_eq!(all["items"].as_array().unwrap().len(), 3);
    stage.works("outlook.create_contact", json!({ "displayName": "New" })).await;
    stage.works("outlook.delete_contact", json!({ "contactId": all["items"][0]["id"] })).await;
    let since = stage.works("outlook.list_contact_changes", json!({ "deltaToken": all["deltaToken"] })).await;
    assert_eq!((names(&since), since["removed"].as_array().unwrap().len()), (vec!["New"], 1));
    let nothing = stage.works("outlook.list_contact_changes", json!({ "deltaToken": since["deltaToken"] })).await;
    assert_eq!((&nothing["items"], &nothing["removed"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn a_photo_goes_in_and_comes_out() {
    let stage = Stage::new();
    let list = stage.works("outlook.list_contacts", json!({ "limit": 1 })).await;
    let id = &list["items"][0]["id"];
    let photo = json!({ "base64": "/9j/4AAQSkZJRgABAQEASABIAAD/2Q==" });
    assert_eq!(
        stage.works("outlook.set_contact_photo", json!({ "contactId": id, "photo": photo })).await,
        json!({ "updated": true })
    );
    let file = stage.works("outlook.get_contact_photo", json!({ "contactId": id })).await;
    assert_eq!((&file["contentType"], &file["base64"]), (&json!("image/jpeg"), &photo["base64"]));
}

#[tokio::test]
async fn folders_stand_in_folders() {
    let stage = Stage::new();
    let made = stage.works("outlook.create_contact_folder", json!({ "displayName": "Customers" })).await;
    let inner = json!({ "displayName": "Old", "parentFolderId": made["id"] });
    let inner = stage.works("outlook.create_contact_folder", inner).await;
    stage.works("outlook.update_contact_folder", json!({ "folderId": inner["id"], "displayName": "Former" })).await;
    let below = stage.works("outlook.list_contact_folders", json!({ "parentFolderId": made["id"] })).await;
    assert_eq!(names(&below), ["Former"]);
    assert_eq!(names(&stage.works("outlook.list_contact_folders", json!({})).await), ["Suppliers", "Customers"]);
    let read = stage.works("outlook.get_contact_folder", json!({ "folderId": inner["id"] })).await;
    assert_eq!((&read["displayName"], &read["parentFolderId"]), (&json!("Former"), &made["id"]));
    stage.works("outlook.delete_contact_folder", json!({ "folderId": made["id"] })).await;
    assert_eq!(
        stage.fails("outlook.get_contact_folder", json!({ "folderId": inner["id"] })).await.code(),
        Code::NotFound
    );
}

#[tokio::test]
async fn people_are_found_by_relevance() {
    let stage = Stage::new();
    let list = stage.works("outlook.search_people", json!({ "search": "megan" })).await;
    assert_eq!(names(&list), ["Megan Bowen"]);
    let all = stage.works("outlook.search_people", json!({ "limit": 3 })).await;
    let scores: Vec<f64> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["scoredEmailAddresses"][0]["relevanceScore"].as_f64().unwrap())
        .collect();
    assert!(scores.is_sorted_by(|a, b| a >= b) && scores.len() == 3, "{scores:?}");
}

#[tokio::test]
async fn folders_are_offered() {
    let stage = Stage::new();
    let choices = stage.choices("outlook.contact_folders", json!({}), Some("supp")).await.unwrap();
    assert_eq!(choices.choices.iter().map(|choice| choice.label.as_str()).collect::<Vec<_>>(), ["Suppliers"]);
}

#[tokio::test]
async fn nobody_looks_without_the_permission() {
    let stage = Stage::with(&["User.Read", "Mail.Read"]);
    let error = stage.choices("outlook.contact_folders", json!({}), None).await.unwrap_err();
    assert_eq!(error.code(), Code::MissingScope);
    assert!(error.to_string().contains("Contacts.Read"), "{error}");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let stage = Stage::new();
    for (action, input) in [
        ("get_contact", json!({ "contactId": GONE })),
        ("update_contact", json!({ "contactId": GONE, "title": "Dr" })),
        ("delete_contact", json!({ "contactId": GONE })),
        ("permanently_delete_contact", json!({ "contactId": GONE, "confirm": true })),
        ("move_contact", json!({ "contactId": GONE, "destinationFolderId": "contacts" })),
        ("get_contact_photo", json!({ "contactId": GONE })),
        ("list_contact_folders", json!({ "parentFolderId": GONE_FOLDER })),
        ("get_contact_folder", json!({ "folderId": GONE_FOLDER })),
        ("update_contact_folder", json!({ "folderId": GONE_FOLDER, "displayName": "X" })),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), input).await;
        assert_eq!(error.code(), Code::NotFound, "{action}: {error}");
    }
}

#[tokio::test]
async fn what_outlook_refuses_is_an_error() {
    let stage = Stage::new();
    let address = |n: u32| json!({ "address": format!("a{n}@contoso.example") });
    let list = stage.works("outlook.list_contacts", json!({ "limit": 1 })).await;
    let first = &list["items"][0]["id"];
    let elsewhere = "https://graph.evil.example/v1.0/me/contacts/delta?$deltatoken=x";
    for (action, input, code) in [
        (
            "create_contact",
            json!({ "emailAddresses": [address(1), address(2), address(3), address(4)] }),
            Code::Rejected,
        ),
        ("set_contact_photo", json!({ "contactId": first, "photo": { "text": "no picture" } }), Code::Rejected),
        ("create_contact_folder", json!({ "displayName": "suppliers" }), Code::Conflict),
        ("delete_contact_folder", json!({ "folderId": "contacts" }), Code::Rejected),
        ("list_contact_changes", json!({ "deltaToken": elsewhere }), Code::InvalidInput),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), input).await;
        assert_eq!(error.code(), code, "{action}: {error}");
    }
}

#[tokio::test]
async fn what_graph_cannot_do_is_refused_before() {
    let stage = Stage::new();
    for (action, input, place) in [
        ("list_contacts", json!({ "query": { "search": "nina" } }), "/query/search"),
        ("search_contacts", json!({ "phone": "none" }), "/phone"),
        ("search_people", json!({ "search": "a", "query": { "search": "b" } }), "/query/search"),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), input).await;
        assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, place), "{action}");
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}
