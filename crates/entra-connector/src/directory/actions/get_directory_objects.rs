//! `get_directory_objects`

use std::collections::VecDeque;

use connector_sdk::{Action, Context, Effect, Fields, List, Page, PageGuard, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::DIRECTORY_READ;
use crate::vocabulary::{DirectoryObject, ObjectId};

/// Get any objects of the directory by their ids. There is no limit on the number: a request carries 1,000. Objects
/// that do not exist are left out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "ids": ["e633c93d-f077-40d2-8c68-2ae455ceb72e", "fba318f2-9400-4cc8-879e-e1bb10c5b206"], "types": ["user", "group"] })]))]
pub struct GetDirectoryObjects {
    /// The object ids.
    #[schemars(length(min = 1, max = 100000))]
    ids: Vec<ObjectId>,
    /// Only objects of these kinds; it makes the answer faster.
    #[serde(default)]
    #[schemars(extend("uniqueItems" = true))]
    types: Vec<ObjectType>,
}

/// How many ids one request may have; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/directoryobject-getbyids
const PER_REQUEST: usize = 1000;

/// A kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum ObjectType {
    /// Users.
    User,
    /// Groups.
    Group,
    /// Devices.
    Device,
    /// Applications.
    Application,
    /// Service principals.
    ServicePrincipal,
    /// Roles of the directory.
    DirectoryRole,
    /// Administrative units.
    AdministrativeUnit,
    /// Contacts of the organisation.
    OrgContact,
}

fn hand_out(mut requests: VecDeque<Request>, mut guard: PageGuard) -> Plan<List<DirectoryObject>> {
    let Some(request) = requests.pop_front() else { return Plan::done(List::end()) };
    let further = request.further();
    Plan::call(request, move |response| match Page::read(&response) {
        Ok(page) => {
            let mut requests = requests;
            if let Some(next) = page.next {
                if let Err(error) = guard.check(&page.items, page.items.is_empty(), &next) {
                    return Plan::fail(error);
                }
                requests.push_front(further.at(next));
            }
            Plan::emit(page.items, move || hand_out(requests, guard))
        }
        Err(error) => Plan::fail(error),
    })
}

impl Action for GetDirectoryObjects {
    type Output = List<DirectoryObject>;
    const SPEC: Spec =
        Spec::new("get_directory_objects", "Get directory objects", Effect::Read).scopes(DIRECTORY_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<DirectoryObject>>> {
        let types = self.types;
        let mut requests = self.ids.chunks(PER_REQUEST).map(|ids| {
            let body = Fields::default()
                .with("ids", Some(json!(ids)))
                .with("types", (!types.is_empty()).then(|| json!(types)));
            Request::post("/directoryObjects/getByIds").json(body).idempotent()
        });
        let requests: VecDeque<Request> = requests.by_ref().collect();
        Ok(hand_out(requests, PageGuard::default()))
    }
}
