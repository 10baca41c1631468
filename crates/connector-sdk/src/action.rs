//! Actions: the operations that a connector offers.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::sealed::Sealed;
use crate::{Context, Effect, Json, Plan, Result, Spec, bulk, carried_out, counting, graph_type, input, schema};

/// An operation that a connector offers; the implementing struct is its input.
///
/// The struct's documentation is the action's description, each field's documentation the
/// property's; see `docs/writing-a-connector.md`.
///
/// ```
/// use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Spec};
///
/// #[derive(serde::Deserialize, schemars::JsonSchema)]
/// struct GetGroup { group_id: String }
///
/// impl Action for GetGroup {
///     type Output = Raw<serde_json::Value>;
///     const SPEC: Spec = Spec::new("get_group", "Get group", Effect::Read).delegated(&["Group.Read.All"]);
///     fn plan(self, _: &Context) -> Result<Plan<Self::Output>> {
///         Ok(Request::get("/groups/{group}").path_param("group", self.group_id).raw())
///     }
/// }
///
/// let plan = GetGroup { group_id: "g1".into() }.plan(&Context::user()).unwrap();
/// assert_eq!(format!("{plan:?}"), "Call(GET /groups/{group})");
/// ```
pub trait Action: DeserializeOwned + JsonSchema + Send + 'static {
    /// Output of the action. `Raw<T>` is JSON exactly as Graph returned it, described by `T`.
    type Output: Serialize + JsonSchema + Send + 'static;
    /// Specification of the action.
    const SPEC: Spec;

    /// Returns every effect that a run with this input may have; mostly the one of the specification. An action whose
    /// input decides, such as any request to Graph, says here what each input may do. `input` is what the caller sent,
    /// validated or not: what cannot be judged counts as everything that the action may do.
    ///
    /// ```
    /// use connector_sdk::{Action, Effect};
    /// # use connector_sdk::{Context, Deleted, Plan, Request, Result, Spec};
    /// # #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// # struct DeleteUser { id: String }
    /// # impl Action for DeleteUser {
    /// #     type Output = Deleted;
    /// #     const SPEC: Spec = Spec::new("delete_user", "Delete user", Effect::Delete);
    /// #     fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
    /// #         Ok(Request::delete("/users/{user}").path_param("user", self.id).deleted())
    /// #     }
    /// # }
    ///
    /// assert_eq!(DeleteUser::effects(&serde_json::json!({ "id": "u1" })), [Effect::Delete]);
    /// ```
    fn effects(_input: &Value) -> Vec<Effect> {
        vec![Self::SPEC.effect]
    }

    /// Returns the addresses of everybody whom a run with this input reaches, or `None` where the input does not say:
    /// then a caller who may reach some domains only cannot run it. An action that sends only to the addresses in its
    /// input names them here.
    fn recipients(_input: &Value) -> Option<Vec<String>> {
        None
    }

    /// Returns the plan of this input. Pure: the same input and context make the same plan.
    ///
    /// # Errors
    /// `invalid_input` where the schema cannot say what is wrong.
    fn plan(self, cx: &Context) -> Result<Plan<Self::Output>>;
}

/// A type-erased [`Action`], as a host holds it.
///
/// It is sealed: the SDK implements it for every `Action`, and nobody else does.
pub trait AnyAction: Sealed + Send + Sync {
    /// Returns the specification.
    fn spec(&self) -> &'static Spec;
    /// Returns the name of the implementing type. It is the same for all connectors that list the action under their
    /// own specifications.
    fn source(&self) -> &'static str;
    /// Returns the JSON Schema of the input.
    fn input_schema(&self) -> Value;
    /// Returns the JSON Schema of the output.
    fn output_schema(&self) -> Value;
    /// Returns every effect that a run with this input may have: see [`Action::effects`].
    fn effects(&self, input: &Value) -> Vec<Effect>;
    /// Returns the strongest effect that a run with this input may have: the last one in the order of [`Effect`].
    fn effect(&self, input: &Value) -> Effect {
        self.effects(input).into_iter().max().unwrap_or(self.spec().effect)
    }
    /// Returns the addresses of everybody whom a run with this input reaches, where the input says: see
    /// [`Action::recipients`].
    fn recipients(&self, input: &Value) -> Option<Vec<String>>;
    /// Returns whether `input` yields a list whose items are emitted one by one.
    fn lists(&self, input: &Value) -> bool {
        self.spec().list || (self.spec().bulk && bulk::is_many(input))
    }
    /// Reads the input and makes the plan. The input should have been validated before: an error of this step names
    /// only one violation, with its JSON Pointer.
    fn plan(&self, input: Value, cx: &Context) -> Result<Plan<Json>>;
}

pub(crate) struct ErasedAction<A>(pub(crate) PhantomData<fn() -> A>);

impl<A> Sealed for ErasedAction<A> {}

impl<A: Action> AnyAction for ErasedAction<A> {
    fn spec(&self) -> &'static Spec {
        const { &A::SPEC }
    }
    fn source(&self) -> &'static str {
        std::any::type_name::<A>()
    }
    fn input_schema(&self) -> Value {
        let one = schema::input_for::<A, A::Output>(A::SPEC.title);
        if A::SPEC.bulk { bulk::input_schema(one) } else { one }
    }
    fn output_schema(&self) -> Value {
        let one = counting::told(schema::output::<A::Output>(A::SPEC.title), &|| schema::input::<A>(A::SPEC.title));
        graph_type::complete(if A::SPEC.bulk { bulk::output_schema(one) } else { one })
    }
    fn effects(&self, input: &Value) -> Vec<Effect> {
        effects_of_each(input, &A::SPEC, A::effects)
    }
    fn recipients(&self, input: &Value) -> Option<Vec<String>> {
        recipients_of_each(input, &A::SPEC, A::recipients)
    }
    fn plan(&self, input: Value, cx: &Context) -> Result<Plan<Json>> {
        if A::SPEC.bulk && bulk::is_many(&input) {
            return bulk::plan(input, cx, &A::SPEC, &plan_one::<A>);
        }
        plan_one::<A>(input, cx)
    }
}

/// An action listed under another specification.
pub(crate) struct Renamed<A> {
    spec: &'static Spec,
    own: ErasedAction<A>,
}

impl<A> Renamed<A> {
    pub(crate) fn new(spec: &'static Spec) -> Renamed<A> {
        Renamed { spec, own: ErasedAction(PhantomData) }
    }
}

impl<A> Sealed for Renamed<A> {}

impl<A: Action> AnyAction for Renamed<A> {
    fn spec(&self) -> &'static Spec {
        self.spec
    }
    fn source(&self) -> &'static str {
        self.own.source()
    }
    fn input_schema(&self) -> Value {
        self.own.input_schema()
    }
    fn output_schema(&self) -> Value {
        self.own.output_schema()
    }
    fn effects(&self, input: &Value) -> Vec<Effect> {
        self.own.effects(input)
    }
    fn recipients(&self, input: &Value) -> Option<Vec<String>> {
        self.own.recipients(input)
    }
    fn plan(&self, input: Value, cx: &Context) -> Result<Plan<Json>> {
        self.own.plan(input, cx)
    }
}

/// Returns the plan of action `A` for this input, under the permissions of `A`: for an action that stands for several.
/// The input should have been validated before.
///
/// # Errors
/// Those of the action.
pub fn delegate<A: Action>(input: &Value, cx: &Context) -> Result<Plan<Json>> {
    let action: A = input::read(input.clone())?;
    Ok(action.plan(cx)?.and_then_print().with_scopes(A::SPEC.scopes))
}

// The inputs of a bulk run that has some. What does not depend on the type of an action is compiled once for all.
fn inputs<'a>(input: &'a Value, spec: &Spec) -> &'a [Value] {
    let items = input.get("items").and_then(Value::as_array);
    let many = items.filter(|items| spec.bulk && bulk::is_many(input) && !items.is_empty());
    many.map_or(std::slice::from_ref(input), Vec::as_slice)
}

fn effects_of_each(input: &Value, spec: &Spec, one: fn(&Value) -> Vec<Effect>) -> Vec<Effect> {
    inputs(input, spec).iter().flat_map(one).collect()
}

fn recipients_of_each(input: &Value, spec: &Spec, one: fn(&Value) -> Option<Vec<String>>) -> Option<Vec<String>> {
    let each: Option<Vec<_>> = inputs(input, spec).iter().map(one).collect();
    each.map(|all| all.into_iter().flatten().collect())
}

fn plan_one<A: Action>(input: Value, cx: &Context) -> Result<Plan<Json>> {
    let action: A = input::read(input)?;
    let plan = action.plan(cx)?.and_then_print();
    Ok(if A::SPEC.effect == Effect::Read { plan } else { carried_out::told(plan) })
}

impl<T: Serialize + Send + 'static> Plan<T> {
    // Printing the output sends nothing, so what was the last request stays the last.
    pub(crate) fn and_then_print(self) -> Plan<Json> {
        self.try_map(|output| Json::of(&output))
    }
}
