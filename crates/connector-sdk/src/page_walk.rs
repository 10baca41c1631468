//! Walks over the pages of a list.
//!
//! Items are emitted as their pages arrive, so a list of any length passes in flat memory.

use crate::{Json, List, Page, PageGuard, PageToken, Paging, Plan, Request, Response, Result};

impl Request {
    /// Lists a collection: this page and the following ones, each with the same headers.
    ///
    /// ```
    /// use connector_sdk::{List, Paging, Request, Response, ScriptedRun};
    ///
    /// let page = r#"{"value":[{"id":"1"},{"id":"2"}],"@odata.nextLink":"https://graph.microsoft.com/v1.0/p2"}"#;
    /// let mut scripted = ScriptedRun::new([Response::new(200, page)]);
    /// let plan = Request::get("/users").pages(Paging::new(Some(2), None));
    /// let list: List<serde_json::Value> = scripted.run(plan).unwrap();
    /// assert_eq!(scripted.emitted.len(), 2);
    /// assert!(list.next_page_token.is_some());
    /// ```
    pub fn pages<T: Send + 'static>(self, paging: Paging) -> Plan<List<T>> {
        self.pages_at_most(paging, None)
    }

    /// Lists a collection as [`Request::pages`] does, but reads at most `pages` pages and at least one.
    pub fn pages_at_most<T: Send + 'static>(self, paging: Paging, pages: Option<u64>) -> Plan<List<T>> {
        let (first, skip) = self.begin(paging.from);
        walk(first, skip, Walk { most_pages: pages, ..Walk::new(paging.limit) })
    }

    /// Lists the items of a collection that `keep` accepts: for what Graph cannot filter by. All items are read, and
    /// the limit counts those that are kept.
    pub fn pages_where<T: Send + 'static>(
        self,
        paging: Paging,
        keep: impl Fn(&Json) -> bool + Send + 'static,
    ) -> Plan<List<T>> {
        let (first, skip) = self.begin(paging.from);
        walk(first, skip, Walk { keep: Some(Box::new(keep)), ..Walk::new(paging.limit) })
    }

    /// Reads a list to its end without emitting its items: `take` folds each page into `state`.
    pub fn fold_pages<S: Send + 'static>(
        self,
        state: S,
        take: impl FnMut(&mut S, Page) -> Result<()> + Send + 'static,
    ) -> Plan<S> {
        fold(self, state, take, PageGuard::default())
    }
}

type Keep = Box<dyn Fn(&Json) -> bool + Send>;

// What a walk over pages remembers.
pub(crate) struct Walk {
    pub(crate) left: Option<u64>,
    pages: u64,
    handed_out: u64,
    most_pages: Option<u64>,
    total: Option<u64>,
    pub(crate) guard: PageGuard,
    keep: Option<Keep>,
}

impl Walk {
    pub(crate) fn new(limit: Option<u64>) -> Walk {
        Walk {
            left: limit,
            pages: 0,
            handed_out: 0,
            most_pages: None,
            total: None,
            guard: PageGuard::default(),
            keep: None,
        }
    }
}

// Reads a page. One that is no JSON is asked for once more, as one is that was cut short on its way.
pub(crate) fn read<P: Send + 'static, T: Send + 'static>(
    request: Request,
    read: fn(&Response) -> Result<P>,
    go: impl FnOnce(P) -> Plan<T> + Send + 'static,
) -> Plan<T> {
    let request = request.for_page();
    let again = request.clone();
    Plan::call(request, move |response| match read(&response) {
        Ok(page) => go(page),
        Err(error) if response.json().is_ok() => Plan::fail(error),
        Err(_) => Plan::call(again, move |response| match read(&response) {
            Ok(page) => go(page),
            Err(error) => Plan::fail(error),
        }),
    })
}

fn walk<T: Send + 'static>(request: Request, skip: usize, mut state: Walk) -> Plan<List<T>> {
    let follow = request.clone();
    read(request, Page::read, move |page| {
        let mut items = page.items;
        let empty = items.is_empty();
        items.drain(..skip.min(items.len()));
        // Where the kept ones stood, so that a token can name the place of the next.
        let mut places = None;
        if let Some(keep) = &state.keep {
            let (at, kept): (Vec<usize>, Vec<Json>) =
                items.into_iter().enumerate().filter(|(_, item)| keep(item)).unzip();
            (places, items) = (Some(at), kept);
        }
        // Only the first page counts.
        state.total = state.total.or(page.count);
        state.pages += 1;
        state.handed_out += state.left.unwrap_or(u64::MAX).min(items.len() as u64);
        let mut end = List::end();
        (end.total, end.pages, end.handed_out) = (state.total, state.pages, state.handed_out);
        if let Some(left) = &mut state.left {
            let wanted = usize::try_from(*left).unwrap_or(usize::MAX);
            if items.len() > wanted {
                // The rest of this page is read again next time: nothing is lost between two calls.
                let next = places.map_or(wanted, |at: Vec<usize>| at[wanted]);
                items.truncate(wanted);
                end.next_page_token = Some(PageToken::within(follow.link().cloned(), skip + next).to_text());
                return Plan::emit_last(items, end);
            }
            *left -= items.len() as u64;
            if *left == 0 {
                end.next_page_token = page.next.map(|link| PageToken::at(link).to_text());
                return Plan::emit_last(items, end);
            }
        }
        let Some(next) = page.next else {
            return Plan::emit_last(items, end);
        };
        if state.most_pages.is_some_and(|most| state.pages >= most) {
            end.next_page_token = Some(PageToken::at(next).to_text());
            return Plan::emit_last(items, end);
        }
        if let Err(error) = state.guard.check(&items, empty, &next) {
            return Plan::fail(error);
        }
        Plan::emit(items, move || walk(follow.at(next), 0, state))
    })
}

fn fold<S: Send + 'static>(
    request: Request,
    mut state: S,
    mut take: impl FnMut(&mut S, Page) -> Result<()> + Send + 'static,
    mut guard: PageGuard,
) -> Plan<S> {
    let follow = request.clone();
    read(request, Page::read, move |mut page| {
        let next = page.next.take();
        let checked = next.iter().try_for_each(|next| guard.check(&page.items, page.items.is_empty(), next));
        match (checked.and_then(|()| take(&mut state, page)), next) {
            (Err(error), _) => Plan::fail(error),
            (Ok(()), Some(next)) => fold(follow.at(next), state, take, guard),
            (Ok(()), None) => Plan::done(state),
        }
    })
}
