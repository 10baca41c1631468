//! Bulk runs: many inputs to one action, and the result of each.
//!
//! An action whose specification says [`bulk`](crate::Spec::bulk) takes either its own input or `items`, a list
//! of such inputs. The plans of the items run side by side: what they send at the same time travels
//! together, so that many small requests become few batches. A failure concerns its item alone.

mod schemas;
mod side_by_side;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(crate) use self::schemas::{input as input_schema, output as output_schema};
use self::side_by_side::side_by_side;
use crate::{Code, Context, Continuation, Effect, Error, Issue, Json, Plan, Result, Spec, Step};

/// Maximum number of items that run side by side: twenty full batches.
const AT_ONCE: usize = 400;

/// Maximum number of items side by side that read or write files, which are held in memory meanwhile.
const FILES_AT_ONCE: usize = 4;

/// The outcome of one of many inputs.
#[derive(Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ItemOutcome {
    /// Position of the input in `items`, from 0.
    pub index: usize,
    /// Whether the input was carried out.
    pub ok: bool,
    /// The output, as for a single input.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub output: Option<Json>,
    /// Why it failed: code, message, hint and Graph's own error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Error>,
    /// The input was not tried, because an earlier one failed and `stopOnError` was set.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(default)]
    pub skipped: bool,
}

/// The outcomes of many inputs. They are returned one by one, as the items of a list are.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct BulkSummary {
    /// Number of inputs that were carried out.
    pub succeeded: usize,
    /// Number of inputs that failed.
    pub failed: usize,
    /// Number of inputs that were not tried.
    pub skipped: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Many {
    items: Vec<Value>,
    #[serde(default)]
    stop_on_error: bool,
}

/// Returns whether the input is a bulk input.
pub(crate) fn is_many(input: &Value) -> bool {
    input.get("items").is_some()
}

type Planner<'a> = &'a dyn Fn(Value, &Context) -> Result<Plan<Json>>;

/// Returns the plan of many inputs to the action of this specification.
///
/// # Errors
/// Every violation of every item; nothing is sent then.
pub(crate) fn plan(input: Value, cx: &Context, spec: &Spec, one: Planner<'_>) -> Result<Plan<Json>> {
    let Many { items, stop_on_error } =
        serde_json::from_value(input).map_err(|error| Error::invalid("/items", error.to_string()))?;
    let mut plans = Vec::with_capacity(items.len());
    let mut issues = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        let step = one(item, &cx.part(index)).map_or_else(Step::Fail, Plan::into_step);
        match step {
            Step::Fail(error) if !error.violations().is_empty() => {
                issues.extend(
                    error
                        .violations()
                        .iter()
                        .map(|it| Issue::new(format!("/items/{index}{}", it.pointer), it.message.clone())),
                );
            }
            step => plans.push(Plan::from(step)),
        }
    }
    if !issues.is_empty() {
        return Err(Error::issues(issues));
    }
    let at_once = if stop_on_error || spec.in_turn { 1 } else { AT_ONCE };
    let changes = spec.effect != Effect::Read;
    let waves = Waves { plans: plans.into_iter().collect(), next: 0, at_once, stop_on_error, changes };
    Ok(waves.run(BulkSummary::default()).try_map(|fates| Json::of(&fates)))
}

struct Waves {
    plans: VecDeque<Plan<Json>>,
    next: usize,
    at_once: usize,
    stop_on_error: bool,
    // Whether what was done cannot simply be done again.
    changes: bool,
}

impl Waves {
    fn run(mut self, mut fates: BulkSummary) -> Plan<BulkSummary> {
        if self.plans.is_empty() {
            return Plan::done(fates);
        }
        let with_files = self.plans.iter().take(self.at_once).any(holds_files);
        let size = if with_files { self.at_once.min(FILES_AT_ONCE) } else { self.at_once };
        let wave: Vec<_> = self.plans.drain(..size.min(self.plans.len())).collect();
        // Each plan that waits sends one request at least. Telling the fates of the last wave sends nothing more.
        let following = Some(self.plans.len());
        let first = self.next;
        let tell = move |ends: Result<Vec<Result<Json>>>| {
            let ends = match ends {
                Ok(ends) => ends,
                Err(error) => return Plan::fail(error),
            };
            let mut told = Vec::with_capacity(ends.len());
            let mut failed = false;
            for end in ends {
                failed |= end.is_err();
                told.push(Json::of(&fates.note(self.next, end)));
                self.next += 1;
            }
            if failed && self.stop_on_error {
                for index in self.next..self.next + self.plans.len() {
                    fates.skipped += 1;
                    told.push(Json::of(&ItemOutcome { index, ok: false, output: None, error: None, skipped: true }));
                }
                self.plans.clear();
            }
            match told.into_iter().collect::<Result<Vec<Json>>>() {
                Ok(told) if self.plans.is_empty() => Plan::emit_then(
                    told,
                    Continuation::last(move |taken: Result<()>| match taken {
                        Ok(()) => Plan::done(fates),
                        Err(error) => Plan::fail(self.cut_short(&fates, error)),
                    }),
                ),
                Ok(told) => Plan::emit_then(
                    told,
                    Continuation::new(move |taken: Result<()>| match taken {
                        Ok(()) => self.run(fates),
                        Err(error) => Plan::fail(self.cut_short(&fates, error)),
                    }),
                ),
                Err(error) => Plan::fail(error),
            }
        };
        side_by_side(wave, first).and_then_any(following, Box::new(tell))
    }
}

impl Waves {
    // Nobody takes the outcomes any more. What was done is done, and is told in numbers at least.
    fn cut_short(&self, fates: &BulkSummary, error: Error) -> Error {
        let left = self.plans.len();
        if !self.changes || fates.succeeded == 0 {
            return error;
        }
        let done = format!("of {} items {} were done and {} failed", self.next + left, fates.succeeded, fates.failed);
        Error::new(Code::Incomplete, format!("the run was cut short: {done}, {left} were not tried: {error}"))
    }
}

impl BulkSummary {
    fn note(&mut self, index: usize, end: Result<Json>) -> ItemOutcome {
        match end {
            Ok(output) => {
                self.succeeded += 1;
                ItemOutcome { index, ok: true, output: Some(output), error: None, skipped: false }
            }
            Err(error) => {
                self.failed += 1;
                ItemOutcome { index, ok: false, output: None, error: Some(error), skipped: false }
            }
        }
    }
}

fn holds_files<T>(plan: &Plan<T>) -> bool {
    matches!(plan.step(), Step::Read { .. } | Step::Upload { .. } | Step::Download { .. })
}
