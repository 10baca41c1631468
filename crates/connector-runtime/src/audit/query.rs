//! What is looked for in the audit log, as interfaces are asked for it.

use connector_sdk::{Error, Issue, Result, nearest};

use crate::principal::PrincipalId;
use crate::store::{AuditFilter, AuditKind};

/// Name of the owner, whose id is empty.
const OWNER: &str = "owner";

/// Entries of the audit log that are looked for, in texts as somebody writes them.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// Id of the principal; `owner` for the owner.
    pub principal: Option<String>,
    /// Name of the kind of entries.
    pub kind: Option<String>,
    /// Id of the action.
    pub action: Option<String>,
    /// Id of the connection.
    pub connection: Option<String>,
    /// Whether the entry has no end.
    pub is_open: bool,
}

impl AuditQuery {
    /// Returns the filter.
    ///
    /// ```
    /// use connector_runtime::AuditQuery;
    ///
    /// let query = AuditQuery { kind: Some("runs".into()), ..AuditQuery::default() };
    /// assert!(query.filter().unwrap_err().violations()[0].message.contains("did you mean `run`"));
    /// ```
    ///
    /// # Errors
    /// `invalid_input` with each part that cannot be: `/principal`, `/kind`.
    pub fn filter(self) -> Result<AuditFilter> {
        let mut issues = Vec::new();
        let principals = self.principal.and_then(|id| match &*id {
            OWNER => Some(vec![PrincipalId::owner()]),
            _ => match PrincipalId::new(id) {
                Ok(id) => Some(vec![id]),
                Err(_) => {
                    let message = "is no id of a key: 1 to 64 lower-case letters, digits and hyphens, or `owner`";
                    issues.push(Issue::new("/principal", message));
                    None
                }
            },
        });
        let kind = self.kind.and_then(|name| {
            let found = AuditKind::ALL.iter().copied().find(|kind| kind.name() == name);
            if found.is_none() {
                issues.push(Issue::new("/kind", no_kind(&name)));
            }
            found
        });
        if !issues.is_empty() {
            return Err(Error::issues(issues));
        }
        let (action, connection) = (self.action, self.connection);
        Ok(AuditFilter { principals, kind, action, connection, is_open: self.is_open })
    }
}

fn no_kind(name: &str) -> String {
    let names = AuditKind::ALL.iter().map(|kind| kind.name());
    match nearest(name, names.clone()) {
        Some(near) => format!("is no kind of entries; did you mean `{near}`?"),
        None => format!("is none of {}", names.collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_make_a_filter() {
        let query = AuditQuery { principal: Some("owner".into()), kind: Some("run".into()), ..AuditQuery::default() };
        let filter = query.filter().unwrap();
        assert_eq!((filter.principals, filter.kind), (Some(vec![PrincipalId::owner()]), Some(AuditKind::Run)));
        let bad = AuditQuery { principal: Some("A b".into()), kind: Some("zzz".into()), ..AuditQuery::default() };
        let error = bad.filter().unwrap_err();
        let pointers: Vec<&str> = error.violations().iter().map(|issue| &*issue.pointer).collect();
        assert_eq!(pointers, ["/principal", "/kind"]);
    }
}
