//! The names of time zones, and times in them.

#![no_main]

use connector_sdk::Zone;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((moment, name)) = data.split_first_chunk::<8>() else { return };
    let Ok(name) = std::str::from_utf8(name) else { return };
    let Some(zone) = Zone::named(name) else { return };
    assert!(!zone.service_name().is_empty());
    let seconds = i64::from_le_bytes(*moment) % 10_000_000_000;
    let Ok(moment) = Timestamp::from_second(seconds) else { return };
    let clock = zone.clock(moment);
    // In the hour that comes twice a year either may be meant.
    let back = zone.moment(clock).expect("a time that a clock has shown");
    assert!(moment.duration_since(back.timestamp()).abs().as_secs() <= 3 * 3600, "{name} {moment} {back}");
});
