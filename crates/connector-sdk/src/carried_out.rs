//! Account of the changes that a plan has made before it failed.
//!
//! An error of a later step is not the error of the whole: whoever reads it must know what exists already, and
//! that trying again would make it twice. So every plan of an action that changes something keeps an account of its
//! requests, and its error lists them.

use crate::change::LISTED;
use crate::plan::{Rest, Rewrite};
use crate::{Change, Code, Error, Json, Plan, Request, Response, Result, Step};

impl Change {
    /// Creates the record of a change. Without `answer`, it is not known whether it was carried out.
    pub fn new(request: impl Into<String>, answer: Option<&Response>) -> Change {
        Change { request: request.into(), id: answer.and_then(Response::id), unknown: answer.is_none() }
    }
}

/// Account of the changes that the requests of a plan have made so far.
#[derive(Default)]
pub(crate) struct ChangeLedger {
    entries: Vec<LedgerEntry>,
    more: usize,
    // How many among all of them do more when they are sent twice.
    repeat_badly: usize,
}

struct LedgerEntry {
    request: String,
    repeatable: bool,
    // Looked into when somebody asks: most plans end well.
    answer: Option<Response>,
}

/// Record of a request that awaits its response.
pub(crate) struct PendingChange {
    request: String,
    repeatable: bool,
}

impl PendingChange {
    /// Creates the record of a request; `None` for a request that only reads.
    pub(crate) fn of(request: &Request) -> Option<PendingChange> {
        (!request.options().is_read_only()).then(|| PendingChange {
            request: format!("{} {}", request.method, request.template()),
            repeatable: request.options().is_idempotent(),
        })
    }
}

impl ChangeLedger {
    /// Records the outcome of a request.
    fn note(&mut self, sent: Option<PendingChange>, answer: &Result<Response>) {
        let Some(PendingChange { request, repeatable }) = sent else { return };
        let answer = match answer {
            Ok(response) => Some(response.clone()),
            Err(error) if error.code() == Code::OutcomeUnknown => None,
            Err(_) => return,
        };
        self.repeat_badly += usize::from(!repeatable);
        if self.entries.len() < LISTED {
            self.entries.push(LedgerEntry { request, repeatable, answer });
        } else {
            self.more += 1;
        }
    }

    /// Adds the recorded changes to the error.
    fn explain(mut self, error: Error) -> Error {
        if error.is_undone()
            && let Some(last) = self.entries.pop()
        {
            self.repeat_badly -= usize::from(!last.repeatable);
        }
        if self.entries.is_empty() {
            return error;
        }
        let changes = self.entries.into_iter().map(LedgerEntry::read).collect();
        error.after(changes, self.more, self.repeat_badly > 0)
    }
}

impl LedgerEntry {
    fn read(self) -> Change {
        Change::new(self.request, self.answer.as_ref())
    }
}

/// Wraps a plan so that its error lists the changes carried out before it.
pub(crate) fn told(plan: Plan<Json>) -> Plan<Json> {
    tell(plan, ChangeLedger::default())
}

fn tell(plan: Plan<Json>, mut account: ChangeLedger) -> Plan<Json> {
    match plan.into_step() {
        Step::Call { request, then } => {
            let sent = PendingChange::of(&request);
            let then = then.around(move |answer, rest| {
                account.note(sent, &answer);
                tell(rest.go(answer), account)
            });
            Step::Call { request, then }.into()
        }
        Step::All { requests, order, then } => {
            let sent: Vec<_> = requests.iter().map(PendingChange::of).collect();
            let then = then.around(move |answers: Vec<Result<Response>>, rest| {
                sent.into_iter().zip(&answers).for_each(|(sent, answer)| account.note(sent, answer));
                tell(rest.go(answers), account)
            });
            Step::All { requests, order, then }.into()
        }
        Step::Upload { upload, then } => {
            let sent = Some(PendingChange { request: "PUT (upload session)".to_owned(), repeatable: false });
            let then = then.around(move |answer, rest| {
                account.note(sent, &answer);
                tell(rest.go(answer), account)
            });
            Step::Upload { upload, then }.into()
        }
        step => step.rewrite(Tell(account)),
    }
}

// What changes nothing is not recorded.
struct Tell(ChangeLedger);

impl Rewrite<Json, Json> for Tell {
    fn then(self, then: Rest<Json>) -> Rest<Json> {
        then.followed_by(Some(0), move |plan| tell(plan, self.0))
    }
    fn end(self, end: Result<Json>) -> Plan<Json> {
        end.map_err(|error| self.0.explain(error)).into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Accepted, Order, Retry, ScriptedRun};

    fn told<T: serde::Serialize + Send + 'static>(plan: Plan<T>) -> Plan<Json> {
        super::told(plan.and_then_print())
    }

    fn answers(script: &[(u16, &str)]) -> ScriptedRun {
        ScriptedRun::new(script.iter().map(|(status, body)| Response::new(*status, (*body).to_owned())))
    }

    fn make_then_read() -> Plan<Accepted> {
        Plan::call(Request::post("/me/events").json(json!({})), |_| {
            Request::get("/me/events/{event}").path_param("event", "1").accepted()
        })
    }

    #[test]
    fn a_later_error_names_what_was_made_and_is_not_to_be_tried_again() {
        let error = answers(&[(201, r#"{"id":"AAA"}"#), (503, "")]).run(told(make_then_read())).unwrap_err();
        assert_eq!((error.code(), error.retryability()), (Code::Incomplete, Retry::Never));
        let made = Change { request: "POST /me/events".into(), id: Some("AAA".into()), unknown: false };
        assert_eq!(error.carried_out(), [made]);
        assert_eq!(error.status(), Some(503));
        assert!(error.to_string().contains("POST /me/events (id AAA)"), "{error}");
    }

    #[test]
    fn an_error_of_the_first_step_stays_what_it_is() {
        let error = answers(&[(503, "")]).run(told(make_then_read())).unwrap_err();
        assert_eq!((error.code(), error.retryability()), (Code::Unavailable, Retry::Later));
        assert!(error.carried_out().is_empty());
    }

    #[test]
    fn an_answer_that_cannot_be_read_says_that_it_was_done() {
        for body in ["", "{", "<html>"] {
            let plan = Request::post("/me/contacts").json(json!({})).raw::<Accepted>();
            let error = answers(&[(201, body)]).run(told(plan)).unwrap_err();
            assert_eq!((error.code(), error.carried_out().len()), (Code::Incomplete, 1), "{body}");
        }
    }

    #[test]
    fn what_may_be_repeated_stays_retryable_but_is_told() {
        let plan = Plan::call(Request::put("/x").json(json!({})), |_| Request::get("/y").accepted());
        let error = answers(&[(200, "{}"), (503, "")]).run(told(plan)).unwrap_err();
        assert_eq!(
            (error.code(), error.retryability(), error.carried_out().len()),
            (Code::Unavailable, Retry::Later, 1)
        );
    }

    #[test]
    fn an_operation_that_failed_was_not_carried_out() {
        let copy = || Request::post("/copy").json(json!({}));
        let failed = || Plan::<Accepted>::fail(Error::new(Code::Rejected, "the operation failed").undone());
        let error = answers(&[(202, "")]).run(told(Plan::call(copy(), move |_| failed()))).unwrap_err();
        assert_eq!((error.code(), error.carried_out().len()), (Code::Rejected, 0));
        let two = Plan::call(copy(), move |_| Plan::call(copy(), move |_| failed()));
        let error = answers(&[(202, ""), (202, "")]).run(told(two)).unwrap_err();
        assert_eq!((error.code(), error.carried_out().len()), (Code::Incomplete, 1), "the one before it was");
    }

    #[test]
    fn a_search_that_is_a_post_changes_nothing() {
        let plan = Plan::call(Request::post("/search/query").read_only(), |_| Request::get("/y").accepted());
        let error = answers(&[(200, "{}"), (503, "")]).run(told(plan)).unwrap_err();
        assert!(error.carried_out().is_empty());
    }

    #[test]
    fn a_long_account_is_cut() {
        let requests = (0..50).map(|_| Request::post("/x")).collect();
        let plan: Plan<Accepted> = Plan::all(requests, Order::Any, |_| Plan::fail(Error::new(Code::NotFound, "later")));
        let error = answers(&[(201, "{}"); 50]).run(told(plan)).unwrap_err();
        assert_eq!(error.carried_out().len(), LISTED);
        assert!(error.to_string().contains("and 30 more"), "{error}");
    }
}
