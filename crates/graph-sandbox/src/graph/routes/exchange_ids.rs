//! `translateExchangeIds`: the forms that an id of Exchange can have.

use serde_json::{Value, json};

use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{ItemId, item_id, parse_item};
use crate::graph::tenant::Tenant;
use crate::graph::types;

pub(crate) static ROUTES: &[Route] = &[route("POST", "@/translateExchangeIds", translate)];

/// The most ids in one request.
const MOST: usize = 1000;

fn translate(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let given = |name: &str| body.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let form = |name: &str| {
        let text = given(name).and_then(Value::as_str).unwrap_or_default();
        let known = types::members("exchangeIdFormat").iter().find(|member| member.eq_ignore_ascii_case(text)).copied();
        known.ok_or_else(|| {
            Fault::new(400, "RequestBodyRead", format!("Requested value '{text}' was not found for '{name}'."))
        })
    };
    let (source, target) = (form("sourceIdType")?, form("targetIdType")?);
    let ids = given("inputIds").and_then(Value::as_array);
    let ids = ids.ok_or_else(|| Fault::new(400, "ErrorInvalidRequest", "The parameter 'inputIds' is required."))?;
    if ids.len() > MOST {
        return Err(Fault::new(
            400,
            "ErrorInvalidRequest",
            format!("At most {MOST} ids can be translated in one request."),
        ));
    }
    let mailbox = tenant.mailbox(call.owner)?;
    let one = |id: &Value| {
        let id = id.as_str().unwrap_or_default();
        let read = read(id, source).and_then(|plain| parse_item(&plain)).filter(|item| item.mailbox == mailbox.owner);
        let sets = [&mailbox.messages, &mailbox.events, &mailbox.contacts, &mailbox.attachments];
        let written = read.and_then(|item| {
            let entity = sets.iter().find_map(|set| set.get(item.key));
            match (entity, target) {
                // Ids of folders are the same in both forms.
                (None, _) => mailbox.folders.get(item.key).map(|folder| mailbox.folder_id(folder.key)),
                (Some(entity), "immutableEntryId" | "restImmutableEntryId") => {
                    Some(mailbox.id(entity, ItemId::Immutable))
                }
                (Some(entity), _) => Some(item_id(mailbox.owner, entity.parent, entity.key)),
            }
        });
        match written {
            Some(plain) => json!({ "sourceId": id, "targetId": write(&plain, target) }),
            None => {
                json!({ "sourceId": id, "errorDetails": { "code": "ErrorInvalidIdMalformed", "message": "Id is malformed." } })
            }
        }
    };
    let value: Vec<Value> = ids.iter().map(one).collect();
    Ok(Reply::value(
        200,
        &json!({ "@odata.context": call.context("Collection(microsoft.graph.convertIdResult)"), "value": value }),
    ))
}

/// From a form to that of REST, or nothing if it is not of that form.
fn read(id: &str, form: &str) -> Option<String> {
    match form {
        // The binary forms have a count of the padding in its place.
        "entryId" | "immutableEntryId" => {
            let padding = id.chars().last()?.to_digit(10).filter(|padding| *padding < 3)?;
            Some(format!("{}{}", &id[..id.len() - 1], "=".repeat(padding as usize)))
        }
        "ewsId" => Some(id.replace('/', "-").replace('+', "_")),
        _ => Some(id.to_owned()),
    }
}

fn write(plain: &str, form: &str) -> String {
    match form {
        "entryId" | "immutableEntryId" => {
            let bare = plain.trim_end_matches('=');
            format!("{bare}{}", plain.len() - bare.len())
        }
        "ewsId" => plain.replace('-', "/").replace('_', "+"),
        _ => plain.to_owned(),
    }
}
