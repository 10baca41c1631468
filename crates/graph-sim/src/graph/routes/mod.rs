//! What the sandbox serves, by area: one file, one table of routes.

mod attachments;
mod changes;
mod deleted;
mod folders;
mod groups;
mod members;
mod messages;
mod objects;
mod send;
mod tenant_info;
mod users;

use bytes::Bytes;
use http::Request;

pub(crate) use self::attachments::{put as put_attachments, sample as sample_attachment};
pub(crate) use self::groups::template as group_template;
pub(crate) use self::members::link;
use super::reply::Outcome;
use super::router::Route;
use super::tenant::Tenant;

/// Every route.
pub(crate) fn all() -> impl Iterator<Item = &'static Route> {
    let tables: [&'static [Route]; 9] = [
        users::ROUTES,
        groups::ROUTES,
        members::ROUTES,
        deleted::ROUTES,
        tenant_info::ROUTES,
        folders::ROUTES,
        messages::ROUTES,
        send::ROUTES,
        attachments::ROUTES,
    ];
    tables.into_iter().flatten()
}

/// Answers a pre-authenticated URL; `None` if it is none.
pub(crate) fn preauthenticated(_tenant: &mut Tenant, _origin: &str, _request: &Request<Bytes>) -> Option<Outcome> {
    None
}
