//! Worksheets and ranges of cells.

use serde_json::{Map, Value, json};

use super::workbook::{argument, change, fault, list, missing, read, refused, show};
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::tenant::Tenant;
use crate::graph::workbook::{Area, COLUMNS, Cell, ROWS, Sheet, Workbook};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/worksheets", worksheets),
    route("POST", "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/worksheets/[|add]", add),
    route(
        "GET",
        "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/worksheets/{worksheet}",
        worksheet,
    ),
    route(
        "GET",
        "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/worksheets/{worksheet}/[range/|]usedRange",
        used_range,
    ),
    route(
        "GET",
        "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/worksheets/{worksheet}/range",
        range,
    ),
    route(
        "PATCH",
        "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/worksheets/{worksheet}/range",
        update,
    ),
    route(
        "POST",
        "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/worksheets/{worksheet}/range/insert",
        insert,
    ),
    route(
        "POST",
        "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/worksheets/{worksheet}/range/delete",
        delete,
    ),
];

/// Excel answers no more cells at once.
const MOST_CELLS: u64 = 5_000_000;

fn card(book: &Workbook, at: usize) -> Value {
    let sheet = &book.sheets[at];
    json!({ "id": sheet.id, "name": sheet.name, "position": at, "visibility": "Visible" })
}

/// The worksheet that the path names.
pub(super) fn sheet(book: &Workbook, call: &Call<'_>) -> Result<usize, Fault> {
    book.sheet(call.param("worksheet")).ok_or_else(missing)
}

fn worksheets(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let all = read(tenant, call, |book| Ok((0..book.sheets.len()).map(|at| card(book, at)).collect()))?;
    list(call, "workbookWorksheet", all)
}

fn worksheet(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let card = read(tenant, call, |book| Ok(card(book, sheet(book, call)?)))?;
    show(call, "workbookWorksheet", 200, card)
}

fn add(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("workbookWorksheet")?;
    let card = change(tenant, call, |book| {
        let name = match body.get("name").and_then(Value::as_str) {
            Some(name) => name.to_owned(),
            None => format!("Sheet{}", book.sheets.len() + 1),
        };
        if name.trim().is_empty() || name.chars().count() > 31 || name.contains([':', '\\', '/', '?', '*', '[', ']']) {
            return Err(argument());
        }
        if book.sheet(&name).is_some() {
            return Err(fault(409, "itemAlreadyExists", "The resource being created already exists."));
        }
        book.add(&name, &[]);
        Ok(card(book, book.sheets.len() - 1))
    })?;
    show(call, "workbookWorksheet", 201, card)
}

/// The area that the request is about: an address, also one that names the worksheet, or all of it.
fn area(sheet: &Sheet, call: &Call<'_>) -> Result<Area, Fault> {
    let Some(address) = call.query.get("address") else {
        return Ok(Area { unbounded: true, ..Area::new(0, 0, ROWS, COLUMNS) });
    };
    let cells = match address.rsplit_once('!') {
        Some((name, cells))
            if name.trim_matches('\'').replace("''", "'").to_lowercase() == sheet.name.to_lowercase() =>
        {
            cells
        }
        Some(_) => return Err(argument()),
        None => address,
    };
    Area::parse(cells).ok_or_else(argument)
}

/// A range as Graph has it.
pub(super) fn describe(sheet: &Sheet, area: Area) -> Result<Value, Fault> {
    let cells = u64::from(area.rows) * u64::from(area.columns);
    if !area.unbounded && cells > MOST_CELLS {
        return Err(fault(
            400,
            "rangeExceedsLimit",
            "The cell count in range has exceeded the maximum supported number.",
        ));
    }
    let plain = sheet.name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    let name = if plain { sheet.name.clone() } else { format!("'{}'", sheet.name.replace('\'', "''")) };
    let address = format!("{name}!{}", area.address());
    // The cells of whole columns and rows are too many to be told.
    let grid = |of: &dyn Fn(&Cell) -> Value| if area.unbounded { Value::Null } else { json!(sheet.grid(area, of)) };
    let values = grid(&|cell| cell.value.clone());
    Ok(json!({
        "@odata.type": "#microsoft.graph.workbookRange",
        "address": address, "addressLocal": address, "cellCount": if area.unbounded { json!(-1) } else { json!(cells) },
        "columnCount": area.columns, "columnHidden": false, "columnIndex": area.column,
        "formulas": values, "formulasLocal": values, "formulasR1C1": values, "hidden": false,
        "numberFormat": grid(&|cell| cell.format.clone().into()), "rowCount": area.rows, "rowHidden": false, "rowIndex": area.row,
        "text": grid(&|cell| cell.text().into()), "values": values, "valueTypes": grid(&|cell| cell.kind().into()),
    }))
}

fn used_range(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let values_only = match call.query.get("valuesOnly") {
        None => false,
        Some(text) => text.parse().map_err(|_| argument())?,
    };
    let range = read(tenant, call, |book| {
        let sheet = &book.sheets[sheet(book, call)?];
        describe(sheet, sheet.used(area(sheet, call)?, values_only))
    })?;
    show(call, "workbookRange", 200, range)
}

fn range(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let range = read(tenant, call, |book| {
        let sheet = &book.sheets[sheet(book, call)?];
        describe(sheet, area(sheet, call)?)
    })?;
    show(call, "workbookRange", 200, range)
}

/// The rows that a property of the body has; one value stands for all cells.
pub(super) fn rows(value: &Value, area: Area) -> Result<Vec<Vec<Value>>, Fault> {
    match value {
        Value::Array(rows) => rows.iter().map(|row| row.as_array().cloned().ok_or_else(argument)).collect(),
        Value::Null | Value::Object(_) => Err(argument()),
        one => Ok(vec![vec![one.clone(); area.columns as usize]; area.rows as usize]),
    }
}

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("workbookRange")?;
    let range = change(tenant, call, |book| {
        let at = sheet(book, call)?;
        let area = area(&book.sheets[at], call)?;
        if area.unbounded {
            return Err(argument());
        }
        // Either everything is written or nothing.
        let mut changed = book.sheets[at].clone();
        for name in ["numberFormat", "values", "formulas"] {
            let Some(value) = body.get(name) else { continue };
            let rows = rows(value, area)?;
            let done = if name == "numberFormat" { changed.format(area, &rows) } else { changed.write(area, &rows) };
            done.map_err(refused)?;
        }
        book.sheets[at] = changed;
        describe(&book.sheets[at], area)
    })?;
    show(call, "workbookRange", 200, range)
}

fn shift(call: &Call<'_>, expected: &str) -> Result<Map<String, Value>, Fault> {
    let body = call.object()?;
    match body.get("shift").and_then(Value::as_str) {
        Some(given) if given.eq_ignore_ascii_case(expected) => Ok(body),
        Some("Left" | "Right" | "left" | "right") => Err(Fault::not_implemented("shift to the side")),
        _ => Err(argument()),
    }
}

fn insert(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    shift(call, "Down")?;
    let range = change(tenant, call, |book| {
        let at = sheet(book, call)?;
        let area = area(&book.sheets[at], call)?;
        book.insert(at, area).map_err(refused)?;
        describe(&book.sheets[at], area)
    })?;
    show(call, "workbookRange", 200, range)
}

fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    shift(call, "Up")?;
    change(tenant, call, |book| {
        let at = sheet(book, call)?;
        let area = area(&book.sheets[at], call)?;
        book.delete(at, area).map_err(refused)
    })?;
    Ok(Reply::empty(204))
}
