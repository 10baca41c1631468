//! Search folders: folders that show what lies elsewhere.

use serde_json::{Map, Value};

use crate::graph::fault::{Fault, Service};
use crate::graph::mailbox::Mailbox;
use crate::graph::odata::{Expr, Options, RawQuery, matches};
use crate::graph::store::Entity;
use crate::graph::types;

/// What a search folder has and a folder has not.
pub(super) const OWN: [&str; 4] = ["isSupported", "includeNestedFolders", "sourceFolderIds", "filterQuery"];
const TYPE: &str = "#microsoft.graph.mailSearchFolder";

/// Whether a body describes a search folder.
pub(super) fn is_asked(body: &Map<String, Value>) -> bool {
    body.get("@odata.type").and_then(Value::as_str).is_some_and(|name| name.ends_with("mailSearchFolder"))
}

/// The `@odata.type`, for search folders only.
pub(super) fn type_name(folder: &Entity) -> Option<&'static str> {
    folder.fields.contains_key("filterQuery").then_some(TYPE)
}

/// Checks what a body says of the search, and gives it as properties of the folder.
///
/// # Errors
/// For a source that is none, and for a filter that cannot be read.
pub(super) fn search(mailbox: &Mailbox, body: &Map<String, Value>) -> Result<Map<String, Value>, Fault> {
    let mut fields = Map::new();
    for name in OWN {
        fields.extend(body.get(name).filter(|value| !value.is_null()).map(|value| (name.to_owned(), value.clone())));
    }
    let sources = fields.get("sourceFolderIds").and_then(Value::as_array);
    for source in sources.into_iter().flatten() {
        mailbox.folder(source.as_str().unwrap_or_default())?;
    }
    if let Some(filter) = fields.get("filterQuery").and_then(Value::as_str) {
        parse(filter)?;
    }
    Ok(fields)
}

/// Refuses a new search folder that lacks what it needs.
pub(super) fn complete(fields: &mut Map<String, Value>) -> Result<(), Fault> {
    let missing = |name: &str| Fault::new(400, "ErrorInvalidRequest", format!("Required property '{name}' of a search folder is missing."));
    if fields.get("sourceFolderIds").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        return Err(missing("sourceFolderIds"));
    }
    if fields.get("filterQuery").and_then(Value::as_str).is_none_or(str::is_empty) {
        return Err(missing("filterQuery"));
    }
    fields.insert("isSupported".into(), true.into());
    fields.entry("includeNestedFolders").or_insert(false.into());
    Ok(())
}

fn parse(filter: &str) -> Result<Option<Expr>, Fault> {
    let query = RawQuery::from_pairs(vec![("$filter".to_owned(), filter.to_owned())]);
    Ok(Options::parse(&query, types::get("message"), Service::Outlook)?.filter)
}

/// The folder with that key, if it is a search folder.
pub(super) fn query(mailbox: &Mailbox, folder: u64) -> Option<&Entity> {
    mailbox.folders.get(folder).filter(|folder| type_name(folder).is_some())
}

/// Whether `folder` is a search folder that shows the message.
pub(super) fn shows(mailbox: &Mailbox, folder: u64, message: &Entity) -> bool {
    let Some(search) = query(mailbox, folder) else { return false };
    let sources = search.fields.get("sourceFolderIds").and_then(Value::as_array).into_iter().flatten();
    let sources: Vec<u64> = sources.filter_map(|id| mailbox.folder(id.as_str()?).ok()).collect();
    let nested = search.flag("includeNestedFolders");
    let mut at = message.parent;
    let mut inside = sources.contains(&at);
    while nested && !inside && at != 0 {
        at = mailbox.folders.get(at).map_or(0, |folder| folder.parent);
        inside = sources.contains(&at);
    }
    let filter = parse(search.text("filterQuery")).ok().flatten();
    inside && filter.is_some_and(|filter| matches(&filter, &message.fields))
}

/// How many messages a search folder shows and how many of them are unread; `None` for other folders.
pub(crate) fn counts(mailbox: &Mailbox, folder: u64) -> Option<(usize, usize)> {
    query(mailbox, folder)?;
    let mut counts = (0, 0);
    for message in mailbox.messages.iter().filter(|message| shows(mailbox, folder, message)) {
        counts.0 += 1;
        counts.1 += usize::from(!message.flag("isRead"));
    }
    Some(counts)
}
