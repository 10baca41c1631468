//! Plans of a single request, as most actions need.

use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Continuation, DownloadName, Plan};
use crate::{Code, Error, File, Json, Raw, Request, StoredResponse};

/// The output of an action whose answer has no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Accepted {
    /// Graph accepted the request.
    pub accepted: bool,
}

/// The output of an action that removes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Deleted {
    /// Graph removed it.
    pub deleted: bool,
}

/// Plans of a single request, as most actions need.
impl Request {
    /// Sends the request and accepts any success.
    pub fn accepted(self) -> Plan<Accepted> {
        Plan::finish(self, |_| Ok(Accepted { accepted: true }))
    }
    /// Sends the request and treats any success as a deletion.
    pub fn deleted(self) -> Plan<Deleted> {
        Plan::finish(self, |_| Ok(Deleted { deleted: true }))
    }
    /// Sends the request and returns the response's JSON unchanged, described by `T`.
    ///
    /// A change that is confirmed with status 204, as `return=minimal` allows, gives an object without properties. What
    /// is read and answered so is not there: [OData 4.01][1] says it of what is null.
    ///
    /// [1]: https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part1-protocol.html#sec_ResponseCode204NoContent
    pub fn raw<T: 'static>(self) -> Plan<Raw<T>> {
        let reads = self.method.is_safe();
        Plan::finish(self, move |response| match response.status {
            StatusCode::NO_CONTENT if reads => {
                Err(Error::new(Code::NotFound, "Graph answered that there is nothing (status 204)"))
            }
            StatusCode::NO_CONTENT => Ok(Raw::new(Json::trusted("{}"))),
            _ => response.json().map(Raw::new),
        })
    }
    /// Sends the request and deserializes the response, for plans that need a value from it.
    pub fn decode<T: DeserializeOwned + Send + 'static>(self) -> Plan<T> {
        Plan::finish(self, |response| response.read())
    }
    /// Sends the request and stores the response's body as a file.
    pub fn download(self, name: DownloadName) -> Plan<File> {
        self.store(name).map(|stored| stored.file)
    }
    /// Sends the request and stores the response's body as a file; for callers that want its status and headers too.
    pub fn store(self, name: DownloadName) -> Plan<StoredResponse> {
        Plan::download_then(self, name, Continuation::last(Plan::from))
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::Value;

    use super::*;
    use crate::{Response, ScriptedRun};

    #[test]
    fn an_answer_without_content_is_a_success_of_a_change_and_nothing_to_read() {
        let run = |method: Method, status, body: &'static str| {
            let plan = Request::new(method, "/me/contacts").raw::<Value>();
            ScriptedRun::new([Response::new(status, body)]).run(plan).map(|raw| raw.json().as_str().to_owned())
        };
        for method in [Method::PATCH, Method::POST, Method::PUT] {
            assert_eq!(run(method, 204, "").unwrap(), "{}");
        }
        assert_eq!(run(Method::GET, 204, "").unwrap_err().code(), Code::NotFound);
        for method in [Method::GET, Method::PATCH] {
            assert_eq!(run(method.clone(), 200, r#"{"id":"1"}"#).unwrap(), r#"{"id":"1"}"#);
            assert_eq!(run(method, 200, "").unwrap_err().code(), Code::Protocol, "it was cut short");
        }
    }
}
