//! What change notifications can be asked for: resources, by whom, and for how long.

use super::access;
use super::fault::Fault;
use super::path::segments;
use super::tenant::{ObjectKind, Tenant};
use crate::caller::Caller;

/// Something that can be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Watched {
    /// Messages, events or contacts.
    Outlook,
    /// Users, groups or members.
    Directory,
    /// A drive or a list.
    Drive,
}

impl Watched {
    /// The most minutes that a subscription lives.
    pub(crate) fn most_minutes(self, with_data: bool) -> i64 {
        match self {
            Watched::Outlook if with_data => 1_440,
            Watched::Outlook => 10_080,
            Watched::Directory => 41_760,
            Watched::Drive => 42_300,
        }
    }

    /// The kinds of change that it tells of.
    pub(crate) fn changes(self) -> &'static [&'static str] {
        match self {
            Watched::Outlook => &["created", "updated", "deleted"],
            Watched::Directory => &["updated", "deleted"],
            Watched::Drive => &["updated"],
        }
    }
}

/// What a subscription watches; the numbers are keys of the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Messages {
        owner: u64,
        folder: Option<u64>,
    },
    Events(u64),
    Contacts(u64),
    /// All users, or one.
    Users(Option<u64>),
    /// All groups, or one.
    Groups(Option<u64>),
    /// The members of a group.
    Members(u64),
    /// The drive of this owner.
    Drive(u64),
    List(u64),
}

impl Target {
    /// The rules that a subscription to it is under.
    pub(crate) fn watched(self) -> Watched {
        match self {
            Target::Messages { .. } | Target::Events(_) | Target::Contacts(_) => Watched::Outlook,
            Target::Users(_) | Target::Groups(_) | Target::Members(_) => Watched::Directory,
            Target::Drive(_) | Target::List(_) => Watched::Drive,
        }
    }
}

fn forbidden() -> Fault {
    let message = "Operation: Create; Exception: [Status Code: Forbidden; Reason: Access is denied. Check credentials and try again.]";
    Fault::new(403, "ExtensionError", message)
}

fn not_found() -> Fault {
    Fault::new(404, "ResourceNotFound", "The resource was not found.")
}

/// Reads a `resource` and checks that it is there and that the caller may read it.
///
/// # Errors
/// For a resource that sends no notifications, that is not there, or that the caller may not read: in
/// their own name nobody can watch another person's mailbox.
pub(crate) fn read(tenant: &Tenant, caller: &Caller, resource: &str) -> Result<Target, Fault> {
    let (path, _) = resource.split_once('?').unwrap_or((resource, ""));
    let unsupported = || {
        Fault::new(400, "InvalidRequest", format!("The resource '{resource}' does not support change notifications."))
    };
    let segments = segments(path).map_err(|_| unsupported())?;
    let lower: Vec<String> = segments.iter().map(|segment| segment.to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    let own = caller.user.as_deref().and_then(|user| tenant.directory.user(user)).map(|user| user.key);
    let allow = |what: &'static str, own: bool| access::of("WATCH", what).check(caller, own).map_err(|_| forbidden());
    let group = |id: &str| {
        let found = tenant.directory.find(id).filter(|(kind, _)| *kind == ObjectKind::Group);
        found.map(|(_, key)| key).ok_or_else(not_found)
    };
    let (owner, rest) = match lower.as_slice() {
        ["me", rest @ ..] if !rest.is_empty() => {
            let own = own.ok_or_else(|| Fault::bad("/me request is only valid with delegated authentication flow."))?;
            (own, rest)
        }
        ["users", id, rest @ ..] if !rest.is_empty() => {
            (tenant.directory.user(id).map(|user| user.key).ok_or_else(not_found)?, rest)
        }
        ["users"] => return allow("users", false).map(|()| Target::Users(None)),
        ["users", id] => {
            let user = tenant.directory.user(id).ok_or_else(not_found)?.key;
            return allow("users", false).map(|()| Target::Users(Some(user)));
        }
        ["groups"] => return allow("groups", false).map(|()| Target::Groups(None)),
        ["groups", id] => {
            let group = group(id)?;
            return allow("groups", false).map(|()| Target::Groups(Some(group)));
        }
        ["groups", id, "members"] => {
            let group = group(id)?;
            return allow("groups", false).map(|()| Target::Members(group));
        }
        ["drives", _, "root"] => {
            let owner = tenant.drives.owner(&segments[1]).ok_or_else(not_found)?;
            return allow("drives", own == Some(owner)).map(|()| Target::Drive(owner));
        }
        ["sites", _, "lists", _] => {
            let site = tenant.sites.site(&segments[1], "").ok_or_else(not_found)?.key;
            let list = tenant.sites.list(site, &segments[3]).ok_or_else(not_found)?.key;
            // To be told of changes takes more than to read them.
            return allow("lists", false).map(|()| Target::List(list));
        }
        _ => return Err(unsupported()),
    };
    let own = own == Some(owner);
    let (access, target) = match rest {
        ["messages"] | ["mailfolders", _, "messages"] => ("messages", Target::Messages { owner, folder: None }),
        ["events"] => ("events", Target::Events(owner)),
        ["contacts"] => ("contacts", Target::Contacts(owner)),
        ["drive", "root"] => return allow("drives", own).map(|()| Target::Drive(owner)),
        _ => return Err(unsupported()),
    };
    if caller.user.is_some() && !own {
        return Err(forbidden());
    }
    allow(access, own)?;
    let mailbox = tenant.mailbox(owner)?;
    if let ["mailfolders", ..] = rest {
        // Ids have a case, and lie before the last segment.
        let folder = mailbox.folder(&segments[segments.len() - 2]).map_err(|_| not_found())?;
        return Ok(Target::Messages { owner, folder: Some(folder) });
    }
    Ok(target)
}
