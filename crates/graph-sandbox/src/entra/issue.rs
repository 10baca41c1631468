//! Access tokens.

use std::collections::BTreeSet;

use serde_json::Value;

use super::jwt::{Access, GRAPH, IdType, Refusal};
use super::{Account, Entra};
use crate::clock::later;
use crate::{Caller, reply};

/// Who an access token is for.
pub(crate) enum For<'a> {
    User(&'a Account),
    App { tid: &'a str },
}

/// A caller, and the claims that its token was asked to carry.
#[derive(Debug)]
pub(crate) struct Bearer {
    pub(crate) caller: Caller,
    pub(crate) claims: Option<Value>,
}

impl Entra {
    /// Issues an access token for Graph. `claims` is what the `claims` parameter asked for.
    pub(crate) fn access_token(
        &self,
        whose: For<'_>,
        client_id: &str,
        scopes: &BTreeSet<String>,
        audience: Option<&str>,
        claims: Option<Value>,
    ) -> String {
        let now = self.clock.now();
        let list: Vec<String> = scopes.iter().cloned().collect();
        let (idtyp, oid, tid, upn, scp, roles) = match whose {
            For::User(account) => {
                let upn = Some(account.user_principal_name.clone());
                (IdType::User, account.oid.clone(), account.tid.clone(), upn, Some(list.join(" ")), None)
            }
            // an app without roles gets a token without roles
            For::App { tid } => (
                IdType::App,
                client_id.to_owned(),
                tid.to_owned(),
                None,
                None,
                Some(list).filter(|list| !list.is_empty()),
            ),
        };
        self.keys.seal(&Access {
            aud: audience.unwrap_or(GRAPH).to_owned(),
            iss: format!("https://sts.windows.net/{tid}/"),
            iat: now.as_second(),
            nbf: now.as_second(),
            exp: later(now, self.token_life()).as_second(),
            appid: client_id.to_owned(),
            oid,
            tid,
            idtyp,
            scp,
            roles,
            upn,
            uti: reply::guid(),
            ver: "1.0".to_owned(),
            sandbox_claims: claims,
        })
    }

    /// Who an `Authorization` header stands for.
    pub(crate) fn bearer(&self, origin: &str, header: Option<&str>) -> Result<Bearer, Refusal> {
        let header = header.ok_or(Refusal::Missing)?;
        let token = match header.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => return Err(Refusal::Missing),
        };
        let access = self.keys.open(token, self.clock.now(), |audience| super::scopes::is_graph(audience, origin))?;
        let delegated = access.scp.iter().flat_map(|names| names.split_ascii_whitespace()).map(str::to_owned);
        let scopes = delegated.chain(access.roles.into_iter().flatten()).collect();
        let user = (access.idtyp == IdType::User).then_some(access.oid);
        Ok(Bearer { caller: Caller { user, app_id: access.appid, scopes }, claims: access.sandbox_claims })
    }
}
