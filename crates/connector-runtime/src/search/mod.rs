//! Search for actions by words, as a person would ask for them.
//!
//! No model is asked: the index is made of what the actions say of themselves, and of a table of synonyms. It is made
//! when it is first needed, and answers the same question always the same way.

mod document;
mod index;
mod intent;
mod synonyms;
mod words;

use connector_sdk::{Effect, Result};
use schemars::JsonSchema;
use serde::Serialize;

use self::document::Document;
pub(crate) use self::index::SearchIndex;
use crate::authorized::AuthorizedHost;
use crate::principal::Rule;

/// Maximum number of actions that a search returns.
pub const MAX_FOUND_ACTIONS: usize = 50;

/// Maximum number of characters of a description.
const DESCRIPTION: usize = 100;

/// An action that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FoundAction {
    /// Id.
    pub id: String,
    /// Ids under which other connectors offer the same action.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// What it does, in one line.
    pub description: String,
    /// Effect that a run has; the strongest that the rules do not deny, where they deny that of a usual input.
    pub effect: Effect,
    /// Properties that an input must have.
    pub required: Vec<String>,
    /// Rule for this effect.
    pub rule: Rule,
}

impl AuthorizedHost {
    /// Finds actions by words, such as `reply to a mail`: those that the principal reaches and that its rules do not
    /// deny, the best first. An action that several connectors offer is found once, under the best of its ids; with
    /// `connector`, only the actions of that connector are found. At most [`MAX_FOUND_ACTIONS`] are returned.
    ///
    /// ```
    /// use connector_runtime::{Host, Interface, Principal};
    ///
    /// # fn main() -> connector_runtime::Result<()> {
    /// let host = Host::builder().connector(outlook_connector::connector()).build()?;
    /// let owner = host.authorize(Principal::owner(), Interface::Library);
    /// let found = owner.find_actions("answer an email", None, 3)?;
    /// assert_eq!(found[0].id, "outlook.reply_to_email");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `unknown_action` for a connector that the principal does not reach.
    pub fn find_actions(&self, query: &str, connector: Option<&str>, limit: usize) -> Result<Vec<FoundAction>> {
        let connector = match connector {
            Some(name) => Some(self.connector(name)?.name),
            None => None,
        };
        let mut found: Vec<(&str, FoundAction)> = Vec::new();
        for document in self.search_index().find(query) {
            if connector.is_some_and(|name| document.id.split('.').next() != Some(name)) {
                continue;
            }
            let Some((effect, rule)) = self.usable(document) else { continue };
            let same = found
                .iter_mut()
                .find(|(source, known)| *source == document.source && (known.effect, known.rule) == (effect, rule));
            match same {
                Some((_, known)) => known.also.push(document.id.clone()),
                None => found.push((document.source, FoundAction::new(document, effect, rule))),
            }
        }
        found.truncate(limit.min(MAX_FOUND_ACTIONS));
        Ok(found.into_iter().map(|(_, action)| action).collect())
    }

    // The effect with which the principal may run an action, and the rule for it.
    fn usable(&self, document: &Document) -> Option<(Effect, Rule)> {
        if !self.principal().reaches_action(&document.id) {
            return None;
        }
        let mut others = document.effects.clone();
        others.sort_by_key(|effect| std::cmp::Reverse(*effect));
        let effects = std::iter::once(document.effect).chain(others);
        effects
            .map(|effect| (effect, self.principal().rule(&document.id, effect)))
            .find(|(_, rule)| *rule != Rule::Deny)
    }
}

impl FoundAction {
    fn new(document: &Document, effect: Effect, rule: Rule) -> FoundAction {
        FoundAction {
            id: document.id.clone(),
            also: Vec::new(),
            description: shortened(&document.summary),
            effect,
            required: document.required.clone(),
            rule,
        }
    }
}

/// Cuts a text that is too long at the end of a word.
fn shortened(text: &str) -> String {
    let Some((cut, _)) = text.char_indices().nth(DESCRIPTION) else { return text.to_owned() };
    let words = text[..cut].rsplit_once(' ').map_or(&text[..cut], |(words, _)| words);
    format!("{words}…")
}

#[cfg(test)]
mod tests;
