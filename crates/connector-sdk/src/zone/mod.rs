//! Time zones, by the names that Windows and the [IANA database][1] give them. Outlook takes both.
//!
//! [1]: https://www.iana.org/time-zones

mod windows;

use std::borrow::Cow;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Error, Result};

/// A time zone with the name that it was given by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

impl Zone {
    /// Returns Coordinated Universal Time.
    pub fn utc() -> Zone {
        Zone { name: "UTC".to_owned(), rules: TimeZone::UTC }
    }

    /// Returns the zone of this name, ignoring case.
    pub fn named(name: &str) -> Option<Zone> {
        if name.eq_ignore_ascii_case("utc") {
            return Some(Zone::utc());
        }
        if let Some((windows, iana)) = windows::ZONES.iter().find(|(windows, _)| windows.eq_ignore_ascii_case(name)) {
            return Some(Zone { name: (*windows).to_owned(), rules: TimeZone::get(iana).ok()? });
        }
        let rules = TimeZone::get(name).ok()?;
        Some(Zone { name: rules.iana_name()?.to_owned(), rules })
    }

    /// Returns the name, as it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the name that Exchange surely knows: the Windows name, where a Windows zone has the same rules. The list
    /// of IANA names that Exchange has is shorter and older, and parts of Graph take none of them.
    pub fn service_name(&self) -> &str {
        if self.rules == TimeZone::UTC || windows::ZONES.iter().any(|(windows, _)| *windows == self.name) {
            return &self.name;
        }
        if let Some((windows, _)) = windows::ZONES.iter().find(|(_, iana)| *iana == self.name) {
            return windows;
        }
        // Another name of the same zone has had the same rules ever since; else the longer, the better. Of several one
        // of the same part of the world, for those who read it.
        let since = |year: &i16| -> Vec<_> {
            windows::ZONES
                .iter()
                .filter(|(_, iana)| TimeZone::get(iana).is_ok_and(|zone| same_rules(&zone, &self.rules, *year)))
                .collect()
        };
        let same = [1950, 1990, 2010, 2024].iter().map(since).find(|same| !same.is_empty()).unwrap_or_default();
        let area = |iana: &str| iana.split('/').next().map(str::to_owned);
        let near = same.iter().find(|(_, iana)| area(iana) == area(&self.name)).or(same.first());
        near.map_or(&self.name, |(windows, _)| windows)
    }

    /// Returns the local time in the zone at this moment.
    pub fn clock(&self, moment: Timestamp) -> DateTime {
        moment.to_zoned(self.rules.clone()).datetime()
    }

    /// Returns the moment of a local time in the zone. Where the local time occurs twice, it is the first one.
    ///
    /// # Errors
    /// `invalid_input` at the root for a time that clocks skip.
    pub fn moment(&self, clock: DateTime) -> Result<Zoned> {
        let there = self.rules.to_ambiguous_zoned(clock);
        if there.is_ambiguous() && matches!(there.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
            let message = format!("clocks in {} skip {clock}: they are put forward then", self.name);
            return Err(Error::invalid("", message));
        }
        there.earlier().map_err(|error| Error::invalid("", error.to_string()))
    }

    /// Returns every Windows name with the IANA name of its main territory.
    pub fn windows() -> impl Iterator<Item = (&'static str, &'static str)> {
        windows::ZONES.iter().copied()
    }
}

// Whether clocks have shown the same since the beginning of a year, and will.
fn same_rules(one: &TimeZone, other: &TimeZone, year: i16) -> bool {
    let moment = |year| {
        DateTime::new(year, 1, 1, 0, 0, 0, 0).and_then(|day| day.to_zoned(TimeZone::UTC)).map(|day| day.timestamp())
    };
    let (Ok(from), Ok(until)) = (moment(year), moment(2040)) else { return false };
    let changes = |zone: &TimeZone| -> Vec<_> {
        let changes = zone.following(from).take_while(|change| change.timestamp() < until);
        changes.map(|change| (change.timestamp(), change.offset())).collect()
    };
    one.to_offset(from) == other.to_offset(from) && changes(one) == changes(other)
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Zone, D::Error> {
        let name = Cow::<'de, str>::deserialize(deserializer)?;
        Zone::named(&name).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "there is no time zone `{name}`; write it like `Europe/Berlin` or `W. Europe Standard Time`"
            ))
        })
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.name.serialize(serializer)
    }
}

impl JsonSchema for Zone {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Zone".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string", "minLength": 1, "maxLength": 100,
            "x-picklist": "time_zones",
            "description": "A time zone by its Windows or IANA name, such as `W. Europe Standard Time` or `Europe/Berlin`."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_windows_name_has_rules() {
        for (windows, iana) in Zone::windows() {
            assert!(Zone::named(windows).is_some(), "{windows}");
            assert!(Zone::named(iana).is_some(), "{iana}");
        }
        assert!(Zone::named("Nowhere Standard Time").is_none());
    }

    #[test]
    fn exchange_gets_a_name_that_it_knows() {
        for (given, taken) in [
            ("Europe/Kyiv", "FLE Standard Time"),
            ("America/Nuuk", "Greenland Standard Time"),
            ("Asia/Ho_Chi_Minh", "SE Asia Standard Time"),
            ("America/Argentina/Buenos_Aires", "Argentina Standard Time"),
            ("America/Los_Angeles", "Pacific Standard Time"),
            ("Africa/Casablanca", "Morocco Standard Time"),
            ("Asia/Kolkata", "India Standard Time"),
            ("europe/berlin", "W. Europe Standard Time"),
            ("W. Europe Standard Time", "W. Europe Standard Time"),
            ("utc", "UTC"),
        ] {
            assert_eq!(Zone::named(given).unwrap().service_name(), taken);
        }
        // A zone has the same clock under both names, whichever was found.
        let now = "2026-11-02T09:00:00Z".parse().unwrap();
        for name in ["Europe/Vienna", "America/Toronto", "Africa/Tunis", "Australia/Melbourne", "Asia/Kathmandu"] {
            let zone = Zone::named(name).unwrap();
            let taken = Zone::named(zone.service_name()).unwrap();
            assert!(Zone::windows().any(|(windows, _)| windows == taken.name()), "{name}");
            assert_eq!(zone.clock(now), taken.clock(now), "{name}");
        }
        assert_eq!(
            Zone::named("Antarctica/Troll").unwrap().service_name(),
            "Antarctica/Troll",
            "none has the same rules"
        );
    }

    #[test]
    fn summer_time_counts_in_both_spellings() {
        for name in ["W. Europe Standard Time", "europe/berlin"] {
            let zone = Zone::named(name).unwrap();
            assert_eq!(zone.clock("2026-07-15T07:00:00Z".parse().unwrap()).to_string(), "2026-07-15T09:00:00");
            assert_eq!(
                zone.moment("2026-01-15T09:00:00".parse().unwrap()).unwrap().timestamp().to_string(),
                "2026-01-15T08:00:00Z"
            );
        }
        assert_eq!(Zone::named("europe/berlin").unwrap().name(), "Europe/Berlin");
    }

    #[test]
    fn a_skipped_time_is_refused_and_a_repeated_one_is_the_first() {
        let zone = Zone::named("Europe/Berlin").unwrap();
        assert!(zone.moment("2026-03-29T02:30:00".parse().unwrap()).is_err());
        assert_eq!(
            zone.moment("2026-10-25T02:30:00".parse().unwrap()).unwrap().timestamp().to_string(),
            "2026-10-25T00:30:00Z"
        );
    }
}
