//! Permissions, known before a call.

use connector_sdk::{AnyOf, Error, Granted, OtherWay, Result, Scopes};
use graph_auth::Settings;
use serde::Serialize;

use crate::Host;
use crate::named::named;

/// The least permissions that some actions need together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Needed {
    /// When a user is signed in.
    pub delegated: Vec<String>,
    /// When a user is signed in and works in somebody else's mailbox.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<String>,
    /// When an app is signed in.
    pub application: Vec<String>,
    /// Which of the actions an app cannot do at all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_for_apps: Vec<String>,
    /// Which of the actions a user cannot do at all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_for_users: Vec<String>,
    /// What else may allow an app some of it, without a permission in its token. Then Graph is asked, and not refused early.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_ways_for_apps: Vec<OtherWay>,
    /// What a connection lacks of it, if one was named and its token says what it carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lacking: Option<Vec<String>>,
}

impl Host {
    /// The least permissions that these actions, triggers and picklists need together; and what a stored
    /// connection lacks of it. A name may be a pattern, such as `outlook.list_*`.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name, or for a pattern that stands for nothing; `not_connected` for an unknown
    /// connection.
    pub async fn needed(&self, names: &[String], connection: Option<&str>) -> Result<Needed> {
        let specs: Vec<(String, Scopes)> = named(&self.0.registry, names)?.into_iter().map(|named| (named.id, named.spec.scopes)).collect();
        let delegated = least(specs.iter().map(|(_, scopes)| scopes.delegated));
        let application = least(specs.iter().filter_map(|(_, scopes)| scopes.application));
        let mut other_ways_for_apps: Vec<OtherWay> =
            specs.iter().filter_map(|(_, scopes)| scopes.application).flat_map(|any| OtherWay::for_apps(any.0)).collect();
        other_ways_for_apps.sort_unstable();
        other_ways_for_apps.dedup();
        let lacking = match connection {
            Some(connection) => {
                let card = self.connections().show(connection).await?;
                let is_app = self.connections().settings(connection).await?.1.is_application();
                let wanted: Vec<AnyOf> =
                    specs.iter().filter_map(|(_, scopes)| if is_app { scopes.application } else { Some(scopes.delegated) }).collect();
                card.granted.map(|granted| missing(&wanted, &Granted::new(granted)))
            }
            None => None,
        };
        Ok(Needed {
            delegated,
            shared: least(specs.iter().map(|(_, scopes)| scopes.shared)),
            application,
            other_ways_for_apps,
            not_for_apps: specs.iter().filter(|(_, scopes)| scopes.application.is_none()).map(|(name, _)| name.clone()).collect(),
            not_for_users: specs.iter().filter(|(_, scopes)| scopes.delegated.is_never()).map(|(name, _)| name.clone()).collect(),
            lacking,
        })
    }

    /// The scopes that a user's sign-in must ask for to do just this: the connector's minimum, and the least set for
    /// these actions, triggers and picklists, named as in [`Host::needed`]. Of what a pattern stands for, what only an
    /// app can do is left out. They are meant for [`Settings::scopes`].
    ///
    /// Somebody else's mailbox, calendar or folder may need more: see [`Needed::shared`].
    ///
    /// # Errors
    /// `unknown_action` as there, and for an unknown connector; `invalid_input` (`/scopes`) when these settings sign
    /// nobody in, for an app has what an administrator grants, and when a user cannot do what is named at all.
    pub fn scopes_for(&self, connector: &str, settings: &Settings, names: &[String]) -> Result<Vec<String>> {
        let minimum = self.connections().permissions(connector, settings)?.minimum;
        let found = named(&self.0.registry, names)?;
        if !settings.method.asks_for_scopes() {
            let granted = least(found.iter().filter_map(|named| named.spec.scopes.application)).join(", ");
            let error = Error::invalid("/scopes", "cannot be asked for: only a user's sign-in names permissions");
            return Err(error.hint(format!("An administrator of the tenant grants an app's permissions in the portal: {granted}.")));
        }
        let is_for_apps = |scopes: &Scopes| scopes.delegated.is_never();
        if let Some(named) = found.iter().find(|named| !named.by_pattern && is_for_apps(&named.spec.scopes)) {
            return Err(Error::invalid("/scopes", format!("no user can do `{}`, only an app", named.id)));
        }
        let least = least(found.iter().map(|named| named.spec.scopes.delegated));
        let beside: Vec<String> = minimum.into_iter().filter(|scope| !least.contains(scope)).collect();
        Ok(least.into_iter().chain(beside).collect())
    }

    /// Which actions a stored connection's permissions allow; `None` when its token does not say what it
    /// carries.
    ///
    /// # Errors
    /// `not_connected` for an unknown connection.
    pub async fn allowed(&self, connection: &str) -> Result<Option<Vec<String>>> {
        let Some(granted) = self.connections().show(connection).await?.granted else { return Ok(None) };
        let (granted, is_app) = (Granted::new(granted), self.connections().settings(connection).await?.1.is_application());
        let allows = |scopes: &Scopes| match is_app {
            true => scopes.application.is_some_and(|any| any.is_met(&granted)),
            false => scopes.delegated.is_met(&granted),
        };
        let every = self.connectors().flat_map(|connector| connector.actions.iter().map(move |action| (connector.name, action.spec())));
        Ok(Some(every.filter(|(_, spec)| allows(&spec.scopes)).map(|(connector, spec)| format!("{connector}.{}", spec.name)).collect()))
    }
}

// One scope may serve several actions, so those that offer the fewest choices choose first.
fn least(wanted: impl Iterator<Item = AnyOf>) -> Vec<String> {
    let mut wanted: Vec<AnyOf> = wanted.filter(|any| any.least().is_some()).collect();
    wanted.sort_by_key(|any| any.0.len());
    missing(&wanted, &Granted::default())
}

// The least of each that is neither granted nor chosen already.
fn missing(wanted: &[AnyOf], granted: &Granted) -> Vec<String> {
    let mut chosen: Vec<String> = Vec::new();
    for any in wanted {
        if any.is_met(granted) || any.is_met(&Granted::new(&chosen)) {
            continue;
        }
        chosen.extend(any.least().map(str::to_owned));
    }
    chosen.sort();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_scope_serves_several_actions() {
        let read = AnyOf(&["Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"]);
        let write = AnyOf(&["Mail.ReadWrite"]);
        assert_eq!(least([read, write].into_iter()), ["Mail.ReadWrite"]);
        assert_eq!(least([read, AnyOf(&["Mail.Send"])].into_iter()), ["Mail.ReadBasic", "Mail.Send"]);
        assert!(missing(&[read, AnyOf::NONE], &Granted::parse("Mail.Read")).is_empty());
        assert!(least([AnyOf::NEVER].into_iter()).is_empty());
    }
}
