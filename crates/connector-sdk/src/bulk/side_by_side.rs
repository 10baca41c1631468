//! Side-by-side execution of plans.

use std::collections::VecDeque;

use crate::{Continuation, Error, Order, Plan, Request, Response, Result};

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
    let next = move |plan: Plan<T>| {
        queue.push_front((index, plan));
        go_on(queue, round)
    };
    match plan {
        Plan::Read(file, then) => Plan::Read(file, Continuation::new(move |answer| next(then.go(answer)))),
        Plan::Upload(upload, then) => Plan::Upload(upload, Continuation::new(move |answer| next(then.go(answer)))),
        Plan::Download(request, name, then) => Plan::Download(
            Box::new(request.for_item(item)),
            name,
            Continuation::new(move |answer| next(then.go(answer))),
        ),
        Plan::Wait(time, then) => Plan::Wait(time, Continuation::new(move |waited| next(then.go(waited)))),
        Plan::All(requests, order, then) => {
            let requests = requests.into_iter().map(|request| request.for_item(item)).collect();
            Plan::All(requests, order, Continuation::new(move |answers| next(then.go(answers))))
        }
        Plan::Emit(_, then) => next(then.go(Ok(()))),
        taken @ (Plan::Done(_) | Plan::Fail(_) | Plan::Call(..)) => next(taken),
    }
}

impl<T: Send + 'static> Round<T> {
    // Takes a plan that has ended or that sends requests; gives back any other.
    fn take(&mut self, index: usize, plan: Plan<T>) -> Option<Plan<T>> {
        match plan {
            Plan::Done(value) => self.ends[index] = Some(Ok(value)),
            Plan::Fail(error) => self.ends[index] = Some(Err(error)),
            Plan::Call(request, then) => {
                self.last &= then.is_last();
                self.requests.push(request.for_item(self.first + index));
                let go = |mut answers: Answers| {
                    then.go(answers.pop().unwrap_or_else(|| Err(Error::bug("an answer is missing"))))
                };
                self.waiting.push(Waiting { index, count: 1, go: Box::new(go) });
            }
            Plan::All(requests, Order::Any, then) => {
                self.last &= then.is_last();
                self.waiting.push(Waiting { index, count: requests.len(), go: Box::new(|answers| then.go(answers)) });
                self.requests.extend(requests.into_iter().map(|request| request.for_item(self.first + index)));
            }
            other => return Some(other),
        }
        None
    }

    fn send(self) -> Plan<Vec<Result<T>>> {
        let Round { requests, waiting, ends, first, last } = self;
        if waiting.is_empty() {
            return Plan::Done(
                ends.into_iter().map(|end| end.unwrap_or_else(|| Err(Error::bug("a plan has no end")))).collect(),
            );
        }
        let go = move |answers: Answers| {
            let mut answers = answers.into_iter();
            let queue =
                waiting.into_iter().map(|it| (it.index, (it.go)(answers.by_ref().take(it.count).collect()))).collect();
            go_on(queue, Round { requests: Vec::new(), waiting: Vec::new(), ends, first, last: true })
        };
        Plan::All(requests, Order::Any, if last { Continuation::last(go) } else { Continuation::new(go) })
    }
}
