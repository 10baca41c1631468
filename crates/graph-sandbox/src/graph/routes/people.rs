//! The people who matter to a user: colleagues and contacts.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::items::context;
use crate::graph::call::Call;
use crate::graph::fault::Service;
use crate::graph::json::object;
use crate::graph::reply::Outcome;
use crate::graph::router::{Route, route};
use crate::graph::store::{Entity, guid};
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Paging, Source, View, list};

pub(crate) static ROUTES: &[Route] = &[route("GET", "@/people", people)];

const PAGING: Paging = Paging { page: 10, max: 1000, natural: None };

struct People;

impl Source for People {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        entity.text("id").into()
    }
}

fn people(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let options = call.options(types::get("person"))?;
    let mut found: Vec<Entity> = Vec::new();
    let mut add = |person: Value| {
        let rank = found.len() as u64 + 1;
        let mut person = object(person);
        // The first is the most relevant.
        let score = 30.0 / rank as f64;
        if let Some(address) = person.get_mut("scoredEmailAddresses").and_then(|all| all.get_mut(0)) {
            address["relevanceScore"] = json!(score);
        }
        found.push(Entity::new(rank, 0, 0, person));
    };
    for user in tenant.directory.users.iter().filter(|user| user.key != call.owner && !user.text("mail").is_empty()) {
        add(json!({
            "id": user.text("id"), "displayName": user.text("displayName"), "givenName": user.text("givenName"), "surname": user.text("surname"),
            "jobTitle": user.text("jobTitle"), "companyName": user.text("companyName"), "department": user.text("department"),
            "officeLocation": user.text("officeLocation"), "userPrincipalName": user.text("userPrincipalName"),
            "scoredEmailAddresses": [{ "address": user.text("mail"), "relevanceScore": 0, "selectionLikelihood": "notSpecified" }],
            "phones": [], "personType": { "class": "Person", "subclass": "OrganizationUser" },
        }));
    }
    for contact in tenant.mailbox(call.owner)?.contacts.iter() {
        let address = contact
            .fields
            .get("emailAddresses")
            .and_then(|all| all.get(0))
            .and_then(|first| first.get("address"))
            .cloned();
        add(json!({
            "id": guid(&format!("person {}", contact.key)), "displayName": contact.text("displayName"), "givenName": contact.text("givenName"),
            "surname": contact.text("surname"), "jobTitle": contact.text("jobTitle"), "companyName": contact.text("companyName"),
            "department": null, "officeLocation": null, "userPrincipalName": null,
            "scoredEmailAddresses": [{ "address": address, "relevanceScore": 0, "selectionLikelihood": "notSpecified" }],
            "phones": [], "personType": { "class": "Person", "subclass": "PersonalContact" },
        }));
    }
    let wanted = call.query.get("$search").map(|text| text.trim_matches('"').to_lowercase());
    let search = |entity: &Entity| {
        let Some(wanted) = &wanted else { return true };
        let address =
            entity.fields.get("scoredEmailAddresses").and_then(|all| all.get(0)).and_then(|first| first.get("address"));
        let address = address.and_then(Value::as_str).unwrap_or_default();
        format!("{} {address}", entity.text("displayName")).to_lowercase().contains(wanted.as_str())
    };
    let view = View::new(types::get("person"), &People, Service::Outlook, &options);
    list(call, &view, &PAGING, &options, &context(tenant, call, "people"), found.iter(), Some(&search))
}
