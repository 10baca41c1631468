//! Delta queries.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::items::{Items, preferences};
use super::objects::Objects;
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::feeds::Disturbance;
use crate::graph::odata::{Expr, Op, Operand, Options, RawQuery, matches};
use crate::graph::reply::{Outcome, Reply};
use crate::graph::store::{Change, DeltaToken, Round, Set, Stage, What, round};
use crate::graph::tenant::{ObjectKind, Tenant};
use crate::graph::types;
use crate::graph::view::{Object, View, selected};

/// A delta request: where it stands, and the options of the query's first request.
pub(super) struct Delta {
    token: DeltaToken,
    disturbance: Disturbance,
    pub(super) query: RawQuery,
    pub(super) options: Options,
}

impl Delta {
    /// Reads the token, or begins a query.
    ///
    /// # Errors
    /// 410 for a token that is not known any more; what the options are refused for.
    pub(super) fn begin(tenant: &Tenant, call: &Call<'_>, set: &Set, ty: &'static types::Type) -> Result<Delta, Fault> {
        let given = call.options(ty)?;
        let disturbance = tenant.disturbed.draw();
        let text = given.skiptoken.as_deref().or(given.deltatoken.as_deref());
        // Drives spell it without the dollar sign and know but one kind.
        let text = text.or_else(|| call.query.get("token").filter(|_| call.service == Service::Drive));
        let Some(text) = text else {
            let stage = Stage::All { since: set.log.now(), after: None };
            let path = call.path.to_owned();
            let query = call.query.without_tokens();
            let token = DeltaToken { epoch: tenant.epoch, path, query, page: call.max_page_size(), stage, turn: 0 };
            return Ok(Delta { token, disturbance, query: call.query.clone(), options: given });
        };
        if text == "latest" && call.service != Service::Outlook {
            let now = set.log.now();
            let query = call.query.without_tokens();
            let stage = Stage::Changes { since: now, origin: now, before: now };
            let token = DeltaToken {
                epoch: tenant.epoch,
                path: call.path.to_owned(),
                query,
                page: call.max_page_size(),
                stage,
                turn: 0,
            };
            return Ok(Delta { token, disturbance, query: call.query.clone(), options: given });
        }
        let token = DeltaToken::decode(text)
            .filter(|token| token.epoch == tenant.epoch && token.path.eq_ignore_ascii_case(call.path));
        let Some(mut token) = token else { return Err(gone(call)) };
        // A page size may be asked for anew each time.
        token.page = call.max_page_size().or(token.page);
        let query = RawQuery::parse(Some(token.query.trim_start_matches('?')));
        let options = Options::parse(&query, ty, call.service)?;
        Ok(Delta { token, disturbance, query, options })
    }

    pub(super) fn page(&self, default: usize, most: usize) -> usize {
        let page = self.token.page.or(self.options.top).unwrap_or(default).clamp(1, most);
        self.disturbance.page.map_or(page, |short| page.min(short))
    }

    pub(super) fn stage(&self) -> Stage {
        self.token.stage
    }

    /// Prints the answer. `print` prints one change as a JSON object.
    pub(super) fn reply<'t>(
        mut self,
        call: &Call<'_>,
        context: &str,
        mut round: Round<'t>,
        mut print: impl FnMut(&mut Vec<u8>, &Change<'t>, Option<usize>) -> Result<(), Fault>,
    ) -> Outcome {
        let mut out = Vec::with_capacity(8 * 1024);
        let mut object = Object::open(&mut out);
        object
            .text("@odata.context", &format!("{}{}", call.context(context), selected(self.options.select.as_deref())));
        self.disturbance.settle(&mut round);
        self.token.stage = round.stage;
        self.token.turn += 1;
        let token = self.token.encode();
        let (link, option) =
            if round.done { ("@odata.deltaLink", "$deltatoken") } else { ("@odata.nextLink", "$skiptoken") };
        let option = if call.service == Service::Drive { "token" } else { option };
        object.text(link, &format!("{}?{option}={token}", call.url()));
        object.key("value");
        object.out.push(b'[');
        let mut items = Vec::with_capacity(round.changes.len());
        for (i, change) in round.changes.iter().enumerate() {
            if i > 0 {
                object.out.push(b',');
            }
            let from = object.out.len();
            print(object.out, change, round.since)?;
            self.disturbance.cut(object.out, from, change, round.since);
            items.push((from, object.out.len()));
        }
        self.disturbance.repeat(object.out, &items);
        object.out.push(b']');
        object.close();
        Ok(Reply::json(200, out))
    }
}

fn gone(call: &Call<'_>) -> Fault {
    let fresh = call.url();
    match call.service {
        Service::Outlook | Service::Teams => Fault::new(
            410,
            "SyncStateNotFound",
            "The sync state generation is not found; generation expired or invalid.",
        ),
        Service::Directory | Service::Intune | Service::General => Fault::new(
            410,
            "syncStateNotFound",
            "The delta token is no longer valid. The application must perform a full synchronization.",
        )
        .location(format!("{fresh}?$skiptoken=")),
        Service::Drive => Fault::new(
            410,
            "resyncRequired",
            "Resync required. Replace any local items with the server's version (including deletes).",
        )
        .location(fresh),
    }
}

/// `/users/delta`, `/groups/delta` and those of the other objects of the directory.
pub(super) fn directory(tenant: &mut Tenant, call: &Call<'_>, kind: ObjectKind) -> Outcome {
    let tenant = &*tenant;
    let ty = types::get(kind.type_name());
    // A fresh start as the `Location` of a 410 words it.
    if call.query.get("$skiptoken") == Some("") {
        let query = RawQuery::parse(None);
        let call = Call { query, params: Vec::new(), ..*call };
        return directory_round(tenant, &call, kind, ty);
    }
    directory_round(tenant, call, kind, ty)
}

fn directory_round(tenant: &Tenant, call: &Call<'_>, kind: ObjectKind, ty: &'static types::Type) -> Outcome {
    let set = tenant.directory.set(kind);
    let delta = Delta::begin(tenant, call, set, ty)?;
    if delta.options.orderby.iter().len() > 0 || delta.options.search.is_some() || !delta.options.expand.is_empty() {
        return Err(Fault::unsupported("This query option is not supported in a delta query."));
    }
    let ids = delta
        .options
        .filter
        .as_ref()
        .map(|filter| {
            by_id(filter).ok_or_else(|| Fault::unsupported("Only filtering by id is supported in a delta query."))
        })
        .transpose()?;
    let id_of = |key: u64| tenant.directory.id_of(kind, key);
    let keep = |change: &Change<'_>| {
        let key = match change {
            Change::Present { entity, .. } => entity.key,
            Change::Gone { key, .. } => *key,
        };
        ids.as_ref().is_none_or(|ids| ids.contains(&id_of(key)))
    };
    let page = delta.page(100, 999);
    let round = round(set, None, delta.stage(), page, &keep);
    let options = delta.options.clone();
    let source = Objects { directory: &tenant.directory, mixed: false };
    let mut view = source.view(kind, &options);
    // Relations are answered as annotations of their own.
    let plain: Option<Vec<String>> = options.select.as_ref().map(|names| {
        let relation = |name: &str| matches!(name, "members" | "owners" | "manager" | "id");
        names.iter().filter(|name| !relation(name)).cloned().chain(["id".to_owned()]).collect()
    });
    view.select = plain.as_deref();
    let with_members = kind == ObjectKind::Group
        && options.select.as_ref().is_none_or(|names| names.iter().any(|name| name == "members"));
    let context = kind.collection();
    delta.reply(call, context, round, |out, change, since| match change {
        Change::Present { entity, .. } => {
            view.write(out, entity, &[])?;
            if with_members {
                let members = match since {
                    None => tenant
                        .directory
                        .members
                        .get(&entity.key)
                        .into_iter()
                        .flatten()
                        .map(|key| (*key, true))
                        .collect(),
                    Some(since) => member_changes(set, entity.key, since),
                };
                if !members.is_empty() {
                    append_members(out, tenant, members);
                }
            }
            Ok(())
        }
        Change::Gone { key, soft, .. } => {
            let reason = if *soft { "changed" } else { "deleted" };
            out.extend_from_slice(
                json!({ "id": id_of(*key), "@removed": { "reason": reason } }).to_string().as_bytes(),
            );
            Ok(())
        }
    })
}

/// The members that came (`true`) or went since then; only the last of several changes counts.
fn member_changes(set: &Set, group: u64, since: usize) -> BTreeMap<u64, bool> {
    let mut out = BTreeMap::new();
    for (_, entry) in set.log.since(since).filter(|(_, entry)| entry.key == group) {
        match entry.what {
            What::Linked(member) => out.insert(member, true),
            What::Unlinked(member) => out.insert(member, false),
            _ => None,
        };
    }
    out
}

fn append_members(out: &mut Vec<u8>, tenant: &Tenant, members: BTreeMap<u64, bool>) {
    let one = |(key, added): (u64, bool)| {
        let (kind, id) = match tenant.directory.any(key) {
            Some((kind, entity)) => (kind, entity.text("id").to_owned()),
            None => (
                ObjectKind::User,
                tenant.directory.deleted.get(key).map(|entity| entity.text("id").to_owned()).unwrap_or_default(),
            ),
        };
        let mut member = json!({ "@odata.type": kind.odata_type(), "id": id });
        if !added {
            member["@removed"] = json!({ "reason": "deleted" });
        }
        member
    };
    let members: Vec<Value> = members.into_iter().map(one).collect();
    out.pop();
    out.extend_from_slice(b",\"members@delta\":");
    out.extend_from_slice(Value::from(members).to_string().as_bytes());
    out.push(b'}');
}

/// The ids of `id eq 'a' or id eq 'b'`.
fn by_id(filter: &Expr) -> Option<Vec<String>> {
    match filter {
        Expr::Or(left, right) => Some([by_id(left)?, by_id(right)?].concat()),
        Expr::Compare(
            Operand::Path { steps, .. },
            Op::Eq,
            Operand::Literal(crate::graph::odata::Literal::Text(id)),
        ) if steps == &["id"] => Some(vec![id.clone()]),
        _ => None,
    }
}

/// `/mailFolders/{folder}/messages/delta`.
pub(super) fn messages(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let tenant = &*tenant;
    let mailbox = tenant.mailbox(call.owner)?;
    let folder = mailbox.folder(call.param("folder"))?;
    let ty = types::get("message");
    let delta = Delta::begin(tenant, call, &mailbox.messages, ty)?;
    let options = delta.options.clone();
    if options.search.is_some() {
        return Err(Fault::query(call.service, "The query parameter '$search' is not supported in change tracking."));
    }
    let received_first = |order: &crate::graph::odata::OrderBy| order.path == ["receivedDateTime"] && order.descending;
    if !options.orderby.iter().all(received_first) {
        return Err(Fault::new(
            400,
            "ErrorInvalidUrlQuery",
            "Change tracking supports only $orderby=receivedDateTime desc.",
        ));
    }
    if options.filter.as_ref().is_some_and(|filter| !by_received(filter)) {
        return Err(Fault::new(
            400,
            "ErrorInvalidUrlQuery",
            "Change tracking supports only a $filter on receivedDateTime with ge or gt.",
        ));
    }
    let wanted = delta.query.get("changeType").map(str::to_ascii_lowercase);
    if wanted.as_deref().is_some_and(|kind| !matches!(kind, "created" | "updated" | "deleted")) {
        return Err(Fault::new(400, "ErrorInvalidUrlQuery", "The changeType has to be created, updated or deleted."));
    }
    let keep = |change: &Change<'_>| match change {
        Change::Present { entity, created } => {
            let kind = if *created { "created" } else { "updated" };
            wanted.as_deref().is_none_or(|wanted| wanted == kind)
                && options.filter.as_ref().is_none_or(|filter| matches(filter, &entity.fields))
        }
        Change::Gone { .. } => wanted.as_deref().is_none_or(|wanted| wanted == "deleted"),
    };
    let round = round(&mailbox.messages, Some(folder), delta.stage(), delta.page(10, 1000), &keep);
    let source = Items::mail(mailbox, call, &options)?;
    let view = View::new(ty, &source, Service::Outlook, &options);
    let context = "Collection(message)";
    let reply = delta.reply(call, context, round, |out, change, _| match change {
        Change::Present { entity, .. } => view.write(out, entity, &[]),
        Change::Gone { key, parent, .. } => {
            let id = mailbox.gone_id(*parent, *key, call.ids());
            out.extend_from_slice(json!({ "id": id, "@removed": { "reason": "deleted" } }).to_string().as_bytes());
            Ok(())
        }
    })?;
    Ok(preferences(call, reply))
}

fn by_received(filter: &Expr) -> bool {
    let received = |operand: &Operand| matches!(operand, Operand::Path { steps, .. } if steps == &["receivedDateTime"]);
    matches!(filter, Expr::Compare(left, Op::Ge | Op::Gt, _) if received(left))
}
