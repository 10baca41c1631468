//! How picklists of the directory search.

use connector_sdk::Request;

/// The collection, searched for words in one of these properties, or in the order of the first of them.
pub(crate) fn found_by(list: Request, properties: &[&str], search: Option<&str>) -> Request {
    match search.map(str::trim).filter(|text| !text.is_empty()) {
        None => list.query_opt("$orderby", properties.first()),
        Some(text) => {
            let clauses: Vec<String> =
                properties.iter().map(|property| crate::advanced::clause(property, text)).collect();
            list.consistency_eventual().query("$search", clauses.join(" OR ")).query("$count", true)
        }
    }
}
