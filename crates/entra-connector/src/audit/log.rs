//! New entries of a log.

use connector_sdk::{Event, Json, Plan, Poll, Properties, Request, odata, recent};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

/// How far a look goes back. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Overlap {
    /// Overlap in minutes: each poll begins this long before the newest entry seen. An entry that appears later than
    /// that does not fire. Microsoft states no maximum delay; a longer overlap reads more of the log at each poll.
    #[serde(default = "some_hours")]
    #[schemars(range(max = 10_080))]
    overlap_minutes: u32,
}

fn some_hours() -> u32 {
    360
}

const PAGE: u32 = 500;

/// One look at a page of a log. `time` is the property with the time of an entry.
pub fn look<T: Send + 'static>(
    log: Request,
    time: &'static str,
    conditions: &[(&str, Option<&String>)],
    overlap: Overlap,
    cursor: Option<recent::Cursor>,
    now: Timestamp,
) -> Plan<Poll<T, recent::Cursor>> {
    let equal = |(name, value): &(&str, Option<&String>)| Some(format!("{name} eq {}", odata::string(value.as_ref()?)));
    let conditions: Vec<String> = conditions.iter().filter_map(equal).collect();
    let list = move |from: Timestamp| {
        let since = format!("{time} ge {}", from.strftime("%Y-%m-%dT%H:%M:%SZ"));
        let filter = [vec![since], conditions].concat().join(" and ");
        log.query("$filter", filter).query("$orderby", format!("{time} desc")).query("$top", PAGE)
    };
    let found = move |item: Json| {
        let entry = Properties::of(&item);
        let (moment, id) = (entry.time(time), entry.identity());
        (moment, Some(Event::new(id, item)))
    };
    // Logs tell whole seconds: what happened after `now` may have a time before it.
    let since = Timestamp::from_second(now.as_second()).unwrap_or(now);
    // The newest come first.
    let overlap = SignedDuration::from_mins(overlap.overlap_minutes.into());
    let back = recent::Back::new(overlap, overlap);
    recent::look(back, list, cursor, since, now, found)
        .map(|poll| poll.with(|events| events.into_iter().rev().collect(), |cursor| cursor))
}

#[cfg(test)]
mod tests {
    use connector_sdk::{Response, ScriptedRun};
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_happened_in_the_second_of_the_first_look_fires() {
        let page = r#"{"value":[{"id":"b","at":"2026-05-08T12:00:05Z"},{"id":"a","at":"2026-05-08T12:00:04Z"}]}"#;
        let mut stage = ScriptedRun::new([Response::new(200, page)]);
        let now = "2026-05-08T12:00:05.9Z".parse().unwrap();
        let poll = stage
            .run(look::<Value>(
                Request::get("/auditLogs/x"),
                "at",
                &[("kind", Some(&"k".to_owned()))],
                Overlap { overlap_minutes: 360 },
                None,
                now,
            ))
            .unwrap();
        assert_eq!(poll.events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), ["b"]);
        assert!(
            stage.sent[0].url.contains("at%20ge%202026-05-08T12:00:05Z%20and%20kind%20eq%20'k'"),
            "{}",
            stage.sent[0].url
        );
    }
}
