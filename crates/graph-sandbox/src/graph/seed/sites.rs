//! Sites, what is in their document libraries, and their lists.

use serde_json::{Value, json};

use super::files::fill;
use super::people::key_of;
use crate::graph::json::object;
use crate::graph::list_values::read;
use crate::graph::sites::{By, add_item, add_list, add_site};
use crate::graph::store::{Entity, guid};
use crate::graph::tenant::Tenant;
use crate::graph::time::seconds_later;
use crate::graph::time::stamp;

/// Path, title, description, the path of the site above, whose it is.
const SITES: [(&str, &str, &str, &str, &str); 4] = [
    ("", "Contoso", "Where everybody begins", "", "PattiF"),
    ("sites/mark8", "Mark 8 Project Team", "The team that builds the Mark 8", "", "LeeG"),
    ("sites/mark8/design", "Mark 8 Design", "Drawings and models", "sites/mark8", "GradyA"),
    ("sites/retail", "Retail", "Everybody in the shops", "", "AdeleV"),
];

const FILES: [(&str, usize); 4] =
    [("Plans/Roadmap.md", 60), ("Plans/Costs.csv", 90), ("Minutes/Kick-off.txt", 25), ("Read me.txt", 5)];

/// Somebody, so many days ago.
fn by(tenant: &Tenant, user: u64, days: i64) -> By {
    By { user, when: stamp(seconds_later(tenant.now(), -86_400 * days)) }
}

pub(super) fn sites(tenant: &mut Tenant) {
    tenant.count_from(910_000);
    for (path, title, description, above, owner) in SITES {
        let above = if above.is_empty() { 0 } else { site_at(tenant, above) };
        let owner = key_of(tenant, owner);
        let by = by(tenant, owner, 400);
        let site = add_site(tenant, above, path, title, description, &by);
        let library = list(tenant, site, owner, "Documents", "documentLibrary", false, Vec::new());
        let group = group_of(tenant, path);
        let Some(mut drive) = tenant.drives.drives.remove(&library) else { continue };
        match group.filter(|group| tenant.drives.drives.contains_key(group)) {
            // The files of a team's site are those of its group.
            Some(group) => _ = tenant.sites.libraries.insert(library, group),
            None => {
                fill(tenant, &mut drive, &FILES, title);
                tenant.drives.drives.insert(library, drive);
            }
        }
    }
    users(tenant);
    parts(tenant);
    holidays(tenant);
}

/// The group that a site belongs to, which goes by the same name.
fn group_of(tenant: &Tenant, path: &str) -> Option<u64> {
    let nickname = path.strip_prefix("sites/")?;
    let is_it = |group: &&Entity| group.text("mailNickname").eq_ignore_ascii_case(nickname);
    tenant.directory.groups.iter().find(is_it).map(|group| group.key)
}

fn site_at(tenant: &Tenant, path: &str) -> u64 {
    tenant.sites.site(crate::graph::sites::HOST, path).map(|site| site.key).unwrap_or_default()
}

fn list(
    tenant: &mut Tenant,
    site: u64,
    owner: u64,
    title: &str,
    template: &str,
    system: bool,
    columns: Vec<Value>,
) -> u64 {
    let mut given = json!({ "displayName": title, "description": "", "list": { "template": template } });
    if system {
        given["system"] = json!({});
    }
    let id = guid(&format!("list {site} {title}"));
    let by = by(tenant, owner, 300);
    add_list(tenant, site, &by, id, &object(given), columns)
}

fn items(tenant: &mut Tenant, list: u64, owner: u64, items: Value) {
    for (days, item) in (1..).zip(items.as_array().into_iter().flatten()) {
        // What the seed writes, the list takes; otherwise the item would be missing, and tests with it.
        if let Ok(values) = read(tenant, list, &object(item.clone())) {
            let by = by(tenant, owner, 200 - 20 * days);
            add_item(tenant, list, &by, values);
        }
    }
}

/// A list of the system, which is listed only to those who ask for it.
fn users(tenant: &mut Tenant) {
    let site = site_at(tenant, "sites/mark8");
    list(tenant, site, 0, "User Information List", "userInformation", true, Vec::new());
}

/// Two lists, one of which looks into the other.
fn parts(tenant: &mut Tenant) {
    let (site, lee) = (site_at(tenant, "sites/mark8"), key_of(tenant, "LeeG"));
    let country = json!({ "name": "Country", "text": {} });
    let suppliers = list(tenant, site, lee, "Suppliers", "genericList", false, vec![country]);
    items(
        tenant,
        suppliers,
        lee,
        json!([
            { "Title": "Fabrikam", "Country": "Norway" },
            { "Title": "Northwind", "Country": "United States" },
            { "Title": "Adatum", "Country": "Italy" },
        ]),
    );
    let supplier_list = tenant.sites.lists.get(suppliers).map(|list| list.text("id").to_owned());
    let columns = json!([
        { "name": "Sku", "displayName": "SKU", "indexed": true, "enforceUniqueValues": true, "text": { "maxLength": 20 } },
        { "name": "Quantity", "indexed": true, "number": { "minimum": 0, "maximum": 10_000, "decimalPlaces": "none" } },
        { "name": "Price", "currency": {} },
        { "name": "State", "indexed": true, "required": true, "defaultValue": { "value": "Planned" },
            "choice": { "choices": ["Planned", "In stock", "Sold out"] } },
        { "name": "Tags", "choice": { "choices": ["Metal", "Plastic", "Fragile"], "displayAs": "checkBoxes" } },
        { "name": "Finish", "choice": { "choices": ["Matt", "Gloss"], "allowTextEntry": true } },
        { "name": "Delivery", "indexed": true, "dateTime": { "format": "dateOnly" } },
        { "name": "Approved", "boolean": {} },
        { "name": "Responsible", "personOrGroup": {} },
        { "name": "Reviewers", "personOrGroup": { "allowMultipleSelection": true } },
        { "name": "Supplier", "lookup": { "listId": supplier_list, "columnName": "Title" } },
        { "name": "Notes", "description": "What else there is to know", "text": { "allowMultipleLines": true, "linesForEditing": 6 } },
        { "name": "Label", "readOnly": true, "calculated": { "formula": "=[Title]", "outputType": "text" } },
        { "name": "ImportKey", "hidden": true, "text": {} },
    ]);
    let columns = columns.as_array().cloned().unwrap_or_default();
    let parts = list(tenant, site, lee, "Parts", "genericList", false, columns);
    let tags = "Collection(Edm.String)";
    items(
        tenant,
        parts,
        lee,
        json!([
            { "Title": "Bolt M6", "Sku": "B-06", "Quantity": 400, "Price": 0.12, "State": "In stock", "Tags@odata.type": tags, "Tags": ["Metal"],
                "Delivery": "2026-01-12", "Approved": true, "ResponsibleLookupId": 5, "SupplierLookupId": 1 },
            { "Title": "Bearing", "Sku": "B-11", "Quantity": 36, "Price": 4.5, "State": "In stock", "Tags@odata.type": tags, "Tags": ["Metal", "Fragile"],
                "ResponsibleLookupId": 6, "SupplierLookupId": 1 },
            { "Title": "Casing", "Sku": "C-01", "Quantity": 0, "Price": 18, "State": "Sold out", "Finish": "Matt", "SupplierLookupId": 2 },
            { "Title": "Display", "Sku": "D-07", "Quantity": 0, "State": "Planned", "Delivery": "2026-09-01", "Approved": false, "SupplierLookupId": 3,
                "Notes": "Two offers are open.\nThe cheaper one is late." },
            { "Title": "Battery", "Sku": "B-20", "Quantity": 12, "Price": 31.9, "State": "In stock", "ResponsibleLookupId": 5, "SupplierLookupId": 3 },
        ]),
    );
}

fn holidays(tenant: &mut Tenant) {
    let (site, patti) = (site_at(tenant, ""), key_of(tenant, "PattiF"));
    let columns =
        vec![json!({ "name": "Day", "indexed": true, "required": true, "dateTime": { "format": "dateOnly" } })];
    let list = list(tenant, site, patti, "Holidays", "genericList", false, columns);
    items(
        tenant,
        list,
        patti,
        json!([{ "Title": "New Year's Day", "Day": "2026-01-01" }, { "Title": "Labour Day", "Day": "2026-09-07" }]),
    );
}
