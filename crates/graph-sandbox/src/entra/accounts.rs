//! Who can sign in, and where.

use std::collections::BTreeSet;

use crate::Graph;

/// The tenant of every personal account.
pub const PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The object id.
    pub oid: String,
    /// The home tenant; [`PERSONAL_TENANT`] for a personal account.
    pub tid: String,
    /// The user principal name.
    pub user_principal_name: String,
    /// The name for people.
    pub display_name: String,
}

/// The personal account that every sandbox has.
pub const PERSONAL_ACCOUNT: &str = "robin.personal@outlook.com";

pub(crate) fn personal() -> Account {
    Account {
        oid: "00000000-0000-0000-0f5a-6b1c2d3e4f50".to_owned(),
        tid: PERSONAL_TENANT.to_owned(),
        user_principal_name: PERSONAL_ACCOUNT.to_owned(),
        display_name: "Robin (personal)".to_owned(),
    }
}

/// The first segment of a sign-in URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Authority {
    Common,
    Organizations,
    Consumers,
    Tenant(String),
}

impl Authority {
    /// Whether an account of this tenant signs in there.
    pub(crate) fn admits(&self, tid: &str) -> bool {
        match self {
            Authority::Common => true,
            Authority::Organizations => tid != PERSONAL_TENANT,
            Authority::Consumers => tid == PERSONAL_TENANT,
            Authority::Tenant(tenant) => tenant == tid,
        }
    }
}

/// The accounts: those of Graph's tenant, and more that only the sign-in service knows.
#[derive(Debug)]
pub(crate) struct Accounts {
    others: Vec<Account>,
}

impl Accounts {
    pub(crate) fn seeded() -> Accounts {
        Accounts { others: vec![personal()] }
    }

    pub(crate) fn add(&mut self, account: Account) {
        self.others.retain(|known| known.oid != account.oid);
        self.others.push(account);
    }

    pub(crate) fn others(&self) -> &[Account] {
        &self.others
    }

    /// The account of this name or object id.
    pub(crate) fn find(&self, graph: &Graph, name: &str) -> Option<Account> {
        let is = |account: &&Account| account.oid == name || account.user_principal_name.eq_ignore_ascii_case(name);
        self.others.iter().find(is).cloned().or_else(|| {
            graph.user_by_name(name).map(|card| Account {
                oid: card.id,
                tid: graph.tenant_id().to_owned(),
                user_principal_name: card.user_principal_name,
                display_name: card.display_name,
            })
        })
    }

    /// The authority that a URL's first segment names: an alias, a tenant id or a verified domain.
    /// `domains` are those of Graph's tenant.
    pub(crate) fn authority(&self, graph: &Graph, domains: &BTreeSet<String>, segment: &str) -> Option<Authority> {
        let name = segment.to_ascii_lowercase();
        Some(match name.as_str() {
            "common" => Authority::Common,
            "organizations" => Authority::Organizations,
            "consumers" | PERSONAL_TENANT => Authority::Consumers,
            id if id == graph.tenant_id() || domains.contains(id) => Authority::Tenant(graph.tenant_id().to_owned()),
            other => {
                let account =
                    self.others.iter().find(|account| account.tid == other || account.domain() == Some(other))?;
                (account.tid != PERSONAL_TENANT).then(|| Authority::Tenant(account.tid.clone()))?
            }
        })
    }
}

impl Account {
    fn domain(&self) -> Option<&str> {
        self.user_principal_name.rsplit_once('@').map(|(_, domain)| domain)
    }
}
