//! Hostile input is read without a panic, and never taken for more than it is.

use proptest::prelude::*;
use serde_json::json;

use crate::authorization_code::Callback;
use crate::testing::{Scripted, TENANT, checked, now, run};
use crate::{GrantContext, Settings, TokenSet, client_credentials};
use connector_sdk::{Error, Secret};

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn callbacks(query in "[a-z_=&%0-9+;\u{0}-\u{7f}]{0,200}", state in "[A-Za-z0-9]{1,43}") {
        let _ = Callback::parse(&query);
        if let Ok(callback) = Callback::parse(&format!("{query}&state={state}")) {
            prop_assert_eq!(callback.state().expose(), state);
        }
    }

    #[test]
    fn tokens(text in "[A-Za-z0-9_.=-]{0,300}") {
        let _ = TokenSet::of_access_token(&Secret::new(text), now());
    }

    #[test]
    fn answers(status in 100_u16..600, body in "\\PC{0,200}") {
        let connection = checked(json!({ "method": "client_credentials", "tenantId": TENANT, "clientSecret": "canary" }));
        let service = Scripted::default().then(status, &body);
        if let Err(failure) = run(client_credentials::token(&service, &connection, GrantContext::at(now()))) {
            let error = Error::from(failure);
            prop_assert!(!error.message().is_empty() && !error.advice().is_empty());
        }
    }

    #[test]
    fn settings(tenant in "\\PC{0,60}", url in "\\PC{0,60}", scopes in "\\PC{0,60}") {
        let json = json!({ "method": "authorization_code", "clientId": "c", "tenantId": tenant, "authorityUrl": url, "scopes": scopes });
        let settings: Settings = serde_json::from_value(json).unwrap();
        let _ = settings.check(&crate::testing::spec());
    }
}
