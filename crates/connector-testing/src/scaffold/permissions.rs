//! Permissions that a connector requests: the lists in its `connections.rs`.

/// Adds the first of `any` to the permissions that the constant `list` requests by default, unless it names one of
/// them. `None`: the text has no such constant, or it lists nothing.
pub(super) fn request(text: &str, list: &str, any: &[String]) -> Option<String> {
    let begin = text.find(&format!("const {list}: Permissions"))?;
    let end = begin + text[begin..].find(";")?;
    let constant = &text[begin..end];
    if any.iter().any(|name| constant.contains(&format!("{name:?}"))) {
        return Some(text.to_owned());
    }
    let least = any.first()?;
    let open = begin + constant.find("default: &[")? + "default: &[".len();
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
        let text = "const APPLICATION: Permissions = Permissions { minimum: &[], default: &[], optional: &[] };\n";
        let any = ["Tasks.Read.All".to_owned(), "Tasks.ReadWrite.All".to_owned()];
        let once = request(text, "APPLICATION", &any).unwrap();
        assert!(once.contains("default: &[\"Tasks.Read.All\"], optional"), "{once}");
        assert_eq!(request(&once, "APPLICATION", &any).unwrap(), once);
        let more = request(&once, "APPLICATION", &["User.Read.All".to_owned()]).unwrap();
        assert!(more.contains("&[\"Tasks.Read.All\", \"User.Read.All\"]"), "{more}");
        assert_eq!(request(text, "DELEGATED", &any), None);
    }
}
