//! Names of permissions.

use serde_json::Value;

use crate::finding::Problem;
use crate::rule::Rule;

/// Returns each text in a list that is not the name of a permission.
///
/// With `together`, a text may have several names, separated by spaces.
pub(super) fn list(at: &str, list: Option<&Value>, together: bool) -> Vec<Problem> {
    let names = list.and_then(Value::as_array).into_iter().flatten().enumerate();
    let texts = names.filter_map(|(i, name)| name.as_str().map(|name| (i, name)));
    let is_right =
        |name: &str| !name.is_empty() && (is_permission(name) || together && name.split(' ').all(is_permission));
    texts
        .filter(|(_, name)| !is_right(name))
        .map(|(i, name)| {
            let message = format!("\"{name}\" is not the name of a permission");
            let help = match name.contains(',') && together {
                true => "separate permissions that are needed together by a space: \"Mail.Read User.Read\"",
                false => "write it as Microsoft Graph does, such as \"Mail.Read\"",
            };
            Problem::new(Rule::PermissionName, format!("{at}/{i}"), message).help(help)
        })
        .collect()
}

/// Returns whether a text has the form of a permission: `Mail.Read`, `User-PasswordProfile.ReadWrite.All`,
/// `offline_access`, or such a name below a resource.
pub(crate) fn is_permission(name: &str) -> bool {
    let short = connector_sdk::scopes::short(name);
    !short.is_empty()
        && short.split('.').enumerate().all(|(i, part)| {
            // `.default` stands for everything that was consented to.
            (i == 0 && part.is_empty() && short == ".default")
                || (part.starts_with(|c: char| c.is_ascii_alphabetic())
                    && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_of_permissions() {
        for good in [
            "Mail.Read",
            "offline_access",
            "User-PasswordProfile.ReadWrite.All",
            "https://graph.microsoft.com/.default",
            "openid",
        ] {
            assert!(is_permission(good), "{good}");
        }
        for bad in ["", "Mail Read", "Mail..Read", ".Read", "mail.read;", "https://graph.microsoft.com/"] {
            assert!(!is_permission(bad), "{bad}");
        }
    }

    #[test]
    fn a_space_joins_and_a_comma_does_not() {
        let names = json!(["Mail.Read", "Mail.Read User.Read", "Mail.Read, User.Read", "", 1]);
        let places = |together| -> Vec<String> {
            list("/l", Some(&names), together).into_iter().map(|problem| problem.pointer).collect()
        };
        assert_eq!(places(true), ["/l/2", "/l/3"]);
        assert_eq!(places(false), ["/l/1", "/l/2", "/l/3"]);
    }
}
