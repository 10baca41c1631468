//! Look-up of actions, triggers and picklists by name, or by a pattern such as `outlook.list_*`.

use connector_sdk::{Code, Error, Result, Spec};

use crate::registry::Registry;

/// An action, a trigger or a picklist that a name or a pattern matches.
pub(crate) struct Named {
    /// Id, such as `outlook.list_emails`.
    pub(crate) id: String,
    pub(crate) spec: &'static Spec,
    /// Whether a pattern matches it, and not its own name.
    pub(crate) by_pattern: bool,
}

/// Finds actions, triggers and picklists. In a pattern, `*` matches any characters. What several patterns match is
/// found once.
///
/// # Errors
/// `unknown_action`: for a name that is none, with the nearest one; for a pattern that stands for nothing.
pub(crate) fn named(registry: &Registry, names: &[impl AsRef<str>]) -> Result<Vec<Named>> {
    let mut found: Vec<Named> = Vec::with_capacity(names.len());
    for name in names.iter().map(AsRef::as_ref) {
        let before = found.len();
        if !name.contains('*') {
            found.push(Named { id: name.to_owned(), spec: one(registry, name)?, by_pattern: false });
            continue;
        }
        let mut is_known = false;
        for (id, spec) in every(registry).filter(|(id, _)| matches(name, id)) {
            is_known = true;
            if !found[..before].iter().any(|other| other.id == id) {
                found.push(Named { id, spec, by_pattern: true });
            }
        }
        if !is_known {
            let error = Error::new(Code::UnknownAction, format!("no action, trigger or picklist matches `{name}`"));
            return Err(error.with_hint("A pattern begins with the connector, such as `outlook.list_*`."));
        }
    }
    Ok(found)
}

fn one(registry: &Registry, name: &str) -> Result<&'static Spec> {
    registry.action(name).map(|found| found.item.spec()).or_else(|unknown| {
        let trigger = registry.trigger(name).map(|found| found.item.spec());
        trigger.or_else(|_| registry.picklist(name).map(|found| found.item.spec())).map_err(|_| unknown)
    })
}

fn every(registry: &Registry) -> impl Iterator<Item = (String, &'static Spec)> {
    registry.connectors().flat_map(|connector| {
        let actions = connector.actions.iter().map(|action| action.spec());
        let triggers = connector.triggers.iter().map(|trigger| trigger.spec());
        let picklists = connector.picklists.iter().map(|picklist| picklist.spec());
        actions.chain(triggers).chain(picklists).map(|spec| (format!("{}.{}", connector.name, spec.name), spec))
    })
}

fn matches(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_letters() {
        for (pattern, name, is_meant) in [
            ("outlook.*", "outlook.send_email", true),
            ("outlook.list_*", "outlook.send_email", false),
            ("*.list_*s", "entra.list_users", true),
            ("*.list_*s", "entra.list_user", false),
            ("*", "a", true),
            ("a*a", "a", false),
            ("a**b", "ab", true),
            ("a.b", "a.b", true),
        ] {
            assert_eq!(matches(pattern, name), is_meant, "{pattern} {name}");
        }
    }
}
