//! The codes of errors, at the addresses that problems name as their types.

use connector_runtime::Code;
use serde_json::{Value, json};

use crate::answer;
use crate::call::Call;
use crate::problem::{Problem, ServiceCode, title};
use crate::route::Answer;

/// Lists the codes.
pub(crate) async fn list(_: Call) -> Answer {
    Ok(answer::json(&json!({ "errors": all().collect::<Vec<_>>() }))?)
}

/// Describes a code.
pub(crate) async fn show(call: Call) -> Answer {
    let code = call.param("code");
    match all().find(|known| known["code"] == code) {
        Some(known) => Ok(answer::json(&known)?),
        None => {
            Err(Problem::new(ServiceCode::NoSuchRoute, format!("there is no code called `{}`", code.escape_debug())))
        }
    }
}

fn all() -> impl Iterator<Item = Value> {
    let of_host = Code::ALL.iter().map(|code| {
        let name = code.name();
        json!({
            "code": name, "title": title(name), "status": code.http_status(), "whoActs": code.actor(),
            "hint": code.advice(),
        })
    });
    let of_service = ServiceCode::ALL.into_iter().map(|code| {
        let name = code.name();
        json!({ "code": name, "title": title(name), "status": code.status(), "whoActs": code.who_acts(), "hint": code.hint() })
    });
    of_host.chain(of_service)
}
