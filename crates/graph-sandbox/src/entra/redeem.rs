//! Tokens for what stands for a grant.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use serde_json::{Value, json};

use super::accounts::{Authority, PERSONAL_TENANT};
use super::apps::App;
use super::errors::{Failure, elsewhere, no_consent};
use super::grant::{Grant, Provider, Refresh};
use super::issue::For;
use super::params::Params;
use super::scopes::Asked;
use super::{Entra, Rotation};
use crate::clock::later;
use crate::{lock, reply};

/// How long an authorization code lives, as Entra has it.
const CODE_LIFE: Duration = Duration::from_secs(600);

impl Entra {
    /// `grant_type=authorization_code`
    pub(crate) fn redeem_code(
        &self,
        provider: Provider,
        origin: &str,
        authority: &Authority,
        app: &App,
        form: &Params,
    ) -> Result<Value, Failure> {
        let text = form.need("code")?;
        let redirect_uri = form.need("redirect_uri")?;
        let mut state = lock(&self.state);
        let invalid = || Failure::new(70_000, "The provided value for the input parameter 'code' is not valid.");
        let code = state.codes.get_mut(text).ok_or_else(invalid)?;
        if code.grant.client_id != app.client_id || code.grant.provider != provider {
            return Err(invalid());
        }
        if code.redeemed {
            let number = code.grant.number;
            if provider == Provider::Oidc {
                state.ended.insert(number);
            }
            let text = "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.";
            return Err(Failure::new(54_005, text));
        }
        if later(code.issued, CODE_LIFE) <= self.clock.now() {
            return Err(Failure::new(
                70_008,
                "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
            ));
        }
        if !authority.admits(&code.grant.account.tid) {
            return Err(Failure::new(
                700_005,
                "Provided Authorization Code is intended to use against other tenant, thus rejected.",
            ));
        }
        if code.redirect_uri != redirect_uri {
            let text = format!(
                "The reply address '{redirect_uri}' does not match the reply address '{}' provided when requesting Authorization code.",
                code.redirect_uri
            );
            return Err(Failure::new(500_112, text));
        }
        let met = match (&code.challenge, form.get("code_verifier")) {
            (None, None) => true,
            (Some(challenge), Some(verifier)) => challenge.is_met(verifier),
            _ => false,
        };
        if !met {
            return Err(Failure::new(
                501_481,
                "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
            ));
        }
        code.redeemed = true;
        let (grant, nonce) = (code.grant.clone(), code.nonce.clone());
        drop(state);
        self.redeem(origin, &grant, nonce.as_deref(), form)
    }

    /// `grant_type=refresh_token`
    pub(crate) fn refresh(
        &self,
        provider: Provider,
        origin: &str,
        authority: &Authority,
        app: &App,
        form: &Params,
    ) -> Result<Value, Failure> {
        let text = form.need("refresh_token")?;
        let mut state = lock(&self.state);
        let invalid = || {
            Failure::new(
                70_000,
                "The provided value for the input parameter 'refresh_token' or 'assertion' is not valid.",
            )
        };
        let token = state.refresh.get_mut(text).ok_or_else(invalid)?;
        let grant = token.grant.clone();
        if grant.client_id != app.client_id || grant.provider != provider {
            return Err(invalid());
        }
        let kills = provider == Provider::Oidc || self.options.rotation == Rotation::ReuseKillsGrant;
        let reused = kills && std::mem::replace(&mut token.spent, true);
        let issued = token.issued;
        if reused {
            state.ended.insert(grant.number);
        }
        if state.ended.contains(&grant.number) {
            return Err(invalid());
        }
        let now = self.clock.now();
        if later(issued, self.options.refresh_life) <= now {
            let days = self.options.refresh_life.as_secs() / 86_400;
            let text = format!(
                "The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for {days}.00:00:00."
            );
            return Err(Failure::new(700_082, text));
        }
        // since June 2026 a personal account is refreshed where it is at home, and nowhere else
        if grant.account.tid == PERSONAL_TENANT && provider == Provider::Entra && *authority != Authority::Consumers {
            return Err(invalid());
        }
        if !authority.admits(&grant.account.tid) {
            return Err(elsewhere(&grant.account, app));
        }
        drop(state);
        self.redeem(origin, &grant, None, form)
    }

    /// Tokens for a grant.
    pub(crate) fn redeem(
        &self,
        origin: &str,
        grant: &Arc<Grant>,
        nonce: Option<&str>,
        form: &Params,
    ) -> Result<Value, Failure> {
        let asked = match form.get("scope") {
            Some(scope) => Asked::read(scope, origin)?,
            None => grant.asked.clone(),
        };
        let claims = form.claims()?;
        let mut state = lock(&self.state);
        state.check_grant(grant)?;
        let consented = state.consented(&grant.client_id, &grant.account.oid);
        let wanted = if asked.default || asked.names.is_empty() { &grant.names } else { &asked.names };
        if !wanted.is_subset(&consented) {
            let name = state.apps.get(&grant.client_id).map_or("", |app| app.name.as_str());
            return Err(no_consent(&grant.client_id, name));
        }
        let whose = For::User(&grant.account);
        let access = self.access_token(whose, &grant.client_id, wanted, asked.resource.as_deref(), claims);
        let mut body = self.envelope(&access);
        body["scope"] = asked.spell(wanted).into();
        body["ext_expires_in"] = body["expires_in"].clone();
        if grant.asked.offline {
            let text = format!("1.{}", URL_SAFE_NO_PAD.encode(reply::random::<48>()));
            state
                .refresh
                .insert(text.clone(), Refresh { grant: grant.clone(), issued: self.clock.now(), spent: false });
            body["refresh_token"] = text.into();
        }
        if grant.asked.openid() {
            body["id_token"] = self.id_token(origin, grant, nonce).into();
        }
        Ok(body)
    }

    fn id_token(&self, origin: &str, grant: &Grant, nonce: Option<&str>) -> String {
        let now = self.clock.now();
        let account = &grant.account;
        let subject = digest::digest(&digest::SHA256, format!("{}{}", grant.client_id, account.oid).as_bytes());
        let issuer = match grant.provider {
            Provider::Entra => format!("{origin}/{}/v2.0", account.tid),
            Provider::Oidc => format!("{origin}/oidc"),
        };
        let mut claims = json!({
            "iss": issuer,
            "aud": grant.client_id,
            "sub": URL_SAFE_NO_PAD.encode(subject),
            "iat": now.as_second(),
            "nbf": now.as_second(),
            "exp": later(now, self.token_life()).as_second(),
            "name": account.display_name,
            "preferred_username": account.user_principal_name,
        });
        if grant.provider == Provider::Entra {
            claims["oid"] = account.oid.as_str().into();
            claims["tid"] = account.tid.as_str().into();
            claims["ver"] = "2.0".into();
        }
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        self.keys.sign(&claims)
    }
}
