//! Workbooks: their sessions, and what they have in common.

use serde_json::{Map, Value, json};

use super::drive::{item, of};
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::odata;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::tenant::Tenant;
use crate::graph::time::stamp;
use crate::graph::types;
use crate::graph::view::selected;
use crate::graph::workbook::{HEADER, Refusal, Session, Workbook};

pub(crate) static ROUTES: &[Route] = &[
    route(
        "POST",
        "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/createSession",
        create_session,
    ),
    route(
        "POST",
        "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/refreshSession",
        refresh_session,
    ),
    route(
        "POST",
        "/[me/drive|users/{user}/drive|drives/{drive}]/[root|items/{item}]/workbook/closeSession",
        close_session,
    ),
];

/// An error of Excel: Graph's code for the status, and Excel's own within it.
pub(super) fn fault(status: u16, inner: &'static str, message: &str) -> Fault {
    let code = match status {
        400 => "badRequest",
        403 => "forbidden",
        404 => "notFound",
        409 => "conflict",
        _ => "notImplemented",
    };
    Fault::new(status, code, message).inner(inner)
}

pub(super) fn argument() -> Fault {
    fault(400, "invalidArgument", "The argument is invalid or missing or has an incorrect format.")
}

pub(super) fn missing() -> Fault {
    fault(404, "itemNotFound", "The requested resource doesn't exist.")
}

pub(super) fn refused(refusal: Refusal) -> Fault {
    match refusal {
        Refusal::Argument => argument(),
        Refusal::Table => {
            fault(409, "insertDeleteConflict", "The insert or delete operation attempted resulted in a conflict.")
        }
        Refusal::OffSheet => fault(
            409,
            "nonBlankCellOffSheet",
            "Can't insert new cells because it would push non-empty cells off the end of the worksheet.",
        ),
        Refusal::Formula => Fault::new(501, "notImplemented", "The sandbox does not calculate formulas; Excel does."),
    }
}

fn lost_session() -> Fault {
    fault(
        404,
        "invalidSessionReCreatable",
        "The session specified in the request does not exist or is invalid due to a transient error.",
    )
}

/// The session that the request names.
fn named<'c>(call: &'c Call<'_>) -> Option<&'c str> {
    call.headers.get(HEADER).map(|value| value.to_str().unwrap_or_default())
}

/// The drive and the file, which must be a workbook that the sandbox knows.
fn file(tenant: &Tenant, call: &Call<'_>) -> Result<(u64, u64), Fault> {
    let drive = of(tenant, call)?;
    let key = item(drive, call)?;
    let name = drive.items.get(key).map(|item| item.text("name").to_lowercase()).unwrap_or_default();
    if !name.ends_with(".xlsx") {
        return Err(fault(
            400,
            "unsupportedWorkbook",
            "The request failed. The workbook contains unsupported features or exceeds the size limit.",
        ));
    }
    if !drive.books.contains_key(&key) {
        return Err(Fault::not_implemented("workbook of a file that was uploaded"));
    }
    Ok((drive.owner, key))
}

/// The session that the request names, which lives on.
fn session<'t>(tenant: &'t mut Tenant, call: &Call<'_>, of: (u64, u64)) -> Result<Option<&'t mut Session>, Fault> {
    let now = tenant.now();
    let Some(id) = named(call) else { return Ok(None) };
    tenant.drives.sessions.get(id, of, now).map(Some).ok_or_else(lost_session)
}

/// Reads the workbook, as it is in the request's session.
pub(super) fn read<T>(
    tenant: &mut Tenant,
    call: &Call<'_>,
    work: impl FnOnce(&Workbook) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let of = file(tenant, call)?;
    if let Some(copy) = session(tenant, call, of)?.and_then(|session| session.copy.as_ref()) {
        return work(copy);
    }
    let book = tenant.drives.drives.get(&of.0).and_then(|drive| drive.books.get(&of.1));
    work(book.ok_or_else(missing)?)
}

/// Changes the workbook; in a session that does not save, only what that session sees.
pub(super) fn change<T>(
    tenant: &mut Tenant,
    call: &Call<'_>,
    work: impl FnOnce(&mut Workbook) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let of = file(tenant, call)?;
    if let Some(copy) = session(tenant, call, of)?.and_then(|session| session.copy.as_mut()) {
        return work(copy);
    }
    let now = stamp(tenant.now());
    let drive = tenant.drives.drives.get_mut(&of.0).ok_or_else(missing)?;
    let done = work(drive.books.get_mut(&of.1).ok_or_else(missing)?)?;
    drive.items.update(of.1, |fields| {
        fields.insert("lastModifiedDateTime".into(), now.into());
    });
    Ok(done)
}

fn create_session(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    call.check("workbookSessionInfo", &body)?;
    let saves = body.get("persistChanges").and_then(Value::as_bool).ok_or_else(argument)?;
    let (of, now) = (file(tenant, call)?, tenant.now());
    let copy = match saves {
        true => None,
        false => tenant.drives.drives.get(&of.0).and_then(|drive| drive.books.get(&of.1)).cloned(),
    };
    let id = tenant.drives.sessions.open(of, copy, now);
    Ok(Reply::value(
        201,
        &json!({ "@odata.context": call.context("microsoft.graph.workbookSessionInfo"), "persistChanges": saves, "id": id }),
    ))
}

fn refresh_session(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let of = file(tenant, call)?;
    session(tenant, call, of)?.ok_or_else(argument)?;
    Ok(Reply::empty(204))
}

fn close_session(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let of = file(tenant, call)?;
    session(tenant, call, of)?.ok_or_else(argument)?;
    tenant.drives.sessions.close(named(call).unwrap_or_default());
    Ok(Reply::empty(204))
}

/// Answers one object of type `ty`, with the properties that `$select` names.
pub(super) fn show(call: &Call<'_>, ty: &str, status: u16, object: Value) -> Outcome {
    let options = call.options(types::get(ty))?;
    let mut out = Map::new();
    out.insert("@odata.context".into(), call.context(&format!("microsoft.graph.{ty}")).into());
    out.extend(select(object, options.select.as_deref()));
    Ok(Reply::value(status, &Value::Object(out)))
}

/// Answers a list of objects of type `ty`, filtered, paged by `$top` and `$skip`, with the properties that `$select`
/// names.
pub(super) fn list(call: &Call<'_>, ty: &str, objects: Vec<Value>) -> Outcome {
    let options = call.options(types::get(ty))?;
    let mut found: Vec<Map<String, Value>> = objects.into_iter().map(crate::graph::json::object).collect();
    if let Some(filter) = &options.filter {
        found.retain(|object| odata::matches(filter, object));
    }
    let mut out = Map::new();
    out.insert(
        "@odata.context".into(),
        format!("{}{}", call.context(&format!("Collection({ty})")), selected(options.select.as_deref())).into(),
    );
    if options.count {
        out.insert("@odata.count".into(), found.len().into());
    }
    let page = found.into_iter().skip(options.skip.unwrap_or_default()).take(options.top.unwrap_or(usize::MAX));
    let page: Vec<Value> =
        page.map(|object| Value::Object(select(Value::Object(object), options.select.as_deref()))).collect();
    out.insert("value".into(), page.into());
    Ok(Reply::value(200, &Value::Object(out)))
}

fn select(object: Value, names: Option<&[String]>) -> Map<String, Value> {
    let mut object = crate::graph::json::object(object);
    if let Some(names) = names {
        object.retain(|name, _| name == "@odata.id" || names.contains(name));
    }
    object
}
