//! Flags for follow-up, and the two parts of the inbox.

use connector_sdk::schema::rules;
use connector_sdk::{Error, Result, Zone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Moment;

/// Whether a flag is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum FlagStatus {
    /// There is none.
    NotFlagged,
    /// It asks for follow-up.
    Flagged,
    /// The follow-up is done.
    Complete,
}

/// A flag for follow-up.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Flag {
    /// What it says.
    #[serde(flatten)]
    pub content: FlagContent,
}

/// What a flag says. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = rules::only_with(&["start", "status=flagged"]))]
#[schemars(transform = rules::only_with(&["due", "status=flagged"]))]
#[schemars(transform = rules::only_with(&["completed", "status=complete"]))]
pub struct FlagContent {
    /// Whether the flag is there.
    status: FlagStatus,
    /// When the follow-up begins. Graph asks for it where there is a `due`; the default is then the due time.
    #[schemars(extend("x-forms" = "A local time needs `timeZone`."))]
    start: Option<Moment>,
    /// When the follow-up is due.
    #[schemars(extend("x-forms" = "A local time needs `timeZone`."))]
    due: Option<Moment>,
    /// When the follow-up was done, for a flag that is complete.
    #[schemars(extend("x-forms" = "A local time needs `timeZone`."))]
    completed: Option<Moment>,
}

impl FlagContent {
    /// As Graph takes it. `zone` belongs to local times; `place` stands before the names of properties in errors.
    ///
    /// # Errors
    /// `invalid_input` for times that are none, or that do not belong to the status.
    pub fn written(self, zone: Option<&Zone>, place: &str) -> Result<Value> {
        if self.status != FlagStatus::Flagged && (self.start.is_some() || self.due.is_some()) {
            return Err(Error::invalid(
                format!("/{place}status"),
                "only a flag with the status `flagged` has `start` and `due`",
            ));
        }
        if self.status != FlagStatus::Complete && self.completed.is_some() {
            return Err(Error::invalid(
                format!("/{place}completed"),
                "only a flag with the status `complete` has this",
            ));
        }
        let mut flag = json!({ "flagStatus": self.status });
        let utc = Zone::utc();
        let start = self.start.or_else(|| self.due.clone());
        for (moment, name, property) in [
            (start, "startDateTime", "start"),
            (self.due, "dueDateTime", "due"),
            (self.completed, "completedDateTime", "completed"),
        ] {
            if let Some(moment) = moment {
                // A flag is of a day, whatever the zone.
                let zone = if moment.is_day() { Some(zone.unwrap_or(&utc)) } else { zone };
                flag[name] = json!(moment.with_zone(zone, &format!("{place}{property}"))?);
            }
        }
        Ok(flag)
    }
}

/// In which part of the inbox a message is shown.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum InferenceClassification {
    /// Among what matters.
    Focused,
    /// Among the rest.
    Other,
}
