//! Permissions, known before a call.

use connector_sdk::{AnyOf, Error, Granted, OtherWay, Result, ScopeCase, Spec};
use graph_auth::{ScopeNames, Settings};
use serde::Serialize;

use crate::Host;
use crate::named::{Named, named};

/// The least permissions that some actions need together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Needed {
    /// Permissions of a signed-in user.
    pub delegated: Vec<String>,
    /// Permissions of a signed-in user who works in somebody else's mailbox.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<String>,
    /// Permissions of an app.
    pub application: Vec<String>,
    /// Actions that an app cannot run at all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_for_apps: Vec<String>,
    /// Actions that a user cannot run at all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_for_users: Vec<String>,
    /// Actions that need other permissions for some inputs: see [`Host::needed_for`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub depends_on_input: Vec<Depends>,
    /// Other forms of authorization by which an app may be allowed some of it, without a permission in its token. Then
    /// Graph is asked, and the run is not refused early.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_ways_for_apps: Vec<OtherWay>,
    /// Permissions that a connection lacks, if one was named and its token says what it carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lacking: Option<Vec<String>>,
}

/// An action, a trigger or a picklist whose permissions depend on its input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Depends {
    /// Id, such as `graph.get_record`.
    pub action: String,
    /// Permissions by input, as far as they are known without one.
    pub cases: &'static [ScopeCase],
}

impl Host {
    /// Returns the least permissions that these actions, triggers and picklists need together, with usual inputs, and
    /// those of them that a stored connection lacks. A name may be a pattern, such as `outlook.list_*`. For the
    /// permissions of a single input, use [`Host::needed_for`].
    ///
    /// # Errors
    /// `unknown_action` with the nearest name, or for a pattern that stands for nothing; `unknown_connection`.
    pub async fn needed(&self, names: &[impl AsRef<str>], connection: Option<&str>) -> Result<Needed> {
        let found = named(&self.0.registry, names)?;
        let of = |application: bool| -> Vec<ScopeAlternatives> {
            found.iter().filter_map(|it| it.spec.scopes.of_caller(application, false)).map(choice).collect()
        };
        let (user, app) = (of(false), of(true));
        let ids =
            |cannot: fn(&Spec) -> bool| found.iter().filter(|it| cannot(it.spec)).map(|it| it.id.clone()).collect();
        let by_input = |it: &&Named| it.spec.scopes_by_input || !it.spec.scope_cases.is_empty();
        Ok(Needed {
            delegated: least(user.clone()),
            shared: least(found.iter().map(|it| choice(it.spec.scopes.shared))),
            application: least(app.clone()),
            other_ways_for_apps: ways(&app),
            not_for_apps: ids(|spec| spec.scopes.application.is_none()),
            not_for_users: ids(|spec| spec.scopes.delegated.is_never()),
            depends_on_input: found
                .iter()
                .filter(by_input)
                .map(|it| Depends { action: it.id.clone(), cases: it.spec.scope_cases })
                .collect(),
            lacking: self.lacking(connection, &user, &app).await?,
        })
    }

    /// Returns the permissions that a connection lacks, if its token says what it carries.
    pub(crate) async fn lacking(
        &self,
        connection: Option<&str>,
        user: &[ScopeAlternatives],
        app: &[ScopeAlternatives],
    ) -> Result<Option<Vec<String>>> {
        let Some(connection) = connection else { return Ok(None) };
        let (granted, is_app) = self.known(connection).await?;
        Ok(granted.map(|granted| missing(if is_app { app } else { user }, &granted)))
    }

    /// Returns the scopes that a user's sign-in must request to do just this: the connector's minimum, and the least
    /// set for these actions, triggers and picklists, named as in [`Host::needed`]. They are meant for
    /// [`Settings::scopes`].
    ///
    /// Where the input alone decides, it is all that one of these may need. Of what a pattern stands for, what only an
    /// app can do and what depends on its input is left out. Somebody else's mailbox, calendar or folder may need more,
    /// see [`Needed::shared`], and so may some inputs, see [`Needed::depends_on_input`].
    ///
    /// # Errors
    /// `unknown_action` as there, and for an unknown connector; `invalid_input` (`/scopes`) when these settings sign
    /// nobody in, for an app has what an administrator grants, and when a user cannot do what is named at all.
    pub fn scopes_for(&self, connector: &str, settings: &Settings, names: &[impl AsRef<str>]) -> Result<Vec<String>> {
        let minimum = self.connections().permissions(connector, settings)?.minimum;
        let found = named(&self.0.registry, names)?;
        if !settings.method.asks_for_scopes() {
            let granted = least(found.iter().flat_map(|named| wanted(named, true))).join(", ");
            let error = Error::invalid("/scopes", "cannot be requested: only a user's sign-in names permissions");
            return Err(error.with_hint(format!(
                "An administrator of the tenant grants an app's permissions in the portal: {granted}."
            )));
        }
        if let Some(named) = found.iter().find(|named| !named.by_pattern && named.spec.scopes.delegated.is_never()) {
            return Err(Error::invalid("/scopes", format!("no user can do `{}`, only an app", named.id)));
        }
        let least = least(found.iter().flat_map(|named| wanted(named, false)));
        let beside: Vec<String> = minimum.into_iter().filter(|scope| !least.contains(scope)).collect();
        Ok(least.into_iter().chain(beside).collect())
    }

    /// Limits the settings to the scopes that these need ([`Host::scopes_for`]), beside the scopes that the settings
    /// name themselves. Without names they stay as they are.
    ///
    /// # Errors
    /// Those of [`Host::scopes_for`].
    pub fn only_for(&self, connector: &str, settings: Settings, names: &[impl AsRef<str>]) -> Result<Settings> {
        let own = settings.scopes.as_ref().map(ScopeNames::names).unwrap_or_default();
        self.asking(own, connector, settings, names)
    }

    /// Adds the scopes that these need ([`Host::scopes_for`]) to the settings: what was requested so far is requested
    /// again. Without names they stay as they are.
    ///
    /// # Errors
    /// Those of [`Host::scopes_for`].
    pub fn also_for(&self, connector: &str, settings: Settings, names: &[impl AsRef<str>]) -> Result<Settings> {
        let asked = self.connections().permissions(connector, &settings)?.asked.unwrap_or_default();
        self.asking(asked, connector, settings, names)
    }

    fn asking(
        &self,
        so_far: Vec<String>,
        connector: &str,
        mut settings: Settings,
        names: &[impl AsRef<str>],
    ) -> Result<Settings> {
        if !names.is_empty() {
            let needed = self.scopes_for(connector, &settings, names)?;
            settings.scopes = Some(ScopeNames::List(so_far.into_iter().chain(needed).collect()));
        }
        Ok(settings)
    }

    /// Returns the actions that a stored connection's permissions allow, for one input at least; `None` when its token
    /// does not say what it carries.
    ///
    /// # Errors
    /// `unknown_connection`.
    pub async fn allowed(&self, connection: &str) -> Result<Option<Vec<String>>> {
        let (Some(granted), is_app) = self.known(connection).await? else { return Ok(None) };
        let every = self
            .connectors()
            .flat_map(|connector| connector.actions.iter().map(move |action| (connector.name, action.spec())));
        Ok(Some(
            every
                .filter(|(_, spec)| allows(spec, &granted, is_app))
                .map(|(name, spec)| format!("{name}.{}", spec.name))
                .collect(),
        ))
    }

    // What a connection's token carries, where it says so, and whether it is an app's.
    async fn known(&self, connection: &str) -> Result<(Option<Granted>, bool)> {
        if self.connections().given().any(|name| name == connection) {
            let connected = self.0.connections.connect(connection).await?;
            return Ok((connected.tokens.granted().map(|granted| (*granted).clone()), connected.is_application()));
        }
        let granted = self.connections().show(connection).await?.granted.map(Granted::new);
        Ok((granted, self.connections().settings(connection).await?.1.is_application()))
    }

    /// Returns the actions and triggers of a connector that a user cannot run with these scopes, by their names without
    /// the connector's. What only an app can run is left out.
    ///
    /// # Errors
    /// `unknown_action` for an unknown connector.
    pub fn not_opened(&self, connector: &str, scopes: &[String]) -> Result<Vec<&'static str>> {
        let (connector, granted) = (self.connector(connector)?, Granted::new(scopes));
        let actions = connector.actions.iter().map(|action| action.spec());
        let all = actions.chain(connector.triggers.iter().map(|trigger| trigger.spec()));
        Ok(all
            .filter(|spec| !spec.scopes.delegated.is_never() && !allows(spec, &granted, false))
            .map(|spec| spec.name)
            .collect())
    }
}

// Whether some input may be done.
fn allows(spec: &Spec, granted: &Granted, application: bool) -> bool {
    if spec.scopes_by_input && spec.scope_cases.is_empty() {
        // Nobody knows before an input is there.
        return true;
    }
    spec.possible(application, false).iter().any(|set| set.iter().all(|any| any.is_met(granted)))
}

// What something takes with a usual input; where there is none, what any input takes.
fn wanted(named: &Named, application: bool) -> Vec<ScopeAlternatives> {
    let spec = named.spec;
    let usual = spec.scopes.of_caller(application, false).map(choice);
    let by_input = spec.scopes_by_input && !named.by_pattern;
    let cases = spec
        .scope_cases
        .iter()
        .filter(|_| by_input)
        .filter_map(|case| case.scopes.of_caller(application, false))
        .map(choice);
    usual.into_iter().chain(cases).collect()
}

/// Permissions of which any one suffices, the least first; several names in one text are needed together.
pub(crate) type ScopeAlternatives = Vec<String>;

pub(crate) fn choice(any: AnyOf) -> ScopeAlternatives {
    any.0.iter().filter(|name| !name.is_empty()).map(|name| (*name).to_owned()).collect()
}

/// Returns the other forms of authorization that may allow an app the same.
pub(crate) fn ways(wanted: &[ScopeAlternatives]) -> Vec<OtherWay> {
    let mut ways: Vec<OtherWay> = wanted.iter().flat_map(|any| OtherWay::for_apps(any)).collect();
    ways.sort_unstable();
    ways.dedup();
    ways
}

/// Returns the least set that satisfies all of them. One scope may serve several, so those that offer the fewest
/// choices choose first.
pub(crate) fn least(wanted: impl IntoIterator<Item = ScopeAlternatives>) -> Vec<String> {
    let mut wanted: Vec<ScopeAlternatives> = wanted.into_iter().filter(|any| !any.is_empty()).collect();
    wanted.sort_by_key(Vec::len);
    missing(&wanted, &Granted::default())
}

// The least of each that is neither granted nor chosen already.
fn missing(wanted: &[ScopeAlternatives], granted: &Granted) -> Vec<String> {
    let mut chosen: Vec<String> = Vec::new();
    let has = |granted: &Granted, any: &ScopeAlternatives| any.iter().any(|names| granted.has(names));
    for any in wanted {
        let Some(first) = any.first() else { continue };
        if !has(granted, any) && !has(&Granted::new(&chosen), any) {
            let more = first
                .split_ascii_whitespace()
                .filter(|name| !granted.has(name) && !chosen.iter().any(|known| known == name));
            let more: Vec<String> = more.map(str::to_owned).collect();
            chosen.extend(more);
        }
    }
    chosen.sort();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_scope_serves_several_actions() {
        let read = choice(AnyOf(&["Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"]));
        let write = choice(AnyOf(&["Mail.ReadWrite"]));
        assert_eq!(least([read.clone(), write]), ["Mail.ReadWrite"]);
        assert_eq!(least([read.clone(), choice(AnyOf(&["Mail.Send"]))]), ["Mail.ReadBasic", "Mail.Send"]);
        assert!(missing(&[read, choice(AnyOf::NONE)], &Granted::parse("Mail.Read")).is_empty());
        assert!(least([choice(AnyOf::NEVER)]).is_empty());
    }

    #[test]
    fn some_serve_together_only() {
        let both = choice(AnyOf(&["Mail.ReadWrite Mail.Send", "Mail.All"]));
        assert_eq!(least([both.clone()]), ["Mail.ReadWrite", "Mail.Send"]);
        assert_eq!(missing(std::slice::from_ref(&both), &Granted::parse("mail.send")), ["Mail.ReadWrite"]);
        assert!(missing(&[both], &Granted::parse("Mail.All")).is_empty());
    }
}
