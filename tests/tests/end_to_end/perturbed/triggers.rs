//! Triggers, on answers that are perturbed: no event is lost and none is invented.

use std::collections::BTreeMap;

use connector_runtime::Listen;
use graph_sim::{Clock, Perturbations};
use serde_json::Value;

use super::compare::differences;
use super::listed::examples;
use super::{now, seeds, stage, story, told};
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
    let mut known = std::collections::BTreeSet::new();
    for connector in stage.host.connectors() {
        for trigger in connector.triggers.iter().filter(|it| known.insert(it.source())) {
            let name = format!("{}.{}", connector.name, trigger.spec().name);
            all.extend(examples(&trigger.input_schema()).into_iter().map(|input| Heard { trigger: name.clone(), input }));
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

/// What an event is about, without its version.
fn subjects(events: &Events) -> Vec<String> {
    let mut all: Vec<String> = events.iter().flat_map(|chapter| chapter.values()).map(subject).collect();
    all.sort();
    all
}

fn subject(event: &Value) -> String {
    let ids = ["id", "attachment", "member", "user", "group", "message"];
    ids.iter().filter_map(|name| event.get(name)).map(|value| value.get("id").unwrap_or(value).to_string()).collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_worded_otherwise_fires_the_same_events() {
    let (clock, mut wrong, mut runs, mut count) = (now(), Vec::new(), 0, 0);
    for heard in all() {
        let (one, two) = (events(&heard, &clock, None).await.unwrap(), events(&heard, &clock, None).await.unwrap());
        count += one.iter().map(BTreeMap::len).sum::<usize>();
        let chapter = |events: &Events| Value::Array(events.iter().map(|chapter| chapter.values().cloned().collect()).collect());
        for seed in seeds() {
            let perturbations = Perturbations::seeded(seed);
            runs += 1;
            let found = match events(&heard, &clock, Some(&perturbations)).await {
                Ok(perturbed) if subjects(&one) == subjects(&two) && subjects(&one) != subjects(&perturbed) => {
                    vec![format!("{:?} became {:?}", subjects(&one), subjects(&perturbed))]
                }
                Ok(perturbed) => differences(&chapter(&one), &chapter(&two), &chapter(&perturbed)),
                Err(error) => vec![error],
            };
            wrong.extend(found.into_iter().map(|difference| format!("{heard:?} with {perturbations}: {difference}")));
        }
    }
    say(&format!("{runs} runs, {count} events, {} differences", wrong.len()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 50, "the story tells too little: {count} events");
}

#[tokio::test(start_paused = true)]
async fn what_is_told_in_parts_loses_and_invents_no_event() {
    let (clock, mut wrong, mut runs) = (now(), Vec::new(), 0);
    for heard in all() {
        let one = events(&heard, &clock, None).await.unwrap();
        for seed in seeds() {
            let perturbations = Perturbations::named(seed, ["lossless", "repeats", "fragments"]).unwrap();
            runs += 1;
            match events(&heard, &clock, Some(&perturbations)).await {
                Ok(perturbed) if subjects(&one) == subjects(&perturbed) => {}
                Ok(perturbed) => {
                    wrong.push(format!("{heard:?} with {perturbations}: {:?} became {:?}", subjects(&one), subjects(&perturbed)));
                }
                Err(error) if error.starts_with("BAD") => wrong.push(format!("{heard:?} with {perturbations}: {error}")),
                Err(error) => say(&format!("{heard:?} with {perturbations}: {error}")),
            }
        }
    }
    say(&format!("{runs} runs, {} wrong", wrong.len()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
