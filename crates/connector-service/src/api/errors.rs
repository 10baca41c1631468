//! The codes of errors, at the addresses that problems name as their types.

use connector_runtime::Code;
use connector_sdk::Actor;
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer;
use crate::call::Call;
use crate::problem::{Problem, ServiceCode, title};
use crate::route::Answer;

/// The codes of errors.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ErrorCodes")]
pub(crate) struct Codes {
    /// The codes.
    errors: Vec<Described>,
}

/// A code of errors.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ErrorCode")]
pub(crate) struct Described {
    /// Stable name.
    code: &'static str,
    /// Name in words.
    title: String,
    /// HTTP status.
    status: u16,
    /// Who can put it right.
    who_acts: Actor,
    /// What to do when nothing better is known.
    hint: &'static str,
}

/// Lists the codes.
pub(crate) async fn list(_: Call) -> Answer {
    Ok(answer::json(&Codes { errors: all().collect() })?)
}

/// Describes a code.
pub(crate) async fn show(call: Call) -> Answer {
    let code = call.param("code");
    match all().find(|known| known.code == code) {
        Some(known) => Ok(answer::json(&known)?),
        None => {
            Err(Problem::new(ServiceCode::NoSuchRoute, format!("there is no code called `{}`", code.escape_debug())))
        }
    }
}

fn all() -> impl Iterator<Item = Described> {
    let of_host = Code::ALL.iter().map(|code| Described {
        code: code.name(),
        title: title(code.name()),
        status: code.http_status(),
        who_acts: code.actor(),
        hint: code.advice(),
    });
    let of_service = ServiceCode::ALL.into_iter().map(|code| Described {
        code: code.name(),
        title: title(code.name()),
        status: code.status(),
        who_acts: code.who_acts(),
        hint: code.hint(),
    });
    of_host.chain(of_service)
}
