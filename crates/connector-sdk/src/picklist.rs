//! Picklists: the choices that an input property offers.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Context, Page, PageToken, Plan, Request, Result, Spec, input, schema};

/// Choices for an input property; the struct is what they depend on, such as the mailbox.
///
/// A property names its picklist with `x-picklist`, and always accepts other values too.
pub trait Picklist: DeserializeOwned + JsonSchema + Send + 'static {
    /// Its card. The effect is always `Read`.
    const SPEC: Spec;

    /// One page of choices.
    ///
    /// # Errors
    /// `invalid_input` where the schema cannot say what is wrong.
    fn choices(self, ask: Ask, cx: &Context) -> Result<Plan<Choices>>;
}

/// What somebody who looks at a picklist asks for.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// What was typed so far; every choice must contain it.
    pub search: Option<String>,
    /// Go on from here.
    pub from: Option<PageToken>,
}

/// One page of choices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Choices {
    /// The choices.
    pub choices: Vec<Choice>,
    /// Give this to go on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page_token: Option<String>,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
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
    /// A choice that stands under none.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Choice {
        Choice { value: value.into(), label: label.into(), parent: None }
    }

    /// Whether the label or the value contains what was typed, in letters of either case.
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

    /// Lists one page of a collection as choices, those that `choice` makes something of. For collections
    /// that Graph cannot search, with [`Choice::matches`].
    pub fn choices_that<T: DeserializeOwned>(
        self,
        from: Option<PageToken>,
        choice: impl Fn(T) -> Option<Choice> + Send + 'static,
    ) -> Plan<Choices> {
        self.choices_of(from, move |items| items.into_iter().filter_map(choice).collect())
    }

    /// Lists one page of a collection as what `choose` makes of its items together, such as a tree.
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

/// A picklist without its types, as a host holds it.
pub trait AnyPicklist: Send + Sync {
    /// Its card.
    fn spec(&self) -> &'static Spec;
    /// The type that it is. What several connectors list under their own cards is one thing.
    fn source(&self) -> &'static str;
    /// The schema of what it depends on.
    fn input_schema(&self) -> Value;
    /// Reads the input and makes the plan.
    fn choices(&self, input: Value, ask: Ask, cx: &Context) -> Result<Plan<Choices>>;
}

pub(crate) struct Erased<P>(pub(crate) PhantomData<fn() -> P>);

impl<P: Picklist> AnyPicklist for Erased<P> {
    fn spec(&self) -> &'static Spec {
        const { &P::SPEC }
    }
    fn source(&self) -> &'static str {
        std::any::type_name::<P>()
    }
    fn input_schema(&self) -> Value {
        schema::input::<P>(P::SPEC.title)
    }
    fn choices(&self, input: Value, ask: Ask, cx: &Context) -> Result<Plan<Choices>> {
        input::read::<P>(input)?.choices(ask, cx)
    }
}
