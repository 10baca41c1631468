//! Sites, lists and their items.

use connector_sdk::Code;
use graph_sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::changes::heard;
use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "graph.search_sites": sites_are_found_and_looked_into, what_is_said_wrong_is_refused;
    action "graph.get_site": sites_are_found_and_looked_into, what_is_gone_is_told;
    action "graph.list_subsites": sites_are_found_and_looked_into, what_is_gone_is_told;
    action "graph.list_lists": lists_are_made_and_changed, what_is_gone_is_told;
    action "graph.get_list": lists_are_made_and_changed, what_is_gone_is_told;
    action "graph.create_list": lists_are_made_and_changed, what_is_said_wrong_is_refused;
    action "graph.update_list": lists_are_made_and_changed, what_is_said_wrong_is_refused;
    action "graph.list_list_items": items_are_found_by_their_columns, a_column_without_an_index_is_told;
    action "graph.get_list_item": items_are_made_changed_and_deleted, what_is_gone_is_told;
    action "graph.create_list_item": items_are_made_changed_and_deleted, what_a_list_does_not_take_is_told;
    action "graph.update_list_item": items_are_made_changed_and_deleted, nobody_overwrites_what_another_has_changed;
    action "graph.delete_list_item": items_are_made_changed_and_deleted, nobody_overwrites_what_another_has_changed;
    trigger "graph.new_or_updated_list_item": a_list_is_watched, what_cannot_be_watched_is_told;
    picklist "graph.sites": sites_lists_and_columns_are_offered, nothing_is_offered_of_what_is_not_there;
    picklist "graph.lists": sites_lists_and_columns_are_offered, nothing_is_offered_of_what_is_not_there;
    picklist "graph.list_columns": sites_lists_and_columns_are_offered, nothing_is_offered_of_what_is_not_there;
}

const SITE: &str = "contoso.sharepoint.example:/sites/mark8";

/// The input of something with the list of parts.
fn parts(more: Value) -> Value {
    let mut input = json!({ "site": SITE, "list": "Parts" });
    input.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    input
}

fn names<'v>(list: &'v Value, name: &str) -> Vec<&'v str> {
    list["items"].as_array().unwrap().iter().filter_map(|item| item[name].as_str()).collect()
}

fn titles(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().filter_map(|item| item["fields"]["Title"].as_str()).collect()
}

#[tokio::test]
async fn sites_are_found_and_looked_into() {
    let stage = Stage::new();
    let all = stage.works("graph.search_sites", json!({})).await;
    assert_eq!(names(&all, "displayName"), ["Contoso", "Mark 8 Project Team", "Mark 8 Design", "Retail"]);
    let found = stage.works("graph.search_sites", json!({ "query": "retail" })).await;
    let id = &found["items"][0]["id"];
    assert_eq!(stage.works("graph.get_site", json!({ "site": id })).await["displayName"], "Retail");
    let by_address =
        stage.works("graph.get_site", json!({ "site": "https://contoso.sharepoint.example/sites/retail" })).await;
    assert_eq!(by_address["id"], *id);
    assert!(stage.works("graph.get_site", json!({ "site": "root" })).await["root"].is_object());
    assert_eq!(
        names(&stage.works("graph.list_subsites", json!({ "site": SITE })).await, "displayName"),
        ["Mark 8 Design"]
    );
    let many = json!({ "items": [{ "site": SITE }, { "site": "contoso.sharepoint.example:/sites/nowhere" }] });
    let fates = stage.works("graph.get_site", many).await;
    assert_eq!((&fates["succeeded"], &fates["failed"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn the_libraries_of_a_site_are_drives() {
    let stage = Stage::new();
    let site = stage.works("graph.get_site", json!({ "site": SITE })).await;
    let drives = stage.works("graph.list_drives", json!({ "owner": "site", "ownerId": site["id"] })).await;
    assert_eq!((names(&drives, "name"), names(&drives, "driveType")), (vec!["Documents"], vec!["documentLibrary"]));
    let drive = &drives["items"][0]["id"];
    assert_eq!(
        stage.works("graph.get_drive", json!({ "drive": drive })).await["owner"]["group"]["displayName"],
        "Mark 8 Project Team"
    );
    let files =
        stage.works("graph.list_drive_items", json!({ "drive": drive, "recursive": true, "fetchAll": true })).await;
    assert!(names(&files, "name").contains(&"Welcome.txt"), "{files}");
    let upload =
        json!({ "drive": drive, "folderPath": "General", "fileName": "Next.txt", "content": { "text": "At noon." } });
    let file = stage.works("graph.upload_file", upload).await;
    let back = stage.works("graph.download_file", json!({ "drive": drive, "itemId": file["id"] })).await;
    assert_eq!(back["base64"], "QXQgbm9vbi4=");
}

#[tokio::test]
async fn lists_are_made_and_changed() {
    let stage = Stage::new();
    let site = json!({ "site": SITE });
    let lists = stage.works("graph.list_lists", site.clone()).await;
    assert_eq!(names(&lists, "displayName"), ["Documents", "Suppliers", "Parts"]);
    let all = stage.works("graph.list_lists", json!({ "site": SITE, "includeHidden": true })).await;
    let system: Vec<&Value> =
        all["items"].as_array().unwrap().iter().filter(|list| list["system"].is_object()).collect();
    assert_eq!(system[0]["displayName"], "User Information List");
    let columns = json!([
        { "name": "Author", "type": "text", "indexed": true, "maxLength": 80 },
        { "name": "Pages", "type": "number", "minimum": 1 },
        { "name": "Genre", "type": "choice", "choices": ["Novel", "Poetry"], "multiple": true, "allowTextEntry": true },
        { "name": "Source", "type": "lookup", "lookupList": lists["items"][1]["id"] },
        { "name": "Readers", "type": "person", "multiple": true },
    ]);
    let made =
        stage.works("graph.create_list", json!({ "site": SITE, "displayName": "Books", "columns": columns })).await;
    let list = stage.works("graph.get_list", json!({ "site": SITE, "list": made["id"], "expandColumns": true })).await;
    let column =
        |name: &str| list["columns"].as_array().unwrap().iter().find(|column| column["name"] == name).cloned().unwrap();
    assert_eq!((&column("Author")["text"]["maxLength"], &column("Author")["indexed"]), (&json!(80), &json!(true)));
    assert_eq!(column("Genre")["choice"]["displayAs"], "checkBoxes");
    assert_eq!(column("Source")["lookup"]["columnName"], "Title");
    let fields = json!({ "Title": "Emma", "Genre": ["Novel"], "SourceLookupId": 2, "ReadersLookupId": [1] });
    stage.works("graph.create_list_item", json!({ "site": SITE, "list": "Books", "fields": fields })).await;
    let change = json!({ "site": SITE, "list": "Books", "displayName": "Novels", "description": "What we read" });
    assert_eq!(stage.works("graph.update_list", change).await["displayName"], "Novels");
    stage.works("graph.update_list", json!({ "site": SITE, "list": "Novels", "description": null })).await;
    assert_eq!(stage.look(&format!("/sites/{SITE}:/lists/Novels"))["description"], Value::Null);
    let library = json!({ "site": SITE, "displayName": "Contracts", "template": "documentLibrary" });
    stage.works("graph.create_list", library).await;
    let drives = stage.look(&format!("/sites/{SITE}:/drives"));
    assert_eq!(drives["value"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn items_are_found_by_their_columns() {
    let stage = Stage::new();
    let all = stage.works("graph.list_list_items", parts(json!({}))).await;
    assert_eq!(titles(&all), ["Bolt M6", "Bearing", "Casing", "Display", "Battery"]);
    assert_eq!(all["items"][0]["fields"]["Tags"], json!(["Metal"]));
    let query =
        json!({ "filter": "fields/State eq 'In stock' and fields/Quantity lt 100", "orderby": "fields/Quantity" });
    let some =
        stage.works("graph.list_list_items", parts(json!({ "query": query, "columns": ["Title", "Quantity"] }))).await;
    assert_eq!(titles(&some), ["Battery", "Bearing"]);
    assert!(some["items"][0]["fields"].get("State").is_none(), "{some}");
    let paged = stage.works("graph.list_list_items", parts(json!({ "query": { "top": 2 }, "limit": 3 }))).await;
    assert_eq!((titles(&paged).len(), paged["nextPageToken"].is_string()), (3, true));
    let rest = stage.works("graph.list_list_items", parts(json!({ "pageToken": paged["nextPageToken"] }))).await;
    assert_eq!(titles(&rest), ["Display", "Battery"]);
}

#[tokio::test]
async fn a_column_without_an_index_is_told() {
    let stage = Stage::new();
    let query = json!({ "filter": "fields/Title eq 'Casing'" });
    let error = stage.fails("graph.list_list_items", parts(json!({ "query": query }))).await;
    assert_eq!(error.code(), Code::Rejected);
    assert!(error.advice().contains("allowUnindexed"), "{error:?}");
    let found = stage.works("graph.list_list_items", parts(json!({ "query": query, "allowUnindexed": true }))).await;
    assert_eq!(titles(&found), ["Casing"]);
}

#[tokio::test]
async fn items_are_made_changed_and_deleted() {
    let stage = Stage::new();
    let fields = json!({ "Title": "Wing nut", "Quantity": 40, "State": "Planned", "Tags": ["Metal", "Fragile"], "Delivery": "2027-01-31",
        "ResponsibleLookupId": 2, "ReviewersLookupId": [1, 3] });
    let made = stage.works("graph.create_list_item", parts(json!({ "fields": fields }))).await;
    let id = made["id"].as_str().unwrap();
    let path = format!("/sites/{SITE}:/lists/Parts/items/{id}");
    let seen = stage.look(&path);
    let seen = &seen["fields"];
    assert_eq!((&seen["Tags"], &seen["ResponsibleLookupId"]), (&json!(["Metal", "Fragile"]), &json!("2")));
    assert_eq!(seen["Reviewers"].as_array().unwrap().len(), 2);
    let change =
        json!({ "itemId": id, "fields": { "Quantity": 12, "Delivery": null, "Tags": [] }, "eTag": made["eTag"] });
    assert_eq!(stage.works("graph.update_list_item", parts(change)).await["Quantity"], 12);
    let item = stage.works("graph.get_list_item", parts(json!({ "itemId": id }))).await;
    assert_eq!((item["fields"].get("Delivery"), &item["fields"]["Tags"]), (None, &json!([])));
    let one =
        stage.works("graph.get_list_item", parts(json!({ "itemId": id, "columns": ["Title", "Responsible"] }))).await;
    assert_eq!((&one["fields"]["Responsible"], one["fields"].get("Quantity")), (&json!("Adele Vance"), None));
    assert_eq!(
        stage.works("graph.delete_list_item", parts(json!({ "itemId": id, "eTag": item["eTag"] }))).await,
        json!({ "deleted": true })
    );
    assert_eq!(stage.fails("graph.get_list_item", parts(json!({ "itemId": id }))).await.code(), Code::NotFound);
    let item = |title: &str, list: &str| json!({ "site": SITE, "list": list, "fields": { "Title": title } });
    let many = json!({ "items": [item("Rivet", "Parts"), item("Washer", "Parts"), item("Nail", "Nowhere")] });
    let fates = stage.works("graph.create_list_item", many).await;
    assert_eq!((&fates["succeeded"], &fates["failed"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn what_a_list_does_not_take_is_told() {
    let stage = Stage::new();
    for (fields, wrong) in [
        (json!({ "Titel": "x" }), "Titel"),
        (json!({ "Title": "x", "Created": "2026-01-01T00:00:00Z" }), "Created"),
        (json!({ "Title": "x", "Quantity": "many" }), "Quantity"),
        (json!({ "Title": "x", "Supplier": "Fabrikam" }), "Supplier"),
    ] {
        let error = stage.fails("graph.create_list_item", parts(json!({ "fields": fields }))).await;
        assert_eq!(error.code(), Code::InvalidInput, "{fields}");
        assert!(error.violations().iter().any(|issue| issue.pointer == format!("/fields/{wrong}")), "{error:?}");
        // Without a schema before it, Graph refuses the same.
        let refused = stage
            .fails(
                "graph.raw_request",
                json!({ "url": format!("/sites/{SITE}:/lists/Parts/items"), "method": "POST", "data": { "fields": fields } }),
            )
            .await;
        assert_eq!(refused.code(), Code::Rejected, "{fields}");
    }
    let reader = Stage::with(&["Sites.Read.All"]);
    let error = reader.fails("graph.create_list_item", parts(json!({ "fields": { "Title": "x" } }))).await;
    assert_eq!((error.code(), reader.sandbox.request_count()), (Code::MissingScope, 0));
}

#[tokio::test]
async fn nobody_overwrites_what_another_has_changed() {
    let stage = Stage::new();
    let read = stage.works("graph.get_list_item", parts(json!({ "itemId": "1" }))).await;
    stage.ask("PATCH", &format!("/sites/{SITE}:/lists/Parts/items/1/fields"), &json!({ "Quantity": 1 }));
    let change = parts(json!({ "itemId": "1", "fields": { "Quantity": 2 }, "eTag": read["eTag"] }));
    assert_eq!(stage.fails("graph.update_list_item", change).await.code(), Code::Conflict);
    let removal = parts(json!({ "itemId": "1", "eTag": read["eTag"] }));
    assert_eq!(stage.fails("graph.delete_list_item", removal).await.code(), Code::Conflict);
    assert_eq!(stage.look(&format!("/sites/{SITE}:/lists/Parts/items/1"))["fields"]["Quantity"], 1);
}

#[tokio::test]
async fn a_list_is_watched() {
    let stage = Stage::new();
    let mut listener = stage
        .listen("graph.new_or_updated_list_item", parts(json!({ "columns": ["Title", "Quantity"] })))
        .await
        .unwrap();
    assert_eq!(heard(&mut listener).await.len(), 0, "what was there before does not fire");
    let made = stage.works("graph.create_list_item", parts(json!({ "fields": { "Title": "Rivet" } }))).await;
    let told = heard(&mut listener).await;
    assert_eq!((told.len(), &told[0]["id"], &told[0]["fields"]["Title"]), (1, &made["id"], &json!("Rivet")));
    stage.works("graph.update_list_item", parts(json!({ "itemId": made["id"], "fields": { "Quantity": 3 } }))).await;
    assert_eq!(heard(&mut listener).await[0]["fields"]["Quantity"], 3, "another version");
    stage.sandbox.faults().add(Rule::new(Fault::Gone).path("/delta").once());
    assert_eq!(heard(&mut listener).await.len(), 0, "a lost place invents nothing");
    stage.works("graph.delete_list_item", parts(json!({ "itemId": made["id"] }))).await;
    assert_eq!(heard(&mut listener).await.len(), 0, "what is gone does not fire");
}

#[tokio::test]
async fn what_cannot_be_watched_is_told() {
    let stage = Stage::new();
    let nothing = json!({ "site": SITE, "list": "Nothing" });
    let mut listener = stage.listen("graph.new_or_updated_list_item", nothing).await.unwrap();
    assert_eq!(listener.try_next().await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn what_is_gone_is_told() {
    let stage = Stage::new();
    let nowhere = "contoso.sharepoint.example:/sites/nowhere";
    for (action, input) in [
        ("get_site", json!({ "site": nowhere })),
        ("list_subsites", json!({ "site": nowhere })),
        ("list_lists", json!({ "site": nowhere })),
        ("get_list", json!({ "site": SITE, "list": "Nothing" })),
        ("get_list_item", parts(json!({ "itemId": "99" }))),
        ("update_list_item", parts(json!({ "itemId": "99", "fields": { "Title": "x" } }))),
        ("delete_list_item", parts(json!({ "itemId": "99" }))),
    ] {
        assert_eq!(stage.fails(&format!("graph.{action}"), input).await.code(), Code::NotFound, "{action}");
    }
}

#[tokio::test]
async fn what_is_said_wrong_is_refused() {
    let stage = Stage::new();
    let column = |column: Value| json!({ "site": SITE, "displayName": "Books", "columns": [column] });
    for (action, input, pointer) in [
        ("search_sites", json!({ "limit": 1, "fetchAll": true }), "/fetchAll"),
        ("create_list", column(json!({ "name": "A", "type": "choice" })), "/columns/0/choices"),
        ("create_list", column(json!({ "name": "A", "type": "number", "maxLength": 3 })), "/columns/0/maxLength"),
        ("create_list", column(json!({ "name": "A b", "type": "text" })), "/columns/0/name"),
        ("update_list", json!({ "site": SITE, "list": "Parts" }), "/displayName"),
        ("list_list_items", parts(json!({ "columns": ["Title"], "query": { "expand": ["fields"] } })), "/query/expand"),
        ("list_list_items", parts(json!({ "columns": ["Title)"] })), "/columns/0"),
        ("update_list_item", parts(json!({ "itemId": "1", "fields": {} })), "/fields"),
    ] {
        let error = stage.fails(&format!("graph.{action}"), input).await;
        assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, pointer), "{action}");
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}

#[tokio::test]
async fn sites_lists_and_columns_are_offered() {
    let stage = Stage::new();
    let sites = stage.choices("graph.sites", json!({}), None).await.unwrap().choices;
    let find = |label: &str| sites.iter().find(|choice| choice.label == label).unwrap();
    assert_eq!(find("Mark 8 Design").parent.as_ref(), Some(&find("Mark 8 Project Team").value));
    assert_eq!((find("Retail").parent.as_ref(), &find("Contoso").parent), (Some(&find("Contoso").value), &None));
    let some = stage.choices("graph.sites", json!({}), Some("retail")).await.unwrap().choices;
    assert_eq!(some.iter().map(|choice| choice.label.as_str()).collect::<Vec<_>>(), ["Retail"]);
    let lists = stage.choices("graph.lists", json!({ "site": SITE }), Some("s")).await.unwrap().choices;
    assert_eq!(
        lists.iter().map(|choice| choice.label.as_str()).collect::<Vec<_>>(),
        ["Documents", "Suppliers", "Parts"]
    );
    let columns =
        stage.choices("graph.list_columns", json!({ "site": SITE, "list": "Parts" }), None).await.unwrap().choices;
    let values: Vec<&str> = columns.iter().map(|choice| choice.value.as_str()).collect();
    assert!(
        values.contains(&"Quantity") && values.contains(&"Created") && !values.contains(&"ImportKey"),
        "{values:?}"
    );
    let sku = stage
        .choices("graph.list_columns", json!({ "site": SITE, "list": "Parts" }), Some("sku"))
        .await
        .unwrap()
        .choices;
    assert_eq!((sku[0].value.as_str(), sku[0].label.as_str()), ("Sku", "SKU"));
}

#[tokio::test]
async fn nothing_is_offered_of_what_is_not_there() {
    let stage = Stage::new();
    let error = stage
        .choices("graph.lists", json!({ "site": "contoso.sharepoint.example:/sites/nowhere" }), None)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    let error =
        stage.choices("graph.list_columns", json!({ "site": SITE, "list": "Nothing" }), None).await.unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    stage.sandbox.faults().add(Rule::new(Fault::GatewayTimeout).path("/sites").times(9));
    assert!(stage.choices("graph.sites", json!({}), None).await.is_err());
}
