//! A mailbox: folders, messages, attachments, calendars, contacts.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::json::object;
use super::preferences::Preferences;
use super::search_folders::Search;
use super::store::{Entity, ItemId, Set, change_key, folder_id, guid, hex, immutable_id, item_id, parse_item};
use super::time::{newest_first, stamp};

/// The well-known folders with their names as Graph lists them.
pub(crate) const WELL_KNOWN: [(&str, &str); 8] = [
    ("archive", "Archive"),
    ("conversationhistory", "Conversation History"),
    ("deleteditems", "Deleted Items"),
    ("drafts", "Drafts"),
    ("inbox", "Inbox"),
    ("junkemail", "Junk Email"),
    ("outbox", "Outbox"),
    ("sentitems", "Sent Items"),
];

/// Well-known names beside those. Names of folders that a mailbox does not have name nothing.
const UNLISTED: [&str; 8] = [
    "clutter",
    "conflicts",
    "localfailures",
    "recoverableitemsdeletions",
    "scheduled",
    "searchfolders",
    "serverfailures",
    "syncissues",
];

/// Somebody's mailbox.
pub(crate) struct Mailbox {
    /// The key of the user whose it is.
    pub(crate) owner: u64,
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) root: u64,
    pub(crate) folders: Set,
    pub(crate) messages: Set,
    /// Of messages and of events, by the key of either.
    pub(crate) attachments: Set,
    pub(crate) calendars: Set,
    pub(crate) calendar_groups: Set,
    /// The group of a calendar, by the key of the calendar; without an entry it is the first group.
    pub(crate) grouped: HashMap<u64, u64>,
    /// Who may see a calendar, below the key of the calendar.
    pub(crate) calendar_permissions: Set,
    pub(crate) events: Set,
    pub(crate) contact_folders: Set,
    pub(crate) contacts: Set,
    /// Of contacts, by their key.
    pub(crate) photos: HashMap<u64, bytes::Bytes>,
    pub(crate) well_known: HashMap<&'static str, u64>,
    pub(crate) preferences: Preferences,
}

impl Mailbox {
    /// How many keys a new mailbox takes.
    pub(crate) const KEYS: usize = WELL_KNOWN.len() + 6;

    /// A mailbox with its well-known folders.
    pub(crate) fn new(owner: u64, name: &str, address: &str, keys: &[u64]) -> Mailbox {
        let mut keys = keys.iter().copied();
        let mut key = || keys.next().unwrap_or_default();
        let mut mailbox = Mailbox {
            owner,
            address: address.to_owned(),
            name: name.to_owned(),
            root: key(),
            folders: Set::new(),
            messages: Set::newest_first(),
            attachments: Set::new(),
            calendars: Set::new(),
            calendar_groups: Set::new(),
            grouped: HashMap::new(),
            calendar_permissions: Set::new(),
            events: Set::new(),
            contact_folders: Set::new(),
            contacts: Set::new(),
            photos: HashMap::new(),
            well_known: HashMap::new(),
            preferences: Preferences::new(owner),
        };
        mailbox.add_folder(mailbox.root, 0, "Top of Information Store");
        mailbox.well_known.insert("msgfolderroot", mailbox.root);
        for (well_known, name) in WELL_KNOWN {
            let folder = key();
            mailbox.add_folder(folder, mailbox.root, name);
            mailbox.well_known.insert(well_known, folder);
        }
        mailbox.preferences.settings.insert("archiveFolder".into(), mailbox.folder_id(mailbox.known("archive")).into());
        let calendar = key();
        mailbox.add_calendar(calendar, "Calendar", true);
        mailbox.well_known.insert("calendar", calendar);
        mailbox.well_known.insert("contacts", key());
        // Beside the top folder, so that no list shows them.
        for (well_known, name) in [("searchfolders", "Search Folders"), ("recoverableitemsdeletions", "Deletions")] {
            let folder = key();
            mailbox.add_folder(folder, 0, name);
            mailbox.well_known.insert(well_known, folder);
        }
        let group = key();
        mailbox.add_calendar_group(group, "My Calendars");
        mailbox.well_known.insert("mycalendars", group);
        mailbox
    }

    pub(crate) fn add_folder(&mut self, key: u64, parent: u64, name: &str) {
        let fields = json!({
            "displayName": name, "parentFolderId": self.folder_id(parent), "childFolderCount": 0, "unreadItemCount": 0,
            "totalItemCount": 0, "isHidden": false,
        });
        self.folders.insert(Entity::new(key, parent, 0, object(fields)));
    }

    pub(crate) fn add_calendar_group(&mut self, key: u64, name: &str) {
        let group = json!({ "name": name, "changeKey": null, "classId": guid(&format!("calendar group {key}")) });
        self.calendar_groups.insert(Entity::new(key, 0, 0, object(group)));
    }

    /// The group that a calendar is in.
    pub(crate) fn group_of(&self, calendar: u64) -> u64 {
        self.grouped.get(&calendar).copied().unwrap_or_else(|| self.known("mycalendars"))
    }

    pub(crate) fn add_calendar(&mut self, key: u64, name: &str, default: bool) {
        let fields = json!({
            "name": name, "color": "auto", "hexColor": "", "isDefaultCalendar": default, "changeKey": change_key(key, 1), "canShare": true,
            "canViewPrivateItems": true, "canEdit": true, "allowedOnlineMeetingProviders": ["teamsForBusiness"],
            "defaultOnlineMeetingProvider": "teamsForBusiness", "isTallyingResponses": default, "isRemovable": !default,
            "owner": { "name": self.name, "address": self.address },
        });
        self.calendars.insert(Entity::new(key, 0, 0, object(fields)));
    }

    pub(crate) fn folder_id(&self, key: u64) -> String {
        folder_id(self.owner, key)
    }

    /// The id of an item in the form that was asked for.
    pub(crate) fn id(&self, entity: &Entity, form: ItemId) -> String {
        self.gone_id(entity.parent, entity.key, form)
    }

    /// The id that an item had which is gone from `parent`.
    pub(crate) fn gone_id(&self, parent: u64, key: u64, form: ItemId) -> String {
        match form {
            ItemId::Rest => item_id(self.owner, parent, key),
            ItemId::Immutable => immutable_id(self.owner, key),
        }
    }

    /// The well-known folder's key.
    pub(crate) fn known(&self, name: &str) -> u64 {
        self.well_known.get(name).copied().unwrap_or(self.root)
    }

    /// A mail folder by its well-known name or its id.
    ///
    /// # Errors
    /// As Exchange words them.
    pub(crate) fn folder(&self, id: &str) -> Result<u64, Fault> {
        if let Some(key) =
            self.well_known.get(id.to_ascii_lowercase().as_str()).filter(|key| self.folders.get(**key).is_some())
        {
            return Ok(*key);
        }
        if UNLISTED.iter().any(|name| name.eq_ignore_ascii_case(id)) {
            return Err(Fault::item());
        }
        Ok(self.in_set(&self.folders, id)?.key)
    }

    /// The item of `set` that `id` names in any form.
    ///
    /// # Errors
    /// If the id is none, is of another mailbox, or names nothing that is there.
    pub(crate) fn in_set<'s>(&self, set: &'s Set, id: &str) -> Result<&'s Entity, Fault> {
        let item = parse_item(id).ok_or_else(Fault::malformed_id)?;
        if item.mailbox != self.owner {
            return Err(Fault::new(
                404,
                "ErrorInvalidMailboxItemId",
                format!("Item Id doesn't belong to the current mailbox: {}.", self.address),
            ));
        }
        let entity = set.get(item.key).ok_or_else(Fault::item)?;
        // An id that names another folder is from before a move.
        if item.parent.is_some_and(|parent| parent != entity.parent) {
            return Err(Fault::item());
        }
        Ok(entity)
    }

    pub(crate) fn message(&self, id: &str) -> Result<&Entity, Fault> {
        self.in_set(&self.messages, id)
    }

    /// Adds a message to a folder. `fields` may leave out whatever Exchange fills in.
    pub(crate) fn add_message(&mut self, key: u64, folder: u64, now: Timestamp, given: Map<String, Value>) {
        let order =
            given.get("receivedDateTime").and_then(Value::as_str).and_then(|text| text.parse().ok()).unwrap_or(now);
        let fields = self.complete(key, folder, now, given);
        self.messages.insert(Entity::new(key, folder, newest_first(order), fields));
    }

    fn complete(&self, key: u64, folder: u64, now: Timestamp, mut given: Map<String, Value>) -> Map<String, Value> {
        let stamp = Value::from(stamp(now));
        if let Some(headers) = given.remove("internetMessageHeaders") {
            given.insert(super::headers::KEPT.into(), headers);
        }
        let subject = given.get("subject").and_then(Value::as_str).unwrap_or_default().to_owned();
        let body = given.entry("body").or_insert_with(|| json!({"contentType": "text", "content": ""}));
        if let Some(body) = body.as_object_mut() {
            body.entry("contentType").or_insert_with(|| "text".into());
            body.entry("content").or_insert_with(|| "".into());
            let lower = body["contentType"].as_str().map(str::to_ascii_lowercase);
            body.insert("contentType".into(), lower.into());
        }
        let preview = preview(body);
        let conversation = conversation(&subject);
        let me = json!({ "emailAddress": { "name": self.name, "address": self.address } });
        let from = given.get("from").filter(|from| !from.is_null()).cloned();
        let draft = given.get("isDraft").and_then(Value::as_bool).unwrap_or_default();
        let sender = if draft {
            given.get("sender").cloned().unwrap_or(Value::Null)
        } else {
            from.clone().unwrap_or_else(|| me.clone())
        };
        let mut fields = Map::with_capacity(32);
        let mut put = |name: &str, default: Value| {
            let value = given.remove(name).filter(|value| !value.is_null()).unwrap_or(default);
            fields.insert(name.to_owned(), value);
        };
        put("createdDateTime", stamp.clone());
        put("lastModifiedDateTime", stamp.clone());
        put("changeKey", change_key(key, 1).into());
        put("categories", json!([]));
        put("receivedDateTime", stamp.clone());
        put("sentDateTime", stamp);
        put("hasAttachments", false.into());
        put("internetMessageId", internet_id(self.owner, key).into());
        put("subject", "".into());
        put("bodyPreview", preview.into());
        put("importance", "normal".into());
        put("parentFolderId", self.folder_id(folder).into());
        put("conversationId", conversation.into());
        put("conversationIndex", "AQHPuTPZvL+iZXkVzUqcVAhPt60Kmw==".into());
        put("isDeliveryReceiptRequested", if draft { false.into() } else { Value::Null });
        put("isReadReceiptRequested", false.into());
        put("isRead", false.into());
        put("isDraft", false.into());
        let link = immutable_id(self.owner, key).replace('=', "%3D");
        put(
            "webLink",
            format!("https://outlook.office365.example/owa/?ItemID={link}&exvsurl=1&viewmodel=ReadMessageItem").into(),
        );
        put("inferenceClassification", "focused".into());
        put("body", Value::Null);
        put("sender", sender);
        put("from", if draft { Value::Null } else { me });
        for name in ["toRecipients", "ccRecipients", "bccRecipients", "replyTo"] {
            put(name, json!([]));
        }
        put("flag", json!({"flagStatus": "notFlagged"}));
        // Whatever else was given, such as headers and extended properties.
        fields.extend(given.into_iter().filter(|(name, value)| !value.is_null() && !name.contains('@')));
        fields
    }

    /// Counts items anew, so that lists of folders can be filtered by the counts.
    pub(crate) fn count_folders(&mut self) {
        let mut unread: HashMap<u64, usize> = HashMap::new();
        for message in self.messages.iter().filter(|message| !message.flag("isRead")) {
            *unread.entry(message.parent).or_default() += 1;
        }
        let keys: Vec<u64> = self.folders.iter().map(|folder| folder.key).collect();
        for key in keys {
            let children = self.folders.child_count(key);
            let (total, unread) = match Search::of(self, key) {
                Some(search) => search.counts(self),
                None => (self.messages.child_count(key), unread.get(&key).copied().unwrap_or_default()),
            };
            self.folders.amend(key, |fields| {
                fields.insert("childFolderCount".into(), children.into());
                fields.insert("unreadItemCount".into(), unread.into());
                fields.insert("totalItemCount".into(), total.into());
            });
        }
    }
}

/// The first 255 characters of a body without its markup.
pub(crate) fn preview(body: &Value) -> String {
    plain(body).split_whitespace().collect::<Vec<_>>().join(" ").chars().take(255).collect()
}

/// A body as plain text.
pub(crate) fn plain(body: &Value) -> String {
    let content = body["content"].as_str().unwrap_or_default();
    if body["contentType"].as_str() != Some("html") {
        return content.to_owned();
    }
    let mut out = String::with_capacity(content.len());
    let mut tag = String::new();
    let mut inside = false;
    for c in content.chars() {
        match c {
            '<' => (inside, tag) = (true, String::new()),
            '>' if inside => {
                inside = false;
                let name = tag.trim_matches('/').split([' ', '/']).next().unwrap_or_default().to_ascii_lowercase();
                if matches!(name.as_str(), "br" | "p" | "div" | "li" | "tr") && !out.ends_with('\n') && !out.is_empty()
                {
                    out.push('\n');
                }
            }
            c if inside => tag.push(c),
            c => out.push(c),
        }
    }
    out.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Messages whose subjects differ only by prefixes belong to one conversation.
fn conversation(subject: &str) -> String {
    use base64::Engine as _;
    let mut topic = subject.trim();
    while let Some((prefix, rest)) =
        topic.split_once(':').filter(|(prefix, _)| matches!(prefix.to_ascii_lowercase().as_str(), "re" | "fw" | "fwd"))
    {
        let _ = prefix;
        topic = rest.trim();
    }
    let id = guid(&format!("conversation {topic}"));
    let mut bytes = vec![0, 4, 0x24, 0];
    bytes.extend(id.as_bytes());
    bytes.extend([0, 0x10, 0]);
    bytes.extend(&id.as_bytes()[..16]);
    base64::engine::general_purpose::URL_SAFE.encode(bytes)
}

fn internet_id(owner: u64, key: u64) -> String {
    let id = guid(&format!("message {owner} {key}")).replace('-', "").to_uppercase();
    format!("<PR{}MB{}{}@PR{}MB0001.contoso.example>", &id[..4], &id[4..8], hex(&key.to_be_bytes()), &id[..4])
}
