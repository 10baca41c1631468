//! Requests that belong together: sent as batches where that is possible, else a few at once.

pub(crate) mod json;

mod job;
mod message;

use connector_sdk::{Body, Order, Request, Response, Result};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use http::Method;

use self::job::{BatchJob, BatchPart, Settled};
use crate::build_call::build_call;
use crate::{After, Before, Client, Journal, Session, Write};

/// Maximum number of batches or single requests in flight.
const AT_ONCE: usize = 4;
/// Maximum size of a batch's bodies, in bytes. Graph refuses batches above 4 MB; this leaves room for what surrounds
/// the bodies.
const BATCH_BYTES: usize = 3 << 20;

/// Position of these requests among those of the whole run, for progress reports.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Position {
    /// Number of requests that were answered before.
    pub(crate) before: usize,
    /// Number of requests that are known to follow.
    pub(crate) following: usize,
}

/// Sends all requests. The responses come in the order of the requests.
pub(crate) async fn send(
    client: &Client,
    session: &Session,
    requests: Vec<Request>,
    order: Order,
    place: Position,
) -> Vec<Result<Response>> {
    let total = place.before + requests.len() + place.following;
    let job = BatchJob::new(client, session, order, place.before, total);
    let mut answers: Vec<Option<Result<Response>>> = requests.iter().map(|_| None).collect();
    let tasks = split(&requests, order);
    // In turn, one task at a time, in their order.
    let at_once = if order == Order::Any { AT_ONCE } else { 1 };
    let mut waiting = tasks.into_iter();
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < at_once {
            let Some(task) = waiting.next() else { break };
            running.push(run(&job, &requests, task));
        }
        let Some(settled) = running.next().await else { break };
        for (index, answer) in settled {
            answers[index] = Some(answer);
        }
    }
    answers
        .into_iter()
        .map(|answer| answer.unwrap_or_else(|| Err(connector_sdk::Error::bug("a request has no answer"))))
        .collect()
}

/// Indices of the requests in one message to Graph.
type BatchMessage = Vec<usize>;

fn split(requests: &[Request], order: Order) -> Vec<BatchMessage> {
    let mut tasks: Vec<BatchMessage> = Vec::new();
    // For each version of the API, the task that still has room.
    let mut open: [Option<(usize, usize)>; 3] = [None; 3];
    for (index, request) in requests.iter().enumerate() {
        let version = match request.version {
            None => 0,
            Some(connector_sdk::ApiVersion::V1) => 1,
            Some(connector_sdk::ApiVersion::Beta) => 2,
        };
        let Some(size) = batchable(request) else {
            // In turn, nothing may overtake it.
            if order == Order::Sequential {
                open = [None; 3];
            }
            tasks.push(vec![index]);
            continue;
        };
        match &mut open[version] {
            Some((task, room)) if tasks[*task].len() < message::MOST && *room >= size => {
                tasks[*task].push(index);
                *room -= size;
            }
            slot => {
                let begun = Some((tasks.len(), BATCH_BYTES.saturating_sub(size)));
                *slot = begun;
                tasks.push(vec![index]);
                if order == Order::Sequential {
                    open = [None; 3];
                    open[version] = begun;
                }
            }
        }
    }
    tasks
}

/// Returns the size of a request that may be a part of a batch. One with rules of its own needs a message of its own.
fn batchable(request: &Request) -> Option<usize> {
    let method = matches!(request.method, Method::GET | Method::POST | Method::PATCH | Method::PUT | Method::DELETE);
    let options = request.options();
    let plain = options.retry().is_none() && options.timeout().is_none() && !request.is_external();
    let nested = request.template().starts_with("/$batch");
    let size = match &request.body {
        Body::Empty => 0,
        Body::Json(text) => text.len(),
        _ => return None,
    };
    (method && plain && !nested && size < BATCH_BYTES).then_some(size)
}

// Sends one task: a message, or a request by itself.
async fn run(job: &BatchJob<'_>, requests: &[Request], task: BatchMessage) -> Settled {
    let mut settled = Settled::with_capacity(task.len());
    if let [index] = task[..] {
        job.record(index, job.client.send(&requests[index], job.session).await, &mut settled);
        return settled;
    }
    let mut parts = Vec::with_capacity(task.len());
    for index in task {
        match build_call(&requests[index], job.session).await {
            Ok(call) => parts.push(BatchPart { index, call, tries: 0 }),
            Err(error) => job.record(index, Err(error), &mut settled),
        }
    }
    match job.session.journal.as_deref() {
        Some(journal) => send_once(job, journal, parts, &mut settled).await,
        None => message::send(job, parts, &mut settled).await,
    }
    settled
}

// Sends what no earlier run has carried out, and keeps what becomes of it.
async fn send_once(job: &BatchJob<'_>, journal: &dyn Journal, parts: Vec<BatchPart<'_>>, settled: &mut Settled) {
    let (writes, mut to_send): (Vec<_>, Vec<_>) =
        parts.into_iter().partition(|part| !part.call.request.options().is_read_only());
    let (pending, known) = match journal.begin(writes.iter().map(|part| Write::of(&part.call)).collect()).await {
        Ok(begun) => begun,
        Err(error) => {
            writes.iter().for_each(|part| job.record(part.index, Err(error.clone()), settled));
            return message::send(job, to_send, settled).await;
        }
    };
    let mut begun = Vec::with_capacity(writes.len());
    for (mut part, known) in writes.into_iter().zip(known) {
        match known {
            Before::Answered(response) => job.record(part.index, Ok(response), settled),
            Before::Refused(error) => job.record(part.index, Err(error), settled),
            Before::Send | Before::SendAgain(_) => {
                part.call.lost = matches!(known, Before::SendAgain(_));
                begun.push((part.index, part.call.request.options().is_idempotent()));
                to_send.push(part);
            }
        }
    }
    // In turn, they stay in their order.
    to_send.sort_by_key(|part| part.index);
    let before = settled.len();
    message::send(job, to_send, settled).await;
    let outcome = |(index, repeatable): (usize, bool)| {
        let answer = settled[before..].iter().find(|(settled, _)| *settled == index);
        answer.map_or(After::Lost, |(_, answer)| After::of(answer, repeatable))
    };
    journal.end(pending, begun.into_iter().map(outcome).collect()).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_full_and_keep_their_turn() {
        let plain = || Request::patch("/groups/g").json("x");
        let many: Vec<_> = (0..45).map(|_| plain()).collect();
        let sizes = |requests: &[Request], order| split(requests, order).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(&many, Order::Any), [20, 20, 5]);
        assert_eq!(sizes(&many, Order::Sequential), [20, 20, 5]);

        let mixed = [
            plain(),
            plain().beta(),
            Request::put("/x").body(Body::Bytes("a/b".into(), "x".into())),
            plain(),
            plain().beta(),
        ];
        assert_eq!(split(&mixed, Order::Any), [vec![0, 3], vec![1, 4], vec![2]]);
        let in_turn = split(&mixed, Order::Sequential);
        assert_eq!(in_turn.concat(), [0, 1, 2, 3, 4]);

        let large = Request::post("/x").json("x".repeat(2 << 20));
        assert_eq!(sizes(&[large.clone(), large.clone(), plain()], Order::Any), [1, 2]);
        assert_eq!(sizes(&[Request::post("/x").json("x".repeat(4 << 20)), plain(), plain()], Order::Any), [1, 2]);
    }
}
