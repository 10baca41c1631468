//! Checks of methods.

use crate::finding::{Finding, Kind};
use crate::model::{Model, Refused};
use crate::resolve::{Shape, Target};

impl Model {
    /// Checks a method against what a path leads to.
    pub fn check_method(&self, method: &str, target: &Target<'_>) -> Option<Finding> {
        let (what, takes): (&str, &[&str]) = match target.shape {
            Shape::Collection => ("a collection", &["GET", "POST"]),
            Shape::Entity => ("an object", &["GET", "PATCH", "PUT", "DELETE"]),
            Shape::Value => ("a property", &["GET", "PATCH", "PUT", "DELETE"]),
            Shape::Stream => ("content", &["GET", "PUT", "PATCH", "DELETE"]),
            Shape::Count => ("a count", &["GET"]),
            Shape::Reference { collection: true } => ("the links of a collection", &["GET", "POST", "DELETE"]),
            Shape::Reference { collection: false } => ("a link", &["GET", "PUT", "DELETE"]),
            Shape::Operation(operation) if operation.action => ("an action", &["POST"]),
            Shape::Operation(_) => ("a function", &["GET"]),
            Shape::Batch => ("a batch", &["POST"]),
        };
        if !takes.contains(&method) {
            let message = format!("{what} takes no {method}; it takes {}", takes.join(", "));
            return Some(Finding::new(Kind::Method, "/method", message));
        }
        let refused = self.refused(target);
        let plain = matches!(target.shape, Shape::Collection | Shape::Entity);
        let no = match method {
            "POST" => refused.insert,
            "PATCH" | "PUT" => refused.update,
            "DELETE" => refused.delete,
            _ => false,
        };
        (plain && no)
            .then(|| Finding::new(Kind::Method, "/method", format!("the metadata says that it takes no {method}")))
    }

    fn refused(&self, target: &Target<'_>) -> Refused {
        let through = target.through.as_ref().and_then(|through| self.refused.get(through));
        through.copied().unwrap_or_default()
    }
}
