//! Files that are shared, and what they were before.

use super::DOMAIN;
use crate::graph::drive::{Drive, Past};
use crate::graph::sharing::{grant, link};
use crate::graph::store::{Entity, guid};
use crate::graph::tenant::Tenant;
use crate::graph::time::seconds_later;
use crate::graph::time::stamp;

/// Who has something to share, with whom.
const SHARED: [(&str, &str); 3] = [("AdeleV", "MeganB"), ("AlexW", "AdeleV"), ("MeganB", "AdeleV")];

pub(super) fn sharing(tenant: &mut Tenant) {
    tenant.count_from(700_000);
    for (alias, with) in SHARED {
        let Some(owner) = tenant.directory.user_key(&format!("{alias}@{DOMAIN}")) else { continue };
        let (first, second) = (tenant.key(), tenant.key());
        let granted = grant(tenant, &format!("{with}@{DOMAIN}"), &guid(&format!("permission {alias} {with}")), "write");
        let draft = stamp(seconds_later(tenant.now(), -60 * 86_400));
        let Some(drive) = tenant.drives.drives.get_mut(&owner) else { continue };
        let Some(minutes) = drive.walk(drive.root, "Documents/Minutes.txt") else { continue };
        drive.permissions.insert(Entity::new(first, minutes, 0, granted));
        drive.past.insert(minutes, vec![Past { content: "Minutes.txt\nA first draft.\n".into(), modified: draft }]);
        if let Some(projects) = drive.walk(drive.root, "Projects") {
            let link = link(drive, projects, &guid(&format!("link {alias}")), "view", "organization");
            drive.permissions.insert(Entity::new(second, projects, 0, link));
        }
    }
    tenant.count_from(705_000);
    libraries(tenant);
}

/// The groups that have mail have a document library too.
fn libraries(tenant: &mut Tenant) {
    let groups: Vec<(u64, String, String)> = tenant
        .directory
        .groups
        .iter()
        .filter(|group| group.flag("mailEnabled"))
        .map(|group| (group.key, group.text("displayName").to_owned(), group.text("mail").to_owned()))
        .collect();
    for (group, name, address) in groups {
        let (folder, file) = (tenant.key(), tenant.key());
        let when = seconds_later(tenant.now(), -20 * 86_400);
        let mut drive = Drive::library(tenant, group, &name, &address);
        let root = drive.root;
        drive.insert(folder, root, "General", None, when);
        drive.insert(file, folder, "Welcome.txt", Some(format!("Welcome to {name}.\n").into()), when);
        tenant.drives.drives.insert(group, drive);
    }
}
