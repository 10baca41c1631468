//! Triggers: events since the last poll.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::sealed::Sealed;
use crate::subscription::NotificationResource;
use crate::{Context, Error, Json, Lost, Plan, Raw, Result, Spec, graph_type, input, schedule, schema};

/// A trigger: events that are detected by polling. The implementing struct is its input.
///
/// One poll reads one page. The host commits the page's events and the new cursor together, all or
/// nothing, before it polls again: after a crash nothing is lost, and what is seen twice has the same
/// event id and is dropped.
///
/// ```
/// use connector_sdk::{Context, Effect, Event, Link, Plan, Poll, Properties, Request, Response, Result, ScriptedRun};
/// use connector_sdk::{Spec, Trigger};
///
/// #[derive(serde::Deserialize, schemars::JsonSchema)]
/// struct ChangedUser {}
///
/// impl Trigger for ChangedUser {
///     type Event = serde_json::Value;
///     type Cursor = Link;
///     const SPEC: Spec = Spec::new("changed_user", "Changed user", Effect::Read).delegated(&["User.Read.All"]);
///     fn poll(self, cursor: Option<Link>, _: &Context) -> Result<Plan<Poll<Self::Event, Link>>> {
///         let from_now = || Request::get("/users/delta").query("$deltatoken", "latest");
///         let request = cursor.map_or_else(from_now, Request::follow);
///         Ok(request.delta_page().map(|page| {
///             let (link, more, empty) = (page.link.clone(), page.more, page.changes.is_empty());
///             let event = |user| Event::new(Properties::of(&user).identity(), user);
///             let events = page.items().into_iter().map(event).collect();
///             Poll::new(events, link).with_more(more).with_empty(empty)
///         }))
///     }
/// }
///
/// let page = r#"{"value":[{"id":"u1"}],"@odata.deltaLink":"https://graph.microsoft.com/v1.0/users/delta?token=2"}"#;
/// let cursor = Link::new("https://graph.microsoft.com/v1.0/users/delta?token=1");
/// let plan = ChangedUser {}.poll(Some(cursor), &Context::user()).unwrap();
/// let poll = ScriptedRun::new([Response::new(200, page)]).run(plan).unwrap();
/// assert_eq!(poll.events[0].id, "u1");
/// ```
pub trait Trigger: DeserializeOwned + JsonSchema + Send + 'static {
    /// Data of an event.
    type Event: JsonSchema + Send + 'static;
    /// Position of the next poll. Kept by the host, so its JSON must stay readable by later versions.
    type Cursor: Serialize + DeserializeOwned + Send + 'static;
    /// Specification of the trigger. The effect is always `Read`.
    const SPEC: Spec;

    /// Returns the plan of one poll. `cursor` is `None` the first time: start from now, or from the input's `since`.
    ///
    /// # Errors
    /// `invalid_input` where the schema cannot say what is wrong.
    fn poll(self, cursor: Option<Self::Cursor>, cx: &Context) -> Result<Plan<Poll<Self::Event, Self::Cursor>>>;

    /// Returns what Graph notifies of when there may be events, where the [specification](Spec::real_time) says that it
    /// does. A notification makes the host poll at once; events come from the poll alone.
    ///
    /// # Errors
    /// `invalid_input` where Graph does not notify of what this input watches.
    fn notification_resource(&self, _: &Context) -> Result<Option<NotificationResource>> {
        Ok(None)
    }
}

/// Result of one poll.
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub struct Poll<E, C> {
    /// Events, oldest first where the source has an order.
    pub events: Vec<Event<E>>,
    /// Position of the next poll.
    pub cursor: C,
    /// Whether there is more to read right now.
    pub more: bool,
    /// Whether the page had nothing on it at all. A few such pages are to be expected; a host polls less often after
    /// many in a row.
    pub empty: bool,
    /// Why the position was lost, if it was, and this poll began again. The trigger's specification says whether
    /// something is missed thereby.
    pub lost: Option<Lost>,
    /// What could not be read, so that it is not told, or not whole: a host tells it as a gap.
    pub skipped: Vec<Skipped>,
}

/// Something that a look could not read. One thing that cannot be read must not hold up all others.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// What is not told, or not whole: `the attachments of the message AAMk…`.
    pub what: String,
    /// Why.
    pub reason: String,
}

impl Skipped {
    /// Creates the record of what is not told because of an error.
    pub fn new(what: impl Into<String>, error: &Error) -> Skipped {
        Skipped::with_reason(what, error.message())
    }

    /// Creates the record of what is not told for this reason.
    pub fn with_reason(what: impl Into<String>, reason: impl Into<String>) -> Skipped {
        Skipped { what: what.into(), reason: reason.into() }
    }
}

impl<E, C> Poll<E, C> {
    /// Creates the result of a poll that has read all there is.
    pub fn new(events: Vec<Event<E>>, cursor: C) -> Poll<E, C> {
        Poll { events, cursor, more: false, empty: false, lost: None, skipped: Vec::new() }
    }

    /// Sets whether there is more to read right now.
    pub fn with_more(mut self, more: bool) -> Poll<E, C> {
        self.more = more;
        self
    }

    /// Sets whether the page had nothing on it at all.
    pub fn with_empty(mut self, empty: bool) -> Poll<E, C> {
        self.empty = empty;
        self
    }

    /// Sets why the position was lost.
    pub fn with_lost(mut self, lost: impl Into<Option<Lost>>) -> Poll<E, C> {
        self.lost = lost.into();
        self
    }

    /// Sets what could not be read.
    pub fn with_skipped(mut self, skipped: Vec<Skipped>) -> Poll<E, C> {
        self.skipped = skipped;
        self
    }

    /// Maps the cursor.
    pub fn with_cursor<D>(self, cursor: impl FnOnce(C) -> D) -> Poll<E, D> {
        self.with(|events| events, cursor)
    }

    /// Maps the events and the cursor.
    pub fn with<F, D>(
        self,
        events: impl FnOnce(Vec<Event<E>>) -> Vec<Event<F>>,
        cursor: impl FnOnce(C) -> D,
    ) -> Poll<F, D> {
        let Poll { events: all, cursor: place, more, empty, lost, skipped } = self;
        Poll { events: events(all), cursor: cursor(place), more, empty, lost, skipped }
    }
}

/// An event of a trigger.
#[derive(Debug)]
#[non_exhaustive]
pub struct Event<E> {
    /// Identity within the trigger: the same event has the same id, however often it is seen.
    pub id: String,
    /// Data of the event.
    pub data: Raw<E>,
}

impl<E> Event<E> {
    /// Creates an event with this identity and data.
    pub fn new(id: impl Into<String>, data: Json) -> Event<E> {
        Event { id: id.into(), data: Raw::new(data) }
    }
}

/// A type-erased event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AnyEvent {
    /// Identity within the trigger.
    pub id: String,
    /// Data of the event.
    pub data: Json,
}

impl AnyEvent {
    /// Creates an event with this identity and data.
    pub fn new(id: impl Into<String>, data: Json) -> AnyEvent {
        AnyEvent { id: id.into(), data }
    }
}

/// A type-erased [`Trigger`], as a host holds it.
///
/// It is sealed: the SDK implements it for every `Trigger`, and nobody else does.
pub trait AnyTrigger: Sealed + Send + Sync {
    /// Returns the specification.
    fn spec(&self) -> &'static Spec;
    /// Returns the name of the implementing type. It is the same for all connectors that list the trigger under their
    /// own specifications.
    fn source(&self) -> &'static str;
    /// Returns the JSON Schema of the input.
    fn input_schema(&self) -> Value;
    /// Returns the JSON Schema of an event's data.
    fn event_schema(&self) -> Value;
    /// Reads the input and the cursor and makes the plan of one poll.
    fn poll(&self, input: Value, cursor: Option<&Json>, cx: &Context) -> Result<Plan<Poll<(), Json>>>;
    /// Reads the input and returns what Graph notifies of.
    fn notification_resource(&self, input: Value, cx: &Context) -> Result<Option<NotificationResource>>;
}

pub(crate) struct ErasedTrigger<T>(pub(crate) PhantomData<fn() -> T>);

impl<T> Sealed for ErasedTrigger<T> {}

impl<T: Trigger> AnyTrigger for ErasedTrigger<T> {
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
    fn notification_resource(&self, mut input: Value, cx: &Context) -> Result<Option<NotificationResource>> {
        schedule::take_interval(&mut input);
        input::read::<T>(input)?.notification_resource(cx)
    }
    fn poll(&self, mut input: Value, cursor: Option<&Json>, cx: &Context) -> Result<Plan<Poll<(), Json>>> {
        schedule::take_interval(&mut input);
        let trigger: T = input::read(input)?;
        let cursor = cursor.map(|cursor| {
            serde_json::from_str(cursor.as_str()).map_err(|error| {
                Error::bug(format!("the stored cursor of `{}` cannot be read", T::SPEC.name))
                    .caused_by(error)
                    .with_hint("Start the trigger again under another name.")
            })
        });
        Ok(trigger.poll(cursor.transpose()?, cx)?.try_map(|poll| {
            let cursor = Json::of(&poll.cursor)?;
            let raw = |event: Event<T::Event>| Event { id: event.id, data: Raw::new(event.data.into_json()) };
            Ok(poll.with(|events| events.into_iter().map(raw).collect(), |_| cursor))
        }))
    }
}
