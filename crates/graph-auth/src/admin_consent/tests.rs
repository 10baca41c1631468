use connector_sdk::Code;
use serde_json::json;

use super::*;
use crate::testing::{CLIENT, TENANT, USER, checked};
use crate::{PERSONAL_TENANT, Reason};

fn back() -> Url {
    Url::parse("http://localhost:1/consent").unwrap()
}

#[test]
fn the_page_names_what_is_asked_for() {
    let user = checked(json!({ "method": "authorization_code" }));
    let state = state().unwrap();
    let page = url(&user, None, &back(), &state).unwrap();
    assert_eq!(page.path(), "/organizations/v2.0/adminconsent");
    let query: std::collections::HashMap<_, _> = page.query_pairs().into_owned().collect();
    assert_eq!(
        query["scope"],
        "https://graph.microsoft.com/Mail.Send https://graph.microsoft.com/User.Read offline_access"
    );
    assert_eq!(
        (query["client_id"].as_str(), query["state"].as_str(), query["redirect_uri"].as_str()),
        (CLIENT, state.expose(), "http://localhost:1/consent")
    );
    let home = Identity { tid: TENANT.into(), oid: USER.into(), username: None, name: None };
    assert_eq!(url(&user, Some(&home), &back(), &state).unwrap().path(), format!("/{TENANT}/v2.0/adminconsent"));
    let app = checked(json!({ "method": "client_credentials", "tenantId": "contoso.com", "clientSecret": "canary" }));
    let page = url(&app, None, &back(), &state).unwrap();
    assert!(
        page.path().starts_with("/contoso.com/") && page.query().unwrap().contains("graph.microsoft.com%2F.default")
    );
    assert!(!page.as_str().contains("canary"));
}

#[test]
fn personal_accounts_have_no_administrator() {
    let consumers = checked(json!({ "method": "authorization_code", "accountType": "consumers" }));
    let personal = Identity { tid: PERSONAL_TENANT.into(), oid: USER.into(), username: None, name: None };
    let error = url(&consumers, Some(&personal), &back(), &state().unwrap()).unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
}

#[test]
fn the_answer_must_be_to_the_question() {
    let state = Secret::new("abc");
    assert!(read_callback("admin_consent=True&tenant=x&state=abc", &state).is_ok());
    let refused = read_callback(
        "admin_consent=True&error=consent_required&error_description=AADSTS65004%3a+denied&state=abc",
        &state,
    );
    assert_eq!(refused.unwrap_err().reason(), Some(Reason::Declined));
    for bad in ["admin_consent=True&state=abd", "admin_consent=True", "state=abc", "admin_consent=False&state=abc", ""]
    {
        assert!(read_callback(bad, &state).is_err(), "{bad}");
    }
}
