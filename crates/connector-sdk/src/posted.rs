//! Lists that are the answer to a POST.

use http::Method;

use crate::{Body, Page, Plan, Request, Result};

impl Request {
    /// Reads a list that answers this POST to its end, as [`Request::fold_pages`] does: `take` puts what it needs of
    /// each page into `state`. The pages behind the first one are read with GET, as the links to them ask for nothing.
    pub fn fold_answer<S: Send + 'static>(
        self,
        state: S,
        mut take: impl FnMut(&mut S, Page) -> Result<()> + Send + 'static,
    ) -> Plan<S> {
        let further = self.further();
        Plan::call(self, move |answer| {
            let mut state = state;
            let mut page = match Page::read(&answer) {
                Ok(page) => page,
                Err(error) => return Plan::fail(error),
            };
            let next = page.next.take();
            match (take(&mut state, page), next) {
                (Err(error), _) => Plan::fail(error),
                (Ok(()), None) => Plan::done(state),
                (Ok(()), Some(next)) => further.at(next).fold_pages(state, take),
            }
        })
    }

    /// The request for the pages behind the first one of a list that answers this POST.
    pub fn further(&self) -> Request {
        let mut further = self.clone();
        (further.method, further.body) = (Method::GET, Body::Empty);
        further
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Response, ScriptedRun};

    #[test]
    fn a_list_that_answers_a_post_has_pages() {
        let link = "https://graph.microsoft.com/v1.0/users/1/getMemberGroups?$skiptoken=2";
        let mut stage = ScriptedRun::new([
            Response::new(200, format!(r#"{{"value":["a"],"@odata.nextLink":"{link}"}}"#)),
            Response::new(200, r#"{"value":["b"]}"#),
        ]);
        let ask = Request::post("/users/{user}/getMemberGroups").path_param("user", "1").json(serde_json::json!({}));
        let ids = stage.run(ask.fold_answer(Vec::new(), |ids: &mut Vec<String>, page| {
            page.items.iter().try_for_each(|item| item.read().map(|id| ids.push(id)))
        }));
        assert_eq!(ids.unwrap(), ["a", "b"]);
        let sent: Vec<_> =
            stage.sent.iter().map(|sent| (sent.method.as_str(), sent.url.as_str(), sent.body.is_some())).collect();
        assert_eq!(sent, [("POST", "/users/1/getMemberGroups", true), ("GET", link, false)]);
    }
}
