//! People, as Graph ranks them for a user.

use schemars::JsonSchema;
use serde::Serialize;

/// A person who matters to the user, as Graph returns it; see [the person resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/person
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "person"))]
pub struct Person {
    /// The id.
    pub id: String,
    /// The name that is shown.
    pub display_name: Option<String>,
    /// The given name.
    pub given_name: Option<String>,
    /// The family name.
    pub surname: Option<String>,
    /// The name to sign in with, for people of the organisation.
    pub user_principal_name: Option<String>,
    /// Email addresses, the most relevant first.
    pub scored_email_addresses: Option<Vec<ScoredEmailAddress>>,
    /// The job title.
    pub job_title: Option<String>,
    /// The company.
    pub company_name: Option<String>,
    /// The department.
    pub department: Option<String>,
    /// Where the office is.
    pub office_location: Option<String>,
    /// Whether it is a person, a group or something else.
    pub person_type: Option<PersonType>,
}

/// An email address with its relevance.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "scoredEmailAddress"))]
pub struct ScoredEmailAddress {
    /// The address.
    pub address: Option<String>,
    /// Relevance; a greater value is more relevant.
    pub relevance_score: Option<f64>,
}

/// What a person is.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline, extend("x-graph-type" = "personType"))]
pub struct PersonType {
    /// `Person`, `Group` or `Other`.
    pub class: Option<String>,
    /// More detail, such as `OrganizationUser`.
    pub subclass: Option<String>,
}
