//! Permissions that a run needs, from its input: the plan is made and its first requests are inspected. Nothing is
//! sent.

use connector_sdk::{
    Account, ChoiceQuery, Context, Error, FileMeta, Granted, Plan, Reference, Request, Result, Sent, Spec, Step,
    Subject, take_interval,
};
use serde_json::Value;

use crate::context::named_files;
use crate::host::Host;
use crate::scopes::{Needed, ScopeAlternatives, choice, least, ways};

/// Id of the user that a plan is made for where no user is known, when it is only inspected.
const SOMEBODY: &str = "00000000-0000-0000-0000-000000000000";

impl Host {
    /// Returns the least permissions that an action, a trigger or a picklist needs with this input, and those of them
    /// that a stored connection lacks. A plan declares all permissions that it is known to need before its first
    /// request, so that nothing is begun that cannot be ended. For a raw request, Microsoft's table is used, if it is
    /// on this machine.
    ///
    /// Whether the input is about who is signed in or about somebody else is known with a connection only; without one,
    /// whoever is named is somebody else.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name; `invalid_input` for an input that neither a user nor an app can give;
    /// `unknown_connection`.
    pub async fn needed_for(&self, id: &str, input: &Value, connection: Option<&str>) -> Result<Needed> {
        let known = match connection {
            Some(name) => Some(self.0.connections.connect(name).await?.who.clone()),
            None => None,
        };
        let user = match known.as_deref() {
            Some(Subject::User { names }) => Subject::User { names: names.clone() },
            _ => Subject::User { names: Vec::new() },
        };
        let app = match known.as_deref() {
            Some(Subject::App { user: Some(user) }) => Subject::App { user: Some(user.clone()) },
            _ => Subject::App { user: Some(SOMEBODY.to_owned()) },
        };
        let (user, app) = (self.planned(id, input, user), self.planned(id, input, app));
        let (user, app, not_for_users, not_for_apps) = match (user, app) {
            (Ok(user), Ok(app)) => (user, app, Vec::new(), Vec::new()),
            (Ok(user), Err(_)) => (user, Vec::new(), Vec::new(), vec![id.to_owned()]),
            (Err(_), Ok(app)) => (Vec::new(), app, vec![id.to_owned()], Vec::new()),
            (Err(error), Err(_)) => return Err(error),
        };
        Ok(Needed {
            lacking: self.lacking(connection, &user, &app).await?,
            delegated: least(user),
            other_ways_for_apps: ways(&app),
            application: least(app),
            not_for_users,
            not_for_apps,
            ..Needed::default()
        })
    }

    fn planned(&self, id: &str, input: &Value, who: Subject) -> Result<Vec<ScopeAlternatives>> {
        let mut files = Vec::new();
        named_files(input, &mut files);
        let meta = FileMeta::new(0);
        let application = matches!(who, Subject::App { .. });
        let cx = Context::new(who)
            .with_now((self.0.now)())
            .with_files(files.into_iter().map(|name| (name.to_owned(), meta.clone())))
            .with_reference(self.0.reference.clone());
        let reference = self.0.reference.as_deref();
        let registry = &self.0.registry;
        let unknown = match registry.action(id) {
            Ok(found) => {
                found.validator.check(input)?;
                return of(found.item.plan(input.clone(), &cx)?, found.item.spec(), application, reference);
            }
            Err(unknown) => unknown,
        };
        if let Ok(found) = registry.trigger(id) {
            found.validator.check(input)?;
            let mut input = input.clone();
            take_interval(&mut input);
            return of(found.item.poll(input, None, &cx)?, found.item.spec(), application, reference);
        }
        let found = registry.picklist(id).map_err(|_| unknown)?;
        found.validator.check(input)?;
        of(found.item.choices(input.clone(), ChoiceQuery::default(), &cx)?, found.item.spec(), application, reference)
    }
}

/// Returns whether a token is known to lack a permission that a plan needs before its first request.
pub(crate) fn lacks<T>(plan: &Plan<T>, spec: &Spec, granted: Option<&Granted>, application: bool) -> bool {
    let Some(granted) = granted else { return false };
    plan.step().requests().iter().any(|request| match request.requirements().required(&spec.scopes, application) {
        Ok(all) => all.iter().any(|any| !any.is_met(granted) && any.other_ways(granted, application).is_empty()),
        Err(_) => true,
    })
}

// What the first requests say. What comes before them needs no permission.
fn of<T>(
    mut plan: Plan<T>,
    spec: &Spec,
    application: bool,
    reference: Option<&dyn Reference>,
) -> Result<Vec<ScopeAlternatives>> {
    let requests = loop {
        plan = match plan.into_step() {
            Step::Done(_) | Step::Upload { .. } => return Ok(Vec::new()),
            Step::Fail(error) => return Err(error),
            Step::Call { request, .. } | Step::Download { request, .. } => break vec![*request],
            Step::All { requests, .. } => break requests,
            Step::Emit { then, .. } | Step::Wait { then, .. } => then.go(Ok(())),
            Step::Read { file, then, .. } => match file.inline()? {
                Some(content) => then.go(Ok(content)),
                // What is in an attached file is known when it is there; usual inputs need this.
                None => return Ok(spec.scopes.of_caller(application, false).map(choice).into_iter().collect()),
            },
            _ => return Err(Error::unsupported("a step of the plan")),
        };
    };
    let mut all: Vec<ScopeAlternatives> = Vec::new();
    for request in &requests {
        let required = request.requirements().required(&spec.scopes, application)?;
        let required: Vec<ScopeAlternatives> = match (required.is_empty() && spec.scopes_by_input, reference) {
            (true, Some(reference)) => by_table(request, reference, application)?.into_iter().collect(),
            _ => required.into_iter().map(choice).collect(),
        };
        for any in required {
            if !all.contains(&any) {
                all.push(any);
            }
        }
    }
    Ok(all)
}

// By Microsoft's table, where it is there and knows the request.
fn by_table(request: &Request, reference: &dyn Reference, application: bool) -> Result<Option<ScopeAlternatives>> {
    let account = if application { Account::App } else { Account::Work };
    let sent = Sent::of(request)?;
    let path = sent.url.split('?').next().unwrap_or_default();
    let Some(found) = reference.permissions(request.method.as_str(), path, account).ok().flatten() else {
        return Ok(None);
    };
    if found.all.is_empty() {
        let who = if application { "an app" } else { "a user" };
        return Err(Error::invalid("", format!("this cannot be done by {who}")));
    }
    Ok(Some(found.all))
}
