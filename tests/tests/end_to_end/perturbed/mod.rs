//! Everything that a connector lists, on answers that are perturbed: see `graph_sandbox::Perturbations`.
//!
//! Each example runs on a plain sandbox and then for each seed on one whose answers are perturbed: where nothing is
//! lost, the outcome is the same, as far as it is the same on a second plain one; where something is lost, it is a
//! right one or a clear error.
//!
//! `TENON_PERTURB_SEEDS=10..60` runs other seeds than the usual few, `TENON_PERTURB_NAMES=links,order` fewer
//! perturbations. `TENON_PERTURB=7` or `TENON_PERTURB=7:links,order` runs every other test of this binary on a
//! perturbed sandbox.

mod compare;
mod listed;
mod story;
mod triggers;

use connector_runtime::Run;
use connector_sdk::{ChoiceQuery, Code, Error, PageToken, Result};
use graph_sandbox::{Clock, Perturbations, Sandbox};
use serde_json::Value;

use crate::stage::{ALL, Stage, plain, say};
use compare::differences;
use listed::{Kind, Listed};

/// The seeds of a usual run; few, so that it takes seconds.
const USUAL: std::ops::Range<u64> = 1..2;

/// What changes no outcome of an action that hands on an answer of Graph as it is: all that is lossless but the size of
/// pages.
const ONE_ANSWER: &[&str] = &[
    "refused",
    "gateway",
    "unknown-properties",
    "links",
    "order",
    "batch-order",
    "error-shape",
    "spelling",
    "content-type",
    "byte-order-mark",
    "coding",
    "informational",
    "slow",
    "cut",
];

fn seeds() -> std::ops::Range<u64> {
    let Ok(text) = std::env::var("TENON_PERTURB_SEEDS") else { return USUAL };
    let range = text.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    range.unwrap_or_else(|| panic!("TENON_PERTURB_SEEDS is no range such as 10..60: {text}"))
}

/// The perturbations that the environment names, or else these.
fn chosen(seed: u64, usual: &[&str]) -> Perturbations {
    let names = std::env::var("TENON_PERTURB_NAMES").ok();
    let names = names.as_deref().map_or_else(|| usual.to_vec(), |names| names.split(',').collect());
    Perturbations::named(seed, names).unwrap_or_else(|error| panic!("TENON_PERTURB_NAMES: {error}"))
}

/// A stage at a time that stands still, so that two runs see the same.
fn stage(clock: &Clock, perturbations: Option<&Perturbations>) -> Stage {
    let sandbox = Sandbox::builder().clock(clock.clone()).build();
    if let Some(perturbations) = perturbations {
        sandbox.perturb(perturbations.clone());
    }
    Stage::on(sandbox, ALL)
}

/// A clock that stands still and is a little ahead of ours, so that nothing which is made from our time lies too far
/// ahead for the sandbox.
fn now() -> Clock {
    let now = jiff::Timestamp::now().as_second();
    Clock::fixed(jiff::Timestamp::from_second(now + 60).unwrap())
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
            Kind::Picklist => choices(&stage, &listed).await,
        }
    });
    match task.await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(told(&error)),
        Err(panic) => Err(format!("BAD panic: {panic}")),
    }
}

/// All choices, however many pages they come in; folders in an order of their own, because they come as their pages do.
async fn choices(stage: &Stage, listed: &Listed) -> Result<Value> {
    let (mut all, mut from) = (Vec::new(), None);
    loop {
        let page = stage.host.choices(&listed.id, "adele", listed.input.clone(), ChoiceQuery::new(None, from)).await?;
        all.extend(page.choices);
        match page.next_page_token {
            Some(token) => from = Some(PageToken::from_text(&token, "pageToken")?),
            None => break,
        }
    }
    all.sort_by(|one, other| one.value.cmp(&other.value));
    // The meetings of a series are one choice on each page on which one of them stands.
    all.dedup_by(|one, other| one.value == other.value);
    // A site stands below another one where both are on a page.
    if listed.id.ends_with(".sites") {
        all.iter_mut().for_each(|choice| choice.parent = None);
    }
    Ok(plain(serde_json::to_value(all).unwrap_or_default()))
}

/// An error as a text; one that is nobody's clear answer begins with `BAD`.
fn told(error: &Error) -> String {
    let unclear = matches!(error.code(), Code::Bug) || error.advice().contains("report it");
    format!("{}{error:#}", if unclear { "BAD " } else { "" })
}

#[tokio::test(start_paused = true)]
async fn what_is_worded_otherwise_has_the_same_outcome() {
    let (mut wrong, mut runs) = (Vec::new(), 0);
    for listed in Listed::all() {
        let clock = now();
        let one = outcome(&listed, &clock, None).await;
        for seed in seeds() {
            let perturbations = chosen(seed, if listed.is_one_answer() { ONE_ANSWER } else { &["lossless"] });
            let perturbed = outcome(&listed, &clock, Some(&perturbations)).await;
            runs += 1;
            let found = match (&one, &perturbed) {
                (one, perturbed) if one == perturbed => continue,
                (Ok(one), Ok(perturbed)) => {
                    let two = outcome(&listed, &clock, None).await.expect("it ended well before");
                    differences(one, &two, perturbed)
                }
                (one, perturbed) => vec![format!("{one:?} became {perturbed:?}")],
            };
            wrong.extend(found.into_iter().map(|difference| format!("{listed} with {perturbations}: {difference}")));
        }
    }
    say(&format!("{runs} runs, {} differences", wrong.len()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn what_is_told_in_parts_ends_well_or_clearly() {
    let (mut wrong, mut runs, mut ended_well) = (Vec::new(), 0, 0);
    for listed in Listed::all() {
        let clock = now();
        for seed in seeds() {
            let perturbations = chosen(seed, &["all"]);
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
