//! Several lists as one, one after the other.

use connector_sdk::{Json, List, Paging, Plan, Request};

/// Lists what several requests list, in their order, and of it what is wanted. There is no token to go on
/// with: it would name a place in one of the lists only.
pub fn one_by_one<T: Send + 'static>(
    requests: Vec<Request>,
    limit: Option<u64>,
    wanted: impl Fn(&Json) -> bool + Clone + Send + 'static,
) -> Plan<List<T>> {
    next(requests.into_iter(), limit, wanted)
}

fn next<T: Send + 'static>(
    mut requests: std::vec::IntoIter<Request>,
    limit: Option<u64>,
    wanted: impl Fn(&Json) -> bool + Clone + Send + 'static,
) -> Plan<List<T>> {
    let Some(request) = requests.next().filter(|_| limit != Some(0)) else { return Plan::Done(List::end()) };
    let keep = wanted.clone();
    request.pages_where(Paging { limit, from: None }, keep).and_then(move |list: List<T>| {
        let left = limit.map(|limit| limit.saturating_sub(list.handed_out));
        next(requests, left, wanted)
    })
}
