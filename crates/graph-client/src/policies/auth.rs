//! Policy **auth**: fetches a token for each attempt, compares it with the needed permissions, and renews it once when
//! it is refused.

use connector_sdk::{AnyOf, Code, Error, OtherWay, Response, Result};
use futures_util::future::BoxFuture;
use http::StatusCode;
use http::header::AUTHORIZATION;

use crate::call::{Call, HttpResponse, ResponseBody};
use crate::challenge;
use crate::pipeline::{Next, Policy};
use crate::token::{Token, TokenRequest};

/// Policy that adds the token to a call.
pub(crate) struct Auth;

impl Policy for Auth {
    fn send<'c>(&'c self, call: &'c mut Call<'_>, next: Next<'c>) -> BoxFuture<'c, Result<HttpResponse>> {
        if !call.routing.to_graph {
            return next.send(call);
        }
        Box::pin(async move {
            let tokens = call.session().tokens.as_ref();
            let mut token = tokens.token(TokenRequest::Usual).await?;
            loop {
                call.doubt = authorize(&call.required, &token, call.session().application)?;
                call.headers.insert(AUTHORIZATION, token.header().clone());
                let answer = next.send(call).await?;
                // A host that Graph redirected to never saw the token, so another one would not help.
                if answer.status != StatusCode::UNAUTHORIZED || !answer.from_graph {
                    return Ok(answer);
                }
                // 401 comes before the request is looked at, so it may be sent again, whatever it does.
                let renewed = match challenge::claims(&answer.headers) {
                    // Counted when there is one: a sign-in service that is down is the failure then, not Graph's 401.
                    Some(claims) if !call.challenged.claims => {
                        let renewed = tokens.token(TokenRequest::Claims(&token, &claims)).await?;
                        call.challenged.claims = true;
                        renewed
                    }
                    None if !call.challenged.rejected => match tokens.token(TokenRequest::Rejected(&token)).await {
                        Ok(renewed) => {
                            call.challenged.rejected = true;
                            renewed
                        }
                        // That there is no other token is not the reason then.
                        Err(_) if is_about_the_account(&answer) => return Ok(answer),
                        Err(error) => return Err(error),
                    },
                    _ => return Ok(answer),
                };
                if renewed == token {
                    return Ok(answer);
                }
                call.spent.push(token.header().clone());
                token = renewed;
            }
        })
    }
}

// Exchange answers 401 too where the token is good and the account has no mailbox.
fn is_about_the_account(answer: &HttpResponse) -> bool {
    let ResponseBody::Whole(body) = &answer.body else { return false };
    let response = Response::from_parts(answer.status, answer.headers.clone(), body.clone());
    Error::from_response(&response).code() == Code::Forbidden
}

/// A permission that a token does not carry, where something else may allow the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Doubt {
    missing: AnyOf,
    ways: Vec<OtherWay>,
}

impl Doubt {
    /// Adds the missing permission to Graph's refusal, and what else could allow the request.
    pub(crate) fn explain(&self, error: Error) -> Error {
        if error.status() != Some(403) {
            return error;
        }
        let (least, others) = named(&self.missing);
        let ways = self.ways.iter().map(|way| way.description()).collect::<Vec<_>>().join("; or by ");
        let hint = format!(
            "The token does not carry the permission {least}{others}, and nothing else allows it for this object. Grant the permission \
             to the connection, then reconnect; or have an administrator allow it by {ways}."
        );
        error.with_hint(hint)
    }
}

/// Compares the needed permissions with those of the token, where it says what it carries. Where the request may be
/// allowed although the token does not say so, returns a doubt, and Graph is asked.
///
/// # Errors
/// `missing_scope`, naming the least permission that would do.
pub(crate) fn authorize(required: &[AnyOf], token: &Token, application: bool) -> Result<Option<Doubt>> {
    let Some(granted) = token.granted() else { return Ok(None) };
    let mut doubt = None;
    for missing in required.iter().filter(|any| !any.is_met(granted)) {
        let ways = missing.other_ways(granted, application);
        if !ways.is_empty() {
            doubt.get_or_insert(Doubt { missing: *missing, ways });
            continue;
        }
        let (least, others) = named(missing);
        return Err(Error::new(
            Code::MissingScope,
            format!("the connection lacks the permission {least}; nothing was sent"),
        )
        .with_hint(format!(
            "Grant {least} to the connection{others}, then reconnect. Some permissions need an administrator's consent."
        )));
    }
    Ok(doubt)
}

// The least permission, and those that would do as well.
fn named(missing: &AnyOf) -> (&'static str, String) {
    let others = match missing.0.get(1..) {
        Some(others) if !others.is_empty() => format!(" ({} would do as well)", others.join(", ")),
        _ => String::new(),
    };
    (missing.least().unwrap_or_default(), others)
}
