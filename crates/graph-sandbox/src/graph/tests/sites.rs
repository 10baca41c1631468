//! Sites, lists and their items.

use serde_json::{Value, json};

use crate::graph::testing::Bench;

const SITE: &str = "/sites/contoso.sharepoint.example:/sites/mark8:";
const PARTS: &str = "/sites/contoso.sharepoint.example:/sites/mark8:/lists/Parts";

fn titles(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["fields"]["Title"].as_str().unwrap()).collect()
}

fn names(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["displayName"].as_str().unwrap()).collect()
}

#[test]
fn sites_are_found_by_id_and_by_path() {
    let bench = Bench::adele();
    let site = bench.get("/sites/contoso.sharepoint.example:/sites/mark8").ok(200);
    let id = site["id"].as_str().unwrap();
    assert_eq!(id.split(',').count(), 3);
    assert_eq!(bench.get(&format!("/sites/{id}")).ok(200)["displayName"], "Mark 8 Project Team");
    assert_eq!(bench.get("/sites/root").ok(200)["id"], bench.get("/sites/contoso.sharepoint.example").ok(200)["id"]);
    assert_eq!(names(bench.get("/sites?search=*").items()).len(), 4);
    assert_eq!(names(bench.get("/sites?search=retail").items()), ["Retail"]);
    assert_eq!(names(bench.get(&format!("{SITE}/sites")).items()), ["Mark 8 Design"]);
    let below = bench.get("/sites/contoso.sharepoint.example:/sites/mark8/design").ok(200);
    assert_eq!((&below["parentReference"]["siteId"], below.get("root")), (&site["id"], None));
    bench.get("/sites/contoso.sharepoint.example:/sites/nowhere").refused(404, "itemNotFound");
    bench.get("/sites/other.example").refused(404, "itemNotFound");
    Bench::with("Files.Read.All").get("/sites/root").refused(403, "accessDenied");
}

#[test]
fn document_libraries_are_drives() {
    let bench = Bench::adele();
    let drives = bench.get(&format!("{SITE}/drives"));
    let drive = &drives.items()[0];
    assert_eq!((&drive["name"], &drive["driveType"]), (&json!("Documents"), &json!("documentLibrary")));
    let id = drive["id"].as_str().unwrap();
    assert_eq!(bench.get("/sites/contoso.sharepoint.example:/sites/mark8:/drive").ok(200)["id"], id);
    assert_eq!(bench.get(&format!("{SITE}/lists/Documents/drive")).ok(200)["id"], id);
    let files = bench.get(&format!("/drives/{id}/root/children"));
    assert!(files.items().iter().any(|file| file["name"] == "General"));
    assert_eq!(files.items()[0]["parentReference"]["driveType"], "documentLibrary");
    bench.send("PUT", &format!("/drives/{id}/root:/n.txt:/content"), Some(("text/plain", "x".into()))).ok(201);
    let group = bench.get("/groups?$filter=mailNickname eq 'Mark8'").items()[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        bench.get(&format!("/groups/{group}/drive")).ok(200)["id"],
        id,
        "the files of a team's site are those of its group"
    );
    let own = bench.get("/sites/root/drives").items()[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(bench.get(&format!("/drives/{own}/root:/Plans/Roadmap.md")).ok(200)["name"], "Roadmap.md");
    Bench::with("Files.Read").get(&format!("/drives/{id}/root/children")).refused(403, "accessDenied");
}

#[test]
fn lists_are_made_and_changed() {
    let bench = Bench::adele();
    assert_eq!(names(bench.get(&format!("{SITE}/lists")).items()), ["Documents", "Suppliers", "Parts"]);
    let all = bench.get(&format!("{SITE}/lists?$select=displayName,system"));
    assert!(
        all.items().iter().any(|list| list["displayName"] == "User Information List" && list["system"] == json!({}))
    );
    let body = json!({ "displayName": "Books", "columns": [{ "name": "Author", "text": {} }, { "name": "Pages", "number": {} }], "list": { "template": "genericList" } });
    let made = bench.post(&format!("{SITE}/lists"), body.clone()).ok(201);
    assert_eq!((&made["list"]["template"], &made["displayName"]), (&json!("genericList"), &json!("Books")));
    bench.post(&format!("{SITE}/lists"), body).refused(409, "nameAlreadyExists");
    let path = format!("{SITE}/lists/{}", made["id"].as_str().unwrap());
    let columns = bench.get(&format!("{path}/columns"));
    let column = |name: &str| columns.items().iter().find(|column| column["name"] == name).cloned().unwrap();
    assert_eq!((&column("Author")["text"]["maxLength"], &column("Created")["readOnly"]), (&json!(255), &json!(true)));
    assert_eq!(
        bench.get(&format!("{path}?$expand=columns")).ok(200)["columns"].as_array().unwrap().len(),
        columns.items().len()
    );
    assert_eq!(
        bench.patch(&path, json!({ "displayName": "Novels", "description": "x" })).ok(200)["displayName"],
        "Novels"
    );
    bench.patch(&path, json!({ "displayName": "Parts" })).refused(409, "nameAlreadyExists");
    bench
        .post(&format!("{SITE}/lists"), json!({ "displayName": "X", "columns": [{ "name": "A" }] }))
        .refused(400, "invalidRequest");
    bench.post(&format!("{SITE}/lists"), json!({ "name": "X" })).refused(400, "invalidRequest");
    let reader = Bench::with("Sites.Read.All");
    reader.post(&format!("{SITE}/lists"), json!({ "displayName": "Y" })).refused(403, "accessDenied");
}

#[test]
fn items_are_filtered_by_columns_that_have_an_index() {
    let bench = Bench::adele();
    let expanded = format!("{PARTS}/items?$expand=fields");
    assert_eq!(bench.get(&expanded).items().len(), 5);
    assert!(bench.get(&format!("{PARTS}/items")).items()[0].get("fields").is_none());
    let found = bench.get(&format!("{expanded}&$filter=fields/State eq 'In stock' and fields/Quantity gt 20"));
    assert_eq!(titles(found.items()), ["Bolt M6", "Bearing"]);
    let found = bench.get(&format!("{expanded}&$filter=fields/Delivery ge '2026-05-01T00:00:00Z'"));
    assert_eq!(titles(found.items()), ["Display"]);
    let refused = bench.get(&format!("{expanded}&$filter=fields/Title eq 'Casing'")).refused(400, "invalidRequest");
    assert!(
        refused["error"]["message"]
            .as_str()
            .unwrap()
            .starts_with("Field 'Title' cannot be referenced in filter or orderby")
    );
    bench.get(&format!("{expanded}&$orderby=fields/Title")).refused(400, "invalidRequest");
    bench.get(&format!("{expanded}&$filter=fields/Colour eq 'x'")).refused(400, "invalidRequest");
    let bold = Bench::adele().header("prefer", "HonorNonIndexedQueriesWarningMayFailRandomly");
    assert_eq!(titles(bold.get(&format!("{expanded}&$filter=fields/Title eq 'Casing'")).items()), ["Casing"]);
    assert_eq!(titles(bold.get(&format!("{expanded}&$orderby=fields/Title desc")).items())[0], "Display");
    let few = bench.get(&format!("{PARTS}/items?$expand=fields($select=Title,Supplier)&$top=2"));
    assert_eq!(few.items()[0]["fields"]["Supplier"], "Fabrikam");
    assert!(few.items()[0]["fields"].get("Quantity").is_none() && few.body["@odata.nextLink"].is_string());
}

#[test]
fn items_are_made_changed_and_deleted() {
    let bench = Bench::adele();
    let items = format!("{PARTS}/items");
    let fields = json!({ "Title": "Wing nut", "Tags@odata.type": "Collection(Edm.String)", "Tags": ["Metal"], "ReviewersLookupId@odata.type": "Collection(Edm.Int32)",
        "ReviewersLookupId": [1, 2], "SupplierLookupId": 2, "Delivery": "2026-04-01" });
    let made = bench.post(&items, json!({ "fields": fields })).ok(201);
    let fields = &made["fields"];
    assert_eq!(
        (&made["id"], &fields["SupplierLookupId"], &fields["Delivery"]),
        (&json!("6"), &json!("2"), &json!("2026-04-01T00:00:00Z"))
    );
    assert_eq!(fields["Reviewers"][0]["LookupValue"], "Megan Bowen");
    let (item, etag) = (format!("{items}/6"), made["eTag"].as_str().unwrap());
    let changed = bench.patch(&format!("{item}/fields"), json!({ "Quantity": 7, "Delivery": null })).ok(200);
    assert_eq!((&changed["Quantity"], changed.get("Delivery")), (&json!(7), None));
    assert_ne!(bench.get(&item).ok(200)["eTag"], etag);
    let late = Bench { graph: bench.graph.clone(), ..Bench::adele() }.header("if-match", etag);
    late.patch(&format!("{item}/fields"), json!({ "Quantity": 8 })).refused(412, "resourceModified");
    late.delete(&item).refused(412, "resourceModified");
    for wrong in [
        json!({ "Colour": "red" }),
        json!({ "Created": "2026-01-01" }),
        json!({ "Quantity": "many" }),
        json!({ "Tags": ["Metal"] }),
        json!({ "Supplier": "Fabrikam" }),
        json!({ "SupplierLookupId": 99 }),
        json!({ "Sku": "x".repeat(21) }),
    ] {
        bench.patch(&format!("{item}/fields"), wrong).refused(400, "invalidRequest");
    }
    bench.delete(&item).ok(204);
    bench.get(&item).refused(404, "itemNotFound");
    bench
        .post(&format!("{SITE}/lists/Documents/items"), json!({ "fields": { "Title": "x" } }))
        .refused(400, "invalidRequest");
    Bench::with("Sites.Read.All").post(&items, json!({ "fields": {} })).refused(403, "accessDenied");
}

#[test]
fn a_list_tells_its_changes() {
    let bench = Bench::adele();
    let (all, last) = bench.all(&format!("{PARTS}/items/delta?$expand=fields($select=Title)"));
    assert_eq!(titles(&all), ["Bolt M6", "Bearing", "Casing", "Display", "Battery"]);
    bench.patch(&format!("{PARTS}/items/1/fields"), json!({ "Title": "Bolt M8" })).ok(200);
    bench.delete(&format!("{PARTS}/items/2")).ok(204);
    let round = bench.get(last.body["@odata.deltaLink"].as_str().unwrap());
    let told: Vec<(&Value, &Value)> =
        round.items().iter().map(|item| (&item["id"], &item["deleted"]["state"])).collect();
    assert_eq!(told, [(&json!("1"), &Value::Null), (&json!("2"), &json!("deleted"))]);
    assert_eq!(round.items()[0]["fields"]["Title"], "Bolt M8");
    assert_eq!(bench.get(&format!("{PARTS}/items/delta?token=latest")).items().len(), 0);
    bench.graph.expire_delta_tokens();
    bench.get(round.body["@odata.deltaLink"].as_str().unwrap()).refused(410, "resyncRequired");
}
