//! Records of many kinds, and the schemas that only Graph knows.

use connector_runtime::Run;
use connector_sdk::Code;
use serde_json::json;

use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "graph.get_record": records_are_made_found_changed_and_deleted, what_does_not_fit_is_told_before_anything_is_sent;
    action "graph.search_records": records_are_made_found_changed_and_deleted, what_does_not_fit_is_told_before_anything_is_sent;
    action "graph.create_record": records_are_made_found_changed_and_deleted, what_does_not_fit_is_told_before_anything_is_sent;
    action "graph.update_record": records_are_made_found_changed_and_deleted, what_does_not_fit_is_told_before_anything_is_sent;
    action "graph.delete_record": records_are_made_found_changed_and_deleted, what_does_not_fit_is_told_before_anything_is_sent;
    dynamic_schema "graph.record": what_a_record_takes_is_known, without_an_object_nothing_is_known;
    dynamic_schema "graph.found_record": what_a_record_takes_is_known, without_an_object_nothing_is_known;
    dynamic_schema "graph.new_record_fields": what_a_record_takes_is_known, without_an_object_nothing_is_known;
    dynamic_schema "graph.record_changes": what_a_record_takes_is_known, without_an_object_nothing_is_known;
    dynamic_schema "graph.new_list_item_fields": lists_say_what_they_take, what_is_not_there_has_no_shape;
    dynamic_schema "graph.list_item_changes": lists_say_what_they_take, what_is_not_there_has_no_shape;
    dynamic_schema "graph.list_item_values": lists_say_what_they_take, what_is_not_there_has_no_shape;
    dynamic_schema "graph.worksheet_row": worksheets_say_what_they_take, what_is_not_there_has_no_shape;
    dynamic_schema "graph.table_row": worksheets_say_what_they_take, what_is_not_there_has_no_shape;
}

#[tokio::test]
async fn records_are_made_found_changed_and_deleted() {
    let stage = Stage::new();
    let folder =
        stage.works("graph.create_record", json!({ "object": "folder", "fields": { "name": "Invoices" } })).await;
    let id = folder["id"].clone();
    let renamed = json!({ "object": "driveItem", "recordId": id, "fields": { "name": "Bills" } });
    stage.works("graph.update_record", renamed).await;
    let got = stage.works("graph.get_record", json!({ "object": "driveItem", "recordId": id })).await;
    assert_eq!((&got["id"], &got["name"]), (&id, &json!("Bills")));
    stage.works("graph.delete_record", json!({ "object": "driveItem", "recordId": id })).await;
    let gone = stage.fails("graph.get_record", json!({ "object": "driveItem", "recordId": id })).await;
    assert_eq!(gone.code(), Code::NotFound);

    let fields = json!({ "displayName": "Grace Hopper", "userPrincipalName": "grace@contoso.example", "mailNickname": "grace", "generatePassword": true });
    let made = stage.works("graph.create_record", json!({ "object": "user", "fields": fields })).await;
    assert!(made["user"]["id"].is_string() && made["generatedPassword"].is_string(), "{made}");
    let job = json!({ "object": "user", "recordId": made["user"]["id"], "fields": { "jobTitle": "Rear admiral" } });
    stage.works("graph.update_record", job).await;
    let found = stage.works("graph.search_records", json!({ "object": "user", "search": "Grace" })).await;
    assert_eq!(found["items"][0]["id"], made["user"]["id"]);
    let licences = stage.works("graph.search_records", json!({ "object": "license" })).await;
    assert!(licences["items"].as_array().unwrap().len() > 1, "{licences}");
    let files =
        stage.works("graph.search_records", json!({ "object": "driveItem", "search": "Schedule", "limit": 1 })).await;
    assert_eq!(files["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_does_not_fit_is_told_before_anything_is_sent() {
    let stage = Stage::new();
    let before = stage.sandbox.requests().len();
    let places = |error: connector_sdk::Error| -> Vec<String> {
        error.violations().iter().map(|issue| issue.pointer.clone()).collect()
    };
    for (action, input, at) in [
        (
            "graph.create_record",
            json!({ "object": "user", "fields": { "displayName": 7 } }),
            vec!["/fields/displayName", "/fields/mailNickname", "/fields/userPrincipalName"],
        ),
        (
            "graph.create_record",
            json!({ "items": [{ "object": "folder", "fields": { "name": "a" } }, { "object": "folder", "fields": {} }] }),
            vec!["/items/1/fields/name"],
        ),
        (
            "graph.create_record",
            json!({ "object": "folder", "fields": { "name": "a", "colour": "red" } }),
            vec!["/fields/colour"],
        ),
        (
            "graph.update_record",
            json!({ "object": "user", "recordId": "x", "fields": { "jobTitle": 1 } }),
            vec!["/fields/jobTitle"],
        ),
        ("graph.get_record", json!({ "object": "user", "drive": "b!d", "recordId": "x" }), vec!["/drive"]),
        ("graph.get_record", json!({ "object": "planet", "recordId": "x" }), vec!["/object"]),
        ("graph.delete_record", json!({ "object": "user", "recordId": "x" }), vec!["/object"]),
        ("graph.search_records", json!({ "object": "license", "search": "x" }), vec!["/search"]),
    ] {
        let error = stage.fails(action, input.clone()).await;
        assert_eq!(
            (error.code(), places(error)),
            (Code::InvalidInput, at.into_iter().map(str::to_owned).collect()),
            "{action} {input}"
        );
    }
    assert_eq!(stage.sandbox.requests().len(), before);
}

#[tokio::test]
async fn permissions_are_those_of_the_action_behind() {
    let stage = Stage::with(&["User.Read", "User.Read.All"]);
    stage.works("graph.get_record", json!({ "object": "user", "recordId": "alexw@contoso.example" })).await;
    let error = stage.fails("graph.get_record", json!({ "object": "driveItem", "recordId": "x" })).await;
    assert_eq!(error.code(), Code::MissingScope);
    let shown =
        Run::new("graph.create_record", "adele", json!({ "object": "folder", "fields": { "name": "a" } })).preview();
    let shown = stage.host.execute(shown).await.unwrap().output;
    assert!(shown.as_str().contains("Files.ReadWrite"), "{}", shown.as_str());
}

#[tokio::test]
async fn what_a_record_takes_is_known() {
    let stage = Stage::new();
    let resolved = stage.host.resolve("graph.create_record", "adele", &json!({ "object": "user" })).await.unwrap();
    let fields = &resolved.input["properties"]["fields"];
    assert_eq!(fields["properties"]["displayName"]["maxLength"], 256);
    assert_eq!(fields["required"], json!(["displayName", "userPrincipalName", "mailNickname"]));
    assert_eq!(resolved.input["properties"]["items"]["items"]["properties"]["fields"]["required"], fields["required"]);
    let resolved = stage.host.resolve("graph.update_record", "adele", &json!({ "object": "driveItem" })).await.unwrap();
    let fields = &resolved.input["properties"]["fields"];
    assert_eq!((&fields["additionalProperties"], fields["properties"].as_object().unwrap().len()), (&json!(false), 3));
    let resolved = stage.host.resolve("graph.get_record", "adele", &json!({ "object": "driveItem" })).await.unwrap();
    assert!(resolved.output.to_string().contains("eTag"), "{}", resolved.output);
    let resolved = stage.host.resolve("graph.search_records", "adele", &json!({ "object": "license" })).await.unwrap();
    assert!(resolved.output["properties"]["items"]["items"]["properties"]["skuPartNumber"].is_object());
}

#[tokio::test]
async fn without_an_object_nothing_is_known() {
    let stage = Stage::new();
    for action in ["graph.get_record", "graph.search_records", "graph.create_record", "graph.update_record"] {
        let error = stage.host.resolve(action, "adele", &json!({})).await.unwrap_err();
        assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/object"), "{action}");
    }
    let error = stage.host.resolve("graph.get_recrod", "adele", &json!({})).await.unwrap_err();
    assert_eq!(error.code(), Code::UnknownAction);
}

const SITE: &str = "contoso.sharepoint.example:/sites/mark8";

#[tokio::test]
async fn lists_say_what_they_take() {
    let stage = Stage::new();
    let list = json!({ "site": SITE, "list": "Parts" });
    let new = stage.host.resolve("graph.create_list_item", "adele", &list).await.unwrap();
    let fields = &new.input["properties"]["fields"];
    assert_eq!(
        (&fields["properties"]["Quantity"]["maximum"], &fields["required"]),
        (&json!(10_000), &json!(["Title"]))
    );
    assert!(fields["properties"].get("Label").is_none(), "what is calculated cannot be set");
    let change = stage.host.resolve("graph.update_list_item", "adele", &list).await.unwrap();
    assert_eq!(change.input["properties"]["fields"].get("required"), None);
    let read = stage.host.resolve("graph.list_list_items", "adele", &list).await.unwrap();
    assert!(read.output["properties"]["items"]["items"]["properties"]["fields"]["properties"]["Label"].is_object());

    // What the columns rule out is told at once, with all that is wrong, and nothing is made.
    let before = stage.sandbox.requests().len();
    let bad = json!({ "Title": "Wheel", "Quantity": 20_000, "State": "Lost", "Nothing": 1 });
    for (action, input) in [
        ("graph.create_list_item", json!({ "site": SITE, "list": "Parts", "fields": bad })),
        ("graph.create_record", json!({ "object": "listItem", "site": SITE, "list": "Parts", "fields": bad })),
    ] {
        let error = stage.fails(action, input).await;
        let places: Vec<&str> = error.violations().iter().map(|issue| issue.pointer.as_str()).collect();
        assert_eq!(
            (error.code(), places),
            (Code::InvalidInput, vec!["/fields/Nothing", "/fields/Quantity", "/fields/State"]),
            "{action}"
        );
    }
    assert_eq!(stage.sandbox.requests().len(), before + 2, "each asked for the columns, and sent nothing else");

    let good = json!({ "Title": "Wheel", "Quantity": 4, "State": "Planned" });
    let made = stage
        .works("graph.create_record", json!({ "object": "listItem", "site": SITE, "list": "Parts", "fields": good }))
        .await;
    let record = |more: serde_json::Value| {
        let mut input = json!({ "object": "listItem", "site": SITE, "list": "Parts", "recordId": made["id"] });
        input.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        input
    };
    stage.works("graph.update_record", record(json!({ "fields": { "Quantity": 5 } }))).await;
    assert_eq!(stage.works("graph.get_record", record(json!({}))).await["fields"]["Quantity"], 5);
    let filter = json!({ "filter": "fields/Quantity eq 5" });
    let found = json!({ "object": "listItem", "site": SITE, "list": "Parts", "query": filter });
    assert_eq!(stage.works("graph.search_records", found).await["items"][0]["id"], made["id"]);
    stage.works("graph.delete_record", record(json!({}))).await;
    let sites = stage.works("graph.search_records", json!({ "object": "site", "search": "retail" })).await;
    let site = stage.works("graph.get_record", json!({ "object": "site", "recordId": sites["items"][0]["id"] })).await;
    assert_eq!(site["displayName"], "Retail");
    let books = json!({ "object": "list", "site": SITE, "fields": { "displayName": "Books" } });
    let books = stage.works("graph.create_record", books).await;
    let novels =
        json!({ "object": "list", "site": SITE, "recordId": books["id"], "fields": { "displayName": "Novels" } });
    stage.works("graph.update_record", novels).await;
    let lists = stage.works("graph.search_records", json!({ "object": "list", "site": SITE })).await;
    assert!(lists.to_string().contains("Novels"), "{lists}");
    let list = json!({ "object": "list", "site": SITE, "recordId": books["id"] });
    assert_eq!(stage.works("graph.get_record", list).await["displayName"], "Novels");
}

#[tokio::test]
async fn worksheets_say_what_they_take() {
    let stage = Stage::new();
    let path = json!({ "path": "Documents/Sales.xlsx", "worksheet": "Orders", "table": "Deals" });
    let row = stage.host.resolve("graph.add_worksheet_row", "adele", &path).await.unwrap();
    let names: Vec<&String> = row.input["properties"]["row"]["properties"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["Order", "Date", "Customer", "Amount", "Paid"]);
    let rows = stage.host.resolve("graph.add_table_rows", "adele", &path).await.unwrap();
    assert!(rows.input["properties"]["rows"]["items"]["properties"].as_object().unwrap().len() > 1);

    let book = stage.works("graph.get_drive_item", json!({ "path": "Documents/Sales.xlsx" })).await["id"].clone();
    let sheets = stage.works("graph.search_records", json!({ "object": "worksheet", "workbook": book })).await;
    assert_eq!(sheets["items"][0]["name"], "Orders");
    let row = json!({ "object": "row", "workbook": book, "worksheet": "Orders", "fields": { "Order": "A-1006", "Amount": 7 } });
    let made = stage.works("graph.create_record", row).await;
    let rows =
        stage.works("graph.search_records", json!({ "object": "row", "workbook": book, "worksheet": "Orders" })).await;
    assert_eq!(rows["items"].as_array().unwrap().last().unwrap()["row"], made["row"]);
    let wrong = json!({ "object": "row", "workbook": book, "worksheet": "Orders", "fields": { "Colour": "red" } });
    let error = stage.fails("graph.create_record", wrong).await;
    assert!(error.to_string().contains("Colour"), "{error}");
}

#[tokio::test]
async fn what_is_not_there_has_no_shape() {
    let stage = Stage::new();
    let book = "Documents/Sales.xlsx";
    for (action, input, code) in [
        ("graph.create_list_item", json!({ "site": SITE, "list": "Nothing" }), Code::NotFound),
        ("graph.update_list_item", json!({ "site": SITE, "list": "Nothing" }), Code::NotFound),
        ("graph.get_list_item", json!({ "site": SITE }), Code::InvalidInput),
        ("graph.add_worksheet_row", json!({ "path": book, "worksheet": "Nothing" }), Code::NotFound),
        ("graph.add_table_rows", json!({ "path": book, "table": "Nothing" }), Code::NotFound),
        ("graph.create_record", json!({ "object": "listItem", "site": SITE }), Code::InvalidInput),
    ] {
        let error = stage.host.resolve(action, "adele", &input).await.unwrap_err();
        assert_eq!(error.code(), code, "{action}: {error}");
    }
}
