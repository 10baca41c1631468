//! Triggers: what has happened since the last look.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Context, Error, Json, Lost, Plan, Raw, Result, Spec, graph_type, input, schedule, schema};

/// Something that happens and is noticed by looking: the struct is its input.
///
/// One look reads one page. The host commits the page's events and the new cursor together, all or
/// nothing, before it looks again: after a crash nothing is lost, and what is seen twice has the same
/// event id and is dropped.
pub trait Trigger: DeserializeOwned + JsonSchema + Send + 'static {
    /// What an event holds.
    type Event: JsonSchema + Send + 'static;
    /// Where the next look begins. Kept by the host, so its JSON must stay readable by later versions.
    type Cursor: Serialize + DeserializeOwned + Send + 'static;
    /// Its card. The effect is always `Read`.
    const SPEC: Spec;

    /// One look. `cursor` is `None` the first time: start from now, or from the input's `since`.
    ///
    /// # Errors
    /// `invalid_input` where the schema cannot say what is wrong.
    fn poll(self, cursor: Option<Self::Cursor>, cx: &Context) -> Result<Plan<Poll<Self::Event, Self::Cursor>>>;
}

/// What one look found.
#[derive(Debug)]
pub struct Poll<E, C> {
    /// The events, oldest first where the source has an order.
    pub events: Vec<Event<E>>,
    /// Where the next look begins.
    pub cursor: C,
    /// Whether there is more to see right now.
    pub more: bool,
    /// Whether the page had nothing on it at all. A few such pages are honest; a host looks less often at many in a
    /// row.
    pub empty: bool,
    /// Why the place was lost, if it was, and this look began again: whether something is missed thereby is on the
    /// trigger's card.
    pub lost: Option<Lost>,
}

impl<E, C> Poll<E, C> {
    /// The same with another cursor.
    pub fn with_cursor<D>(self, cursor: impl FnOnce(C) -> D) -> Poll<E, D> {
        self.with(|events| events, cursor)
    }

    /// The same with other events, and with another cursor.
    pub fn with<F, D>(
        self,
        events: impl FnOnce(Vec<Event<E>>) -> Vec<Event<F>>,
        cursor: impl FnOnce(C) -> D,
    ) -> Poll<F, D> {
        let Poll { events: all, cursor: place, more, empty, lost } = self;
        Poll { events: events(all), cursor: cursor(place), more, empty, lost }
    }
}

/// One event.
#[derive(Debug)]
pub struct Event<E> {
    /// Its identity within the trigger: the same event has the same id, however often it is seen.
    pub id: String,
    /// What it holds.
    pub data: Raw<E>,
}

/// One event without its type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnyEvent {
    /// Its identity within the trigger.
    pub id: String,
    /// What it holds.
    pub data: Json,
}

/// A trigger without its types, as a host holds it.
pub trait AnyTrigger: Send + Sync {
    /// Its card.
    fn spec(&self) -> &'static Spec;
    /// The type that it is. What several connectors list under their own cards is one thing.
    fn source(&self) -> &'static str;
    /// The schema of its input.
    fn input_schema(&self) -> Value;
    /// The schema of an event's data.
    fn event_schema(&self) -> Value;
    /// Reads the input and the cursor and makes the plan of one look.
    fn poll(&self, input: Value, cursor: Option<&Json>, cx: &Context) -> Result<Plan<Poll<(), Json>>>;
}

pub(crate) struct Erased<T>(pub(crate) PhantomData<fn() -> T>);

impl<T: Trigger> AnyTrigger for Erased<T> {
    fn spec(&self) -> &'static Spec {
        const { &T::SPEC }
    }
    fn source(&self) -> &'static str {
        std::any::type_name::<T>()
    }
    fn input_schema(&self) -> Value {
        schedule::declare(schema::input_for::<T, T::Event>(T::SPEC.title))
    }
    fn event_schema(&self) -> Value {
        graph_type::complete(schema::output::<T::Event>(T::SPEC.title))
    }
    fn poll(&self, mut input: Value, cursor: Option<&Json>, cx: &Context) -> Result<Plan<Poll<(), Json>>> {
        schedule::take_interval(&mut input);
        let trigger: T = input::read(input)?;
        let cursor = cursor.map(|cursor| {
            serde_json::from_str(cursor.as_str()).map_err(|error| {
                Error::bug(format!("the stored cursor of `{}` cannot be read", T::SPEC.name))
                    .caused_by(error)
                    .hint("Start the trigger anew with another name.")
            })
        });
        Ok(trigger.poll(cursor.transpose()?, cx)?.try_map(|poll| {
            let cursor = Json::of(&poll.cursor)?;
            let raw = |event: Event<T::Event>| Event { id: event.id, data: Raw::new(event.data.into_json()) };
            Ok(poll.with(|events| events.into_iter().map(raw).collect(), |_| cursor))
        }))
    }
}
