//! Whether an entity is what an expression asks for.

use std::borrow::Cow;
use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::expr::{Expr, Func, Literal, Op, Operand};
use crate::graph::types::Kind;

/// A value taken from an entity or a literal, ready to be compared.
enum Val<'a> {
    Null,
    Boolean(bool),
    Number(f64),
    Text(Cow<'a, str>),
    Moment(Timestamp),
}

/// The entity and the elements that the enclosing lambdas look at.
struct Scope<'a> {
    entity: &'a Map<String, Value>,
    elements: Vec<&'a Value>,
}

/// Whether `entity` satisfies `expr`.
pub(crate) fn matches(expr: &Expr, entity: &Map<String, Value>) -> bool {
    holds(expr, &mut Scope { entity, elements: Vec::new() })
}

fn holds<'a>(expr: &'a Expr, scope: &mut Scope<'a>) -> bool {
    match expr {
        Expr::And(left, right) => holds(left, scope) && holds(right, scope),
        Expr::Or(left, right) => holds(left, scope) || holds(right, scope),
        Expr::Not(inner) => !holds(inner, scope),
        Expr::Compare(left, op, right) => compare(&value(left, scope), *op, &value(right, scope)),
        Expr::In(subject, choices) => {
            let subject = value(subject, scope);
            choices.iter().any(|choice| compare(&subject, Op::Eq, &constant(choice)))
        }
        Expr::Test(func, subject, argument) => match (value(subject, scope), value(argument, scope)) {
            (Val::Text(subject), Val::Text(argument)) => test(*func, &subject, &argument),
            _ => false,
        },
        Expr::Any(path, body) => {
            let elements = elements(path, scope);
            match body {
                None => !elements.is_empty(),
                Some(body) => elements.iter().any(|element| with(element, body, scope)),
            }
        }
        Expr::All(path, body) => elements(path, scope).iter().all(|element| with(element, body, scope)),
        Expr::Truth(operand) => matches!(value(operand, scope), Val::Boolean(true)),
    }
}

fn with<'a>(element: &'a Value, body: &'a Expr, scope: &mut Scope<'a>) -> bool {
    scope.elements.push(element);
    let answer = holds(body, scope);
    scope.elements.pop();
    answer
}

/// Exchange and the directory compare text without regard to case.
fn test(func: Func, subject: &str, argument: &str) -> bool {
    let (subject, argument) = (subject.to_lowercase(), argument.to_lowercase());
    match func {
        Func::StartsWith => subject.starts_with(&argument),
        Func::EndsWith => subject.ends_with(&argument),
        Func::Contains => subject.contains(&argument),
    }
}

fn lookup<'a>(operand: &Operand, scope: &Scope<'a>) -> Option<&'a Value> {
    let Operand::Path { variable, steps, .. } = operand else { return None };
    let mut steps = steps.iter();
    let mut value = match variable {
        Some(index) => *scope.elements.get(*index)?,
        None => scope.entity.get(steps.next()?)?,
    };
    for step in steps {
        value = value.get(step)?;
    }
    Some(value)
}

fn elements<'a>(operand: &Operand, scope: &Scope<'a>) -> &'a [Value] {
    lookup(operand, scope).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn value<'a>(operand: &'a Operand, scope: &Scope<'a>) -> Val<'a> {
    match operand {
        Operand::Literal(literal) => constant(literal),
        Operand::Count(path) => Val::Number(elements(path, scope).len() as f64),
        Operand::Lower(inner) => match value(inner, scope) {
            Val::Text(text) => Val::Text(text.to_lowercase().into()),
            other => other,
        },
        Operand::Upper(inner) => match value(inner, scope) {
            Val::Text(text) => Val::Text(text.to_uppercase().into()),
            other => other,
        },
        Operand::Path { kind, .. } => match lookup(operand, scope) {
            None => Val::Null,
            Some(value) => of_kind(*kind, value),
        },
    }
}

fn of_kind(kind: Kind, value: &Value) -> Val<'_> {
    match value {
        Value::Bool(truth) => Val::Boolean(*truth),
        Value::Number(number) => Val::Number(number.as_f64().unwrap_or_default()),
        Value::String(text) if kind == Kind::Moment => text.parse().map_or(Val::Null, Val::Moment),
        Value::String(text) => Val::Text(Cow::Borrowed(text)),
        _ => Val::Null,
    }
}

fn constant(literal: &Literal) -> Val<'_> {
    match literal {
        Literal::Null => Val::Null,
        Literal::Boolean(truth) => Val::Boolean(*truth),
        Literal::Number(number) => Val::Number(*number),
        Literal::Text(text) | Literal::Guid(text) => Val::Text(Cow::Borrowed(text)),
        Literal::Moment(moment) => Val::Moment(*moment),
        Literal::Day(day) => Val::Text(day.to_string().into()),
    }
}

fn compare(left: &Val<'_>, op: Op, right: &Val<'_>) -> bool {
    let order = match (left, right) {
        (Val::Null, Val::Null) => Some(Ordering::Equal),
        (Val::Boolean(left), Val::Boolean(right)) => Some(left.cmp(right)),
        (Val::Number(left), Val::Number(right)) => left.partial_cmp(right),
        (Val::Moment(left), Val::Moment(right)) => Some(left.cmp(right)),
        (Val::Text(left), Val::Text(right)) => Some(compare_text(left, right)),
        // Only of what has no declared type: the filter's literals fit the others.
        (Val::Text(left), Val::Moment(right)) => left.parse::<Timestamp>().ok().map(|left| left.cmp(right)),
        (Val::Text(left), Val::Number(right)) => left.parse::<f64>().ok().and_then(|left| left.partial_cmp(right)),
        _ => None,
    };
    match (op, order) {
        (Op::Ne, None) => true,
        (_, None) => false,
        (Op::Eq, Some(order)) => order.is_eq(),
        (Op::Ne, Some(order)) => order.is_ne(),
        (Op::Gt, Some(order)) => order.is_gt(),
        (Op::Ge, Some(order)) => order.is_ge(),
        (Op::Lt, Some(order)) => order.is_lt(),
        (Op::Le, Some(order)) => order.is_le(),
    }
}

fn compare_text(left: &str, right: &str) -> Ordering {
    let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<Vec<_>>();
    if left.is_ascii() && right.is_ascii() {
        let lower = |text: &'_ str| text.as_bytes().iter().map(u8::to_ascii_lowercase).collect::<Vec<_>>();
        return if left.eq_ignore_ascii_case(right) { Ordering::Equal } else { lower(left).cmp(&lower(right)) };
    }
    lower(left).cmp(&lower(right))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::graph::odata::filter::parse as parse_filter;
    use crate::graph::types;

    fn message() -> Value {
        json!({
            "subject": "It's the Budget", "isRead": false, "importance": "high", "receivedDateTime": "2024-05-02T08:00:00Z",
            "from": {"emailAddress": {"name": "Alex", "address": "AlexW@contoso.example"}},
            "toRecipients": [{"emailAddress": {"address": "a@contoso.example"}}, {"emailAddress": {"address": "b@contoso.example"}}],
            "categories": ["Red"], "ccRecipients": [], "inferenceClassification": null,
        })
    }

    fn check(filter: &str) -> Result<bool, String> {
        parse_filter(filter, types::get("message")).map(|expr| matches(&expr, message().as_object().unwrap()))
    }

    #[test]
    fn filters_that_hold() {
        for filter in [
            "subject eq 'it''s the budget'",
            "isRead eq false and importance eq 'high'",
            "isRead or importance eq 'high'",
            "not isRead",
            "not (isRead eq true or subject eq 'x')",
            "isRead eq true or isRead eq false and subject ne null",
            "from/emailAddress/address eq 'alexw@contoso.example'",
            "receivedDateTime ge 2024-05-01T00:00:00Z and receivedDateTime lt 2024-05-03",
            "receivedDateTime ge 2024-05-02T10:00:00+02:00",
            "startswith(subject,'it''s')",
            "startswith(subject, 'it') eq true",
            "contains(tolower(subject), 'budget') and endswith(subject,'GET')",
            "toRecipients/any(r: r/emailAddress/address eq 'b@contoso.example')",
            "toRecipients/all(r:endswith(r/emailAddress/address,'@contoso.example'))",
            "categories/any(c:c eq 'red')",
            "categories/any() and not ccRecipients/any()",
            "importance in ('low','high')",
            "toRecipients/$count eq 2",
            "inferenceClassification eq null",
            "'high' eq importance",
        ] {
            assert_eq!(check(filter), Ok(true), "{filter}");
        }
    }

    #[test]
    fn filters_that_do_not_hold() {
        for filter in [
            "isRead",
            "subject eq null",
            "importance in ('low')",
            "receivedDateTime gt 2024-05-02T08:00:00Z",
            "toRecipients/any(r:r/emailAddress/name eq 'x')",
            "not startswith(subject,'it')",
            "startswith(subject,'it') eq false",
        ] {
            assert_eq!(check(filter), Ok(false), "{filter}");
        }
    }

    #[test]
    fn filters_that_graph_refuses() {
        for (filter, says) in [
            ("sbject eq 'x'", "Could not find a property named 'sbject' on type 'microsoft.graph.message'."),
            ("from/emailAddress/mail eq 'x'", "named 'mail' on type 'microsoft.graph.emailAddress'"),
            ("receivedDateTime ge 'yesterday'", "incompatible types"),
            ("receivedDateTime ge 2024-13-40", "Could not find a property"),
            ("isRead eq 'true'", "incompatible types"),
            ("importance eq 'urgent'", "not a valid enumeration"),
            ("subject eq 'open", "unterminated string literal"),
            ("subject", "single boolean value"),
            ("subject eq", "expression expected"),
            ("(isRead eq true", "')' expected"),
            ("isRead eq true)", "end of the expression"),
            ("soundslike(subject,'x')", "unknown function with name 'soundslike'"),
            ("startswith(isRead,'x')", "No function signature"),
            ("toRecipients eq 'x'", "/any"),
            ("subject like 'x'", "single boolean value"),
            ("", "expression expected"),
        ] {
            let error = check(filter).unwrap_err();
            assert!(error.contains(says), "{filter}: {error}");
        }
        let deep = format!("{}isRead{}", "(".repeat(5000), ")".repeat(5000));
        assert!(check(&deep).unwrap_err().contains("recursion limit"));
    }
}
