//! Addresses of cells, as Excel writes them.

/// The rows and columns that a worksheet has.
pub(crate) const ROWS: u32 = 1_048_576;
pub(crate) const COLUMNS: u32 = 16_384;

/// Cells side by side and one below the other, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) row: u32,
    pub(crate) column: u32,
    pub(crate) rows: u32,
    pub(crate) columns: u32,
    /// The address says no rows, or no columns: `A:C`, `2:5`.
    pub(crate) unbounded: bool,
}

/// One corner of a range: a column, a row, or both.
type Corner = (Option<u32>, Option<u32>);

impl Area {
    pub(crate) fn new(row: u32, column: u32, rows: u32, columns: u32) -> Area {
        Area { row, column, rows, columns, unbounded: false }
    }

    /// Reads `A1`, `$A$1:B2`, `C:D` or `3:5`, in letters of either case and with corners in either order.
    pub(crate) fn parse(text: &str) -> Option<Area> {
        let (first, last) = match text.split_once(':') {
            Some((first, last)) => (corner(first)?, corner(last)?),
            None => (corner(text)?, corner(text)?),
        };
        let ends = |a: u32, b: u32| (a.min(b), a.max(b) - a.min(b) + 1);
        match (first, last) {
            ((Some(a), Some(b)), (Some(c), Some(d))) => {
                let ((column, columns), (row, rows)) = (ends(a, c), ends(b, d));
                Some(Area::new(row, column, rows, columns))
            }
            ((Some(a), None), (Some(c), None)) if text.contains(':') => {
                let (column, columns) = ends(a, c);
                Some(Area { unbounded: true, ..Area::new(0, column, ROWS, columns) })
            }
            ((None, Some(b)), (None, Some(d))) if text.contains(':') => {
                let (row, rows) = ends(b, d);
                Some(Area { unbounded: true, ..Area::new(row, 0, rows, COLUMNS) })
            }
            _ => None,
        }
    }

    /// The row behind the last one.
    pub(crate) fn end_row(&self) -> u32 {
        self.row + self.rows
    }

    /// The column behind the last one.
    pub(crate) fn end_column(&self) -> u32 {
        self.column + self.columns
    }

    pub(crate) fn contains(&self, row: u32, column: u32) -> bool {
        (self.row..self.end_row()).contains(&row) && (self.column..self.end_column()).contains(&column)
    }

    pub(crate) fn overlaps(&self, other: &Area) -> bool {
        self.row < other.end_row()
            && other.row < self.end_row()
            && self.column < other.end_column()
            && other.column < self.end_column()
    }

    /// As Excel writes it, without the name of the worksheet.
    pub(crate) fn address(&self) -> String {
        let (first, last) = (letters(self.column), letters(self.end_column() - 1));
        match (self.rows == ROWS, self.columns == COLUMNS) {
            (true, _) if self.unbounded => format!("{first}:{last}"),
            (_, true) if self.unbounded => format!("{}:{}", self.row + 1, self.end_row()),
            _ if self.rows == 1 && self.columns == 1 => format!("{first}{}", self.row + 1),
            _ => format!("{first}{}:{last}{}", self.row + 1, self.end_row()),
        }
    }
}

fn corner(text: &str) -> Option<Corner> {
    let text = text.strip_prefix('$').unwrap_or(text);
    let split = text.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(text.len());
    let (letters, digits) = text.split_at(split);
    let digits = if letters.is_empty() { digits } else { digits.strip_prefix('$').unwrap_or(digits) };
    let column = letters.bytes().try_fold(0_u32, |column, letter| {
        let column = column.checked_mul(26)? + u32::from(letter.to_ascii_uppercase() - b'A') + 1;
        (column <= COLUMNS).then_some(column)
    })?;
    let row = match digits {
        "" => 0,
        digits if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            digits.parse().ok().filter(|row| (1..=ROWS).contains(row))?
        }
        _ => return None,
    };
    (column > 0 || row > 0).then_some((column.checked_sub(1), row.checked_sub(1)))
}

/// The letters of a column.
pub(crate) fn letters(column: u32) -> String {
    let last = char::from(b'A' + u8::try_from(column % 26).unwrap_or_default());
    match column / 26 {
        0 => last.to_string(),
        more => format!("{}{last}", letters(more - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        for (text, expected) in [
            ("A1", "A1"),
            ("b2:a1", "A1:B2"),
            ("$B$3:$AA$10", "B3:AA10"),
            ("C:A", "A:C"),
            ("5:2", "2:5"),
            ("XFD1048576", "XFD1048576"),
            ("B3:B3", "B3"),
        ] {
            assert_eq!(Area::parse(text).map(|area| area.address()).as_deref(), Some(expected), "{text}");
        }
        for bad in
            ["", "A", "1", "A0", "XFE1", "A1048577", "A1:B", "A1:2", "1A", "A1:B2:C3", "Ä1", "A-1", "ZZZZZZZZZZ1"]
        {
            assert_eq!(Area::parse(bad), None, "{bad}");
        }
        let area = Area::parse("B2:C3").unwrap();
        assert!(area.contains(1, 1) && area.contains(2, 2) && !area.contains(3, 1));
        assert!(area.overlaps(&Area::parse("C3:D9").unwrap()) && !area.overlaps(&Area::parse("D1:D9").unwrap()));
    }
}
