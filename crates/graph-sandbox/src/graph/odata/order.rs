//! `$orderby`.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use crate::graph::types::{self, Kind, Type};

/// One key of a sort order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrderBy {
    pub(crate) path: Vec<String>,
    pub(crate) descending: bool,
    /// Moments are compared as such, whatever their number of digits.
    moment: bool,
}

impl OrderBy {
    /// Parses `a desc,b/c`.
    ///
    /// # Errors
    /// What is wrong, worded as Graph words it.
    pub(crate) fn parse(text: &str, ty: &Type) -> Result<Vec<OrderBy>, String> {
        text.split(',').map(|part| OrderBy::parse_one(part.trim(), ty)).collect()
    }

    fn parse_one(text: &str, ty: &Type) -> Result<OrderBy, String> {
        let mut words = text.split_whitespace();
        let path = words.next().ok_or("Syntax error: an expression expected in $orderby.")?;
        let descending = match (words.next(), words.next()) {
            (None, _) | (Some("asc"), None) => false,
            (Some("desc"), None) => true,
            _ => return Err(format!("Syntax error at position {} in '{text}'.", path.len() + 1)),
        };
        let (mut ty, mut kind) = (Some(ty), Kind::Text);
        for step in path.split('/') {
            let Some(known) = ty else { return Err(format!("The property '{step}' cannot be ordered by.")) };
            let property = known.reach(step).ok_or_else(|| {
                format!("Could not find a property named '{step}' on type 'microsoft.graph.{}'.", known.name)
            })?;
            kind = property.kind;
            ty = if let Kind::Object(name) = kind { types::find(name) } else { None };
        }
        Ok(OrderBy { path: path.split('/').map(str::to_owned).collect(), descending, moment: kind == Kind::Moment })
    }

    /// Compares two entities by all keys in turn. Nothing comes before something.
    pub(crate) fn compare(keys: &[OrderBy], left: &Map<String, Value>, right: &Map<String, Value>) -> Ordering {
        for key in keys {
            let order = key.compare_one(key.value(left), key.value(right));
            let order = if key.descending { order.reverse() } else { order };
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }

    fn value<'a>(&self, entity: &'a Map<String, Value>) -> Option<&'a Value> {
        let mut steps = self.path.iter();
        let first = entity.get(steps.next()?)?;
        steps.try_fold(first, |value, step| value.get(step)).filter(|value| !value.is_null())
    }

    fn compare_one(&self, left: Option<&Value>, right: Option<&Value>) -> Ordering {
        match (left, right) {
            (Some(Value::String(left)), Some(Value::String(right))) if self.moment => {
                let moment = |text: &str| text.parse::<jiff::Timestamp>().ok();
                moment(left).cmp(&moment(right))
            }
            (Some(Value::String(left)), Some(Value::String(right))) => left.to_lowercase().cmp(&right.to_lowercase()),
            (Some(Value::Number(left)), Some(Value::Number(right))) => {
                left.as_f64().partial_cmp(&right.as_f64()).unwrap_or(Ordering::Equal)
            }
            (Some(Value::Bool(left)), Some(Value::Bool(right))) => left.cmp(right),
            (left, right) => left.is_some().cmp(&right.is_some()),
        }
    }
}
