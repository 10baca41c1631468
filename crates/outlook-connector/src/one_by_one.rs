//! Several lists as one, one after the other.

use connector_sdk::{Json, List, Paging, Plan, Request};

use crate::tree::{self, Branch};

/// Lists what several requests list, in their order, and of it what is wanted. There is no token to go on
/// with: it would name a place in one of the lists only.
pub fn one_by_one<T: Send + 'static>(
    requests: Vec<Request>,
    limit: Option<u64>,
    wanted: impl Fn(&Json) -> bool + Clone + Send + 'static,
) -> Plan<List<T>> {
    next(requests.into_iter(), limit, 0, wanted)
}

/// Lists what is in a folder and in all folders below it, as [`one_by_one`] does. `children` lists the folders in the
/// first one, `below` those in another, and `list` what is in one. With a limit, folders are looked for only as long as
/// more is wanted, a level at a time; without one, all of them at once, as they will be needed anyway.
pub fn in_folders<T: Send + 'static>(
    first: String,
    children: Request,
    below: impl Fn(&str) -> Request + Send + 'static,
    list: impl Fn(&str) -> Request + Send + 'static,
    limit: Option<u64>,
    wanted: impl Fn(&Json) -> bool + Clone + Send + 'static,
) -> Plan<List<T>> {
    match limit {
        None => tree::ids(first, children, below)
            .and_then(move |folders| one_by_one(folders.iter().map(|folder| list(folder)).collect(), None, wanted)),
        Some(limit) => level(vec![first], vec![Branch { parent: None, list: children }], below, list, limit, wanted),
    }
}

fn level<T: Send + 'static>(
    folders: Vec<String>,
    children: Vec<Branch>,
    below: impl Fn(&str) -> Request + Send + 'static,
    list: impl Fn(&str) -> Request + Send + 'static,
    limit: u64,
    wanted: impl Fn(&Json) -> bool + Clone + Send + 'static,
) -> Plan<List<T>> {
    let requests = folders.iter().map(|folder| list(folder)).collect();
    one_by_one(requests, Some(limit), wanted.clone()).and_then(move |found: List<T>| {
        let left = limit.saturating_sub(found.handed_out);
        if left == 0 {
            return Plan::Done(List::end());
        }
        tree::level(children).and_then(move |folders| {
            if folders.is_empty() {
                return Plan::Done(List::end());
            }
            let children =
                folders.iter().map(|folder| Branch { parent: Some(folder.clone()), list: below(folder) }).collect();
            level(folders, children, below, list, left, wanted)
        })
    })
}

fn next<T: Send + 'static>(
    mut requests: std::vec::IntoIter<Request>,
    limit: Option<u64>,
    before: u64,
    wanted: impl Fn(&Json) -> bool + Clone + Send + 'static,
) -> Plan<List<T>> {
    let Some(request) = requests.next().filter(|_| limit != Some(0)) else {
        let mut end = List::end();
        end.handed_out = before;
        return Plan::Done(end);
    };
    let keep = wanted.clone();
    request.pages_where(Paging { limit, from: None }, keep).and_then(move |list: List<T>| {
        let left = limit.map(|limit| limit.saturating_sub(list.handed_out));
        next(requests, left, before + list.handed_out, wanted)
    })
}
