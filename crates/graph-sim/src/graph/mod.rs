//! The Graph of the sandbox.

use bytes::Bytes;
use serde_json::Value;

use crate::{Caller, Clock};

/// Decides, before the work, whether a part of a `$batch` is refused.
pub type PartFault<'a> = dyn Fn(&http::Request<Bytes>) -> Option<http::Response<Bytes>> + 'a;

/// Who a user is.
#[derive(Debug, Clone)]
pub struct UserCard {
    /// The object id.
    pub id: String,
    /// The user principal name.
    pub user_principal_name: String,
    /// The name for people.
    pub display_name: String,
}

/// A Graph in memory.
#[derive(Clone)]
pub struct Graph;

impl Graph {
    /// A Graph with the seeded tenant.
    pub fn seeded(_: Clock) -> Graph {
        Graph
    }
    /// Answers a request.
    pub fn handle(&self, _: &Caller, _: &str, _: &http::Request<Bytes>) -> http::Response<Bytes> {
        let mut response = http::Response::new(Bytes::new());
        *response.status_mut() = http::StatusCode::NOT_IMPLEMENTED;
        response
    }
    /// Answers a request, with faults for the parts of a `$batch`.
    pub fn handle_with(&self, caller: &Caller, origin: &str, request: &http::Request<Bytes>, _: &PartFault<'_>) -> http::Response<Bytes> {
        self.handle(caller, origin, request)
    }
    /// Answers a request to a URL that carries its own permission.
    pub fn handle_unauthenticated(&self, _: &str, _: &http::Request<Bytes>) -> Option<http::Response<Bytes>> {
        None
    }
    /// A user by name or id.
    pub fn user_by_name(&self, _: &str) -> Option<UserCard> {
        None
    }
    /// The tenant.
    pub fn tenant_id(&self) -> &str {
        "11111111-1111-1111-1111-111111111111"
    }
    /// A new mail arrives.
    pub fn deliver(&self, _: &str, _: &str, _: Value) -> String {
        String::new()
    }
    /// Makes every delta token invalid.
    pub fn expire_delta_tokens(&self) {}
}
