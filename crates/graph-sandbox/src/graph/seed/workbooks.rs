//! A workbook in everybody's drive.

use serde_json::{Value, json};

use crate::graph::tenant::Tenant;
use crate::graph::time::seconds_later;
use crate::graph::workbook::{Area, Workbook};

/// What is downloaded: the sandbox keeps the cells beside the file, and writes no .xlsx.
const CONTENT: &str = "This file of the sandbox is a workbook. Its cells are read and written through /workbook.\n";

pub(super) fn workbooks(tenant: &mut Tenant) {
    tenant.count_from(950_000);
    let owners: Vec<u64> = tenant.drives.drives.keys().copied().collect();
    for owner in owners {
        let (key, when) = (tenant.key(), seconds_later(tenant.now(), -86_400 * 2));
        let Some(drive) = tenant.drives.drives.get_mut(&owner) else { continue };
        let Some(folder) = drive.walk(drive.root, "Documents") else { continue };
        drive.insert(key, folder, "Sales.xlsx", Some(CONTENT.into()), when);
        drive.books.insert(key, sales());
    }
}

/// Orders below a header; deals in a table; names that are doubled or missing; and a worksheet with nothing in it.
fn sales() -> Workbook {
    let mut book = Workbook::default();
    let rows =
        |rows: Vec<Value>| rows.into_iter().map(|row| row.as_array().cloned().unwrap_or_default()).collect::<Vec<_>>();
    book.add(
        "Orders",
        &rows(vec![
            json!(["Order", "Date", "Customer", "Amount", "Paid"]),
            json!(["A-1001", "2026-01-12", "Fabrikam", 420, true]),
            json!(["A-1002", "2026-01-20", "Tailspin Toys", 99.5, true]),
            json!(["A-1003", "2026-02-03", "Northwind Traders", 1250, false]),
            json!(["A-1004", "2026-02-03", "Fabrikam", 75.25, true]),
            json!(["A-1005", "2026-02-17", "Wingtip Toys", 310, false]),
        ]),
    );
    book.add(
        "Deals",
        &rows(vec![
            json!(["Customer", "Stage", "Value"]),
            json!(["Northwind Traders", "Offer", 18_000]),
            json!(["Wingtip Toys", "Contact", 2_500]),
            json!(["Tailspin Toys", "Won", 7_200]),
        ]),
    );
    book.add_table("Deals", 1, Area::new(0, 0, 4, 3));
    // The header is in the third row, and begins in the second column.
    book.add(
        "Stock list",
        &rows(vec![
            json!(["Stock in March"]),
            json!([]),
            json!(["", "Item", "Size", "", "Size"]),
            json!(["", "Shelf", 80, "oak", 30]),
            json!([]),
            json!(["", "Lamp", 12, "", ""]),
        ]),
    );
    book.add("Notes", &[]);
    book
}
