//! Search folders: folders that show what lies elsewhere.

use serde_json::{Map, Value};

use super::fault::{Fault, Service};
use super::mailbox::Mailbox;
use super::odata::{Expr, Options, RawQuery, matches};
use super::store::Entity;
use super::types;

/// What a search folder has and a folder has not.
pub(crate) const OWN: [&str; 4] = ["isSupported", "includeNestedFolders", "sourceFolderIds", "filterQuery"];
const TYPE: &str = "#microsoft.graph.mailSearchFolder";

/// Whether a body describes a search folder.
pub(crate) fn is_asked(body: &Map<String, Value>) -> bool {
    body.get("@odata.type").and_then(Value::as_str).is_some_and(|name| name.ends_with("mailSearchFolder"))
}

/// The `@odata.type`, for search folders only.
pub(crate) fn type_name(folder: &Entity) -> Option<&'static str> {
    folder.fields.contains_key("filterQuery").then_some(TYPE)
}

/// Checks what a body says of the search, and gives it as properties of the folder.
///
/// # Errors
/// For a source that is none, and for a filter that cannot be read.
pub(crate) fn search(mailbox: &Mailbox, body: &Map<String, Value>) -> Result<Map<String, Value>, Fault> {
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
pub(crate) fn complete(fields: &mut Map<String, Value>) -> Result<(), Fault> {
    let missing = |name: &str| {
        Fault::new(400, "ErrorInvalidRequest", format!("Required property '{name}' of a search folder is missing."))
    };
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

/// What a search folder looks for, and where.
pub(crate) struct Search {
    sources: Vec<u64>,
    nested: bool,
    filter: Expr,
}

impl Search {
    /// What the folder with that key looks for, if it is a search folder.
    pub(crate) fn of(mailbox: &Mailbox, folder: u64) -> Option<Search> {
        let folder = mailbox.folders.get(folder)?;
        let filter = parse(folder.fields.get("filterQuery")?.as_str()?).ok()??;
        let sources = folder.fields.get("sourceFolderIds").and_then(Value::as_array).into_iter().flatten();
        let sources = sources.filter_map(|id| mailbox.folder(id.as_str()?).ok()).collect();
        Some(Search { sources, nested: folder.flag("includeNestedFolders"), filter })
    }

    /// Whether the folder shows the message.
    pub(crate) fn shows(&self, mailbox: &Mailbox, message: &Entity) -> bool {
        let mut at = message.parent;
        let mut inside = self.sources.contains(&at);
        while self.nested && !inside && at != 0 {
            at = mailbox.folders.get(at).map_or(0, |folder| folder.parent);
            inside = self.sources.contains(&at);
        }
        inside && matches(&self.filter, &message.fields)
    }

    /// How many messages the folder shows, and how many of them are unread.
    pub(crate) fn counts(&self, mailbox: &Mailbox) -> (usize, usize) {
        let shown = mailbox.messages.iter().filter(|message| self.shows(mailbox, message));
        shown.fold((0, 0), |(all, unread), message| (all + 1, unread + usize::from(!message.flag("isRead"))))
    }
}
