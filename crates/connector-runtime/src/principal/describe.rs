//! Grants in sentences, for people who give them.

use super::{Access, ApprovalBy, Grant, Patterns, Reach, Rule};

impl Grant {
    /// Returns what the grant lets its holder do, in sentences, to be shown before a key is made. A key that another
    /// one makes is held to the grants of both.
    ///
    /// ```
    /// use connector_runtime::{Grant, Patterns};
    ///
    /// # fn main() -> connector_runtime::Result<()> {
    /// let grant =
    ///     Grant { connections: Patterns::new(["work"])?, actions: Patterns::new(["outlook.*"])?, ..Grant::default() };
    /// assert_eq!(grant.describe()[..3], [
    ///     "It reaches the connection `work`.",
    ///     "It reaches the actions and triggers that begin with `outlook.`.",
    ///     "It may read at once.",
    /// ]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn describe(&self) -> Vec<String> {
        let mut said = vec![
            reached(&self.connections, "connection", "connections"),
            reached(&self.actions, "action or trigger", "actions and triggers"),
        ];
        let rules = &self.rules;
        let effects = [
            ("read", rules.read),
            ("create", rules.create),
            ("update", rules.update),
            ("send", rules.send),
            ("delete", rules.delete),
        ];
        for rule in [Rule::Allow, Rule::AfterPreview, Rule::AfterApproval, Rule::Deny] {
            let verbs: Vec<&str> = effects.iter().filter(|(_, its)| *its == rule).map(|(verb, _)| *verb).collect();
            if !verbs.is_empty() {
                said.push(ruled("It", &joined(&verbs, "and"), rule));
            }
        }
        for exception in &rules.exceptions {
            said.push(ruled(&format!("But it {}", named(&exception.actions)), "", exception.rule));
        }
        match rules.recipients.as_deref() {
            Some([]) => said.push("It may send to nobody.".into()),
            Some(domains) => {
                let domains: Vec<&str> = domains.iter().map(super::Domain::as_str).collect();
                said.push(format!("It may send to addresses at {} alone.", joined(&domains, "and")));
            }
            None => {}
        }
        if effects
            .iter()
            .map(|(_, rule)| *rule)
            .chain(rules.exceptions.iter().map(|exception| exception.rule))
            .any(|rule| rule == Rule::AfterApproval)
        {
            said.push(match rules.approvals {
                ApprovalBy::ClientOrConsole => {
                    "The person in front of its client may approve, or somebody in the console.".into()
                }
                ApprovalBy::Console => "Only somebody in the console or on the command line may approve.".to_owned(),
            });
        }
        for (access, what) in [(self.watches, "watches"), (self.destinations, "destinations")] {
            match access {
                Access::None => {}
                Access::Read => said.push(format!("It may see {what}.")),
                Access::Write => said.push(format!("It may see, make, change and remove {what}.")),
            }
        }
        let rights = [
            (self.connect, "It may make, reconnect and remove connections."),
            (self.approve, "It may approve the runs of others."),
            (self.audit == Reach::Own, "It may read the audit log of its own calls and of the keys that it made."),
            (self.audit == Reach::All, "It may read the whole audit log."),
            (self.keys, "It may make and revoke keys, which never exceed it."),
            (self.metrics, "It may read the metrics."),
            (self.admin, "It may use settings that reach resources of the machine."),
        ];
        said.extend(rights.into_iter().filter(|(has, _)| *has).map(|(_, sentence)| sentence.to_owned()));
        said.push(match self.expires {
            Some(end) => format!("It ends at {end:.0}."),
            None => "It does not end by itself.".into(),
        });
        said
    }
}

// `It may read at once`; for an exception, the verb is in the subject.
fn ruled(subject: &str, verbs: &str, rule: Rule) -> String {
    match (verbs.is_empty(), rule) {
        (false, Rule::Allow) => format!("{subject} may {verbs} at once."),
        (false, Rule::AfterPreview) => format!("{subject} may {verbs} after a preview of the same input."),
        (false, Rule::AfterApproval) => format!("{subject} may {verbs} after a person has approved that very run."),
        (false, Rule::Deny) => format!("{subject} may not {verbs}."),
        (true, Rule::Allow) => format!("{subject} at once."),
        (true, Rule::AfterPreview) => format!("{subject} after a preview of the same input."),
        (true, Rule::AfterApproval) => format!("{subject} after a person has approved that very run."),
        (true, Rule::Deny) => format!("{subject} never."),
    }
}

fn named(patterns: &Patterns) -> String {
    let texts: Vec<String> = patterns.0.iter().map(|pattern| format!("`{pattern}`")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    format!("runs {}", joined(&texts, "and"))
}

fn reached(patterns: &Patterns, one: &str, many: &str) -> String {
    if patterns.0.is_empty() {
        return format!("It reaches no {one}.");
    }
    if patterns.0.iter().any(|pattern| pattern.as_str() == "*") {
        return format!("It reaches all {many}, also those that are made later.");
    }
    let quoted = |pattern: &str| format!("`{pattern}`");
    let exact: Vec<String> = patterns.0.iter().filter_map(|pattern| pattern.exact().map(quoted)).collect();
    let beginnings: Vec<String> =
        patterns.0.iter().filter_map(|pattern| pattern.as_str().strip_suffix('*').map(quoted)).collect();
    let texts = |all: &[String]| joined(&all.iter().map(String::as_str).collect::<Vec<_>>(), "and");
    match (exact.len(), beginnings.is_empty()) {
        (0, _) => format!("It reaches the {many} that begin with {}.", joined_or(&beginnings)),
        (1, true) => format!("It reaches the {one} {}.", exact[0]),
        (_, true) => format!("It reaches the {many} {}.", texts(&exact)),
        _ => format!("It reaches the {many} {}, and those that begin with {}.", texts(&exact), joined_or(&beginnings)),
    }
}

fn joined_or(texts: &[String]) -> String {
    joined(&texts.iter().map(String::as_str).collect::<Vec<_>>(), "or")
}

fn joined(texts: &[&str], word: &str) -> String {
    match texts {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [before @ .., last] => format!("{} {word} {last}", before.join(", ")),
    }
}
