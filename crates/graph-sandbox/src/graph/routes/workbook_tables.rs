//! Tables of workbooks.

use serde_json::{Value, json};

use super::workbook::{argument, change, list, missing, read, refused, show};
use super::worksheets::{describe, rows, sheet};
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::reply::Outcome;
use crate::graph::router::{Route, route};
use crate::graph::tenant::Tenant;
use crate::graph::workbook::{Area, Sheet, Table, Workbook};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/tables", tables),
    route(
        "GET",
        "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/worksheets/{worksheet}/tables",
        tables,
    ),
    route(
        "GET",
        "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/[|worksheets/{worksheet}/]tables/{table}",
        get,
    ),
    route(
        "GET",
        "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/[|worksheets/{worksheet}/]tables/{table}/columns",
        columns,
    ),
    route(
        "GET",
        "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/[|worksheets/{worksheet}/]tables/{table}/headerRowRange",
        header,
    ),
    route(
        "GET",
        "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/[|worksheets/{worksheet}/]tables/{table}/rows",
        list_rows,
    ),
    route(
        "POST",
        "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/[|worksheets/{worksheet}/]tables/{table}/rows",
        create_row,
    ),
    route(
        "POST",
        "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/[|worksheets/{worksheet}/]tables/{table}/rows/add",
        add_rows,
    ),
];

fn card(table: &Table) -> Value {
    json!({
        "id": table.id, "name": table.name, "showHeaders": true, "showTotals": false, "style": "TableStyleMedium2", "highlightFirstColumn": false,
        "highlightLastColumn": false, "showBandedColumns": false, "showBandedRows": true, "showFilterButton": true, "legacyId": table.id,
    })
}

/// The table that the path names, and its worksheet.
fn table(book: &Workbook, call: &Call<'_>) -> Result<usize, Fault> {
    let at = book.table(call.param("table")).ok_or_else(missing)?;
    if call.has_param("worksheet") && book.sheets[sheet(book, call)?].id != book.tables[at].sheet {
        return Err(missing());
    }
    Ok(at)
}

fn parts<'b>(book: &'b Workbook, call: &Call<'_>) -> Result<(&'b Table, &'b Sheet), Fault> {
    let table = &book.tables[table(book, call)?];
    let sheet = book.sheet(&table.sheet).ok_or_else(missing)?;
    Ok((table, &book.sheets[sheet]))
}

fn tables(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let all = read(tenant, call, |book| {
        let within = if call.has_param("worksheet") { Some(book.sheets[sheet(book, call)?].id.clone()) } else { None };
        Ok(book.tables.iter().filter(|table| within.as_ref().is_none_or(|id| *id == table.sheet)).map(card).collect())
    })?;
    list(call, "workbookTable", all)
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let card = read(tenant, call, |book| Ok(card(&book.tables[table(book, call)?])))?;
    show(call, "workbookTable", 200, card)
}

fn columns(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let all = read(tenant, call, |book| {
        let (table, sheet) = parts(book, call)?;
        let column = |at: u32| {
            let values = sheet
                .grid(Area { column: table.area.column + at, columns: 1, ..table.area }, |cell| cell.value.clone());
            let name = sheet.cell(table.area.row, table.area.column + at).map(|cell| cell.text()).unwrap_or_default();
            json!({ "id": (at + 1).to_string(), "index": at, "name": name, "values": values })
        };
        Ok((0..table.area.columns).map(column).collect())
    })?;
    list(call, "workbookTableColumn", all)
}

fn header(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let range = read(tenant, call, |book| {
        let (table, sheet) = parts(book, call)?;
        describe(sheet, Area { rows: 1, ..table.area })
    })?;
    show(call, "workbookRange", 200, range)
}

fn list_rows(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let all = read(tenant, call, |book| {
        let (table, sheet) = parts(book, call)?;
        let body = Area { row: table.area.row + 1, rows: table.area.rows - 1, ..table.area };
        let rows = sheet.grid(body, |cell| cell.value.clone());
        Ok(rows.into_iter().enumerate().map(|(index, row)| json!({ "index": index, "values": [row] })).collect())
    })?;
    list(call, "workbookTableRow", all)
}

fn create_row(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    add(tenant, call, 201)
}

fn add_rows(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    add(tenant, call, 200)
}

fn add(tenant: &mut Tenant, call: &Call<'_>, status: u16) -> Outcome {
    let body = call.entity("workbookTableRow")?;
    let place = match body.get("index") {
        None | Some(Value::Null) => None,
        Some(index) => Some(index.as_u64().and_then(|index| u32::try_from(index).ok()).ok_or_else(argument)?),
    };
    let row = change(tenant, call, |book| {
        let at = table(book, call)?;
        let rows = rows(body.get("values").ok_or_else(argument)?, Area { rows: 1, ..book.tables[at].area })?;
        let count = u32::try_from(rows.len()).map_err(|_| argument())?;
        let place = book.add_rows(at, place, &rows).map_err(refused)?;
        let (table, sheet) = parts(book, call)?;
        let new = Area { row: table.area.row + 1 + place, rows: count, ..table.area };
        Ok(json!({ "index": place, "values": sheet.grid(new, |cell| cell.value.clone()) }))
    })?;
    show(call, "workbookTableRow", status, row)
}
