//! Changes since an earlier call.

use connector_sdk::schema::rules;
use connector_sdk::{Changes, Error, Plan, Request, Result};
use schemars::JsonSchema;
use serde::Deserialize;

/// From where on. Used with `#[serde(flatten)]`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = rules::at_most_one(&["deltaToken", "startFromNow=true"]))]
pub struct Since {
    /// The `deltaToken` of an earlier answer. Directory tokens are good for seven days.
    #[schemars(length(min = 1))]
    delta_token: Option<String>,
    /// Return no objects, only the token for the changes from now on.
    #[serde(default)]
    start_from_now: bool,
}

impl Since {
    /// The name of a property that says from where on, if one does.
    pub fn given(&self) -> Option<&'static str> {
        let given = [("deltaToken", self.delta_token.is_some()), ("startFromNow", self.start_from_now)];
        given.into_iter().find_map(|(name, given)| given.then_some(name))
    }

    /// The changes behind `request`, a delta query at its beginning.
    ///
    /// # Errors
    /// `invalid_input` when both are given, or the token is none.
    pub fn changes<T: Send + 'static>(self, request: Request) -> Result<Plan<Changes<T>>> {
        if self.start_from_now && self.delta_token.is_some() {
            return Err(Error::invalid("/startFromNow", "`startFromNow` and `deltaToken` exclude each other"));
        }
        let request = if self.start_from_now { request.query("$deltatoken", "latest") } else { request };
        request.changes_since(self.delta_token.as_deref())
    }
}
