//! Workbooks: sessions, worksheets, ranges, tables.

use serde_json::{Value, json};

use crate::graph::Graph;
use crate::graph::testing::{Answer, Bench};
use crate::graph::workbook::HEADER;

const BOOK: &str = "/me/drive/root:/Documents/Sales.xlsx:/workbook";

fn get(bench: &Bench, below: &str) -> Answer {
    bench.get(&format!("{BOOK}{below}"))
}

fn inner(body: &Value) -> &str {
    body["error"]["innerError"]["code"].as_str().unwrap_or_default()
}

fn open(bench: &Bench, saves: bool) -> String {
    let opened = bench.post(&format!("{BOOK}/createSession"), json!({ "persistChanges": saves })).ok(201);
    assert_eq!(opened["persistChanges"], saves);
    opened["id"].as_str().unwrap().to_owned()
}

fn in_session(bench: &Bench, id: &str) -> Bench {
    Bench { graph: bench.graph.clone(), caller: bench.caller.clone(), headers: vec![(HEADER, id.to_owned())] }
}

#[test]
fn worksheets_are_found_by_name_and_by_id_in_each_spelling() {
    let bench = Bench::adele();
    let all = get(&bench, "/worksheets");
    let names: Vec<&str> = all.items().iter().map(|sheet| sheet["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Orders", "Deals", "Stock list", "Notes"]);
    let id = all.items()[1]["id"].as_str().unwrap();
    assert_eq!(id, "{00000000-0001-0000-0100-000000000000}");
    for path in [format!("/worksheets/{}", id.replace('{', "%7B").replace('}', "%7D")), "/worksheets('deals')".into()] {
        assert_eq!(get(&bench, &path).ok(200)["position"], 1);
    }
    let file = bench.get("/me/drive/root:/Documents/Sales.xlsx").ok(200);
    let (file, drive) = (file["id"].as_str().unwrap(), file["parentReference"]["driveId"].as_str().unwrap());
    bench.get(&format!("/drives/{drive}/items/{file}/workbook/worksheets/Orders")).ok(200);
    let body = get(&bench, "/worksheets/Nothing").refused(404, "notFound");
    assert_eq!(inner(&body), "itemNotFound");
    let made = bench.post(&format!("{BOOK}/worksheets"), json!({ "name": "New" })).ok(201);
    assert_eq!(made["position"], 4);
    assert_eq!(
        inner(&bench.post(&format!("{BOOK}/worksheets"), json!({ "name": "new" })).refused(409, "conflict")),
        "itemAlreadyExists"
    );
    bench.get("/me/drive/root:/Getting started.txt:/workbook/worksheets").refused(400, "badRequest");
}

#[test]
fn ranges_are_read() {
    let bench = Bench::adele();
    let used = get(&bench, "/worksheets/Orders/usedRange").ok(200);
    assert_eq!(
        (&used["address"], &used["rowCount"], &used["columnCount"]),
        (&json!("Orders!A1:E6"), &json!(6), &json!(5))
    );
    assert_eq!(
        (&used["values"][1][1], &used["text"][1][1], &used["numberFormat"][1][1]),
        (&json!(46034), &json!("2026-01-12"), &json!("yyyy-mm-dd"))
    );
    let some = get(
        &bench,
        "/worksheets/Stock%20list/range(address='B:E')/usedRange(valuesOnly=true)?$select=address,rowIndex",
    )
    .ok(200);
    assert_eq!(
        (&some["address"], &some["rowIndex"], some.get("values")),
        (&json!("'Stock list'!B3:E6"), &json!(2), None)
    );
    let empty = get(&bench, "/worksheets/Notes/usedRange(valuesOnly=true)").ok(200);
    assert_eq!(
        (&empty["address"], &empty["values"], &empty["valueTypes"]),
        (&json!("Notes!A1"), &json!([[""]]), &json!([["Empty"]]))
    );
    let whole = get(&bench, "/worksheets/Orders/range(address='A:B')").ok(200);
    assert_eq!((&whole["values"], &whole["address"]), (&Value::Null, &json!("Orders!A:B")));
    assert_eq!(get(&bench, "/worksheets/Orders/range(address='orders!$B$2')").ok(200)["text"], json!([["2026-01-12"]]));
    for bad in ["A1:B", "Deals!A1", "nothing"] {
        assert_eq!(
            inner(&get(&bench, &format!("/worksheets/Orders/range(address='{bad}')")).refused(400, "badRequest")),
            "invalidArgument"
        );
    }
    get(&bench, "/worksheets/Orders/usedRange?$select=nothing").refused(400, "invalidRequest");
}

#[test]
fn ranges_are_written() {
    let bench = Bench::adele();
    let write = |address: &str, values: Value| {
        bench.patch(&format!("{BOOK}/worksheets/Notes/range(address='{address}')"), json!({ "values": values }))
    };
    let before = bench.get("/me/drive/root:/Documents/Sales.xlsx").ok(200)["eTag"].clone();
    let range = write("A1:C1", json!([["2026-03-01", "'007", null]])).ok(200);
    assert_eq!((&range["values"], &range["address"]), (&json!([[46082, "007", ""]]), &json!("Notes!A1:C1")));
    assert_ne!(bench.get("/me/drive/root:/Documents/Sales.xlsx").ok(200)["eTag"], before);
    write("A1:C1", json!([[null, null, 5]])).ok(200);
    assert_eq!(get(&bench, "/worksheets/Notes/usedRange").ok(200)["values"], json!([[46082, "007", 5]]));
    for (address, values) in [
        ("A1:B1", json!([[1]])),
        ("A1:B1", json!([[1, 2], [3, 4]])),
        ("A:A", json!([[1]])),
        ("A1", Value::Null),
        ("A1", json!([[[1]]])),
    ] {
        write(address, values).refused(400, "badRequest");
    }
    write("A1", json!([["=NOW()"]])).refused(501, "notImplemented");
    let insert = |name: &str, address: &str, shift: &str| {
        bench.post(&format!("{BOOK}/worksheets/Notes/range(address='{address}')/{name}"), json!({ "shift": shift }))
    };
    insert("insert", "1:1", "Down").ok(200);
    assert_eq!(get(&bench, "/worksheets/Notes/usedRange").ok(200)["address"], "Notes!A2:C2");
    insert("delete", "1:1", "Up").ok(204);
    assert_eq!(get(&bench, "/worksheets/Notes/usedRange").ok(200)["address"], "Notes!A1:C1");
    insert("insert", "1:1", "Right").refused(501, "notImplemented");
}

#[test]
fn tables_are_read_and_grow() {
    let bench = Bench::adele();
    assert_eq!(get(&bench, "/tables?$select=id,name").items(), [json!({ "id": "1", "name": "Deals" })]);
    assert_eq!(
        (get(&bench, "/worksheets/Deals/tables").items().len(), get(&bench, "/worksheets/Orders/tables").items().len()),
        (1, 0)
    );
    assert_eq!(get(&bench, "/tables/Deals/columns?$select=name").items()[2], json!({ "name": "Value" }));
    assert_eq!(get(&bench, "/tables/1/headerRowRange").ok(200)["address"], "Deals!A1:C1");
    let page = get(&bench, "/tables/Deals/rows?$top=1&$skip=1");
    assert_eq!(page.items(), [json!({ "index": 1, "values": [["Wingtip Toys", "Contact", 2500]] })]);
    assert!(page.body.get("@odata.nextLink").is_none());
    let add = |below: &str, body: Value| bench.post(&format!("{BOOK}/tables/Deals/rows{below}"), body);
    let added = add("/add", json!({ "index": null, "values": [["a", null, 1], ["b", "Offer", "2"]] })).ok(200);
    assert_eq!((&added["index"], &added["values"]), (&json!(3), &json!([["a", "", 1], ["b", "Offer", 2]])));
    assert_eq!(add("", json!({ "index": 0, "values": [["first", "", 0]] })).ok(201)["index"], 0);
    assert_eq!(get(&bench, "/worksheets/Deals/usedRange").ok(200)["address"], "Deals!A1:C7");
    assert_eq!(inner(&add("/add", json!({ "values": [["too few"]] })).refused(400, "badRequest")), "invalidArgument");
    add("/add", json!({ "valeus": [] })).refused(400, "invalidRequest");
    get(&bench, "/tables/Nothing/rows").refused(404, "notFound");
}

#[test]
fn a_session_that_does_not_save_sees_the_workbook_as_it_was() {
    let bench = Bench::adele();
    let write = |bench: &Bench, text: &str| {
        bench.patch(&format!("{BOOK}/worksheets/Notes/range(address='A1')"), json!({ "values": [[text]] })).ok(200)
    };
    let seen = |bench: &Bench| get(bench, "/worksheets/Notes/range(address='A1')").ok(200)["values"][0][0].clone();
    let (saving, trying) = (in_session(&bench, &open(&bench, true)), in_session(&bench, &open(&bench, false)));
    write(&saving, "saved");
    assert_eq!((seen(&bench), seen(&trying)), (json!("saved"), json!("")));
    write(&trying, "tried");
    assert_eq!((seen(&bench), seen(&trying)), (json!("saved"), json!("tried")));
    assert_eq!(bench.graph.workbook_sessions(), 2);
    for session in [&saving, &trying] {
        session.send("POST", &format!("{BOOK}/closeSession"), None).ok(204);
        assert_eq!(inner(&get(session, "/worksheets").refused(404, "notFound")), "invalidSessionReCreatable");
    }
    assert_eq!(bench.graph.workbook_sessions(), 0);
    bench.send("POST", &format!("{BOOK}/closeSession"), None).refused(400, "badRequest");
    bench.post(&format!("{BOOK}/createSession"), json!({})).refused(400, "badRequest");
}

#[test]
fn a_session_ends_some_minutes_after_its_last_request() {
    let clock = crate::Clock::fixed("2026-03-02T09:00:00Z".parse().unwrap());
    let bench = Bench { graph: Graph::seeded(clock.clone()), ..Bench::adele() };
    let session = in_session(&bench, &open(&bench, true));
    for _ in 0..3 {
        clock.advance(std::time::Duration::from_secs(240));
        get(&session, "/worksheets").ok(200);
    }
    session.send("POST", &format!("{BOOK}/refreshSession"), None).ok(204);
    clock.advance(std::time::Duration::from_secs(301));
    get(&session, "/worksheets").refused(404, "notFound");
    // A session is of one workbook.
    let session = in_session(&bench, &open(&bench, true));
    session
        .get("/users/meganb@contoso.example/drive/root:/Documents/Sales.xlsx:/workbook/worksheets")
        .refused(404, "notFound");
}

#[test]
fn only_a_user_who_may_write_files_gets_at_workbooks() {
    Bench::with("Files.Read").get(&format!("{BOOK}/tables")).ok(200);
    Bench::with("Files.Read").get(&format!("{BOOK}/worksheets")).refused(403, "accessDenied");
    Bench::with("Files.ReadWrite").get(&format!("{BOOK}/worksheets")).ok(200);
    let path = "/users/adelev@contoso.example/drive/root:/Documents/Sales.xlsx:/workbook/worksheets";
    Bench::app("Files.ReadWrite.All Sites.ReadWrite.All").get(path).refused(403, "accessDenied");
}

#[test]
fn a_workbook_is_copied_with_its_cells_and_goes_with_its_file() {
    let bench = Bench::adele();
    bench.post("/me/drive/root:/Documents/Sales.xlsx:/copy", json!({ "name": "Copy.xlsx" }));
    bench.get("/me/drive/root:/Documents/Copy.xlsx:/workbook/worksheets/Orders/usedRange").ok(200);
    bench
        .send("PUT", "/me/drive/root:/Documents/Copy.xlsx:/content", Some(("application/octet-stream", "x".into())))
        .ok(200);
    bench.get("/me/drive/root:/Documents/Copy.xlsx:/workbook/worksheets").refused(501, "notImplemented");
}
