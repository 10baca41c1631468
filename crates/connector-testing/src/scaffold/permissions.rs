//! Permissions that a connector requests: the lists in its `connections.rs`.

/// Begin of the list of those that are requested by default.
const DEFAULT: &str = ".with_default(&[";

/// Adds the first of `any` to the permissions that the constant `list` requests by default, unless it names one of
/// them. `None`: the text has no such constant.
pub(super) fn request(text: &str, list: &str, any: &[String]) -> Option<String> {
    let begin = text.find(&format!("const {list}: Permissions"))?;
    let end = begin + text[begin..].find(';')?;
    let constant = &text[begin..end];
    if any.iter().any(|name| constant.contains(&format!("{name:?}"))) {
        return Some(text.to_owned());
    }
    let least = any.first()?;
    let Some(at) = constant.find(DEFAULT) else {
        return Some(format!("{}{DEFAULT}{least:?}]){}", &text[..end], &text[end..]));
    };
    let open = begin + at + DEFAULT.len();
    let close = open + text[open..end].find(']')?;
    let old = text[open..close].trim().trim_end_matches(',');
    let new = if old.is_empty() { format!("{least:?}") } else { format!("{old}, {least:?}") };
    Some(format!("{}{new}{}", &text[..open], &text[close..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_is_added_once() {
        // As new connectors have them.
        let text = include_str!("templates/connections.rs.txt");
        let any = ["Tasks.Read.All".to_owned(), "Tasks.ReadWrite.All".to_owned()];
        let once = request(text, "APPLICATION", &any).unwrap();
        assert!(once.contains(".with_default(&[\"Tasks.Read.All\"]);"), "{once}");
        assert_eq!(request(&once, "APPLICATION", &any).unwrap(), once);
        let more = request(&once, "APPLICATION", &["User.Read.All".to_owned()]).unwrap();
        assert!(more.contains("&[\"Tasks.Read.All\", \"User.Read.All\"]"), "{more}");
        let user = request(text, "DELEGATED", &any).unwrap();
        assert!(user.contains("&[\"User.Read\", \"offline_access\", \"Tasks.Read.All\"]);"), "{user}");
        assert_eq!(request(text, "OTHER", &any), None);

        let without = "const APPLICATION: Permissions = Permissions::NONE;\n";
        let with = "const APPLICATION: Permissions = Permissions::NONE.with_default(&[\"Tasks.Read.All\"]);\n";
        assert_eq!(request(without, "APPLICATION", &any).unwrap(), with);
    }
}
