//! `create_user`

use connector_sdk::{Action, Context, Effect, Error, Json, Plan, Raw, Request, Result, Secret, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::vocabulary::{User, UserId, UserType};

/// The letters of a generated password: all that cannot be confused in print. 24 of them have more
/// than 130 bits, and the four kinds are all there, as the directory's rules ask.
const KINDS: [&str; 4] = ["ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789", "#%+-=?_"];
const PASSWORD_LENGTH: usize = 24;

/// Create a user. Give a password, or have one generated: it is returned once and kept nowhere.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({
    "displayName": "Grace Hopper", "userPrincipalName": "grace@contoso.example", "mailNickname": "grace", "generatePassword": true
})]))]
pub struct CreateUser {
    /// The name that is shown.
    #[schemars(length(min = 1, max = 256))]
    display_name: String,
    /// The name to sign in with, at a verified domain of the tenant.
    #[schemars(extend("format" = "email", "maxLength" = 113))]
    user_principal_name: String,
    /// The part of the email address before the `@`.
    #[schemars(length(min = 1, max = 64))]
    mail_nickname: String,
    /// The first password. Give either this or `generatePassword`.
    password: Option<Secret>,
    /// Generate the first password and return it.
    #[serde(default)]
    generate_password: bool,
    /// Make the user choose another password at the first sign-in; the default is to do so.
    #[serde(default = "yes")]
    force_change_password_next_sign_in: bool,
    /// Whether the user can sign in; the default is that it can.
    #[serde(default = "yes")]
    account_enabled: bool,
    /// The given name.
    #[schemars(length(max = 64))]
    given_name: Option<String>,
    /// The family name.
    #[schemars(length(max = 64))]
    surname: Option<String>,
    /// The job title.
    #[schemars(length(max = 128))]
    job_title: Option<String>,
    /// The department.
    #[schemars(length(max = 64))]
    department: Option<String>,
    /// The company.
    #[schemars(length(max = 64))]
    company_name: Option<String>,
    /// Where the office is.
    #[schemars(length(max = 128))]
    office_location: Option<String>,
    /// The number that the organisation knows the user by.
    #[schemars(length(max = 16))]
    employee_id: Option<String>,
    /// The kind of employment, such as `Employee` or `Contractor`.
    employee_type: Option<String>,
    /// The first day of work, as RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    employee_hire_date: Option<String>,
    /// The mobile phone number.
    #[schemars(length(max = 64))]
    mobile_phone: Option<String>,
    /// The business phone number; the directory keeps one.
    #[schemars(length(max = 1))]
    business_phones: Option<Vec<String>>,
    /// Street and number.
    #[schemars(length(max = 1024))]
    street_address: Option<String>,
    /// The city.
    #[schemars(length(max = 128))]
    city: Option<String>,
    /// The state or province.
    #[schemars(length(max = 128))]
    state: Option<String>,
    /// The postal code.
    #[schemars(length(max = 40))]
    postal_code: Option<String>,
    /// The country or region.
    #[schemars(length(max = 128))]
    country: Option<String>,
    /// The country in which services are used, as two letters (ISO 3166); licences need it.
    #[schemars(regex(pattern = r"^[A-Z]{2}$"))]
    usage_location: Option<String>,
    /// The preferred language, such as `en-US`.
    preferred_language: Option<String>,
    /// Other email addresses.
    #[schemars(length(max = 250))]
    other_mails: Option<Vec<String>>,
    /// Exceptions from the password rules, such as `DisablePasswordExpiration`.
    password_policies: Option<String>,
    /// The id of the same user in an on-premises directory.
    on_premises_immutable_id: Option<String>,
    /// Whether the user is a member or a guest.
    user_type: Option<UserType>,
    /// Who becomes the manager.
    manager_id: Option<UserId>,
    /// Values of directory extensions, by their full names such as `extension_<appId>_costCenter`.
    #[serde(default)]
    custom_attributes: Map<String, Value>,
    /// Other properties of the user, as Graph names them. They win over the others.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

fn yes() -> bool {
    true
}

/// The new user.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    /// The user, as Graph returned it.
    user: Raw<User>,
    /// The password, if it was generated. It is shown this once and kept nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    generated_password: Option<String>,
}

impl Action for CreateUser {
    type Output = Created;
    const SPEC: Spec = Spec::new("create_user", "Create user", Effect::Create)
        .delegated(&["User.ReadWrite.All", "Directory.ReadWrite.All"])
        .application(&["User.ReadWrite.All", "Directory.ReadWrite.All"])
        .bulk();

    fn plan(mut self, cx: &Context) -> Result<Plan<Created>> {
        let generated = match (&self.password, self.generate_password) {
            (Some(password), false) if !password.is_empty() => None,
            (None, true) => Some(generate(&cx.entropy)),
            (Some(_), true) => return Err(Error::invalid("/generatePassword", "`password` and `generatePassword` exclude each other")),
            _ => return Err(Error::invalid("/password", "give a password, or set `generatePassword`")),
        };
        let base = cx.graph.clone();
        let manager = self.manager_id.take();
        let password = generated.clone().or_else(|| self.password.take().map(|password| password.expose().to_owned()));
        let create = Request::post("/users").json(self.body(password)).sensitive();
        Ok(create
            .raw::<User>()
            .and_then(move |user| set_manager(user, manager, &base))
            .map(|user| Created { user, generated_password: generated }))
    }
}

impl CreateUser {
    fn body(self, password: Option<String>) -> Map<String, Value> {
        let body = json!({
            "accountEnabled": self.account_enabled,
            "displayName": self.display_name,
            "userPrincipalName": self.user_principal_name,
            "mailNickname": self.mail_nickname,
            "passwordProfile": { "password": password, "forceChangePasswordNextSignIn": self.force_change_password_next_sign_in },
            "givenName": self.given_name,
            "surname": self.surname,
            "jobTitle": self.job_title,
            "department": self.department,
            "companyName": self.company_name,
            "officeLocation": self.office_location,
            "employeeId": self.employee_id,
            "employeeType": self.employee_type,
            "employeeHireDate": self.employee_hire_date,
            "mobilePhone": self.mobile_phone,
            "businessPhones": self.business_phones,
            "streetAddress": self.street_address,
            "city": self.city,
            "state": self.state,
            "postalCode": self.postal_code,
            "country": self.country,
            "usageLocation": self.usage_location,
            "preferredLanguage": self.preferred_language,
            "otherMails": self.other_mails,
            "passwordPolicies": self.password_policies,
            "onPremisesImmutableId": self.on_premises_immutable_id,
            "userType": self.user_type,
        });
        let mut body = match body {
            Value::Object(body) => body,
            _ => Map::new(),
        };
        body.retain(|_, value| !value.is_null());
        body.extend(self.custom_attributes);
        body.extend(self.additional_properties);
        body
    }
}

// The manager is a reference, which Graph sets by a request of its own.
fn set_manager(user: Raw<User>, manager: Option<UserId>, base: &str) -> Plan<Raw<User>> {
    #[derive(Deserialize)]
    struct Id {
        id: String,
    }
    let Some(manager) = manager else { return Plan::Done(user) };
    let json: Json = user.into_json();
    let id = match json.read::<Id>() {
        Ok(Id { id }) => id,
        Err(error) => return Plan::Fail(error),
    };
    let reference = json!({ "@odata.id": format!("{base}/users/{}", manager.0) });
    let set = Request::put("/users/{user}/manager/$ref").with("user", id.as_str()).json(reference);
    set.accepted()
        .or_else(move |error| Plan::Fail(error.during(format!("while setting the manager; the user was created with the id {id}"))))
        .map(|_| Raw::new(json))
}

// One letter of each kind, then letters of all kinds. The first four places are fixed, which costs
// nothing: where a letter stands is not the secret.
fn generate(entropy: &[u8; 32]) -> String {
    let all: Vec<char> = KINDS.iter().flat_map(|kind| kind.chars()).collect();
    (0..PASSWORD_LENGTH)
        .map(|i| {
            let letters: Vec<char> = KINDS.get(i).map_or_else(|| all.clone(), |kind| kind.chars().collect());
            letters[usize::from(entropy[i]) % letters.len()]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_password_has_every_kind_and_depends_on_its_entropy() {
        let entropy: [u8; 32] = std::array::from_fn(|i| (i * 37 + 11) as u8);
        let password = generate(&entropy);
        assert_eq!(password.len(), PASSWORD_LENGTH);
        for kind in KINDS {
            assert!(password.contains(|c| kind.contains(c)), "{kind}");
        }
        assert_ne!(password, generate(&[7; 32]));
    }
}
