//! The choices that input properties offer, one picklist to a file.

pub mod administrative_unit_members;
pub mod administrative_units;
pub mod applications;
pub mod devices;
pub mod directory_extensions;
pub mod directory_role_members;
pub mod directory_roles;
pub mod group_members;
pub mod group_owners;
pub mod groups;
pub mod role_definitions;
pub mod service_plans;
pub mod service_principals;
pub mod skus;
pub mod users;

use connector_sdk::Request;

/// The collection, searched for words in one of these properties, or in the order of the first of them.
fn found_by(list: Request, properties: &[&str], search: Option<&str>) -> Request {
    match search.map(str::trim).filter(|text| !text.is_empty()) {
        None => list.query_opt("$orderby", properties.first()),
        Some(text) => {
            let clauses: Vec<String> =
                properties.iter().map(|property| crate::advanced::clause(property, text)).collect();
            list.consistency_eventual().query("$search", clauses.join(" OR ")).query("$count", true)
        }
    }
}
