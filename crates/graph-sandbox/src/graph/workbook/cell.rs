//! What a cell holds, and what it makes of what is typed.

use jiff::civil::{Date, date};
use serde_json::{Value, json};

/// The format of a cell that was given none.
pub(crate) const GENERAL: &str = "General";
const DATE: &str = "yyyy-mm-dd";

/// A cell that is not plainly empty.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    /// A text, a number, a boolean; an empty text for a cell that is formatted only.
    pub(crate) value: Value,
    pub(crate) format: String,
}

/// Why something cannot be written into a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// The sandbox does not calculate.
    Formula,
    /// No cell can hold it.
    Shape,
}

impl Cell {
    pub(crate) fn empty() -> Cell {
        Cell { value: "".into(), format: GENERAL.to_owned() }
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.value == ""
    }

    /// Takes a value as if it were typed: numbers and dates are recognised in texts, an apostrophe keeps a text one.
    pub(crate) fn enter(&mut self, typed: &Value) -> Result<(), Unfit> {
        let text = match typed {
            Value::Number(_) | Value::Bool(_) => {
                self.value = typed.clone();
                return Ok(());
            }
            Value::String(text) => text,
            _ => return Err(Unfit::Shape),
        };
        if let Some(kept) = text.strip_prefix('\'') {
            self.value = kept.into();
            return Ok(());
        }
        let number = text
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite() && text.trim().ends_with(|last: char| last.is_ascii_digit()));
        let day = text.trim().parse::<Date>().ok().filter(|_| text.trim().len() == 10);
        if text.len() > 1 && text.starts_with(['=', '+', '-', '@']) && number.is_none() {
            return Err(Unfit::Formula);
        }
        if let Some(number) = number {
            self.value = json_number(number);
        } else if let Some(day) = day {
            self.value = serial(day).into();
            if self.format == GENERAL {
                self.format = DATE.to_owned();
            }
        } else {
            self.value = match text.to_ascii_lowercase().as_str() {
                "true" => true.into(),
                "false" => false.into(),
                _ => text.as_str().into(),
            };
        }
        Ok(())
    }

    /// What it shows.
    pub(crate) fn text(&self) -> String {
        match &self.value {
            Value::String(text) => text.clone(),
            Value::Bool(value) => value.to_string().to_uppercase(),
            Value::Number(number) => {
                let number = number.as_f64().unwrap_or_default();
                match day(number).filter(|_| self.format == DATE) {
                    Some(day) => day.to_string(),
                    None if self.format == "0.00" => format!("{number:.2}"),
                    None => json_number(number).to_string(),
                }
            }
            _ => String::new(),
        }
    }

    /// The kind of value, as `valueTypes` names it.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            Value::String(text) if text.is_empty() => "Empty",
            Value::Number(_) => "Double",
            Value::Bool(_) => "Boolean",
            _ => "String",
        }
    }
}

/// Whole numbers are written without a fraction.
#[allow(clippy::cast_possible_truncation)]
fn json_number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 { json!(number as i64) } else { json!(number) }
}

/// Days are counted from the end of 1899, as Excel does since March 1900.
const EPOCH: Date = date(1899, 12, 30);

/// The number of a day.
pub(crate) fn serial(day: Date) -> i64 {
    EPOCH.until(day).map_or(0, |span| i64::from(span.get_days()))
}

#[allow(clippy::cast_possible_truncation)]
fn day(serial: f64) -> Option<Date> {
    EPOCH.checked_add(jiff::Span::new().try_days(serial as i64).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_what_excel_makes_of_it() {
        let enter = |typed: Value| {
            let mut cell = Cell::empty();
            cell.enter(&typed).map(|()| (cell.value.clone(), cell.text(), cell.kind()))
        };
        let text = |text: &str| text.to_owned();
        assert_eq!(enter(json!("2026-03-01")), Ok((json!(46082), text("2026-03-01"), "Double")));
        assert_eq!(enter(json!("007")), Ok((json!(7), text("7"), "Double")));
        assert_eq!(enter(json!("'007")), Ok((json!("007"), text("007"), "String")));
        assert_eq!(enter(json!("'=1+1")), Ok((json!("=1+1"), text("=1+1"), "String")));
        assert_eq!(enter(json!(12.5)), Ok((json!(12.5), text("12.5"), "Double")));
        assert_eq!(enter(json!("-3.0")), Ok((json!(-3), text("-3"), "Double")));
        assert_eq!(enter(json!("true")), Ok((json!(true), text("TRUE"), "Boolean")));
        assert_eq!(enter(json!("")), Ok((json!(""), text(""), "Empty")));
        assert_eq!(enter(json!("1e999")), Ok((json!("1e999"), text("1e999"), "String")));
        assert_eq!(enter(json!("=1+1")), Err(Unfit::Formula));
        assert_eq!(enter(json!([1])), Err(Unfit::Shape));
    }
}
