//! What can be searched for, and what is found.

use connector_sdk::{ScopeCase, Scopes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::permissions::{
    SEARCH_ACRONYMS, SEARCH_BOOKMARKS, SEARCH_CHATS, SEARCH_EVENTS, SEARCH_EXTERNAL, SEARCH_FILES, SEARCH_MAIL,
    SEARCH_PEOPLE, SITES_READ,
};

/// A kind of thing to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum EntityType {
    /// Messages of Outlook.
    Message,
    /// Messages of Teams.
    ChatMessage,
    /// Events of calendars.
    Event,
    /// Document libraries.
    Drive,
    /// Files and folders.
    DriveItem,
    /// Lists.
    List,
    /// Items of lists, files among them.
    ListItem,
    /// Sites.
    Site,
    /// External items, from connectors of Microsoft Search.
    ExternalItem,
    /// People.
    Person,
    /// Acronyms of the organisation.
    Acronym,
    /// Bookmarks of the organisation.
    Bookmark,
}

/// Where a kind of thing is kept. Only what is kept in one place is found in one search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// Messages, of Outlook and of Teams.
    Messages,
    /// Calendars.
    Calendars,
    /// SharePoint, OneDrive and what connectors brought in.
    Content,
    /// People.
    People,
    /// What an administrator wrote down.
    Answers,
}

impl EntityType {
    /// As Graph writes it.
    pub const fn name(self) -> &'static str {
        match self {
            EntityType::Message => "message",
            EntityType::ChatMessage => "chatMessage",
            EntityType::Event => "event",
            EntityType::Drive => "drive",
            EntityType::DriveItem => "driveItem",
            EntityType::List => "list",
            EntityType::ListItem => "listItem",
            EntityType::Site => "site",
            EntityType::ExternalItem => "externalItem",
            EntityType::Person => "person",
            EntityType::Acronym => "acronym",
            EntityType::Bookmark => "bookmark",
        }
    }

    /// Where it is kept, by the [table of combinations][1].
    ///
    /// [1]: https://learn.microsoft.com/en-us/graph/search-concept-interleaving
    pub const fn index(self) -> Index {
        match self {
            EntityType::Message | EntityType::ChatMessage => Index::Messages,
            EntityType::Event => Index::Calendars,
            EntityType::Person => Index::People,
            EntityType::Acronym | EntityType::Bookmark => Index::Answers,
            _ => Index::Content,
        }
    }

    /// What it takes to find it, by the [table of the overview][1].
    ///
    /// [1]: https://learn.microsoft.com/en-us/graph/api/resources/search-api-overview
    pub const fn scopes(self) -> Scopes {
        match self {
            EntityType::Message => SEARCH_MAIL,
            EntityType::ChatMessage => SEARCH_CHATS,
            EntityType::Event => SEARCH_EVENTS,
            EntityType::Drive | EntityType::DriveItem => SEARCH_FILES,
            EntityType::List | EntityType::ListItem | EntityType::Site => SITES_READ,
            EntityType::ExternalItem => SEARCH_EXTERNAL,
            EntityType::Person => SEARCH_PEOPLE,
            EntityType::Acronym => SEARCH_ACRONYMS,
            EntityType::Bookmark => SEARCH_BOOKMARKS,
        }
    }

    /// The cases of a search.
    pub const CASES: &'static [ScopeCase] = &[
        ScopeCase::besides("`message` is searched for", SEARCH_MAIL),
        ScopeCase::besides("`chatMessage` is searched for", SEARCH_CHATS),
        ScopeCase::besides("`event` is searched for", SEARCH_EVENTS),
        ScopeCase::besides("`drive` or `driveItem` is searched for", SEARCH_FILES),
        ScopeCase::besides("`list`, `listItem` or `site` is searched for", SITES_READ),
        ScopeCase::besides("`externalItem` is searched for", SEARCH_EXTERNAL),
        ScopeCase::besides("`person` is searched for", SEARCH_PEOPLE),
        ScopeCase::besides("`acronym` is searched for", SEARCH_ACRONYMS),
        ScopeCase::besides("`bookmark` is searched for", SEARCH_BOOKMARKS),
    ];

    /// Whether an app can find it.
    pub const fn is_for_apps(self) -> bool {
        matches!(self.index(), Index::Content) && !matches!(self, EntityType::ExternalItem)
    }

    /// Whether Graph sorts it as it is asked to.
    pub const fn is_sortable(self) -> bool {
        matches!(self.index(), Index::Content) && !matches!(self, EntityType::ExternalItem)
    }

    /// The largest page.
    pub const fn page(self) -> u32 {
        match self.index() {
            Index::Messages | Index::Calendars => 25,
            _ => 500,
        }
    }
}

/// A property to sort by.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
pub struct Sort {
    /// The property, as Graph or the index of SharePoint names it, such as `lastModifiedDateTime`.
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// The greatest first.
    #[serde(default)]
    pub descending: bool,
}

/// Something that was found, as Graph returns it; see [the searchHit resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/searchhit
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "searchHit"))]
pub struct SearchHit {
    /// Id of the result in the index, often the id of the item.
    pub hit_id: Option<String>,
    /// Rank among the results; 1 is the first.
    pub rank: Option<i32>,
    /// The words around what was found, with marks around the words themselves.
    pub summary: Option<String>,
    /// The connection that brought it in, where one did.
    pub content_source: Option<String>,
    /// What was found, with its `@odata.type`.
    pub resource: Option<Map<String, Value>>,
}
