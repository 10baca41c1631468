//! Everything that a connector lists, whatever its kind.

use std::fmt;

use connector_sdk::{ChoiceQuery, Connector, Context, Error, Plan, Request, Result, Spec, Step};
use serde_json::Value;

/// Kind of a thing that a connector lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An action.
    Action,
    /// A trigger.
    Trigger,
    /// A picklist.
    Picklist,
    /// A dynamic schema.
    DynamicSchema,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Action => "action",
            Kind::Trigger => "trigger",
            Kind::Picklist => "picklist",
            Kind::DynamicSchema => "dynamic schema",
        })
    }
}

type Start<'a> = Box<dyn Fn(Value, &Context) -> Result<First> + 'a>;

/// A thing that a connector lists.
pub struct Listed<'a> {
    /// Its connector.
    pub connector: &'a Connector,
    /// Its kind.
    pub kind: Kind,
    /// Its declaration.
    pub spec: &'static Spec,
    /// The Rust type that it is; one type may be listed by several connectors.
    pub source: &'static str,
    /// The schema of its input.
    pub input: Value,
    /// The schema of an action's output, or of a trigger's event.
    pub output: Option<Value>,
    /// Makes its plan for an input.
    pub start: Start<'a>,
}

/// The first step of a plan, without its type.
#[derive(Debug)]
pub enum First {
    /// It ends with an error.
    Fails(Error),
    /// It sends requests.
    Sends(Vec<Request>),
    /// It does something else.
    Else,
}

impl First {
    /// Returns the first step of a plan.
    pub fn of<T>(plan: Plan<T>) -> First {
        match plan.into_step() {
            Step::Fail(error) => First::Fails(error),
            step => match step.requests() {
                [] => First::Else,
                requests => First::Sends(requests.to_vec()),
            },
        }
    }
}

impl Listed<'_> {
    /// Returns the name with its connector: `outlook.send_email`.
    pub fn id(&self) -> String {
        format!("{}.{}", self.connector.name, self.spec.name)
    }
}

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.id())
    }
}

/// Lists everything of one connector.
pub fn listed(connector: &Connector) -> Vec<Listed<'_>> {
    let actions = connector.actions.iter().map(|action| Listed {
        connector,
        kind: Kind::Action,
        spec: action.spec(),
        source: action.source(),
        input: action.input_schema(),
        output: Some(action.output_schema()),
        start: Box::new(move |input, cx| action.plan(input, cx).map(First::of)),
    });
    let triggers = connector.triggers.iter().map(|trigger| Listed {
        connector,
        kind: Kind::Trigger,
        spec: trigger.spec(),
        source: trigger.source(),
        input: trigger.input_schema(),
        output: Some(trigger.event_schema()),
        start: Box::new(move |input, cx| trigger.poll(input, None, cx).map(First::of)),
    });
    let picklists = connector.picklists.iter().map(|picklist| Listed {
        connector,
        kind: Kind::Picklist,
        spec: picklist.spec(),
        source: picklist.source(),
        input: picklist.input_schema(),
        output: None,
        start: Box::new(move |input, cx| picklist.choices(input, ChoiceQuery::default(), cx).map(First::of)),
    });
    let dynamic = connector.dynamic_schemas.iter().map(|dynamic| Listed {
        connector,
        kind: Kind::DynamicSchema,
        spec: dynamic.spec(),
        source: dynamic.source(),
        input: dynamic.input_schema(),
        output: None,
        start: Box::new(move |input, cx| dynamic.schema(input, cx).map(First::of)),
    });
    actions.chain(triggers).chain(picklists).chain(dynamic).collect()
}
