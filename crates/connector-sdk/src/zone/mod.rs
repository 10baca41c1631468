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
    /// Coordinated universal time.
    pub fn utc() -> Zone {
        Zone { name: "UTC".to_owned(), rules: TimeZone::UTC }
    }

    /// The zone of this name, in letters of either case.
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

    /// Its name, as Outlook takes it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What clocks show there at this moment.
    pub fn clock(&self, moment: Timestamp) -> DateTime {
        moment.to_zoned(self.rules.clone()).datetime()
    }

    /// The moment at which clocks show this. Where they show it twice, it is the first time.
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

    /// Every Windows name with the IANA name of its main territory.
    pub fn windows() -> impl Iterator<Item = (&'static str, &'static str)> {
        windows::ZONES.iter().copied()
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Zone, D::Error> {
        let name = Cow::<'de, str>::deserialize(deserializer)?;
        Zone::named(&name).ok_or_else(|| {
            serde::de::Error::custom(format!("there is no time zone `{name}`; write it like `Europe/Berlin` or `W. Europe Standard Time`"))
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
    fn summer_time_counts_in_both_spellings() {
        for name in ["W. Europe Standard Time", "europe/berlin"] {
            let zone = Zone::named(name).unwrap();
            assert_eq!(zone.clock("2026-07-15T07:00:00Z".parse().unwrap()).to_string(), "2026-07-15T09:00:00");
            assert_eq!(zone.moment("2026-01-15T09:00:00".parse().unwrap()).unwrap().timestamp().to_string(), "2026-01-15T08:00:00Z");
        }
        assert_eq!(Zone::named("europe/berlin").unwrap().name(), "Europe/Berlin");
    }

    #[test]
    fn a_skipped_time_is_refused_and_a_repeated_one_is_the_first() {
        let zone = Zone::named("Europe/Berlin").unwrap();
        assert!(zone.moment("2026-03-29T02:30:00".parse().unwrap()).is_err());
        assert_eq!(zone.moment("2026-10-25T02:30:00".parse().unwrap()).unwrap().timestamp().to_string(), "2026-10-25T00:30:00Z");
    }
}
