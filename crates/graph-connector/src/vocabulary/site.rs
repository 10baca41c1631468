//! Sites and lists, and where they are.

use connector_sdk::{Json, Plan, Request, Result};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::sites::columns::{self, Use};

/// A site: its id, `root` for the site at the top, or its host and path: `contoso.sharepoint.com:/sites/marketing`. Its
/// web address will do too.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "sites", "minLength" = 1, "maxLength" = 512))]
pub struct SiteId(pub String);

impl SiteId {
    /// A request to the site, or to something `below` it, such as `/lists`.
    pub fn request(&self, method: Method, below: &str) -> Request {
        match self.host_and_path() {
            None => Request::new(method, format!("/sites/{{site}}{below}")).path_param("site", self.0.as_str()),
            Some((host, "")) => Request::new(method, format!("/sites/{{site}}{below}")).path_param("site", host),
            Some((host, path)) => {
                let closed = if below.is_empty() { "" } else { ":" };
                let template = format!("/sites/{{site}}:/{{path}}{closed}{below}");
                Request::new(method, template).path_param("site", host).path_segments("path", path)
            }
        }
    }

    fn host_and_path(&self) -> Option<(&str, &str)> {
        let (host, path) = match self.0.strip_prefix("https://") {
            Some(address) => address.split_once('/').unwrap_or((address, "")),
            None => self.0.split_once(':')?,
        };
        Some((host, path.trim_matches('/')))
    }
}

/// A list of a site: its id, or its title.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "lists", "minLength" = 1, "maxLength" = 255))]
pub struct ListId(pub String);

/// The id of an item in its list, such as `12`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 128))]
pub struct ListItemId(pub String);

/// The internal name of a column, such as `Title`. It stays when the column gets another title.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "list_columns", "minLength" = 1, "maxLength" = 255, "pattern" = "^[A-Za-z0-9_]+$"))]
pub struct ColumnName(pub String);

/// Which list. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ListPlace {
    /// The site: its id, `root`, or host and path such as `contoso.sharepoint.com:/sites/marketing`.
    pub site: SiteId,
    /// The list: its id, or its title.
    pub list: ListId,
}

impl ListPlace {
    /// A request to the list, or to something `below` it, such as `/items`.
    pub fn request(&self, method: Method, below: &str) -> Request {
        self.site.request(method, &format!("/lists/{{list}}{below}")).path_param("list", self.list.0.as_str())
    }

    /// A request for the list's columns.
    pub fn columns(&self) -> Request {
        self.request(Method::GET, "/columns")
    }

    /// What its items take or have, by its columns.
    pub fn shape(&self, used: Use) -> Plan<Value> {
        self.columns().all_items().try_map(move |items| {
            let all = items.iter().map(Json::read::<Value>).collect::<Result<Vec<_>>>()?;
            Ok(columns::schema(&all, used))
        })
    }
}

/// Which item of a list. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListItemPlace {
    /// The site: its id, `root`, or host and path such as `contoso.sharepoint.com:/sites/marketing`.
    pub site: SiteId,
    /// The list: its id, or its title.
    pub list: ListId,
    /// The id of the item in its list, such as `12`.
    pub item_id: ListItemId,
}

impl ListItemPlace {
    /// A request to the item, or to something `below` it, such as `/fields`.
    pub fn request(&self, method: Method, below: &str) -> Request {
        let list = self.site.request(method, &format!("/lists/{{list}}/items/{{item}}{below}"));
        list.path_param("list", self.list.0.as_str()).path_param("item", self.item_id.0.as_str())
    }
}

/// Which columns of an item. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Columns {
    /// Only the values of these columns, by their internal names; the default is all of them. The name for a person or
    /// a lookup is `<name>LookupId`.
    #[schemars(length(min = 1, max = 100))]
    pub columns: Option<Vec<ColumnName>>,
}

impl Columns {
    /// What `$expand` says, so that the values come along.
    pub fn expand(&self) -> String {
        let names: Option<Vec<&str>> =
            self.columns.as_ref().map(|names| names.iter().map(|name| name.0.as_str()).collect());
        names.map_or_else(|| "fields".to_owned(), |names| format!("fields($select={})", names.join(",")))
    }
}

/// A site of SharePoint.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "site"))]
pub struct Site {
    /// Its id: the host, the id of the site collection and that of the site, with commas between.
    pub id: String,
    /// The last part of its address.
    pub name: Option<String>,
    /// Its title.
    pub display_name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Where to open it.
    pub web_url: Option<String>,
    /// When it was made, in UTC.
    pub created_date_time: Option<String>,
    /// When it was last changed, in UTC.
    pub last_modified_date_time: Option<String>,
    /// Present for the top site of a site collection.
    pub root: Option<Map<String, Value>>,
    /// The site collection with its host, for the top site of one.
    pub site_collection: Option<Map<String, Value>>,
    /// The parent site, where Graph returns it.
    pub parent_reference: Option<Map<String, Value>>,
    /// Whether it is somebody's OneDrive.
    pub is_personal_site: Option<bool>,
}

/// What comes of a site when nothing is selected; more can be asked for by name.
pub const SITE_FIELDS: &[&str] = &[
    "id",
    "name",
    "displayName",
    "description",
    "webUrl",
    "createdDateTime",
    "lastModifiedDateTime",
    "root",
    "siteCollection",
    "parentReference",
];

/// A list of a site.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "list"))]
pub struct SiteList {
    /// Its id.
    pub id: String,
    /// The last part of its address.
    pub name: Option<String>,
    /// Its title.
    pub display_name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Where to open it.
    pub web_url: Option<String>,
    /// When it was made, in UTC.
    pub created_date_time: Option<String>,
    /// When it or something in it was last changed, in UTC.
    pub last_modified_date_time: Option<String>,
    /// Who made it.
    pub created_by: Option<Map<String, Value>>,
    /// Who changed it last.
    pub last_modified_by: Option<Map<String, Value>>,
    /// Its version.
    pub e_tag: Option<String>,
    /// The site that it is in.
    pub parent_reference: Option<Map<String, Value>>,
    /// Its template, whether it has content types, and whether it is hidden.
    pub list: Option<Map<String, Value>>,
    /// Present for a system list. Graph returns it only when it is selected.
    pub system: Option<Map<String, Value>>,
    /// Its columns, if they were requested.
    pub columns: Option<Vec<Column>>,
}

/// What comes of a list when nothing is selected.
pub const LIST_FIELDS: &[&str] = &[
    "id",
    "name",
    "displayName",
    "description",
    "webUrl",
    "createdDateTime",
    "lastModifiedDateTime",
    "createdBy",
    "lastModifiedBy",
    "eTag",
    "parentReference",
    "list",
];

/// A column of a list. Its kind is the one property among `text`, `number`, `choice` and so on that is present.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "columnDefinition"))]
pub struct Column {
    /// Its id.
    pub id: String,
    /// Its internal name, by which the values of items go.
    pub name: Option<String>,
    /// Its title.
    pub display_name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether an item needs a value.
    pub required: Option<bool>,
    /// Whether its values cannot be written.
    pub read_only: Option<bool>,
    /// Whether it is not shown.
    pub hidden: Option<bool>,
    /// Whether it has an index, so that large lists can be filtered and sorted by it.
    pub indexed: Option<bool>,
    /// Whether no two items may have the same value.
    pub enforce_unique_values: Option<bool>,
    /// Default value of the column.
    pub default_value: Option<Map<String, Value>>,
    /// Present for a text column: its maximum length, and whether it has several lines.
    pub text: Option<Map<String, Value>>,
    /// Present for a number column: its bounds.
    pub number: Option<Map<String, Value>>,
    /// One or some of several choices, and whether others may be written.
    pub choice: Option<Map<String, Value>>,
    /// A day or a time.
    pub date_time: Option<Map<String, Value>>,
    /// Yes or no.
    pub boolean: Option<Map<String, Value>>,
    /// An amount of money.
    pub currency: Option<Map<String, Value>>,
    /// A person or a group, or several of them.
    pub person_or_group: Option<Map<String, Value>>,
    /// An item of another list, or several of them.
    pub lookup: Option<Map<String, Value>>,
    /// Present for a calculated column: its formula.
    pub calculated: Option<Map<String, Value>>,
    /// A link or a picture.
    pub hyperlink_or_picture: Option<Map<String, Value>>,
}

/// An item of a list.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "listItem"))]
pub struct ListItem {
    /// Its id in its list.
    pub id: String,
    /// The values of its columns, by their internal names.
    #[schemars(extend("x-dynamic-schema" = "list_item_values"))]
    pub fields: Option<Map<String, Value>>,
    /// Its version.
    pub e_tag: Option<String>,
    /// When it was made, in UTC.
    pub created_date_time: Option<String>,
    /// When it was last changed, in UTC.
    pub last_modified_date_time: Option<String>,
    /// Who made it.
    pub created_by: Option<Map<String, Value>>,
    /// Who changed it last.
    pub last_modified_by: Option<Map<String, Value>>,
    /// Its content type.
    pub content_type: Option<Map<String, Value>>,
    /// The site that it is in.
    pub parent_reference: Option<Map<String, Value>>,
    /// Where to open it.
    pub web_url: Option<String>,
}

/// The values of an item's columns, by their internal names.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("x-graph-type" = "fieldValueSet"))]
pub struct FieldValues {
    /// The id of the item in its list.
    pub id: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_goes_by_its_id_or_by_its_path() {
        let path = |site: &str, below: &str| SiteId(site.to_owned()).request(Method::GET, below).path_and_query();
        assert_eq!(path("root", "").unwrap(), "/sites/root");
        assert_eq!(path("c.sharepoint.com,1-2,3-4", "/lists").unwrap(), "/sites/c.sharepoint.com,1-2,3-4/lists");
        for site in ["c.sharepoint.com:/sites/a b/", "c.sharepoint.com:sites/a b", "https://c.sharepoint.com/sites/a b"]
        {
            assert_eq!(path(site, "").unwrap(), "/sites/c.sharepoint.com:/sites/a%20b");
            assert_eq!(path(site, "/drives").unwrap(), "/sites/c.sharepoint.com:/sites/a%20b:/drives");
        }
        for site in ["c.sharepoint.com:/", "https://c.sharepoint.com/", "https://c.sharepoint.com"] {
            assert_eq!(path(site, "/lists").unwrap(), "/sites/c.sharepoint.com/lists");
        }
        for site in ["", ":", "c:/..", "https://", "a:/b/../c"] {
            assert!(path(site, "").is_err(), "{site:?}");
        }
    }
}
