//! Settings that reach resources of the host: its files, its network, its identity, and the credentials that it keeps.

use std::collections::BTreeMap;

use connector_sdk::SignInMethod;
use graph_auth::Settings;
use serde_json::{Value, json};

/// Returns the JSON Pointers of the settings that reach resources of the host and differ from those of the connection
/// that exists, in order.
///
/// Addresses lead the host's requests, and with them tokens and secrets, into its network. A file of tokens, the
/// managed identity and the secret of a stored app registration prove to be an app that the caller need not be. What
/// stays as it is was given by somebody who might.
pub(crate) fn changed_local_settings(new: &Settings, before: Option<&Settings>) -> Vec<&'static str> {
    let (now, former) = (local(new), before.map(local).unwrap_or_default());
    let mut changed: Vec<&'static str> =
        now.keys().chain(former.keys()).copied().filter(|pointer| now.get(pointer) != former.get(pointer)).collect();
    // The same credential of the host must not prove to be another app, or go to another tenant.
    if let Some(before) = before.filter(|_| has_credential_of_host(new)) {
        let parts = [
            ("/clientId", new.client_id != before.client_id),
            ("/tenantId", new.tenant_id != before.tenant_id),
            ("/cloud", new.cloud != before.cloud),
        ];
        changed.extend(parts.into_iter().filter(|(_, differs)| *differs).map(|(pointer, _)| pointer));
    }
    changed.sort_unstable();
    changed.dedup();
    changed
}

fn has_credential_of_host(settings: &Settings) -> bool {
    let by_profile = settings.oauth_profile.is_some() && settings.method.is_application();
    settings.method == SignInMethod::ManagedIdentity || settings.federated_token_file.is_some() || by_profile
}

fn local(settings: &Settings) -> BTreeMap<&'static str, Value> {
    // A settings type that gains a field must not compile until it is decided here.
    let Settings {
        method,
        graph_url,
        authority_url,
        authorize_url,
        token_url,
        issuer,
        federated_token_file,
        client_id,
        oauth_profile,
        // What follows is the caller's own, or a choice among Microsoft's.
        account_type: _,
        tenant_id: _,
        client_secret: _,
        secret_expires: _,
        client_auth_style: _,
        certificate: _,
        certificate_thumbprint: _,
        private_key: _,
        access_token: _,
        scopes: _,
        user_id: _,
        cloud: _,
        // Where the browser goes; the host sends nothing there, and the code is worth nothing without its verifier.
        extra_parameters: _,
        redirect_uri: _,
        api_version: _,
    } = settings;
    let texts = [
        ("/graphUrl", graph_url),
        ("/authorityUrl", authority_url),
        ("/authorizeUrl", authorize_url),
        ("/tokenUrl", token_url),
        ("/issuer", issuer),
        ("/federatedTokenFile", federated_token_file),
    ];
    let given = texts.into_iter().filter_map(|(pointer, text)| Some((pointer, json!(text.as_ref()?))));
    let mut local: BTreeMap<&'static str, Value> = given.collect();
    if *method == SignInMethod::ManagedIdentity {
        local.insert("/method", json!(method.name()));
        // Which of the machine's identities.
        local.extend(client_id.as_ref().map(|id| ("/clientId", json!(id))));
    }
    // A user who signs in consents to it; an app is whatever its secret proves.
    if method.is_application() {
        local.extend(oauth_profile.as_ref().map(|name| ("/oauthProfile", json!(name))));
    }
    local
}

#[cfg(test)]
mod tests {
    use connector_sdk::Secret;

    use super::*;

    fn all() -> Settings {
        let text = |text: &str| Some(text.to_owned());
        Settings {
            graph_url: text("https://a"),
            authority_url: text("https://b"),
            authorize_url: text("https://c"),
            token_url: text("https://d"),
            issuer: text("e"),
            federated_token_file: text("/f"),
            client_id: text("g"),
            oauth_profile: text("h"),
            ..Settings::managed_identity()
        }
    }

    #[test]
    fn each_is_named_and_what_stays_is_not() {
        let every = [
            "/authorityUrl",
            "/authorizeUrl",
            "/clientId",
            "/federatedTokenFile",
            "/graphUrl",
            "/issuer",
            "/method",
            "/oauthProfile",
            "/tokenUrl",
        ];
        assert_eq!(changed_local_settings(&all(), None), every);
        assert!(changed_local_settings(&all(), Some(&all())).is_empty());
        let plain = Settings::device_code("app");
        assert!(changed_local_settings(&plain, None).is_empty());
        let mut gone = every.to_vec();
        gone.retain(|pointer| *pointer != "/clientId");
        gone.push("/clientId");
        gone.sort_unstable();
        assert_eq!(changed_local_settings(&plain, Some(&all())), gone, "taking one away changes it too");
    }

    #[test]
    fn the_hosts_own_credential_does_not_prove_to_be_another_app() {
        let file = Settings::workload_identity("contoso.example", "app", "/var/run/token");
        let moved = Settings { tenant_id: Some("fabrikam.example".into()), ..file.clone() };
        assert_eq!(changed_local_settings(&moved, Some(&file)), ["/tenantId"]);
        let other = Settings { client_id: Some("other".into()), ..file.clone() };
        assert_eq!(changed_local_settings(&other, Some(&file)), ["/clientId"]);
        let own = Settings::client_credentials("contoso.example", "app", Secret::new("s"));
        let kept = Settings { oauth_profile: Some("payroll".into()), ..own.clone() };
        assert!(changed_local_settings(&own, None).is_empty());
        assert_eq!(changed_local_settings(&kept, None), ["/oauthProfile"]);
        let user = Settings { oauth_profile: Some("payroll".into()), ..Settings::device_code("app") };
        assert!(changed_local_settings(&user, None).is_empty(), "a user consents");
    }
}
