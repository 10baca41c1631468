//! Workbooks of Excel.

use connector_runtime::{Listener, Run};
use connector_sdk::{Code, Error};
use graph_sandbox::{Fault, RetryAfter, Rule};
use serde_json::{Value, json};

use crate::changes::heard;
use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "graph.list_worksheets": worksheets_are_listed_in_any_drive, what_is_gone_is_told;
    action "graph.get_worksheet_range": ranges_and_rows_are_read, what_is_said_wrong_is_refused;
    action "graph.add_worksheet_row": rows_are_written_below_the_last_one, a_row_that_does_not_fit_is_refused;
    action "graph.list_table_rows": rows_of_a_table_are_listed_page_by_page, what_is_gone_is_told;
    action "graph.add_table_rows": rows_are_added_to_a_table_at_once, a_row_that_does_not_fit_is_refused;
    trigger "graph.new_worksheet_row": new_rows_fire_once_wherever_they_are_put, what_cannot_be_watched_is_told;
    picklist "graph.workbooks": workbooks_and_what_is_in_them_are_offered, what_is_not_there_offers_nothing;
    picklist "graph.worksheets": workbooks_and_what_is_in_them_are_offered, what_is_not_there_offers_nothing;
    picklist "graph.worksheet_columns": workbooks_and_what_is_in_them_are_offered, what_is_not_there_offers_nothing;
    picklist "graph.tables": workbooks_and_what_is_in_them_are_offered, what_is_not_there_offers_nothing;
}

const SALES: &str = "Documents/Sales.xlsx";
const BOOK: &str = "/me/drive/root:/Documents/Sales.xlsx:/workbook";

/// An input about the workbook of the sandbox.
fn sales(more: Value) -> Value {
    let mut input = json!({ "path": SALES });
    input.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    input
}

fn cells(stage: &Stage, sheet: &str, address: &str) -> Value {
    stage.look(&format!("{BOOK}/worksheets/{sheet}/range(address='{address}')"))["values"].clone()
}

fn write(stage: &Stage, sheet: &str, address: &str, values: &Value) {
    stage.ask("PATCH", &format!("{BOOK}/worksheets/{sheet}/range(address='{address}')"), &json!({ "values": values }));
}

fn shift(stage: &Stage, what: &str, address: &str) {
    let way = if what == "insert" { "Down" } else { "Up" };
    stage.ask("POST", &format!("{BOOK}/worksheets/Orders/range(address='{address}')/{what}"), &json!({ "shift": way }));
}

/// What each session of a workbook was opened and closed with, in order.
fn sessions(stage: &Stage) -> Vec<String> {
    let asked = stage.seen().into_iter().filter(|asked| asked.ends_with("Session"));
    asked.map(|asked| asked.rsplit('/').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn worksheets_are_listed_in_any_drive() {
    let stage = Stage::new();
    let own = stage.works("graph.list_worksheets", sales(json!({}))).await;
    let names: Vec<&str> =
        own["items"].as_array().unwrap().iter().map(|sheet| sheet["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Orders", "Deals", "Stock list", "Notes"]);
    let file = stage.look("/users/meganb@contoso.example/drive/root:/Documents/Sales.xlsx");
    let input = json!({ "drive": file["parentReference"]["driveId"], "workbook": file["id"] });
    assert_eq!(stage.works("graph.list_worksheets", input).await["items"].as_array().unwrap().len(), 4);
    assert_eq!(sessions(&stage), [""; 0], "a single request needs no session");
}

#[tokio::test]
async fn ranges_and_rows_are_read() {
    let stage = Stage::new();
    let read = |more: Value| stage.works("graph.get_worksheet_range", sales(more));
    let orders = read(json!({ "worksheet": "Orders", "headerRow": 1 })).await;
    assert_eq!((&orders["address"], &orders["columns"][3]), (&json!("Orders!A1:E6"), &json!("Amount")));
    let first = json!({ "Order": "A-1001", "Date": 46034, "Customer": "Fabrikam", "Amount": 420, "Paid": true });
    assert_eq!(
        (orders["items"].as_array().unwrap().len(), &orders["items"][0]),
        (5, &json!({ "row": 2, "values": first }))
    );
    assert_eq!(sessions(&stage), ["createSession", "closeSession"]);
    let texts = read(json!({ "worksheet": "Orders", "headerRow": 1, "cells": "text", "address": "B3:E3" })).await;
    let shown = json!({ "Date": "2026-01-20", "Customer": "Tailspin Toys", "Amount": "99.5", "Paid": "TRUE" });
    assert_eq!(texts["items"], json!([{ "row": 3, "values": shown }]));
    // Names that are doubled or missing, a header in the third row, an empty row between.
    let stock = read(json!({ "worksheet": "Stock list", "headerRow": 3, "address": "B:E" })).await;
    assert_eq!(stock["columns"], json!(["Item", "Size", "Column D", "Size (2)"]));
    let shelf = json!({ "row": 4, "values": { "Item": "Shelf", "Size": 80, "Column D": "oak", "Size (2)": 30 } });
    assert_eq!(stock["items"], json!([shelf, { "row": 6, "values": { "Item": "Lamp", "Size": 12, "Size (2)": "" } }]));
    let empty = read(json!({ "worksheet": "Notes", "headerRow": 1 })).await;
    assert_eq!((&empty["items"], &empty["address"]), (&json!([]), &json!("Notes!A1")));
    let range = read(json!({ "worksheet": "Orders", "address": "A1:B2" })).await;
    assert_eq!(
        (&range["range"]["values"], &range["items"]),
        (&json!([["Order", "Date"], ["A-1001", 46034]]), &json!([]))
    );
    let used = read(json!({ "worksheet": "Stock list", "address": "C:E", "valuesOnly": true })).await;
    assert_eq!(used["range"]["address"], "'Stock list'!C3:E6");
}

#[tokio::test]
async fn a_long_worksheet_is_read_in_blocks_as_it_was_at_one_moment() {
    let stage = Stage::new();
    let rows: Vec<Value> = (0..12_000).map(|number| json!([number, format!("row {number}")])).collect();
    write(&stage, "Notes", "A1:B12001", &json!([vec![json!(["Number", "Name"])], rows].concat()));
    let all = stage.works("graph.get_worksheet_range", sales(json!({ "worksheet": "Notes", "headerRow": 1 }))).await;
    let items = all["items"].as_array().unwrap();
    assert_eq!(
        (items.len(), &items[11_999]),
        (12_000, &json!({ "row": 12_001, "values": { "Number": 11_999, "Name": "row 11999" } }))
    );
    assert_eq!(stage.seen().iter().filter(|asked| asked.contains("/range(")).count(), 3, "the header and two blocks");
    assert_eq!(stage.sandbox.graph().workbook_sessions(), 0);
}

#[tokio::test]
async fn rows_are_written_below_the_last_one() {
    let stage = Stage::new();
    let row = json!({ "order": "A-1006", "Date": "2026-03-02", "Amount": 120.5, "Customer": "=cmd|' /C calc'!A0" });
    let input = sales(json!({ "worksheet": "Orders", "row": row }));
    let written = stage.works("graph.add_worksheet_row", input).await;
    assert_eq!(
        (&written["address"], &written["row"], &written["values"]["Date"]),
        (&json!("Orders!A7:E7"), &json!(7), &json!(46083))
    );
    assert_eq!(cells(&stage, "Orders", "A7:E7"), json!([["A-1006", 46083, "=cmd|' /C calc'!A0", 120.5, ""]]));
    assert_eq!(sessions(&stage), ["createSession", "closeSession"]);
    // Many at once take one row each, though a few of them fail.
    let item = |order: &str| json!({ "path": SALES, "worksheet": "Orders", "row": { "Order": order } });
    let mut wrong = item("x");
    wrong["row"] = json!({ "Ordr": "x" });
    let many = stage
        .works("graph.add_worksheet_row", json!({ "items": [item("A-1007"), wrong, item("A-1008"), item("A-1009")] }))
        .await;
    assert_eq!((&many["succeeded"], &many["failed"]), (&json!(3), &json!(1)));
    assert_eq!(cells(&stage, "Orders", "A7:A11"), json!([["A-1006"], ["A-1007"], ["A-1008"], ["A-1009"], [""]]));
    // A header that is not the first row, and begins in the second column.
    let input =
        sales(json!({ "worksheet": "Stock list", "headerRow": 3, "row": { "Size (2)": 9, "Column D": "pine" } }));
    assert_eq!(stage.works("graph.add_worksheet_row", input).await["address"], "'Stock list'!A7:E7");
    assert_eq!(cells(&stage, "Stock list", "A7:E7"), json!([["", "", "", "pine", 9]]));
    assert_eq!(stage.sandbox.graph().workbook_sessions(), 0);
}

#[tokio::test]
async fn rows_of_a_table_are_listed_page_by_page() {
    let stage = Stage::new();
    let list = |more: Value| stage.works("graph.list_table_rows", sales(more));
    let first = list(json!({ "table": "Deals", "limit": 2 })).await;
    let row = json!({ "index": 0, "values": { "Customer": "Northwind Traders", "Stage": "Offer", "Value": 18000 } });
    assert_eq!((&first["items"][0], first["items"].as_array().unwrap().len()), (&row, 2));
    let rest = list(json!({ "table": "Deals", "pageToken": first["nextPageToken"] })).await;
    assert_eq!((&rest["items"][0]["values"]["Customer"], rest.get("nextPageToken")), (&json!("Tailspin Toys"), None));
    let rows: Vec<Value> = (0..1500).map(|number| json!([number, "", 0])).collect();
    stage.ask("POST", &format!("{BOOK}/tables/Deals/rows/add"), &json!({ "values": rows }));
    let all = list(json!({ "table": "Deals", "fetchAll": true })).await;
    assert_eq!(all["items"].as_array().unwrap().len(), 1503);
    assert_eq!(stage.sandbox.graph().workbook_sessions(), 0);
}

#[tokio::test]
async fn rows_are_added_to_a_table_at_once() {
    let stage = Stage::new();
    let rows = json!([{ "Customer": "Fabrikam", "Value": "12000" }, { "customer": "'007", "Stage": "Won" }]);
    let added = stage.works("graph.add_table_rows", sales(json!({ "table": "Deals", "rows": rows }))).await;
    assert_eq!((&added["added"], &added["index"]), (&json!(2), &json!(3)));
    assert_eq!(added["rows"][0], json!({ "Customer": "Fabrikam", "Stage": "", "Value": 12000 }));
    assert_eq!(cells(&stage, "Deals", "A5:C6"), json!([["Fabrikam", "", 12000], ["007", "Won", ""]]));
    assert_eq!(stage.seen().iter().filter(|asked| asked.contains("/rows/add")).count(), 1);
    assert_eq!(sessions(&stage), ["createSession", "closeSession"]);
}

#[tokio::test]
async fn a_row_that_does_not_fit_is_refused() {
    let stage = Stage::new();
    let before = cells(&stage, "Orders", "A1:E9");
    let fails = |action: &'static str, more: Value| {
        let failed = stage.fails(action, sales(more));
        async move {
            let error = failed.await;
            (error.code(), error.violations().iter().map(|issue| issue.pointer.clone()).collect::<Vec<_>>())
        }
    };
    let wrong = json!({ "worksheet": "Orders", "row": { "Order": 1, "Ordr": 2 } });
    assert_eq!(fails("graph.add_worksheet_row", wrong).await, (Code::InvalidInput, vec!["/row/Ordr".into()]));
    let none = json!({ "worksheet": "Orders", "row": { "Order": null } });
    assert_eq!(fails("graph.add_worksheet_row", none).await, (Code::InvalidInput, vec!["/row".into()]));
    let rows =
        json!({ "table": "Deals", "rows": [{ "Customer": "x" }, { "Custmer": "y" }, { "Value": "z", "value": 1 }] });
    assert_eq!(
        fails("graph.add_table_rows", rows).await,
        (Code::InvalidInput, vec!["/rows/1/Custmer".into(), "/rows/2/value".into()])
    );
    // Without names there are no columns to write to.
    let empty = json!({ "worksheet": "Notes", "row": { "Order": 1 } });
    assert_eq!(fails("graph.add_worksheet_row", empty).await, (Code::Rejected, vec![]));
    assert_eq!(cells(&stage, "Orders", "A1:E9"), before);
    assert_eq!(stage.look(&format!("{BOOK}/tables/Deals/rows"))["value"].as_array().unwrap().len(), 3);
    assert_eq!(stage.sandbox.graph().workbook_sessions(), 0, "a session is closed also when the work in it fails");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_adds_no_row_twice() {
    let stage = Stage::new();
    let lose = |fault: Fault, method: &str, path: &str| {
        stage.sandbox.faults().add(Rule::new(fault).method(method).path(path).once())
    };
    let add =
        || stage.fails("graph.add_table_rows", sales(json!({ "table": "Deals", "rows": [{ "Customer": "Once" }] })));
    let rows = || stage.look(&format!("{BOOK}/tables/Deals/rows"))["value"].as_array().unwrap().len();
    // A table finds the place itself, so what was lost may have been added.
    lose(Fault::ResetAfter, "POST", "/rows/add");
    let error: Error = add().await;
    assert_eq!((error.code(), rows()), (Code::OutcomeUnknown, 4));
    lose(Fault::GatewayTimeout, "POST", "/rows/add");
    assert_eq!((add().await.code(), rows()), (Code::OutcomeUnknown, 4));
    // The same cells of a worksheet can be written again.
    for fault in [
        Fault::ResetAfter,
        Fault::GatewayTimeout,
        Fault::Status { status: 502, code: "badGateway".into(), message: String::new() },
    ] {
        lose(fault, "PATCH", "/range(");
        stage
            .works("graph.add_worksheet_row", sales(json!({ "worksheet": "Orders", "row": { "Order": "again" } })))
            .await;
    }
    assert_eq!(cells(&stage, "Orders", "A7:A10"), json!([["again"], ["again"], ["again"], [""]]));
    assert_eq!(stage.sandbox.graph().workbook_sessions(), 0);
}

#[tokio::test(start_paused = true)]
async fn excel_may_be_busy_locked_or_forget_a_session() {
    let stage = Stage::new();
    let add = |order: &str| sales(json!({ "worksheet": "Orders", "row": { "Order": order } }));
    let rule = |fault: Fault, path: &str| stage.sandbox.faults().add(Rule::new(fault).path(path).once());
    // What passes by itself is waited out, and what was opened twice does no harm.
    let started = tokio::time::Instant::now();
    rule(Fault::Unavailable { retry_after: Some(RetryAfter::Seconds(7)) }, "/usedRange");
    rule(Fault::ResetAfter, "/createSession");
    stage.works("graph.add_worksheet_row", add("busy")).await;
    assert!(started.elapsed().as_secs() >= 7);
    // Nobody waits for a session to be closed; it ends by itself.
    rule(Fault::GatewayTimeout, "/closeSession");
    stage.works("graph.add_worksheet_row", add("open")).await;
    assert_eq!(stage.sandbox.requests().iter().filter(|seen| seen.path.ends_with("/closeSession")).count(), 2);
    let locked = Fault::Status { status: 409, code: "conflict".into(), message: "accessConflict".into() };
    rule(locked, "/createSession");
    assert_eq!(stage.fails("graph.add_worksheet_row", add("locked")).await.code(), Code::Conflict);
    assert_eq!(cells(&stage, "Orders", "A7:A9"), json!([["busy"], ["open"], [""]]));
}

#[tokio::test]
async fn what_is_gone_is_told() {
    let stage = Stage::new();
    for (action, more) in [
        ("list_worksheets", json!({ "path": "Documents/Nothing.xlsx" })),
        ("get_worksheet_range", json!({ "worksheet": "Nothing" })),
        ("get_worksheet_range", json!({ "worksheet": "Nothing", "headerRow": 1 })),
        ("add_worksheet_row", json!({ "worksheet": "Nothing", "row": { "a": 1 } })),
        ("list_table_rows", json!({ "table": "Nothing" })),
        ("add_table_rows", json!({ "table": "Nothing", "rows": [{ "a": 1 }] })),
    ] {
        assert_eq!(stage.fails(&format!("graph.{action}"), sales(more)).await.code(), Code::NotFound, "{action}");
    }
    let error = stage.fails("graph.list_worksheets", json!({ "path": "Getting started.txt" })).await;
    assert_eq!(error.code(), Code::Rejected, "{error}");
    assert_eq!(stage.sandbox.graph().workbook_sessions(), 0);
}

#[tokio::test]
async fn what_is_said_wrong_is_refused() {
    let stage = Stage::new();
    for (action, input, pointer) in [
        ("list_worksheets", json!({}), "/workbook"),
        ("list_worksheets", json!({ "workbook": "01A", "path": "a.xlsx" }), "/path"),
        ("get_worksheet_range", sales(json!({ "worksheet": "Orders", "headerRow": 0 })), "/headerRow"),
        (
            "get_worksheet_range",
            sales(json!({ "worksheet": "Orders", "headerRow": 1, "valuesOnly": true })),
            "/valuesOnly",
        ),
        ("get_worksheet_range", sales(json!({ "worksheet": "Orders", "cells": "text" })), "/headerRow"),
        ("add_worksheet_row", sales(json!({ "worksheet": "Orders", "row": { "Order": [1] } })), "/row/Order"),
        ("add_table_rows", sales(json!({ "table": "Deals", "rows": [] })), "/rows"),
        ("list_table_rows", sales(json!({ "table": "Deals", "pageToken": "MiA" })), "/pageToken"),
        ("list_table_rows", sales(json!({ "table": "Deals", "limit": 1, "fetchAll": true })), "/fetchAll"),
    ] {
        let error = stage.fails(&format!("graph.{action}"), input).await;
        assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, pointer), "{action}");
    }
    assert_eq!(stage.sandbox.request_count(), 0);
    let error =
        stage.fails("graph.get_worksheet_range", sales(json!({ "worksheet": "Orders", "address": "A1:B" }))).await;
    assert_eq!(error.code(), Code::Rejected);
}

#[tokio::test]
async fn an_app_is_told_that_it_cannot() {
    let stage = Stage::new();
    for (action, more) in
        [("list_worksheets", json!({})), ("add_table_rows", json!({ "table": "Deals", "rows": [{ "Value": 1 }] }))]
    {
        let error = stage.execute(Run::new(format!("graph.{action}"), "app", sales(more))).await.unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput);
        assert!(error.advice().contains("a user signs in"), "{}", error.advice());
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}

async fn orders(listener: &mut Listener) -> Vec<String> {
    heard(listener).await.iter().map(|event| event["values"]["Order"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn new_rows_fire_once_wherever_they_are_put() {
    for key in [None, Some("order")] {
        let stage = Stage::new();
        let mut input = sales(json!({ "worksheet": "Orders" }));
        if let Some(key) = key {
            input["keyColumn"] = key.into();
        }
        let mut rows = stage.listen("graph.new_worksheet_row", input).await.unwrap();
        assert_eq!(orders(&mut rows).await, [""; 0], "what was there before does not fire");
        // Two at once, one of them in the middle, and another one deleted.
        shift(&stage, "insert", "3:3");
        write(&stage, "Orders", "A3:C3", &json!([["A-2001", "2026-03-01", "Inserted"]]));
        shift(&stage, "delete", "5:5");
        write(&stage, "Orders", "A7:B7", &json!([["A-2002", "2026-03-02"]]));
        let events = heard(&mut rows).await;
        assert_eq!(events.len(), 2, "{events:?}");
        let inserted = json!({ "Order": "A-2001", "Date": 46082, "Customer": "Inserted", "Amount": "", "Paid": "" });
        assert_eq!(events[0], json!({ "row": 3, "values": inserted }));
        assert_eq!(events[1]["row"], 7);
        assert_eq!(orders(&mut rows).await, [""; 0]);
        // Sorting changes places and nothing else.
        let all = cells(&stage, "Orders", "A2:E7");
        let mut turned = all.as_array().unwrap().clone();
        turned.reverse();
        write(&stage, "Orders", "A2:E7", &json!(turned));
        assert_eq!(orders(&mut rows).await, [""; 0]);
        // A change to a row is a new row only without a key.
        write(&stage, "Orders", "D2", &json!([[77]]));
        assert_eq!(orders(&mut rows).await.len(), usize::from(key.is_none()));
        // A new column changes no row in which it is empty; without a key the new name begins anew.
        write(&stage, "Orders", "F1", &json!([["Remark"]]));
        assert_eq!(orders(&mut rows).await, [""; 0]);
        write(&stage, "Orders", "A8", &json!([["A-2003"]]));
        assert_eq!(orders(&mut rows).await, ["A-2003"]);
        assert_eq!(stage.sandbox.graph().workbook_sessions(), 0);
    }
}

#[tokio::test]
async fn a_worksheet_may_begin_empty_and_be_written_anew() {
    let stage = Stage::new();
    let input = sales(json!({ "worksheet": "Notes", "keyColumn": "Order", "includeExisting": true }));
    let mut rows = stage.listen("graph.new_worksheet_row", input).await.unwrap();
    assert_eq!(orders(&mut rows).await, [""; 0]);
    write(&stage, "Notes", "A1:B3", &json!([["Order", "Name"], ["1", "a"], ["", "no key yet"]]));
    assert_eq!(heard(&mut rows).await.len(), 1);
    write(&stage, "Notes", "A1:B3", &json!([["Order", "Name"], ["", ""], ["", ""]]));
    assert_eq!(heard(&mut rows).await.len(), 0);
    write(&stage, "Notes", "A2:B3", &json!([["1", "a"], ["2", "b"]]));
    assert_eq!(heard(&mut rows).await.iter().map(|event| event["values"]["Order"].clone()).collect::<Vec<_>>(), [2]);
    // Many that are there already come look by look.
    let rows: Vec<Value> = (0..1200).map(|number| json!([number])).collect();
    write(&stage, "Notes", "A1:A1201", &json!([vec![json!(["Order"])], rows].concat()));
    let mut all = stage
        .listen("graph.new_worksheet_row", sales(json!({ "worksheet": "Notes", "includeExisting": true })))
        .await
        .unwrap();
    assert_eq!(heard(&mut all).await.len(), 1200);
}

#[tokio::test]
async fn what_cannot_be_watched_is_told() {
    let stage = Stage::new();
    for (more, code) in [
        (json!({ "worksheet": "Nothing" }), Code::NotFound),
        (json!({ "worksheet": "Orders", "keyColumn": "Nothing" }), Code::Rejected),
    ] {
        let mut listener = stage.listen("graph.new_worksheet_row", sales(more)).await.unwrap();
        assert_eq!(listener.try_next().await.unwrap_err().code(), code);
    }
    write(&stage, "Notes", "A20002", &json!([["far below"]]));
    write(&stage, "Notes", "A1", &json!([["Order"]]));
    let mut listener = stage.listen("graph.new_worksheet_row", sales(json!({ "worksheet": "Notes" }))).await.unwrap();
    let error = listener.try_next().await.unwrap_err();
    assert!(error.message().contains("20000 can be watched"), "{error}");
    assert_eq!(stage.sandbox.graph().workbook_sessions(), 0);
}

#[tokio::test]
async fn workbooks_and_what_is_in_them_are_offered() {
    let stage = Stage::new();
    let labels = |picklist: &'static str, input: Value, search: Option<&'static str>| {
        let stage = &stage;
        async move {
            let choices = stage.choices(picklist, input, search).await.unwrap().choices;
            choices.into_iter().map(|choice| (choice.value, choice.label)).unzip::<String, String, Vec<_>, Vec<_>>()
        }
    };
    let (books, names) = labels("graph.workbooks", json!({}), None).await;
    assert_eq!(names, ["Sales.xlsx (Documents)"]);
    assert_eq!(labels("graph.workbooks", json!({ "drive": "me" }), Some("budget")).await.1, [""; 0]);
    let book = json!({ "workbook": books[0] });
    let (sheets, names) = labels("graph.worksheets", book.clone(), Some("o")).await;
    assert_eq!(names, ["Orders", "Stock list", "Notes"]);
    let mut orders = book.clone();
    orders["worksheet"] = json!(sheets[0]);
    assert_eq!(
        labels("graph.worksheet_columns", orders, None).await.1,
        ["Order", "Date", "Customer", "Amount", "Paid"]
    );
    let (tables, names) = labels("graph.tables", book, None).await;
    assert_eq!(names, ["Deals"]);
    // What was chosen is what an action takes.
    let input = json!({ "workbook": books[0], "table": tables[0], "limit": 1 });
    assert_eq!(stage.works("graph.list_table_rows", input).await["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_not_there_offers_nothing() {
    let stage = Stage::new();
    let nowhere = json!({ "path": "Nowhere.xlsx" });
    for (picklist, input) in [
        ("graph.workbooks", json!({ "drive": "b!nowhere" })),
        ("graph.worksheets", nowhere.clone()),
        ("graph.tables", nowhere),
        ("graph.worksheet_columns", sales(json!({ "worksheet": "Nothing" }))),
    ] {
        assert_eq!(stage.choices(picklist, input, None).await.unwrap_err().code(), Code::NotFound, "{picklist}");
    }
}
