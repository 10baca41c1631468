//! What the objects of the directory have in common: how they are printed, listed and searched.

use std::borrow::Cow;

use serde_json::Value;

use crate::graph::access;
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::odata::{Expand, Expr, Func, Op, Operand, Options, has_phrase, matches};
use crate::graph::reply::{Outcome, Reply};
use crate::graph::store::Entity;
use crate::graph::tenant::{Directory, ObjectKind, Tenant};
use crate::graph::types::{self, Type};
use crate::graph::view::{Paging, Source, View, list};

/// What Graph prints of a user without `$select`.
pub(crate) const USER_DEFAULTS: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];
/// What Graph prints of a group without `$select`.
pub(crate) const GROUP_DEFAULTS: &[&str] = &[
    "id",
    "deletedDateTime",
    "classification",
    "createdDateTime",
    "creationOptions",
    "description",
    "displayName",
    "expirationDateTime",
    "groupTypes",
    "isAssignableToRole",
    "mail",
    "mailEnabled",
    "mailNickname",
    "membershipRule",
    "membershipRuleProcessingState",
    "onPremisesDomainName",
    "onPremisesLastSyncDateTime",
    "onPremisesNetBiosName",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "preferredDataLocation",
    "preferredLanguage",
    "proxyAddresses",
    "renewedDateTime",
    "resourceBehaviorOptions",
    "resourceProvisioningOptions",
    "securityEnabled",
    "securityIdentifier",
    "theme",
    "visibility",
    "onPremisesProvisioningErrors",
];

pub(crate) const PAGING: Paging = Paging { page: 100, max: 999, natural: None };

/// How many members an `$expand` answers.
const EXPANDED: usize = 20;

/// What Graph prints of an object without `$select`; all that is stored if `None`.
pub(crate) fn defaults(kind: ObjectKind) -> Option<&'static [&'static str]> {
    match kind {
        ObjectKind::User => Some(USER_DEFAULTS),
        ObjectKind::Group => Some(GROUP_DEFAULTS),
        _ => None,
    }
}

/// Prints users and groups.
pub(crate) struct Objects<'t> {
    pub(crate) directory: &'t Directory,
    /// Whether to say which is which.
    pub(crate) mixed: bool,
}

impl Objects<'_> {
    fn nested(&self, keys: impl Iterator<Item = u64>, expand: &Expand) -> Result<Value, Fault> {
        let inner = Objects { directory: self.directory, mixed: true };
        let objects = keys.filter_map(|key| self.directory.any(key)).take(EXPANDED);
        objects.map(|(kind, entity)| inner.view(kind, &expand.options).inline(entity)).collect()
    }

    pub(crate) fn view<'a>(&'a self, kind: ObjectKind, options: &'a Options) -> View<'a> {
        let view = View::new(types::get(kind.type_name()), self, Service::Directory, options);
        match defaults(kind) {
            Some(names) => view.defaults(names),
            None => view,
        }
    }
}

impl Source for Objects<'_> {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        entity.text("id").into()
    }

    fn type_name(&self, entity: &Entity) -> Option<&'static str> {
        self.mixed.then(|| self.directory.kind(entity).odata_type())
    }

    fn actual(&self, entity: &Entity) -> Option<(&'static Type, Option<&'static [&'static str]>)> {
        let kind = self.directory.kind(entity);
        self.mixed.then(|| (types::get(kind.type_name()), defaults(kind)))
    }

    fn expand(&self, entity: &Entity, expand: &Expand) -> Result<Value, Fault> {
        let directory = self.directory;
        let key = entity.key;
        let linked = |links: &std::collections::HashMap<u64, std::collections::BTreeSet<u64>>| {
            links.get(&key).into_iter().flatten().copied().collect::<Vec<_>>().into_iter()
        };
        match expand.name.as_str() {
            "manager" => {
                let manager = directory.managers.get(&key).copied();
                let one = self.nested(manager.into_iter(), expand)?;
                Ok(one.get(0).cloned().unwrap_or(Value::Null))
            }
            "directReports" => self.nested(reports(directory, key).map(|user| user.key), expand),
            "members" => self.nested(linked(&directory.members), expand),
            "owners" => self.nested(linked(&directory.owners), expand),
            "extensions" => Ok(directory.extensions.get(&key).cloned().unwrap_or_default().into()),
            "memberOf" => self.nested(directory.containers_of(key).map(|it| it.key), expand),
            name => Err(Fault::unsupported(format!("Property '{name}' cannot be expanded."))),
        }
    }
}

/// Those whose manager somebody is.
pub(crate) fn reports(directory: &Directory, manager: u64) -> impl Iterator<Item = &Entity> {
    directory.users.iter().filter(move |user| directory.managers.get(&user.key) == Some(&manager))
}

/// Answers one object.
pub(crate) fn one(tenant: &Tenant, call: &Call<'_>, kind: ObjectKind, key: u64, status: u16) -> Outcome {
    let options = call.options(types::get(kind.type_name()))?;
    if kind == ObjectKind::User {
        check_basic(call, &options)?;
    }
    let entity = tenant.directory.object(kind, key).ok_or_else(|| Fault::resource(&key.to_string()))?;
    let source = Objects { directory: &tenant.directory, mixed: false };
    source.view(kind, &options).reply(call, status, kind.collection(), entity)
}

/// Answers a list of objects of one kind, or of both when `kind` is `None`.
pub(crate) fn many<'t>(
    tenant: &'t Tenant,
    call: &Call<'_>,
    kind: Option<ObjectKind>,
    context: &str,
    items: impl Iterator<Item = &'t Entity>,
) -> Outcome {
    let ty = types::get(kind.map_or("directoryObject", ObjectKind::type_name));
    let options = call.options(ty)?;
    check_query(call, &options)?;
    if context == "users" {
        check_basic(call, &options)?;
    }
    let source = Objects { directory: &tenant.directory, mixed: kind.is_none() };
    let clauses = options.search.as_deref().map(Clauses::parse).transpose()?;
    let found = |entity: &Entity| clauses.as_ref().is_none_or(|clauses| clauses.matches(entity));
    let view = match kind {
        Some(kind) => source.view(kind, &options),
        None => View::new(ty, &source, Service::Directory, &options).defaults(USER_DEFAULTS),
    };
    list(call, &view, &PAGING, &options, context, items, Some(&found))
}

/// The number of objects, as `…/$count` answers it.
pub(crate) fn count<'t>(call: &Call<'_>, ty: &str, items: impl Iterator<Item = &'t Entity>) -> Outcome {
    if !call.eventual() {
        return Err(needs_header("$count"));
    }
    let options = call.options(types::get(ty))?;
    let clauses = options.search.as_deref().map(Clauses::parse).transpose()?;
    let wanted = |entity: &&Entity| {
        options.filter.as_ref().is_none_or(|filter| matches(filter, &entity.fields))
            && clauses.as_ref().is_none_or(|clauses| clauses.matches(entity))
    };
    Ok(Reply::bytes(200, "text/plain", items.filter(wanted).count().to_string()))
}

fn needs_header(what: &str) -> Fault {
    Fault::unsupported(format!(
        "'{what}' is not supported because the 'ConsistencyLevel:eventual' header is missing. Refer to \
         https://aka.ms/graph-docs/advanced-queries for more information"
    ))
}

/// What everybody may see of a user; the rest takes more.
const BASIC: [&str; 7] = ["id", "displayName", "givenName", "mail", "photo", "surname", "userPrincipalName"];

/// Refuses to show or to look at more of users than the caller may see.
fn check_basic(call: &Call<'_>, options: &Options) -> Result<(), Fault> {
    let is_basic = |name: &str| BASIC.iter().any(|basic| basic.eq_ignore_ascii_case(name));
    let sorted = options.orderby.iter().filter_map(|order| order.path.first());
    let shown = options.select.iter().flatten().chain(sorted).all(|name| is_basic(name));
    let clauses = options.search.as_deref().and_then(|text| Clauses::parse(text).ok());
    let searched = clauses.iter().flat_map(|clauses| clauses.0.iter().flatten()).all(|(name, _)| is_basic(name));
    let filtered = options.filter.as_ref().is_none_or(|filter| compares_only(filter, &is_basic));
    if shown && searched && filtered && options.expand.is_empty() {
        return Ok(());
    }
    access::of("PROPERTIES", "users").check(call.caller, call.own)
}

/// Whether a filter looks at nothing but these properties.
fn compares_only(expr: &Expr, is_fine: &dyn Fn(&str) -> bool) -> bool {
    fn fine(operand: &Operand, is_fine: &dyn Fn(&str) -> bool) -> bool {
        match operand {
            Operand::Path { variable: None, steps, .. } => steps.first().is_none_or(|name| is_fine(name)),
            Operand::Count(inner) | Operand::Lower(inner) | Operand::Upper(inner) => fine(inner, is_fine),
            Operand::Path { .. } | Operand::Literal(_) => true,
        }
    }
    let fine = |operand: &Operand| fine(operand, is_fine);
    match expr {
        Expr::And(left, right) | Expr::Or(left, right) => compares_only(left, is_fine) && compares_only(right, is_fine),
        Expr::Not(inner) => compares_only(inner, is_fine),
        Expr::Compare(left, _, right) | Expr::Test(_, left, right) => fine(left) && fine(right),
        Expr::In(operand, _) | Expr::Truth(operand) | Expr::Any(operand, _) | Expr::All(operand, _) => fine(operand),
    }
}

/// Refuses what only the directory's index answers, unless the request says that it may lag behind.
fn check_query(call: &Call<'_>, options: &Options) -> Result<(), Fault> {
    if options.skip.is_some() {
        return Err(Fault::bad("'$skip' is not supported by the service."));
    }
    let eventual = call.eventual();
    if options.search.is_some() && !eventual {
        return Err(Fault::unsupported(
            "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
        ));
    }
    if options.count && !eventual {
        return Err(needs_header("$count"));
    }
    if let Some(filter) = &options.filter {
        if let Some(what) = advanced(filter) {
            if !eventual {
                return Err(needs_header(what));
            }
            if !options.count {
                return Err(Fault::unsupported(format!(
                    "Operator '{what}' is not supported because the required parameters might be missing. Try adding $count=true query \
                     parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information"
                )));
            }
        }
        if has_contains(filter) {
            return Err(Fault::unsupported("Unsupported Query."));
        }
        let sorted_too = !options.orderby.is_empty();
        if sorted_too && (!eventual || !options.count) {
            return Err(Fault::unsupported("Sorting not supported for current query."));
        }
    }
    let plain =
        |path: &[String]| matches!(path, [name] if matches!(name.as_str(), "displayName" | "userPrincipalName"));
    match options.orderby.iter().find(|order| !plain(&order.path)) {
        Some(order) if !eventual => {
            Err(Fault::unsupported(format!("Unsupported sort property '{}' for 'User'.", order.path.join("/"))))
        }
        _ => Ok(()),
    }
}

/// The first operator that needs an advanced query, if there is one.
fn advanced(expr: &Expr) -> Option<&'static str> {
    match expr {
        Expr::And(left, right) | Expr::Or(left, right) => advanced(left).or_else(|| advanced(right)),
        Expr::Not(_) => Some("not"),
        Expr::Compare(_, Op::Ne, _) => Some("ne"),
        Expr::Compare(Operand::Count(_), _, _) => Some("$count"),
        Expr::Test(Func::EndsWith, _, _) => Some("endsWith"),
        Expr::Any(_, body) => body.as_deref().and_then(advanced),
        Expr::All(_, _) => Some("all"),
        _ => None,
    }
}

fn has_contains(expr: &Expr) -> bool {
    match expr {
        Expr::And(left, right) | Expr::Or(left, right) => has_contains(left) || has_contains(right),
        Expr::Not(inner) | Expr::All(_, inner) | Expr::Any(_, Some(inner)) => has_contains(inner),
        Expr::Test(func, ..) => *func == Func::Contains,
        _ => false,
    }
}

/// `"displayName:ade" OR "mail:ade"`: any of groups of which all have to match.
struct Clauses(Vec<Vec<(String, String)>>);

impl Clauses {
    fn parse(text: &str) -> Result<Clauses, Fault> {
        let bad = || {
            Fault::unsupported(format!(
                "Invalid $search clause: '{text}'. Each clause has to be \"property:value\" in double quotes, joined by AND or OR."
            ))
        };
        let mut groups = vec![Vec::new()];
        let mut rest = text.trim();
        loop {
            let inner = rest.strip_prefix('"').ok_or_else(bad)?;
            let (clause, after) = inner.split_once('"').ok_or_else(bad)?;
            let (property, value) = clause.split_once(':').ok_or_else(bad)?;
            groups.last_mut().ok_or_else(bad)?.push((property.to_owned(), value.to_owned()));
            rest = after.trim_start();
            if let Some(more) = rest.strip_prefix("OR ") {
                groups.push(Vec::new());
                rest = more.trim_start();
            } else if let Some(more) = rest.strip_prefix("AND ") {
                rest = more.trim_start();
            } else if rest.is_empty() {
                return Ok(Clauses(groups));
            } else {
                return Err(bad());
            }
        }
    }

    fn matches(&self, entity: &Entity) -> bool {
        let holds = |(property, value): &(String, String)| match entity.fields.get(property) {
            Some(Value::String(text)) => has_phrase(text, value),
            Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).any(|text| has_phrase(text, value)),
            _ => false,
        };
        self.0.iter().any(|group| group.iter().all(holds))
    }
}
