//! A request that has found its route.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value};

use super::fault::{Fault, Service};
use super::odata::{Options, RawQuery};
use super::store::ItemId;
use super::types::{self, Type, check_object};
use crate::caller::Caller;

/// A request, what its path names, and who sends it.
pub(crate) struct Call<'a> {
    pub(crate) caller: &'a Caller,
    /// The scheme and host under which the client knows the sandbox.
    pub(crate) origin: &'a str,
    /// The whole path, as the client wrote it.
    pub(crate) path: &'a str,
    pub(crate) query: RawQuery,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    /// The variables of the route's pattern, decoded.
    pub(crate) params: Vec<(&'a str, String)>,
    /// The user whose data the path names, for `/me` and `/users/{user}`.
    pub(crate) owner: u64,
    /// Whether the caller is the owner.
    pub(crate) own: bool,
    pub(crate) service: Service,
}

impl Call<'_> {
    /// A variable of the pattern; empty if the matched pattern has none of that name.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn has_param(&self, name: &str) -> bool {
        self.params.iter().any(|(known, _)| *known == name)
    }

    /// `v1.0` or `beta`.
    pub(crate) fn version(&self) -> &str {
        self.path.trim_start_matches('/').split('/').next().unwrap_or("v1.0")
    }

    /// The URL of the request without its query.
    pub(crate) fn url(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// An `@odata.context` that ends in `what`.
    pub(crate) fn context(&self, what: &str) -> String {
        format!("{}/{}/$metadata#{what}", self.origin, self.version())
    }

    /// The query options, held against a type.
    pub(crate) fn options(&self, ty: &Type) -> Result<Options, Fault> {
        Options::parse(&self.query, ty, self.service)
    }

    /// The value of a preference, without quotes; `Some("")` for one without a value.
    pub(crate) fn preference(&self, name: &str) -> Option<String> {
        let values = self.headers.get_all("prefer").into_iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split([',', ';'])).find_map(|part| {
            let (known, value) = part.split_once('=').unwrap_or((part, ""));
            known.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
        })
    }

    /// Which form of ids the client asked for.
    pub(crate) fn ids(&self) -> ItemId {
        match self.preference("IdType") {
            Some(kind) if kind.eq_ignore_ascii_case("ImmutableId") => ItemId::Immutable,
            _ => ItemId::Rest,
        }
    }

    /// Whether the directory may answer from its index: `ConsistencyLevel: eventual`.
    pub(crate) fn eventual(&self) -> bool {
        let header = self.headers.get("consistencylevel").and_then(|value| value.to_str().ok());
        header.or(self.query.get("ConsistencyLevel")).is_some_and(|value| value.eq_ignore_ascii_case("eventual"))
    }

    /// The page size that `Prefer: odata.maxpagesize` asks for.
    pub(crate) fn max_page_size(&self) -> Option<usize> {
        self.preference("odata.maxpagesize").and_then(|value| value.parse().ok()).filter(|size| *size > 0)
    }

    /// The body as a JSON object.
    pub(crate) fn object(&self) -> Result<Map<String, Value>, Fault> {
        if self.body.is_empty() {
            return Err(Fault::bad("Empty Payload. JSON content expected."));
        }
        let media =
            self.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !media.to_ascii_lowercase().contains("json") {
            let shown = if media.is_empty() { "none" } else { media };
            return Err(Fault::new(
                415,
                "UnsupportedMediaType",
                format!("Invalid content type: {shown}; application/json expected."),
            ));
        }
        serde_json::from_slice(self.body).map_err(|_| {
            Fault::bad("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
        })
    }

    /// Whether the body is plain text, in which Outlook takes messages as base64 of their MIME form.
    pub(crate) fn is_text(&self) -> bool {
        let media =
            self.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        media.to_ascii_lowercase().starts_with("text/plain")
    }

    /// The body as an entity of type `ty`, with the members of enumerations as Graph spells them.
    pub(crate) fn entity(&self, ty: &str) -> Result<Map<String, Value>, Fault> {
        let mut object = self.object()?;
        self.check(ty, &object)?;
        types::spell(types::get(ty), &mut object);
        Ok(object)
    }

    /// Holds `object` against the type `ty`.
    pub(crate) fn check(&self, ty: &str, object: &Map<String, Value>) -> Result<(), Fault> {
        check_object(types::get(ty), object).map_err(|fault| Fault::body(self.service, fault))
    }
}
