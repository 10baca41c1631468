//! Declared permissions: whether they suffice, and whether the least stands first.

use std::collections::BTreeMap;

use connector_sdk::{AnyOf, Connector, Spec};
use graph_metadata::{Model, Permission, Scheme, Table, implies};

use super::finding;
use super::report::Finding;
use super::requests::{Made, path};

/// Holds the permissions of everything against those of its requests.
pub fn check(table: &Table, connectors: &[Connector], sent: &[Made], model: &Model) -> Vec<(String, Vec<Finding>)> {
    let mut all = Vec::new();
    for connector in connectors {
        let actions = connector.actions.iter().map(|it| ("actions", it.spec()));
        let triggers = connector.triggers.iter().map(|it| ("triggers", it.spec()));
        let picklists = connector.picklists.iter().map(|it| ("picklists", it.spec()));
        for (kind, spec) in actions.chain(triggers).chain(picklists) {
            let is_its =
                |made: &&Made| made.connector == connector.name && made.kind == kind && made.spec.name == spec.name;
            let made: Vec<&Made> = sent.iter().filter(is_its).collect();
            let file = format!("schemas/{}/{kind}/{}.json", connector.name, spec.name);
            all.push((connector.name.to_owned(), of_card(table, model, file, spec, &made)));
        }
    }
    all
}

const NEEDS: &str = "needs";

// A group of permissions of which one must be granted, and where it stands in the card.
struct Group {
    place: &'static str,
    any: AnyOf,
}

fn of_card(table: &Table, model: &Model, file: String, spec: &Spec, made: &[&Made]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let all = std::iter::once(&spec.scopes).chain(spec.scope_cases.iter().map(|case| &case.scopes));
    let declared = all.flat_map(|scopes| [scopes.delegated, scopes.shared].into_iter().chain(scopes.application));
    for name in declared.flat_map(|any| any.names()).filter(|name| !table.knows(name)) {
        let hint = connector_sdk::nearest(name, table.names()).map(|known| format!("; did you mean `{known}`?"));
        findings.push(finding(
            &file,
            "/scopes",
            format!("there is no permission `{name}`{}", hint.unwrap_or_default()),
        ));
    }
    for scheme in [Scheme::DelegatedWork, Scheme::Application] {
        // By group: whether its first is the least for a request that needs nothing else, and what would be.
        let mut firsts: BTreeMap<(&str, &[&str]), (bool, String)> = BTreeMap::new();
        for made in made {
            let Some(url) = path(&made.sent) else { continue };
            let url = url.split_once('?').map_or(url, |(url, _)| url);
            let url = if scheme == Scheme::Application { as_app(url) } else { url.to_owned() };
            let method = made.sent.method.as_str();
            // `/$batch` needs what its parts need, and what the metadata does not know, the table does not either.
            if url == "/$batch" || model.resolve(&url).is_err() {
                continue;
            }
            let groups = groups(spec, made, scheme);
            // An action that an app cannot do has no row for apps, and one that a user cannot do none for users.
            if groups.is_empty() {
                continue;
            }
            let Some(row) = table.row(method, &url) else {
                findings.push(finding(
                    &file,
                    "/scopes",
                    format!("the table has no row for {method} {}", canonical(model, &url)),
                ));
                continue;
            };
            let row = table.permissions(row, scheme);
            let judged = Judged { table, file: &file, what: format!("{method} {}", canonical(model, &url)), scheme };
            judge(judged, &groups, &row, &mut firsts, &mut findings);
        }
        for ((place, any), (least, wanted)) in firsts {
            if !least {
                let first = any.first().copied().unwrap_or_default();
                findings.push(finding(
                    &file,
                    &format!("/scopes/{place}/0"),
                    format!("`{first}` stands first, and the least privileged is {wanted}"),
                ));
            }
        }
    }
    findings.sort();
    findings.dedup();
    findings
}

fn groups(spec: &Spec, made: &Made, scheme: Scheme) -> Vec<Group> {
    let (application, shared) = (scheme == Scheme::Application, made.sent.shared);
    let own = made.sent.under.unwrap_or(spec.scopes);
    let place = match (application, shared && !own.shared.0.is_empty()) {
        (true, _) => "application",
        (false, true) => "shared",
        (false, false) => "delegated",
    };
    let Some(base) = own.of_caller(application, shared) else { return Vec::new() };
    let needs = made.sent.needs.iter().filter_map(|scopes| scopes.of_caller(application, shared));
    let needs = needs.map(|any| Group { place: NEEDS, any });
    std::iter::once(Group { place, any: base }).chain(needs).filter(|group| !group.any.0.is_empty()).collect()
}

/// A request, as the table knows it.
struct Judged<'a> {
    table: &'a Table,
    file: &'a str,
    what: String,
    scheme: Scheme,
}

fn judge<'g>(
    Judged { table, file, what, scheme }: Judged<'_>,
    groups: &[Group],
    row: &[Permission<'_>],
    firsts: &mut BTreeMap<(&'g str, &'g [&'g str]), (bool, String)>,
    findings: &mut Vec<Finding>,
) {
    let word = if scheme == Scheme::Application { "an app" } else { "a user" };
    if row.is_empty() {
        findings.push(finding(file, "/scopes", format!("the table has no permission with which {word} may {what}")));
        return;
    }
    let one = |name: &str| {
        row.iter().any(|known| known.name == name || known.name == own(name) || implies(own(name), known.name))
    };
    // Of what is needed together, one is for this request at least; the others are for those beside it.
    let suffices = |names: &&&str| names.split(' ').any(one);
    let listed =
        |all: &[Permission<'_>]| all.iter().take(4).map(|it| format!("`{}`", it.name)).collect::<Vec<_>>().join(", ");
    let Some(group) = groups.iter().find(|group| group.any.0.iter().all(|name| suffices(&name))) else {
        // The group that comes closest is the one that was meant.
        let meant = groups.iter().max_by_key(|group| group.any.0.iter().filter(|name| suffices(name)).count());
        if let Some(meant) = meant
            && let Some(wrong) = meant.any.0.iter().find(|name| !suffices(name))
        {
            findings.push(finding(
                file,
                &format!("/scopes/{}", meant.place),
                format!("`{wrong}` does not suffice for {what}; {} do", listed(row)),
            ));
        }
        return;
    };
    // Where a request needs more than its action, the action's own permissions are not about it.
    let first = group.any.0.first().copied().unwrap_or_default();
    let first = first.split(' ').find(|name| one(name)).map(own).unwrap_or_default();
    let least: Vec<Permission<'_>> = row.iter().filter(|it| it.least).cloned().collect();
    // Not every permission exists for what others shared.
    let smaller =
        |it: &Permission<'_>| implies(first, own(it.name)) && table.knows(&format!("{}.Shared", own(it.name)));
    let is_least = match group.place {
        NEEDS => true,
        "shared" => !least.iter().any(|it| own(it.name) != first && smaller(it)),
        _ => least.is_empty() || least.iter().any(|it| own(it.name) == first),
    };
    let known = firsts.entry((group.place, group.any.0)).or_insert_with(|| (false, listed(&least)));
    known.0 |= is_least;
}

// A permission for what others shared needs the same right as the plain one.
fn own(name: &str) -> &str {
    name.strip_suffix(".Shared").unwrap_or(name)
}

// An app has no `/me`.
fn as_app(url: &str) -> String {
    match url.strip_prefix("/me") {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/users/id{rest}"),
        _ => url.to_owned(),
    }
}

fn canonical(model: &Model, url: &str) -> String {
    model.resolve(url).map(|target| target.canonical).unwrap_or_else(|_| url.to_owned())
}
