//! Picklists: the choices that an input property offers.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sealed::Sealed;
use crate::{Context, Page, PageToken, Plan, Request, Result, Spec, input, schema};

/// Choices for an input property; the implementing struct holds the values that they depend on, such as the mailbox.
///
/// A property names its picklist with `x-picklist`, and always accepts other values too.
///
/// ```
/// use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Response, Result};
/// use connector_sdk::{ScriptedRun, Spec};
///
/// #[derive(serde::Deserialize, schemars::JsonSchema)]
/// struct Calendars {}
///
/// impl Picklist for Calendars {
///     const SPEC: Spec = Spec::new("calendars", "Calendars", Effect::Read).delegated(&["Calendars.ReadBasic"]);
///     fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
///         #[derive(serde::Deserialize)]
///         struct Calendar { id: String, name: String }
///         let request = cx.person(None, "mailbox")?.get("/calendars");
///         Ok(request.choices(ask.from, |calendar: Calendar| Choice::new(calendar.id, calendar.name)))
///     }
/// }
///
/// let plan = Calendars {}.choices(ChoiceQuery::default(), &Context::user()).unwrap();
/// let page = r#"{"value":[{"id":"c1","name":"Birthdays"}]}"#;
/// let page = ScriptedRun::new([Response::new(200, page)]).run(plan).unwrap();
/// assert_eq!(page.choices, [Choice::new("c1", "Birthdays")]);
/// ```
pub trait Picklist: DeserializeOwned + JsonSchema + Send + 'static {
    /// Specification of the picklist. The effect is always `Read`.
    const SPEC: Spec;

    /// Returns the plan that reads one page of choices.
    ///
    /// # Errors
    /// `invalid_input` where the schema cannot say what is wrong.
    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>>;
}

/// Search text and position of a request for choices.
#[derive(Debug, Clone, Default)]
#[must_use]
#[non_exhaustive]
pub struct ChoiceQuery {
    /// Text typed so far; every choice must contain it.
    pub search: Option<String>,
    /// Position to continue from.
    pub from: Option<PageToken>,
}

impl ChoiceQuery {
    /// Creates a request for choices that contain `search`, from a position on.
    pub fn new(search: Option<String>, from: Option<PageToken>) -> ChoiceQuery {
        ChoiceQuery { search, from }
    }
}

/// One page of choices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct Choices {
    /// The choices.
    pub choices: Vec<Choice>,
    /// Give this to go on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page_token: Option<String>,
}

impl Choices {
    /// Creates a page of choices, the last one.
    pub fn new(choices: Vec<Choice>) -> Choices {
        Choices { choices, next_page_token: None }
    }
    /// Sets the token of the next page.
    pub fn with_next_page_token(mut self, token: impl Into<Option<String>>) -> Choices {
        self.next_page_token = token.into();
        self
    }
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct Choice {
    /// The value that the property takes.
    pub value: String,
    /// The text that people choose by.
    pub label: String,
    /// The value of the choice that this one stands under, in a tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

impl Choice {
    /// Creates a choice that has no parent.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Choice {
        Choice { value: value.into(), label: label.into(), parent: None }
    }

    /// Sets the value of the choice that this one stands under.
    pub fn with_parent(mut self, parent: impl Into<Option<String>>) -> Choice {
        self.parent = parent.into();
        self
    }

    /// Returns whether the label or the value contains the typed text, ignoring case.
    pub fn matches(&self, search: Option<&str>) -> bool {
        let Some(search) = search.map(str::to_lowercase) else {
            return true;
        };
        self.label.to_lowercase().contains(&search) || self.value.to_lowercase().contains(&search)
    }
}

impl Request {
    /// Lists one page of a collection as choices.
    pub fn choices<T: DeserializeOwned>(
        self,
        from: Option<PageToken>,
        choice: impl Fn(T) -> Choice + Send + 'static,
    ) -> Plan<Choices> {
        self.choices_that(from, move |item| Some(choice(item)))
    }

    /// Lists one page of a collection as choices, leaving out items for which `choice` returns `None`. For collections
    /// that Graph cannot search, with [`Choice::matches`].
    pub fn choices_that<T: DeserializeOwned>(
        self,
        from: Option<PageToken>,
        choice: impl Fn(T) -> Option<Choice> + Send + 'static,
    ) -> Plan<Choices> {
        self.choices_of(from, move |items| items.into_iter().filter_map(choice).collect())
    }

    /// Lists one page of a collection as choices by id. The label of a choice is the property `label` of the item, or
    /// its id where that is absent. What does not contain the typed text is left out.
    pub fn choices_by(self, ask: ChoiceQuery, label: &'static str) -> Plan<Choices> {
        self.choices_that(ask.from, move |item: Value| {
            let id = item["id"].as_str()?;
            let choice = Choice::new(id, item[label].as_str().unwrap_or(id));
            Some(choice).filter(|choice| choice.matches(ask.search.as_deref()))
        })
    }

    /// Lists one page of a collection as the choices that `choose` makes of all its items, such as a tree.
    pub fn choices_of<T: DeserializeOwned>(
        self,
        from: Option<PageToken>,
        choose: impl FnOnce(Vec<T>) -> Vec<Choice> + Send + 'static,
    ) -> Plan<Choices> {
        Plan::finish(self.begin(from).0, move |response| {
            let page = Page::read(&response)?;
            // An entry that is no choice spoils no other.
            let items = page.items.iter().filter_map(crate::Json::read_what_fits::<T>).collect();
            let next_page_token = page.next.map(|link| PageToken::at(link).to_text());
            Ok(Choices { choices: choose(items), next_page_token })
        })
    }
}

/// A type-erased [`Picklist`], as a host holds it.
///
/// It is sealed: the SDK implements it for every `Picklist`, and nobody else does.
pub trait AnyPicklist: Sealed + Send + Sync {
    /// Returns the specification.
    fn spec(&self) -> &'static Spec;
    /// Returns the name of the implementing type. It is the same for all connectors that list the picklist under their
    /// own specifications.
    fn source(&self) -> &'static str;
    /// Returns the JSON Schema of the values that the choices depend on.
    fn input_schema(&self) -> Value;
    /// Reads the input and makes the plan.
    fn choices(&self, input: Value, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>>;
}

pub(crate) struct ErasedPicklist<P>(pub(crate) PhantomData<fn() -> P>);

impl<P> Sealed for ErasedPicklist<P> {}

impl<P: Picklist> AnyPicklist for ErasedPicklist<P> {
    fn spec(&self) -> &'static Spec {
        const { &P::SPEC }
    }
    fn source(&self) -> &'static str {
        std::any::type_name::<P>()
    }
    fn input_schema(&self) -> Value {
        schema::input::<P>(P::SPEC.title)
    }
    fn choices(&self, input: Value, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        input::read::<P>(input)?.choices(ask, cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Response, ScriptedRun};

    #[test]
    fn choices_by_a_property_are_labelled_and_searched() {
        let page = r#"{"value":[{"id":"a1","title":"First"},{"id":"b2","title":3},{"title":"no id"},7,{"id":"c3"}]}"#;
        let found = |search: Option<&str>| {
            let ask = ChoiceQuery::new(search.map(str::to_owned), None);
            let plan = Request::get("/plans").choices_by(ask, "title");
            ScriptedRun::new([Response::new(200, page)]).run(plan).unwrap().choices
        };
        assert_eq!(found(None), [Choice::new("a1", "First"), Choice::new("b2", "b2"), Choice::new("c3", "c3")]);
        assert_eq!(found(Some("FIR")), [Choice::new("a1", "First")]);
        assert_eq!(found(Some("c3")), [Choice::new("c3", "c3")]);
    }
}
