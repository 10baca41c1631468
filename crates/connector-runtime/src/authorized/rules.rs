//! What is decided about a run before it is made.

use connector_sdk::{AnyAction, Code, Effect, Error, Result};

use super::{AuthorizedHost, denied_by_rule};
use crate::principal::{ConnectionRef, Rule};
use crate::registry::Found;
use crate::run::Run;

/// A run that the principal may make, with the rule that it is under.
pub(super) struct Judged<'a> {
    pub(super) found: Found<'a, dyn AnyAction>,
    pub(super) connection: ConnectionRef,
    /// Strongest effect that the run may have.
    pub(super) effect: Effect,
    pub(super) rule: Rule,
}

impl AuthorizedHost {
    /// Decides whether the principal may make the run, and under which rule. Nothing is sent.
    ///
    /// # Errors
    /// `unknown_action` and `unknown_connection`, the same for what does not exist and what is not reached; `invalid_input`;
    /// `denied`.
    pub(super) async fn judge(&self, run: &Run) -> Result<Judged<'_>> {
        self.check_expiry()?;
        let found = self.find_action(&run.action)?;
        let connection = self.connections().find(&run.connection).await?;
        found.validator.check(&run.input)?;
        let effects = found.item.effects(&run.input);
        let effect = effects.iter().copied().max().unwrap_or(found.item.spec().effect);
        let rule = self.principal.strictest_rule(&run.action, &effects);
        if rule == Rule::Deny {
            let denied = effects.into_iter().find(|effect| self.principal.rule(&run.action, *effect) == Rule::Deny);
            return Err(denied_by_rule(&run.action, denied.unwrap_or(effect)));
        }
        if effects.contains(&Effect::Send) && self.principal.names_recipients() {
            self.check_recipients(found.item, run)?;
        }
        Ok(Judged { found, connection, effect, rule })
    }

    fn check_recipients(&self, action: &dyn AnyAction, run: &Run) -> Result<()> {
        let denied = |message: String| Error::new(Code::Denied, message).with_reason("recipient");
        let Some(recipients) = action.recipients(&run.input) else {
            return Err(denied(format!(
                "this caller may send to some domains only, and the input of `{}` does not say whom it reaches",
                run.action
            )));
        };
        let mut others: Vec<String> =
            recipients.into_iter().filter(|address| !self.principal.reaches_recipient(address)).collect();
        if others.is_empty() {
            return Ok(());
        }
        others.truncate(20);
        Err(denied(format!("this caller may not send to {}", others.join(", "))))
    }
}
