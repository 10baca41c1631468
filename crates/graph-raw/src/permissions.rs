//! What it takes to subscribe to changes, by what is watched: [Microsoft's table][1].
//!
//! The table of permissions of requests has no row for subscriptions.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/api/subscription-post-subscriptions#permissions

use connector_sdk::{ScopeCase, Scopes};

/// Messages of a mailbox.
pub const WATCH_MESSAGES: Scopes =
    Scopes::of(&["Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"], &["Mail.Read", "Mail.ReadWrite"]);

/// Events.
pub const WATCH_EVENTS: Scopes = Scopes::alike(&["Calendars.Read", "Calendars.ReadWrite"]);

/// Contacts.
pub const WATCH_CONTACTS: Scopes = Scopes::alike(&["Contacts.Read", "Contacts.ReadWrite"]);

/// Users.
pub const WATCH_USERS: Scopes =
    Scopes::alike(&["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]);

/// Groups, their members and owners.
pub const WATCH_GROUPS: Scopes =
    Scopes::alike(&["Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]);

/// Conversations of groups. An app cannot.
pub const WATCH_CONVERSATIONS: Scopes = Scopes::users(&["Group.Read.All", "Group.ReadWrite.All"]);

/// Files. To read them is not enough.
pub const WATCH_FILES: Scopes = Scopes::alike(&["Files.ReadWrite.All"]);

/// Lists of sites. To read them is not enough.
pub const WATCH_LISTS: Scopes = Scopes::alike(&["Sites.ReadWrite.All"]);

/// Messages of channels.
pub const WATCH_CHANNELS: Scopes = Scopes::alike(&["ChannelMessage.Read.All", "Group.Read.All", "Group.ReadWrite.All"]);

/// Messages of chats.
pub const WATCH_CHATS: Scopes = Scopes::of(&["Chat.Read", "Chat.ReadWrite"], &["Chat.Read.All", "Chat.ReadWrite.All"]);

/// Transcripts of meetings.
pub const WATCH_TRANSCRIPTS: Scopes = Scopes::alike(&["OnlineMeetingTranscript.Read.All"]);

/// Recordings of meetings.
pub const WATCH_RECORDINGS: Scopes = Scopes::alike(&["OnlineMeetingRecording.Read.All"]);

/// Whether people can be reached. An app cannot.
pub const WATCH_PRESENCE: Scopes = Scopes::users(&["Presence.Read.All"]);

/// The cases of whatever has to do with subscriptions.
pub const WATCH_CASES: &[ScopeCase] = &[
    ScopeCase::instead("messages are watched", WATCH_MESSAGES),
    ScopeCase::instead("events are watched", WATCH_EVENTS),
    ScopeCase::instead("contacts are watched", WATCH_CONTACTS),
    ScopeCase::instead("users are watched", WATCH_USERS),
    ScopeCase::instead("groups, their members or owners are watched", WATCH_GROUPS),
    ScopeCase::instead("conversations of a group are watched", WATCH_CONVERSATIONS),
    ScopeCase::instead("files are watched", WATCH_FILES),
    ScopeCase::instead("a list of a site is watched", WATCH_LISTS),
    ScopeCase::instead("messages of channels are watched", WATCH_CHANNELS),
    ScopeCase::instead("messages of chats are watched", WATCH_CHATS),
    ScopeCase::instead("transcripts are watched", WATCH_TRANSCRIPTS),
    ScopeCase::instead("recordings are watched", WATCH_RECORDINGS),
    ScopeCase::instead("the presence of people is watched", WATCH_PRESENCE),
];

/// What it takes to watch a resource, a path such as `me/messages`; `None` where that is not known.
pub fn watching(resource: &str) -> Option<Scopes> {
    let path = resource.split('?').next().unwrap_or_default().trim_matches('/').to_lowercase();
    let parts: Vec<&str> = path.split('/').map(|part| part.split('(').next().unwrap_or_default()).collect();
    let (first, has) = (*parts.first()?, |name: &str| parts.contains(&name));
    Some(match () {
        () if has("transcripts") || has("getalltranscripts") => WATCH_TRANSCRIPTS,
        () if has("recordings") || has("getallrecordings") => WATCH_RECORDINGS,
        () if has("presences") => WATCH_PRESENCE,
        () if first == "teams" && (has("messages") || has("getallmessages")) => WATCH_CHANNELS,
        () if (first == "chats" || has("chats")) && (has("messages") || has("getallmessages")) => WATCH_CHATS,
        () if has("drive") || has("drives") => WATCH_FILES,
        () if first == "sites" && has("lists") => WATCH_LISTS,
        () if first == "groups" && (has("conversations") || has("threads")) => WATCH_CONVERSATIONS,
        () if (first == "me" || first == "users") && has("messages") => WATCH_MESSAGES,
        () if (first == "me" || first == "users") && has("events") => WATCH_EVENTS,
        () if (first == "me" || first == "users") && has("contacts") => WATCH_CONTACTS,
        () if first == "groups" => WATCH_GROUPS,
        () if first == "users" && parts.len() <= 2 => WATCH_USERS,
        () => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_says_what_is_watched() {
        for (resource, scopes) in [
            ("me/mailFolders('inbox')/messages", WATCH_MESSAGES),
            ("/users/x/messages?$filter=isRead eq false", WATCH_MESSAGES),
            ("users('$adele@contoso.example')/events", WATCH_EVENTS),
            ("me/contacts", WATCH_CONTACTS),
            ("users", WATCH_USERS),
            ("users/x", WATCH_USERS),
            ("groups/g/members", WATCH_GROUPS),
            ("groups/g/conversations", WATCH_CONVERSATIONS),
            ("me/drive/root", WATCH_FILES),
            ("drives/d/root", WATCH_FILES),
            ("sites/s/lists/l", WATCH_LISTS),
            ("teams/t/channels/c/messages", WATCH_CHANNELS),
            ("teams/getAllMessages", WATCH_CHANNELS),
            ("chats/c/messages", WATCH_CHATS),
            ("users/x/chats/getAllMessages", WATCH_CHATS),
            ("communications/presences/x", WATCH_PRESENCE),
            ("communications/onlineMeetings/m/transcripts", WATCH_TRANSCRIPTS),
        ] {
            assert_eq!(watching(resource), Some(scopes), "{resource}");
        }
        assert_eq!(watching("communications/callRecords"), None);
    }
}
