//! Triggers, on answers that are perturbed: no event is lost and none is invented.

use std::collections::{BTreeMap, BTreeSet};

use connector_runtime::Listen;
use connector_sdk::Json;
use graph_sandbox::{Clock, Perturbations};
use serde_json::Value;

use super::compare::differences;
use super::listed::examples;
use super::{chosen, now, seeds, stage, story, told};
use crate::stage::{Stage, plain, say};

/// A trigger and an input.
#[derive(Debug, Clone)]
struct Heard {
    trigger: String,
    input: Value,
}

/// Events by id, for each chapter of the story.
type Events = Vec<BTreeMap<String, Value>>;

fn all() -> Vec<Heard> {
    let stage = Stage::new();
    let mut all = Vec::new();
    let mut known = BTreeSet::new();
    for connector in stage.host.connectors() {
        for trigger in connector.triggers.iter().filter(|it| known.insert(it.source())) {
            let name = format!("{}.{}", connector.name, trigger.spec().name);
            all.extend(
                examples(&trigger.input_schema()).into_iter().map(|input| Heard { trigger: name.clone(), input }),
            );
        }
    }
    all
}

async fn events(heard: &Heard, clock: &Clock, perturbations: Option<&Perturbations>) -> Result<Events, String> {
    let (stage, heard) = (stage(clock, perturbations), heard.clone());
    let task = tokio::spawn(async move {
        let mut listener = stage.host.listen(Listen::new(heard.trigger.as_str(), "adele", heard.input)).await?;
        let (mut chapters, mut made) = (Vec::new(), Vec::new());
        for chapter in 0..=story::CHAPTERS {
            let mut events = BTreeMap::new();
            while let Some(event) = listener.try_next().await? {
                listener.ack(&event).await?;
                let data: Value = event.data.read()?;
                // What fires twice with one id is seen once by whoever looks at ids.
                events.insert(event.id, plain(data));
            }
            chapters.push(events);
            if chapter < story::CHAPTERS {
                story::tell(&stage, chapter, &mut made);
            }
        }
        Ok(chapters)
    });
    match task.await {
        Ok(Ok(events)) => Ok(events),
        Ok(Err(error)) => Err(told(&error)),
        Err(panic) => Err(format!("BAD panic: {panic}")),
    }
}

/// What an event is about, without its version: its id, or the ids that it names, or else all of it.
fn subject(event: &Value) -> String {
    if let Some(id) = event["id"].as_str() {
        return id.to_owned();
    }
    let properties = event.as_object().into_iter().flatten();
    let named = properties.clone().filter(|(name, _)| name.ends_with("Id")).map(|(_, value)| value.to_string());
    let mut ids: Vec<String> =
        named.chain(properties.filter_map(|(_, value)| value.get("id")).map(Value::to_string)).collect();
    // Properties come in any order.
    ids.sort();
    if ids.is_empty() { Json::of(event).map(|event| event.canonical()).unwrap_or_default() } else { ids.join(" ") }
}

/// What is told in each chapter, once or several times.
fn subjects(events: &Events) -> Vec<BTreeSet<String>> {
    events.iter().map(|chapter| chapter.values().map(subject).collect()).collect()
}

/// The events of each chapter in an order of their own, because pages of several lists may overtake each other.
fn told_events(events: &Events) -> Value {
    let sorted = |chapter: &BTreeMap<String, Value>| {
        let mut all: Vec<&Value> = chapter.values().collect();
        all.sort_by_cached_key(|event| subject(event));
        all.into_iter().cloned().collect()
    };
    Value::Array(events.iter().map(sorted).collect())
}

#[tokio::test(start_paused = true)]
async fn what_is_worded_otherwise_fires_the_same_events() {
    let (mut wrong, mut runs, mut count) = (Vec::new(), 0, 0);
    for heard in all() {
        let clock = now();
        let one = events(&heard, &clock, None).await.unwrap();
        count += one.iter().map(BTreeMap::len).sum::<usize>();
        for seed in seeds() {
            let perturbations = chosen(seed, &["lossless"]);
            runs += 1;
            let found = match events(&heard, &clock, Some(&perturbations)).await {
                Ok(perturbed) if one == perturbed => continue,
                Ok(perturbed) => {
                    let two = events(&heard, &clock, None).await.unwrap();
                    differences(&told_events(&one), &told_events(&two), &told_events(&perturbed))
                }
                Err(error) => vec![error],
            };
            wrong.extend(found.into_iter().map(|difference| format!("{heard:?} with {perturbations}: {difference}")));
        }
    }
    say(&format!("{runs} runs, {count} events, {} differences", wrong.len()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 50, "the story tells too little: {count} events");
}

/// What went wrong with the events that a trigger fires on answers that tell less: `None` where none is lost and none
/// invented, or a clear error said why not.
async fn wrong(heard: &Heard, one: &Events, clock: &Clock, perturbations: &Perturbations) -> Option<String> {
    match events(heard, clock, Some(perturbations)).await {
        // A fragment may fire once more within a chapter; what did not happen in it may not.
        Ok(perturbed) if subjects(one) == subjects(&perturbed) => None,
        Ok(perturbed) => {
            let differ = |(one, other): (&BTreeSet<String>, &BTreeSet<String>)| {
                let lost: Vec<_> = one.difference(other).cloned().collect();
                let invented: Vec<_> = other.difference(one).cloned().collect();
                format!("lost {lost:?}, invented {invented:?}")
            };
            let found: Vec<String> = subjects(one).iter().zip(&subjects(&perturbed)).map(differ).collect();
            Some(format!("{found:?}"))
        }
        Err(error) if error.starts_with("BAD") => Some(error),
        Err(error) => {
            say(&format!("{heard:?} with {perturbations}: {error}"));
            None
        }
    }
}

/// What triggers judge by, what the story changes and what examples filter by: without it nobody could tell whether
/// something happened.
const JUDGED_BY: &[&str] = &[
    "createdDateTime",
    "lastModifiedDateTime",
    "receivedDateTime",
    "sentDateTime",
    "activityDateTime",
    "eTag",
    "changeKey",
    "displayName",
    "subject",
    "isRead",
    "flag",
    "flagStatus",
    "description",
    "fields",
    "Title",
    "name",
    "body",
    "content",
    "messageType",
    "deleted",
    "file",
    "folder",
    "package",
];

async fn no_event_is_lost_or_invented(usual: &[&str]) {
    let (mut found, mut runs) = (Vec::new(), 0);
    for heard in all() {
        let clock = now();
        let one = events(&heard, &clock, None).await.unwrap();
        for seed in seeds() {
            let perturbations = chosen(seed, usual).sparing(JUDGED_BY);
            runs += 1;
            found.extend(
                wrong(&heard, &one, &clock, &perturbations)
                    .await
                    .map(|what| format!("{heard:?} with {perturbations}: {what}")),
            );
        }
    }
    say(&format!("{runs} runs, {} wrong", found.len()));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn what_is_told_in_parts_loses_and_invents_no_event() {
    no_event_is_lost_or_invented(&["lossless", "repeats", "fragments"]).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_left_out_or_strange_loses_and_invents_no_event() {
    no_event_is_lost_or_invented(&["all"]).await;
}
