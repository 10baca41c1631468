//! Checks of request bodies.

use serde_json::{Map, Value};

use crate::finding::{Finding, Kind};
use crate::model::{Model, Operation, TypeRef};
use crate::suggestion::suggestion;

/// Maximum number of objects that one request may link.
const MOST_LINKS: usize = 20;

impl Model {
    /// Validates a JSON value against a type, recursively.
    pub fn check_value(&self, value: &Value, ty: &TypeRef, at: &str, findings: &mut Vec<Finding>) {
        if value.is_null() {
            return;
        }
        if ty.collection {
            let Value::Array(items) = value else {
                findings.push(Finding::new(Kind::Value, at, format!("must be a list of `{}`", ty.short())));
                return;
            };
            let item = TypeRef { collection: false, ..ty.clone() };
            for (i, value) in items.iter().enumerate() {
                self.check_value(value, &item, &format!("{at}/{i}"), findings);
            }
        } else if let Some(members) = self.members(&ty.name) {
            check_member(value, members, ty, at, findings);
        } else if let Some(edm) = ty.name.strip_prefix("Edm.") {
            if !is_primitive(value, edm) {
                findings.push(Finding::new(Kind::Value, at, format!("must be an `Edm.{edm}`")));
            }
        } else if let Value::Object(object) = value {
            self.check_object(object, &ty.name, at, findings);
        } else if !is_free(&ty.name) {
            findings.push(Finding::new(Kind::Value, at, format!("must be an object: a `{}`", ty.short())));
        }
    }

    fn check_object(&self, object: &Map<String, Value>, declared: &str, at: &str, findings: &mut Vec<Finding>) {
        if is_free(declared) {
            return;
        }
        let ty = match object.get("@odata.type").map(|name| name.as_str().unwrap_or_default().trim_start_matches('#')) {
            None => declared.to_owned(),
            Some(name) => match self.find_type(&name.replacen(
                "graph.",
                "microsoft.graph.",
                usize::from(name.starts_with("graph.")),
            )) {
                Some((known, _)) if self.is_a(known, declared) || self.is_a(declared, known) => known.to_owned(),
                Some((known, _)) => {
                    findings.push(Finding::new(
                        Kind::Value,
                        format!("{at}/@odata.type"),
                        format!("a `{known}` is no `{declared}`"),
                    ));
                    return;
                }
                None => {
                    let known = self.types.keys().map(String::as_str);
                    let message = format!("there is no type `{name}`{}", suggestion(name, known));
                    findings.push(Finding::new(Kind::Value, format!("{at}/@odata.type"), message));
                    return;
                }
            },
        };
        for (name, value) in object {
            let place = format!("{at}/{name}");
            if let Some(linked) = name.strip_suffix("@odata.bind") {
                self.check_bind(&ty, linked, value, &place, findings);
            } else if name.contains('@') {
                // Other annotations say something about a value, and are not properties.
            } else if let Some(property) = self.property(&ty, name) {
                self.check_value(value, &property.ty, &place, findings);
            } else if !(self.is_bag(&ty) || self.is_open(&ty) && is_extension(name)) {
                let short = ty.strip_prefix("microsoft.graph.").unwrap_or(&ty);
                let message =
                    format!("a `{short}` has no property `{name}`{}", suggestion(name, self.property_names(&ty)));
                findings.push(Finding::new(Kind::Property, place, message));
            }
        }
    }

    fn check_bind(&self, ty: &str, name: &str, value: &Value, at: &str, findings: &mut Vec<Finding>) {
        let mut wrong = |message: String| findings.push(Finding::new(Kind::Reference, at, message));
        let Some(property) = self.property(ty, name).filter(|property| property.navigation) else {
            let known =
                self.property_names(ty).filter(|known| self.property(ty, known).is_some_and(|it| it.navigation));
            return wrong(format!("`{name}` leads to no other object{}", suggestion(name, known)));
        };
        let links: Vec<&Value> = match (property.ty.collection, value) {
            (true, Value::Array(links)) => links.iter().collect(),
            (false, Value::String(_)) => vec![value],
            (true, _) => return wrong("must be a list of addresses".to_owned()),
            (false, _) => return wrong("must be one address".to_owned()),
        };
        if links.len() > MOST_LINKS {
            wrong(format!("{} objects are linked; a request takes {MOST_LINKS}", links.len()));
        }
        if let Some(link) = links.into_iter().find(|link| !is_address(link)) {
            wrong(format!("{link} is no whole address, such as https://graph.microsoft.com/v1.0/users/{{id}}"));
        }
    }

    /// Validates the body of an operation against its parameters.
    pub(crate) fn check_parameters(&self, body: &Value, operation: &Operation, findings: &mut Vec<Finding>) {
        let Value::Object(given) = body else {
            findings.push(Finding::new(
                Kind::Value,
                "/body",
                format!("must be an object: the parameters of `{}`", operation.name),
            ));
            return;
        };
        for (name, value) in given.iter().filter(|(name, _)| !name.contains('@')) {
            let at = format!("/body/{name}");
            match operation.parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
                Some((_, ty)) => self.check_value(value, ty, &at, findings),
                None => {
                    let known = operation.parameters.iter().map(|(name, _)| name.as_str());
                    let message = format!("`{}` has no parameter `{name}`{}", operation.name, suggestion(name, known));
                    findings.push(Finding::new(Kind::Property, at, message));
                }
            }
        }
    }

    /// Validates the body of a `$ref` request.
    pub(crate) fn check_reference(&self, body: &Value, findings: &mut Vec<Finding>) {
        if !body.get("@odata.id").is_some_and(is_address) {
            findings.push(Finding::new(Kind::Reference, "/body/@odata.id", "must be the whole address of an object"));
        }
    }
}

fn check_member(value: &Value, members: &[String], ty: &TypeRef, at: &str, findings: &mut Vec<Finding>) {
    let Some(text) = value.as_str() else {
        findings.push(Finding::new(Kind::Value, at, format!("must be a text: a member of `{}`", ty.short())));
        return;
    };
    // Flags are several members.
    for text in text.split(',').map(str::trim).filter(|text| !members.iter().any(|known| known == text)) {
        let message = format!(
            "`{text}` is no member of `{}`{}",
            ty.short(),
            suggestion(text, members.iter().map(String::as_str))
        );
        findings.push(Finding::new(Kind::Member, at, message));
    }
}

fn is_primitive(value: &Value, edm: &str) -> bool {
    match edm {
        "Boolean" => value.is_boolean(),
        "Int16" | "Int32" | "Int64" | "Byte" | "SByte" => value.is_i64() || value.is_u64(),
        "Double" | "Single" | "Decimal" => value.is_number() || matches!(value.as_str(), Some("INF" | "-INF" | "NaN")),
        "Date" => value.as_str().is_some_and(|text| text.len() == 10 && text.as_bytes()[4] == b'-'),
        "DateTimeOffset" => value.as_str().is_some_and(is_moment),
        "Guid" => value.as_str().is_some_and(|text| text.len() == 36),
        "Duration" => value.as_str().is_some_and(|text| text.trim_start_matches('-').starts_with('P')),
        "Untyped" | "PrimitiveType" => true,
        _ => value.is_string(),
    }
}

// A date, a time, and where on earth.
fn is_moment(text: &str) -> bool {
    let bytes = text.as_bytes();
    let zone = text.ends_with('Z') || bytes.iter().rev().take(6).any(|byte| matches!(byte, b'+' | b'-'));
    bytes.len() >= 17 && bytes[4] == b'-' && bytes[10] == b'T' && zone
}

// Types that stand for any JSON.
fn is_free(name: &str) -> bool {
    matches!(name, "microsoft.graph.Json" | "Edm.Untyped" | "microsoft.graph.Dictionary" | "Edm.ComplexType")
}

// Extensions have names of their own, which no metadata knows.
fn is_extension(name: &str) -> bool {
    name.starts_with("extension_") || name.starts_with("ext") && name.contains('_')
}

fn is_address(link: &Value) -> bool {
    link.as_str().is_some_and(|link| link.starts_with("https://") || link.starts_with("http://"))
}
