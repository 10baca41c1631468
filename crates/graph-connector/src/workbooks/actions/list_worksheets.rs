//! `list_worksheets`

use connector_sdk::{Action, Context, Effect, List, Paging, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::EXCEL;
use crate::vocabulary::{Workbook, Worksheet};

/// List the worksheets of a workbook, in their order. Only a signed-in user can do it: Graph has no application
/// permission for workbooks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "path": "Documents/Sales.xlsx" })]))]
pub struct ListWorksheets {
    /// Which workbook.
    #[serde(flatten)]
    workbook: Workbook,
}

impl Action for ListWorksheets {
    type Output = List<Worksheet>;
    const SPEC: Spec = Spec::new("list_worksheets", "List worksheets", Effect::Read).scopes(EXCEL).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Worksheet>>> {
        Ok(self.workbook.open(cx)?.request(Method::GET, "/worksheets").pages(Paging::default()))
    }
}
