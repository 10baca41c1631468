//! Holds a request body against the type tables.

use serde_json::{Map, Value};

use super::{Kind, Property, Type, find};

/// Why a body is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BodyFault {
    /// The type has no such property.
    Unknown { property: String, on: &'static str },
    /// The value is not of the property's kind.
    Kind { property: String, literal: String, expected: String },
    /// The value is no member of the enumeration.
    Member { literal: String, of: &'static str },
}

/// Checks every property of `object`, also nested ones. Annotations (`@odata.type`) are free;
/// `@odata.type` chooses a derived type.
///
/// # Errors
/// The first fault, in the order of the body.
pub(crate) fn check_object(ty: &Type, object: &Map<String, Value>) -> Result<(), BodyFault> {
    let ty = derived(ty, object);
    for (name, value) in object {
        if name.contains('@') || name.starts_with("extension_") {
            continue;
        }
        let Some(property) = ty.property(name) else {
            // An open type that declares nothing takes anything.
            if ty.bag {
                continue;
            }
            return Err(BodyFault::Unknown { property: name.clone(), on: ty.name });
        };
        check_property(name, property, value)?;
    }
    Ok(())
}

/// The type that `@odata.type` names, if it is derived from `ty`.
fn derived<'t>(ty: &'t Type, object: &Map<String, Value>) -> &'t Type {
    let named = object.get("@odata.type").and_then(Value::as_str);
    let named = named.map(|name| name.trim_start_matches('#').trim_start_matches("microsoft.graph."));
    named.and_then(find).filter(|derived| derived.is(ty.name)).unwrap_or(ty)
}

/// Gives the members of enumerations the spelling in which Graph prints them.
pub(crate) fn spell(ty: &Type, object: &mut Map<String, Value>) {
    let ty = derived(ty, object);
    for (name, value) in object.iter_mut() {
        if let Some(property) = ty.property(name) {
            spell_value(property.kind, value);
        }
    }
}

fn spell_value(kind: Kind, value: &mut Value) {
    match (kind, value) {
        (_, Value::Array(values)) => values.iter_mut().for_each(|value| spell_value(kind, value)),
        (Kind::Object(of), Value::Object(object)) => {
            if let Some(ty) = find(of) {
                spell(ty, object);
            }
        }
        (Kind::Enum(_) | Kind::Choice(..), Value::String(text)) => {
            let known =
                |part: &str| kind.members().iter().find(|member| member.eq_ignore_ascii_case(part.trim())).copied();
            *text = text.split(',').map(|part| known(part).unwrap_or(part)).collect::<Vec<_>>().join(",");
        }
        _ => {}
    }
}

fn check_property(name: &str, property: Property, value: &Value) -> Result<(), BodyFault> {
    match (property.collection, value) {
        (_, Value::Null) => Ok(()),
        (true, Value::Array(values)) => values.iter().try_for_each(|value| check_value(name, property.kind, value)),
        (true, other) => Err(wrong(name, format!("Collection({})", property.kind.edm()), other)),
        (false, value) => check_value(name, property.kind, value),
    }
}

fn check_value(name: &str, kind: Kind, value: &Value) -> Result<(), BodyFault> {
    let good = match (kind, value) {
        (Kind::Text | Kind::Stream | Kind::Binary | Kind::Duration | Kind::TimeOfDay, Value::String(_)) => true,
        // Graph takes enumeration values in any case.
        (Kind::Enum(of) | Kind::Choice(of, _), Value::String(text)) => {
            let known = |part: &str| kind.members().iter().any(|member| member.eq_ignore_ascii_case(part.trim()));
            if !text.split(',').all(known) {
                return Err(BodyFault::Member { literal: text.clone(), of });
            }
            true
        }
        (Kind::Integer, Value::Number(number)) => number.is_i64(),
        (Kind::Float, Value::Number(_)) => true,
        (Kind::Boolean, Value::Bool(_)) => true,
        // A date alone is taken as its midnight, as for a contact's birthday.
        (Kind::Moment, Value::String(text)) => text.parse::<jiff::Timestamp>().is_ok() || is_date(text),
        (Kind::Date, Value::String(text)) => is_date(text),
        (Kind::Guid, Value::String(text)) => is_guid(text),
        // What Graph's `Json` holds is the service's own affair.
        (Kind::Object("Json"), _) => true,
        (Kind::Object(of), Value::Object(object)) => match find(of) {
            Some(ty) => return check_object(ty, object),
            None => true,
        },
        _ => false,
    };
    if good { Ok(()) } else { Err(wrong(name, kind.edm(), value)) }
}

fn wrong(name: &str, expected: String, value: &Value) -> BodyFault {
    let literal = match value {
        Value::String(text) => text.clone(),
        Value::Object(_) => "{...}".into(),
        Value::Array(_) => "[...]".into(),
        other => other.to_string(),
    };
    BodyFault::Kind { property: name.to_owned(), literal, expected }
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

/// Whether it is a GUID in its usual form.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, byte)| match i {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::graph::types::get;

    fn check(name: &str, body: Value) -> Result<(), BodyFault> {
        check_object(get(name), body.as_object().unwrap())
    }

    #[test]
    fn enumerations_get_their_own_spelling() {
        let mut body = json!({"importance": "HIGH", "subject": "HIGH", "body": {"contentType": "HTML"}});
        spell(get("message"), body.as_object_mut().unwrap());
        assert_eq!(body, json!({"importance": "high", "subject": "HIGH", "body": {"contentType": "html"}}));
    }

    #[test]
    fn bodies_are_held_against_the_tables() {
        check("message", json!({"subject": "a", "importance": "High", "toRecipients": [{"emailAddress": {"address": "a@b.example"}}]}))
            .unwrap();
        let fault = check("message", json!({"subjct": "a"})).unwrap_err();
        assert_eq!(fault, BodyFault::Unknown { property: "subjct".into(), on: "message" });
        let fault = check("message", json!({"toRecipients": [{"emailAddress": {"adress": "a"}}]})).unwrap_err();
        assert_eq!(fault, BodyFault::Unknown { property: "adress".into(), on: "emailAddress" });
        assert!(matches!(check("message", json!({"isRead": "yes"})), Err(BodyFault::Kind { .. })));
        assert!(matches!(check("message", json!({"importance": "urgent"})), Err(BodyFault::Member { .. })));
        assert!(matches!(check("message", json!({"toRecipients": {}})), Err(BodyFault::Kind { .. })));
        assert!(matches!(check("user", json!({"employeeHireDate": "yesterday"})), Err(BodyFault::Kind { .. })));
        check(
            "attachment",
            json!({"@odata.type": "microsoft.graph.itemAttachment", "item": {"@odata.type": "microsoft.graph.event", "subject": "x"}}),
        )
        .unwrap();
        check("contact", json!({"birthday": "1974-07-22"})).unwrap();
        check("attachment", json!({"@odata.type": "#microsoft.graph.fileAttachment", "contentBytes": "aGk="})).unwrap();
    }
}
