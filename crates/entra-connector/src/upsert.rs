//! Objects by their unique name: changed where they are, made where they are not.

use connector_sdk::{Fields, Plan, Raw, Request};
use schemars::JsonSchema;
use serde::Serialize;

/// The object that was created or changed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Upserted<T> {
    /// Whether the object was created. False means that it existed and was changed.
    pub created: bool,
    /// The object as it is now.
    pub object: Raw<T>,
}

/// Changes the object behind `request`, or makes it. `request` names it by its unique name and has no body yet;
/// `look` reads it.
pub fn upsert<T: Send + 'static>(request: Request, look: Request, fields: Fields) -> Plan<Upserted<T>> {
    let request = request.prefer("create-if-missing").json(fields).idempotent();
    Plan::call(request, move |response| {
        if response.status.as_u16() == 201 {
            return response.json().map(|json| Upserted { created: true, object: Raw::new(json) }).into();
        }
        look.raw::<T>().map(|object| Upserted { created: false, object })
    })
}
