//! `create_list`

use connector_sdk::{Action, Context, Effect, Fields, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::permissions::LISTS_MANAGE;
use crate::vocabulary::{NewColumn, SiteId, SiteList};

/// Make a list in a site, with its columns. A list has the column `Title` anyway.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({
    "site": "contoso.sharepoint.example:/sites/mark8", "displayName": "Books", "columns": [
        { "name": "Author", "type": "text", "indexed": true },
        { "name": "Pages", "type": "number", "minimum": 1 },
        { "name": "Shelf", "type": "choice", "choices": ["Left", "Right"], "required": true },
    ],
})]))]
pub struct CreateList {
    /// The site: its id, `root`, or host and path such as `contoso.sharepoint.com:/sites/marketing`.
    site: SiteId,
    /// Its title.
    #[schemars(length(min = 1, max = 255))]
    display_name: String,
    /// What it is for.
    #[schemars(length(max = 1000))]
    description: Option<String>,
    /// Template of the list; the default is an empty list.
    #[serde(default)]
    template: Template,
    /// Its columns besides those that the template has.
    #[schemars(length(min = 1, max = 100))]
    columns: Option<Vec<NewColumn>>,
}

/// What a list is made after.
#[derive(Debug, Clone, Copy, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum Template {
    /// A list with a title and nothing else.
    #[default]
    GenericList,
    /// A library of files, which is a drive too.
    DocumentLibrary,
    /// Tasks with a state and a day.
    Task,
    /// Questions and answers.
    Survey,
    /// News with a day on which they end.
    Announcements,
    /// People and how to reach them.
    Contacts,
}

impl Action for CreateList {
    type Output = Raw<SiteList>;
    const SPEC: Spec = Spec::new("create_list", "Create list", Effect::Create).scopes(LISTS_MANAGE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<SiteList>>> {
        let columns = self.columns.into_iter().flatten().enumerate();
        let columns =
            columns.map(|(i, column)| column.definition(&format!("/columns/{i}"))).collect::<Result<Vec<Value>>>()?;
        let body = Fields::default()
            .with("displayName", Some(self.display_name))
            .with("description", self.description)
            .with("columns", (!columns.is_empty()).then_some(columns))
            .with("list", Some(json!({ "template": self.template })));
        Ok(self.site.request(Method::POST, "/lists").json(body).raw())
    }
}
