//! Connectors: lists of what they offer.

use std::marker::PhantomData;

use crate::Spec;
use crate::action::{self, Action, AnyAction};
use crate::connection::ConnectionSpec;
use crate::dynamic_schema::{self, AnyDynamicSchema, DynamicSchema};
use crate::picklist::{self, AnyPicklist, Picklist};
use crate::trigger::{self, AnyTrigger, Trigger};

/// A connector: its sign-in methods, and its actions, triggers, picklists and dynamic schemas in the order of the list.
///
/// Nothing registers itself. A connector crate has one function that makes this list, and a host is
/// given what it returns.
///
/// ```
/// use connector_sdk::connection::{AccountChoice, SignInSpec};
/// use connector_sdk::{AccountType, ConnectionSpec, Connector, Permissions, SignInMethod};
/// # use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Spec};
/// # #[derive(serde::Deserialize, schemars::JsonSchema)]
/// # struct GetMe {}
/// # impl Action for GetMe {
/// #     type Output = Raw<serde_json::Value>;
/// #     const SPEC: Spec = Spec::new("get_me", "Get me", Effect::Read).delegated(&["User.Read"]);
/// #     fn plan(self, _: &Context) -> Result<Plan<Self::Output>> {
/// #         Ok(Request::get("/me").raw())
/// #     }
/// # }
///
/// let delegated = Permissions::NONE.with_minimum(&["User.Read", "offline_access"]);
/// let connection = ConnectionSpec::new(
///     vec![SignInSpec::new(SignInMethod::DeviceCode, delegated)],
///     vec![AccountChoice::new(AccountType::Organizations, "Work or school account")],
/// );
/// let people = Connector::new("people", "People", "Reads who is signed in.", connection).action::<GetMe>();
/// assert_eq!(people.find_action("get_me").unwrap().spec().title, "Get me");
/// ```
#[must_use]
#[non_exhaustive]
pub struct Connector {
    /// Name in `snake_case`, such as `outlook`.
    pub name: &'static str,
    /// Display name, such as `Outlook`.
    pub title: &'static str,
    /// Purpose of the connector, in a sentence or two.
    pub about: &'static str,
    /// Sign-in methods and account types.
    pub connection: ConnectionSpec,
    /// Actions that the connector offers.
    pub actions: Vec<Box<dyn AnyAction>>,
    /// Triggers that the connector offers.
    pub triggers: Vec<Box<dyn AnyTrigger>>,
    /// Picklists that the connector offers.
    pub picklists: Vec<Box<dyn AnyPicklist>>,
    /// Dynamic schemas that the connector offers.
    pub dynamic_schemas: Vec<Box<dyn AnyDynamicSchema>>,
}

impl Connector {
    /// Creates a connector that offers nothing yet.
    pub fn new(name: &'static str, title: &'static str, about: &'static str, connection: ConnectionSpec) -> Connector {
        Connector {
            name,
            title,
            about,
            connection,
            actions: Vec::new(),
            triggers: Vec::new(),
            picklists: Vec::new(),
            dynamic_schemas: Vec::new(),
        }
    }
    /// Adds an action.
    pub fn action<A: Action>(mut self) -> Connector {
        self.actions.push(Box::new(action::ErasedAction::<A>(PhantomData)));
        self
    }
    /// Adds an action of another connector under its own specification: with another name and permissions.
    pub fn action_as<A: Action>(mut self, spec: &'static Spec) -> Connector {
        self.actions.push(Box::new(action::Renamed::<A>::new(spec)));
        self
    }
    /// Adds a trigger.
    pub fn trigger<T: Trigger>(mut self) -> Connector {
        self.triggers.push(Box::new(trigger::ErasedTrigger::<T>(PhantomData)));
        self
    }
    /// Adds a picklist.
    pub fn picklist<P: Picklist>(mut self) -> Connector {
        self.picklists.push(Box::new(picklist::ErasedPicklist::<P>(PhantomData)));
        self
    }
    /// Adds a dynamic schema.
    pub fn dynamic_schema<D: DynamicSchema>(mut self) -> Connector {
        self.dynamic_schemas.push(Box::new(dynamic_schema::ErasedDynamicSchema::<D>(PhantomData)));
        self
    }
    /// Returns the action of this name.
    pub fn find_action(&self, name: &str) -> Option<&dyn AnyAction> {
        self.actions.iter().find(|action| action.spec().name == name).map(AsRef::as_ref)
    }
    /// Returns the trigger of this name.
    pub fn find_trigger(&self, name: &str) -> Option<&dyn AnyTrigger> {
        self.triggers.iter().find(|trigger| trigger.spec().name == name).map(AsRef::as_ref)
    }
    /// Returns the picklist of this name.
    pub fn find_picklist(&self, name: &str) -> Option<&dyn AnyPicklist> {
        self.picklists.iter().find(|picklist| picklist.spec().name == name).map(AsRef::as_ref)
    }
    /// Returns the dynamic schema of this name.
    pub fn find_dynamic_schema(&self, name: &str) -> Option<&dyn AnyDynamicSchema> {
        self.dynamic_schemas.iter().find(|dynamic| dynamic.spec().name == name).map(AsRef::as_ref)
    }
}
