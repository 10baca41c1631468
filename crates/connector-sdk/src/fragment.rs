//! Items that a delta query returns in part.
//!
//! A page of changes may bring an item with its id and only what has changed. Code that judges it by other properties
//! reads it whole first.

use std::collections::HashMap;

use crate::details::{details, item};
use crate::{Code, DeltaItem, DeltaPage, Error, Json, Plan, Properties, Request};

/// An item of a page of changes, read whole where it came as a fragment.
#[derive(Debug)]
#[non_exhaustive]
pub struct Whole {
    /// The item, whole if it could be read.
    pub item: Json,
    /// Whether the item came as a fragment, so that it says nothing of when it was created.
    pub was_fragment: bool,
    /// Why it could not be read, so that it is a fragment still: what was not sent of it is not known.
    pub unread: Option<Error>,
}

impl Whole {
    fn sent(item: Json) -> Whole {
        Whole { item, was_fragment: false, unread: None }
    }

    /// Returns whether Graph said that the item is not there when it was to be read whole.
    pub fn is_gone(&self) -> bool {
        self.unread.as_ref().is_some_and(|error| error.code() == Code::NotFound)
    }
}

/// Replaces each `fragment` by the whole item, which `ask` requests by its id. Each is requested once, and all of them
/// at the same time. One that cannot be read, or is not there, stays the fragment that it is.
///
/// # Errors
/// Those that [stop it all](Error::stops_all), such as `throttled`: the page is to be read again.
pub fn whole(
    items: Vec<Json>,
    fragment: impl Fn(&Properties<'_>) -> bool,
    ask: impl Fn(&str) -> Request,
) -> Plan<Vec<Whole>> {
    read_whole(items, &fragment, &ask)
}

type IsFragment<'f> = dyn Fn(&Properties<'_>) -> bool + 'f;
type Ask<'f> = dyn Fn(&str) -> Request + 'f;

// Compiled once for all triggers, as what follows.
fn read_whole(items: Vec<Json>, fragment: &IsFragment<'_>, ask: &Ask<'_>) -> Plan<Vec<Whole>> {
    let mut asked: HashMap<String, usize> = HashMap::new();
    let mut requests = Vec::new();
    // What each item is: itself, or the answer to one of the requests.
    let mut items: Vec<(Json, Option<usize>)> = items.into_iter().map(|item| (item, None)).collect();
    for (item, answer) in &mut items {
        let seen = Properties::of(item);
        let Some(id) = seen.text("id").filter(|_| fragment(&seen)) else { continue };
        let next = requests.len();
        *answer = Some(*asked.entry(id).or_insert_with_key(|id| {
            requests.push(ask(id));
            next
        }));
    }
    if requests.is_empty() {
        return Plan::done(items.into_iter().map(|(item, _)| Whole::sent(item)).collect());
    }
    details(requests, item).map(move |answers| {
        let whole = items.into_iter().map(|(item, answer)| match answer.map(|at| &answers[at]) {
            None => Whole::sent(item),
            Some(Ok(whole)) => Whole { item: whole.clone(), was_fragment: true, unread: None },
            Some(Err(error)) => Whole { item, was_fragment: true, unread: Some(error.clone()) },
        });
        whole.collect()
    })
}

impl DeltaPage {
    /// Replaces each `fragment` by the whole item, as [`whole`] does. An item that is gone meanwhile is dropped from the
    /// page: its removal is a change of its own.
    pub fn whole(
        self,
        fragment: impl Fn(&Properties<'_>) -> bool,
        ask: impl Fn(&str) -> Request,
    ) -> Plan<DeltaPage<Whole>> {
        self.read_whole(&fragment, &ask).map(|mut page| {
            page.changes.retain(|change| !matches!(change, DeltaItem::There(whole) if whole.is_gone()));
            page
        })
    }

    /// Replaces each `fragment` by the whole item, as [`whole`] does, and keeps one that Graph says is not there: where
    /// there is a replication lag, as in the directory, the server that was asked may not know yet what another has told.
    pub fn whole_or_sent(
        self,
        fragment: impl Fn(&Properties<'_>) -> bool,
        ask: impl Fn(&str) -> Request,
    ) -> Plan<DeltaPage<Whole>> {
        self.read_whole(&fragment, &ask)
    }

    fn read_whole(self, fragment: &IsFragment<'_>, ask: &Ask<'_>) -> Plan<DeltaPage<Whole>> {
        let DeltaPage { changes, link, more } = self;
        let mut items = Vec::new();
        // Where the items stand among what is gone.
        let order: Vec<DeltaItem<()>> = changes
            .into_iter()
            .map(|change| match change {
                DeltaItem::Gone(gone) => DeltaItem::Gone(gone),
                DeltaItem::There(item) => {
                    items.push(item);
                    DeltaItem::There(())
                }
            })
            .collect();
        read_whole(items, fragment, ask).map(move |items| {
            let mut items = items.into_iter();
            let changes = order.into_iter().filter_map(|change| match change {
                DeltaItem::Gone(gone) => Some(DeltaItem::Gone(gone)),
                DeltaItem::There(()) => items.next().map(DeltaItem::There),
            });
            DeltaPage { changes: changes.collect(), link, more }
        })
    }
}

impl DeltaPage {
    /// Drops removals of items that still exist, as `ask` finds by their ids: a query over a part of a collection, such
    /// as a span of time, reports what leaves the part like what is deleted. Each item is requested once, and all of
    /// them at the same time. One that cannot be read counts as removed, as the page says.
    ///
    /// # Errors
    /// Those that [stop it all](Error::stops_all), such as `throttled`: the page is to be read again.
    pub fn still_there(self, ask: impl Fn(&str) -> Request) -> Plan<DeltaPage> {
        let mut ids: Vec<String> = Vec::new();
        for change in &self.changes {
            if let DeltaItem::Gone(gone) = change
                && !gone.id.is_empty()
                && !ids.contains(&gone.id)
            {
                ids.push(gone.id.clone());
            }
        }
        if ids.is_empty() {
            return Plan::done(self);
        }
        let requests = ids.iter().map(|id| ask(id)).collect();
        details(requests, item).map(move |answers| {
            let there: Vec<String> =
                ids.into_iter().zip(answers).filter_map(|(id, answer)| answer.is_ok().then_some(id)).collect();
            let DeltaPage { mut changes, link, more } = self;
            changes.retain(|change| !matches!(change, DeltaItem::Gone(gone) if there.contains(&gone.id)));
            DeltaPage { changes, link, more }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Response, Result, ScriptedRun};

    // Its text, and whether it came as a fragment.
    type Read = (String, bool);

    // The items as they are read, and which were asked for.
    fn read(items: &[&str], script: Vec<Response>) -> (Result<Vec<Read>>, Vec<String>) {
        let mut stage = ScriptedRun::new(script);
        let items = items.iter().map(|text| Json::parse((*text).to_owned()).unwrap()).collect();
        let plan = whole(items, |item| !item.has("name"), |id| Request::get("/x/{id}").path_param("id", id));
        let end = stage.run(plan);
        assert_eq!(stage.left_over(), 0);
        let text = |whole: Whole| (whole.item.as_str().to_owned(), whole.was_fragment);
        (end.map(|all| all.into_iter().map(text).collect()), stage.sent.into_iter().map(|sent| sent.url).collect())
    }

    #[test]
    fn a_fragment_is_read_whole_and_once() {
        let whole = r#"{"id":"b","name":"B"}"#;
        let script = vec![Response::new(200, whole), Response::new(404, ""), Response::new(500, "")];
        let items = [
            r#"{"id":"a","name":"A"}"#,
            r#"{"id":"b"}"#,
            r#"{"id":"c"}"#,
            r#"{"id":"b","x":1}"#,
            r#"{"id":"d"}"#,
            r#"{"x":2}"#,
        ];
        let (read, asked) = read(&items, script);
        let b = || (whole.to_owned(), true);
        let as_it_is = |at: usize, was_fragment| (items[at].to_owned(), was_fragment);
        let expected = [as_it_is(0, false), b(), as_it_is(2, true), b(), as_it_is(4, true), as_it_is(5, false)];
        assert_eq!(read.unwrap(), expected);
        assert_eq!(asked, ["/x/b", "/x/c", "/x/d"]);
    }

    #[test]
    fn what_is_not_there_is_dropped_or_kept_as_it_was_sent() {
        let page = || {
            DeltaPage::read(&Response::new(
                200,
                r#"{"value":[{"id":"a"},{"id":"b"}],"@odata.deltaLink":"https://graph.microsoft.com/v1.0/x/delta"}"#,
            ))
            .unwrap()
        };
        let script = || vec![Response::new(404, ""), Response::new(200, r#"{"id":"b","name":"B"}"#)];
        let ask = |id: &str| Request::get("/x/{id}").path_param("id", id);
        let texts = |page: DeltaPage<Whole>| {
            page.items().into_iter().map(|whole| whole.item.as_str().to_owned()).collect::<Vec<_>>()
        };
        let dropped = ScriptedRun::new(script()).run(page().whole(|_| true, ask)).unwrap();
        assert_eq!(texts(dropped), [r#"{"id":"b","name":"B"}"#]);
        let kept = ScriptedRun::new(script()).run(page().whole_or_sent(|_| true, ask)).unwrap();
        assert_eq!(texts(kept), [r#"{"id":"a"}"#, r#"{"id":"b","name":"B"}"#]);
    }

    #[test]
    fn what_passes_by_itself_is_waited_for() {
        for (status, code) in [(429, Code::Throttled), (503, Code::Unavailable)] {
            assert_eq!(read(&[r#"{"id":"b"}"#], vec![Response::new(status, "")]).0.unwrap_err().code(), code);
        }
    }
}
