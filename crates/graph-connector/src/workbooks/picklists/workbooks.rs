//! `workbooks`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::files::folder_tree::path_in_drive;
use crate::permissions::FILES_READ;
use crate::vocabulary::{DriveId, DriveRoot};

/// The workbooks of a drive, wherever they are in it. Graph's index lags some minutes behind.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workbooks {
    /// The drive; the default is the OneDrive of the signed-in user, or of the default user of an app's connection.
    drive: Option<DriveId>,
}

impl Picklist for Workbooks {
    const SPEC: Spec = Spec::new("workbooks", "Workbooks", Effect::Read).scopes(FILES_READ);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Item {
            id: String,
            name: String,
            parent_reference: Option<Parent>,
        }
        #[derive(Deserialize)]
        struct Parent {
            path: Option<String>,
        }
        let search = DriveRoot::of(self.drive.as_ref(), cx, "drive")?
            .request(Method::GET, "/root/search(q='{query}')")
            .path_param("query", ".xlsx");
        let search = search.query("$select", "id,name,parentReference").query("$top", 200);
        Ok(search.choices_that(ask.from, move |item: Item| {
            if !item.name.to_lowercase().ends_with(".xlsx") {
                return None;
            }
            // Many are called the same; the folder tells which is which.
            let path = item.parent_reference.and_then(|parent| parent.path).unwrap_or_default();
            let folder = path_in_drive(&path).unwrap_or_default();
            let label = if folder.is_empty() { item.name } else { format!("{} ({folder})", item.name) };
            Some(Choice::new(item.id, label)).filter(|choice| choice.matches(ask.search.as_deref()))
        }))
    }
}
