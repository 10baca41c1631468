//! Times as people give them and as Outlook writes them.

use connector_sdk::{Error, Request, Result, Zone, graph_time_text};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::BodyType;

/// A time: an instant such as `2026-01-31T08:00:00Z` or `2026-01-31T09:00:00+01:00`, a local time such as
/// `2026-01-31T09:00`, or a day such as `2026-01-31` for its first moment.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend(
    "pattern" = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?$",
    "x-moment" = true,
    "x-forms" = "A local time or day needs `timeZone`."
))]
pub struct Moment(pub String);

/// A local time with its zone, as Graph writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "dateTimeTimeZone"))]
pub struct DateTimeTimeZone {
    /// The local time, such as `2026-01-31T09:00:00`.
    pub date_time: String,
    /// The time zone by its Windows or IANA name.
    pub time_zone: String,
}

enum Read {
    Instant(Timestamp),
    Clock(DateTime),
    Day(Date),
}

impl Moment {
    fn read(&self, property: &str) -> Result<Read> {
        let text = graph_time_text(&self.0, &format!("/{property}"))?;
        let wrong = |error: jiff::Error| Error::invalid(format!("/{property}"), format!("this is not a time: {error}"));
        match text.split_once('T') {
            None => text.parse().map(Read::Day).map_err(wrong),
            Some((_, time)) if time.contains(['Z', '+', '-']) => text.parse().map(Read::Instant).map_err(wrong),
            Some(_) => text.parse().map(Read::Clock).map_err(wrong),
        }
    }

    /// Whether it is a day without a time.
    pub fn is_day(&self) -> bool {
        !self.0.contains('T')
    }

    /// As Graph takes it in an event or a flag. An instant is shown in `zone` where one is given, else in
    /// UTC; a day is its first moment there.
    ///
    /// # Errors
    /// `invalid_input` at `/{property}` for a time that is none, a local time or a day without a zone, or one that
    /// clocks skip.
    pub fn with_zone(&self, zone: Option<&Zone>, property: &str) -> Result<DateTimeTimeZone> {
        let utc = Zone::utc();
        let clock = match self.read(property)? {
            Read::Instant(instant) => zone.unwrap_or(&utc).clock(instant),
            Read::Day(day) => {
                zone.ok_or_else(|| without_zone(property))?;
                day.to_datetime(Time::midnight())
            }
            Read::Clock(clock) => {
                zone.ok_or_else(|| without_zone(property))?
                    .moment(clock)
                    .map_err(|error| error.at(&format!("/{property}")))?;
                clock
            }
        };
        Ok(DateTimeTimeZone { date_time: print(clock), time_zone: zone.unwrap_or(&utc).service_name().to_owned() })
    }

    /// The instant, for a query.
    ///
    /// # Errors
    /// As [`Moment::with_zone`].
    pub fn instant(&self, zone: Option<&Zone>, property: &str) -> Result<Timestamp> {
        let clock = match self.read(property)? {
            Read::Instant(instant) => return Ok(instant),
            Read::Day(day) => day.to_datetime(Time::midnight()),
            Read::Clock(clock) => clock,
        };
        let zone = zone.ok_or_else(|| without_zone(property))?;
        zone.moment(clock).map(|moment| moment.timestamp()).map_err(|error| error.at(&format!("/{property}")))
    }
}

fn without_zone(property: &str) -> Error {
    Error::invalid(
        format!("/{property}"),
        "this is a local time: give `timeZone`, or write its offset, as in 2026-01-31T09:00:00+01:00",
    )
    .with_hint("A local time or a day needs its time zone; UTC is not assumed.")
}

// Fractions only where there are some.
fn print(clock: DateTime) -> String {
    if clock.subsec_nanosecond() == 0 { clock.strftime("%Y-%m-%dT%H:%M:%S").to_string() } else { clock.to_string() }
}

/// How times and texts are shown in an answer. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    /// The time zone of local times and days of the input, and of the times in the answer, by Windows or IANA name.
    /// Without it, the input has no local times, and the answer is in UTC.
    pub time_zone: Option<Zone>,
    /// Format of the returned bodies: HTML or plain text; the default is the format in which they were written.
    pub body_format: Option<BodyType>,
}

impl Preferences {
    /// Writes them into a request. They stay on every page.
    pub fn apply(&self, mut request: Request) -> Request {
        if let Some(zone) = &self.time_zone {
            request = request.prefer(format!("outlook.timezone=\"{}\"", zone.service_name()));
        }
        if let Some(format) = self.body_format {
            request = request.prefer(format!("outlook.body-content-type=\"{}\"", format.name()));
        }
        request
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, zone: Option<&str>) -> Result<String> {
        let zone = zone.map(|name| Zone::named(name).unwrap());
        let written = Moment(text.to_owned()).with_zone(zone.as_ref(), "start")?;
        Ok(format!("{} {}", written.date_time, written.time_zone))
    }

    #[test]
    fn an_instant_is_shown_in_the_zone_and_a_local_time_needs_one() {
        assert_eq!(
            shown("2026-07-01T08:00:00Z", Some("Europe/Berlin")).unwrap(),
            "2026-07-01T10:00:00 W. Europe Standard Time"
        );
        assert_eq!(shown("2026-07-01T08:00:00+02:00", None).unwrap(), "2026-07-01T06:00:00 UTC");
        assert_eq!(
            shown("2026-07-01T08:00", Some("W. Europe Standard Time")).unwrap(),
            "2026-07-01T08:00:00 W. Europe Standard Time"
        );
        assert_eq!(shown("2026-07-01", Some("UTC")).unwrap(), "2026-07-01T00:00:00 UTC");
        for local in ["2026-07-01T08:00", "2026-07-01"] {
            assert_eq!(shown(local, None).unwrap_err().violations()[0].pointer, "/start");
            assert_eq!(Moment(local.to_owned()).instant(None, "start").unwrap_err().violations()[0].pointer, "/start");
        }
        assert!(shown("2026-03-29T02:30", Some("Europe/Berlin")).unwrap_err().to_string().contains("skip"));
        assert!(shown("2026-02-30", None).is_err());
    }

    #[test]
    fn a_time_is_passed_on_exactly_or_refused() {
        assert_eq!(shown("2026-07-01T08:00:00.1234567+05:30", None).unwrap(), "2026-07-01T02:30:00.1234567 UTC");
        assert_eq!(shown("2026-07-01T08:00:00.120000000", Some("UTC")).unwrap(), "2026-07-01T08:00:00.12 UTC");
        for bad in ["2026-07-01T08:00:00.12345678Z", "2026-07-01T08:00:00.123456789", "2016-12-31T23:59:60Z"] {
            assert_eq!(shown(bad, Some("UTC")).unwrap_err().violations()[0].pointer, "/start", "{bad}");
        }
    }

    #[test]
    fn a_query_takes_the_instant() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let instant = |text: &str| Moment(text.to_owned()).instant(Some(&berlin), "start").unwrap().to_string();
        assert_eq!(instant("2026-07-01T08:00"), "2026-07-01T06:00:00Z");
        assert_eq!(instant("2026-01-01"), "2025-12-31T23:00:00Z");
    }
}
