//! Identities of signed-in users and apps.

use connector_sdk::{Code, Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::authority::PERSONAL_TENANT;

/// Identity of a signed-in user or app: an object of a tenant.
///
/// Only `tid` and `oid` identify; names and addresses change, and can be chosen by others; see
/// [claims validation](https://learn.microsoft.com/en-us/entra/identity-platform/claims-validation).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Id of the tenant. For a provider that is not Entra: its issuer.
    pub tid: String,
    /// Object id of the user, or of the app's service principal. For a provider that is not Entra: the subject.
    pub oid: String,
    /// User principal name or address, for display only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Display name, for display only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Identity {
    /// Returns whether it is a personal account.
    pub fn is_personal(&self) -> bool {
        self.tid.eq_ignore_ascii_case(PERSONAL_TENANT)
    }

    /// Returns whether both are the same object of the same tenant.
    pub fn is_same(&self, other: &Identity) -> bool {
        same(&self.tid, &other.tid) && same(&self.oid, &other.oid)
    }

    /// Returns an error if it is another tenant or user than the connection had `before`.
    ///
    /// # Errors
    /// `conflict`, which whoever reconnects may overrule by confirming.
    pub fn must_be(&self, before: &Identity) -> Result<()> {
        let what = match (same(&self.tid, &before.tid), same(&self.oid, &before.oid)) {
            (true, true) => return Ok(()),
            (false, _) => "another tenant",
            (true, false) => "another user",
        };
        let name = |identity: &Identity| identity.username.clone().unwrap_or_else(|| identity.oid.clone());
        Err(Error::new(
            Code::Conflict,
            format!(
                "the sign-in is of {what}: the connection belongs to {} ({}), not to {} ({})",
                name(before),
                before.tid,
                name(self),
                self.tid
            ),
        )
        .with_hint("Sign in with the same account, or confirm that the connection shall belong to the new one."))
    }
}

// Entra's ids are GUIDs, whose letters may be of either case; an issuer and a subject are compared exactly.
fn same(a: &str, b: &str) -> bool {
    if crate::authority::is_guid(a) { a.eq_ignore_ascii_case(b) } else { a == b }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(tid: &str, oid: &str) -> Identity {
        Identity { tid: tid.into(), oid: oid.into(), username: Some("megan@contoso.com".into()), name: None }
    }

    #[test]
    fn only_tenant_and_object_count() {
        let megan = identity("6babcaad-604b-40ac-a9d7-9fd97c0b779f", "o1");
        let mut renamed = identity("6BABCAAD-604B-40AC-A9D7-9FD97C0B779F", "o1");
        renamed.username = Some("someone@else.example".into());
        assert!(renamed.must_be(&megan).is_ok() && renamed.is_same(&megan));
        let error = identity(PERSONAL_TENANT, "o1").must_be(&megan).unwrap_err();
        assert!(error.code() == Code::Conflict && error.message().contains("another tenant"));
        assert!(identity(&megan.tid, "O1").must_be(&megan).unwrap_err().message().contains("another user"));
        assert!(identity(PERSONAL_TENANT, "x").is_personal() && !megan.is_personal());
    }
}
