//! Sites of SharePoint, their lists, the columns of these, and their items.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::drive::Drive;
use super::json::object;
use super::list_values;
use super::store::{Entity, Set, guid};
use super::tenant::Tenant;

/// Where the tenant's sites are. The name leads nowhere (RFC 2606).
pub(crate) const HOST: &str = "contoso.sharepoint.example";

/// Where a list keeps the number that its newest item has.
const NEWEST: &str = ".newest";

/// All sites, and what is in them. What contains an entity is its parent: a subsite's is its site.
#[derive(Default)]
pub(crate) struct Sites {
    pub(crate) sites: Set,
    pub(crate) lists: Set,
    pub(crate) columns: Set,
    /// The values of an item's columns are its property `fields`.
    pub(crate) items: Set,
    /// Where the files of a document library are: the key of its drive.
    pub(crate) libraries: HashMap<u64, u64>,
    /// The numbers of items that are gone.
    pub(crate) gone: HashMap<u64, String>,
}

impl Sites {
    /// A site by its id, by the id of its site collection, as `root`, or by host and path.
    pub(crate) fn site(&self, id: &str, path: &str) -> Option<&Entity> {
        let by_path = if id == "root" && path.is_empty() { HOST } else { id };
        if by_path.eq_ignore_ascii_case(HOST) {
            let url = format!("https://{HOST}/{path}");
            return self.sites.iter().find(|site| site.text("webUrl").eq_ignore_ascii_case(url.trim_end_matches('/')));
        }
        let is_it = |site: &&Entity| {
            let known = site.text("id");
            known.eq_ignore_ascii_case(id)
                || (site.parent == 0 && known.split(',').nth(1).is_some_and(|it| it.eq_ignore_ascii_case(id)))
        };
        self.sites.iter().find(is_it).filter(|_| path.is_empty())
    }

    /// A list of a site, by its id or its title.
    pub(crate) fn list(&self, site: u64, name: &str) -> Option<&Entity> {
        let is_it = |list: &&Entity| {
            ["id", "displayName"].iter().any(|property| list.text(property).eq_ignore_ascii_case(name))
        };
        self.lists.children(site).find(is_it)
    }

    /// An item of a list, by its number.
    pub(crate) fn item(&self, list: u64, id: &str) -> Option<&Entity> {
        self.items.children(list).find(|item| item.text("id") == id)
    }

    /// A column of a list, by its internal name.
    pub(crate) fn column(&self, list: u64, name: &str) -> Option<&Entity> {
        self.columns.children(list).find(|column| column.text("name") == name)
    }
}

impl Tenant {
    /// The files of a list that is a document library.
    pub(crate) fn library(&self, list: u64) -> Option<&Drive> {
        self.drives.drives.get(self.sites.libraries.get(&list)?)
    }
}

/// The version of something, as SharePoint writes it.
pub(crate) fn etag(entity: &Entity, kind: &str) -> String {
    format!("\"{},{}\"", guid(&format!("{kind} {}", entity.key)), entity.version)
}

/// Somebody, as SharePoint prints who did something; the system when nobody is signed in.
pub(crate) fn who(tenant: &Tenant, user: u64) -> Value {
    match tenant.directory.users.get(user) {
        Some(user) => {
            json!({ "user": { "email": user.text("mail"), "id": user.text("id"), "displayName": user.text("displayName") } })
        }
        None => json!({ "application": { "displayName": "SharePoint App" } }),
    }
}

/// Who makes something, and when.
pub(crate) struct By {
    pub(crate) user: u64,
    pub(crate) when: String,
}

impl By {
    /// Somebody, now.
    pub(crate) fn now(tenant: &Tenant, user: u64) -> By {
        By { user, when: tenant.stamp() }
    }
}

/// Adds a site below `parent`, or the top of a site collection when that is 0.
pub(crate) fn add_site(tenant: &mut Tenant, parent: u64, path: &str, title: &str, description: &str, by: &By) -> u64 {
    let key = tenant.key();
    let above = tenant.sites.sites.get(parent);
    let collection = above.and_then(|site| site.text("id").split(',').nth(1)).map(str::to_owned);
    let collection = collection.unwrap_or_else(|| guid(&format!("site collection {path}")));
    let url = format!("https://{HOST}/{path}");
    let mut fields = object(json!({
        "id": format!("{HOST},{collection},{}", guid(&format!("site {path}"))), "createdDateTime": by.when, "description": description,
        "displayName": title, "lastModifiedDateTime": by.when, "name": path.rsplit('/').next().unwrap_or_default(), "webUrl": url.trim_end_matches('/'),
    }));
    match above {
        Some(above) => _ = fields.insert("parentReference".into(), json!({ "siteId": above.text("id") })),
        None => {
            fields.insert("root".into(), json!({}));
            fields.insert("siteCollection".into(), json!({ "hostname": HOST }));
        }
    }
    tenant.sites.sites.insert(Entity::new(key, parent, 0, fields));
    key
}

/// Adds a list. `given` are its title, description and template, `columns` those besides the ones that every list has.
pub(crate) fn add_list(
    tenant: &mut Tenant,
    site: u64,
    by: &By,
    id: String,
    given: &Map<String, Value>,
    columns: Vec<Value>,
) -> u64 {
    let (key, now) = (tenant.key(), &by.when);
    let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default();
    let title = text("displayName").to_owned();
    let template = given.get("list").and_then(|list| list["template"].as_str()).unwrap_or("genericList").to_owned();
    let is_library = template == "documentLibrary";
    let above = tenant.sites.sites.get(site);
    let (base, site_id) = above.map_or(("", ""), |site| (site.text("webUrl"), site.text("id")));
    let url = format!("{base}{}/{}", if is_library { "" } else { "/Lists" }, title.replace(' ', "%20"));
    let holder = json!({ "group": { "displayName": above.map_or("", |site| site.text("displayName")) } });
    let who = who(tenant, by.user);
    let mut fields = object(json!({
        "id": id, "createdDateTime": now, "description": text("description"), "lastModifiedDateTime": now, "name": title, "displayName": title, "webUrl": url,
        "createdBy": who, "lastModifiedBy": who, "parentReference": { "siteId": site_id },
        "list": { "contentTypesEnabled": false, "hidden": given.contains_key("system"), "template": template },
    }));
    if let Some(system) = given.get("system") {
        fields.insert("system".into(), system.clone());
    }
    tenant.sites.lists.insert(Entity::new(key, site, 0, fields));
    for column in list_values::with_standard(columns) {
        let (own, fields) = (tenant.key(), list_values::column(&column));
        let mut fields = object(fields);
        fields.insert("id".into(), guid(&format!("column {id} {}", column["name"])).into());
        tenant.sites.columns.insert(Entity::new(own, key, 0, fields));
    }
    if is_library {
        let drive = Drive::of_list(tenant, key, &title, url, holder);
        tenant.drives.drives.insert(key, drive);
        tenant.sites.libraries.insert(key, key);
    }
    key
}

/// Adds an item with these values of its columns.
pub(crate) fn add_item(tenant: &mut Tenant, list: u64, by: &By, values: Map<String, Value>) -> u64 {
    let (key, now, who) = (tenant.key(), &by.when, who(tenant, by.user));
    let number = tenant
        .sites
        .lists
        .get(list)
        .and_then(|list| list.fields.get(NEWEST))
        .and_then(Value::as_u64)
        .unwrap_or_default()
        + 1;
    let author = list_values::number_of(tenant, by.user).to_string();
    let mut fields = values;
    fields.extend(object(json!({
        "id": number.to_string(), "ContentType": "Item", "Modified": now, "Created": now, "AuthorLookupId": author, "EditorLookupId": author,
        "_UIVersionString": "1.0", "Attachments": false,
    })));
    let item = json!({
        "id": number.to_string(), "createdDateTime": now, "lastModifiedDateTime": now, "createdBy": who, "lastModifiedBy": who,
        "contentType": { "id": "0x0100", "name": "Item" }, "fields": fields,
    });
    tenant.sites.lists.amend(list, |list| _ = list.insert(NEWEST.into(), number.into()));
    tenant.sites.items.insert(Entity::new(key, list, 0, object(item)));
    key
}

/// Removes an item.
pub(crate) fn remove_item(tenant: &mut Tenant, item: u64) {
    if let Some(item) = tenant.sites.items.remove(item, false) {
        tenant.sites.gone.insert(item.key, item.text("id").to_owned());
    }
}

/// Changes values of an item; null clears one.
pub(crate) fn change_item(tenant: &mut Tenant, item: u64, user: u64, values: Map<String, Value>) {
    let (now, who) = (tenant.stamp(), who(tenant, user));
    let editor = list_values::number_of(tenant, user).to_string();
    tenant.sites.items.update(item, |item| {
        item.insert("lastModifiedDateTime".into(), now.clone().into());
        item.insert("lastModifiedBy".into(), who);
        let Some(Value::Object(fields)) = item.get_mut("fields") else { return };
        fields.insert("Modified".into(), now.into());
        fields.insert("EditorLookupId".into(), editor.into());
        for (name, value) in values {
            match value {
                Value::Null => _ = fields.shift_remove(&name),
                value => _ = fields.insert(name, value),
            }
        }
    });
}
