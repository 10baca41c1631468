//! Changes of a collection, read to their end.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use crate::page_walk::{Walk, read};
use crate::{DeltaPage, Error, Link, Plan, Removed, Request, Result};

/// Output of an action that lists changes: new and changed items, removals, and the token to continue with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Changes<T> {
    /// Removed items.
    pub removed: Vec<Removed>,
    /// Token for the next changes.
    pub delta_token: String,
    #[serde(skip)]
    items: PhantomData<fn() -> T>,
}

impl<T: JsonSchema> JsonSchema for Changes<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("ChangesOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<T>();
        let removed = generator.subschema_for::<Removed>();
        json_schema!({
            "type": "object",
            "properties": {
                "items": { "type": "array", "items": item, "description": "What is new or has changed, each as Graph sent it." },
                "removed": { "type": "array", "items": removed, "description": "The object that was removed." },
                "deltaToken": { "type": "string", "description": "Token for the changes after these: give it as `deltaToken`." }
            },
            "required": ["items", "removed", "deltaToken"]
        })
    }
}

impl Request {
    /// Lists changes to the end, and returns the token for the next ones.
    pub fn changes<T: Send + 'static>(self) -> Plan<Changes<T>> {
        changes(self, Vec::new(), Walk::new(None))
    }

    /// Lists changes since an earlier call: `token` is its `deltaToken`. Without it, this request begins.
    ///
    /// # Errors
    /// `invalid_input` at `/deltaToken` for a text that is no token.
    pub fn changes_since<T: Send + 'static>(self, token: Option<&str>) -> Result<Plan<Changes<T>>> {
        let request = match token {
            None => self,
            Some(token) if is_link(token) => self.at(Link::new(token)).given_at("/deltaToken"),
            Some(_) => {
                return Err(Error::invalid(
                    "/deltaToken",
                    "is not a delta token; give the `deltaToken` of an earlier answer as it is",
                ));
            }
        };
        Ok(request.changes().or_else(forgotten))
    }

    /// Lists the changes at an address that the caller gave, absolute or relative, as the input at `pointer`: a delta
    /// or next link, or where a delta query begins. The headers and rules of this request apply to it.
    pub fn changes_at<T: Send + 'static>(self, address: &str, pointer: &'static str) -> Plan<Changes<T>> {
        self.at(Link::new(address)).given_at(pointer).changes().or_else(forgotten)
    }
}

// Graph may have written it as a relative link.
pub(crate) fn is_link(token: &str) -> bool {
    token.starts_with("https://") || token.starts_with("http://") || token.contains("token=")
}

// Says what to do where Graph does not know a token any more.
pub(crate) fn forgotten<T>(error: Error) -> Plan<T> {
    Plan::fail(if error.is_resync() {
        error.with_hint(
            "The delta token is no longer known. Call again without it, and compare the result with what you have.",
        )
    } else {
        error
    })
}

fn changes<T: Send + 'static>(request: Request, mut gone: Vec<Removed>, mut state: Walk) -> Plan<Changes<T>> {
    let follow = request.clone();
    read(request, DeltaPage::read, move |page| {
        let (link, more, empty) = (page.link.clone(), page.more, page.changes.is_empty());
        let (items, removed) = page.split();
        gone.extend(removed);
        if !more {
            let end = Changes { removed: gone, delta_token: link.as_str().to_owned(), items: PhantomData };
            return Plan::emit_last(items, end);
        }
        if let Err(error) = state.guard.check(&items, empty, &link) {
            return Plan::fail(error);
        }
        Plan::emit(items, move || changes(follow.at(link), gone, state))
    })
}
