//! Several lists as one, one after the other.

use connector_sdk::{Json, Levels, List, Paging, Plan, Request, UnreadFolder};

use crate::tree::{self, Branch, Found};

/// Lists what is in a folder and in all folders below it, one after the other, and of it what is wanted. `children`
/// lists the folders in the first one, `below` those in another, and `list` what is in one. With a limit, folders are
/// looked for only as long as more is wanted, a level at a time; without one, all of them at once, as they will be
/// needed anyway. There is no token to go on with: it would name a place in one of the lists only. A folder below that
/// cannot be read is told, and the others are listed.
pub fn in_folders<T: Send + 'static>(
    first: String,
    children: Request,
    below: impl Fn(&str) -> Request + Send + 'static,
    list: impl Fn(&str) -> Request + Send + 'static,
    limit: Option<u64>,
    wanted: impl Fn(&Json) -> bool + Clone + Send + 'static,
) -> Plan<Levels<T>> {
    match limit {
        None => tree::ids(first, children, below)
            .and_then(move |(folders, unread)| one_by_one(requests(folders, true, &list), unread, None, wanted)),
        Some(limit) => {
            let children = vec![Branch { parent: None, list: children }];
            level((vec![first], Vec::new()), true, children, below, list, limit, wanted)
        }
    }
}

// `first`: the first folder is the one that was asked for, and has to be read.
fn requests(folders: Vec<String>, first: bool, list: &impl Fn(&str) -> Request) -> Vec<(Option<String>, Request)> {
    let all = folders.into_iter().enumerate();
    all.map(|(at, folder)| (list(&folder), Some(folder).filter(|_| at > 0 || !first)))
        .map(|(list, folder)| (folder, list))
        .collect()
}

fn level<T: Send + 'static>(
    (folders, unread): Found,
    first: bool,
    children: Vec<Branch>,
    below: impl Fn(&str) -> Request + Send + 'static,
    list: impl Fn(&str) -> Request + Send + 'static,
    limit: u64,
    wanted: impl Fn(&Json) -> bool + Clone + Send + 'static,
) -> Plan<Levels<T>> {
    one_by_one(requests(folders, first, &list), unread, Some(limit), wanted.clone()).and_then(
        move |found: Levels<T>| {
            let left = limit.saturating_sub(found.list.handed_out);
            let mut unread = found.unread_folders;
            if left == 0 {
                return Plan::done(Levels::new(List::end(), unread));
            }
            tree::level(children).and_then(move |(folders, more)| {
                unread.extend(more);
                if folders.is_empty() {
                    return Plan::done(Levels::new(List::end(), unread));
                }
                let children =
                    folders.iter().map(|folder| Branch { parent: Some(folder.clone()), list: below(folder) }).collect();
                level((folders, unread), false, children, below, list, left, wanted)
            })
        },
    )
}

fn one_by_one<T: Send + 'static>(
    requests: Vec<(Option<String>, Request)>,
    unread: Vec<UnreadFolder>,
    limit: Option<u64>,
    wanted: impl Fn(&Json) -> bool + Clone + Send + 'static,
) -> Plan<Levels<T>> {
    next(requests.into_iter(), unread, limit, 0, wanted)
}

fn next<T: Send + 'static>(
    mut requests: std::vec::IntoIter<(Option<String>, Request)>,
    mut unread: Vec<UnreadFolder>,
    limit: Option<u64>,
    before: u64,
    wanted: impl Fn(&Json) -> bool + Clone + Send + 'static,
) -> Plan<Levels<T>> {
    let Some((folder, request)) = requests.next().filter(|_| limit != Some(0)) else {
        let mut list = List::end();
        list.handed_out = before;
        return Plan::done(Levels::new(list, unread));
    };
    let keep = wanted.clone();
    let list = request.pages_where(Paging::new(limit, None), keep).map(Ok);
    let list = list.or_else(move |error| match folder {
        Some(folder) if !error.stops_all() => Plan::done(Err(UnreadFolder::new(folder, &error))),
        _ => Plan::fail(error),
    });
    list.and_then(move |list: Result<List<T>, UnreadFolder>| {
        let handed_out = list.as_ref().map_or(0, |list| list.handed_out);
        unread.extend(list.err());
        let left = limit.map(|limit| limit.saturating_sub(handed_out));
        next(requests, unread, left, before + handed_out, wanted)
    })
}
