//! Reconnection: making an existing connection anew.

use connector_sdk::Result;
use connector_sdk::connection::ConnectionSpec;
use graph_auth::Settings;
use url::Url;

use super::Connections;
use super::record::ConnectionRecord;
use super::sign_in::{Expected, NewConnection, SignInStep};

/// Parameters of a reconnection.
#[derive(Debug, Clone, Default)]
pub struct Reconnection {
    /// New settings; `None`: the stored ones.
    ///
    /// A secret, certificate or given token that they leave out is the stored one, as long as the method, the app, and
    /// the addresses of its tokens and of Graph stay the same. Otherwise it must be given again, so that no new address
    /// gets what was meant for another.
    pub settings: Option<Settings>,
    /// Whether the connection may be given to another tenant or user.
    pub confirm_other: bool,
    /// Redirect URI of the browser, as in [`NewConnection`].
    pub redirect_uri: Option<Url>,
}

impl Connections {
    /// Makes an existing connection anew, which keeps its name and its id.
    ///
    /// # Errors
    /// `unknown_connection` with the nearest name; otherwise as [`Connections::connect_new`].
    pub async fn reconnect(&self, name: &str, with: Reconnection) -> Result<SignInStep> {
        let (_, record) = self.load(name).await?;
        let new = self.reconnection(name, with, &record).await?;
        self.begin(new, None, Expected::Connection(&record.id)).await
    }

    /// Returns the parameters of the sign-in that makes this connection anew.
    ///
    /// # Errors
    /// `not_found` for an app registration that is not stored; the store's.
    pub(crate) async fn reconnection(
        &self,
        name: &str,
        with: Reconnection,
        record: &ConnectionRecord,
    ) -> Result<NewConnection> {
        let settings = match with.settings {
            None => record.settings.clone(),
            Some(settings) => {
                let settings = self.with_profile(settings).await?;
                match self.spec(&record.connector) {
                    Ok(spec) => with_kept_secrets(settings, &record.settings, spec),
                    Err(_) => settings,
                }
            }
        };
        Ok(NewConnection {
            confirm_other: with.confirm_other,
            redirect_uri: with.redirect_uri,
            ..NewConnection::new(name, &*record.connector, settings)
        })
    }

    /// Returns a stored connection for a change of it, if it still has this id.
    ///
    /// # Errors
    /// As for a connection that does not exist, when it has another id.
    pub(crate) async fn record_of(&self, name: &str, id: &str) -> Result<ConnectionRecord> {
        match ConnectionRecord::load(&self.0.vault, name).await? {
            Some((_, record)) if record.id == id => Ok(record),
            _ => Err(super::no_such(name, std::iter::empty())),
        }
    }
}

/// Completes settings by the stored secrets, where these go where they went before.
fn with_kept_secrets(settings: Settings, before: &Settings, spec: &ConnectionSpec) -> Settings {
    let is_given = !settings.credential().is_empty() || settings.access_token.is_some();
    if is_given || settings.method != before.method || settings.client_id != before.client_id {
        return settings;
    }
    let credential = graph_auth::AppCredential {
        secret_expires: settings.secret_expires.or(before.secret_expires),
        ..before.credential()
    };
    let kept = Settings { access_token: before.access_token.clone(), ..settings.clone().with_credential(credential) };
    match (kept.check(spec), before.check(spec)) {
        (Ok(now), Ok(then)) if now.authority.token_url() == then.authority.token_url() && now.graph == then.graph => {
            kept
        }
        _ => settings,
    }
}

#[cfg(test)]
mod tests {
    use connector_sdk::Secret;

    use super::*;

    const APP: &str = "11112222-bbbb-3333-cccc-4444dddd5555";

    fn spec() -> ConnectionSpec {
        outlook_connector::connector().connection
    }

    fn stored() -> Settings {
        Settings::client_credentials("contoso.example", APP, Secret::new("kept")).user("megan@contoso.example")
    }

    fn without(settings: Settings) -> Settings {
        Settings { client_secret: None, ..settings }
    }

    #[test]
    fn a_secret_is_kept_where_it_goes_where_it_went() {
        let moved = without(stored()).user("adelev@contoso.example");
        let kept = with_kept_secrets(moved, &stored(), &spec());
        assert_eq!(kept.client_secret, Some(Secret::new("kept")));
        let given = stored().secret(Secret::new("new"));
        assert_eq!(with_kept_secrets(given, &stored(), &spec()).client_secret, Some(Secret::new("new")));
    }

    #[test]
    fn a_secret_does_not_go_to_another_address_app_or_method() {
        let at = |change: fn(&mut Settings)| {
            let mut settings = without(stored());
            change(&mut settings);
            settings
        };
        let certificate = connector_sdk::SignInMethod::ClientCertificate;
        let others = [
            at(|settings| settings.token_url = Some("https://id.example/token".into())),
            at(|settings| settings.authority_url = Some("https://id.example".into())),
            at(|settings| settings.graph_url = Some("https://graph.example".into())),
            at(|settings| settings.tenant_id = Some("fabrikam.example".into())),
            at(|settings| settings.client_id = Some("other".into())),
            at(|settings| settings.cloud = graph_auth::Cloud::GccHigh),
            Settings { method: certificate, ..without(stored()) },
        ];
        for other in others {
            let found = with_kept_secrets(other.clone(), &stored(), &spec());
            assert_eq!(found, other, "nothing is added");
        }
    }
}
