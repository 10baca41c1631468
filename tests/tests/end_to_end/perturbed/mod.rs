//! Everything that a connector lists, on answers that are perturbed: see `graph_sim::Perturbations`.
//!
//! Each example runs twice on plain sandboxes, which shows what is the same each time, and then for each seed on one whose answers are
//! perturbed: where nothing is lost, the outcome is the same; where something is lost, it is a right one or a clear error.
//!
//! `TENON_PERTURB_SEEDS=10..60` runs other seeds than the usual few. `TENON_PERTURB=7` or `TENON_PERTURB=7:links,order` runs every other
//! test of this binary on a perturbed sandbox.

mod compare;
mod listed;
mod story;
mod triggers;

use connector_runtime::Run;
use connector_sdk::{Code, Error, Result};
use graph_sim::{Clock, Perturbations, Sandbox};
use serde_json::Value;

use crate::stage::{ALL, Stage, plain, say};
use compare::differences;
use listed::{Kind, Listed};

/// The seeds of a usual run; few, so that it takes seconds.
const USUAL: std::ops::Range<u64> = 1..2;

fn seeds() -> std::ops::Range<u64> {
    let Ok(text) = std::env::var("TENON_PERTURB_SEEDS") else { return USUAL };
    let range = text.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    range.unwrap_or_else(|| panic!("TENON_PERTURB_SEEDS is no range such as 10..60: {text}"))
}

/// A stage at a time that stands still, so that two runs see the same.
fn stage(clock: &Clock, perturbations: Option<&Perturbations>) -> Stage {
    let sandbox = Sandbox::builder().clock(clock.clone()).build();
    if let Some(perturbations) = perturbations {
        sandbox.perturb(perturbations.clone());
    }
    Stage::on(sandbox, ALL)
}

fn now() -> Clock {
    Clock::fixed(jiff::Timestamp::now())
}

/// Runs something listed. A panic is an error like others, so that all are seen at once.
async fn outcome(listed: &Listed, clock: &Clock, perturbations: Option<&Perturbations>) -> Result<Value, String> {
    let (stage, listed) = (stage(clock, perturbations), listed.clone());
    let task = tokio::spawn(async move {
        match listed.kind {
            Kind::Action => {
                let files = std::sync::Arc::new(connector_runtime::LocalFiles::new());
                stage.execute(Run::new(listed.id.as_str(), listed.connection, listed.input).files(files)).await
            }
            Kind::Picklist => {
                let choices = stage.choices(&listed.id, listed.input, None).await?;
                Ok(plain(serde_json::to_value(choices).unwrap_or_default()))
            }
        }
    });
    match task.await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(told(&error)),
        Err(panic) => Err(format!("BAD panic: {panic}")),
    }
}

/// An error as a text; one that is nobody's clear answer begins with `BAD`.
fn told(error: &Error) -> String {
    let unclear = matches!(error.code(), Code::Bug) || error.advice().contains("report it");
    format!("{}{error:#}", if unclear { "BAD " } else { "" })
}

#[tokio::test(start_paused = true)]
async fn what_is_worded_otherwise_has_the_same_outcome() {
    let (clock, mut wrong, mut runs) = (now(), Vec::new(), 0);
    for listed in Listed::all() {
        let (one, two) = (outcome(&listed, &clock, None).await, outcome(&listed, &clock, None).await);
        for seed in seeds() {
            let perturbations = Perturbations::seeded(seed);
            let perturbed = outcome(&listed, &clock, Some(&perturbations)).await;
            runs += 1;
            let found = match (&one, &two, &perturbed) {
                (Ok(one), Ok(two), Ok(perturbed)) => differences(one, two, perturbed),
                (one, _, perturbed) => vec![format!("{one:?} became {perturbed:?}")],
            };
            wrong.extend(found.into_iter().map(|difference| format!("{listed} with {perturbations}: {difference}")));
        }
    }
    say(&format!("{runs} runs, {} differences", wrong.len()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn what_is_told_in_parts_ends_well_or_clearly() {
    let (clock, mut wrong, mut runs, mut ended_well) = (now(), Vec::new(), 0, 0);
    for listed in Listed::all() {
        for seed in seeds() {
            let perturbations = Perturbations::named(seed, ["all"]).unwrap();
            runs += 1;
            match outcome(&listed, &clock, Some(&perturbations)).await {
                Ok(_) => ended_well += 1,
                Err(error) if error.starts_with("BAD") => wrong.push(format!("{listed} with {perturbations}: {error}")),
                Err(error) => say(&format!("{listed} with {perturbations}: {error}")),
            }
        }
    }
    say(&format!("{runs} runs, {ended_well} ended well, {} unclear", wrong.len()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(ended_well * 2 > runs, "only {ended_well} of {runs} ended well");
}
