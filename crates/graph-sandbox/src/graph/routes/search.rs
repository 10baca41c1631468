//! `/search/query`: Microsoft Search, over what the sandbox has of it.

use serde_json::{Map, Value, json};

use super::drive::DriveItems;
use super::items::Items;
use crate::caller::Caller;
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::odata::{Keywords, Options, has_phrase};
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Source, View};

pub(crate) static ROUTES: &[Route] = &[route("POST", "/search/query", query)];

const FILES: &str = "Files.Read.All Files.ReadWrite.All Sites.Read.All Sites.ReadWrite.All";
const SITES: &str = "Sites.Read.All Sites.ReadWrite.All";

/// A kind of thing: in which index it is, and what it takes to find it.
const KINDS: [(&str, u8, &str); 12] = [
    ("message", 0, "Mail.Read Mail.ReadWrite"),
    ("chatMessage", 0, "Chat.Read Chat.ReadWrite ChannelMessage.Read.All"),
    ("event", 1, "Calendars.Read Calendars.ReadWrite"),
    ("drive", 2, FILES),
    ("driveItem", 2, FILES),
    ("list", 2, SITES),
    ("listItem", 2, SITES),
    ("site", 2, SITES),
    ("externalItem", 2, "ExternalItem.Read.All"),
    ("person", 3, "People.Read People.Read.All"),
    ("acronym", 4, "Acronym.Read.All"),
    ("bookmark", 4, "Bookmark.Read.All"),
];
/// The index of files, lists and sites.
const CONTENT: u8 = 2;

fn bad(message: impl Into<String>) -> Fault {
    Fault::bad(message)
}

fn query(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let requests = body.get("requests").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let [Value::Object(request)] = requests else {
        return Err(bad("Exactly one search request is supported at a time."));
    };
    call.check("searchRequest", request)?;
    let kinds = kinds(request, call.caller)?;
    let words =
        request.get("query").and_then(|query| query["queryString"].as_str()).unwrap_or_default().trim().to_owned();
    if words.is_empty() {
        return Err(bad("The query string must not be empty."));
    }
    let number = |name: &str, default: usize| match request.get(name) {
        None | Some(Value::Null) => Ok(default),
        Some(value) => value
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
            .ok_or_else(|| bad(format!("'{name}' is invalid."))),
    };
    let (from, size) = (number("from", 0)?, number("size", 25)?);
    let most = if kinds[0].1 < CONTENT { 25 } else { 500 };
    if size == 0 || size > most {
        return Err(bad(format!("The size has to be between 1 and {most}.")));
    }
    let found = find(tenant, call, &kinds, &words)?;
    let total = found.len();
    let found = sorted(found, request)?;
    let fields: Option<Vec<&str>> =
        request.get("fields").and_then(Value::as_array).map(|fields| fields.iter().filter_map(Value::as_str).collect());
    let hits: Vec<Value> =
        found.into_iter().enumerate().skip(from).take(size).map(|(i, hit)| shown(i, hit, fields.as_deref())).collect();
    let answer = json!({ "searchTerms": words.split_whitespace().collect::<Vec<_>>(), "hitsContainers": [
        { "hits": hits, "total": total, "moreResultsAvailable": from.saturating_add(size) < total },
    ] });
    Ok(Reply::value(
        200,
        &json!({ "@odata.context": call.context("Collection(microsoft.graph.searchResponse)"), "value": [answer] }),
    ))
}

type Kind = (&'static str, u8, &'static str);

/// What is asked for, which has to be in one index and allowed.
fn kinds(request: &Map<String, Value>, caller: &Caller) -> Result<Vec<Kind>, Fault> {
    let names = request.get("entityTypes").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let kinds: Vec<Kind> = names.filter_map(|name| KINDS.into_iter().find(|(kind, ..)| *kind == name)).collect();
    let Some(first) = kinds.first() else { return Err(bad("At least one entity type has to be specified.")) };
    if kinds.iter().any(|(_, index, _)| *index != first.1) {
        return Err(bad("The combination of entity types is not supported."));
    }
    let sorts = request.get("sortProperties").and_then(Value::as_array).is_some_and(|sorts| !sorts.is_empty());
    if sorts && (first.1 != CONTENT || kinds.iter().any(|(name, ..)| *name == "externalItem")) {
        return Err(bad("Sorting is not supported for these entity types."));
    }
    if request.contains_key("enableTopResults") && first.0 != "message" {
        return Err(bad("enableTopResults is only supported for messages."));
    }
    if caller.user.is_none() {
        if first.1 != CONTENT || kinds.iter().any(|(name, ..)| *name == "externalItem") {
            return Err(Fault::new(
                403,
                "Forbidden",
                "Application permission is only supported for SharePoint and OneDrive.",
            ));
        }
        if request.get("region").and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(bad("Region is required when request with application permission."));
        }
    }
    match kinds.iter().find(|(_, _, any)| !any.split(' ').any(|scope| caller.has(scope))) {
        Some((kind, _, any)) => Err(Fault::new(
            403,
            "Forbidden",
            format!("Access to {kind} requires one of the following permissions: {}.", any.replace(' ', ", ")),
        )),
        None => Ok(kinds),
    }
}

/// What was found: its id, what it says, and the thing itself.
type Hit = (String, String, Value);

fn find(tenant: &Tenant, call: &Call<'_>, kinds: &[Kind], words: &str) -> Result<Vec<Hit>, Fault> {
    let caller = call.caller.user.as_deref().and_then(|id| tenant.directory.user(id)).map(|user| user.key);
    let mut hits = Vec::new();
    for (kind, ..) in kinds {
        match (*kind, caller) {
            ("driveItem", _) => files(tenant, call, caller, words, &mut hits)?,
            ("drive", _) => {
                let mine =
                    tenant.drives.drives.values().filter(|drive| caller.is_none_or(|caller| drive.owner == caller));
                hits.extend(
                    mine.map(crate::graph::drive::Drive::describe)
                        .filter(|drive| matches(words, &drive["name"], ""))
                        .map(|drive| {
                            (drive["id"].as_str().unwrap_or_default().to_owned(), String::new(), typed("drive", drive))
                        }),
                );
            }
            ("message", Some(owner)) => messages(tenant, call, owner, words, &mut hits)?,
            ("event", Some(owner)) => events(tenant, call, owner, words, &mut hits)?,
            ("person", Some(_)) => {
                let known = tenant
                    .directory
                    .users
                    .iter()
                    .filter(|user| matches(words, &user.text("displayName").into(), user.text("mail")));
                hits.extend(known.map(|user| {
                    let names = [
                        "id",
                        "displayName",
                        "givenName",
                        "surname",
                        "jobTitle",
                        "department",
                        "officeLocation",
                        "userPrincipalName",
                    ];
                    let person = names
                        .into_iter()
                        .map(|name| (name.to_owned(), user.fields.get(name).cloned().unwrap_or_default()));
                    (
                        user.text("id").to_owned(),
                        user.text("displayName").to_owned(),
                        typed("person", Value::Object(person.collect())),
                    )
                }));
            }
            // The sandbox has none of these.
            _ => {}
        }
    }
    Ok(hits)
}

fn typed(kind: &str, resource: Value) -> Value {
    let mut out = Map::new();
    out.insert("@odata.type".into(), format!("#microsoft.graph.{kind}").into());
    out.extend(crate::graph::json::object(resource));
    Value::Object(out)
}

/// Whether all words stand in the name or the text; `filetype:` looks at the end of the name.
fn matches(words: &str, name: &Value, content: &str) -> bool {
    let name = name.as_str().unwrap_or_default();
    words.split_whitespace().filter(|word| *word != "AND").all(|word| {
        match word.to_ascii_lowercase().strip_prefix("filetype:") {
            Some(ending) => name.to_ascii_lowercase().ends_with(&format!(".{ending}")),
            None => word == "*" || has_phrase(name, word) || has_phrase(content, word),
        }
    })
}

fn files(tenant: &Tenant, call: &Call<'_>, caller: Option<u64>, words: &str, hits: &mut Vec<Hit>) -> Result<(), Fault> {
    let options = Options::default();
    let member = |group: u64| {
        caller
            .is_some_and(|caller| tenant.directory.members.get(&group).is_some_and(|members| members.contains(&caller)))
    };
    for drive in tenant
        .drives
        .drives
        .values()
        .filter(|drive| caller.is_none() || caller == Some(drive.owner) || member(drive.owner))
    {
        let source = DriveItems { drive, origin: call.origin, paths: true };
        let view = View::new(types::get("driveItem"), &source, Service::Drive, &options);
        for item in drive.items.iter().filter(|item| item.parent != 0) {
            let content =
                drive.content.get(&item.key).and_then(|content| std::str::from_utf8(content).ok()).unwrap_or_default();
            if matches(words, &item.text("name").into(), content) {
                let mut shown = view.inline(item)?;
                if let Some(fields) = shown.as_object_mut() {
                    fields.remove("@microsoft.graph.downloadUrl");
                }
                let summary = content.lines().next().unwrap_or_default().to_owned();
                hits.push((source.id(item).into_owned(), summary, typed("driveItem", shown)));
            }
        }
    }
    Ok(())
}

fn messages(tenant: &Tenant, call: &Call<'_>, owner: u64, words: &str, hits: &mut Vec<Hit>) -> Result<(), Fault> {
    let keywords = Keywords::parse(&format!("\"{}\"", words.replace('"', "\\\""))).map_err(bad)?;
    let mailbox = tenant.mailbox(owner)?;
    let source = Items::new(mailbox, call);
    let options = Options::default();
    let view = View::new(types::get("message"), &source, Service::Outlook, &options).defaults(&[
        "createdDateTime",
        "lastModifiedDateTime",
        "receivedDateTime",
        "sentDateTime",
        "hasAttachments",
        "subject",
        "bodyPreview",
        "importance",
        "isRead",
        "isDraft",
        "webLink",
        "sender",
        "from",
    ]);
    for message in mailbox.messages.iter().filter(|message| keywords.matches(&message.fields)) {
        hits.push((
            source.id(message).into_owned(),
            message.text("bodyPreview").to_owned(),
            typed("message", view.inline(message)?),
        ));
    }
    Ok(())
}

fn events(tenant: &Tenant, call: &Call<'_>, owner: u64, words: &str, hits: &mut Vec<Hit>) -> Result<(), Fault> {
    let mailbox = tenant.mailbox(owner)?;
    let source = Items::zoned(mailbox, call)?;
    let options = Options::default();
    let view = View::new(types::get("event"), &source, Service::Outlook, &options).defaults(&[
        "subject",
        "bodyPreview",
        "start",
        "end",
    ]);
    for event in
        mailbox.events.iter().filter(|event| matches(words, &event.text("subject").into(), event.text("bodyPreview")))
    {
        hits.push((
            source.id(event).into_owned(),
            event.text("bodyPreview").to_owned(),
            typed("event", view.inline(event)?),
        ));
    }
    Ok(())
}

fn sorted(mut hits: Vec<Hit>, request: &Map<String, Value>) -> Result<Vec<Hit>, Fault> {
    let sorts = request.get("sortProperties").and_then(Value::as_array).cloned().unwrap_or_default();
    // The last one first, as each sort keeps the order of what is equal.
    for by in sorts.iter().rev() {
        let name = by["name"].as_str().unwrap_or_default();
        if types::get("driveItem").property(name).is_none() {
            return Err(bad(format!("The property '{name}' is not sortable.")));
        }
        let place = |hit: &Hit| (hit.2[name].as_u64(), hit.2[name].as_str().map(str::to_lowercase));
        hits.sort_by(|left, right| match by["isDescending"].as_bool() {
            Some(true) => place(right).cmp(&place(left)),
            _ => place(left).cmp(&place(right)),
        });
    }
    Ok(hits)
}

fn shown(index: usize, (id, summary, mut resource): Hit, fields: Option<&[&str]>) -> Value {
    if let (Some(names), Some(all)) = (fields, resource.as_object_mut()) {
        all.retain(|name, _| name.starts_with('@') || name == "id" || names.contains(&name.as_str()));
    }
    json!({ "hitId": id, "rank": index + 1, "summary": summary, "resource": resource })
}
