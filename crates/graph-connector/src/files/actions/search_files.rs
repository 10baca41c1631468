//! `search_files`

use connector_sdk::{Action, Context, Effect, Json, List, Pages, Plan, Properties, Result, Select, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::FILES_READ;
use crate::vocabulary::{DRIVE_ITEM_FIELDS, DriveId, DriveItem, DriveRoot};

/// Search a drive for files and folders by words in their names, properties and contents. Graph's index lags some
/// minutes behind.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "query": "budget" }), json!({ "query": "schedule", "fileType": "csv" })]))]
pub struct SearchFiles {
    /// The drive; the default is the OneDrive of the signed-in user, or of the default user of an app's connection.
    drive: Option<DriveId>,
    /// The words.
    #[schemars(length(min = 1, max = 400))]
    query: String,
    /// Only files whose name ends like this: `pdf`, `xlsx`.
    #[schemars(length(min = 1, max = 20), regex(pattern = "^[A-Za-z0-9]+$"))]
    file_type: Option<String>,
    /// Which properties.
    #[serde(flatten)]
    select: Select,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for SearchFiles {
    type Output = List<DriveItem>;
    const SPEC: Spec = Spec::new("search_files", "Search files", Effect::Read).scopes(FILES_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<DriveItem>>> {
        let search = DriveRoot::of(self.drive.as_ref(), cx, "drive")?
            .request(Method::GET, "/root/search(q='{query}')")
            .path_param("query", self.query);
        let mut select = self.select;
        if self.file_type.is_some() && select.select.is_some() {
            // The name tells the type, which Graph cannot filter by.
            select.additional_fields.get_or_insert_default().push("name".to_owned());
        }
        let search =
            search.query_opt("$select", select.names(DRIVE_ITEM_FIELDS)).query("$top", self.pages.page_size(200));
        let paging = self.pages.paging()?;
        let Some(kind) = self.file_type else { return Ok(search.pages(paging)) };
        let end = format!(".{}", kind.to_lowercase());
        Ok(search.pages_where(paging, move |item| is_named(item, &end)))
    }
}

fn is_named(item: &Json, end: &str) -> bool {
    Properties::of(item).text("name").is_some_and(|name| name.to_lowercase().ends_with(end))
}
