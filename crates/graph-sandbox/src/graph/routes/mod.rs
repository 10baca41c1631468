//! What the sandbox serves, by area: one file, one table of routes.

mod attached;
mod attachments;
mod availability;
mod calendar_groups;
mod calendar_permissions;
mod calendars;
mod categories;
mod changes;
mod contact_folders;
mod contact_photos;
mod contacts;
mod conversations;
mod deleted;
mod directory_actions;
mod drive;
mod event_actions;
mod events;
mod exchange;
mod exchange_ids;
mod folder_moves;
mod folders;
mod groups;
mod identity;
mod items;
mod list_items;
mod lists;
mod locales;
mod mail_tips;
mod managed_devices;
mod meeting_artifacts;
mod meetings;
mod members;
mod messages;
mod mime;
mod objects;
mod people;
mod places;
mod records;
mod rules;
mod search;
mod send;
mod settings;
mod sharing;
mod sites;
mod subscriptions;
mod team_messages;
mod teams;
mod transfers;
mod users;
mod versions;
mod workbook;
mod workbook_tables;
mod worksheets;

pub(crate) use self::transfers::{is_preauthenticated, preauthenticated};
use std::sync::Arc;

use super::router::Route;

/// What there is, area by area.
static TABLES: &[&[Route]] = &[
    users::ROUTES,
    groups::ROUTES,
    members::ROUTES,
    deleted::ROUTES,
    directory_actions::ROUTES,
    identity::ROUTES,
    records::ROUTES,
    folders::ROUTES,
    folder_moves::ROUTES,
    messages::ROUTES,
    send::ROUTES,
    attachments::ROUTES,
    drive::ROUTES,
    transfers::ROUTES,
    sharing::ROUTES,
    versions::ROUTES,
    conversations::ROUTES,
    search::ROUTES,
    workbook::ROUTES,
    worksheets::ROUTES,
    workbook_tables::ROUTES,
    events::ROUTES,
    event_actions::ROUTES,
    availability::ROUTES,
    places::ROUTES,
    calendars::ROUTES,
    calendar_groups::ROUTES,
    calendar_permissions::ROUTES,
    contacts::ROUTES,
    contact_folders::ROUTES,
    contact_photos::ROUTES,
    people::ROUTES,
    locales::ROUTES,
    exchange_ids::ROUTES,
    rules::ROUTES,
    settings::ROUTES,
    categories::ROUTES,
    mail_tips::ROUTES,
    meetings::ROUTES,
    meeting_artifacts::ROUTES,
    subscriptions::ROUTES,
    teams::ROUTES,
    team_messages::ROUTES,
    exchange::ROUTES,
    managed_devices::ROUTES,
    sites::ROUTES,
    lists::ROUTES,
    list_items::ROUTES,
];

/// The routes that every sandbox has.
pub(crate) fn all() -> impl Iterator<Item = Route> {
    let plain = categories::collections().into_iter().chain(records::collections()).map(Arc::new);
    let plain: Vec<Route> = plain.flat_map(|resource| resource.routes().collect::<Vec<_>>()).collect();
    TABLES.iter().copied().flatten().cloned().chain(plain)
}
