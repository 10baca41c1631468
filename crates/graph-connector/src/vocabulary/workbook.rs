//! Workbooks of Excel, and what is in them.

use connector_sdk::schema::rules;
use connector_sdk::{Context, Error, Request, Result, Root, Subject};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::item::address;
use super::{DriveId, DriveRoot, ItemId};

/// Which workbook. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = rules::one_of(&["workbook", "path"]))]
pub struct Workbook {
    /// The drive; the default is the OneDrive of the signed-in user, or of the default user of an app's connection.
    #[serde(default)]
    pub drive: Option<DriveId>,
    /// The workbook by the id of its file, which must be an .xlsx file.
    #[schemars(extend("x-picklist" = "workbooks"))]
    pub workbook: Option<ItemId>,
    /// The workbook by its path from the top of the drive, in place of the id: `Documents/Sales.xlsx`.
    #[schemars(length(min = 1, max = 400))]
    pub path: Option<String>,
}

impl Workbook {
    /// The workbook, for requests to it.
    ///
    /// # Errors
    /// `invalid_input` when neither or both of id and path are there, or the drive is nobody's.
    pub fn open(self, cx: &Context) -> Result<Book> {
        match (self.workbook, self.path) {
            (None, None) => Err(Error::invalid("/workbook", "say which: by `workbook` or by `path`")),
            (Some(_), Some(_)) => Err(Error::invalid("/path", "`workbook` and `path` exclude each other")),
            (item_id, path) => {
                let drive = match (DriveRoot::of(self.drive.as_ref(), cx, "drive"), &*cx.who) {
                    // An app can do nothing with workbooks, which is said where its permissions are looked at: to ask
                    // for a drive would help nobody.
                    (Err(_), Subject::App { .. }) => DriveRoot::Person(Root::me()),
                    (drive, _) => drive?,
                };
                Ok(Book { drive, item_id, path })
            }
        }
    }
}

/// A workbook that is named well.
#[derive(Debug, Clone)]
pub struct Book {
    drive: DriveRoot,
    item_id: Option<ItemId>,
    path: Option<String>,
}

impl Book {
    /// A request to something below the workbook, such as `/worksheets`.
    pub fn request(&self, method: Method, below: &str) -> Request {
        address(&self.drive, method, self.item_id.as_ref(), self.path.as_deref(), &format!("/workbook{below}"))
    }
}

/// A worksheet, by its name or its id.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "worksheets", "minLength" = 1, "maxLength" = 255))]
pub struct WorksheetId(pub String);

/// A table, by its name or its id.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "tables", "minLength" = 1, "maxLength" = 255))]
pub struct TableId(pub String);

/// The row of a worksheet that has the names of the columns, counted from 1.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[schemars(inline, extend("minimum" = 1, "maximum" = 1_048_576))]
pub struct HeaderRow(pub u32);

impl Default for HeaderRow {
    fn default() -> HeaderRow {
        HeaderRow(1)
    }
}

/// A worksheet.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "workbookWorksheet"))]
pub struct Worksheet {
    /// Its id, which stays when it is renamed.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Position in the workbook, from 0.
    pub position: Option<u32>,
    /// Whether it is shown: `Visible`, `Hidden` or `VeryHidden`.
    pub visibility: Option<String>,
}

/// A range of cells, row by row.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "workbookRange"))]
pub struct Range {
    /// Where it is: `Orders!A1:E6`.
    pub address: Option<String>,
    /// Index of its first row, from 0.
    pub row_index: Option<u32>,
    /// Index of its first column, from 0.
    pub column_index: Option<u32>,
    /// Number of rows.
    pub row_count: Option<u32>,
    /// Number of columns.
    pub column_count: Option<u32>,
    /// Number of cells.
    pub cell_count: Option<i64>,
    /// Values of the cells: texts, numbers, booleans. A date is a number of days; an empty cell is an empty text.
    pub values: Option<Vec<Vec<Value>>>,
    /// Displayed texts of the cells.
    pub text: Option<Vec<Vec<Value>>>,
    /// The formulas, and the values of cells without.
    pub formulas: Option<Vec<Vec<Value>>>,
    /// Number formats of the cells, such as `General` or `yyyy-mm-dd`.
    pub number_format: Option<Vec<Vec<Value>>>,
    /// Kind of each cell's value: `String`, `Double`, `Boolean`, `Empty`, `Error`.
    pub value_types: Option<Vec<Vec<Value>>>,
}

/// A row of a worksheet.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SheetRow {
    /// The number of the row in the worksheet, from 1, as Excel shows it.
    pub row: u32,
    /// The cells by the names of their columns. A column without a name is there if the cell is not empty.
    pub values: Map<String, Value>,
}

/// A row of a table.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct TableRow {
    /// Position of the row in the table, from 0.
    pub index: u64,
    /// The cells by the names of their columns.
    pub values: Map<String, Value>,
}
