//! Validation of inputs against their schemas.

use connector_sdk::schema::rules::Rules;
use connector_sdk::{Error, Issue, Result, dynamic_schema, nearest, schema};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError};
use serde_json::Value;

use crate::formats;

/// A compiled schema.
pub(crate) struct Validator {
    compiled: jsonschema::Validator,
    // Every property name anywhere in the schema, to guess what a misspelt one was meant to be.
    names: Vec<String>,
    // The properties of the whole.
    properties: Vec<String>,
    // The schemas that only Graph knows.
    dynamic: Vec<String>,
    // Names of properties for which only `true` will do: what is confirmed by them.
    confirmations: Vec<String>,
    // Which properties go together.
    rules: Rules,
}

impl Validator {
    /// Compiles a schema.
    ///
    /// # Errors
    /// `bug` when the schema itself is not valid.
    pub(crate) fn new(schema: Value) -> Result<Validator> {
        let properties = schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|all| all.keys().cloned())
            .collect();
        let dynamic = dynamic_schema::names(&schema).into_iter().map(str::to_owned).collect();
        let (mut names, mut confirmations) = (Vec::new(), Vec::new());
        property_names(&schema, &mut names, &mut confirmations);
        let rules = Rules::of(&schema);
        let compiled = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .with_format("email", formats::is_email)
            .build(&schema)
            .map_err(|error| Error::bug("a schema is not valid").caused_by(error))?;
        Ok(Validator { compiled, names, properties, dynamic, confirmations, rules })
    }

    /// Returns the names of the schema's own properties.
    pub(crate) fn properties(&self) -> &[String] {
        &self.properties
    }

    /// Returns the names of the dynamic schemas in it.
    pub(crate) fn dynamic(&self) -> &[String] {
        &self.dynamic
    }

    /// Validates an input.
    ///
    /// # Errors
    /// `invalid_input` with every violation. Messages never quote the value: it may be a secret.
    pub(crate) fn check(&self, input: &Value) -> Result<()> {
        // The usual case allocates nothing.
        if self.compiled.is_valid(input) {
            return Ok(());
        }
        let mut issues = Vec::new();
        for error in self.compiled.iter_errors(input) {
            match self.rules.breach(&error.schema_path().to_string(), &error.instance_path().to_string(), input) {
                Some(issue) => issues.push(issue),
                None => self.explain(&error, &mut issues),
            }
        }
        issues.sort_by(|a: &Issue, b| a.pointer.cmp(&b.pointer));
        issues.dedup();
        Err(Error::issues(issues))
    }

    fn explain(&self, error: &ValidationError<'_>, issues: &mut Vec<Issue>) {
        let at = error.instance_path().to_string();
        let below = |name: &str| format!("{at}/{}", schema::escape(name));
        let message = match error.kind() {
            // `required` is reported at the parent; the pointer names the property that is missing.
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let unconfirmed = self.confirmations.iter().any(|known| known == name);
                let why = if unconfirmed { "; this cannot be undone, so it must be true" } else { "" };
                return issues.push(Issue::new(below(name), format!("`{name}` is missing{why}")));
            }
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                return issues
                    .extend(unexpected.iter().map(|name| Issue::new(below(name), self.unknown_property(name))));
            }
            // An optional value is "this, or null": what is wrong with this is the reason.
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                let wanted = context.iter().max_by_key(|errors| {
                    let depth = errors.iter().map(|error| error.instance_path().to_string().len()).max();
                    (depth, !errors.iter().any(|error| matches!(error.kind(), ValidationErrorKind::Type { .. })))
                });
                return wanted.into_iter().flatten().for_each(|error| self.explain(error, issues));
            }
            ValidationErrorKind::Enum { options } => {
                let options: Vec<String> = options
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|option| !option.is_null())
                    .map(Value::to_string)
                    .collect();
                format!("must be one of {}", options.join(", "))
            }
            ValidationErrorKind::Constant { expected_value } => format!("must be {expected_value}"),
            ValidationErrorKind::Format { format } => format_message(format, error.instance()),
            ValidationErrorKind::Pattern { pattern } => format!("must match the pattern {pattern}"),
            ValidationErrorKind::MinLength { limit: 1 } => "must not be empty".to_owned(),
            ValidationErrorKind::MinLength { limit } => format!("must have at least {limit} characters"),
            ValidationErrorKind::MaxLength { limit } => format!("must have at most {limit} characters"),
            ValidationErrorKind::MinItems { limit: 1 } => "must have at least one element".to_owned(),
            ValidationErrorKind::MinItems { limit } => format!("must have at least {limit} elements"),
            ValidationErrorKind::MaxItems { limit } => format!("must have at most {limit} elements"),
            ValidationErrorKind::Minimum { limit } => format!("must be {limit} or more"),
            ValidationErrorKind::Maximum { limit } => format!("must be {limit} or less"),
            ValidationErrorKind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}"),
            ValidationErrorKind::UniqueItems => "must not have the same element twice".to_owned(),
            _ => error.masked_with("the value").to_string(),
        };
        issues.push(Issue::new(at, message));
    }

    fn unknown_property(&self, name: &str) -> String {
        if self.names.iter().any(|known| known == name) {
            return format!("`{name}` does not belong here; it has another place in the input");
        }
        match nearest(name, self.names.iter().map(String::as_str)) {
            Some(near) => format!("`{name}` is not known here; did you mean `{near}`?"),
            None => format!("`{name}` is not known here"),
        }
    }
}

// Old addresses of phones break the rules, and are taken as these allow it.
fn breaks_the_rules_of_dots(address: &Value) -> bool {
    address.as_str().is_some_and(|address| address.contains("..") || address.contains(".@") || address.starts_with('.'))
}

fn format_message(format: &str, value: &Value) -> String {
    match format {
        "email" if breaks_the_rules_of_dots(value) => {
            "must be an email address; one with two dots in a row, or with a dot before the `@`, is written in quotation marks, \
             as in \"a..b\"@docomo.ne.jp"
                .to_owned()
        }
        "email" => "must be an email address, such as adele@contoso.com".to_owned(),
        "date-time" => "must be a time with a zone, such as 2026-01-31T08:00:00Z".to_owned(),
        "date" => "must be a date, such as 2026-01-31".to_owned(),
        "uuid" => "must be an id such as 87d349ed-44d7-43e1-9a83-5f2406dee5bd".to_owned(),
        "uri" => "must be an absolute URL".to_owned(),
        other => format!("must be a valid {other}"),
    }
}

fn property_names(schema: &Value, names: &mut Vec<String>, confirmations: &mut Vec<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get("properties") {
                names.extend(properties.keys().cloned());
                let only_true = |(_, property): &(&String, &Value)| property.get("const") == Some(&Value::Bool(true));
                confirmations.extend(properties.iter().filter(only_true).map(|(name, _)| name.clone()));
            }
            object.values().for_each(|value| property_names(value, names, confirmations));
        }
        Value::Array(items) => items.iter().for_each(|value| property_names(value, names, confirmations)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector_sdk::schema::rules;
    use serde_json::json;

    #[test]
    fn every_violation_has_its_place_and_no_value() {
        let validator = Validator::new(json!({
            "type": "object",
            "properties": {
                "to": { "type": "array", "minItems": 1, "items": { "type": "string", "format": "email" } },
                "subject": { "type": "string" },
                "importance": { "anyOf": [{ "enum": ["low", "high"] }, { "type": "null" }] },
                "password": { "type": "string", "minLength": 8 }
            },
            "required": ["subject"],
            "additionalProperties": false
        }))
        .unwrap();
        let input = json!({ "to": ["adele@contoso.example", "nonsense"], "importence": "low", "importance": "urgent", "password": "hunter2" });
        let error = validator.check(&input).unwrap_err();
        let found: Vec<(&str, &str)> =
            error.violations().iter().map(|issue| (issue.pointer.as_str(), issue.message.as_str())).collect();
        assert_eq!(
            found,
            [
                ("/importance", r#"must be one of "low", "high""#),
                ("/importence", "`importence` is not known here; did you mean `importance`?"),
                ("/password", "must have at least 8 characters"),
                ("/subject", "`subject` is missing"),
                ("/to/1", "must be an email address, such as adele@contoso.com"),
            ]
        );
        assert!(!serde_json::to_string(&error).unwrap().contains("hunter2"));
        assert!(validator.check(&json!({ "subject": "x", "importance": null })).is_ok());
    }

    #[test]
    fn what_cannot_be_undone_says_so_until_it_is_confirmed() {
        let schema = json!({ "type": "object", "properties": { "confirm": { "type": "boolean", "const": true } }, "required": ["confirm"] });
        let validator = Validator::new(schema).unwrap();
        let message = |input| validator.check(&input).unwrap_err().violations()[0].message.clone();
        assert_eq!(message(json!({})), "`confirm` is missing; this cannot be undone, so it must be true");
        assert_eq!(message(json!({ "confirm": false })), "must be true");
        assert!(validator.check(&json!({ "confirm": true })).is_ok());
    }

    #[test]
    fn what_goes_together_is_told_in_a_sentence() {
        let text = json!({ "type": ["string", "null"] });
        let mut schema: schemars::Schema = serde_json::from_value(json!({
            "type": "object", "properties": { "id": text, "path": text, "start": text, "end": text, "now": { "type": "boolean" } }
        }))
        .unwrap();
        rules::one_of(&["id", "path"])(&mut schema);
        rules::together(&["start", "end"])(&mut schema);
        rules::only_with(&["start", "now=true"])(&mut schema);
        let schema = json!({ "type": "object", "properties": { "deep": { "type": "array", "items": schema } } });
        let validator = Validator::new(schema).unwrap();
        let told = |input: Value| match validator.check(&json!({ "deep": [input] })) {
            Ok(()) => Vec::new(),
            Err(error) => {
                error.violations().iter().map(|issue| format!("{} {}", issue.pointer, issue.message)).collect()
            }
        };
        assert_eq!(told(json!({})), ["/deep/0/id give `id` or `path`"]);
        assert_eq!(told(json!({ "id": "x", "path": null })), [""; 0]);
        assert_eq!(
            told(json!({ "id": "x", "path": "y", "start": "z", "now": false })),
            [
                "/deep/0/end give `end` too: `start` and `end` go together",
                "/deep/0/path `id` and `path` exclude each other: give one of them",
                "/deep/0/start goes with `now: true`, and only with it"
            ]
        );
        assert_eq!(told(json!({ "id": 1 })), ["/deep/0/id the value is not of types \"null\", \"string\""]);
    }
}
