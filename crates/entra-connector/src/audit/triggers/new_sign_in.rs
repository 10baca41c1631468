//! `new_sign_in`

use connector_sdk::{Context, Effect, Plan, Poll, Request, Result, Spec, Trigger, recent};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::audit::log::{self, Overlap};
use crate::permissions::SIGN_INS_READ;
use crate::vocabulary::SignIn;

/// Watch for sign-ins. They appear some minutes after they happen, and at times hours: `overlapMinutes` sets how late
/// an entry may appear. The tenant needs a P1 or P2 licence.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct NewSignIn {
    /// Only this user, by user principal name.
    #[schemars(length(min = 1, max = 320))]
    user_principal_name: Option<String>,
    /// Only this app, by its client id.
    #[schemars(extend("format" = "uuid"))]
    app_id: Option<String>,
    /// Only this state of risk.
    risk_state: Option<RiskState>,
    /// How late an entry may be.
    #[serde(flatten)]
    overlap: Overlap,
}

/// Whether somebody is held to be at risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum RiskState {
    /// There is no risk.
    None,
    /// An administrator has confirmed that it is safe.
    ConfirmedSafe,
    /// The user has done something against the risk, such as choosing another password.
    Remediated,
    /// An administrator has dismissed the risk.
    Dismissed,
    /// There is a risk.
    AtRisk,
    /// An administrator has confirmed that the account is in other hands.
    ConfirmedCompromised,
}

impl RiskState {
    fn name(self) -> &'static str {
        match self {
            RiskState::None => "none",
            RiskState::ConfirmedSafe => "confirmedSafe",
            RiskState::Remediated => "remediated",
            RiskState::Dismissed => "dismissed",
            RiskState::AtRisk => "atRisk",
            RiskState::ConfirmedCompromised => "confirmedCompromised",
        }
    }
}

impl Trigger for NewSignIn {
    type Event = SignIn;
    type Cursor = recent::Cursor;
    const SPEC: Spec = Spec::new("new_sign_in", "New sign-in", Effect::Read).scopes(SIGN_INS_READ);

    fn poll(self, cursor: Option<recent::Cursor>, cx: &Context) -> Result<Plan<Poll<SignIn, recent::Cursor>>> {
        let risk = self.risk_state.map(|state| state.name().to_owned());
        let conditions = [
            ("userPrincipalName", self.user_principal_name.as_ref()),
            ("appId", self.app_id.as_ref()),
            ("riskState", risk.as_ref()),
        ];
        Ok(log::look(Request::get("/auditLogs/signIns"), "createdDateTime", &conditions, self.overlap, cursor, cx.now))
    }
}
