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

/// Begins a list behind the last line of another one: a comment, and the first entry. `is_before` tells the lines of the
/// other list, whose indentation the new lines get.
///
/// # Errors
/// When the other list cannot be found; `what` names the new one.
pub(super) fn begin(
    text: &str,
    comment: &str,
    entry: &str,
    what: &str,
    is_before: impl Fn(&str) -> bool,
) -> Result<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let last =
        lines.iter().rposition(|line| is_before(line.trim())).ok_or_else(|| format!("{what} cannot be found"))?;
    let indent = lines[last][..lines[last].len() - lines[last].trim_start().len()].to_owned();
    lines.splice(last + 1..last + 1, [comment, entry].map(|line| format!("{indent}{line}")));
    Ok(lines.join("\n") + "\n")
}

/// Begins a list behind the call that begins with `call`, as calls on what it returns: a comment, and the first entry.
///
/// # Errors
/// When there is no such call; `what` names the list.
pub(super) fn begin_call(text: &str, call: &str, comment: &str, entry: &str, what: &str) -> Result<String> {
    let missing = || format!("{what} cannot be found");
    let open = text.find(call).ok_or_else(missing)?;
    let mut depth = 0_i32;
    let close = text[open..].char_indices().find_map(|(at, letter)| {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        (letter == ')' && depth == 0).then_some(open + at + 1)
    });
    let close = close.ok_or_else(missing)?;
    Ok(format!("{}\n        {comment}\n        {entry}{}", &text[..close], &text[close..]))
}

/// Adds a line like those of its `peers`, with `new` in the place of the peer's name. Each peer has a
/// line that contains what `form` makes of its name.
///
/// # Errors
/// When no peer has a line of its own; `what` names the list.
pub(super) fn add_like(
    text: &str,
    new: &str,
    peers: &[String],
    what: &str,
    form: impl Fn(&str) -> String,
) -> Result<String> {
    let owner = |line: &str| peers.iter().find(|peer| line.contains(&form(peer)));
    let Some((line, peer)) = text.lines().filter_map(|line| Some((line, owner(line)?))).next_back() else {
        return Err(format!("{what} cannot be found").into());
    };
    // A short list may stand on one line; then the new entry follows the last one there.
    let together = peers.iter().filter_map(|other| line.find(&form(other)).map(|at| at + form(other).len()));
    if together.clone().count() > 1 {
        let end = together.max().unwrap_or_default();
        return Ok(text.replacen(line, &format!("{}, {}{}", &line[..end], form(new), &line[end..]), 1));
    }
    // In Rust a crate's name has underscores.
    let spelt = |name: &str| if form("a-b").contains("a_b") { name.replace('-', "_") } else { name.to_owned() };
    let entry = line.trim().replace(&spelt(peer), &spelt(new));
    add(text, &entry, what, |line| owner(line).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_to_its_place() {
        let text = "// list\n    a(),\n    c(),\nend\n";
        assert_eq!(
            add(text, "b(),", "the list", |line| line.ends_with("(),")).unwrap(),
            "// list\n    a(),\n    b(),\n    c(),\nend\n"
        );
        let unordered = "c(),\na(),\n";
        assert_eq!(add(unordered, "b(),", "the list", |line| line.ends_with("(),")).unwrap(), "c(),\na(),\nb(),\n");
        assert_eq!(add("x\n", "b", "the list", |_| false).unwrap_err().to_string(), "the list cannot be found");
    }

    #[test]
    fn a_list_begins_behind_another() {
        let text = "new()\n    .a()\n    .b()\n    // others\n}\n";
        let with = begin(text, "// c", ".c()", "the list", |line| line.starts_with(".b(")).unwrap();
        assert_eq!(with, "new()\n    .a()\n    .b()\n    // c\n    .c()\n    // others\n}\n");
        let error = begin(text, "// c", ".c()", "the list", |_| false).unwrap_err();
        assert_eq!(error.to_string(), "the list cannot be found");
    }

    #[test]
    fn the_first_list_begins_behind_the_call() {
        let text = "fn c() {\n    new(\n        a(),\n    )\n}\n";
        let with = begin_call(text, "new(", "// c", ".c()", "the list").unwrap();
        assert_eq!(with, "fn c() {\n    new(\n        a(),\n    )\n        // c\n        .c()\n}\n");
        for none in ["fn c() {}\n", "new(a("] {
            let error = begin_call(none, "new(", "// c", ".c()", "the list").unwrap_err();
            assert_eq!(error.to_string(), "the list cannot be found");
        }
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
            add_like(rust, "b-connector", &peers, "it", |name| format!("{}::connector()", name.replace('-', "_")))
                .unwrap(),
            "    [\n        a_connector::connector(),\n        b_connector::connector(),\n        raw::connector(),\n    ]\n"
        );
        let one_line = "    vec![raw::connector(), a_connector::connector()]\n";
        assert_eq!(
            add_like(one_line, "b-connector", &peers, "it", |name| format!("{}::connector()", name.replace('-', "_")))
                .unwrap(),
            "    vec![raw::connector(), a_connector::connector(), b_connector::connector()]\n"
        );
        assert!(add_like("nothing\n", "b", &peers, "it", str::to_owned).is_err());
    }
}
