//! How events repeat, in the exact shapes of Graph.

use connector_sdk::{Error, Result};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::DayOfWeek;

/// Recurrence of an event: its pattern and its range; see [patternedRecurrence][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/patternedrecurrence
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Recurrence {
    /// On which days.
    pattern: RecurrencePattern,
    /// Range of the recurrence: its first day and its end.
    range: RecurrenceRange,
}

/// On which days an event repeats.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
pub enum RecurrencePattern {
    /// At an interval of days.
    Daily {
        /// Interval in days.
        #[schemars(range(min = 1, max = 999))]
        interval: i32,
    },
    /// On days of the week, at an interval of weeks.
    Weekly {
        /// Interval in weeks.
        #[schemars(range(min = 1, max = 99))]
        interval: i32,
        /// The days.
        #[schemars(length(min = 1, max = 7), extend("uniqueItems" = true))]
        days_of_week: Vec<DayOfWeek>,
        /// The day on which a week begins; the default is Sunday.
        #[serde(skip_serializing_if = "Option::is_none")]
        first_day_of_week: Option<DayOfWeek>,
    },
    /// On a day of the month, at an interval of months.
    AbsoluteMonthly {
        /// Interval in months.
        #[schemars(range(min = 1, max = 99))]
        interval: i32,
        /// The day. A shorter month has it on its last day.
        #[schemars(range(min = 1, max = 31))]
        day_of_month: i32,
    },
    /// On a weekday of the month, such as the second Tuesday, at an interval of months.
    RelativeMonthly {
        /// Interval in months.
        #[schemars(range(min = 1, max = 99))]
        interval: i32,
        /// The weekdays.
        #[schemars(length(min = 1, max = 7), extend("uniqueItems" = true))]
        days_of_week: Vec<DayOfWeek>,
        /// Which of them in the month.
        index: WeekIndex,
    },
    /// On a day of the year.
    AbsoluteYearly {
        /// Interval in years.
        #[schemars(range(min = 1, max = 99))]
        interval: i32,
        /// The day of the month.
        #[schemars(range(min = 1, max = 31))]
        day_of_month: i32,
        /// The month.
        #[schemars(range(min = 1, max = 12))]
        month: i32,
    },
    /// On a weekday of a month, such as the last Friday of November.
    RelativeYearly {
        /// Interval in years.
        #[schemars(range(min = 1, max = 99))]
        interval: i32,
        /// The weekdays.
        #[schemars(length(min = 1, max = 7), extend("uniqueItems" = true))]
        days_of_week: Vec<DayOfWeek>,
        /// Which of them in the month.
        index: WeekIndex,
        /// The month.
        #[schemars(range(min = 1, max = 12))]
        month: i32,
    },
}

/// Which of the weekdays of a month.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum WeekIndex {
    /// The first.
    First,
    /// The second.
    Second,
    /// The third.
    Third,
    /// The fourth.
    Fourth,
    /// The last.
    Last,
}

/// Range of a recurrence.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
pub enum RecurrenceRange {
    /// Until a day.
    EndDate {
        /// The last day on which it may be.
        #[schemars(extend("format" = "date"))]
        end_date: String,
        /// The first day; the default is the day of `start`.
        #[serde(skip_serializing)]
        #[schemars(extend("format" = "date"))]
        start_date: Option<String>,
    },
    /// A number of times.
    Numbered {
        /// Number of occurrences.
        #[schemars(range(min = 1, max = 999))]
        number_of_occurrences: i32,
        /// The first day; the default is the day of `start`.
        #[serde(skip_serializing)]
        #[schemars(extend("format" = "date"))]
        start_date: Option<String>,
    },
    /// Without an end.
    NoEnd {
        /// The first day; the default is the day of `start`.
        #[serde(skip_serializing)]
        #[schemars(extend("format" = "date"))]
        start_date: Option<String>,
    },
}

impl Recurrence {
    /// As Graph takes it. `first` is the day on which the event begins, `zone` the name of its zone.
    ///
    /// # Errors
    /// `invalid_input` for days that are none or contradict each other.
    pub fn written(self, first: Option<&str>, zone: Option<&str>) -> Result<Value> {
        let print = |value: serde_json::Result<Value>| {
            value.map_err(|error| Error::bug("a recurrence does not print").caused_by(error))
        };
        let pattern = print(serde_json::to_value(&self.pattern))?;
        let mut range = print(serde_json::to_value(&self.range))?;
        let (given, last) = match &self.range {
            RecurrenceRange::EndDate { start_date, end_date } => (start_date, Some(end_date)),
            RecurrenceRange::Numbered { start_date, .. } | RecurrenceRange::NoEnd { start_date } => (start_date, None),
        };
        let day = |text: &str, property: &str| -> Result<Date> {
            text.parse().map_err(|_| {
                Error::invalid(format!("/recurrence/range/{property}"), "is not a day; write it as 2026-05-04")
            })
        };
        let first = given.as_deref().or(first);
        let first = first.ok_or_else(|| {
            Error::invalid("/recurrence/range/startDate", "is missing: give it, or `start` of the event")
        })?;
        let begins = day(first, "startDate")?;
        if let Some(last) = last
            && day(last, "endDate")? < begins
        {
            return Err(Error::invalid("/recurrence/range/endDate", format!("is before the first day, {begins}")));
        }
        range["startDate"] = json!(begins.to_string());
        if let Some(zone) = zone {
            range["recurrenceTimeZone"] = json!(zone);
        }
        Ok(json!({ "pattern": pattern, "range": range }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Result<Value> {
        serde_json::from_str::<Recurrence>(text).unwrap().written(Some("2026-05-04"), Some("Europe/Berlin"))
    }

    #[test]
    fn shapes_are_those_of_graph() {
        let monthly = r#"{"pattern":{"type":"relativeMonthly","interval":2,"daysOfWeek":["tuesday"],"index":"second"},"range":{"type":"numbered","numberOfOccurrences":5}}"#;
        assert_eq!(
            written(monthly).unwrap(),
            json!({
                "pattern": { "type": "relativeMonthly", "interval": 2, "daysOfWeek": ["tuesday"], "index": "second" },
                "range": { "type": "numbered", "numberOfOccurrences": 5, "startDate": "2026-05-04", "recurrenceTimeZone": "Europe/Berlin" }
            })
        );
        let daily = r#"{"pattern":{"type":"daily","interval":1},"range":{"type":"noEnd","startDate":"2026-06-01"}}"#;
        assert_eq!(written(daily).unwrap()["range"]["startDate"], "2026-06-01");
    }

    #[test]
    fn days_that_contradict_are_refused() {
        let ends = |day: &str| {
            format!(r#"{{"pattern":{{"type":"daily","interval":1}},"range":{{"type":"endDate","endDate":"{day}"}}}}"#)
        };
        assert!(written(&ends("2026-05-04")).is_ok());
        for day in ["2026-05-03", "2026-02-30", "soon"] {
            assert_eq!(written(&ends(day)).unwrap_err().violations()[0].pointer, "/recurrence/range/endDate", "{day}");
        }
        let none = serde_json::from_str::<Recurrence>(&ends("2026-05-04")).unwrap().written(None, None).unwrap_err();
        assert_eq!(none.violations()[0].pointer, "/recurrence/range/startDate");
    }
}
