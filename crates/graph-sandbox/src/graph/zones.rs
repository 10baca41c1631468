//! Time zones by the names that Outlook takes: Windows names and the commonest IANA names.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Windows name, IANA name, POSIX rule of today.
const ZONES: [(&str, &str, &str); 26] = [
    ("UTC", "Etc/UTC", "UTC0"),
    ("GMT Standard Time", "Europe/London", "GMT0BST,M3.5.0/1,M10.5.0"),
    ("Greenwich Standard Time", "Atlantic/Reykjavik", "GMT0"),
    ("W. Europe Standard Time", "Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("Central Europe Standard Time", "Europe/Budapest", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("Romance Standard Time", "Europe/Paris", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("Central European Standard Time", "Europe/Warsaw", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("E. Europe Standard Time", "Europe/Chisinau", "EET-2EEST,M3.5.0,M10.5.0/3"),
    ("FLE Standard Time", "Europe/Kiev", "EET-2EEST,M3.5.0/3,M10.5.0/4"),
    ("GTB Standard Time", "Europe/Bucharest", "EET-2EEST,M3.5.0/3,M10.5.0/4"),
    ("South Africa Standard Time", "Africa/Johannesburg", "SAST-2"),
    ("Turkey Standard Time", "Europe/Istanbul", "<+03>-3"),
    ("Russian Standard Time", "Europe/Moscow", "MSK-3"),
    ("Arabian Standard Time", "Asia/Dubai", "<+04>-4"),
    ("India Standard Time", "Asia/Kolkata", "IST-5:30"),
    ("Singapore Standard Time", "Asia/Singapore", "<+08>-8"),
    ("China Standard Time", "Asia/Shanghai", "CST-8"),
    ("Tokyo Standard Time", "Asia/Tokyo", "JST-9"),
    ("AUS Eastern Standard Time", "Australia/Sydney", "AEST-10AEDT,M10.1.0,M4.1.0/3"),
    ("New Zealand Standard Time", "Pacific/Auckland", "NZST-12NZDT,M9.5.0,M4.1.0/3"),
    ("E. South America Standard Time", "America/Sao_Paulo", "<-03>3"),
    ("Eastern Standard Time", "America/New_York", "EST5EDT,M3.2.0,M11.1.0"),
    ("Central Standard Time", "America/Chicago", "CST6CDT,M3.2.0,M11.1.0"),
    ("Mountain Standard Time", "America/Denver", "MST7MDT,M3.2.0,M11.1.0"),
    ("Pacific Standard Time", "America/Los_Angeles", "PST8PDT,M3.2.0,M11.1.0"),
    ("Hawaiian Standard Time", "Pacific/Honolulu", "HST10"),
];

/// The zone of that name, if the sandbox knows it.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    let same = |known: &str| known.eq_ignore_ascii_case(name);
    if same("utc") || same("tzone://Microsoft/Utc") {
        return Some(TimeZone::UTC);
    }
    let rule = ZONES.iter().find(|(windows, iana, _)| same(windows) || same(iana))?.2;
    TimeZone::posix(rule).ok()
}

/// The moment at which clocks in `zone` show `local`.
pub(crate) fn moment(local: &str, zone: &TimeZone) -> Option<Timestamp> {
    // A time with an offset means what it says.
    if let Ok(moment) = local.parse::<Timestamp>() {
        return Some(moment);
    }
    let local: DateTime = local.parse().ok()?;
    Some(zone.to_ambiguous_zoned(local).compatible().ok()?.timestamp())
}

/// What clocks in `zone` show, as Outlook prints it: to seven digits and without an offset.
pub(crate) fn local(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S.0000000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_read_and_summer_time_counts() {
        for (windows, iana, _) in ZONES {
            assert!(zone(windows).is_some() && zone(iana).is_some(), "{windows}");
        }
        assert!(zone("Nowhere").is_none());
        let utc = |local: &str, name: &str| moment(local, &zone(name).unwrap()).unwrap().to_string();
        assert_eq!(utc("2026-01-15T09:00:00", "Pacific Standard Time"), "2026-01-15T17:00:00Z");
        assert_eq!(utc("2026-07-15T09:00:00.0000000", "Europe/Berlin"), "2026-07-15T07:00:00Z");
        let shown = local("2026-07-15T07:00:00Z".parse().unwrap(), &zone("W. Europe Standard Time").unwrap());
        assert_eq!(shown, "2026-07-15T09:00:00.0000000");
    }
}
