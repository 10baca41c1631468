//! Records: things of many kinds under five actions. Each record action stands for the action that its
//! object has, and does what that one does, under its permissions.

pub mod actions;
pub mod dynamic_schemas;
mod objects;
mod place;
mod target_action;

pub use objects::{ToCreate, ToDelete, ToFind, ToGet, ToUpdate};
pub use place::RecordPlace;
pub use target_action::Behind;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The record, in the form that the action for its kind returns.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("x-dynamic-schema" = "record"))]
pub struct Record(Map<String, Value>);

/// A record that was found, in the form that the action for its kind returns.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("x-dynamic-schema" = "found_record"))]
pub struct FoundRecord(Map<String, Value>);

/// The id of a record.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 1024))]
pub struct RecordId(pub String);
