//! Rules of two versions about which properties go together.

use connector_sdk::schema::rules;
use serde_json::Value;

use super::schema::{Comparison, Part, Way, names};

impl<'a> Comparison<'a> {
    pub(super) fn compare_rules(&mut self, old: &Part<'a>, new: &Part<'a>) {
        let of =
            |part: &Part<'a>| -> Vec<Rule<'a>> { part.members("allOf").into_iter().filter_map(Rule::of).collect() };
        let (before, after) = (of(old), of(new));
        // What the old version did not have, nobody gave.
        let is_new = |name: &str| {
            let name = name.trim_start_matches('!').trim_end_matches('?');
            let name = name.split_once('=').map_or(name, |(name, _)| name);
            old.properties().is_some_and(|all| !all.contains_key(name))
        };
        let mut narrowed = false;
        for rule in after.iter().filter(|rule| !rule.is_met_by_old_inputs(&before, &is_new)) {
            narrowed = true;
            let sentence = rules::sentence(rule.part.value).unwrap_or_default();
            self.report(Way::Narrower, old, &rule.part, "", |_| {
                format!("there is a new rule: {}", sentence.trim_end_matches('.'))
            });
        }
        for rule in before.iter().filter(|rule| !narrowed && !after.iter().any(|other| other.says_the_same(rule))) {
            let sentence = rules::sentence(rule.part.value).unwrap_or_default();
            self.report(Way::Looser, &rule.part, new, "", |_| {
                format!("this rule is gone or takes more: {}", sentence.trim_end_matches('.'))
            });
        }
    }
}

/// A rule with its place.
struct Rule<'a> {
    part: Part<'a>,
    keyword: &'static str,
    names: Vec<&'a str>,
}

impl<'a> Rule<'a> {
    fn of(part: Part<'a>) -> Option<Rule<'a>> {
        let keyword = rules::ALL.iter().copied().find(|keyword| part.get(keyword).is_some_and(Value::is_array))?;
        Some(Rule { keyword, names: names(part.get(keyword)), part })
    }

    fn says_the_same(&self, other: &Rule<'_>) -> bool {
        self.keyword == other.keyword && self.names == other.names
    }

    // Whether each input that the old rules take satisfies this one.
    fn is_met_by_old_inputs(&self, old: &[Rule<'_>], is_new: &impl Fn(&str) -> bool) -> bool {
        let known: Vec<&str> = self.names.iter().copied().filter(|name| !is_new(name)).collect();
        let first_is_new = self.names.first().is_some_and(|first| is_new(first));
        match self.keyword {
            rules::AT_MOST_ONE if known.len() < 2 => return true,
            rules::ONLY_WITH if first_is_new => return true,
            rules::NEEDED_WITH if known.iter().skip(usize::from(!first_is_new)).all(|name| name.starts_with('!')) => {
                return true;
            }
            _ => {}
        }
        // Exactly one is at least one, and at most one.
        let follows_from = |keyword: &str| {
            keyword == self.keyword
                || keyword == rules::ONE_OF && [rules::AT_LEAST_ONE, rules::AT_MOST_ONE].contains(&self.keyword)
        };
        old.iter().filter(|rule| follows_from(rule.keyword)).any(|rule| {
            let was = &rule.names;
            let same_first = was.first() == self.names.first();
            match self.keyword {
                rules::AT_LEAST_ONE => is_subset(was, &self.names),
                rules::AT_MOST_ONE => is_subset(&known, was),
                rules::ONE_OF => is_subset(&known, was) && is_subset(was, &known),
                rules::ONLY_WITH => same_first && is_subset(was, &self.names),
                rules::NEEDED_WITH => {
                    let ((instead, with), (was_instead, was_with)) = (by_role(&known), by_role(was));
                    same_first && is_subset(&with, &was_with) && is_subset(&was_instead, &instead)
                }
                _ => is_subset(&self.names, was) && is_subset(was, &self.names),
            }
        })
    }
}

fn is_subset(some: &[&str], all: &[&str]) -> bool {
    some.iter().all(|one| all.contains(one))
}

// The properties that take the place of the first, and the others.
fn by_role<'a>(names: &[&'a str]) -> (Vec<&'a str>, Vec<&'a str>) {
    names.iter().copied().partition(|name| name.starts_with('!'))
}
