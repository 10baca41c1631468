//! Side-by-side execution of plans.

use std::collections::VecDeque;

use crate::plan::{Rest, Rewrite};
use crate::{Continuation, Error, Order, Plan, Request, Response, Result, Step};

/// Combines plans that run side by side. Their simultaneous requests are sent together; the results come in the order
/// of the plans. Emitted items are dropped: these are not plans of lists. `first`: the index of the first plan among
/// all inputs, so that each request says which input it is sent for.
pub(super) fn side_by_side<T: Send + 'static>(plans: Vec<Plan<T>>, first: usize) -> Plan<Vec<Result<T>>> {
    let ends = plans.iter().map(|_| None).collect();
    go_on(
        plans.into_iter().enumerate().collect(),
        Round { requests: Vec::new(), waiting: Vec::new(), ends, first, last: true },
    )
}

type Answers = Vec<Result<Response>>;
type Queue<T> = VecDeque<(usize, Plan<T>)>;

// What is sent together, and who waits for it.
struct Round<T> {
    requests: Vec<Request>,
    waiting: Vec<Waiting<T>>,
    ends: Vec<Option<Result<T>>>,
    // The place of the first plan among all inputs.
    first: usize,
    // Nothing more is sent after these requests.
    last: bool,
}

struct Waiting<T> {
    index: usize,
    count: usize,
    go: Box<dyn FnOnce(Answers) -> Plan<T> + Send>,
}

fn go_on<T: Send + 'static>(mut queue: Queue<T>, mut round: Round<T>) -> Plan<Vec<Result<T>>> {
    while let Some((index, plan)) = queue.pop_front() {
        if let Some(plan) = round.take(index, plan) {
            return alone(index, plan, queue, round);
        }
    }
    round.send()
}

// What cannot be sent together is done now, one after the other, while the rest waits.
fn alone<T: Send + 'static>(index: usize, plan: Plan<T>, mut queue: Queue<T>, round: Round<T>) -> Plan<Vec<Result<T>>> {
    let item = round.first + index;
    match plan.into_step() {
        // These are not plans of lists.
        Step::Emit { then, .. } => {
            queue.push_front((index, then.go(Ok(()))));
            go_on(queue, round)
        }
        step => step.rewrite(Alone { index, item, queue, round }),
    }
}

struct Alone<T> {
    index: usize,
    // Index of the input, among all of them.
    item: usize,
    queue: Queue<T>,
    round: Round<T>,
}

impl<T: Send + 'static> Alone<T> {
    fn go_on(mut self, plan: Plan<T>) -> Plan<Vec<Result<T>>> {
        self.queue.push_front((self.index, plan));
        go_on(self.queue, self.round)
    }
}

impl<T: Send + 'static> Rewrite<T, Vec<Result<T>>> for Alone<T> {
    fn request(&self, request: &mut Request) {
        request.set_item(self.item);
    }
    fn then(self, then: Rest<T>) -> Rest<Vec<Result<T>>> {
        then.followed_by(None, move |plan| self.go_on(plan))
    }
    fn end(self, end: Result<T>) -> Plan<Vec<Result<T>>> {
        self.go_on(end.into())
    }
}

impl<T: Send + 'static> Round<T> {
    // Takes a plan that has ended or that sends requests; gives back any other.
    fn take(&mut self, index: usize, plan: Plan<T>) -> Option<Plan<T>> {
        let item = self.first + index;
        match plan.into_step() {
            Step::Done(value) => self.ends[index] = Some(Ok(value)),
            Step::Fail(error) => self.ends[index] = Some(Err(error)),
            Step::Call { mut request, then } => {
                self.last &= then.is_last();
                request.set_item(item);
                self.requests.push(*request);
                let go = |mut answers: Answers| {
                    then.go(answers.pop().unwrap_or_else(|| Err(Error::bug("an answer is missing"))))
                };
                self.waiting.push(Waiting { index, count: 1, go: Box::new(go) });
            }
            Step::All { mut requests, order: Order::Any, then } => {
                self.last &= then.is_last();
                self.waiting.push(Waiting { index, count: requests.len(), go: Box::new(|answers| then.go(answers)) });
                requests.iter_mut().for_each(|request| request.set_item(item));
                self.requests.append(&mut requests);
            }
            other => return Some(other.into()),
        }
        None
    }

    fn send(self) -> Plan<Vec<Result<T>>> {
        let Round { requests, waiting, ends, first, last } = self;
        if waiting.is_empty() {
            return Plan::done(
                ends.into_iter().map(|end| end.unwrap_or_else(|| Err(Error::bug("a plan has no end")))).collect(),
            );
        }
        let go = move |answers: Answers| {
            let mut answers = answers.into_iter();
            let queue =
                waiting.into_iter().map(|it| (it.index, (it.go)(answers.by_ref().take(it.count).collect()))).collect();
            go_on(queue, Round { requests: Vec::new(), waiting: Vec::new(), ends, first, last: true })
        };
        Plan::all_then(requests, Order::Any, if last { Continuation::last(go) } else { Continuation::new(go) })
    }
}
