//! A column that is made with its list.

use connector_sdk::schema::rules;
use connector_sdk::{Error, Fields, Result};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ListId;

/// A column of a new list.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = rules::only_with(&["maxLength", "type=text"]))]
#[schemars(transform = rules::only_with(&["minimum", "type=number"]))]
#[schemars(transform = rules::only_with(&["maximum", "type=number"]))]
#[schemars(transform = rules::only_with(&["choices", "type=choice"]))]
#[schemars(transform = rules::only_with(&["allowTextEntry", "type=choice"]))]
#[schemars(transform = rules::only_with(&["multiple", "type=choice", "type=person", "type=lookup"]))]
#[schemars(transform = rules::only_with(&["lookupList", "type=lookup"]))]
#[schemars(transform = rules::only_with(&["lookupColumn", "type=lookup"]))]
#[schemars(transform = rules::needed_with(&["choices", "type=choice"]))]
#[schemars(transform = rules::needed_with(&["lookupList", "type=lookup"]))]
pub struct NewColumn {
    /// Its internal name, by which the values of items go.
    #[schemars(length(min = 1, max = 32), regex(pattern = "^[A-Za-z_][A-Za-z0-9_]*$"))]
    name: String,
    /// Kind of its values.
    #[serde(rename = "type")]
    kind: Kind,
    /// Its title; the default is the name.
    #[schemars(length(min = 1, max = 255))]
    display_name: Option<String>,
    /// What it is for.
    #[schemars(length(max = 255))]
    description: Option<String>,
    /// Whether an item needs a value.
    required: Option<bool>,
    /// Whether it has an index, so that large lists can be filtered and sorted by it.
    indexed: Option<bool>,
    /// Whether no two items may have the same value. It takes an index too.
    enforce_unique_values: Option<bool>,
    /// Default value for new items, written as a text, such as `Planned`, `1` or `true`.
    #[schemars(length(min = 1, max = 255))]
    default_value: Option<String>,
    /// Maximum length of a `text`, in characters; Graph's default is 255.
    #[schemars(range(min = 1, max = 255))]
    max_length: Option<u32>,
    /// Minimum value of a `number`.
    minimum: Option<f64>,
    /// Maximum value of a `number`.
    maximum: Option<f64>,
    /// The choices of a `choice`.
    #[schemars(length(min = 1, max = 500), inner(length(min = 1, max = 255)))]
    choices: Option<Vec<String>>,
    /// Whether an item may have a value that is not among the `choices`.
    allow_text_entry: Option<bool>,
    /// Whether an item may have several values, for `choice`, `person` and `lookup`.
    multiple: Option<bool>,
    /// Id of the list of the same site that a `lookup` takes its values from.
    lookup_list: Option<ListId>,
    /// The column of that list that a `lookup` shows; the default is `Title`.
    #[schemars(length(min = 1, max = 255))]
    lookup_column: Option<String>,
}

/// The kinds of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum Kind {
    /// One line of text.
    Text,
    /// Several lines of text.
    Note,
    /// A number.
    Number,
    /// An amount of money.
    Currency,
    /// Yes or no.
    Boolean,
    /// A day without a time.
    Date,
    /// A day and a time.
    DateTime,
    /// One of several choices, or some of them.
    Choice,
    /// A person or a group.
    Person,
    /// An item of another list.
    Lookup,
}

impl NewColumn {
    /// As Graph takes it. `at` is its place in the input.
    ///
    /// # Errors
    /// `invalid_input` for what its kind has not, or has to have.
    pub fn definition(self, at: &str) -> Result<Value> {
        let wrong = |property: &str, why: &str| Err(Error::invalid(format!("{at}/{property}"), why));
        let given = [
            ("maxLength", self.max_length.is_some(), self.kind == Kind::Text),
            ("minimum", self.minimum.is_some(), self.kind == Kind::Number),
            ("maximum", self.maximum.is_some(), self.kind == Kind::Number),
            ("choices", self.choices.is_some(), self.kind == Kind::Choice),
            ("allowTextEntry", self.allow_text_entry.is_some(), self.kind == Kind::Choice),
            ("multiple", self.multiple.is_some(), matches!(self.kind, Kind::Choice | Kind::Person | Kind::Lookup)),
            ("lookupList", self.lookup_list.is_some(), self.kind == Kind::Lookup),
            ("lookupColumn", self.lookup_column.is_some(), self.kind == Kind::Lookup),
        ];
        if let Some((property, ..)) = given.into_iter().find(|(_, given, fits)| *given && !fits) {
            return wrong(property, "a column of this type has no such property: leave it out");
        }
        if self.kind == Kind::Choice && self.choices.is_none() {
            return wrong("choices", "a column of choices needs them");
        }
        if self.kind == Kind::Lookup && self.lookup_list.is_none() {
            return wrong("lookupList", "give the list that the column takes its values from");
        }
        let several = self.multiple.unwrap_or_default();
        let (facet, what) = match self.kind {
            Kind::Text => ("text", Fields::default().with("maxLength", self.max_length)),
            Kind::Note => ("text", Fields::default().with("allowMultipleLines", Some(true))),
            Kind::Number => ("number", Fields::default().with("minimum", self.minimum).with("maximum", self.maximum)),
            Kind::Currency => ("currency", Fields::default()),
            Kind::Boolean => ("boolean", Fields::default()),
            Kind::Date => ("dateTime", Fields::default().with("format", Some("dateOnly"))),
            Kind::DateTime => ("dateTime", Fields::default().with("format", Some("dateTime"))),
            Kind::Choice => {
                let shown = several.then_some("checkBoxes");
                let what =
                    Fields::default().with("choices", self.choices).with("allowTextEntry", self.allow_text_entry);
                ("choice", what.with("displayAs", shown))
            }
            Kind::Person => ("personOrGroup", Fields::default().with("allowMultipleSelection", self.multiple)),
            Kind::Lookup => {
                let what = Fields::default().with("listId", self.lookup_list.map(|list| list.0));
                let what = what.with("columnName", Some(self.lookup_column.unwrap_or_else(|| "Title".to_owned())));
                ("lookup", what.with("allowMultipleValues", self.multiple))
            }
        };
        let all = Fields::default()
            .with("name", Some(self.name))
            .with("displayName", self.display_name)
            .with("description", self.description)
            .with("required", self.required)
            // What is to be unique cannot be so without an index.
            .with("indexed", self.indexed.or(self.enforce_unique_values.filter(|unique| *unique)))
            .with("enforceUniqueValues", self.enforce_unique_values)
            .with("defaultValue", self.default_value.map(|value| json!({ "value": value })))
            .with(facet, Some(json!(what)));
        Ok(json!(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(column: Value) -> Result<Value> {
        serde_json::from_value::<NewColumn>(column).unwrap().definition("/columns/0")
    }

    #[test]
    fn each_kind_becomes_what_graph_calls_it() {
        for (given, made) in [
            (json!({ "type": "text", "maxLength": 20 }), json!({ "text": { "maxLength": 20 } })),
            (json!({ "type": "note" }), json!({ "text": { "allowMultipleLines": true } })),
            (json!({ "type": "number", "minimum": 0.0 }), json!({ "number": { "minimum": 0.0 } })),
            (json!({ "type": "boolean" }), json!({ "boolean": {} })),
            (json!({ "type": "date" }), json!({ "dateTime": { "format": "dateOnly" } })),
            (
                json!({ "type": "choice", "choices": ["a"], "multiple": true }),
                json!({ "choice": { "choices": ["a"], "displayAs": "checkBoxes" } }),
            ),
            (
                json!({ "type": "person", "multiple": true }),
                json!({ "personOrGroup": { "allowMultipleSelection": true } }),
            ),
            (
                json!({ "type": "lookup", "lookupList": "1-2" }),
                json!({ "lookup": { "listId": "1-2", "columnName": "Title" } }),
            ),
        ] {
            let with_name = |value: Value| {
                let mut all = json!({ "name": "A" });
                all.as_object_mut().unwrap().extend(value.as_object().cloned().unwrap());
                all
            };
            assert_eq!(definition(with_name(given)).unwrap(), with_name(made));
        }
        let unique = definition(json!({ "name": "A", "type": "text", "enforceUniqueValues": true })).unwrap();
        assert_eq!(unique["indexed"], true);
    }

    #[test]
    fn what_a_kind_has_not_is_refused() {
        for (column, pointer) in [
            (json!({ "name": "A", "type": "text", "choices": ["a"] }), "/columns/0/choices"),
            (json!({ "name": "A", "type": "number", "multiple": true }), "/columns/0/multiple"),
            (json!({ "name": "A", "type": "choice" }), "/columns/0/choices"),
            (json!({ "name": "A", "type": "lookup" }), "/columns/0/lookupList"),
        ] {
            assert_eq!(definition(column).unwrap_err().violations()[0].pointer, pointer);
        }
    }
}
