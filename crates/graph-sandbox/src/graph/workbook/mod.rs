//! Workbooks: grids of cells, and tables over parts of them.
//!
//! It does what the Excel of Graph does with values. It does not calculate: a formula is refused.

mod area;
mod cell;
mod sessions;

use std::collections::BTreeMap;

use serde_json::Value;

pub(crate) use self::area::{Area, COLUMNS, ROWS};
pub(crate) use self::cell::{Cell, GENERAL, Unfit};
pub(crate) use self::sessions::{HEADER, Session, Sessions};

/// What is in an .xlsx file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Workbook {
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) tables: Vec<Table>,
}

/// A worksheet.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    pub(crate) id: String,
    pub(crate) name: String,
    cells: BTreeMap<(u32, u32), Cell>,
}

/// A table: a header row, and the rows below it.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The id of the worksheet.
    pub(crate) sheet: String,
    pub(crate) area: Area,
}

/// Why something could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The values are not as many as the cells, or no cell can hold them.
    Argument,
    /// A table is in the way.
    Table,
    /// The sandbox does not calculate.
    Formula,
    /// Cells would be pushed off the end of the worksheet.
    OffSheet,
}

impl From<Unfit> for Refusal {
    fn from(unfit: Unfit) -> Refusal {
        match unfit {
            Unfit::Formula => Refusal::Formula,
            Unfit::Shape => Refusal::Argument,
        }
    }
}

impl Workbook {
    /// Adds a worksheet with some rows of values.
    pub(crate) fn add(&mut self, name: &str, rows: &[Vec<Value>]) -> &mut Sheet {
        let number = self.sheets.len();
        let id = format!("{{00000000-0001-0000-{number:02x}00-000000000000}}");
        let mut sheet = Sheet { id, name: name.to_owned(), cells: BTreeMap::new() };
        for (row, values) in (0..).zip(rows) {
            for (column, value) in (0..).zip(values) {
                let mut cell = Cell::empty();
                if cell.enter(value).is_ok() && !cell.is_blank() {
                    sheet.cells.insert((row, column), cell);
                }
            }
        }
        self.sheets.push(sheet);
        self.sheets.last_mut().expect("it was just added")
    }

    /// Makes a table of cells of a worksheet, whose first row is its header.
    pub(crate) fn add_table(&mut self, name: &str, sheet: usize, area: Area) {
        let id = (self.tables.len() + 1).to_string();
        self.tables.push(Table { id, name: name.to_owned(), sheet: self.sheets[sheet].id.clone(), area });
    }

    /// A worksheet by its id or name, of any case.
    pub(crate) fn sheet(&self, name: &str) -> Option<usize> {
        self.sheets
            .iter()
            .position(|sheet| sheet.id.eq_ignore_ascii_case(name) || sheet.name.to_lowercase() == name.to_lowercase())
    }

    /// A table by its id or name, of any case.
    pub(crate) fn table(&self, name: &str) -> Option<usize> {
        self.tables.iter().position(|table| table.id == name || table.name.to_lowercase() == name.to_lowercase())
    }

    /// Moves the cells at and below an area down, as many rows as it has.
    pub(crate) fn insert(&mut self, sheet: usize, area: Area) -> Result<(), Refusal> {
        let id = self.sheets[sheet].id.clone();
        let below = Area { rows: ROWS - area.row, unbounded: false, ..area };
        let touched = |table: &Table| table.sheet == id && table.area.overlaps(&below);
        // A table moves or grows as a whole, or it is in the way.
        let whole = |table: &Table| area.column <= table.area.column && area.end_column() >= table.area.end_column();
        if self.tables.iter().any(|table| touched(table) && !whole(table)) {
            return Err(Refusal::Table);
        }
        self.sheets[sheet].shift_down(area)?;
        for table in self.tables.iter_mut().filter(|table| touched(table)) {
            if area.row <= table.area.row {
                table.area.row += area.rows;
            } else {
                table.area.rows += area.rows;
            }
        }
        Ok(())
    }

    /// Takes the cells of an area away and moves those below up.
    pub(crate) fn delete(&mut self, sheet: usize, area: Area) -> Result<(), Refusal> {
        let id = self.sheets[sheet].id.clone();
        let below = Area { rows: ROWS - area.row, unbounded: false, ..area };
        let touched = |table: &Table| table.sheet == id && table.area.overlaps(&below);
        let whole = |table: &Table| area.column <= table.area.column && area.end_column() >= table.area.end_column();
        // The header of a table is not deleted by itself.
        let beheads = |table: &Table| area.row <= table.area.row && area.end_row() > table.area.row;
        if self.tables.iter().any(|table| touched(table) && (!whole(table) || beheads(table))) {
            return Err(Refusal::Table);
        }
        self.sheets[sheet].shift_up(area);
        for table in self.tables.iter_mut().filter(|table| touched(table)) {
            if area.end_row() <= table.area.row {
                table.area.row -= area.rows;
            } else {
                table.area.rows -= area.end_row().min(table.area.end_row()) - area.row;
            }
        }
        Ok(())
    }

    /// Puts rows into a table, at a place below its header or at its end; the answer is the place.
    pub(crate) fn add_rows(&mut self, table: usize, place: Option<u32>, rows: &[Vec<Value>]) -> Result<u32, Refusal> {
        let Table { area, sheet, .. } = self.tables[table].clone();
        let sheet = self.sheet(&sheet).ok_or(Refusal::Argument)?;
        let count = u32::try_from(rows.len()).map_err(|_| Refusal::Argument)?;
        let place = place.unwrap_or(area.rows - 1);
        if count == 0 || place > area.rows - 1 || rows.iter().any(|row| row.len() != area.columns as usize) {
            return Err(Refusal::Argument);
        }
        let new = Area { row: area.row + 1 + place, rows: count, ..area };
        // What cannot be written must not leave empty rows behind.
        let mut changed = self.sheets[sheet].clone();
        changed.shift_down(new)?;
        changed.write(new, rows)?;
        self.sheets[sheet] = changed;
        self.tables[table].area.rows += count;
        Ok(place)
    }
}

impl Sheet {
    pub(crate) fn cell(&self, row: u32, column: u32) -> Option<&Cell> {
        self.cells.get(&(row, column))
    }

    /// A property of each cell of an area, row by row.
    pub(crate) fn grid(&self, area: Area, of: impl Fn(&Cell) -> Value) -> Vec<Vec<Value>> {
        let empty = Cell::empty();
        let row =
            |row| (area.column..area.end_column()).map(|column| of(self.cell(row, column).unwrap_or(&empty))).collect();
        (area.row..area.end_row()).map(row).collect()
    }

    /// Writes values; `null` leaves a cell as it is. Either all are written or none.
    pub(crate) fn write(&mut self, area: Area, rows: &[Vec<Value>]) -> Result<(), Refusal> {
        if rows.len() != area.rows as usize || rows.iter().any(|row| row.len() != area.columns as usize) {
            return Err(Refusal::Argument);
        }
        let mut changed = Vec::new();
        for (row, values) in (area.row..).zip(rows) {
            for (column, value) in (area.column..).zip(values).filter(|(_, value)| !value.is_null()) {
                let mut cell = self.cell(row, column).cloned().unwrap_or_else(Cell::empty);
                cell.enter(value)?;
                changed.push(((row, column), cell));
            }
        }
        for (place, cell) in changed {
            self.put(place, cell);
        }
        Ok(())
    }

    /// Sets the formats of cells; `null` leaves one as it is.
    pub(crate) fn format(&mut self, area: Area, rows: &[Vec<Value>]) -> Result<(), Refusal> {
        let fits = |value: &Value| value.is_null() || value.is_string();
        if rows.len() != area.rows as usize
            || rows.iter().any(|row| row.len() != area.columns as usize || !row.iter().all(fits))
        {
            return Err(Refusal::Argument);
        }
        for (row, formats) in (area.row..).zip(rows) {
            for (column, format) in (area.column..).zip(formats) {
                let Some(format) = format.as_str() else { continue };
                let mut cell = self.cell(row, column).cloned().unwrap_or_else(Cell::empty);
                cell.format = if format.is_empty() { GENERAL.to_owned() } else { format.to_owned() };
                self.put((row, column), cell);
            }
        }
        Ok(())
    }

    fn put(&mut self, place: (u32, u32), cell: Cell) {
        if cell == Cell::empty() {
            self.cells.remove(&place);
        } else {
            self.cells.insert(place, cell);
        }
    }

    /// The smallest area with all cells that are used, within an area. Of nothing it is the first cell.
    pub(crate) fn used(&self, within: Area, values_only: bool) -> Area {
        let used = self
            .cells
            .iter()
            .filter(|((row, column), cell)| within.contains(*row, *column) && !(values_only && cell.is_blank()));
        let ends = used.fold(None, |ends: Option<(u32, u32, u32, u32)>, ((row, column), _)| {
            let (top, left, bottom, right) = ends.unwrap_or((*row, *column, *row, *column));
            Some((top.min(*row), left.min(*column), bottom.max(*row), right.max(*column)))
        });
        match ends {
            Some((top, left, bottom, right)) => Area::new(top, left, bottom - top + 1, right - left + 1),
            None => Area::new(within.row, within.column, 1, 1),
        }
    }

    fn shift_down(&mut self, area: Area) -> Result<(), Refusal> {
        let moves = |row: u32, column: u32| row >= area.row && (area.column..area.end_column()).contains(&column);
        if self
            .cells
            .iter()
            .any(|((row, column), cell)| moves(*row, *column) && row + area.rows >= ROWS && !cell.is_blank())
        {
            return Err(Refusal::OffSheet);
        }
        let cells = std::mem::take(&mut self.cells).into_iter();
        self.cells = cells
            .map(|((row, column), cell)| ((if moves(row, column) { row + area.rows } else { row }, column), cell))
            .collect();
        Ok(())
    }

    fn shift_up(&mut self, area: Area) {
        let columns = area.column..area.end_column();
        let cells = std::mem::take(&mut self.cells).into_iter();
        self.cells = cells
            .filter(|((row, column), _)| !area.contains(*row, *column))
            .map(|((row, column), cell)| {
                let moves = row >= area.end_row() && columns.contains(&column);
                ((if moves { row - area.rows } else { row }, column), cell)
            })
            .collect();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn book() -> Workbook {
        let mut book = Workbook::default();
        let rows =
            [["Name", "Value"], ["a", "1"], ["b", "2"]].map(|row| row.iter().map(|value| json!(value)).collect());
        book.add("Sheet1", &rows);
        book.add_table("T", 0, Area::parse("A1:B3").unwrap());
        book
    }

    fn values(book: &Workbook, address: &str) -> Value {
        json!(book.sheets[0].grid(Area::parse(address).unwrap(), |cell| cell.value.clone()))
    }

    const ALL: Area = Area { row: 0, column: 0, rows: ROWS, columns: COLUMNS, unbounded: false };

    #[test]
    fn what_is_used_is_found() {
        let mut book = book();
        let sheet = &mut book.sheets[0];
        assert_eq!(sheet.used(ALL, true).address(), "A1:B3");
        sheet.format(Area::parse("D9").unwrap(), &[vec![json!("0.00")]]).unwrap();
        assert_eq!(
            (sheet.used(ALL, true).address(), sheet.used(ALL, false).address()),
            ("A1:B3".into(), "A1:D9".into())
        );
        assert_eq!(sheet.used(Area::parse("B:D").unwrap(), true).address(), "B1:B3");
        assert_eq!(sheet.used(Area::parse("C5:C9").unwrap(), true).address(), "C5");
    }

    #[test]
    fn rows_go_into_a_table_and_push_down_what_is_below() {
        let mut book = book();
        book.sheets[0].write(Area::parse("A5").unwrap(), &[vec![json!("below")]]).unwrap();
        assert_eq!(book.add_rows(0, None, &[vec![json!("c"), json!(3)], vec![json!("d"), Value::Null]]), Ok(2));
        assert_eq!(book.tables[0].area.address(), "A1:B5");
        assert_eq!(values(&book, "A4:B7"), json!([["c", 3], ["d", ""], ["", ""], ["below", ""]]));
        assert_eq!(book.add_rows(0, Some(0), &[vec![json!("first"), json!(0)]]), Ok(0));
        assert_eq!(values(&book, "A1:A3"), json!([["Name"], ["first"], ["a"]]));
        assert_eq!(book.add_rows(0, None, &[vec![json!("too few")]]), Err(Refusal::Argument));
        assert_eq!(book.add_rows(0, None, &[vec![json!("=1+1"), json!(1)]]), Err(Refusal::Formula));
        assert_eq!(book.tables[0].area.address(), "A1:B6", "nothing was added");
    }

    #[test]
    fn rows_are_inserted_and_deleted_and_tables_follow() {
        let mut book = book();
        book.insert(0, Area::parse("1:2").unwrap()).unwrap();
        assert_eq!(book.tables[0].area.address(), "A3:B5");
        book.insert(0, Area::parse("4:4").unwrap()).unwrap();
        assert_eq!(
            (book.tables[0].area.address(), values(&book, "A3:A6")),
            ("A3:B6".into(), json!([["Name"], [""], ["a"], ["b"]]))
        );
        book.delete(0, Area::parse("4:5").unwrap()).unwrap();
        assert_eq!((book.tables[0].area.address(), values(&book, "A3:A4")), ("A3:B4".into(), json!([["Name"], ["b"]])));
        assert_eq!(book.delete(0, Area::parse("3:3").unwrap()), Err(Refusal::Table));
        assert_eq!(book.insert(0, Area::parse("A1:A1").unwrap()), Err(Refusal::Table));
        book.delete(0, Area::parse("1:2").unwrap()).unwrap();
        assert_eq!(book.tables[0].area.address(), "A1:B2");
        book.insert(0, Area::parse("D1:D1").unwrap()).unwrap();
    }
}
