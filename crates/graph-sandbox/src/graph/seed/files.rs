//! Files and folders, in everybody's drive.

use crate::graph::drive::Drive;
use crate::graph::tenant::Tenant;
use crate::graph::time::seconds_later;

/// Path and lines of text; a path that ends with a slash is an empty folder.
const FILES: [(&str, usize); 7] = [
    ("Documents/Budget.csv", 120),
    ("Documents/Minutes.txt", 30),
    ("Documents/Contracts/Branch.txt", 80),
    ("Pictures/", 0),
    ("Projects/Mark 8/Specification.md", 200),
    ("Projects/Mark 8/Schedule.csv", 40),
    ("Getting started.txt", 5),
];

pub(super) fn drives(tenant: &mut Tenant) {
    let owners: Vec<(u64, String, String)> = tenant
        .mailboxes
        .values()
        .map(|mailbox| (mailbox.owner, mailbox.name.clone(), mailbox.address.clone()))
        .collect();
    let mut owners = owners;
    owners.sort();
    tenant.count_from(100_000);
    for (owner, name, address) in owners {
        let mut drive = Drive::new(tenant, owner, &name, &address);
        fill(tenant, &mut drive, &FILES, &name);
        tenant.drives.drives.insert(owner, drive);
    }
}

/// Puts files into a drive, whose lines begin with `name`.
pub(super) fn fill(tenant: &mut Tenant, drive: &mut Drive, files: &[(&str, usize)], name: &str) {
    for (i, (path, lines)) in files.iter().enumerate() {
        let when = seconds_later(tenant.now(), -86_400 * (3 + 11 * i64::try_from(i).unwrap_or_default()));
        let mut at = drive.root;
        let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
        for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
            at = match drive.child(at, folder).map(|item| item.key) {
                Some(known) => known,
                None => {
                    let key = tenant.key();
                    drive.insert(key, at, folder, None, when);
                    key
                }
            };
        }
        if !file.is_empty() {
            let content = format!("{file}\n{}", format!("{name}, line of {file}\n").repeat(*lines));
            let key = tenant.key();
            drive.insert(key, at, file, Some(content.into()), when);
        }
    }
}
