//! Lists in source files, one line for each entry.

use crate::Result;

/// Adds a line to a list: at its place where the list is in order, else at its end.
///
/// `is_entry` tells the list's lines. The indentation is that of the neighbour.
///
/// # Errors
/// When there is no such list; `what` names it.
pub(super) fn add(text: &str, entry: &str, what: &str, is_entry: impl Fn(&str) -> bool) -> Result<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let entries: Vec<usize> = (0..lines.len()).filter(|i| is_entry(lines[*i].trim())).collect();
    let Some(last) = entries.last() else {
        return Err(format!("{what} cannot be found").into());
    };
    let in_order = entries.windows(2).all(|pair| lines[pair[0]].trim() < lines[pair[1]].trim());
    let place = entries.iter().copied().find(|i| in_order && lines[*i].trim() > entry).unwrap_or(last + 1);
    let neighbour = &lines[*last];
    let indent = neighbour[..neighbour.len() - neighbour.trim_start().len()].to_owned();
    lines.insert(place, indent + entry);
    Ok(lines.join("\n") + "\n")
}

/// Adds a line like those of its `peers`, with `new` in the place of the peer's name. Each peer has a
/// line that contains what `form` makes of its name.
///
/// # Errors
/// When no peer has a line of its own; `what` names the list.
pub(super) fn add_like(text: &str, new: &str, peers: &[String], what: &str, form: impl Fn(&str) -> String) -> Result<String> {
    let owner = |line: &str| peers.iter().find(|peer| line.contains(&form(peer)));
    let Some((line, peer)) = text.lines().filter_map(|line| Some((line, owner(line)?))).next_back() else {
        return Err(format!("{what} cannot be found").into());
    };
    if peers.iter().filter(|other| line.contains(&form(other))).count() > 1 {
        return Err(format!("{what} has several entries on one line; put each on its own").into());
    }
    let rename = |from: &str, to: &str| line.trim().replace(from, to);
    let entry = if peer.contains('-') && !line.contains(peer.as_str()) {
        rename(&peer.replace('-', "_"), &new.replace('-', "_"))
    } else {
        rename(peer, new)
    };
    add(text, &entry, what, |line| owner(line).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_to_its_place() {
        let text = "// list\n    a(),\n    c(),\nend\n";
        assert_eq!(add(text, "b(),", "the list", |line| line.ends_with("(),")).unwrap(), "// list\n    a(),\n    b(),\n    c(),\nend\n");
        let unordered = "c(),\na(),\n";
        assert_eq!(add(unordered, "b(),", "the list", |line| line.ends_with("(),")).unwrap(), "c(),\na(),\nb(),\n");
        assert_eq!(add("x\n", "b", "the list", |_| false).unwrap_err().to_string(), "the list cannot be found");
    }

    #[test]
    fn a_line_is_made_like_its_neighbours() {
        let peers = ["a-connector".to_owned(), "raw".to_owned()];
        let toml = "raw = { path = \"crates/raw\" }\na-connector = { path = \"crates/a-connector\" }\nserde = \"1\"\n";
        assert_eq!(
            add_like(toml, "b-connector", &peers, "it", |name| format!("{name} = {{ path")).unwrap(),
            "raw = { path = \"crates/raw\" }\na-connector = { path = \"crates/a-connector\" }\nb-connector = { path = \"crates/b-connector\" }\nserde = \"1\"\n"
        );
        let rust = "    [\n        a_connector::connector(),\n        raw::connector(),\n    ]\n";
        assert_eq!(
            add_like(rust, "b-connector", &peers, "it", |name| format!("{}::connector()", name.replace('-', "_"))).unwrap(),
            "    [\n        a_connector::connector(),\n        b_connector::connector(),\n        raw::connector(),\n    ]\n"
        );
        assert!(
            add_like("a_connector::connector(), raw::connector()\n", "b", &peers, "it", |name| format!("{}::", name.replace('-', "_")))
                .is_err()
        );
    }
}
