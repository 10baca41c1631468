//! New objects of the directory that not every server knows yet.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use super::fault::Fault;
use super::path::segments;
use super::reply::Reply;

/// Which new objects the next requests do not find.
#[derive(Debug, Default)]
pub(crate) struct Replication {
    /// How many requests that name a new object do not find it.
    pub(crate) lag: u32,
    behind: BTreeMap<String, u32>,
}

impl Replication {
    /// Looks whether a request names an object that is not everywhere yet, in its path or in its body.
    ///
    /// # Errors
    /// As Graph answers for an object that it does not know.
    pub(crate) fn check(&mut self, request: &Request<Bytes>) -> Result<(), Fault> {
        if self.behind.is_empty() {
            return Ok(());
        }
        let path = segments(request.uri().path()).unwrap_or_default().join("/").to_lowercase();
        let body = String::from_utf8_lossy(request.body()).to_lowercase();
        let Some(name) =
            self.behind.keys().find(|name| path.contains(name.as_str()) || body.contains(name.as_str())).cloned()
        else {
            return Ok(());
        };
        if let Some(left) = self.behind.get_mut(&name) {
            *left -= 1;
            if *left == 0 {
                self.behind.remove(&name);
            }
        }
        Err(if path.ends_with("/serviceprincipals") {
            Fault::directory(format!(
                "The appId '{name}' of the service principal does not reference a valid application object."
            ))
        } else {
            Fault::resource(&name)
        })
    }

    /// Notes what an answer says was made.
    pub(crate) fn note(&mut self, reply: &Reply) {
        let Some(object) = (self.lag > 0).then(|| reply.created()).flatten() else { return };
        for name in
            ["id", "appId", "userPrincipalName"].iter().filter_map(|name| object.get(*name).and_then(Value::as_str))
        {
            self.behind.insert(name.to_lowercase(), self.lag);
        }
    }
}
