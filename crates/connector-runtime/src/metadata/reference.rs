//! Answers to questions about Graph from the description.

use connector_sdk::{Account, ApiVersion, Error, Granted, Reference, Result, Sent, Subject, Sufficient};
use graph_metadata::{Asked, Finding, Kind, Permission, Scheme, Table, check, implies};

use serde_json::{Map, Value};

use super::Metadata;

/// Maximum number of permissions that a warning names.
const NAMED: usize = 4;

impl Reference for Metadata {
    fn permissions(&self, method: &str, path: &str, account: Account) -> Result<Option<Sufficient>> {
        let table = self.table()?;
        let path = below(path);
        let Some(row) = table.row(method, &path) else {
            return match self.wrong(method, &path) {
                None => Ok(None),
                Some(Finding { kind: Kind::Method, message, .. }) => Err(Error::invalid("/method", message)),
                Some(finding) => Err(Error::invalid("/path", finding.message)),
            };
        };
        let all = table.permissions(row, scheme(account)?);
        let least =
            all.iter().filter(|permission| permission.least).map(|permission| permission.name.to_owned()).collect();
        Ok(Some(Sufficient::new(least, all.iter().map(|permission| permission.name.to_owned()).collect())))
    }

    fn properties(&self, entity: &str) -> Option<Map<String, Value>> {
        self.model().ok()?.json_schema(entity)
    }

    fn doubts(&self, sent: &Sent, who: &Subject, granted: Option<&Granted>) -> Vec<String> {
        // A link of Graph's own is beyond doubt.
        if sent.url.contains("://") {
            return Vec::new();
        }
        let findings = self.findings(sent);
        let leads_nowhere = findings.iter().any(|finding| finding.kind == Kind::Path);
        let mut all: Vec<String> = findings.into_iter().map(|it| sentence(&it)).collect();
        if let (false, Some(granted), Ok(table)) = (leads_nowhere, granted, self.table()) {
            all.extend(lacking(&table, sent, who, granted));
        }
        all
    }
}

impl Metadata {
    // What is wrong with a path or its method, where the types are there.
    fn wrong(&self, method: &str, path: &str) -> Option<Finding> {
        let model = self.model().ok()?;
        let asked = Asked { method, url: path, headers: &Default::default(), body: None };
        check(&model, asked).into_iter().find(|finding| matches!(finding.kind, Kind::Path | Kind::Method))
    }

    // The metadata describes version 1.0 alone.
    fn findings(&self, sent: &Sent) -> Vec<Finding> {
        let (None | Some(ApiVersion::V1), Ok(model)) = (sent.version, self.model()) else { return Vec::new() };
        let body = sent.body.as_ref().filter(|body| body.is_object());
        let asked = Asked { method: sent.method.as_str(), url: &sent.url, headers: &sent.headers, body };
        let mut findings = check(&model, asked);
        // The metadata says nothing about methods that neither read nor change.
        if matches!(sent.method.as_str(), "HEAD" | "OPTIONS") {
            findings.retain(|finding| finding.kind == Kind::Path);
        }
        findings
    }
}

fn lacking(table: &Table, sent: &Sent, who: &Subject, granted: &Granted) -> Option<String> {
    let row = table.row(sent.method.as_str(), &sent.url)?;
    let is_app = matches!(who, Subject::App { .. });
    // Nobody knows which kind of account a user has.
    let schemes: &[Scheme] =
        if is_app { &[Scheme::Application] } else { &[Scheme::DelegatedWork, Scheme::DelegatedPersonal] };
    let all: Vec<Permission<'_>> = schemes.iter().flat_map(|scheme| table.permissions(row, *scheme)).collect();
    if all.is_empty() {
        let (not, but) = if is_app { ("an app", "a user") } else { ("a user", "an app") };
        return Some(format!(
            "By Microsoft's table of permissions {not} cannot do this; it takes a connection that signs in {but}."
        ));
    }
    // The table often names the least permission alone, though those that include it suffice too.
    let suffices =
        |name: &str| granted.has(name) || table.names().any(|other| granted.has(other) && implies(other, name));
    if all.iter().any(|permission| suffices(permission.name)) {
        return None;
    }
    let mut names: Vec<&str> = Vec::new();
    for permission in all.iter().filter(|it| it.least).chain(&all) {
        if names.len() < NAMED && !names.contains(&permission.name) {
            names.push(permission.name);
        }
    }
    Some(format!(
        "By Microsoft's table of permissions this takes `{}`; the connection has none of them.",
        names.join("` or `")
    ))
}

fn scheme(account: Account) -> Result<Scheme> {
    Ok(match account {
        Account::Work => Scheme::DelegatedWork,
        Account::Personal => Scheme::DelegatedPersonal,
        Account::App => Scheme::Application,
        _ => return Err(Error::unsupported("a kind of account")),
    })
}

fn sentence(finding: &Finding) -> String {
    let end = if finding.message.ends_with(['.', '?']) { "" } else { "." };
    format!("Microsoft's metadata contradicts `{}`: {}{end}", finding.pointer, finding.message)
}

// The path below the API version, of whatever somebody copied from somewhere.
fn below(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default().trim();
    let path = match path.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => path,
    };
    let path = path.trim_matches('/');
    let path = ["v1.0/", "beta/"].iter().find_map(|version| path.strip_prefix(version)).unwrap_or(path);
    format!("/{path}")
}
